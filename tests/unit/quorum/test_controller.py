"""The controller: what it decides about the ISR and topics, and how brokers read along."""

import copy

import pytest

from engine.events import IsrExpanded, IsrShrunk, LeaderElected, TopicCreated, TopicDeleted
from engine.machine import Request
from engine.quorum import controller as module
from engine.quorum import messages as q
from engine.quorum.image import MetadataImage
from engine.quorum.records import BrokerChange
from engine.wire import errors
from engine.wire.messages import CreateTopicsRequest, DeleteTopicsRequest, NewTopic
from tests.unit.quorum.desk import Desk


@pytest.fixture
def desk():
    desk = Desk()
    desk.create()
    desk.events.clear()
    return desk


# --- changes of the ISR (KIP-497) -----------------------------------------------------------------


def test_a_leader_may_leave_a_follower_out_and_let_it_in_again(desk):
    assert desk.alter(1, (1, 3)) == 0
    assert desk.state() == (1, [1, 3], 0)
    assert desk.alter(1, (1, 2, 3)) == 0
    assert desk.state() == (1, [1, 2, 3], 0)
    assert desk.told(IsrShrunk) == [IsrShrunk("t", 0, [2], [1, 3], "lag")]
    assert desk.told(IsrExpanded) == [IsrExpanded("t", 0, [2], [1, 2, 3])]


def test_each_change_is_a_new_partition_epoch_and_no_new_leader(desk):
    before = desk.image.partition("t", 0).partition_epoch
    desk.alter(1, (1, 3))
    assert desk.image.partition("t", 0).partition_epoch == before + 1
    assert desk.told(LeaderElected) == []


@pytest.mark.parametrize("epoch", [-1, 1, 99])
def test_of_another_leader_epoch_nothing_is_taken(desk, epoch):
    assert desk.alter(1, (1,), leader_epoch=epoch) == errors.FENCED_LEADER_EPOCH
    assert desk.state() == (1, [1, 2, 3], 0)


def test_whoever_does_not_lead_has_no_wish(desk):
    assert desk.alter(2, (2,)) == errors.FENCED_LEADER_EPOCH


def test_a_wish_made_before_another_change_is_refused(desk):
    stale = desk.image.partition("t", 0).partition_epoch
    desk.alter(1, (1, 3))
    assert desk.alter(1, (1,), partition_epoch=stale) == errors.INVALID_UPDATE_VERSION


def test_two_changes_of_one_partition_in_one_request_are_one(desk):
    p = desk.image.partition("t", 0)
    changes = [q.IsrChange("t", 0, 0, p.partition_epoch, [(1, -1), (b, desk.epochs[b])]) for b in (2, 3)]
    answer = desk.ask(q.AlterPartitionRequest(1, desk.epochs[1], changes)).answer
    assert answer.errors == [0, errors.INVALID_UPDATE_VERSION]
    assert desk.state()[1] == [1, 2]


def test_of_a_topic_that_does_not_exist_nothing_is_changed(desk):
    assert desk.alter(1, (1,), name="nada") == errors.UNKNOWN_TOPIC_OR_PARTITION


@pytest.mark.parametrize("isr", [(2, 3), ()])
def test_a_leader_cannot_leave_itself_out(desk, isr):
    assert desk.alter(1, isr) == errors.INVALID_REQUEST


def test_whoever_holds_no_replica_is_never_in_sync():
    desk = Desk(4)
    desk.create(replication=2)
    leader = desk.state()[0]
    outsider = next(b for b in (1, 2, 3, 4) if b not in desk.image.partition("t", 0).replicas)
    assert desk.alter(leader, (leader, outsider)) == errors.INVALID_REQUEST


def test_a_follower_that_began_a_new_life_is_not_eligible(desk):
    """KIP-903: between its fetch and the leader's wish it may have lost what made it eligible."""
    desk.alter(1, (1, 3))
    fetched_in = desk.epochs[2]
    desk.join(2, life=2)
    assert desk.alter(1, (1, 2, 3), members=[(1, -1), (2, fetched_in), (3, desk.epochs[3])]) == (
        errors.INELIGIBLE_REPLICA
    )
    assert desk.alter(1, (1, 2, 3)) == 0


def test_nor_is_one_that_is_fenced_or_stopping(desk):
    desk.alter(1, (1, 3))
    desk.pass_ms(1_500, 1, 3)
    assert desk.alter(1, (1, 2, 3)) == errors.INELIGIBLE_REPLICA
    desk.beat(2)
    desk.beat(2, 0, stop=True)
    assert desk.alter(1, (1, 2, 3)) == errors.INELIGIBLE_REPLICA


def test_a_leader_of_a_past_life_or_a_fenced_one_has_no_say(desk):
    old = desk.epochs[1]
    desk.pass_ms(1_500, 2, 3)
    assert desk.alter(1, (1,)) == errors.STALE_BROKER_EPOCH
    desk.join(1, life=2)
    desk.epochs[1] = old
    assert desk.alter(1, (1,)) == errors.STALE_BROKER_EPOCH


# --- preferred leaders ----------------------------------------------------------------------------


def test_every_five_minutes_partitions_go_back_to_their_preferred_leaders(desk):
    desk.pass_ms(1_500, 2, 3)
    desk.beat(1)
    desk.alter(2, (1, 2, 3))
    desk.events.clear()
    desk.pass_ms(297_000, 1, 2, 3)
    assert desk.told(LeaderElected) == []
    desk.pass_ms(1_500, 1, 2, 3)
    assert desk.told(LeaderElected) == [LeaderElected("t", 0, 1, 2, 2, [1, 2, 3], "preferred", 0)]


# --- producer ids ---------------------------------------------------------------------------------


def test_no_producer_id_is_given_twice(desk):
    answers = [desk.ask(q.ProducerIdsRequest(b, desk.epochs[b])).answer for b in (1, 2, 1)]
    assert [(a.first, a.count) for a in answers] == [(0, 1000), (1000, 1000), (2000, 1000)]


def test_a_past_life_gets_none(desk):
    assert desk.ask(q.ProducerIdsRequest(1, 99)).answer.error == errors.STALE_BROKER_EPOCH


# --- topics ---------------------------------------------------------------------------------------


def test_a_topic_is_created_and_told(desk):
    made = desk.create("novo", 2, 3)
    assert (made.error, made.partitions, made.replication) == (0, 2, 3)
    assert desk.image.topics["novo"].topic_id == made.topic_id != bytes(16)
    assert desk.told(TopicCreated) == [TopicCreated("novo", 2, 3)]


def test_a_refused_one_says_why_and_changes_nothing(desk):
    before = desk.image.offset
    made = desk.create("t")
    assert (made.error, made.message) == (errors.TOPIC_ALREADY_EXISTS, "Topic 't' already exists.")
    assert desk.image.offset == before


def test_one_that_is_refused_stops_no_other(desk):
    body = CreateTopicsRequest([NewTopic("a b"), NewTopic("bom")])
    assert [t.error for t in desk.ask(body).answer.topics] == [errors.INVALID_TOPIC_EXCEPTION, 0]


def test_a_name_twice_in_a_request_is_told_once_and_created_never(desk):
    body = CreateTopicsRequest([NewTopic("a"), NewTopic("b"), NewTopic("a")])
    made = desk.ask(body).answer.topics
    assert [(t.name, t.error) for t in made] == [("a", errors.INVALID_REQUEST), ("b", 0)]
    assert "a" not in desk.image.topics


def test_a_rehearsal_changes_nothing(desk):
    before = desk.image.offset
    made = desk.ask(CreateTopicsRequest([NewTopic("ensaio")], validate_only=True)).answer.topics[0]
    assert (made.error, made.partitions) == (0, 3)
    assert desk.image.offset == before


def test_ids_differ_even_for_the_same_name(desk):
    first = desk.image.topics["t"].topic_id
    desk.ask(DeleteTopicsRequest(["t"]))
    desk.create()
    assert desk.image.topics["t"].topic_id != first


def test_topics_are_deleted_by_name_or_by_id(desk):
    other = desk.create("outro").topic_id
    gone = desk.ask(DeleteTopicsRequest(["t", "nada"], [other, b"?" * 16])).answer.topics
    assert [(t.name, t.error) for t in gone] == [
        ("t", 0), ("nada", errors.UNKNOWN_TOPIC_OR_PARTITION), ("outro", 0), (None, errors.UNKNOWN_TOPIC_ID),
    ]  # fmt: skip
    assert desk.image.topics == {}
    assert desk.told(TopicDeleted) == [TopicDeleted("t"), TopicDeleted("outro")]


def test_the_brokers_own_topic_stays(desk):
    desk.create("__consumer_offsets")
    (gone,) = desk.ask(DeleteTopicsRequest(["__consumer_offsets"])).answer.topics
    assert gone.error == errors.INVALID_TOPIC_EXCEPTION
    assert "__consumer_offsets" in desk.image.topics


def test_a_topic_that_was_deleted_without_a_leader_leaves_no_trace(desk):
    desk.pass_ms(1_500)
    assert desk.controller.leaderless_since
    desk.ask(DeleteTopicsRequest(["t"]))
    assert desk.controller.leaderless_since == {}


def test_what_nobody_should_ask_is_an_error_of_ours(desk):
    with pytest.raises(TypeError, match="int"):
        desk.controller.handle(0, Request(1, 1, 7))


# --- reading along --------------------------------------------------------------------------------


def test_records_are_answered_at_once_if_there_are_any(desk):
    call = desk.fetch(1, 0)
    assert len(call.answer.records) == desk.image.offset
    assert call.answer.base is None
    assert len(desk.fetch(1, desk.image.offset - 1).answer.records) == 1


def test_otherwise_the_reader_waits_for_them(desk):
    call = desk.fetch(2, desk.image.offset)
    assert call.waits
    desk.alter(1, (1, 3))
    assert [record.isr for record in call.answer.records] == [[1, 3]]


def test_it_waits_no_longer_than_it_said(desk):
    call = desk.fetch(2, desk.image.offset, wait_ms=10_000)
    desk.pass_ms(9_999, 1, 2, 3)
    assert call.waits
    desk.pass_ms(1, 1, 2, 3)
    assert call.answer.records == []


def test_readers_that_came_later_are_woken_later(desk):
    first = desk.fetch(1, desk.image.offset)
    desk.pass_ms(5_000, 1, 2, 3)
    second = desk.fetch(2, desk.image.offset)
    desk.pass_ms(5_000, 1, 2, 3)
    assert not first.waits and second.waits
    desk.pass_ms(5_000, 1, 2, 3)
    assert not second.waits


def test_all_records_of_an_instant_come_in_one_answer(desk):
    call = desk.fetch(2, desk.image.offset)
    for name in "ab":
        desk.ask(CreateTopicsRequest([NewTopic(name, 1, 1)]), settle=False)
    assert call.waits
    desk.take(desk.controller.settle(desk.now))
    assert len(call.answer.records) == 4


def test_a_broker_has_one_fetch_at_a_time(desk):
    old, new = desk.fetch(2, desk.image.offset), desk.fetch(2, desk.image.offset)
    desk.create("novo")
    assert old.waits and not new.waits


def test_who_asks_for_records_that_are_not_kept_any_more_gets_the_image(desk, monkeypatch):
    monkeypatch.setattr(module, "LOG_KEPT", 5)
    for broker in (1, 2, 3) * 5:
        desk.controller.write([BrokerChange(broker, desk.epochs[broker], fenced=False)])
    assert desk.controller.log_start > 0
    assert len(desk.controller.log) <= 10
    answer = desk.fetch(1, 0).answer
    assert answer.records == []
    assert answer.base == desk.image and answer.base is not desk.image
    late = desk.fetch(1, desk.controller.log_start).answer
    assert len(late.records) == len(desk.controller.log)


def test_what_a_broker_folds_is_what_the_controller_has(desk):
    desk.pass_ms(1_500, 2, 3)
    desk.join(1, life=2)
    made = MetadataImage()
    for record in desk.fetch(1, 0).answer.records:
        made.apply(record)
    assert made == desk.image


def test_a_copy_of_the_controller_goes_its_own_way(desk):
    branch = copy.deepcopy(desk)
    branch.create("ramo")
    assert "ramo" not in desk.image.topics
