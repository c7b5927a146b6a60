"""What writers and readers of streams were told: how much was taken, refused, handed out, and in which order.

No log can say it: a record that was handed out twice, or before its parent's, leaves no trace there, and a refusal
leaves none at all. So where a lesson is held the gateway writes it down here, as clients do in
engine/clients/ledger.py. It is read by the referee (engine/lessons/measures_kinesis.py); nobody's doings depend on it.

Everything is counted from the gateway's first moment; ``begin`` sets the counts to nothing when the lesson begins, but
keeps how far each shard has been handed out. A stream that was deleted is forgotten, and what was known of it too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.limits import BOOK_READERS_MAX


@dataclass(slots=True)
class ShardBook:
    """put, refused: records. reads: answers to readers; empty: those without a record; reads_refused: calls.

    delivered: records handed out, each time counted. upto: the offset after the highest one handed out, -1 for none.
    ahead: records handed out before its parents' last ones were. finished: how often its end was told.
    """

    put: int = 0
    refused: int = 0
    reads: int = 0
    empty: int = 0
    reads_refused: int = 0
    delivered: int = 0
    after_empty: int = 0
    upto: int = -1
    ahead: int = 0
    finished: int = 0
    refused_at: int = -1


@dataclass(slots=True)
class StreamBook:
    """shards: by id. readers: records handed to each, by the caller's name; of more than BOOK_READERS_MAX the oldest
    is forgotten.
    """

    shards: dict[str, ShardBook] = field(default_factory=dict)
    readers: dict[str, int] = field(default_factory=dict)

    def shard(self, shard: str) -> ShardBook:
        found = self.shards.get(shard)
        if found is None:
            found = self.shards[shard] = ShardBook()
        return found


@dataclass(slots=True)
class Book:
    """streams: by name."""

    streams: dict[str, StreamBook] = field(default_factory=dict)

    def put(self, stream: str, shard: str, records: int) -> None:
        """So many were taken, and their writer was told so."""
        self._shard(stream, shard).put += records

    def refused(self, now: int, stream: str, shard: str, records: int) -> None:
        """So many were not taken, for the shard's sake: they exceeded its throughput."""
        book = self._shard(stream, shard)
        book.refused += records
        book.refused_at = now

    def read(
        self, stream: str, shard: str, client: str, first: int, records: int, parents: list[tuple[str, int, int]]
    ) -> None:
        """One answer: ``records`` of them from offset ``first`` on, perhaps none.

        parents: id, first offset and end of each shard that this one comes of.
        """
        book = self._shard(stream, shard)
        book.reads += 1
        if not records:
            book.empty += 1
            return
        if any(self._unread(stream, *parent) for parent in parents):
            book.ahead += records
        book.delivered += records
        book.after_empty += records if book.empty else 0
        book.upto = max(book.upto, first + records)
        readers = self._stream(stream).readers
        readers[client] = readers.pop(client, 0) + records
        while len(readers) > BOOK_READERS_MAX:
            del readers[next(iter(readers))]

    def read_refused(self, now: int, stream: str, shard: str) -> None:
        """A GetRecords was not answered: there were too many of that shard, or they took too much of it."""
        book = self._shard(stream, shard)
        book.reads_refused += 1
        book.refused_at = now

    def finished(self, stream: str, shard: str) -> None:
        """A reader was told that nothing more will come: NextShardIterator was null."""
        self._shard(stream, shard).finished += 1

    def forget(self, stream: str) -> None:
        self.streams.pop(stream, None)

    def begin(self) -> None:
        """The lesson begins: what was before is how things stood."""
        for book in self.streams.values():
            book.readers.clear()
            book.shards = {name: ShardBook(upto=shard.upto) for name, shard in book.shards.items()}

    def _unread(self, stream: str, parent: str, start: int, end: int) -> bool:
        """Whether that shard holds records that nobody has been handed."""
        book = self._stream(stream).shards.get(parent)
        return end > start and (book is None or book.upto < end)

    def _stream(self, stream: str) -> StreamBook:
        found = self.streams.get(stream)
        if found is None:
            found = self.streams[stream] = StreamBook()
        return found

    def _shard(self, stream: str, shard: str) -> ShardBook:
        return self._stream(stream).shard(shard)
