"""The leader's side of a partition: what followers have, who is in sync, how far is safe.

Theory of operation
-------------------
A follower's fetch from offset n says "I have everything below n" (that is its log end offset).

- The *high watermark* is the least log end offset over the in-sync replicas, and over those the
  leader has just asked the controller to add (the maximal ISR of KIP-497: until the answer comes,
  either set may be the truth, so the larger one decides). It never falls while one leader leads.
- A follower *expands* the ISR once it has reached the high watermark and the start of this leader's
  epoch. It is *shrunk* out when it has not been at the log end for replica.lag.time.max.ms.
- Each change is asked of the controller, one at a time (``pending``), and counts when granted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.quorum.messages import IsrChange
from engine.quorum.records import PartitionRecord

if TYPE_CHECKING:
    from engine.replication.partition import Partition

UNKNOWN = -1


@dataclass(slots=True)
class Progress:
    """What the leader knows of one follower. broker_epoch: of the life in which it fetched (KIP-903).

    fetched_at, there_was: when it fetched last, and where the leader's log ended then. log_start: where its log begins.
    """

    log_end: int = UNKNOWN
    caught_up_at: int = 0
    broker_epoch: int = -1
    fetched_at: int = 0
    there_was: int = 0
    log_start: int = UNKNOWN


class Leader:
    """epoch: the leader epoch. start: the log end offset at which it began."""

    __slots__ = ("epoch", "followers", "isr", "partition_epoch", "pending", "start")

    def __init__(self, now: int, state: PartitionRecord, log_end: int) -> None:
        self.epoch, self.partition_epoch = state.leader_epoch, state.partition_epoch
        self.isr = list(state.isr)
        self.start = log_end
        self.followers = {b: Progress(caught_up_at=now) for b in state.replicas if b != state.leader}
        self.pending: list[int] | None = None

    def take(self, partition: Partition, state: PartitionRecord) -> bool:
        """The ISR of this same leader epoch changed, or replicas come. Returns whether the high watermark moved."""
        for broker in state.replicas:
            if broker != state.leader and broker not in self.followers:
                self.followers[broker] = Progress()
        self.partition_epoch = state.partition_epoch
        self.isr = list(state.isr)
        self.pending = None
        return self.move_high_watermark(partition)

    def give_up(self, partition: Partition) -> bool:
        """The proposal was refused for certain. Returns whether the high watermark moved.

        Who was to be let in may have held it back.
        """
        self.pending = None
        return self.move_high_watermark(partition)

    def move_high_watermark(self, partition: Partition) -> bool:
        """Recompute it. Returns whether it moved."""
        least = partition.log.log_end
        for broker, progress in self.followers.items():
            if progress.log_end < least and (
                broker in self.isr or (self.pending is not None and broker in self.pending)
            ):
                least = progress.log_end
        if least <= partition.high_watermark:
            return False
        partition.high_watermark = least
        return True

    def fetched(self, now: int, partition: Partition, broker: int, broker_epoch: int, offset: int) -> bool:
        """A follower asks for records from ``offset``. Returns whether the high watermark moved."""
        progress = self.followers.get(broker)
        if progress is None:
            return False
        log_end = partition.log.log_end
        moved_on = progress.log_end != offset
        progress.log_end, progress.broker_epoch = offset, broker_epoch
        if offset >= log_end:
            progress.caught_up_at = now
        elif offset >= progress.there_was:  # under load the log grows while a fetch travels: it had all there was
            progress.caught_up_at = max(progress.caught_up_at, progress.fetched_at)
        progress.fetched_at, progress.there_was = now, log_end
        return moved_on and self.move_high_watermark(partition)

    def low_watermark(self, partition: Partition, alive: list[int]) -> int:
        """The first offset that the leader and every living follower still has (``lowWatermarkIfLeader``)."""
        starts = [progress.log_start for broker, progress in self.followers.items() if broker in alive]
        return min([partition.log.log_start, *starts])

    def wants_in(self, partition: Partition, broker: int) -> bool:
        """Whether ``broker`` has earned its place in the ISR and nothing is being asked yet."""
        progress = self.followers.get(broker)
        return (
            progress is not None
            and self.pending is None
            and broker not in self.isr
            and progress.log_end >= max(partition.high_watermark, self.start)
        )

    def lagging(self, now: int, partition: Partition, lag_max: int) -> list[int]:
        """In-sync followers that have not been at the log end for longer than ``lag_max`` nanoseconds."""
        log_end = partition.log.log_end
        return [
            b
            for b in self.isr
            if (p := self.followers.get(b)) is not None and p.log_end < log_end and now - p.caught_up_at > lag_max
        ]

    def ask_for(self, partition: Partition, isr: list[int], why: str) -> IsrChange:
        """Propose ``isr`` to the controller; only one proposal is under way at a time."""
        assert self.pending is None
        self.pending = isr
        members = [(b, self.followers[b].broker_epoch if b in self.followers else -1) for b in isr]
        return IsrChange(partition.topic, partition.partition, self.epoch, self.partition_epoch, members, why)
