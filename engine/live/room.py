"""How much a sandbox holds, and what happens when that is too much.

What counts is *distinct* bytes of records: a chunk that three replicas, ten snapshots and a branch share is
there once. Counting them walks over all files, so it is done only when it could matter: the disks'
own sums are an upper limit, for free.

Over the limit, an input makes all disks of the sandbox full; when enough is gone, another frees them.
So what clients are told is part of history like everything else, whenever it was that we looked.
"""

from __future__ import annotations

from engine.cluster import Cluster
from engine.limits import RECORD_BYTES_FREE, RECORD_BYTES_MAX
from engine.live.sandbox import Sandbox
from engine.storage.chunk import Chunk
from engine.world.inputs import QUOTA

STEP_BYTES = 16 << 20  # counted anew when the disks' sum has changed by this much,
STEP_SHARE = 16  # or by this part of it: people are shown the figure


def most_bytes(cluster: Cluster) -> int:
    """Never less than ``distinct_bytes``; costs nothing."""
    return sum(place.disk.used for place in cluster.places.values())


def distinct_bytes(cluster: Cluster) -> int:
    """Bytes in the files of all brokers, what is shared counted once."""
    seen: dict[int, None] = {}
    total = 0
    for place in cluster.places.values():
        for file in place.disk.files.values():
            for part in file.parts:
                if isinstance(part, bytes):
                    total += len(part)
                    continue
                key = id(part.data) if isinstance(part, Chunk) else id(part.records)
                if key not in seen:
                    seen[key] = None
                    total += part.size
    return total


class Room:
    """Keeps one sandbox within its limit."""

    def __init__(self, sandbox: Sandbox, most: int = RECORD_BYTES_MAX, freed: int = RECORD_BYTES_FREE) -> None:
        self._sandbox, self._most, self._freed = sandbox, most, freed
        self._counted_at = -STEP_BYTES
        self._bytes = 0

    def bytes(self) -> int:
        """Distinct bytes, as last counted; counted anew if much has changed."""
        total = most_bytes(self._sandbox.cluster)
        if abs(total - self._counted_at) >= min(STEP_BYTES, self._most // 64, abs(self._counted_at) // STEP_SHARE):
            self._counted_at, self._bytes = total, distinct_bytes(self._sandbox.cluster)
        return self._bytes

    def tend(self) -> None:
        """Called about once a second."""
        sandbox = self._sandbox
        full = sandbox.cluster.storage_full
        if sandbox.problem or (not full and most_bytes(sandbox.cluster) < self._most):
            return
        held = self.bytes()
        if held >= self._most and not full:
            sandbox.touch(QUOTA, {"full": True, "bytes": held, "limit": self._most})
        elif full and held < self._freed:
            sandbox.touch(QUOTA, {"full": False, "bytes": held, "limit": self._most})
