"""More partitions, replicas elsewhere, offsets reset, applications restarted, in a whole cluster."""

from __future__ import annotations

from engine.events import PartitionsAdded
from engine.wire import messages as m
from engine.wire.partitioners import crc32_partition, murmur2_partition
from tests.unit.cluster.sandbox import Sandbox

TOPICS = [{"topic": "t", "partitions": 2, "replication": 3, "min_insync_replicas": 2}]
FRESH = {"metadata_max_age_ms": 500}


def sandbox(**more):
    return Sandbox({"brokers": 3, "topics": TOPICS, **more}, keep_record=True)


def ends(it):
    return [p["end"] for p in it.topic("t")["partitions"]]


def replicas(it, partition=0):
    return [r["broker"] for r in it.topic("t")["partitions"][partition]["replicas"]]


# --- partitions


def test_a_topic_grows_and_everybody_finds_the_new_partitions_in_time():
    it = sandbox(
        producers=[{"producer": "loja", "topic": "t", "rate": 50.0, **FRESH}],
        groups=[{"group": "g", "topic": "t", "poll_ms": 100, **FRESH}],
    )
    it.pass_ms(2_000)
    it.do("add_partitions", topic="t", partitions=4)
    it.pass_ms(4_000)
    assert it.told(PartitionsAdded) == [PartitionsAdded("t", 2, 4)]
    assert len(ends(it)) == 4 and all(ends(it))
    assert it.group("g")["members"][0]["assigned"] == {"t": [0, 1, 2, 3]}


def test_by_default_a_client_does_not_notice_new_partitions_for_minutes():
    it = sandbox(groups=[{"group": "g", "topic": "t", "poll_ms": 100}])
    it.pass_ms(2_000)
    it.do("add_partitions", topic="t", partitions=3)
    it.pass_ms(60_000)
    assert it.group("g")["members"][0]["assigned"] == {"t": [0, 1]}
    it.pass_ms(250_000)
    assert it.group("g")["members"][0]["assigned"] == {"t": [0, 1, 2]}


def test_a_record_by_hand_goes_where_the_new_number_of_partitions_says_and_the_old_ones_stay():
    key = next(f"k{n}" for n in range(99) if len({murmur2_partition(f"k{n}".encode(), count) for count in (2, 3)}) == 2)
    it = sandbox()
    for partitions in (2, 3):
        it.do("produce", topic="t", key=key, value="v")
        it.pass_ms(200)
        if partitions == 2:
            it.do("add_partitions", topic="t", partitions=3)
            it.pass_ms(100)
    expected = [0, 0, 0]
    for count in (2, 3):
        expected[murmur2_partition(key.encode(), count)] += 1
    assert ends(it) == expected
    it.do("produce", topic="t", value="v", partition=2)
    it.pass_ms(100)
    assert sum(ends(it)) == 3


def test_partitions_are_never_taken_away_and_only_of_topics_that_there_are():
    it = sandbox(groups=[{"group": "g", "topic": "t"}])
    it.pass_ms(500)
    assert "more than that" in it.refused("INVALID_PARTITIONS", "add_partitions", topic="t", partitions=2)
    it.refused("UNKNOWN_TOPIC_OR_PARTITION", "add_partitions", topic="x", partitions=2)
    it.refused("INVALID_TOPIC_EXCEPTION", "add_partitions", topic="__consumer_offsets", partitions=9)


def test_a_real_client_adds_partitions_and_is_told_why_not():
    it = sandbox()
    client = it.client()
    answer = client.ask(m.CreatePartitionsRequest([m.MorePartitions("t", 3, [[3, 1, 2]]), m.MorePartitions("x", 3)]))
    assert [(one.name, one.error) for one in answer.results] == [("t", 0), ("x", 3)]
    assert replicas(it, 2) == [3, 1, 2]
    for wish, error in [
        (m.MorePartitions("t", 3), 37), (m.MorePartitions("t", 5, [[1, 2, 3]]), 39),
        (m.MorePartitions("t", 4, [[1, 2]]), 39), (m.MorePartitions("t", 4, [[7, 8, 9]]), 39),
        (m.MorePartitions("t", 101), 37),
    ]:  # fmt: skip
        assert client.ask(m.CreatePartitionsRequest([wish])).results[0].error == error
    twice = client.ask(m.CreatePartitionsRequest([m.MorePartitions("t", 4), m.MorePartitions("t", 5)]))
    assert [(one.name, one.error) for one in twice.results] == [("t", 42)]
    client.ask(m.CreatePartitionsRequest([m.MorePartitions("t", 9)], validate_only=True))
    assert len(ends(it)) == 3


# --- partitioners


def test_the_same_key_goes_elsewhere_with_librdkafkas_hash():
    rows = "key,value\n" + "\n".join(f"k{n},{n}" for n in range(20))
    for partitioner, chosen in (("murmur2", murmur2_partition), ("crc32", crc32_partition)):
        it = sandbox()
        it.do("add_producer", topic="t", source="rows", rows=rows, key_field="key", loop=False, rate=20, producer="p",
              partitioner=partitioner)  # fmt: skip
        it.pass_ms(3_000)
        assert it.state()["producers"][0]["partitioner"] == partitioner
        for topic, partition, offset, _ in it.cluster.producers()[0].acknowledged:
            key = it.cluster.record(topic, partition, offset)["key"]["text"]
            assert partition == chosen(key.encode(), 2)


# --- a restart


def test_an_application_that_starts_anew_sends_again_what_it_had_no_answer_for_idempotent_or_not():
    it = sandbox(producers=[{"producer": "loja", "topic": "t", "rate": 10.0}])
    it.pass_ms(2_000)
    for broker in (1, 2, 3):
        it.do("delay_link", source=f"B{broker}", target="loja", ms=700, both=False)
    it.pass_ms(2_000)
    producer = it.cluster.producers()[0]
    unanswered, first = producer.waiting, producer.sender.sequences.producer_id
    assert it.do("restart_producer", producer="loja")["again"] == unanswered > 3
    it.do("heal_links")
    it.pass_ms(3_000)
    it.do("stop_producer", producer="loja")
    it.pass_ms(3_000)
    again = it.cluster.producers()[0]
    assert again is not producer and again.sender.sequences.producer_id > first
    assert again.sent == again.acked and again.waiting == 0
    assert sum(ends(it)) > again.sent  # some are there twice
