"""The lease table of a simulated worker: which shards it knows, which it reads, how far it is, what is done.

As in the Kinesis Client Library: a shard's children are read only when the shard itself has been read to its end, both
parents of a merge before their child. What is known of a shard whose parents have been trimmed begins at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TRIM_HORIZON, LATEST, AFTER = "TRIM_HORIZON", "LATEST", "AFTER_SEQUENCE_NUMBER"


@dataclass(slots=True)
class Lease:
    """One shard that is read, or was.

    checkpoint: the last sequence number that was dealt with, or TRIM_HORIZON or LATEST before there is one.
    position: the offset after the last record, -1 before there is one. iterator: "" when one must be asked for.
    asked: a call about it is under way. ready_at: the next one not before. subscribed: records are pushed.
    """

    shard: str
    checkpoint: str
    position: int = -1
    iterator: str = ""
    asked: bool = False
    subscribed: bool = False
    done: bool = False
    ready_at: int = 0
    behind_ms: int = -1

    def starting(self) -> dict[str, Any]:
        """Where reading begins, as SubscribeToShard's StartingPosition."""
        if self.checkpoint in (TRIM_HORIZON, LATEST):
            return {"Type": self.checkpoint}
        return {"Type": AFTER, "SequenceNumber": self.checkpoint}

    def iterate(self, stream: str) -> dict[str, Any]:
        """The same, as GetShardIterator's parameters."""
        start = self.starting()
        told = {"StreamName": stream, "ShardId": self.shard, "ShardIteratorType": start["Type"]}
        if "SequenceNumber" in start:
            told["StartingSequenceNumber"] = start["SequenceNumber"]
        return told


@dataclass(slots=True)
class Leases:
    """wanted: ids of the shards it is for, with all that comes of them; none: every shard. parents: of known shards.

    start_at: where it begins in shards that are there when it first looks.
    """

    start_at: str
    wanted: list[str]
    parents: dict[str, list[str]] = field(default_factory=dict)
    open: dict[str, bool] = field(default_factory=dict)
    held: dict[str, Lease] = field(default_factory=dict)
    looked: bool = False

    def learn(self, shards: list[dict[str, Any]]) -> None:
        """Take what ListShards told."""
        for shard in shards:
            name = shard["ShardId"]
            self.parents[name] = [p for p in (shard.get("ParentShardId"), shard.get("AdjacentParentShardId")) if p]
            self.open[name] = "EndingSequenceNumber" not in shard.get("SequenceNumberRange", {})

    def take(self) -> list[Lease]:
        """Lease what may be read now. Returns the new ones."""
        taken = []
        for name, parents in self.parents.items():
            if name in self.held or not self._is_wanted(name):
                continue
            known = [parent for parent in parents if parent in self.parents and self._is_wanted(parent)]
            if self.looked or self.start_at == TRIM_HORIZON:
                if any(parent not in self.held or not self.held[parent].done for parent in known):
                    continue
                start = TRIM_HORIZON
            elif not self.open[name]:
                continue  # LATEST: what is closed already has nothing to come
            else:
                start = LATEST
            taken.append(Lease(name, start))
            self.held[name] = taken[-1]
        self.looked = self.looked or bool(self.parents)
        return taken

    def _is_wanted(self, name: str) -> bool:
        if not self.wanted or name in self.wanted:
            return True
        return any(self._is_wanted(parent) for parent in self.parents.get(name, ()))

    def reborn(self) -> Leases:
        """What outlives a crash: the table, with its checkpoints. It is read again from there."""
        held = {
            name: Lease(name, lease.checkpoint, lease.position, done=lease.done) for name, lease in self.held.items()
        }
        return Leases(self.start_at, list(self.wanted), dict(self.parents), dict(self.open), held, self.looked)
