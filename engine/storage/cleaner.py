"""Compaction: of each key only the last value stays (``Cleaner.java``, ``LogCleanerManager.java``).

Theory of operation
-------------------
A compacted log has a clean part, which was gone through before, and a dirty part. A *round* does two passes:

    map     the dirty part is read up to where it may be cleaned, and where each key stands last is noted
    copy    every segment from the log's start to there is read again, and copied without the records that the
            map knows a later one of; neighbours that have shrunk are put together in one segment

What may be cleaned ends at the active segment, at the high watermark, and where records are younger than
``min.compaction.lag.ms``. The old segments stay in their places until the copy is whole and durable, and is
swapped in (swapping.py), so a crash in between leaves the log as it was, or as it shall be.

Kafka's cleaner is a thread that is throttled. Here a round is a value, ``Round``, that is moved on by a piece at
a time (``work``): so it takes virtual time, a crash may hit it anywhere, and no step of the World is long.
When the log changes under it (retention takes a segment, a follower truncates), it is given up: what it has
not swapped in yet is forgotten.

Offsets never change, batches keep their first and last offset (cleaner_batches.py), and control batches are
kept as they are: what became of their transactions is not known here yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.storage.cleaner_batches import delete_horizon, emptied, look, with_records
from engine.storage.cleaner_map import KEYS_MAX, OffsetMap
from engine.storage.config import FOREVER, LogConfig
from engine.storage.log import Log
from engine.storage.retention import Jumps, age_ms
from engine.storage.segment import RELATIVE_OFFSET_MAX, Segment
from engine.wire.batch import Batch

BESIDE = 64  # bytes a batch may add to the indexes
ONE_SEGMENT = LogConfig(segment_bytes=0x7FFFFFFF, segment_ms=FOREVER)  # the copy of a group is never divided
RECORD_COST = 200  # bytes of reading that one record is worth: small ones cost by their number
MAP, COPY, SYNC, DONE, GIVEN_UP = "map", "copy", "sync", "done", "given up"  # states of a round


@dataclass(slots=True)
class Stats:
    """Of a round: records that stayed and that went, and the bytes of the segments it went through."""

    kept: int = 0
    removed: int = 0
    was_bytes: int = 0
    bytes: int = 0


@dataclass(slots=True)
class Round:
    """start..end: offsets of the dirty part; ``end`` comes down to where the map reaches.

    at: the next offset of the pass under way. groups: what is left to copy: base offsets of segments that
    become one. copy: of the first group, as far as it is; its files end in ``.cleaned``. copy_end: where the
    segment after it begins. now_ms: when the round began, as timestamps count.
    """

    start: int
    end: int
    now_ms: int
    offsets: OffsetMap
    state: str = MAP
    at: int = 0
    groups: list[list[int]] = field(default_factory=list)
    copy: Segment | None = None
    copy_end: int = 0
    stats: Stats = field(default_factory=Stats)


# --- what is there to clean


@dataclass(slots=True)
class Dirt:
    """Of one log. start, end: of what may be cleaned. ratio: its share of all bytes up to ``end``.

    earliest: timestamp of the oldest dirty batch, -1 without. due: it is older than max.compaction.lag.ms.
    """

    start: int
    end: int
    ratio: float
    earliest: int
    due: bool


def dirt(log: Log, clean_to: int, high_watermark: int, now_ms: int, jumps: Jumps = ()) -> Dirt:
    """What could be cleaned in ``log``, which is clean up to ``clean_to``."""
    config = log.config
    start = clean_to if log.log_start <= clean_to <= log.log_end else log.log_start
    end = min(log.segments[-1].base_offset, high_watermark)
    clean = dirty = 0
    earliest = -1
    for segment in log.segments:
        if segment.base_offset >= end:
            break
        if segment.base_offset >= start and too_young(log, segment, now_ms, jumps):
            end = segment.base_offset
            break
        if segment.next_offset <= start:
            clean += segment.size
        else:
            dirty += segment.size
            if earliest < 0:
                earliest = segment.first_timestamp
    end = max(start, end)
    ratio = dirty / (clean + dirty) if end > start and dirty else 0.0
    due = end > start and earliest >= 0 and age_ms(now_ms, earliest, jumps) > config.max_compaction_lag_ms
    return Dirt(start, end, ratio, earliest, due)


def too_young(log: Log, segment: Segment, now_ms: int, jumps: Jumps) -> bool:
    lag = log.config.min_compaction_lag_ms
    return lag > 0 and age_ms(now_ms, segment.largest_timestamp, jumps) < lag


# --- a round


def begin(found: Dirt, now_ms: int, keys_max: int = KEYS_MAX) -> Round:
    return Round(found.start, found.end, now_ms, OffsetMap(keys_max), at=found.start)


def work(log: Log, this: Round, budget: int) -> int:
    """Go on for about ``budget`` bytes of reading. Returns those that were not needed.

    When it stops at SYNC, the files of ``this.copy`` are to be synced: then call ``swap``. After DONE the log is
    clean up to ``this.end``. Raises DiskFull: then give the round up.
    """
    while budget > 0 and this.state in (MAP, COPY):
        budget = _map(log, this, budget) if this.state == MAP else _copy(log, this, budget)
    return budget


def _map(log: Log, this: Round, budget: int) -> int:
    for batch in log.batches(this.at, this.end):
        if budget <= 0:
            return 0
        budget -= _cost(batch)
        looked = None if batch.is_control else look(batch)
        if looked is not None:
            if not this.offsets.fits(looked.keyed):
                this.end = batch.base_offset
                break
            for record in looked.records:
                if record.key is not None and record.offset >= this.start:
                    this.offsets.put(record.key, record.offset)
        this.at = batch.next_offset
    this.offsets.latest = this.end - 1
    this.groups = [[segment.base_offset for segment in group] for group in grouped(log, this.end)]
    this.state = COPY if this.groups else DONE
    this.at = this.groups[0][0] if this.groups else this.end
    return budget


def grouped(log: Log, end: int) -> list[list[Segment]]:
    """Segments that begin before ``end``, with neighbours that fit into one segment together."""
    config = log.config
    groups: list[list[Segment]] = []
    size = index = 0
    for segment in log.segments[:-1]:
        if segment.base_offset >= end:
            break
        size += segment.size
        index += segment.index.file.size
        alone = (
            not groups
            or size > config.segment_bytes
            or index > config.segment_index_bytes
            or segment.next_offset - groups[-1][0].base_offset > RELATIVE_OFFSET_MAX
        )
        if alone:
            groups.append([segment])
            size, index = segment.size, segment.index.file.size
        else:
            groups[-1].append(segment)
    return groups


def _copy(log: Log, this: Round, budget: int) -> int:
    sources = _sources(log, this)
    if this.state == GIVEN_UP:
        return budget
    if this.copy is None:
        this.copy = log.cleaned_segment(this.groups[0][0], this.now_ms)
        last = sources[-1].base_offset
        this.copy_end = next(segment.base_offset for segment in log.segments if segment.base_offset > last)
    for segment in sources:
        if segment.next_offset <= this.at:
            continue
        for batch in segment.batches(this.at):
            if budget <= 0:
                return 0
            budget -= _cost(batch)
            kept = retained(log, this, batch)
            if kept is not None:
                log.disk.require(kept.size + BESIDE)
                if not this.copy.append([kept], ONE_SEGMENT):
                    give_up(this)  # an index is full: batches that have become larger do not fit
                    return budget
            this.at = batch.next_offset
    this.copy.close()
    this.state = SYNC
    return budget


def _sources(log: Log, this: Round) -> list[Segment]:
    """The segments of the first group, if they are still those."""
    bases = this.groups[0]
    sources = [segment for segment in log.segments[:-1] if bases[0] <= segment.base_offset <= bases[-1]]
    if [segment.base_offset for segment in sources] != bases:
        give_up(this)
    return sources


def swap(log: Log, this: Round, now_ms: int) -> None:
    """The files of ``this.copy`` are durable: it takes the place of the segments it was made from."""
    sources, copy = _sources(log, this), this.copy
    if this.state == GIVEN_UP or copy is None:
        return
    copy.created_ms, copy.written_ms = sources[0].created_ms, sources[-1].written_ms
    this.stats.was_bytes += sum(segment.size for segment in sources)
    this.stats.bytes += copy.size
    log.replace_segments([copy], sources, now_ms)
    this.copy = None
    del this.groups[0]
    this.state = COPY if this.groups else DONE
    if this.groups:
        this.at = this.groups[0][0]


def give_up(this: Round) -> None:
    """Forget the round: what was swapped in already stays, the rest is as it was."""
    this.state = GIVEN_UP
    if this.copy is not None:
        this.copy.delete()
        this.copy = None


def _cost(batch: Batch) -> int:
    return batch.size + batch.count * RECORD_COST


# --- what stays


def retained(log: Log, this: Round, batch: Batch) -> Batch | None:
    """What stays of ``batch``: itself, if it loses nothing; None if not even its shell is needed."""
    looked = None if batch.is_control else look(batch)
    if looked is None:
        return batch
    horizon = delete_horizon(batch)
    ripe = 0 <= horizon <= this.now_ms
    kept = []
    tombstones = False
    for record in looked.records:
        if record.offset > this.offsets.latest:
            pass
        elif record.key is None or record.offset < this.offsets.last(record.key) or (record.value is None and ripe):
            continue
        tombstones = tombstones or record.value is None
        kept.append(record)
    this.stats.kept += len(kept)
    this.stats.removed += len(looked.records) - len(kept)
    if not kept:
        if not _is_needed(log, this, batch):
            return None
        return emptied(batch) if looked.records else batch
    sets_horizon = tombstones and horizon < 0
    if len(kept) == len(looked.records) and not sets_horizon:
        return batch
    return with_records(batch, kept, this.now_ms + log.config.delete_retention_ms if sets_horizon else horizon)


def _is_needed(log: Log, this: Round, batch: Batch) -> bool:
    """Whether the shell of a batch stays: the last of its producer, or of what is to be one segment or one round.

    Segments and rounds end where their last batch ends (engine/storage/swapping.py).
    """
    if batch.next_offset in (this.end, this.copy_end):
        return True
    entry = log.producers.entries.get(batch.producer_id) if batch.producer_id >= 0 else None
    return entry is not None and bool(entry.marks) and entry.marks[-1][3] == batch.last_offset


def clean(log: Log, clean_to: int, high_watermark: int, now_ms: int, keys_max: int = KEYS_MAX) -> int:
    """Clean all that may be cleaned, at once: for tests and tools. Returns up to where the log is clean then."""
    while (found := dirt(log, clean_to, high_watermark, now_ms)).end > found.start:
        this = begin(found, now_ms, keys_max)
        while this.state not in (DONE, GIVEN_UP):
            work(log, this, 1 << 20)
            if this.state == SYNC and this.copy is not None:
                for path in this.copy.paths():
                    log.disk.sync(path)
                swap(log, this, now_ms)
        clean_to = this.end
    return clean_to
