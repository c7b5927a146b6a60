"""ListOffsets and OffsetForLeaderEpoch: questions about a partition's offsets."""

import pytest

from engine.wire import errors
from engine.wire import messages as m
from engine.wire.batch import CRC_START, HEADER_BYTES
from tests.unit.broker.bench import Bench, T, batch


@pytest.fixture
def bench():
    """Offsets 0 to 3, of which 0 to 2 are committed; stamped 100, 200, 300, 250 ms."""
    bench = Bench()
    bench.topic()
    for stamp in (100, 200, 300, 250):
        bench.produce("x", acks=1, stamp=stamp)
    bench.followed(3)
    return bench


def ask(bench, timestamp, *, epoch=-1, topic=T, replica=-1):
    part = m.ListOffsetsPart(topic, 0, timestamp, epoch)
    return bench.ask(m.ListOffsetsRequest([part], replica)).part


def test_the_latest_offset_is_the_high_watermark(bench):
    part = ask(bench, m.LATEST)
    assert (part.error, part.offset, part.leader_epoch) == (0, 3, 0)


def test_a_follower_is_told_the_log_end(bench):
    assert ask(bench, m.LATEST, replica=2).offset == 4


def test_the_earliest_offset_is_the_start_of_the_log(bench):
    assert ask(bench, m.EARLIEST).offset == 0


def test_the_earliest_offset_has_the_epoch_it_was_written_in_whoever_leads_now(bench):
    """As in Kafka (UnifiedLog.fetchOffsetByTimestamp): the answer stays the same when leaders change."""
    before = ask(bench, m.EARLIEST)
    bench.decide(leader_epoch=4)
    after = ask(bench, m.EARLIEST)
    assert (before.offset, before.leader_epoch) == (after.offset, after.leader_epoch) == (0, 0)


def test_a_time_is_answered_with_the_first_record_from_then_on(bench):
    part = ask(bench, 150)
    assert (part.offset, part.timestamp, part.leader_epoch) == (1, 200, 0)


def test_after_the_last_record_there_is_none(bench):
    part = ask(bench, 301)
    assert (part.error, part.offset, part.timestamp) == (0, -1, -1)


def test_what_is_not_committed_is_not_found_by_time():
    bench = Bench()
    bench.topic()
    bench.produce("x", acks=1, stamp=100)
    assert ask(bench, 50).offset == -1
    assert ask(bench, 50, replica=2).offset == 0


def test_the_largest_timestamp_is_found(bench):
    """KIP-734: not the last record, and not the first."""
    part = ask(bench, m.MAX_TIMESTAMP)
    assert (part.offset, part.timestamp) == (2, 300)


def test_of_an_empty_log_there_is_no_largest_timestamp():
    bench = Bench()
    bench.topic()
    part = ask(bench, m.MAX_TIMESTAMP)
    assert (part.error, part.offset) == (0, -1)


@pytest.mark.parametrize("timestamp", [-4, -5])
def test_tiered_storage_is_not_spoken(bench, timestamp):
    assert ask(bench, timestamp).error == errors.UNSUPPORTED_VERSION


def test_of_other_epochs_leaders_and_topics_it_does_not_speak(bench):
    bench.decide(leader_epoch=5)
    assert ask(bench, m.LATEST, epoch=4).error == errors.FENCED_LEADER_EPOCH
    assert ask(bench, m.LATEST, epoch=6).error == errors.UNKNOWN_LEADER_EPOCH
    bench.decide(leader=2)
    assert ask(bench, m.LATEST).error == errors.NOT_LEADER_OR_FOLLOWER
    assert ask(bench, m.LATEST, topic="nada").error == errors.UNKNOWN_TOPIC_OR_PARTITION


# --- KIP-207 --------------------------------------------------------------------------------------


def new_leader(bench):
    """B1 leads again in epoch 1, from offset 4 on; it was last told the high watermark 3."""
    bench.decide(leader_epoch=1)
    assert (bench.partition().high_watermark, bench.partition().leader.start) == (3, 4)


def test_a_new_leader_whose_high_watermark_may_be_behind_asks_for_patience(bench):
    new_leader(bench)
    assert ask(bench, m.LATEST).error == errors.OFFSET_NOT_AVAILABLE
    assert ask(bench, 1_000).error == errors.OFFSET_NOT_AVAILABLE
    bench.followed(4, epoch=1)
    assert ask(bench, m.LATEST).offset == 4


def test_it_still_answers_what_cannot_go_back(bench):
    new_leader(bench)
    assert ask(bench, m.EARLIEST).offset == 0
    assert ask(bench, 150).offset == 1
    assert ask(bench, m.LATEST, replica=2).offset == 4


# --- what nobody can read -------------------------------------------------------------------------


def test_a_batch_that_does_not_hold_what_its_header_says_is_an_error_not_an_end():
    """Its CRC is right, so the broker took it: it does not look inside what it stores."""
    import crc32c

    bench = Bench()
    bench.topic(replicas=(1,))
    data = bytearray(batch("a", stamp=100).to_bytes())
    data[HEADER_BYTES:] = b"\xff" * (len(data) - HEADER_BYTES)
    data[CRC_START - 4 : CRC_START] = crc32c.crc32c(bytes(data[CRC_START:])).to_bytes(4, "big")
    part = m.ProducePart(T, 0, bytes(data))
    assert bench.ask(m.ProduceRequest(1, 1_000, [part])).part.error == 0
    assert ask(bench, 50).error == errors.CORRUPT_MESSAGE


# --- OffsetForLeaderEpoch -------------------------------------------------------------------------


def ends(bench, epoch, current=-1, topic=T):
    part = m.EpochPart(topic, 0, epoch, current)
    return bench.ask(m.OffsetForLeaderEpochRequest([part])).part


def test_the_end_of_an_epoch_is_where_the_next_began(bench):
    bench.decide(leader_epoch=3)
    bench.produce("y", acks=1)
    assert (ends(bench, 0).leader_epoch, ends(bench, 0).end_offset) == (0, 4)
    assert (ends(bench, 2).leader_epoch, ends(bench, 2).end_offset) == (0, 4)
    assert (ends(bench, 3).leader_epoch, ends(bench, 3).end_offset) == (3, 5)


def test_an_epoch_yet_to_come_is_undefined(bench):
    assert (ends(bench, 9).leader_epoch, ends(bench, 9).end_offset) == (-1, -1)


def test_the_asker_must_know_the_present_epoch_if_it_names_one(bench):
    bench.decide(leader_epoch=3)
    assert ends(bench, 0, current=2).error == errors.FENCED_LEADER_EPOCH
    assert ends(bench, 0, current=4).error == errors.UNKNOWN_LEADER_EPOCH
    bench.decide(leader=2)
    assert ends(bench, 0).error == errors.NOT_LEADER_OR_FOLLOWER
    assert ends(bench, 0, topic="nada").error == errors.UNKNOWN_TOPIC_OR_PARTITION
