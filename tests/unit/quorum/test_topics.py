"""CreateTopics: Kafka's checks, in Kafka's order, with Kafka's codes."""

import pytest

from engine.limits import PARTITIONS_MAX, PARTITIONS_TOTAL_MAX, TOPICS_MAX
from engine.quorum import configs, topics
from engine.quorum.image import MetadataImage
from engine.quorum.records import PartitionRecord, TopicRecord
from engine.wire import errors
from engine.wire.messages import NewTopic
from tests.unit.quorum.images import image, topic

ID = b"i" * 16


def create(it, *new, **more):
    return topics.create(it, NewTopic(*new, **more), ID, (3, 3))


def refused(it, *new, **more):
    with pytest.raises(topics.Refusal) as refusal:
        create(it, *new, **more)
    assert refusal.value.message.endswith(".")
    return refusal.value.error


# --- what is made ---------------------------------------------------------------------------------


def test_a_topic_is_a_record_and_one_for_each_partition():
    records, created = create(image(), "pedidos", 2, 3, configs={"min.insync.replicas": "2"})
    assert records == [
        TopicRecord("pedidos", ID, {"min.insync.replicas": "2"}),
        PartitionRecord("pedidos", 0, [1, 2, 3], [1, 2, 3], 1, 0, 0),
        PartitionRecord("pedidos", 1, [2, 3, 1], [2, 3, 1], 2, 0, 0),
    ]
    assert (created.error, created.topic_id, created.partitions, created.replication) == (0, ID, 2, 3)


def test_minus_one_means_the_default():
    _, created = create(image(), "t")
    assert (created.partitions, created.replication) == (3, 3)


def test_the_default_replication_is_never_more_than_there_are_brokers():
    _, created = create(image(1), "t")
    assert created.replication == 1


def test_leaders_begin_where_the_topics_before_left_off():
    it = image()
    topic(it, 1, (1,), name="a")
    topic(it, 1, (1,), name="__consumer_offsets")
    records, _ = create(it, "t", 1, 1)
    assert records[1].leader == 2


def test_brokers_that_are_not_active_get_nothing():
    records, _ = create(image(4, fenced=(2,)), "t", 4, 3)
    assert all(2 not in record.replicas for record in records[1:])


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", ".", "..", "a b", "a/b", "é", "a\n", "a" * 250])
def test_names_kafka_does_not_take(name):
    assert refused(image(), name) == errors.INVALID_TOPIC_EXCEPTION


@pytest.mark.parametrize("name", ["a", "A.b_c-9", "...", "a" * 249, "__consumer_offsets"])
def test_names_kafka_takes(name):
    topics.check_name(name)


def test_a_name_can_be_taken_once():
    it = image()
    topic(it, 1, (1,), name="pedidos")
    assert refused(it, "pedidos") == errors.TOPIC_ALREADY_EXISTS


@pytest.mark.parametrize(("there", "new"), [("a.b", "a_b"), ("a_b", "a.b"), ("a._b", "a_.b")])
def test_names_that_would_be_one_in_metrics_collide(there, new):
    it = image()
    topic(it, 1, (1,), name=there)
    assert refused(it, new) == errors.INVALID_TOPIC_EXCEPTION


def test_a_bad_name_is_told_before_anything_else():
    assert refused(image(), "a b", 0, 99, configs={"nada": "1"}) == errors.INVALID_TOPIC_EXCEPTION


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("partitions", [0, -2])
def test_there_is_at_least_one_partition(partitions):
    assert refused(image(), "t", partitions, 1) == errors.INVALID_PARTITIONS


@pytest.mark.parametrize("replication", [0, -2, 4])
def test_there_are_as_many_replicas_as_brokers_at_most(replication):
    assert refused(image(), "t", 1, replication) == errors.INVALID_REPLICATION_FACTOR


def test_only_running_brokers_count():
    assert refused(image(3, fenced=(3,)), "t", 1, 3) == errors.INVALID_REPLICATION_FACTOR


def test_a_topic_has_a_limit_of_partitions():
    create(image(), "t", PARTITIONS_MAX, 1)
    assert refused(image(), "t", PARTITIONS_MAX + 1, 1) == errors.INVALID_PARTITIONS


def filled(number, partitions=1):
    it = image()
    for n in range(number):
        it.apply(TopicRecord(f"t{n}", n.to_bytes(16, "big")))
        for p in range(partitions):
            it.apply(PartitionRecord(f"t{n}", p, [1], [1], 1, 0, 0))
    return it


def test_a_sandbox_has_a_limit_of_topics():
    create(filled(TOPICS_MAX - 1), "more", 1, 1)
    assert refused(filled(TOPICS_MAX), "more", 1, 1) == errors.POLICY_VIOLATION


def test_and_a_limit_of_partitions():
    many = PARTITIONS_TOTAL_MAX // PARTITIONS_MAX
    create(filled(many - 1, PARTITIONS_MAX), "more", PARTITIONS_MAX, 1)
    assert refused(filled(many, PARTITIONS_MAX), "more", 1, 1) == errors.INVALID_PARTITIONS


# --- assignments ----------------------------------------------------------------------------------


def assign(it, *lists):
    return create(it, "t", -1, -1, dict(enumerate(map(list, lists))))


def test_the_client_may_say_where_replicas_go():
    records, created = assign(image(), (3, 1), (2, 3))
    assert [(r.replicas, r.isr, r.leader) for r in records[1:]] == [([3, 1], [3, 1], 3), ([2, 3], [2, 3], 2)]
    assert (created.partitions, created.replication) == (2, 2)


def test_those_that_are_down_are_not_in_sync_and_do_not_lead():
    records, _ = assign(image(fenced=(3,)), (3, 1))
    assert (records[1].replicas, records[1].isr, records[1].leader) == ([3, 1], [1], 1)


@pytest.mark.parametrize(
    "lists",
    [((1, 1),), ((1, 2), (3,)), ((1, 9),), ((),), ((1,), ())],
    ids=["twice the same", "of different lengths", "unknown", "empty", "one empty"],
)
def test_assignments_that_make_no_sense(lists):
    with pytest.raises(topics.Refusal) as refusal:
        assign(image(), *lists)
    assert refusal.value.error == errors.INVALID_REPLICA_ASSIGNMENT


def test_an_assignment_with_a_hole_makes_no_sense_either():
    assert refused(image(), "t", -1, -1, {0: [1], 2: [1]}) == errors.INVALID_REPLICA_ASSIGNMENT


def test_an_assignment_to_the_dead_alone():
    assert refused(image(fenced=(3,)), "t", -1, -1, {0: [3]}) == errors.INVALID_REPLICA_ASSIGNMENT


def test_an_assignment_and_numbers_are_one_too_many():
    assert refused(image(), "t", 1, -1, {0: [1]}) == errors.INVALID_REQUEST
    assert refused(image(), "t", -1, 1, {0: [1]}) == errors.INVALID_REQUEST


# --- configs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nada", "1"), ("min.insync.replicas", "0"), ("min.insync.replicas", "two"), ("min.insync.replicas", ""),
        ("retention.ms", "-2"), ("retention.ms", "9" * 30), ("cleanup.policy", "burn"), ("segment.bytes", "1"),
        ("message.timestamp.type", "Now"), ("unclean.leader.election.enable", "TRUE"), ("retention.ms", "1\n"),
    ],
)  # fmt: skip
def test_configs_that_do_not_fit(name, value):
    assert refused(image(), "t", configs={name: value}) == errors.INVALID_CONFIG


@pytest.mark.parametrize(("name", "value"), list(configs.TOPIC_CONFIGS.items()))
def test_every_default_fits(name, value):
    assert configs.check({name: value}) == {name: value}


def test_null_means_the_default():
    assert configs.check({"retention.ms": None, "cleanup.policy": "compact"}) == {"cleanup.policy": "compact"}


def test_refusing_leaves_the_image_as_it_was():
    it = image()
    for new in (("a b",), ("t", 0, 1), ("t", 1, 99)):
        refused(it, *new)
    assert it == image()
    assert isinstance(it, MetadataImage)
