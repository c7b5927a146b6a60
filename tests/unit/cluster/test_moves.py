"""Replicas go to other brokers: the new ones catch up first, then the old ones go."""

from __future__ import annotations

import pytest

from engine.cluster.why_rules import because
from engine.cluster.why_story import Story
from engine.events import LeaderElected, MoveCancelled, ReplicasMoved, ReplicasMoving
from engine.wire import messages as m
from tests.unit.cluster.test_growth import ends, replicas, sandbox


def test_a_new_broker_gets_its_share_while_everybody_reads_and_writes():
    producers = [{"producer": "loja", "topic": "t", "rate": 50.0}]
    it = sandbox(producers=producers, groups=[{"group": "g", "topic": "t", "poll_ms": 100}])
    it.pass_ms(3_000)
    it.do("add_broker")
    it.pass_ms(1_000)
    it.do("move_replicas", topic="t", partition=0, replicas=[4, 2, 3])
    it.pass_ms(3)
    moving = it.topic("t")["partitions"][0]
    assert (moving["adding"], moving["removing"], replicas(it)) == ([4], [1], [4, 2, 3, 1])
    it.pass_ms(3_000)
    moved = it.topic("t")["partitions"][0]
    assert (moved["leader"], moved["isr"], replicas(it)) == (4, [4, 2, 3], [4, 2, 3])
    assert (moved["adding"], moved["removing"]) == ([], [])
    assert len({r["end"] for r in moved["replicas"]}) == 1 and moved["replicas"][0]["start"] == 0
    assert it.told(ReplicasMoving) == [ReplicasMoving("t", 0, [1, 2, 3], [4, 2, 3], [4], [1])]
    assert it.told(ReplicasMoved) == [ReplicasMoved("t", 0, [2, 3, 1], [4, 2, 3])]
    assert it.told(LeaderElected)[-1].why == "moved"
    assert not any(path.startswith("t-0/") for path in it.cluster.places[1].disk.paths())
    producer = it.cluster.producers()[0]
    assert producer.failed == 0 and sum(ends(it)) == producer.acked + producer.waiting
    it.pass_ms(300)
    assert it.cluster.consumers()[0].delivered >= producer.acked - 10


def test_nothing_is_given_up_before_the_new_one_has_caught_up_and_it_can_be_called_off():
    it = sandbox()
    it.do("add_broker")
    it.pass_ms(1_000)
    it.do("isolate_broker", broker=4)
    it.do("move_replicas", topic="t", replicas=[4, 1, 2])
    it.pass_ms(500)
    assert (replicas(it, 0), replicas(it, 1)) == ([4, 1, 2, 3], [1, 2, 4, 3])
    assert 4 not in it.topic("t")["partitions"][0]["isr"]
    it.do("move_replicas", topic="t")
    it.pass_ms(100)
    assert (replicas(it, 0), replicas(it, 1)) == ([1, 2, 3], [1, 2, 3])
    assert [told.partition for told in it.told(MoveCancelled)] == [0, 1]
    it.refused("NO_REASSIGNMENT_IN_PROGRESS", "move_replicas", topic="t", partition=0)


def test_replicas_can_become_fewer_or_more_or_take_another_order():
    it = sandbox()
    it.do("move_replicas", topic="t", partition=0, replicas=[2])
    it.pass_ms(500)
    assert (replicas(it), it.topic("t")["partitions"][0]["leader"], it.topic("t")["min_insync"]) == ([2], 2, 1)
    it.do("produce", topic="t", value="v", partition=0)
    it.pass_ms(100)
    assert ends(it)[0] == 1
    it.do("move_replicas", topic="t", partition=0, replicas=[3, 1, 2])
    it.pass_ms(1_000)
    it.do("move_replicas", topic="t", partition=0, replicas=[1, 2, 3])
    it.pass_ms(100)
    assert (replicas(it), it.topic("t")["partitions"][0]["isr"]) == ([1, 2, 3], [1, 2, 3])
    assert len(it.told(ReplicasMoved)) == 3


def test_the_coordinator_of_a_group_moves_with_its_log():
    it = sandbox(groups=[{"group": "g", "topic": "t", "poll_ms": 100, "auto_commit_interval_ms": 300}],
                 producers=[{"producer": "loja", "topic": "t", "rate": 20.0}])  # fmt: skip
    it.pass_ms(3_000)
    it.do("add_broker")
    it.pass_ms(1_000)
    it.do("move_replicas", topic="__consumer_offsets", replicas=[4])
    it.pass_ms(10_000)
    group = it.group("g")
    assert (group["coordinator"], group["state"], group["members"][0]["assigned"]) == (4, "Stable", {"t": [0, 1]})
    assert group["lag"] < 40


@pytest.mark.parametrize("brokers", [[], [1, 1], [9], [1, 2, 9]], ids=repr)
def test_replicas_stand_on_brokers_that_there_are_each_once(brokers):
    it = sandbox()
    it.refused("INVALID_REPLICA_ASSIGNMENT", "move_replicas", topic="t", replicas=brokers)
    it.refused("UNKNOWN_TOPIC_OR_PARTITION", "move_replicas", topic="t", partition=5, replicas=[1])


def test_who_was_away_while_its_replica_was_moved_forgets_it_when_it_returns():
    it = sandbox()
    it.do("produce", topic="t", value="v", partition=0)
    it.pass_ms(200)
    it.do("crash_broker", broker=3)
    it.pass_ms(3_000)
    it.do("move_replicas", topic="t", partition=0, replicas=[1, 2])
    it.pass_ms(500)
    it.do("start_broker", broker=3)
    it.pass_ms(2_000)
    assert replicas(it) == [1, 2]
    assert not any(path.startswith("t-0/") for path in it.cluster.places[3].disk.paths())
    it.do("move_replicas", topic="t", partition=0, replicas=[3, 2])
    it.pass_ms(1_000)
    assert it.topic("t")["partitions"][0]["replicas"][0]["end"] == 1


def test_a_real_client_moves_replicas_and_sees_what_is_under_way():
    it = sandbox()
    it.do("add_broker")
    it.pass_ms(1_000)
    it.do("isolate_broker", broker=4)
    client = it.client()
    wishes = [m.Reassign("t", 0, [4, 1, 2]), m.Reassign("t", 1, [9]), m.Reassign("t", 1, None), m.Reassign("x", 0, [1])]
    answer = client.ask(m.AlterPartitionReassignmentsRequest(wishes))
    assert [part.error for part in answer.parts] == [0, 39, 85, 3]
    listed = client.ask(m.ListPartitionReassignmentsRequest())
    assert listed.parts == [m.Reassigning("t", 0, [4, 1, 2, 3], [4], [3])]
    assert client.ask(m.ListPartitionReassignmentsRequest([("t", 1)])).parts == []
    it.do("heal_links")
    it.pass_ms(4_000)
    assert client.ask(m.ListPartitionReassignmentsRequest()).parts == []
    assert replicas(it) == [4, 1, 2]


def test_why_it_leads_and_why_it_is_there_lead_back_to_the_move():
    it = sandbox()
    it.do("add_broker")
    it.pass_ms(1_000)
    it.do("move_replicas", topic="t", partition=0, replicas=[4, 2, 3])
    it.pass_ms(1_000)
    story = Story(list(it.world.told), it.cluster.config)
    vias = {}
    for at, told in enumerate(story.told):
        if told.event.code in ("leader_elected", "isr_expanded", "replicas_moved") and told.at > 1_000_000_000:
            vias[told.event.code] = because(story, at).via
    assert vias == {"isr_expanded": "via.copied", "leader_elected": "via.moved", "replicas_moved": "via.all-came"}
