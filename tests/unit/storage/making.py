"""Batches and logs for the tests of storage."""

from __future__ import annotations

from typing import Any

from engine.storage.chunk import Chunk, Piece
from engine.storage.disk import MemoryDisk
from engine.storage.log import Log, LogConfig
from engine.wire.batch import Batch, split_batches
from engine.wire.records import Record, encode_batch

TIME = 1_700_000_000_000


def a_batch(
    count: int = 1,
    *,
    size: int = 20,
    time: int = TIME,
    producer: int = -1,
    epoch: int = -1,
    sequence: int = -1,
    control: bool = False,
) -> Batch:
    """As it comes from a producer: ``count`` records with values of ``size`` bytes, stamped one ms apart."""
    records = [Record(0, time + i, b"key", bytes(size)) for i in range(count)]
    made = encode_batch(records, producer_id=producer, producer_epoch=epoch, base_sequence=sequence, control=control)
    return split_batches(made.to_bytes())[0]


def sent(producer: int, epoch: int, sequence: int, count: int = 1) -> Batch:
    """A batch of an idempotent producer."""
    return a_batch(count, producer=producer, epoch=epoch, sequence=sequence)


def a_log(*, disk: MemoryDisk | None = None, index_bytes: int = 10 << 20, **config: Any) -> Log:
    return Log(disk or MemoryDisk(), "pedidos", 0, LogConfig(segment_index_bytes=index_bytes, **config))


def filled(count: int, *, size: int = 20, **options: Any) -> Log:
    """A log of ``count`` batches of one record each, epoch 0."""
    log = a_log(**options)
    for number in range(count):
        log.append_as_leader([a_batch(size=size, time=TIME + number)], 0)
    return log


def reopened(log: Log, **how: Any) -> Log:
    """The log opened again from its files; after a crash if not said otherwise."""
    return Log(log.disk, log.topic, log.partition, log.config, **how)


def as_plain_bytes(log: Log) -> None:
    """The files as a real disk would hold them."""
    for segment in log.segments:
        data = log.disk.read_all(segment.path)
        log.disk.replace(segment.file, [data] if data else [], len(data))


def durable_end(log: Log) -> int:
    """Up to where every byte from the log's beginning on was synced, in whole batches."""
    end = log.segments[0].base_offset
    for segment in log.segments:
        position = 0
        for batch in segment.batches(0):
            position += batch.size
            if position > segment.file.synced:
                return end
            end = batch.next_offset
    return end


def content(log: Log) -> bytes:
    return b"".join(log.disk.read_all(segment.path) for segment in log.segments)


def read_all(log: Log, offset: int = 0, max_bytes: int = 1 << 30, limit: int = 1 << 60) -> bytes:
    return joined(log.read(offset, max_bytes, limit))


def joined(pieces: list[Piece]) -> bytes:
    return b"".join(piece.to_bytes() for piece in pieces)


def copy_over(leader: Log, follower: Log, max_bytes: int = 1 << 20) -> None:
    """What a follower's fetches do."""
    while follower.log_end < leader.log_end:
        follower.append_as_follower(leader.read(follower.log_end, max_bytes, leader.log_end))


def chunks(log: Log) -> list[Chunk]:
    return [part for segment in log.segments for part in segment.extents if isinstance(part, Chunk)]


def summary(log: Log) -> dict[str, object]:
    """All that follows from a log's content."""
    return {
        "files": {path: log.disk.read_all(path) for path in log.disk.paths(log.folder)},
        "used": log.disk.used,
        "ends": (log.log_start, log.log_end, log.latest_epoch()),
        "epochs": log.epochs.entries,
        "producers": {
            producer: (entry.epoch, entry.marks, entry.first_offset)
            for producer, entry in log.producers.entries.items()
        },
        "order": list(log.producers.entries),
        "segments": [
            (s.base_offset, s.first_timestamp, s.max_timestamp, s.max_timestamp_offset, s.loose, s.index.indexed_at)
            for s in log.segments
        ],
        "snapshots": log.snapshots.offsets,
        "parts": [[(type(part).__name__, part.size) for part in s.extents] for s in log.segments],
    }
