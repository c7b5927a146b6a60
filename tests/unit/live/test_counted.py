"""What went in and out of each shard in the last minutes: sampled, spaced, forgotten."""

from __future__ import annotations

from typing import Any

from engine.cluster import Cluster
from engine.live import counted
from engine.live.counted import Counted
from engine.machine import SECOND

SCENARIO = {
    "name": "streams", "link_us": 500, "brokers": 1, "streams": [{"stream": "s", "shards": 2}],
    "stream_producers": [{"producer": "um", "stream": "s", "rate": 10.0, "keys": "many"}],
    "stream_consumers": [{"consumer": "kcl", "stream": "s", "poll_ms": 400}],
}  # fmt: skip


def lived(cluster: Cluster, seconds: int, per_second: int = 4) -> Counted:
    kept = Counted(cluster)
    for _ in range(seconds * per_second):
        cluster.world.advance(cluster.world.now + SECOND // per_second)
        kept.follow()
    return kept


def total(sample: list[Any], field: str) -> int:
    return sum(row[counted.FIELDS.index(field)] for row in sample[1]["s"][1])


def test_a_sample_a_second_has_the_totals_of_each_shard() -> None:
    cluster = Cluster(SCENARIO, 1)
    told = lived(cluster, 8).told()
    times = [sample[0] for sample in told["samples"]]
    assert [later - earlier for earlier, later in zip(times, times[1:], strict=False)] == [1000.0] * 7
    written = [total(sample, "records") for sample in told["samples"]]
    assert 5 <= (written[-1] - written[1]) / 6 <= 15, "ten a second"
    assert 0 < total(told["samples"][-1], "read") <= written[-1]
    stream = cluster.gateway.account.streams["s"]  # type: ignore[union-attr]
    created, rows = told["samples"][-1][1]["s"]
    assert created == stream.calendar_ms and [row[0] for row in rows] == [0, 1]


def test_what_is_older_than_five_minutes_is_forgotten(monkeypatch: Any) -> None:
    monkeypatch.setattr(counted, "KEPT_NS", 3 * SECOND)
    kept = lived(Cluster(SCENARIO, 1), 8)
    assert len(kept.told()["samples"]) == 4


def test_of_very_many_shards_samples_lie_further_apart(monkeypatch: Any) -> None:
    monkeypatch.setattr(counted, "SHARDS_EACH", 1)
    kept = lived(Cluster(SCENARIO, 1), 8)
    assert len(kept.told()["samples"]) == 4


def test_where_nobody_has_asked_for_a_stream_there_is_nothing() -> None:
    kept = lived(Cluster({"name": "none", "link_us": 500, "brokers": 1}, 1), 2)
    assert kept.told()["samples"] == []
