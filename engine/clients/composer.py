"""Sends records by hand, one (order ``Produce``) or many at once (``Burst``), as an idempotent producer with acks=all.

The partition is the one asked for; else murmur2 of the key chooses it; else the next in turn. A record by hand is what
a console producer would send that was just started: where a topic has grown since, it is told so (order ``LookAgain``)
and asks how many partitions there are before it chooses one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.clients.writing import WritingClient
from engine.commands import Burst, Produce
from engine.machine import Effect
from engine.wire.records import Record


@dataclass(slots=True)
class LookAgain:
    """What is known of ``topic`` is out of date."""

    topic: str


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
        if isinstance(command, LookAgain):
            self.metadata.forget(command.topic)  # the next record for it waits for the answer
            return
        if isinstance(command, Burst):
            for key, value in burst(command):
                record = Record(0, self.calendar_ms(now), None if key is None else key.encode(), value.encode())
                self.write(now, command.topic, record)
            return
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


def burst(command: Burst) -> Iterator[tuple[str | None, str]]:
    """Key and value of each record of a burst."""
    for number in range(command.records):
        key = command.keys[number % len(command.keys)] if command.keys else None
        yield key, command.value.replace("{n}", str(number + 1)).replace("{key}", key or "")
