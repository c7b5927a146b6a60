"""Idempotent producers: what is taken, refused, or known already, as ProducerAppendInfo decides."""

from __future__ import annotations

import copy

import pytest

from engine.storage.errors import InvalidProducerEpoch, OutOfOrderSequence
from engine.storage.log import Log
from engine.wire import errors
from tests.unit.storage.making import a_batch, a_log, sent, summary


def log_with(*sequences: int, producer: int = 7, epoch: int = 0) -> Log:
    log = a_log()
    for sequence in sequences:
        produce(log, producer, epoch, sequence)
    return log


def produce(log: Log, producer: int, epoch: int, sequence: int, count: int = 1) -> tuple[int, int]:
    """What a leader does. Returns the offsets in the answer."""
    batch = sent(producer, epoch, sequence, count)
    again = log.check_producer(batch)
    return again or log.append_as_leader([batch], 0)


def test_records_without_a_producer_id_are_always_taken():
    log = log_with()
    assert log.check_producer(a_batch()) is None
    log.append_as_leader([a_batch()], 0)
    assert log.producers.entries == {}


def test_a_sequence_must_go_on_without_a_gap():
    log = log_with(0, 1, 2)
    with pytest.raises(OutOfOrderSequence) as refused:
        produce(log, 7, 0, 4)
    assert refused.value.error == errors.OUT_OF_ORDER_SEQUENCE_NUMBER
    assert produce(log, 7, 0, 3) == (3, 3)


def test_each_of_the_last_five_batches_sent_again_is_answered_with_its_offsets():
    log = log_with(*range(7))
    assert [produce(log, 7, 0, sequence) for sequence in range(2, 7)] == [(i, i) for i in range(2, 7)]
    assert log.log_end == 7
    with pytest.raises(OutOfOrderSequence):
        produce(log, 7, 0, 1)


def test_the_same_first_sequence_with_another_count_is_no_duplicate():
    log = a_log()
    produce(log, 7, 0, 0, count=3)
    assert produce(log, 7, 0, 0, count=3) == (0, 2)
    with pytest.raises(OutOfOrderSequence):
        produce(log, 7, 0, 0, count=2)


def test_of_a_producer_that_left_no_trace_any_sequence_is_taken():
    assert produce(log_with(), 7, 3, 1234) == (0, 0)


def test_a_new_epoch_begins_at_0_and_fences_the_old():
    log = log_with(0, 1)
    with pytest.raises(OutOfOrderSequence):
        produce(log, 7, 1, 2)
    assert produce(log, 7, 1, 0) == (2, 2)
    with pytest.raises(InvalidProducerEpoch) as refused:
        produce(log, 7, 0, 2)
    assert refused.value.error == errors.INVALID_PRODUCER_EPOCH
    assert log.producers.entries[7].marks == [(0, 0, 2, 2)]


def test_after_the_last_sequence_number_comes_0():
    log = log_with(2**31 - 1)
    assert produce(log, 7, 0, 0) == (1, 1)
    log = log_with(2**31 - 2)
    assert produce(log, 7, 0, 2**31 - 1, count=3) == (1, 3)
    assert produce(log, 7, 0, 2) == (4, 4)


def test_producers_do_not_mind_each_other():
    log = log_with(0, 1)
    assert produce(log, 8, 5, 0) == (2, 2)
    assert produce(log, 7, 0, 2) == (3, 3)


def test_a_control_batch_has_an_epoch_but_no_place_in_the_sequence():
    log = log_with(0)
    log.append_as_leader([a_batch(producer=7, epoch=0, control=True)], 0)
    assert produce(log, 7, 0, 1) == (2, 2)
    log.append_as_leader([a_batch(producer=7, epoch=1, control=True)], 0)
    with pytest.raises(InvalidProducerEpoch):
        produce(log, 7, 0, 2)
    assert produce(log, 7, 1, 0) == (4, 4)


def test_a_follower_knows_what_its_leader_knew_and_judges_nothing():
    leader, follower = log_with(0, 1, 2), a_log()
    follower.append_as_follower(leader.read(0, 1 << 20, 3))
    follower.append_as_follower([sent(7, 0, 90).placed(3, 0)])
    assert follower.check_producer(sent(7, 0, 90)) == (3, 3)
    assert follower.check_producer(sent(7, 0, 91)) is None


@pytest.mark.parametrize("keep", range(14))
def test_truncation_brings_back_what_was_known_before(keep):
    def writes(log: Log, count: int) -> Log:
        history = [
            (7, 0, 0), (7, 0, 1), (8, 0, 0), (7, 0, 2), (7, 0, 3), (7, 0, 4), (7, 0, 5), (7, 0, 6), (8, 1, 0),
            (9, 0, 0), (7, 1, 0), (8, 1, 1), (9, 0, 1), (7, 1, 1),
        ]  # fmt: skip
        for producer, epoch, sequence in history[:count]:
            produce(log, producer, epoch, sequence)
        return log

    log = writes(a_log(), 14)
    log.truncate_to(keep)
    assert summary(log) == summary(writes(a_log(), keep))


def test_truncation_looks_no_further_back_than_it_must():
    log = a_log()
    produce(log, 7, 0, 0)
    for sequence in range(100):
        produce(log, 8, 0, sequence)
    produce(log, 9, 0, 0)
    looked_at = []
    log.producers.truncate(
        [sent(8, 0, 99).placed(100, 0)], 100, (looked_at.append(b) or b for b in list(log.batches(0, 100))[::-1])
    )
    assert len(looked_at) == 5


def test_a_copy_goes_its_own_way():
    log = log_with(0)
    branch = copy.deepcopy(log)
    produce(branch, 7, 0, 1)
    assert log.check_producer(sent(7, 0, 1)) is None
    assert branch.check_producer(sent(7, 0, 1)) == (1, 1)


def test_producers_not_heard_of_for_long_are_forgotten():
    log = log_with(0)
    produce(log, 8, 0, 0)
    log.producers.entries[8].timestamp += 1_000
    time = log.producers.entries[7].timestamp
    assert log.expire_producers(time + 500, 500) == []
    assert log.expire_producers(time + 501, 500) == [7]
    assert log.check_producer(sent(7, 3, 99)) is None
    assert list(log.producers.entries) == [8]
