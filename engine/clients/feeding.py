"""A simulated producer that sends what a feed gives it: any source, late and repeated events too.

One whose purchases are all on time is a plain ``Producer``.
"""

from __future__ import annotations

from typing import Any

from engine.clients.producer import Producer
from engine.clients.sources import Feed, Rows
from engine.commands import SetProducer, StartProducer
from engine.machine import Effect
from engine.wire.records import Record
from engine.world.dice import Dice


class FeedProducer(Producer):
    """feed: where its records come from. Once that is over, the producer stops and says so."""

    def __init__(self, name: str, topic: str, bootstrap: list[str], dice: Dice, feed: Feed, **settings: Any) -> None:
        super().__init__(name, topic, bootstrap, dice, **settings)
        self.feed = feed

    @property
    def source(self) -> str:
        return self.feed.source.name

    @property
    def late(self) -> int:
        return self.feed.late

    @property
    def repeated(self) -> int:
        return self.feed.repeated

    @property
    def rows(self) -> tuple[int, int] | None:
        """Of somebody's own data: rows sent in this round, and all there are."""
        source = self.feed.source
        return (source.place, len(source.table.rows)) if isinstance(source, Rows) else None

    def _ordered(self, now: int, command: object, effects: list[Effect]) -> None:
        if isinstance(command, StartProducer) and self.feed.over:
            self.feed.rewind()
        super()._ordered(now, command, effects)

    def _set(self, now: int, command: SetProducer, effects: list[Effect]) -> None:
        super()._set(now, command, effects)
        for what in ("late", "repeated"):
            percent = getattr(command, what)
            if percent is not None and percent != getattr(self.feed, what):
                setattr(self.feed, what, percent)
                self._tell(what, str(percent), effects)

    def _make_one(self, now: int, at: int) -> None:
        made = self.feed.next(self.dice, self.keys, self.calendar_ms(at))
        if made is not None:
            key, value, happened_ms = made
            self.write(now, self.topic, Record(0, happened_ms, key, value))
        elif self.feed.over:
            self.running = False

    def _go_on(self, now: int, effects: list[Effect]) -> None:
        went_on = self.running
        super()._go_on(now, effects)
        if went_on and not self.running:
            self._tell("finished", "", effects)
