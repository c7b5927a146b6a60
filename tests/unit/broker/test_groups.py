"""Groups on a broker: answers wait until what they speak of is safe, and survive a change of leader."""

import pytest

from engine.config import Config
from engine.events import CoordinatorMoved, MemberJoined
from engine.groups.partition import partition_for
from engine.quorum.topics import OFFSETS_TOPIC
from engine.storage.disk import MemoryDisk
from engine.wire import errors
from engine.wire import messages as m
from tests.unit.broker.bench import Bench, T

PARTITIONS = 3
G = "g"
P = partition_for(G, PARTITIONS)


@pytest.fixture
def bench():
    return ready()


def ready(**more):
    bench = Bench(config=Config(group_initial_rebalance_delay_ms=0), **more)
    bench.topic()
    bench.topic(OFFSETS_TOPIC, partitions=PARTITIONS, min_insync_replicas="2")
    return bench


def replicate(bench, p=P, epoch=0):
    """Followers copy all there is of a partition of __consumer_offsets."""
    end = bench.partition(OFFSETS_TOPIC, p).log.log_end
    for b in (2, 3):
        bench.follow(b, end, epoch=epoch, topic=OFFSETS_TOPIC, partition=p)


def commit(bench, offset, group=G, topic=T, partition=0):
    return bench.ask(m.OffsetCommitRequest(group, -1, "", [m.CommitPart(topic, partition, offset)]))


def offsets(bench, *groups):
    return bench.ask(m.OffsetFetchRequest([m.OffsetFetchGroup(group) for group in groups or (G,)]))


def committed(call):
    return {(p.topic, p.partition): p.offset for g in call.answer.groups for p in g.parts}


def join(bench, member="", client="c"):
    body = m.JoinGroupRequest(G, 10_000, 60_000, member, "consumer", [("range", b"")], requires_known_member=True)
    return bench.ask(body, client=client)


def joined(bench):
    """One member, with everything replicated. Returns (member id, generation)."""
    first = join(bench)
    replicate(bench)
    call = join(bench, first.answer.member)
    bench.pass_ms(1)
    replicate(bench)
    assert call.answer.error == 0
    return call.answer.member, call.answer.generation


# --- who coordinates ------------------------------------------------------------------------------


def find(bench, key=G, kind=0):
    return bench.ask(m.FindCoordinatorRequest([key], kind)).answer.coordinators[0]


def test_the_coordinator_is_the_leader_of_the_groups_partition(bench):
    assert (find(bench).error, find(bench).broker, find(bench).host) == (0, 1, "B1")
    bench.decide(name=OFFSETS_TOPIC, partition=P, leader=3)
    assert find(bench).broker == 3


def test_without_a_leader_there_is_no_coordinator(bench):
    bench.decide(name=OFFSETS_TOPIC, partition=P, leader=-1)
    assert find(bench).error == errors.COORDINATOR_NOT_AVAILABLE


def test_the_first_who_asks_lets_the_topic_be_created():
    bench = Bench()
    assert find(bench).error == errors.COORDINATOR_NOT_AVAILABLE
    (request,) = bench.waiting(m.CreateTopicsRequest)
    (new,) = request.body.topics
    assert (new.name, new.partitions, new.replication) == (OFFSETS_TOPIC, 3, 3)
    assert new.configs == {"cleanup.policy": "compact", "min.insync.replicas": "2", "segment.bytes": "1048576"}


def test_there_are_no_transactions(bench):
    assert find(bench, kind=1).error == errors.INVALID_REQUEST


# --- not here -------------------------------------------------------------------------------------


def test_another_broker_sends_every_request_away(bench):
    bench.decide(name=OFFSETS_TOPIC, partition=P, leader=2)
    assert commit(bench, 5).answer.parts[0].error == errors.NOT_COORDINATOR
    assert join(bench).answer.error == errors.NOT_COORDINATOR
    assert bench.ask(m.HeartbeatRequest(G, 1, "x")).answer.error == errors.NOT_COORDINATOR
    assert offsets(bench).answer.groups[0].error == errors.NOT_COORDINATOR
    assert bench.ask(m.DescribeGroupsRequest([G])).answer.groups[0].error == errors.NOT_COORDINATOR
    assert bench.ask(m.DeleteGroupsRequest([G])).answer.results == [(G, errors.NOT_COORDINATOR)]
    assert bench.ask(m.ListGroupsRequest()).answer.groups == []


def test_before_the_topic_exists_nobody_coordinates():
    assert commit(Bench(), 5).answer.parts[0].error == errors.NOT_COORDINATOR


# --- answers wait until they are true for ever ----------------------------------------------------


def test_a_commit_is_answered_once_it_is_replicated(bench):
    call = commit(bench, 5)
    assert call.waits
    replicate(bench)
    assert call.answer.parts[0].error == 0


def test_what_is_not_committed_for_ever_is_not_shown_either(bench):
    """Otherwise a consumer could begin at an offset that a change of leader takes back."""
    commit(bench, 5)
    shown = offsets(bench)
    assert shown.waits
    replicate(bench)
    assert committed(shown) == {(T, 0): 5}
    assert committed(offsets(bench)) == {(T, 0): 5}


def test_a_question_about_several_groups_waits_for_all_their_partitions(bench):
    other = next(name for name in "abcdefgh" if partition_for(name, PARTITIONS) != P)
    commit(bench, 5)
    commit(bench, 7, other)
    both = offsets(bench, G, other)
    described = bench.ask(m.DescribeGroupsRequest([G, other]))
    listed = bench.ask(m.ListGroupsRequest())
    replicate(bench)
    assert both.waits and described.waits and listed.waits
    replicate(bench, partition_for(other, PARTITIONS))
    assert [g.parts[0].offset for g in both.answer.groups] == [5, 7]
    assert [g.state for g in described.answer.groups] == ["Empty", "Empty"]
    assert sorted(g.group for g in listed.answer.groups) == sorted((G, other))


def test_nobody_waits_when_there_is_nothing_to_wait_for(bench):
    commit(bench, 5)
    replicate(bench)
    assert offsets(bench).ended


def test_an_assignment_is_handed_out_once_it_is_replicated(bench):
    """So whoever coordinates next knows the generation its members believe in."""
    member, generation = joined(bench)
    assert bench.told(MemberJoined)
    call = bench.ask(m.SyncGroupRequest(G, generation, member, {member: b"x"}))
    assert call.waits
    replicate(bench)
    assert (call.answer.error, call.answer.assignment) == (0, b"x")


def test_a_group_is_deleted_once_that_is_replicated(bench):
    commit(bench, 5)
    replicate(bench)
    call = bench.ask(m.DeleteGroupsRequest([G, "nada"]))
    assert call.waits
    replicate(bench)
    replicate(bench, partition_for("nada", PARTITIONS))
    assert dict(call.answer.results) == {G: 0, "nada": errors.GROUP_ID_NOT_FOUND}
    assert committed(offsets(bench)) == {}


# --- when the log cannot take it ------------------------------------------------------------------


def test_with_too_few_in_sync_nothing_is_decided(bench):
    bench.decide(name=OFFSETS_TOPIC, partition=P, isr=[1])
    assert commit(bench, 5).answer.parts[0].error == errors.COORDINATOR_NOT_AVAILABLE
    bench.decide(name=OFFSETS_TOPIC, partition=P, isr=[1, 2, 3])
    assert committed(offsets(bench)) == {}


def test_a_full_disk_is_told_and_what_was_decided_is_forgotten():
    bench = ready(disk=MemoryDisk(2_000, 2_000))
    commit(bench, 5)
    replicate(bench)
    for _ in range(100):
        call = commit(bench, 9)
        if call.ended:
            break
        replicate(bench)
    kept = bench.partition(OFFSETS_TOPIC, P).log.log_end
    assert call.answer.parts[0].error == errors.COORDINATOR_NOT_AVAILABLE
    assert commit(bench, 77).answer.parts[0].error == errors.COORDINATOR_NOT_AVAILABLE
    assert committed(offsets(bench)) == {(T, 0): 9}
    assert bench.partition(OFFSETS_TOPIC, P).log.log_end == kept


def test_when_too_many_wait_already_one_more_is_sent_away(bench):
    bench.broker.acks.limit = 1
    waiting, refused = commit(bench, 5), commit(bench, 6)
    assert waiting.waits
    assert refused.answer.parts[0].error == errors.COORDINATOR_NOT_AVAILABLE


def test_a_decision_of_the_clock_that_cannot_be_written_down_is_forgotten(bench):
    """A member expires while too few are in sync: the group is read anew, and the member gets another chance."""
    member, _ = joined(bench)
    bench.decide(name=OFFSETS_TOPIC, partition=P, isr=[1])
    bench.pass_ms(30_000)
    assert bench.ask(m.HeartbeatRequest(G, 1, member)).answer.error in (0, errors.UNKNOWN_MEMBER_ID)
    assert bench.broker.groups.leads(P)


def test_followers_that_do_not_come_are_told_as_a_failure_after_five_seconds(bench):
    call = commit(bench, 5)
    bench.pass_ms(4_999)
    assert call.waits
    bench.pass_ms(1)
    assert call.answer.parts[0].error == errors.COORDINATOR_NOT_AVAILABLE


def test_a_leader_that_is_deposed_tells_those_who_wait(bench):
    call, shown = commit(bench, 5), offsets(bench)
    bench.decide(name=OFFSETS_TOPIC, partition=P, leader=2, isr=[2, 3])
    assert call.answer.parts[0].error == errors.COORDINATOR_NOT_AVAILABLE
    assert shown.answer.groups[0].error == errors.COORDINATOR_NOT_AVAILABLE


def test_a_join_at_the_barrier_is_sent_to_the_new_coordinator(bench):
    member, _ = joined(bench)
    second = join(bench, client="d")
    replicate(bench)
    waiting = join(bench, second.answer.member, client="d")
    assert waiting.waits
    bench.decide(name=OFFSETS_TOPIC, partition=P, leader=2)
    assert waiting.answer.error == errors.NOT_COORDINATOR
    assert bench.ask(m.HeartbeatRequest(G, 1, member)).answer.error == errors.NOT_COORDINATOR


# --- failover -------------------------------------------------------------------------------------


def test_whoever_leads_next_knows_members_and_offsets(bench):
    member, generation = joined(bench)
    parts = [m.CommitPart(T, 0, 5)]
    bench.ask(m.OffsetCommitRequest(G, generation, member, parts))  # while the assignment is awaited: refused
    sync = bench.ask(m.SyncGroupRequest(G, generation, member, {member: b"x"}))
    replicate(bench)
    assert sync.answer.error == 0
    call = bench.ask(m.OffsetCommitRequest(G, generation, member, parts))
    replicate(bench)
    assert call.answer.parts[0].error == 0

    bench.decide(name=OFFSETS_TOPIC, partition=P, leader=2)
    bench.events.clear()
    bench.decide(name=OFFSETS_TOPIC, partition=P, leader=1)
    assert bench.told(CoordinatorMoved) == [CoordinatorMoved(G, 1, P)]
    replicate(bench, epoch=2)
    assert committed(offsets(bench)) == {(T, 0): 5}
    assert bench.ask(m.HeartbeatRequest(G, generation, member)).answer.error == 0


def test_another_broker_finds_them_in_its_copy_of_the_log(bench):
    commit(bench, 5)
    replicate(bench)
    bench.decide(name=OFFSETS_TOPIC, partition=P, leader=1, leader_epoch=1, isr=[1])
    again = bench.next_life()
    again.decide(name=OFFSETS_TOPIC, partition=P, isr=[1, 2])
    shown = offsets(again)
    again.follow(2, again.partition(OFFSETS_TOPIC, P).log.log_end, epoch=1, topic=OFFSETS_TOPIC, partition=P, last=0)
    assert committed(shown) == {(T, 0): 5}


def test_a_deleted_topic_takes_its_offsets_along(bench):
    from engine.quorum.records import RemoveTopic

    commit(bench, 5)
    replicate(bench)
    bench.records(RemoveTopic(T))
    shown = offsets(bench)
    replicate(bench)
    assert committed(shown) == {}


def test_commits_for_what_does_not_exist_are_refused_one_by_one(bench):
    body = m.OffsetCommitRequest(G, -1, "", [m.CommitPart(T, 0, 5), m.CommitPart("nada", 0, 5)])
    call = bench.ask(body)
    replicate(bench)
    assert [(p.topic, p.error) for p in call.answer.parts] == [(T, 0), ("nada", errors.UNKNOWN_TOPIC_OR_PARTITION)]


# --- time -----------------------------------------------------------------------------------------


def test_a_member_that_falls_silent_expires_and_that_is_written_down(bench):
    joined(bench)
    bench.ask(m.SyncGroupRequest(G, 1, "", {}))
    bench.pass_ms(10_000)
    replicate(bench)
    bench.pass_ms(60_000)
    replicate(bench)
    (described,) = bench.ask(m.DescribeGroupsRequest([G])).answer.groups
    assert (described.state, described.members) == ("Empty", [])


def test_only_the_soonest_alarm_counts(bench):
    joined(bench)
    at = bench.broker.groups_alarm_at
    assert at == bench.broker.groups.next_deadline()
    assert [a for when, _, a in bench.alarms if a.name == "groups" and a.token == at and when == at]
