"""Causes walked backwards: each chain leads from what happened to what somebody did."""

from __future__ import annotations

from typing import Any

import pytest

from engine.cluster import why
from engine.commands import CommandRefused
from tests.unit.cluster.sandbox import BUSY, Sandbox


@pytest.fixture
def it():
    sandbox = Sandbox(BUSY)
    sandbox.pass_ms(3_000)
    return sandbox


def last(it: Sandbox, code: str, **params: Any) -> int:
    for told in reversed(it.world.told):
        if told.event.code == code and all(getattr(told.event, k) == v for k, v in params.items()):
            return told.number
    raise AssertionError(f"no {code}")


def chain(it: Sandbox, number: int) -> list[str]:
    """The codes from a milestone back to where its chain begins."""
    story = why.story_of(it.cluster)
    _, start = why.asked(it.cluster, story, "event", {"n": number})
    assert start is not None
    return [told.event.code for told, _, _ in why.chain(story, start)]


def vias(it: Sandbox, number: int) -> list[str]:
    story = why.story_of(it.cluster)
    _, start = why.asked(it.cluster, story, "event", {"n": number})
    assert start is not None
    return [via for _, via, _ in why.chain(story, start) if via]


def asked(it: Sandbox, about: str, **names: Any) -> tuple[list[str], str | None]:
    """(codes of the findings, the code of the milestone at which the chain begins)."""
    story = why.story_of(it.cluster)
    found, start = why.asked(it.cluster, story, about, names)
    return [one["code"] for one in found], story.told[start].event.code if start is not None else None


def leader(it: Sandbox, partition: int = 0) -> int:
    return it.topic()["partitions"][partition]["leader"]


def test_an_election_is_traced_back_to_the_crash(it):
    broker = leader(it)
    it.do("crash_broker", broker=broker)
    it.pass_ms(3_000)
    number = last(it, "leader_elected", topic="pedidos", partition=0)
    assert chain(it, number) == ["leader_elected", "broker_fenced", "broker_crashed"]
    assert vias(it, number) == ["via.failover", "via.silence"]


def test_a_handover_is_traced_back_to_the_shutdown(it):
    it.do("stop_broker", broker=leader(it))
    it.pass_ms(2_000)
    assert chain(it, last(it, "leader_elected", topic="pedidos", partition=0)) == ["leader_elected", "broker_stopping"]
    assert chain(it, last(it, "broker_stopped")) == ["broker_stopped", "broker_stopping"]


def test_a_missing_leader_and_its_return_name_the_replica_of_the_isr(it):
    order = it.topic()["partitions"][0]["replicas"]
    for replica in order:
        it.do("crash_broker", broker=replica["broker"])
        it.pass_ms(4_000)
    assert asked(it, "leader", topic="pedidos", partition=0)[1] == "leader_missing"
    codes, _ = asked(it, "leader", topic="pedidos", partition=0)
    assert codes[:2] == ["leader.leaderless", "leader.start"]
    (broker,) = it.topic()["partitions"][0]["isr"]
    it.do("start_broker", broker=broker)
    it.pass_ms(3_000)
    number = last(it, "leader_elected", topic="pedidos", partition=0)
    assert chain(it, number)[:3] == ["leader_elected", "broker_unfenced", "broker_started"]
    assert vias(it, number)[0] == "via.returned"


def test_an_isr_that_shrank_for_lag_is_traced_back_to_the_cut_link(it):
    where = it.topic()["partitions"][0]
    follower = next(r["broker"] for r in where["replicas"] if r["broker"] != where["leader"])
    it.do("cut_link", source=f"B{where['leader']}", target=f"B{follower}")
    it.pass_ms(50_000)
    number = last(it, "isr_shrunk", topic="pedidos", partition=0)
    assert chain(it, number) == ["isr_shrunk", "link_cut"]
    codes, begins = asked(it, "isr", topic="pedidos", partition=0)
    assert (codes[0], begins) == ("isr.behind", "isr_shrunk")
    it.do("heal_links")
    it.pass_ms(3_000)
    back = last(it, "isr_expanded", topic="pedidos", partition=0)
    assert chain(it, back)[:2] == ["isr_expanded", "links_healed"]
    assert asked(it, "isr", topic="pedidos", partition=0)[0] == ["isr.full"]


def test_a_healed_link_is_not_blamed_for_what_comes_long_after(it):
    it.do("cut_link", source="B1", target="B2")
    it.pass_ms(500)
    it.do("heal_links")
    it.pass_ms(90_000)
    it.do("crash_broker", broker=2)
    it.pass_ms(3_000)
    assert chain(it, last(it, "broker_fenced", broker=2)) == ["broker_fenced", "broker_crashed"]


def test_a_record_that_waits_names_who_has_not_copied_it(it):
    where = it.topic()["partitions"][0]
    follower = next(r["broker"] for r in where["replicas"] if r["broker"] != where["leader"])
    it.do("pause_broker", broker=follower, ms=10_000)
    it.do("produce", topic="pedidos", partition=0, value="x")
    it.pass_ms(1_000)
    offset = it.topic()["partitions"][0]["hw"]
    codes, begins = asked(it, "uncommitted", topic="pedidos", partition=0, offset=offset)
    assert (codes, begins) == (["commit.frozen"], "broker_paused")
    it.do("crash_broker", broker=follower)
    codes, begins = asked(it, "uncommitted", topic="pedidos", partition=0, offset=offset)
    assert (codes, begins) == (["commit.dead"], "broker_crashed")
    it.pass_ms(3_000)
    assert asked(it, "uncommitted", topic="pedidos", partition=0, offset=offset)[0] == ["read.here"]


def test_a_refused_write_is_traced_back_through_the_isr_to_the_crashes(it):
    where = it.topic()["partitions"][0]
    for replica in where["replicas"]:
        if replica["broker"] != where["leader"]:
            it.do("crash_broker", broker=replica["broker"])
    it.pass_ms(4_000)
    number = last(it, "produce_refused", error="NOT_ENOUGH_REPLICAS", topic="pedidos", partition=0)
    assert chain(it, number) == ["produce_refused", "isr_shrunk", "broker_fenced", "broker_crashed"]
    codes, begins = asked(it, "producer", producer="loja")
    assert begins == "produce_refused" and "write.not-enough" in codes


def test_an_assignment_is_traced_back_to_the_new_consumer(it):
    it.do("add_consumer", group="A")
    it.pass_ms(5_000)
    number = last(it, "assignment_made", group="A")
    assert chain(it, number) == [
        "assignment_made", "generation_formed", "rebalance_started", "member_joined", "consumer_added",
    ]  # fmt: skip
    assert asked(it, "group", group="A")[1] == "assignment_made"


def test_a_lost_member_is_traced_back_to_its_crash(it):
    it.do("crash_consumer", consumer="A-1")
    it.pass_ms(60_000)
    number = last(it, "rebalance_started", group="A", why="expired")
    assert chain(it, number) == ["rebalance_started", "member_expired", "consumer_changed"]
    assert vias(it, number) == ["via.rebalance", "via.session"]


def test_a_coordinator_that_moved_is_traced_back_to_the_crash_of_the_old_one(it):
    it.do("crash_broker", broker=it.coordinator("A"))
    it.pass_ms(4_000)
    number = last(it, "coordinator_moved", group="A")
    assert chain(it, number) == ["coordinator_moved", "leader_elected", "broker_fenced", "broker_crashed"]


def test_a_lag_names_its_reader_and_what_keeps_it(it):
    it.do("stop_consumer", consumer="A-1")
    it.pass_ms(5_000)
    member = next(m for m in it.group()["members"] if m["id"] == "A-1")
    (partition,) = member["assigned"]["pedidos"]
    codes, begins = asked(it, "lag", group="A", topic="pedidos", partition=partition)
    assert codes[:2] == ["lag.here", "idle.stuck"] and begins == "consumer_changed"


def test_a_reader_that_is_too_slow_is_told_so(it):
    it.do("add_group", group="lento", topic="pedidos", poll_ms=1_000, max_poll_records=1)
    it.pass_ms(20_000)
    codes, _ = asked(it, "lag", group="lento", topic="pedidos", partition=0)
    assert "lag.too-slow" in codes


def test_a_question_about_nothing_is_refused(it):
    for about, names in [
        ("event", {"n": 10**9}), ("leader", {"topic": "nada", "partition": 0}), ("broker", {"broker": 9}),
        ("lag", {"group": "nenhum", "topic": "pedidos", "partition": 0}), ("sense of life", {}),
    ]:  # fmt: skip
        with pytest.raises(CommandRefused):
            asked(it, about, **names)


def test_asking_changes_nothing(it):
    from engine.world.plain import state_digest

    it.do("crash_broker", broker=2)
    it.pass_ms(3_000)
    before = state_digest(it.world)
    for number in range(1, it.world.event_number + 1):
        chain(it, number)
    for about, names in [
        ("leader", {}), ("isr", {}), ("uncommitted", {"offset": 3}), ("lag", {"group": "A"}), ("broker", {"broker": 2}),
    ]:  # fmt: skip
        asked(it, about, **{"topic": "pedidos", "partition": 0, **names})
    assert state_digest(it.world) == before
