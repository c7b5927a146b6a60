"""Why not? Each answer is what the state says, whatever was done to it."""

from __future__ import annotations

from typing import Any

import pytest

from engine.cluster import ghost, inspector, whynot_idle
from engine.commands import CommandRefused
from engine.wire.partitioners import murmur2
from engine.world.plain import state_digest
from tests.unit.cluster.sandbox import BUSY, SMALL, Sandbox


@pytest.fixture
def it():
    sandbox = Sandbox(BUSY)
    sandbox.pass_ms(7_000)
    return sandbox


def why_not(it: Sandbox, about: str, **names: Any) -> list[dict[str, Any]]:
    before = state_digest(it.world)
    found = whynot_idle.answer(it.cluster, about, names)
    assert state_digest(it.world) == before, "asking changes nothing"
    return found


def codes(it: Sandbox, about: str, **names: Any) -> list[str]:
    return [one["code"] for one in why_not(it, about, **names)]


def idle(it: Sandbox, member: str) -> list[str]:
    return codes(it, "idle", group="A", member=member)


# --- a consumer that gets nothing -------------------------------------------------------------------------


def test_one_consumer_more_than_partitions_is_a_spare(it):
    it.do("add_consumer", group="A")
    it.pass_ms(4_000)
    found = why_not(it, "idle", group="A", member="A-3")
    assert found[0]["code"] == "idle.spare"
    assert (found[0]["params"]["partitions"], found[0]["params"]["members"]) == (2, 3)
    assert found[0]["why"]["about"] == "event"


def test_a_consumer_stuck_dead_or_asleep_is_told_apart(it):
    it.do("stop_consumer", consumer="A-1")
    assert idle(it, "A-1")[0] == "idle.stuck"
    it.do("start_consumer", consumer="A-1")
    it.do("pause_consumer", consumer="A-1", ms=5_000)
    assert idle(it, "A-1")[0] == "idle.asleep"
    it.pass_ms(6_000)
    it.do("crash_consumer", consumer="A-2")
    found = why_not(it, "idle", group="A", member="A-2")
    assert found[0]["code"] == "idle.dead" and 0 < found[0]["params"]["left_ms"] <= 45_000


def test_while_its_group_rebalances_it_waits_for_the_others(it):
    it.do("stop_consumer", consumer="A-1")
    it.do("add_consumer", group="A")
    it.pass_ms(3_000)
    assert it.group()["state"] == "PreparingRebalance"
    found = next(one for one in why_not(it, "idle", group="A", member="A-2") if one["code"] == "idle.rebalancing")
    assert found["params"]["waits"] == ["A-1"]


def test_without_a_leader_it_can_read_nothing(it):
    for broker in (1, 2, 3):
        if broker != it.coordinator("A"):
            it.do("crash_broker", broker=broker)
    assert "read.unnoticed" in [c for m in ("A-1", "A-2") for c in idle(it, m)]


def test_having_read_all_it_waits_for_more(it):
    it.do("stop_producer", producer="loja")
    it.pass_ms(2_000)
    assert idle(it, "A-1") == ["idle.even", "idle.nobody-writes"]


def test_what_is_not_committed_is_not_handed_out(it):
    it.do("stop_producer", producer="loja")
    it.pass_ms(2_000)
    leader = it.topic()["partitions"][0]["leader"]
    follower = next(b for b in (1, 2, 3) if b != leader)
    it.do("pause_broker", broker=follower, ms=8_000)
    it.do("produce", topic="pedidos", partition=0, value="x")
    it.pass_ms(1_000)
    owner = next(m["id"] for m in it.group()["members"] if 0 in m["assigned"]["pedidos"])
    found = why_not(it, "idle", group="A", member=owner)
    assert found[0]["code"] == "idle.above" and found[0]["params"]["waiting"] == 1
    assert found[0]["why"]["about"] == "uncommitted"


# --- a record, a write, a leader --------------------------------------------------------------------------


def test_a_record_beyond_the_end_before_the_start_or_below_the_mark_is_told_apart(it):
    end = it.topic()["partitions"][0]["end"]
    assert codes(it, "unreadable", topic="pedidos", partition=0, offset=end + 5) == ["read.not-written"]
    assert codes(it, "unreadable", topic="pedidos", partition=0, offset=0) == ["read.here"]


def test_a_record_that_retention_took_says_so():
    it = Sandbox(SMALL)
    it.do("create_topic", topic="curto", partitions=1, configs={"retention.ms": "1000", "segment.ms": "500"})
    it.pass_ms(500)
    for _ in range(4):
        it.do("produce", topic="curto", value="x")
        it.pass_ms(1_000)
    it.pass_ms(20_000)
    assert it.topic("curto")["partitions"][0]["start"] > 0
    (found, *_) = why_not(it, "unreadable", topic="curto", partition=0, offset=0)
    assert (found["code"], found["params"]["by"]) == ("read.deleted", "time")
    assert found["why"]["about"] == "event"


def test_a_record_that_compaction_took_says_so():
    it = Sandbox(SMALL)
    configs = {"cleanup.policy": "compact", "segment.ms": "500", "min.cleanable.dirty.ratio": "0"}
    it.do("create_topic", topic="estado", partitions=1, configs=configs)
    it.pass_ms(500)
    for _ in range(4):
        it.do("produce", topic="estado", key="k", value="x")
        it.pass_ms(1_000)
    it.pass_ms(60_000)
    assert codes(it, "unreadable", topic="estado", partition=0, offset=0) == ["read.compacted"]
    assert "write.needs-key" in codes(it, "refused", topic="estado")


def test_a_write_is_refused_below_min_insync_and_would_be_taken_with_acks_1(it):
    leader = it.topic()["partitions"][0]["leader"]
    for broker in (1, 2, 3):
        if broker != leader:
            it.do("crash_broker", broker=broker)
    it.pass_ms(4_000)
    assert codes(it, "refused", topic="pedidos", partition=0) == ["write.not-enough"]
    assert codes(it, "refused", topic="pedidos", partition=0, acks="1") == ["write.fine"]


def test_a_full_disk_refuses_writes(it):
    it.do("fill_disk", broker=it.topic()["partitions"][0]["leader"])
    assert codes(it, "refused", topic="pedidos", partition=0) == ["write.disk"]


def test_a_topic_that_is_not_there_takes_nothing(it):
    assert codes(it, "refused", topic="nada") == ["write.no-topic"]


def test_a_dead_leader_nobody_has_missed_yet_is_named_with_the_time_left(it):
    leader = it.topic()["partitions"][0]["leader"]
    it.do("crash_broker", broker=leader)
    it.pass_ms(300)
    (found,) = why_not(it, "leaderless", topic="pedidos", partition=0)
    assert found["code"] == "leader.unnoticed" and 0 < found["params"]["left_ms"] < 1_500
    it.pass_ms(3_000)
    assert codes(it, "leaderless", topic="pedidos", partition=0) == ["leader.here"]


def test_the_price_of_an_unclean_election_is_told(it):
    where = it.topic()["partitions"][0]
    first = where["leader"]
    second, third = (r["broker"] for r in where["replicas"] if r["broker"] != first)
    it.do("stop_producer", producer="loja")
    it.do("crash_broker", broker=second)
    it.pass_ms(3_000)
    it.do("produce", topic="pedidos", partition=0, value="x")
    it.pass_ms(500)
    it.do("crash_broker", broker=third)
    it.pass_ms(3_000)
    it.do("cut_link", source=f"B{first}", target=f"B{second}")
    it.do("start_broker", broker=second)
    it.pass_ms(3_000)
    it.do("crash_broker", broker=first)
    it.pass_ms(3_000)
    found = {one["code"]: one["params"] for one in why_not(it, "leaderless", topic="pedidos", partition=0)}
    assert found["leader.start"]["broker"] == first
    ends = {r["broker"]: r["end"] for r in it.topic()["partitions"][0]["replicas"]}
    assert found["leader.stale"]["brokers"] == [second]
    assert found["leader.stale"]["lost"] == ends[first] - ends[second] > 0


def test_nonsense_is_refused(it):
    for about, names in [
        ("idle", {"group": "A", "member": "ninguém"}), ("unreadable", {"topic": "pedidos", "partition": 0}),
        ("leaderless", {"topic": "pedidos", "partition": 9}), ("everything", {}),
    ]:  # fmt: skip
        with pytest.raises(CommandRefused):
            why_not(it, about, **names)


# --- pages ------------------------------------------------------------------------------------------------


def page(it: Sandbox, kind: str, **names: Any) -> dict[str, Any]:
    before = state_digest(it.world)
    found = inspector.page(it.cluster, kind, names)
    assert state_digest(it.world) == before, "looking changes nothing"
    return found


def test_a_partitions_page_agrees_with_the_state(it):
    it.do("crash_broker", broker=it.topic()["partitions"][0]["leader"])
    it.pass_ms(4_000)
    state, found = it.topic()["partitions"][0], page(it, "partition", topic="pedidos", partition=0)
    assert (found["leader"], found["epoch"], found["isr"]) == (state["leader"], state["epoch"], state["isr"])
    assert [(r["broker"], r["end"], r["in_sync"]) for r in found["replicas"]] == [
        (r["broker"], r["end"], r["in_sync"]) for r in state["replicas"]
    ]
    assert found["leaders"][0]["leader"] == state["leader"] and found["leaders"][0]["why"] == "failover"
    assert found["epochs"][-1]["end"] == state["end"] and [e["epoch"] for e in found["epochs"]] == [0, 1]
    assert next(c for c in found["configs"] if c["name"] == "min.insync.replicas")["set"]
    assert sum(s["next"] - s["base"] for s in found["segments"]) == state["end"]


def test_a_segments_page_counts_what_is_in_it(it):
    state = it.topic()["partitions"][0]
    found = page(it, "segment", topic="pedidos", partition=0, broker=state["leader"], base=0)
    assert (found["records"], found["next"], found["active"]) == (state["end"], state["end"], True)
    with pytest.raises(CommandRefused):
        page(it, "segment", topic="pedidos", partition=0, broker=state["leader"], base=5)


def test_a_groups_page_agrees_with_the_state(it):
    found, state = page(it, "group", group="A"), it.group()
    assert (found["state"], found["generation"], found["protocol"]) == (state["state"], state["generation"], "range")
    assert {m["id"] for m in found["members"]} == {"A-1", "A-2"} and found["leader"] == "A-1"
    for row in found["partitions"]:
        owner = next(m for m in state["members"] if m["id"] == row["owner"])
        assert row["position"] == owner["position"]["pedidos"][str(row["partition"])]
        assert row["committed"] == state["committed"]["pedidos"].get(str(row["partition"]))


def test_a_brokers_page_shows_its_life_disk_and_links(it):
    it.do("cut_link", source="B1", target="B2")
    it.do("slow_disk", broker=1, ms=300)
    found = page(it, "broker", broker=1)
    assert found["alive"] and found["life"] == 1 and found["fsync_ms"] == 300
    assert {(one["source"], one["target"]) for one in found["links"]} == {("B1", "B2"), ("B2", "B1")}
    assert found["heard_ms_ago"] <= found["session_ms"]


def test_a_records_bytes_are_those_of_the_file(it):
    found = page(it, "bytes", topic="pedidos", partition=0, offset=2)
    record = it.cluster.record("pedidos", 0, 2)
    fields = {f["name"]: f["value"] for f in found["record"]["fields"]}
    assert (fields["key"], fields["value"]) == (record["key"]["text"], record["value"]["text"])
    assert found["batch"]["about"]["crc_fits"] and found["batch"]["fields"][0]["value"] == 2
    disk = it.cluster.places[it.topic()["partitions"][0]["leader"]].disk
    from base64 import b64decode

    header = b64decode(found["pieces"][0]["data"])
    assert disk.read(found["path"], found["at"], len(header)) == header


# --- the ghost --------------------------------------------------------------------------------------------


def ghostly(it: Sandbox, **names: Any) -> dict[str, Any]:
    before = state_digest(it.world)
    found = ghost.look(it.cluster, {"topic": "pedidos", "partition": 0, **names})
    assert state_digest(it.world) == before, "the ghost touches nothing"
    return found


def test_the_ghost_begins_where_a_consumer_would(it):
    state = it.topic()["partitions"][0]
    assert ghostly(it, start="earliest")["offset"] == state["start"]
    latest = ghostly(it, start="latest")
    assert latest["offset"] == state["hw"] and latest["records"] == []
    committed = ghostly(it, start="committed", group="A")
    assert committed["offset"] == it.group()["committed"]["pedidos"]["0"]
    assert ghostly(it, start="committed", group="novo")["code"] == "no-commit"
    assert ghostly(it, start="offset", offset=2)["records"][0]["offset"] == 2
    assert ghostly(it, start="offset", offset=10**6)["code"] == "too-late"


def test_the_ghost_finds_a_timestamp_as_list_offsets_does(it):
    stamp = it.cluster.record("pedidos", 0, 3)["timestamp_ms"]
    found = ghostly(it, start="timestamp", ms=stamp)
    assert (found["offset"], found["code"]) == (3, "timestamp")
    assert ghostly(it, start="timestamp", ms=stamp + 10**9)["code"] == "after-all"


def test_the_ghost_is_handed_what_a_consumer_is_handed(it):
    records = ghostly(it, start="offset", offset=1)["records"]
    for record in records:
        told = it.cluster.record("pedidos", 0, record["offset"])
        assert (record["key"], record["value"]) == (told["key"], told["value"])
        assert record["hue"] == str((murmur2(told["key"]["text"].encode()) & 0x7FFFFFFF) % 8)


def test_the_ghost_refuses_nonsense(it):
    for names in ({"start": "now"}, {"start": "offset"}, {"start": "timestamp"}, {"start": "latest", "partition": 7}):
        with pytest.raises(CommandRefused):
            ghostly(it, **names)
