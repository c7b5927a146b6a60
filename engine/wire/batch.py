"""Record batches, version 2: parsed once, checked once, then passed on as they came.

Theory of operation
-------------------
A batch is a header of 61 bytes and its records (KIP-98, ``DefaultRecordBatch.java``). Its CRC32C
covers everything from the attributes on, but neither the base offset nor the leader epoch: these two
belong to the broker. So a leader puts a batch in its place by copying 61 bytes and patching twelve
of them; the records stay the bytes of the frame in which they were received, shared by every
replica, snapshot and branch. A broker never decodes records on this path.

A ``Batch`` is immutable by rule: whoever holds one may share it, so copying one gives the same one.
Only what the hot path asks for is kept in fields; the rest is read from the header when asked for.
"""

from __future__ import annotations

import struct
from typing import Any, ClassVar

from crc32c import crc32c

from engine.wire import errors
from engine.world.snapshots import shared

HEADER_BYTES = 61
LENGTH_OVERHEAD = 12  # base offset and length itself are not counted by the length field
CRC_START = 21  # what the CRC covers starts at the attributes
MAGIC = 2
RECORD_BYTES_MIN = 7  # length, attributes, two deltas, no key, no value, no headers: a byte each
DECOMPRESSED_BYTES_MAX = 64 * 1024 * 1024
SEQUENCE_MAX = 0x7FFFFFFF
SMALL_BELOW = 8 * 1024  # bytes; below it storage keeps batches together (engine/storage/chunk.py)
FRAME_KEPT_TIMES_MAX = 4  # a small batch may hold on to a frame of so many times its size

COMPRESSION_MASK, LOG_APPEND_TIME, TRANSACTIONAL, CONTROL = 0x07, 0x08, 0x10, 0x20

# base offset, length, leader epoch, magic, crc, attributes, last offset delta, base timestamp (8 bytes),
# maximum timestamp, producer id, producer epoch and base sequence (6 bytes), count
_parse = struct.Struct(">qiibIhi8xqq6xi").unpack_from
_place = struct.Struct(">q4si45s").pack
_int64 = struct.Struct(">q").unpack_from
_int32 = struct.Struct(">i").unpack_from
_uint32 = struct.Struct(">I").unpack_from
_numbering = struct.Struct(">hi").unpack_from


class CorruptRecord(Exception):
    """These bytes are no record batch, or were damaged. error: the Kafka code to answer with."""

    error: ClassVar[int] = errors.CORRUPT_MESSAGE


class InvalidRecord(CorruptRecord):
    """A well-formed batch whose fields contradict each other, or that its sender may not write."""

    error: ClassVar[int] = errors.INVALID_RECORD


class UnsupportedMagic(CorruptRecord):
    """A message format older than record batches (magic 0 or 1), or one that does not exist."""

    error: ClassVar[int] = errors.UNSUPPORTED_FOR_MESSAGE_FORMAT


@shared
class Batch:
    """One record batch. Its bytes are ``header`` and ``records``, in that order.

    size: bytes of both. sealed: not part of the state: the chunk that storage made of this batch and
    its successors, kept here so that the other replicas find it (engine/storage/chunk.py).
    """

    __slots__ = (
        "header", "records", "base_offset", "last_offset", "leader_epoch", "size", "max_timestamp", "producer_id",
        "sealed",
    )  # fmt: skip
    DERIVED: ClassVar[tuple[str, ...]] = ("sealed",)

    def __init__(
        self,
        header: bytes,
        records: bytes | memoryview,
        base_offset: int,
        last_offset: int,
        leader_epoch: int,
        size: int,
        max_timestamp: int,
        producer_id: int,
    ) -> None:
        self.header = header
        self.records = records
        self.base_offset = base_offset
        self.last_offset = last_offset
        self.leader_epoch = leader_epoch
        self.size = size
        self.max_timestamp = max_timestamp
        self.producer_id = producer_id
        self.sealed: Any = None

    def placed(self, base_offset: int, epoch: int) -> Batch:
        """This batch at ``base_offset``, appended by the leader of ``epoch``: same records, same CRC.

        The records stay a view of the frame they came in. Only a small batch out of a much larger frame
        takes its few bytes along: in a quiet partition it would keep the whole frame in memory for long.
        """
        header, records, size = self.header, self.records, self.size
        if size < SMALL_BELOW and type(records) is memoryview and len(records.obj) > size * FRAME_KEPT_TIMES_MAX:  # type: ignore[arg-type]
            records = bytes(records)
        return Batch(
            _place(base_offset, header[8:12], epoch, header[16:]),
            records,
            base_offset,
            base_offset + self.last_offset - self.base_offset,
            epoch,
            size,
            self.max_timestamp,
            self.producer_id,
        )

    @property
    def next_offset(self) -> int:
        return self.last_offset + 1

    @property
    def crc(self) -> int:
        return int(_uint32(self.header, 17)[0])

    @property
    def attributes(self) -> int:
        return self.header[21] << 8 | self.header[22]

    @property
    def base_timestamp(self) -> int:
        return int(_int64(self.header, 27)[0])

    @property
    def numbering(self) -> tuple[int, int]:
        """Producer epoch and base sequence, -1 each without a producer id."""
        return _numbering(self.header, 51)

    @property
    def producer_epoch(self) -> int:
        return self.numbering[0]

    @property
    def base_sequence(self) -> int:
        return self.numbering[1]

    @property
    def last_sequence(self) -> int:
        """Sequence number of the last record, -1 without. After 2**31 - 1 they start from 0 again."""
        first = self.numbering[1]
        return first + self.last_offset - self.base_offset & SEQUENCE_MAX if first >= 0 else -1

    @property
    def count(self) -> int:
        return int(_int32(self.header, 57)[0])

    @property
    def is_control(self) -> bool:
        return bool(self.header[22] & CONTROL)

    @property
    def is_transactional(self) -> bool:
        return bool(self.attributes & TRANSACTIONAL)

    @property
    def log_append_time(self) -> bool:
        return bool(self.attributes & LOG_APPEND_TIME)

    @property
    def compression(self) -> int:
        """0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd."""
        return self.attributes & COMPRESSION_MASK

    def chunks(self) -> tuple[bytes, bytes | memoryview]:
        return self.header, self.records

    def to_bytes(self) -> bytes:
        return b"".join((self.header, self.records))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Batch):
            return NotImplemented
        return self is other or (self.header == other.header and self.records == other.records)

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Batch:
        return self

    def __deepcopy__(self, memo: object) -> Batch:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return batch_of, (self.header, bytes(self.records))

    def __repr__(self) -> str:
        return f"Batch({self.base_offset}..{self.last_offset}, epoch {self.leader_epoch}, {self.size} bytes)"


def batch_of(header: bytes, records: bytes | memoryview) -> Batch:
    """The batch of a header and records that were checked before."""
    base, length, epoch, _, _, _, delta, latest, producer, _ = _parse(header)
    return Batch(header, records, base, base + delta, epoch, length + LENGTH_OVERHEAD, latest, producer)


def split_batches(data: bytes | memoryview, check_crc: bool = True, *, compacted: bool = False) -> list[Batch]:
    """The batches of which ``data`` consists; their records are views of it.

    Checks sizes, magic, CRC32C (unless told not to: bytes that never left the process) and that the
    offsets agree with the count: no producer leaves gaps, but compaction does (compacted), up to a batch
    without records. Raises CorruptRecord, InvalidRecord or UnsupportedMagic.
    """
    view = data if type(data) is memoryview else memoryview(data)
    total = len(view)
    batches = []
    start = 0
    while start < total:
        if total - start < HEADER_BYTES:
            raise _too_short(view, start)
        base, length, epoch, magic, crc, attributes, delta, latest, producer, count = _parse(view, start)
        size = length + LENGTH_OVERHEAD
        end = start + size
        if magic != MAGIC:
            raise UnsupportedMagic(f"message format {magic} at byte {start}; this broker takes {MAGIC}")
        if size < HEADER_BYTES or end > total:
            raise CorruptRecord(f"a batch of {size} bytes at byte {start} of {total}")
        if check_crc and crc32c(view[start + CRC_START : end]) != crc:
            raise CorruptRecord(f"the CRC of the batch at byte {start} is not {crc:#010x}")
        if delta < 0 or not (0 if compacted else delta + 1) <= count <= delta + 1:
            raise InvalidRecord(f"{count} records, but the last offset is {delta} after the first")
        room = size - HEADER_BYTES if not attributes & COMPRESSION_MASK else DECOMPRESSED_BYTES_MAX
        if count * RECORD_BYTES_MIN > room:
            raise InvalidRecord(f"{count} records do not fit into {room} bytes")
        records = start + HEADER_BYTES
        header = view[start:records].tobytes()
        batches.append(Batch(header, view[records:end], base, base + delta, epoch, size, latest, producer))
        start = end
    return batches


def _too_short(view: memoryview, start: int) -> CorruptRecord:
    left = len(view) - start
    if left > 16 and 0 <= view[start + 16] < MAGIC:
        return UnsupportedMagic(f"message format {view[start + 16]} at byte {start}; this broker takes {MAGIC}")
    return CorruptRecord(f"{left} bytes at byte {start} cannot hold a batch header")
