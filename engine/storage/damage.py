"""What a power cut or a flipped bit leaves of a file.

A file system writes pages of 4 KiB in any order; a disk writes sectors of 512 bytes whole. So of what
was not synced when the power went:

- the file may end anywhere past the synced part, at a multiple of 512 bytes (or where it ended before):
  a torn tail;
- of the pages before that end any may be missing: they read as zeros. A page that holds the last synced
  bytes loses only what comes after those.

What is untouched stays the very objects it was; from the first damage on, a file is plain bytes, for
nobody has checked them yet (engine/storage/recovery.py does).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Protocol

from engine.storage.chunk import Extent

PAGE_BYTES = 4096
SECTOR_BYTES = 512
_MASK_PAGES = 32  # decided about by one draw


class Chance(Protocol):
    """What is needed of a stream of randomness (engine/world/dice.py)."""

    def below(self, n: int) -> int: ...


def after_power_loss(
    parts: list[Extent | bytes], size: int, synced: int, dice: Chance
) -> tuple[list[Extent | bytes], int]:
    """(the parts, their size) of what was durable up to ``synced``. One time in four all else is lost, in four none."""
    luck = dice.below(4)
    if luck == 0:
        return beginning(parts, synced), synced
    if luck == 1:
        return parts, size
    end = synced + dice.below(size - synced + 1)
    if end < size:
        end = max(synced, end // SECTOR_BYTES * SECTOR_BYTES)
    lost = _lost_pages(synced, end, dice) if luck == 2 else []
    kept = beginning(parts, end)
    return (_with_holes(kept, end, lost) if lost else kept), end


def _lost_pages(synced: int, end: int, dice: Chance) -> list[tuple[int, int]]:
    """(from, to) of each stretch of lost pages; how likely a page is lost differs from cut to cut."""
    rarely = dice.below(4)
    holes: list[tuple[int, int]] = []
    first, last = synced // PAGE_BYTES, -(-end // PAGE_BYTES)
    for begin in range(first, last, _MASK_PAGES):
        mask = dice.below(1 << _MASK_PAGES)
        for _ in range(rarely):
            mask &= dice.below(1 << _MASK_PAGES)
        for page in range(begin, min(begin + _MASK_PAGES, last)):
            if mask >> (page - begin) & 1:
                start, stop = max(page * PAGE_BYTES, synced), min((page + 1) * PAGE_BYTES, end)
                if holes and holes[-1][1] == start:
                    holes[-1] = (holes[-1][0], stop)
                else:
                    holes.append((start, stop))
    return holes


def _with_holes(parts: list[Extent | bytes], size: int, holes: list[tuple[int, int]]) -> list[Extent | bytes]:
    first = holes[0][0]
    kept: list[Extent | bytes] = []
    position = 0
    for part in parts:
        length = size_of(part)
        if position + length > first:
            break
        kept.append(part)
        position += length
    rest = bytearray(b"".join([to_bytes(part) for part in parts[len(kept) :]]))
    for start, stop in holes:
        rest[start - position : stop - position] = bytes(stop - start)
    return [*kept, bytes(rest)]


def flipped(parts: list[Extent | bytes], flips: list[tuple[int, int]]) -> list[Extent | bytes]:
    """``parts`` with each (byte, bit) turned over; a part that was hit is plain bytes from then on."""
    wanted: dict[int, dict[int, int]] = {}  # by part: by byte: the bits
    ends: list[int] = []
    position = 0
    for part in parts:
        position += size_of(part)
        ends.append(position)
    for byte, bit in flips:
        if byte < position:
            number = bisect_right(ends, byte)
            hit = wanted.setdefault(number, {})
            at = byte - (ends[number] - size_of(parts[number]))
            hit[at] = hit.get(at, 0) ^ 1 << bit
    made = list(parts)
    for number, hit in wanted.items():
        data = bytearray(to_bytes(parts[number]))
        for at, bits in hit.items():
            data[at] ^= bits
        made[number] = bytes(data)
    return made


def beginning(parts: list[Extent | bytes], size: int) -> list[Extent | bytes]:
    """The first ``size`` bytes, in a list of their own."""
    keep: list[Extent | bytes] = []
    left = size
    for part in parts:
        length = size_of(part)
        if length > left:
            if left:
                keep.append(to_bytes(part)[:left])
            break
        keep.append(part)
        left -= length
    return keep


def size_of(part: Extent | bytes) -> int:
    return len(part) if isinstance(part, bytes) else part.size


def to_bytes(part: Extent | bytes) -> bytes:
    return part if isinstance(part, bytes) else part.to_bytes()
