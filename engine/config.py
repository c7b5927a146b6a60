"""A sandbox's settings. Defaults that differ from Kafka 4.0's are few; DIFFERENT lists them for all to see."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Config:
    """Times in milliseconds, named as in Kafka (dots made underscores) where Kafka has the setting."""

    broker_session_timeout_ms: int = 1_500
    broker_heartbeat_interval_ms: int = 500
    replica_lag_time_max_ms: int = 30_000
    replica_fetch_wait_max_ms: int = 500
    replica_fetch_max_bytes: int = 1_048_576
    replica_fetch_response_max_bytes: int = 10_485_760
    replica_high_watermark_checkpoint_interval_ms: int = 5_000
    leader_imbalance_check_interval_ms: int = 300_000
    message_max_bytes: int = 1_048_588
    auto_create_topics_enable: bool = True
    num_partitions: int = 3
    default_replication_factor: int = 3
    offsets_topic_num_partitions: int = 3
    offsets_topic_replication_factor: int = 3
    offsets_topic_min_insync: int = 2
    group_initial_rebalance_delay_ms: int = 500
    group_min_session_timeout_ms: int = 1_000
    group_max_session_timeout_ms: int = 1_800_000
    consumer_session_timeout_ms: int = 45_000  # of simulated consumers, as Kafka's session.timeout.ms
    consumer_heartbeat_interval_ms: int = 3_000
    disk_quota_bytes: int = 1 << 30  # of one broker
    log_retention_check_interval_ms: int = 5_000
    log_cleaner_enable: bool = True
    log_cleaner_backoff_ms: int = 15_000
    log_cleaner_io_max_bytes_per_second: int = 4 << 20  # a small record counts for 200 bytes more than it has
    log_flush_offset_checkpoint_interval_ms: int = 60_000
    log_flush_start_offset_checkpoint_interval_ms: int = 60_000
    offsets_topic_segment_bytes: int = 1 << 20

    @property
    def broker_rack(self) -> str:
        """Where the broker stands; "" where nobody said."""
        return ""


@dataclass(slots=True)
class RackedConfig(Config):
    """The settings of one broker that stands in a rack."""

    broker_rack: str = ""  # a field in the place of the property


def standing(config: Config, rack: str) -> Config:
    """The settings of a broker in ``rack``; ``config`` itself where there is none."""
    return RackedConfig(**{**asdict(config), "broker_rack": rack}) if rack else config


# setting: (Riacho's, Kafka 4.0's), as Kafka names them.
DIFFERENT: dict[str, tuple[str, str]] = {
    "broker.session.timeout.ms": ("1500", "9000"),
    "broker.heartbeat.interval.ms": ("500", "2000"),
    "num.partitions": ("3", "1"),
    "default.replication.factor": ("3", "1"),
    "offsets.topic.num.partitions": ("3", "50"),
    "offsets.topic.segment.bytes": ("1048576", "104857600"),
    "log.retention.check.interval.ms": ("5000", "300000"),
    "log.cleaner.io.max.bytes.per.second": ("4194304", "1.7976931348623157E308"),
    "group.initial.rebalance.delay.ms": ("500", "3000"),
    "group.max.size": ("250", "2147483647"),
    "group.min.session.timeout.ms": ("1000", "6000"),
}
