"""Kinesis streams as measures see them, in one instant: the account's, their shards' logs, and the gateway's book."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.limits import SPREAD_RECORDS_MAX
from engine.wire.batch import CorruptRecord
from engine.wire.records import decode_records

if TYPE_CHECKING:
    from engine.kinesis.gateway.book import Book, ShardBook
    from engine.kinesis.service.shard import Shard
    from engine.kinesis.service.stream import Stream
    from engine.lessons.looking import Look

NODE = "kinesis"
ANY = "*"
Wanted = Callable[[Any], bool]  # of a decoded record


@dataclass(slots=True)
class Place:
    """What was found so far of one kind of record in one shard. seen: whose log was read; with another it is read anew.

    upto: so far it has been read; offsets: of those found.
    """

    seen: tuple[int, int] = (-1, -1)
    upto: int = 0
    offsets: list[int] = field(default_factory=list)


Places = dict[tuple[str, int, str, str], Place]


class Streams:
    """places: what was found in logs before, so that each record is read once; what it holds says nothing new."""

    def __init__(self, look: Look, places: Places) -> None:
        self._look, self._places = look, places
        node = look.cluster.world.nodes.get(NODE)
        self._gateway: Any = node.machine if node is not None else None

    # --- which there are

    def find(self, name: str) -> Stream | None:
        found: Stream | None = self._gateway.account.streams.get(name) if self._gateway is not None else None
        return found

    def like(self, pattern: str) -> list[str]:
        """Names of those that are there, in the order in which they were made."""
        if self._gateway is None:
            return []
        return [name for name in self._gateway.account.streams if fits(pattern, name)]

    def shards(self, name: str, shard: str | None = None) -> list[Shard]:
        """Open and closed; of one id that one, if it is there."""
        stream = self.find(name)
        return [one for one in stream.shards if shard in (None, one.id)] if stream is not None else []

    # --- what is in them

    def readable(self, name: str, shard: Shard) -> tuple[int, int]:
        """The first offset that is still there, and the one after the last that may be read."""
        stream = self.find(name)
        source = self._look.source(stream.topic, shard.number) if stream is not None else None
        return (source.log.log_start, source.high_watermark) if source is not None else (0, 0)

    def count(self, name: str, shard: Shard, what: str, argument: str, wanted: Wanted) -> int | None:
        """How many records of this kind the shard holds; None: it holds too many to say."""
        stream = self.find(name)
        source = self._look.source(stream.topic, shard.number) if stream is not None else None
        if stream is None or source is None:
            return 0
        log, seen = source.log, (source.broker, source.state.leader_epoch)
        end = source.high_watermark
        if end - log.log_start > SPREAD_RECORDS_MAX:
            return None
        place = self._places.setdefault((stream.topic, shard.number, what, argument), Place())
        if place.seen != seen or end < place.upto:
            place.seen, place.upto, place.offsets = seen, log.log_start, []
        begin = max(place.upto, log.log_start)
        for batch in log.batches(begin, end) if begin < end else ():
            if batch.next_offset > end:
                break
            place.upto = batch.next_offset
            try:
                place.offsets += [one.offset for one in decode_records(batch) if one.offset >= begin and wanted(one)]
            except CorruptRecord:
                continue
        while place.offsets and place.offsets[0] < log.log_start:
            place.offsets.pop(0)
        return len(place.offsets)

    def positions(self, name: str, reader: str) -> dict[str, int]:
        """Of each shard that a simulated reader has a lease of: the offset it goes on from; -1 before its first record.

        What it is done with is left out; so is one that is leaving, or was stopped. What it knows of a stream that was
        deleted says nothing of another of that name.
        """
        found: dict[str, int] = {}
        known = [shard.id for shard in self.shards(name)]
        for machine in self._look.cluster.stream_consumers():
            if (machine.name, machine.stream, machine.running) == (reader, name, True):
                for lease in machine.leases.held.values():
                    if not lease.done and lease.shard in known:
                        found[lease.shard] = lease.position
        return found

    def readers(self, name: str) -> list[str]:
        """Simulated readers that read some of it now."""
        names = [machine.name for machine in self._look.cluster.stream_consumers() if machine.stream == name]
        return [reader for reader in names if self.positions(name, reader)]

    # --- what was told

    def books(self, name: str, shard: str | None = None) -> list[ShardBook]:
        """Of its shards; of one id that one's. None while there is no such stream, or nothing was done to it."""
        book: Book | None = self._gateway.book if self._gateway is not None else None
        stream = book.streams.get(name) if book is not None and self.find(name) is not None else None
        if stream is None:
            return []
        return [one for known, one in stream.shards.items() if shard in (None, known)]

    def handed(self, name: str, reader: str) -> int:
        """Records handed to one reader."""
        book: Book | None = self._gateway.book if self._gateway is not None else None
        stream = book.streams.get(name) if book is not None else None
        return stream.readers.get(reader, 0) if stream is not None else 0

    def begin(self) -> None:
        """The lesson begins."""
        if self._gateway is not None and self._gateway.book is not None:
            self._gateway.book.begin()


def fits(pattern: str, name: str) -> bool:
    """Whether a name is as the pattern has it, in which each * stands for any text, also none."""
    first, *rest = pattern.split(ANY)
    if not rest:
        return name == pattern
    if not name.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        at = name.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return name.endswith(rest[-1]) and len(name) - len(rest[-1]) >= at
