"""What became of records: lost, handed over again, skipped, and by which key they are spread."""

from engine.clients.ledger import Stretches
from engine.lessons import counting
from engine.lessons.parts import Timed
from tests.unit.lessons.playing import attempt, value

ONE = {"topic": "t", "partitions": 1, "replication": 3}
SAFE = {"topic": "t", "partitions": 1, "replication": 3, "min_insync_replicas": 2}


def burst(records, **more):
    return {"do": "burst", "topic": "t", "value": "{n}", "records": records, **more}


def test_stretches_join_and_know_what_they_lack():
    it = Stretches()
    for first, last in ((10, 14), (0, 3), (15, 15), (6, 7), (2, 6)):
        it.add(first, last)
    assert it.pairs == [(0, 7), (10, 15)] and it.count == 14
    assert it.missing(0, 20) == [(8, 9), (16, 20)] and it.common(5, 11) == [(5, 7), (10, 11)]
    it.add(-5, 30)
    assert it.pairs == [(-5, 30)] and it.count == 36


def test_nothing_is_lost_that_all_in_sync_replicas_have():
    playing = attempt(start={"brokers": 3, "topics": [SAFE]})
    playing.play([Timed(0, burst(50)), Timed(1_000, {"do": "crash_broker", "broker": _leader(playing)})])
    playing.go(10_000)
    assert value(playing, {"topic": "t", "records": 1}) == 50
    assert value(playing, {"record_lost": 0}) == 0
    assert playing.referee.counting.ledger.acknowledged["t", 0][0].count == 50
    playing.command(burst(5))
    playing.go(12_000)
    assert value(playing, {"record_lost": 0}) == 0 and value(playing, {"topic": "t", "records": 1}) == 55


def test_what_only_the_leader_acknowledged_is_lost_with_it_and_counted_exactly():
    start = {"brokers": 3, "topics": [ONE], "producers": [{"producer": "p", "topic": "t", "rate": 20, "acks": "1"}]}
    playing = attempt(start=start, begin_ms=2_000)
    leader = _leader(playing)
    others = [broker for broker in (1, 2, 3) if broker != leader]
    for other in others:  # followers get nothing more, clients reach the leader still
        playing.command({"do": "cut_link", "source": f"B{leader}", "target": f"B{other}"})
    playing.go(400)
    acked = value(playing, {"producer": "p", "acked": 1})
    replicated = playing.cluster.broker(others[0]).partitions["t", 0].log.log_end
    assert acked > replicated
    playing.command({"do": "crash_broker", "broker": leader})
    playing.command({"do": "heal_links"})
    playing.go(8_000)
    assert value(playing, {"record_lost": 0}) == acked - replicated
    playing.command({"do": "start_broker", "broker": leader})
    playing.go(20_000)
    assert value(playing, {"record_lost": 0}) == acked - replicated, "it comes back as a follower, and cuts them"


def test_a_producer_that_is_started_anew_goes_on_writing_into_the_book():
    start = {"brokers": 3, "topics": [SAFE], "producers": [{"producer": "p", "topic": "t", "rate": 20}]}
    playing = attempt(start=start)
    playing.play([Timed(1_000, {"do": "restart_producer", "producer": "p"})])
    playing.go(3_000)
    playing.command({"do": "stop_producer", "producer": "p"})
    playing.go(4_000)
    acknowledged = playing.referee.counting.ledger.acknowledged["t", 0][0].count
    assert acknowledged == value(playing, {"topic": "t", "records": 0}) > 50


def test_what_was_deleted_on_purpose_is_not_lost():
    topic = {**ONE, "configs": {"retention.ms": "2000", "segment.ms": "1000"}}
    playing = attempt(start={"brokers": 3, "topics": [topic]})
    playing.play([Timed(0, burst(20)), Timed(4_000, burst(1))])
    playing.go(400_000, lambda: value(playing, {"topic": "t", "start": 0}) > 0)
    assert value(playing, {"topic": "t", "start": 0}) >= 20
    playing.command({"do": "crash_broker", "broker": _leader(playing)})
    playing.go(playing.ms + 8_000)
    assert value(playing, {"record_lost": 0}) == 0


def test_a_topic_that_is_deleted_takes_its_records_with_it():
    playing = attempt(start={"brokers": 3, "topics": [ONE]})
    playing.play([Timed(0, burst(20)), Timed(1_000, {"do": "delete_topic", "topic": "t"})])
    playing.play([Timed(4_000, {"do": "create_topic", "topic": "t", "partitions": 1}), Timed(6_000, burst(3))])
    playing.go(9_000)
    assert value(playing, {"topic": "t", "records": 3}) == 3 and value(playing, {"record_lost": 0}) == 0
    assert playing.referee.counting.ledger.acknowledged["t", 0][0].count == 3


def _leader(playing):
    return playing.cluster.image.topics["t"].partitions[0].leader


GROUP = {"group": "g", "topic": "t", "poll_ms": 100}


def test_a_crash_before_the_commit_hands_records_over_again():
    playing = attempt(start={"brokers": 3, "topics": [ONE], "groups": [GROUP]}, begin_ms=6_000)
    playing.play([Timed(0, burst(30))])
    playing.go(300)
    assert value(playing, {"group": "g", "delivered": 1}) == 30
    playing.command({"do": "crash_consumer", "consumer": "g-1"})
    playing.command({"do": "add_consumer", "group": "g"})
    playing.go(60_000)
    again = value(playing, {"group": "g", "delivered": 1}) - 30
    assert again == value(playing, {"group": "g", "repeated": 1}) > 0
    assert value(playing, {"group": "g", "processed": 1}) == 30
    assert value(playing, {"group": "g", "skipped": 0}) == 0
    crashed = value(playing, {"group": "g", "consumer": "g-1", "delivered": 1})
    assert crashed + value(playing, {"group": "g", "consumer": "g-2", "delivered": 1}) == 30 + again


def test_who_starts_at_the_end_has_skipped_what_was_there():
    playing = attempt(start={"brokers": 3, "topics": [ONE]}, begin_ms=1_000)
    playing.play([Timed(0, burst(12)), Timed(1_000, {"do": "add_group", **GROUP, "start_at": "latest"})])
    playing.go(8_000)
    assert value(playing, {"group": "g", "skipped": 0}) == 0, "none so far: it was handed no later one"
    playing.command(burst(3))
    playing.go(10_000)
    assert value(playing, {"group": "g", "delivered": 3}) == 3
    assert value(playing, {"group": "g", "skipped": 12}) == 12


def test_a_record_that_was_handed_over_and_cut_is_another_than_what_came_in_its_place():
    playing = attempt(start={"brokers": 3, "topics": [ONE], "groups": [GROUP]}, begin_ms=6_000)
    ledger = playing.referee.counting.ledger
    ledger.hand("g", "g-1", ("t", 0), 0, 3)
    ledger.done("g", ("t", 0), 0, [0, 1, 2])
    ledger.hand("g", "g-1", ("t", 0), 4, 2)
    ledger.done("g", ("t", 0), 4, [2, 3])
    assert value(playing, {"group": "g", "repeated": 0}) == 0 and value(playing, {"group": "g", "delivered": 5}) == 5


def test_a_key_is_in_as_many_partitions_as_hold_records_of_it():
    playing = attempt(start={"brokers": 3, "topics": [{"topic": "t", "partitions": 3, "replication": 3}]})
    for partition in (0, 2):
        playing.command({"do": "produce", "topic": "t", "key": "ana", "value": "1", "partition": partition})
    playing.command({"do": "produce", "topic": "t", "key": "bia", "value": "1", "partition": 1})
    playing.go(1_000)
    assert value(playing, {"topic": "t", "spread": {"key": "ana", "partitions": 2}}) == 2
    assert value(playing, {"topic": "t", "spread": {"key": "caio"}}) == 0
    playing.command({"do": "produce", "topic": "t", "key": "ana", "value": "2", "partition": 1})
    playing.go(2_000)
    assert value(playing, {"topic": "t", "spread": {"key": "ana"}}) == 3


def test_a_key_is_looked_for_in_portions(monkeypatch):
    monkeypatch.setattr(counting, "SPREAD_RECORDS_MAX", 10)
    playing = attempt(start={"brokers": 3, "topics": [ONE]})
    for _ in range(4):
        playing.command(burst(25, keys=["ana"]))
        playing.go(playing.ms + 200)
    asked = {"topic": "t", "spread": {"key": "ana"}}
    assert [value(playing, asked) for _ in range(4)] == [None, None, None, 1]


def test_a_key_of_a_compacted_topic_is_there_until_its_tombstone_is_gone():
    configs = {"cleanup.policy": "compact", "segment.ms": "1000", "min.cleanable.dirty.ratio": "0.01",
               "delete.retention.ms": "1000", "min.compaction.lag.ms": "0"}  # fmt: skip
    playing = attempt(start={"brokers": 3, "topics": [{**ONE, "configs": configs}]})
    asked = {"topic": "t", "spread": {"key": "ana"}}
    for command in (burst(3, keys=["ana"]), burst(3, keys=["bia"])):
        playing.command(command)
        playing.go(playing.ms + 2_000)
    assert value(playing, asked) == 1
    playing.command({"do": "produce", "topic": "t", "key": "ana"})
    playing.go(playing.ms + 400_000, lambda: (playing.command(burst(1, keys=["bia"])), value(playing, asked) == 0)[1])
    assert value(playing, asked) == 0


def test_producers_who_are_refused_are_counted_by_error():
    topic = {"topic": "t", "partitions": 1, "replication": 3, "min_insync_replicas": 3}
    playing = attempt(start={"brokers": 3, "topics": [topic]})
    playing.play([Timed(0, {"do": "crash_broker", "broker": 3}), Timed(5_000, burst(4))])
    playing.go(6_000)
    assert value(playing, {"refused": {"error": "NOT_ENOUGH_REPLICAS"}}) >= 4
    assert value(playing, {"refused": {"error": "CORRUPT_MESSAGE"}}) == 0
