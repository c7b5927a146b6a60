"""A topic's configs, as storage acts on them."""

from __future__ import annotations

from engine.storage.config import FOREVER, LogConfig


def test_the_defaults_are_kafkas():
    config = LogConfig()
    assert (config.segment_bytes, config.segment_ms, config.segment_index_bytes) == (2**30, 604_800_000, 10_485_760)
    assert (config.retention_ms, config.retention_bytes, config.file_delete_delay_ms) == (604_800_000, -1, 60_000)
    assert (config.delete_retention_ms, config.max_compaction_lag_ms) == (86_400_000, FOREVER)
    assert (config.max_message_bytes, config.min_cleanable_dirty_ratio) == (1_048_588, 0.5)


def test_texts_become_numbers_and_unknown_names_are_left():
    config = LogConfig.of(
        {
            "retention.ms": "-1", "segment.bytes": "1048576", "min.cleanable.dirty.ratio": "0.01",
            "cleanup.policy": "compact,delete", "min.insync.replicas": "2",
        }
    )  # fmt: skip
    assert (config.retention_ms, config.segment_bytes, config.min_cleanable_dirty_ratio) == (-1, 1_048_576, 0.01)
    assert config.deletes and config.compacts
    assert LogConfig.of({}) == LogConfig()


def test_each_policy_stands_for_itself():
    assert LogConfig().deletes and not LogConfig().compacts
    assert LogConfig(cleanup_policy="compact").compacts and not LogConfig(cleanup_policy="compact").deletes
