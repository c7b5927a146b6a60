"""Segment files as no broker would write them, and what of each is sound, found without the engine's code."""

from __future__ import annotations

import struct
from random import Random

from crc32c import crc32c

from engine.wire.batch import split_batches
from engine.wire.records import Record, encode_batch

TIME = 1_700_000_000_000
BASE = 1_000  # where the segment begins
# (position, size) in a header: base offset, length, leader epoch, magic, CRC, attributes, last offset delta,
# maximum timestamp, producer id, count
FIELDS = [(0, 8), (8, 4), (12, 4), (16, 1), (17, 4), (21, 2), (23, 4), (35, 8), (43, 8), (57, 4)]
_header = struct.Struct(">qiibIhiqqqhii")


def whole_files(random: Random, count: int) -> list[bytes]:
    """Sound segments: batches of all sizes, holes as compaction leaves them, several leader epochs."""
    files = []
    for _ in range(count):
        offset, epoch = BASE, random.randrange(3)
        batches = []
        for _ in range(random.randrange(1, 9)):
            records = [
                Record(0, TIME + random.randrange(1_000), None, random.randbytes(random.choice([0, 5, 40, 40, 300])))
                for _ in range(random.randrange(1, 5))
            ]
            producer = random.choice([-1, -1, 7])
            first = min(producer, 0)
            made = encode_batch(records, producer_id=producer, producer_epoch=first, base_sequence=first)
            offset += random.choice([0, 0, 0, 5])
            epoch += random.choice([0, 0, 0, 1])
            batch = split_batches(made.to_bytes())[0].placed(offset, epoch)
            offset = batch.next_offset
            batches.append(batch.to_bytes())
        files.append(b"".join(batches))
    return files


def damage(random: Random, data: bytes, others: list[bytes]) -> bytes:
    """One to three things that happen to files."""
    out = bytearray(data)
    for _ in range(random.choice([1, 1, 2, 3])):
        if not out:
            break
        at = random.randrange(len(out))
        match random.randrange(11):
            case 0:  # a flipped bit
                out[at] ^= 1 << random.randrange(8)
            case 1:  # a torn tail
                del out[at:]
            case 2:  # at a sector
                del out[at // 512 * 512 :]
            case 3:  # a lost page
                page = at // 4096 * 4096 if random.random() < 0.5 else at // 512 * 512
                out[page : page + 512] = bytes(len(out[page : page + 512]))
            case 4:  # rubbish
                out[at : at + random.randrange(1, 80)] = random.randbytes(random.randrange(1, 80))
            case 5:  # something is missing
                del out[at : at + random.randrange(1, 200)]
            case 6:  # something was written twice
                out[at:at] = out[at : at + random.randrange(1, 200)]
            case 7:  # a field of some header, mostly with an extreme value
                begins = _begins(bytes(out))
                start = random.choice(begins)
                field, size = random.choice(FIELDS)
                extreme = [b"\0" * size, b"\xff" * size, b"\x7f" + b"\xff" * (size - 1)]
                value = random.choice([*extreme, random.randbytes(size)])
                if start + field + size <= len(out):
                    out[start + field : start + field + size] = value
                if random.random() < 0.5:  # and a CRC that fits it
                    _mend(out, start)
            case 8:  # whole batches in another order
                begins = [*_begins(bytes(out)), len(out)]
                pieces = [bytes(out[a:b]) for a, b in zip(begins, begins[1:], strict=False)]
                random.shuffle(pieces)
                out = bytearray(b"".join(pieces))
            case 9:  # the beginning of another file
                out += random.choice(others)[: random.randrange(1, 400)]
            case 10:  # zeros that were never written
                out += bytes(random.choice([1, 17, 61, 512]))
    return bytes(out)


def _begins(data: bytes) -> list[int]:
    begins, at = [0], 0
    while at + 12 < len(data):
        length = int.from_bytes(data[at + 8 : at + 12], "big", signed=True)
        at += 12 + length
        if length < 49 or at >= len(data):
            break
        begins.append(at)
    return begins


def _mend(out: bytearray, start: int) -> None:
    end = start + 12 + int.from_bytes(out[start + 8 : start + 12], "big", signed=True)
    if start + 61 <= end <= len(out):
        out[start + 17 : start + 21] = crc32c(bytes(out[start + 21 : end])).to_bytes(4, "big")


def sound_until(data: bytes, base: int = BASE) -> tuple[int, int]:
    """(bytes, offset after them) of the longest beginning in which every batch is whole, checked and in order."""
    at, expected, latest = 0, base, -1
    while len(data) - at >= 61:
        first, length, epoch, magic, crc, attributes, delta, _, _, _, _, _, count = _header.unpack_from(data, at)
        end = at + 12 + length
        room = 64 << 20 if attributes & 7 else length - 49
        if (
            length < 49
            or end > len(data)
            or magic != 2
            or crc32c(data[at + 21 : end]) != crc
            or delta < 0
            or not 0 <= count <= delta + 1
            or count * 7 > room
            or first < expected
            or first + delta - base > 0x7FFFFFFF
            or epoch < latest
        ):
            break
        at, expected, latest = end, first + delta + 1, epoch
    return at, expected
