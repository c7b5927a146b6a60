"""Sequence numbers as AWS makes them (version 2): 186 bits, written as 56 decimal digits.

In hexadecimal, from the left: ``2`` · 9 digits: when the shard was created, in seconds since 1970 · 1 digit: the last
one of the shard's number · 16 digits: the index · 2 digits, always 00 here · 9 digits: when the record arrived ·
8 digits: the shard's number · ``2``, the version. So numbers of a shard are ordered by their index, whatever the time.

Here a record's index is its offset in the partition plus one: index 0 is the shard's beginning, before any record, and
positions need no lookup. A closed shard's last number has the highest index there is.
"""

from __future__ import annotations

from dataclasses import dataclass

INDEX_MAX = (1 << 63) - 1
DIGITS_MAX = 56
_SHARD, _ARRIVAL, _EXTRA, _INDEX, _LOW, _CREATED = 4, 36, 72, 80, 144, 148  # bits to the right of each part
_FIRST = 1 << 185
STEP = 1 << _INDEX  # from one record's number to the next one's, both arrived in the same second
_VERSION = 2


class NoSequenceNumber(ValueError):
    """The text is no sequence number of version 2."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """created, arrival: seconds since 1970. extra: 0 in ours."""

    created: int
    shard: int
    index: int
    arrival: int
    extra: int = 0

    def __str__(self) -> str:
        return str(stem(self.created, self.shard, self.arrival) + (self.index << _INDEX) + (self.extra << _EXTRA))

    @property
    def offset(self) -> int:
        """Of the record of that number; -1 for the shard's beginning."""
        return self.index - 1


def stem(created: int, shard: int, arrival: int) -> int:
    """The number of index 0; a record's is ``stem + (offset + 1) * STEP``."""
    return (
        _FIRST + (created << _CREATED) + ((shard & 15) << _LOW) + (arrival << _ARRIVAL) + (shard << _SHARD) + _VERSION
    )


def starting(created: int, shard: int) -> str:
    return str(stem(created, shard, created))


def ending(created: int, shard: int, closed: int) -> str:
    return str(stem(created, shard, closed) + INDEX_MAX * STEP)


def parse(text: str) -> Sequence:
    """Raises ``NoSequenceNumber``."""
    if not text.isascii() or not text.isdigit() or len(text) > DIGITS_MAX:
        raise NoSequenceNumber(text)
    number = int(text)
    found = Sequence(
        created=number >> _CREATED & 0xFFFFFFFFF,
        shard=number >> _SHARD & 0xFFFFFFFF,
        index=number >> _INDEX & 0xFFFFFFFFFFFFFFFF,
        arrival=number >> _ARRIVAL & 0xFFFFFFFFF,
        extra=number >> _EXTRA & 0xFF,
    )
    if number & 15 != _VERSION or found.index > INDEX_MAX or str(found) != text:
        raise NoSequenceNumber(text)
    return found
