"""Which shard a record belongs to: MD5 of its partition key, a number of 128 bits, and who owns that number."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from hashlib import md5
from typing import Any

HASH_KEYS = 1 << 128
HASH_KEY_MAX = HASH_KEYS - 1


def _md5() -> Callable[[bytes], Any]:
    """Where nothing forbids MD5 it is not said of each key that no secret depends on it: saying so takes longer."""
    try:
        md5(b"")
    except ValueError:
        return partial(md5, usedforsecurity=False)
    return md5


_hashed = _md5()


@lru_cache(maxsize=8192)  # keys come again and again; a pure function, so no state
def keyed(key: str) -> tuple[bytes, int]:
    """The partition key as it is written, and its hash key."""
    raw = key.encode()
    return raw, int.from_bytes(_hashed(raw).digest(), "big")


def hash_key(key: str) -> int:
    return keyed(key)[1]


def even_split(shards: int) -> list[tuple[int, int]]:
    """The ranges of a new stream's shards, both ends in them; the last one takes what a division leaves over."""
    width = HASH_KEYS // shards
    return [(n * width, (n + 1) * width - 1 if n < shards - 1 else HASH_KEY_MAX) for n in range(shards)]
