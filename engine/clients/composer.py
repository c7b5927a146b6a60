"""Sends single records by hand (order ``Produce``), as an idempotent producer with acks=all.

The partition is the one asked for; else murmur2 of the key chooses it; else the next in turn.
"""

from __future__ import annotations

from engine.clients.writing import WritingClient
from engine.commands import Produce
from engine.machine import Effect
from engine.wire.records import Record


class Composer(WritingClient):
    """name: also the producer's name in events."""

    def __init__(
        self, name: str, bootstrap: list[str], *, calendar_offset: int = 0, life: int = 0, keep_record: bool = False
    ) -> None:
        super().__init__(
            name, bootstrap, acks="all", idempotent=True, calendar_offset=calendar_offset, life=life,
            keep_record=keep_record,
        )  # fmt: skip

    def _ordered(self, now: int, command: object, effects: list[Effect]) -> None:
        if not isinstance(command, Produce):
            return
        record = Record(
            0,
            self.calendar_ms(now),
            None if command.key is None else command.key.encode(),
            None if command.value is None else command.value.encode(),
            [(name, value.encode()) for name, value in command.headers.items()],
        )
        self.write(now, command.topic, record, command.partition)
