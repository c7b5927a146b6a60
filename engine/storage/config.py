"""A log's settings: Kafka's topic configs that storage acts on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

DAY_MS = 24 * 60 * 60 * 1000
FOREVER = 2**63 - 1


@dataclass(slots=True)
class LogConfig:
    """Named as in Kafka (dots made underscores), with Kafka 4.0's defaults.

    retention_ms, retention_bytes: -1 is without limit. cleanup_policy: "delete", "compact" or both.
    """

    segment_bytes: int = 1 << 30
    segment_ms: int = 7 * DAY_MS
    segment_index_bytes: int = 10 * 1024 * 1024
    index_interval_bytes: int = 4096
    retention_ms: int = 7 * DAY_MS
    retention_bytes: int = -1
    file_delete_delay_ms: int = 60_000
    cleanup_policy: str = "delete"
    delete_retention_ms: int = DAY_MS
    min_cleanable_dirty_ratio: float = 0.5
    min_compaction_lag_ms: int = 0
    max_compaction_lag_ms: int = FOREVER
    max_message_bytes: int = 1024 * 1024 + 12
    message_timestamp_type: str = "CreateTime"

    @classmethod
    def of(cls, configs: Mapping[str, str]) -> LogConfig:
        """From a topic's configs, which were checked when they were set; names storage does not know are left."""
        config = cls()
        for field in fields(cls):
            value = configs.get(field.name.replace("_", "."))
            if value is not None:
                setattr(config, field.name, type(getattr(config, field.name))(value))
        return config

    @property
    def deletes(self) -> bool:
        """Whether whole segments go by age and size."""
        return "delete" in self.cleanup_policy

    @property
    def compacts(self) -> bool:
        """Whether only the last value of each key is kept."""
        return "compact" in self.cleanup_policy
