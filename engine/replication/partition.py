"""One replica of one partition on a broker: its log, its role, its high watermark.

    none --become_leader--> Leader --become_follower--> Follower --become_leader--> Leader ...

Roles change only here, by a PartitionRecord of the controller; each role has a file of its own
(leader.py, follower.py). A record with a smaller leader epoch than ours never arrives: the metadata
log is read in order.

The high watermark belongs to the replica and outlives its roles: a leader moves it, a follower is
told of it, and a new leader starts from what it was last told (it may be lower than the old
leader's: KIP-207).
"""

from __future__ import annotations

from engine.quorum.records import PartitionRecord
from engine.replication.follower import Follower
from engine.replication.leader import Leader
from engine.storage.config import LogConfig
from engine.storage.log import Log


class Partition:
    """topic, partition: its name; topic_id: of this very topic. broker: whose replica this is.

    key, end_key, start_key: what waits for the high watermark, the log's end or its start watches, in purgatories.
    special: records must be looked at or stamped before they are appended. quiet: nobody is coming to look after the
    log: who appends must see to it. segments: how many there were when somebody looked last.
    """

    __slots__ = ("broker", "end_key", "fetched_by", "high_watermark", "key", "log", "message_max", "min_insync",
                 "partition", "quiet", "role", "segments", "special", "start_key", "state", "topic",
                 "topic_id")  # fmt: skip

    def __init__(
        self, broker: int, state: PartitionRecord, log: Log, high_watermark: int, min_insync: int, topic_id: bytes = b""
    ) -> None:
        self.broker, self.topic, self.partition, self.topic_id = broker, state.topic, state.partition, topic_id
        self.key = (state.topic, state.partition)
        self.end_key, self.start_key = (*self.key, "end"), (*self.key, "start")
        self.log = log
        self.configure(log.config, min_insync)
        self.high_watermark = max(log.log_start, min(high_watermark, log.log_end))
        self.quiet, self.segments = True, len(log.segments)
        self.state = state
        self.role: Leader | Follower | None = None
        # How far each real client's consumer has fetched: {client connection: next offset}.
        self.fetched_by: dict[int, int] = {}

    def configure(self, config: LogConfig, min_insync: int) -> None:
        """The topic's configs, at the beginning and whenever they change."""
        self.log.config, self.min_insync = config, min_insync
        self.message_max = config.max_message_bytes
        self.special = config.compacts or config.message_timestamp_type == "LogAppendTime"

    @property
    def leader(self) -> Leader | None:
        return self.role if self.role.__class__ is Leader else None

    @property
    def follower(self) -> Follower | None:
        return self.role if self.role.__class__ is Follower else None

    def become(self, now: int, state: PartitionRecord) -> bool:
        """Take the role that ``state`` gives this broker. Returns whether the high watermark moved."""
        was, self.state = self.state, state
        if state.leader == self.broker:
            if self.leader is None or was.leader_epoch != state.leader_epoch:
                return self._become_leader(now, state)
            return self.role.take(self, state)  # type: ignore[union-attr]
        if state.leader >= 0:
            self._become_follower(state)
        else:
            self.role = None
        return False

    def _become_leader(self, now: int, state: PartitionRecord) -> bool:
        self.log.assign_epoch(state.leader_epoch, self.log.log_end)
        self.role = Leader(now, state, self.log.log_end)
        return self.role.move_high_watermark(self)

    def _become_follower(self, state: PartitionRecord) -> None:
        follower = self.follower
        if follower is None or follower.epoch != state.leader_epoch:
            self.role = Follower(state.leader, state.leader_epoch)
            self.fetched_by.clear()
