"""Simulated applications of streams: a writer that puts again what was throttled, a worker that leases shards."""

from __future__ import annotations

import pytest

from engine.events import LeaseDone, LeaseTaken, StreamConsumerChanged, StreamProducerChanged
from engine.kinesis.applications.leases import LATEST, TRIM_HORIZON, Leases
from tests.unit.kinesis.worldly import HALF, Gated


@pytest.fixture
def gated():
    return Gated(keep_record=True)


def writer(gated, name="put1"):
    return next(p for p in gated.cluster.stream_producers() if p.name == name)


def worker(gated, name="kcl1"):
    return next(c for c in gated.cluster.stream_consumers() if c.name == name)


# --- writers --------------------------------------------------------------------------------------


def test_records_are_put_at_an_even_pace_and_counted(gated):
    gated.do("add_stream_producer", stream="s", rate=10.0)
    gated.pass_ms(3_050)
    p = writer(gated)
    assert p.sent == 31 and p.acked >= 30 and p.failed == p.throttled == 0
    assert {c["operation"] for c in gated.state()["kinesis"]["calls"]} == {"PutRecord"}


def test_with_a_batch_they_go_together(gated):
    gated.do("add_stream_producer", stream="s", rate=100.0, batch=10, keys="random")
    gated.pass_ms(2_000)
    calls = [c for c in gated.state()["kinesis"]["calls"] if c["operation"] == "PutRecords"]
    assert len(calls) >= 18 and writer(gated).acked > 180
    assert len({made[0] for made in writer(gated).acknowledged}) == 2, "random keys go everywhere"


def test_what_is_throttled_is_put_again_and_nothing_is_lost(gated):
    gated.do("add_stream_producer", stream="s", rate=1_500.0, batch=100, keys="hot")
    gated.pass_ms(1_500)
    gated.do("set_stream_producer", producer="put1", rate=10.0, batch=1)
    gated.pass_ms(8_000)
    p = writer(gated)
    assert p.throttled > 0 and p.failed == 0 and p.waiting <= 1
    held = sum(part["end"] for part in gated.topic("__kinesis.s")["partitions"])
    assert held == p.acked == len({data for _, _, data, _ in p.acknowledged})


def test_a_hot_key_makes_a_hot_shard(gated):
    gated.do("add_stream_producer", stream="s", rate=1_500.0, batch=100, keys="hot")
    gated.pass_ms(4_000)
    one, other = sorted(gated.state()["kinesis"]["streams"][0]["shards"], key=lambda s: s["throttled_in"])
    assert one["throttled_in"] == 0 < other["throttled_in"] and other["records_s"] == 1_000


def test_a_writer_is_stopped_started_and_removed(gated):
    gated.do("add_stream_producer", stream="s", producer="p", rate=20.0)
    gated.pass_ms(1_000)
    gated.do("set_stream_producer", producer="p", running=False, rate=5.0)
    gated.pass_ms(1_000)
    sent = writer(gated, "p").sent
    gated.pass_ms(3_000)
    assert writer(gated, "p").sent == sent
    gated.do("remove_stream_producer", producer="p")
    gated.pass_ms(100)
    gated.do("set_kinesis", throttle=True)  # whoever has said goodbye is taken away with the next input
    assert gated.cluster.stream_producers() == []
    assert [e.what for e in gated.told(StreamProducerChanged)] == ["rate", "stopped", "removed"]


@pytest.mark.parametrize(
    "fields", [{"source": "temperatures", "late": 20}, {"source": "rows", "rows": "a,b\n1,2\n3,4"}]
)
def test_it_tells_of_whatever_a_producer_of_kafkas_does(gated, fields):
    gated.do("add_stream_producer", stream="s", rate=10.0, **fields)
    gated.pass_ms(2_000)
    assert writer(gated).acked > 10 and writer(gated).source == fields["source"]


# --- workers --------------------------------------------------------------------------------------


def split(gated):
    gated.call("SplitShard", StreamName="s", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(HALF // 2))
    gated.active()


def test_a_worker_leases_every_shard_and_reads_it(gated):
    gated.do("add_stream_producer", stream="s", rate=20.0, keys="many")
    gated.do("add_stream_consumer", stream="s", poll_ms=500)
    gated.pass_ms(5_000)
    assert [e.shard for e in gated.told(LeaseTaken)] == ["shardId-000000000000", "shardId-000000000001"]
    assert worker(gated).delivered > 80 and worker(gated).throttled == 0
    (shown,) = gated.state()["kinesis"]["consumers"]
    assert (shown["kind"], shown["delivered"]) == ("GetRecords", worker(gated).delivered)
    assert all(lease["behind_ms"] == 0 for lease in shown["leases"].values())


@pytest.mark.parametrize("fan_out", [False, True])
def test_children_are_read_after_their_parent(gated, fan_out):
    gated.do("add_stream_producer", stream="s", rate=20.0, keys="many")
    gated.do("add_stream_consumer", stream="s", consumer="w", fan_out=fan_out, poll_ms=500)
    gated.pass_ms(5_000)
    split(gated)
    gated.pass_ms(12_000)
    told = [e for e in (t.event for t in gated.world.told) if isinstance(e, LeaseTaken | LeaseDone)]
    assert [(type(e).__name__, e.shard[-1]) for e in told] == [
        ("LeaseTaken", "0"), ("LeaseTaken", "1"), ("LeaseDone", "0"), ("LeaseTaken", "2"), ("LeaseTaken", "3"),
    ]  # fmt: skip
    gated.do("set_stream_producer", producer="put1", running=False)
    gated.pass_ms(3_000)
    held = sum(part["end"] for part in gated.topic("__kinesis.s")["partitions"])
    assert (
        len({(shard, offset) for shard, offset, _ in worker(gated, "w").taken}) == held == worker(gated, "w").delivered
    )


@pytest.mark.parametrize("fan_out", [False, True])
def test_after_a_crash_a_worker_goes_on_from_its_checkpoints(gated, fan_out):
    gated.do("add_stream_producer", stream="s", rate=20.0)
    gated.do("add_stream_consumer", stream="s", consumer="w", fan_out=fan_out)
    gated.pass_ms(8_000)
    before = worker(gated, "w").delivered
    gated.do("crash_stream_consumer", consumer="w")
    gated.pass_ms(15_000)
    assert worker(gated, "w").delivered > before + 200
    places = [(shard, offset) for shard, offset, _ in worker(gated, "w").taken]
    assert len(places) == len(set(places)), "nothing was under way when it crashed"
    assert gated.told(StreamConsumerChanged)[0].what == "crashed"


def test_latest_begins_with_what_comes_from_now_on(gated):
    gated.put_on(0, "before")
    gated.do("add_stream_consumer", stream="s", start_at="LATEST", poll_ms=300)
    gated.pass_ms(1_000)
    gated.put_on(0, "after")
    gated.pass_ms(1_000)
    assert [data for _, _, data in worker(gated).taken] == [b"after"]


def test_only_the_shards_that_are_asked_for_are_read_with_their_children(gated):
    gated.do("add_stream_consumer", stream="s", shards=["shardId-000000000000"], poll_ms=500)
    gated.pass_ms(2_000)
    assert list(worker(gated).leases.held) == ["shardId-000000000000"]
    split(gated)
    gated.pass_ms(5_000)
    assert [shard[-1] for shard in worker(gated).leases.held] == ["0", "2", "3"]


def test_an_iterator_that_has_expired_is_got_anew_from_the_checkpoint(gated):
    gated.put_on(0, "um")
    gated.do("add_stream_consumer", stream="s", poll_ms=500)
    gated.pass_ms(2_000)
    gated.do("set_stream_consumer", consumer="kcl1", running=False)
    gated.pass_ms(310_000)
    gated.put_on(0, "dois")
    gated.do("set_stream_consumer", consumer="kcl1", running=True)
    gated.pass_ms(4_000)
    assert [data for _, _, data in worker(gated).taken] == [b"um", b"dois"]


# --- the lease table ------------------------------------------------------------------------------


def shard(name, *parents, closed=False):
    told = dict(zip(("ParentShardId", "AdjacentParentShardId"), parents, strict=False))
    return {"ShardId": name, **told, "SequenceNumberRange": {"EndingSequenceNumber": "1"} if closed else {}}


def test_of_a_merge_both_parents_are_read_first():
    leases = Leases(TRIM_HORIZON, [])
    leases.learn([shard("a", closed=True), shard("b", closed=True), shard("c", "a", "b")])
    assert [lease.shard for lease in leases.take()] == ["a", "b"]
    leases.held["a"].done = True
    assert leases.take() == []
    leases.held["b"].done = True
    assert [lease.shard for lease in leases.take()] == ["c"]


def test_a_shard_whose_parent_was_trimmed_is_read_at_once():
    leases = Leases(TRIM_HORIZON, [])
    leases.learn([shard("c", "gone")])
    assert [lease.shard for lease in leases.take()] == ["c"]


def test_at_latest_closed_shards_are_left_alone():
    leases = Leases(LATEST, [])
    leases.learn([shard("a", closed=True), shard("b", "a")])
    assert [(lease.shard, lease.checkpoint) for lease in leases.take()] == [("b", "LATEST")]
