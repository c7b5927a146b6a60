"""The image is the fold of its records: who has the records has the image."""

import pytest

from engine.quorum.image import MetadataImage
from engine.quorum.records import (
    BrokerChange,
    MovingPartitionRecord,
    PartitionRecord,
    ProducerIds,
    RegisterBroker,
    RemoveTopic,
    TopicRecord,
)
from tests.unit.quorum.images import image, topic

RECORDS = [
    RegisterBroker(1, 1), BrokerChange(1, 1, False), RegisterBroker(2, 3), TopicRecord("a", b"a" * 16, {"x": "y"}),
    PartitionRecord("a", 0, [1, 2], [1], 1, 0, 0), TopicRecord("b", b"b" * 16), ProducerIds(1000),
    PartitionRecord("a", 0, [1, 2], [1, 2], 1, 0, 1), RemoveTopic("b"), RegisterBroker(2, 10),
]  # fmt: skip


def fold(records):
    made = MetadataImage()
    for record in records:
        made.apply(record)
    return made


def test_the_offset_counts_the_records():
    assert fold(RECORDS).offset == len(RECORDS)


def test_the_same_records_make_the_same_image():
    assert fold(RECORDS) == fold(RECORDS)
    assert fold(RECORDS[:7]) != fold(RECORDS)


def test_an_image_goes_on_from_where_it_is():
    half = fold(RECORDS[:5])
    for record in RECORDS[5:]:
        half.apply(record)
    assert half == fold(RECORDS)


def test_records_are_never_changed_by_folding():
    """All brokers fold the very same objects."""
    before = [repr(record) for record in RECORDS]
    fold(RECORDS)
    fold(RECORDS)
    assert [repr(record) for record in RECORDS] == before


def test_a_registered_broker_starts_fenced_and_a_new_life_fences_it_again():
    it = fold(RECORDS[:3])
    assert it.active(1) and not it.active(2) and not it.active(9)
    it.apply(RegisterBroker(1, 7))
    assert (it.active(1), it.brokers[1].epoch) == (False, 7)


def test_a_stopping_broker_is_not_active():
    it = image()
    it.apply(BrokerChange(1, 1, fenced=False, stopping=True))
    assert not it.active(1)
    assert not it.brokers[1].fenced


def test_a_change_of_a_past_life_does_not_fit():
    it = image()
    with pytest.raises(AssertionError):
        it.apply(BrokerChange(1, 99, fenced=True))


def test_a_removed_topic_is_gone_by_name_and_by_id():
    it = fold(RECORDS)
    assert list(it.topics) == ["a"]
    assert it.names == {b"a" * 16: "a"}
    assert it.partition("b", 0) is None


def test_partitions_are_found_by_leader_and_by_replica():
    it = image()
    one = topic(it, 1, (1,), (1, 2), name="one")
    two = topic(it, 2, (2,), (2, 3), name="two")
    assert it.led_by(1) == [one]
    assert it.held_by(2) == [one, two]
    assert it.partition("one", 0) is one
    assert it.partition("one", 1) is None


def test_a_topic_of_the_brokers_own_is_internal():
    it = image()
    topic(it, 1, (1,), name="__consumer_offsets")
    topic(it, 1, (1,), name="pedidos")
    assert [t.internal for t in it.topics.values()] == [True, False]


@pytest.mark.parametrize(("wanted", "replicas", "given"), [("2", (1, 2, 3), 2), ("3", (1, 2), 2), ("5", (1,), 1)])
def test_no_more_replicas_must_be_in_sync_than_there_are(wanted, replicas, given):
    it = image()
    topic(it, 1, (1,), replicas, min_insync_replicas=wanted)
    assert it.topics["t"].min_insync == given


def test_each_partition_has_as_many_in_sync_as_its_own_replicas_allow():
    it = image()
    topic(it, 2, (1, 1), (1, 2, 3), min_insync_replicas="2")
    moved = PartitionRecord("t", 1, [4], [4], 4, 1, 1)
    arriving = MovingPartitionRecord("t", 1, [1, 4], [1], 1, 1, 1, [4])
    assert [it.topics["t"].min_insync_of(state) for state in (it.partition("t", 0), moved, arriving)] == [2, 1, 1]


def test_without_a_setting_one_is_enough():
    it = image()
    topic(it, 1, (1,))
    assert (it.topics["t"].min_insync, it.topics["t"].replication) == (1, 3)


def test_blocks_of_producer_ids_follow_each_other():
    assert fold(RECORDS).next_producer_id == 1000
