"""What simulated applications of Kinesis share: they call the gateway as anybody does, from a node of their own.

They are clients that know no broker: the gateway is all they ever speak to. What they call it with is what an SDK
would send, as JSON's shapes; blobs travel in base64.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

import orjson

from engine.clients.client import Client
from engine.kinesis.gateway.callers import AwsAnswer, AwsCall
from engine.machine import Effect
from engine.peers import Answer
from engine.quorum.streams import GATEWAY

THROTTLED = ("ProvisionedThroughputExceededException", "LimitExceededException")
LOST = "InternalFailureException"  # also what a lost connection comes to


class Application(Client, ABC):
    """stream: the one it writes to or reads from."""

    def __init__(self, name: str, stream: str, *, calendar_offset: int = 0, life: int = 0) -> None:
        super().__init__(name, [GATEWAY], calendar_offset=calendar_offset, life=life)
        self.stream = stream
        self.running = True
        self.leaving = False

    @property
    def idle(self) -> bool:
        """Nothing will come of it any more: it can be removed."""
        return self.leaving and not self._calling()

    def _calling(self) -> bool:
        return self.peers.busy(GATEWAY) > 0

    def call(self, now: int, operation: str, parameters: dict[str, Any], tag: Any, effects: list[Effect]) -> None:
        """``_said`` is told what came of it."""
        effects += self.peers.ask(now, GATEWAY, AwsCall(operation, parameters), tag)

    def _answered(self, now: int, answer: Answer, effects: list[Effect]) -> None:
        body: AwsAnswer | None = answer.body
        if body is None:
            self._said(now, answer.tag, LOST, {}, effects)
        else:
            self._said(now, answer.tag, body.error, orjson.loads(body.body) if body.body else {}, effects)

    @abstractmethod
    def _said(self, now: int, tag: Any, error: str, body: dict[str, Any], effects: list[Effect]) -> None:
        """error: "" or AWS's code."""

    def _due(self, now: int) -> Iterable[int | None]:
        return ()
