"""Where each key was written last: what the cleaner's first pass makes (``SkimpyOffsetMap.java``).

Kafka's map holds MD5 sums in 128 MiB of memory. This one holds short keys as they are and a sum of long
ones, so that what a key weighs is bounded; and so is how many there are: a log with more keys than that is
cleaned in several rounds, each as far as the map reaches.
"""

from __future__ import annotations

from hashlib import blake2b

KEYS_MAX = 100_000
_PLAIN_MAX = 32  # bytes; the sum of a longer key has one more, so the two are never mistaken


def _name(key: bytes) -> bytes:
    return key if len(key) <= _PLAIN_MAX else blake2b(key, digest_size=_PLAIN_MAX + 1).digest()


class OffsetMap:
    """latest: the last offset that was put in, -1 while empty. limit: of keys."""

    __slots__ = ("latest", "limit", "offsets")

    def __init__(self, limit: int = KEYS_MAX) -> None:
        assert limit > 0
        self.offsets: dict[bytes, int] = {}
        self.latest = -1
        self.limit = limit

    def __len__(self) -> int:
        return len(self.offsets)

    def fits(self, keys: int) -> bool:
        """Whether ``keys`` more, all of them new, can be put in. The first always can: a round must get on."""
        return not self.offsets or len(self.offsets) + keys <= self.limit

    def put(self, key: bytes, offset: int) -> None:
        self.offsets[_name(key)] = offset

    def last(self, key: bytes) -> int:
        """The offset at which ``key`` was written last, -1 if it was not."""
        return self.offsets.get(_name(key), -1)
