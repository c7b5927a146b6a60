"""A World whose messages may go through Kafka's bytes on their way.

Machines hand each other dataclasses; bytes appear at the TCP edge only. So that the two cannot drift
apart, a simulation sends a share of its messages through the codec and back. A message that came
through whole changes nothing: the run is the same, step by step, as without.
"""

from __future__ import annotations

from typing import Any

from engine.machine import Effects, Request, Response
from engine.wire.codec import round_trip
from engine.world.node import Node
from engine.world.world import World

SHARE = 0.25


class Wired(World):
    """A World in which each message is encoded and decoded with a chance of ``SHARE``. sent: how many were."""

    def __init__(self, seed: int, calendar_offset: int = 0, **more: Any) -> None:
        super().__init__(seed, calendar_offset, **more)
        self.sent = 0

    def _perform(self, node: Node, effects: Effects, cause: int) -> None:
        super()._perform(node, [self._through_bytes(effect) for effect in effects], cause)

    def _through_bytes(self, effect: Any) -> Any:
        kind = effect.__class__
        if kind is not Request and kind is not Response:
            return effect
        if effect.body is None or not self.dice("bytes").chance(SHARE):
            return effect
        self.sent += 1
        body = round_trip(effect.body)
        if kind is Request:
            return Request(effect.connection, effect.correlation, body, effect.client)
        return Response(effect.connection, effect.correlation, body)
