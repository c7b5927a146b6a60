"""A partition's log on one broker: batches at offsets, in segments, with what follows from them.

Theory of operation
-------------------
The leader gives offsets, followers keep those they are given; everything else is the same for both.
Three things are derived from the content and kept up to date with every append: the leader epochs
(where each began), the producer state (what was last heard of each idempotent producer) and the
segments' indexes. So a log that is opened again from its files, or truncated, knows what it knew when it
had just that content.

A batch is appended by putting its object into the file's list of parts; replicas share the object.
``log_end`` is the offset after the last record. The high watermark is not known here: it belongs to the
partition (engine/replication).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from engine.storage.chunk import Piece, Run
from engine.storage.disk import MemoryDisk
from engine.storage.epochs import LeaderEpochs
from engine.storage.errors import OffsetOutOfRange, UnexpectedOffset
from engine.storage.index import ENTRY_BYTES
from engine.storage.producers import ProducerStates
from engine.storage.recovery import recover
from engine.storage.segment import Segment
from engine.wire.batch import Batch
from engine.wire.records import decode_records

_BESIDE = ENTRY_BYTES + 32  # bytes a batch may add to other files: an index entry, a line of the epochs
_base_offset = attrgetter("base_offset")


@dataclass(slots=True)
class LogConfig:
    """Kafka's topic settings of the same names."""

    segment_bytes: int = 1 << 30
    index_interval_bytes: int = 4096
    segment_index_bytes: int = 10 * 1024 * 1024


class Log:
    """log_start, log_end: first offset and the one after the last. appended: records appended in this life."""

    __slots__ = (
        "disk", "topic", "partition", "folder", "config", "segments", "epochs", "producers",
        "log_start", "log_end", "appended",
    )  # fmt: skip

    def __init__(self, disk: MemoryDisk, topic: str, partition: int, config: LogConfig | None = None) -> None:
        """Opens what is on ``disk`` (recovering it, see engine/storage/recovery.py), or begins an empty log."""
        self.disk = disk
        self.topic = topic
        self.partition = partition
        self.folder = f"{topic}-{partition}"
        self.config = config or LogConfig()
        self.epochs = LeaderEpochs()
        self.producers = ProducerStates()
        self.appended = 0
        paths = [path for path in disk.paths(self.folder) if path.endswith(".log")]
        bases = [int(path.removesuffix(".log").rpartition("/")[2]) for path in paths] or [0]
        self.segments = recover([self._segment(base) for base in bases], self._note)
        self.log_start = self.segments[0].base_offset
        self.log_end = self.segments[-1].next_offset
        self._write_epochs()

    # --- writing ----------------------------------------------------------------------------------

    def check_producer(self, batch: Batch) -> tuple[int, int] | None:
        """Before a client's batch is appended: None to go on, or the (first, last offset) it has already.

        Raises OutOfOrderSequence or InvalidProducerEpoch.
        """
        return self.producers.check(batch) if batch.producer_id >= 0 else None

    def append_as_leader(self, batches: list[Batch], epoch: int) -> tuple[int, int]:
        """Give ``batches`` the next offsets and append them. Returns the first and the last.

        Raises DiskFull, and then has appended none.
        """
        assert batches
        first = offset = self.log_end
        placed = []
        need = 0
        for batch in batches:
            batch = batch.placed(offset, epoch)
            placed.append(batch)
            offset = batch.last_offset + 1
            need += batch.size + _BESIDE
        self.disk.require(need)
        self._append(placed)
        return first, offset - 1

    def append_as_follower(self, pieces: Sequence[Piece]) -> None:
        """Append batches with the offsets and epochs their leader gave them.

        ``pieces``: as ``read`` of the leader's log returned them: they are shared, not copied.
        Raises UnexpectedOffset or DiskFull, and then has appended none.
        """
        need, end = 0, self.log_end
        loose: list[Batch] = []
        for piece in pieces:
            if piece.base_offset < end:
                raise UnexpectedOffset(f"{self.folder} ends at {end}; a batch begins at {piece.base_offset}")
            end = piece.last_offset + 1
            if isinstance(piece, Run):
                need += piece.size + _BESIDE * len(piece)
            else:
                need += piece.size + _BESIDE
                loose.append(piece)
        self.disk.require(need)
        if len(loose) < len(pieces):
            loose = self._take_runs(pieces)
        if loose:
            self._append(loose)

    def _take_runs(self, pieces: Sequence[Piece]) -> list[Batch]:
        """Take over what can be taken over at once. Returns the batches that have to be appended one by one."""
        loose: list[Batch] = []
        for piece in pieces:
            if not isinstance(piece, Run):
                loose.append(piece)
            elif loose or not self._take(piece):
                loose += piece.batches()
        return loose

    def _take(self, run: Run) -> bool:
        if not 0 <= run.chunk.plain_epoch == self.epochs.latest:
            return False
        first, segment = run.base_offset, self.segments[-1]
        if not segment.take(run, self.config.segment_bytes):
            return False
        self.log_end = run.last_offset + 1
        self.appended += self.log_end - first
        return True

    def _append(self, batches: list[Batch]) -> None:
        """At least one; the disk has been asked for room."""
        for batch in batches:
            if batch.leader_epoch != self.epochs.latest:
                self.assign_epoch(batch.leader_epoch, batch.base_offset)
            if batch.producer_id >= 0:
                self.producers.note(batch)
            self.appended += batch.last_offset - batch.base_offset + 1
        while (done := self.segments[-1].append(batches, self.config.segment_bytes)) < len(batches):
            batches = batches[done:]
            self._roll(batches[0].base_offset)
        self.log_end = batches[-1].last_offset + 1

    def _roll(self, base_offset: int) -> None:
        self.segments[-1].seal()
        self.segments.append(self._segment(base_offset))

    def truncate_to(self, offset: int) -> int:
        """Remove ``offset`` and all after it (the whole batch, if it is inside one). Returns how many offsets went."""
        if self.epochs.truncate_from_end(min(offset, self.log_end)):
            self._write_epochs()
        if offset >= self.log_end:
            return 0
        if offset < self.segments[0].base_offset:
            return self.truncate_fully_and_start_at(offset)
        was = self.log_end
        removed: list[Batch] = []
        while len(self.segments) > 1 and self.segments[-1].base_offset > offset:
            segment = self.segments.pop()
            removed += segment.batches(segment.base_offset)
            segment.delete()
        removed += self.segments[-1].truncate_to(offset)
        self.log_end = self.segments[-1].next_offset
        self.log_start = min(self.log_start, self.log_end)
        if self.epochs.truncate_from_end(self.log_end):
            self._write_epochs()
        self.producers.truncate(removed, self.log_end, self._batches_backwards())
        return was - self.log_end

    def truncate_fully_and_start_at(self, offset: int) -> int:
        """Begin again, empty, at ``offset``: the leader has nothing older. Returns how many offsets went."""
        went = self.log_end - self.log_start
        for segment in self.segments:
            segment.delete()
        self.epochs.clear()
        self.producers.clear()
        self._write_epochs()
        self.segments = [self._segment(offset)]
        self.log_start = self.log_end = offset
        return went

    def delete(self) -> None:
        """Remove the folder from the disk. The log must not be used afterwards."""
        for path in self.disk.paths(self.folder):
            self.disk.delete(path)

    # --- leader epochs ------------------------------------------------------------------------------

    def latest_epoch(self) -> int:
        """The last leader epoch in this log, -1 if there is none."""
        return self.epochs.latest

    def epoch_end(self, epoch: int) -> tuple[int, int]:
        """(largest known epoch up to ``epoch``, its end offset), (-1, -1) if unknown (OffsetsForLeaderEpoch)."""
        return self.epochs.end_of(epoch, self.log_end)

    def assign_epoch(self, epoch: int, start_offset: int) -> None:
        """``epoch`` begins at ``start_offset``: said by a new leader before its first append."""
        if self.epochs.assign(epoch, start_offset):
            self._write_epochs()

    # --- reading ------------------------------------------------------------------------------------

    def read(self, offset: int, max_bytes: int, limit: int) -> list[Piece]:
        """Whole batches from the one that contains ``offset`` on, all of whose offsets are below ``limit``.

        About ``max_bytes`` at most, but always one batch if there is any. Small batches that were written
        a while ago come as views of many at once. Raises OffsetOutOfRange.
        """
        if offset < self.log_start or offset > self.log_end:
            raise OffsetOutOfRange(f"{self.folder} holds {self.log_start} up to {self.log_end}, not {offset}")
        found: list[Piece] = []
        if offset >= limit or offset == self.log_end:
            return found
        left = max_bytes
        for segment in self.segments[self._number_of(offset) :] if len(self.segments) > 1 else self.segments:
            left = segment.read(offset, left, limit, found)
            if left < 0:
                break
        return found

    def batches(self, from_offset: int, to_offset: int) -> Iterator[Batch]:
        """Batches with any offset in ``from_offset`` up to, not including, ``to_offset``."""
        for segment in self.segments[self._number_of(from_offset) :]:
            for batch in segment.batches(from_offset):
                if batch.base_offset >= to_offset:
                    return
                yield batch

    def batch_at(self, offset: int) -> Batch | None:
        """The batch that contains ``offset``, if there is one."""
        if not self.log_start <= offset < self.log_end:
            return None
        return next(self.batches(offset, offset + 1), None)

    def offset_for_time(self, timestamp: int) -> tuple[int, int, int] | None:
        """(offset, timestamp, epoch) of the first record stamped ``timestamp`` (ms) or later.

        Raises CorruptRecord if a batch on the way does not hold what its header says.
        """
        for segment in self.segments:
            if segment.max_timestamp < timestamp:
                continue
            for batch in segment.batches_since(timestamp):
                for record in decode_records(batch):
                    if record.timestamp >= timestamp and record.offset >= self.log_start:
                        return record.offset, record.timestamp, batch.leader_epoch
        return None

    def offset_of_max_time(self) -> tuple[int, int, int] | None:
        """(offset, timestamp, epoch) of the first record with the largest timestamp (KIP-734)."""
        return self.offset_for_time(max(segment.max_timestamp for segment in self.segments))

    @property
    def size(self) -> int:
        """Bytes of all batches."""
        return sum(segment.size for segment in self.segments)

    # --- inside -------------------------------------------------------------------------------------

    def _number_of(self, offset: int) -> int:
        """The number of the segment in which ``offset`` is or would be."""
        if offset >= self.segments[-1].base_offset:
            return len(self.segments) - 1
        return max(bisect_right(self.segments, offset, key=_base_offset) - 1, 0)

    def _segment(self, base_offset: int) -> Segment:
        config = self.config
        return Segment(self.disk, self.folder, base_offset, config.index_interval_bytes, config.segment_index_bytes)

    def _note(self, batch: Batch) -> None:
        if batch.leader_epoch > self.epochs.latest:
            self.epochs.assign(batch.leader_epoch, batch.base_offset)
        if batch.producer_id >= 0:
            self.producers.note(batch)

    def _batches_backwards(self) -> Iterator[Batch]:
        for segment in reversed(self.segments):
            yield from segment.batches_backwards()

    def _write_epochs(self) -> None:
        self.disk.write_file(f"{self.folder}/leader-epoch-checkpoint", self.epochs.checkpoint())
