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

from collections.abc import Sequence

from engine.storage import flushing, index, loading, retention, swapping, timeindex, truncating
from engine.storage.chunk import Piece, Run
from engine.storage.config import FOREVER, LogConfig
from engine.storage.disk import MemoryDisk
from engine.storage.epochs import LeaderEpochs
from engine.storage.errors import UnexpectedOffset
from engine.storage.producers import ProducerStates
from engine.storage.reading import Reading
from engine.storage.segment import RELATIVE_OFFSET_MAX, Segment
from engine.storage.snapshots import Snapshots
from engine.wire.batch import Batch

__all__ = ["Log", "LogConfig"]

# Bytes a batch may add to other files: an entry in each index, one more as its segment is closed, a line of the epochs.
_BESIDE = index.ENTRY_BYTES + 2 * timeindex.ENTRY_BYTES + 32


class Log(Reading):
    """log_start, log_end: first offset and the one after the last. appended: records appended in this life.

    recovery_point: what lies before it is on the platter. deleted: files (when they go, by the calendar's
    milliseconds; their paths) that only wait for ``file.delete.delay.ms``.
    """

    __slots__ = (
        "disk", "topic", "partition", "config", "epochs", "producers", "snapshots", "recovery_point", "appended",
        "deleted", "opened_ms",
    )  # fmt: skip

    def __init__(
        self,
        disk: MemoryDisk,
        topic: str,
        partition: int,
        config: LogConfig | None = None,
        *,
        recovery_point: int = 0,
        log_start: int = 0,
        clean: bool = False,
        now_ms: int = 0,
    ) -> None:
        """Opens what is on ``disk`` (see engine/storage/loading.py), or begins an empty log.

        recovery_point, log_start: from the broker's checkpoints. clean: its last life ended in good order.
        now_ms, here and below: the calendar's milliseconds.
        """
        self.disk = disk
        self.topic = topic
        self.partition = partition
        super().__init__(f"{topic}-{partition}")
        self.config = config or LogConfig()
        self.epochs = LeaderEpochs()
        self.producers = ProducerStates()
        self.snapshots = Snapshots(disk, self.folder)
        self.recovery_point = self.appended = 0
        self.deleted: list[tuple[int, list[str]]] = []
        self.opened_ms = now_ms
        quota, disk.quota = disk.quota, FOREVER  # a full disk has room for the few bytes of an index
        try:
            loading.load(self, recovery_point, log_start, clean)
        finally:
            disk.quota = quota

    # --- writing ----------------------------------------------------------------------------------

    def check_producer(self, batch: Batch) -> tuple[int, int] | None:
        """Before a client's batch is appended: None to go on, or the (first, last offset) it has already.

        Raises OutOfOrderSequence or InvalidProducerEpoch.
        """
        return self.producers.check(batch) if batch.producer_id >= 0 else None

    def append_as_leader(self, batches: list[Batch], epoch: int, now_ms: int = 0) -> tuple[int, int]:
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
        self._append(placed, now_ms)
        return first, offset - 1

    def append_as_follower(self, pieces: Sequence[Piece], now_ms: int = 0) -> None:
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
            loose = self._take_runs(pieces, now_ms)
        if loose:
            self._append(loose, now_ms)

    def _take_runs(self, pieces: Sequence[Piece], now_ms: int) -> list[Batch]:
        """Take over what can be taken over at once. Returns the batches that have to be appended one by one."""
        loose: list[Batch] = []
        for piece in pieces:
            if not isinstance(piece, Run):
                loose.append(piece)
            elif loose or not self._take(piece, now_ms):
                loose += piece.batches()
        return loose

    def _take(self, run: Run, now_ms: int) -> bool:
        if not 0 <= run.chunk.plain_epoch == self.epochs.latest:
            return False
        first, segment = run.base_offset, self.segments[-1]
        if not segment.take(run, self.config, now_ms):
            return False
        self.log_end = run.last_offset + 1
        self.appended += self.log_end - first
        return True

    def _append(self, batches: list[Batch], now_ms: int) -> None:
        """At least one; the disk has been asked for room."""
        for batch in batches:
            if batch.leader_epoch != self.epochs.latest:
                self.assign_epoch(batch.leader_epoch, batch.base_offset)
            self.appended += batch.last_offset - batch.base_offset + 1
        while (done := self.segments[-1].append(batches, self.config, now_ms)) < len(batches):
            self._note(batches[:done])
            batches = batches[done:]
            self.roll(now_ms, batches[0])
        self._note(batches)
        self.log_end = batches[-1].last_offset + 1

    def _note(self, batches: list[Batch]) -> None:
        for batch in batches:
            if batch.producer_id >= 0:
                self.producers.note(batch)

    def roll(self, now_ms: int, before: Batch | None = None) -> Segment:
        """Begin a segment, of which ``before`` will be the first batch; the state of the producers is written down.

        It is named by the offset after the last segment's end, even if ``before`` begins later: a hole
        between two segments can only be damage then (engine/storage/loading.py).
        """
        base_offset = self.log_end
        if before is not None:
            base_offset = self.segments[-1].next_offset
            if before.last_offset - base_offset > RELATIVE_OFFSET_MAX:
                base_offset = before.base_offset
        self.segments[-1].close()
        self.snapshots.take(base_offset, self.segments[0].base_offset, self.producers.entries)
        self.segments.append(self.segment(base_offset, now_ms))
        return self.segments[-1]

    def truncate_to(self, offset: int) -> int:
        """Remove ``offset`` and all after it (the whole batch, if it is inside one). Returns how many offsets went."""
        return truncating.truncate_to(self, offset)

    def truncate_fully_and_start_at(self, offset: int) -> int:
        """Begin again, empty, at ``offset``: the leader has nothing older. Returns how many offsets went."""
        return truncating.truncate_fully_and_start_at(self, offset)

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
            self.write_epochs()

    # --- keeping it small ----------------------------------------------------------------------------

    def delete_old_segments(
        self, now_ms: int, high_watermark: int, jumps: retention.Jumps = ()
    ) -> list[retention.DeletedSegment]:
        """What retention takes (engine/storage/retention.py); and the files go that were to go by now."""
        self.delete_files(now_ms)
        return retention.delete_old_segments(self, now_ms, high_watermark, jumps)

    def increment_log_start(self, offset: int, high_watermark: int) -> bool:
        """Nothing before ``offset`` can be read any more. Whether that is new. Raises OffsetOutOfRange."""
        return retention.increment_log_start(self, offset, high_watermark)

    def cleaned_segment(self, base_offset: int, now_ms: int = 0) -> Segment:
        """An empty one beside the log, for ``replace_segments``: append to it, close it, sync its paths."""
        segment = self.segment(base_offset, now_ms, swapping.CLEANED)
        if segment.size:  # left over from a cleaning that was given up
            segment.delete()
            segment = self.segment(base_offset, now_ms, swapping.CLEANED)
        return segment

    def replace_segments(self, new: list[Segment], old: list[Segment], now_ms: int) -> None:
        """``new``, made by ``cleaned_segment`` and synced, take the place of ``old`` (engine/storage/swapping.py)."""
        swapping.replace_segments(self, new, old, now_ms)

    def expire_producers(self, now_ms: int, after_ms: int) -> list[int]:
        """Forget idempotent producers not heard of for so long (``producer.id.expiration.ms``). Who it was."""
        return self.producers.expire(now_ms, after_ms)

    def delete_files(self, now_ms: int) -> int:
        """Remove the files that were to go by now. Returns how many wait still."""
        return swapping.delete_files(self, now_ms)

    # --- durability -----------------------------------------------------------------------------------

    def unflushed(self, *, active: bool = False) -> list[str]:
        """Files to be synced so that all closed segments (the active one too, if asked for) are on the platter."""
        return flushing.unflushed(self, active)

    def flushed(self) -> bool:
        """Some files were synced: move the recovery point over what is on the platter now. Whether it moved."""
        return flushing.flushed(self)

    def close(self) -> list[str]:
        """Before a stop in good order. Returns what to sync, and be told of with ``flushed``, before the marker."""
        self.segments[-1].complete()
        self.snapshots.take(self.log_end, self.segments[0].base_offset, self.producers.entries)
        return self.unflushed(active=True)

    # --- inside -------------------------------------------------------------------------------------

    def segment(self, base_offset: int, now_ms: int = 0, suffix: str = "") -> Segment:
        """The files of that name, made if there are none."""
        return Segment(self.disk, self.folder, base_offset, self.config, now_ms or self.opened_ms, suffix)

    def write_epochs(self) -> None:
        self.disk.write_file(f"{self.folder}/leader-epoch-checkpoint", self.epochs.checkpoint())
