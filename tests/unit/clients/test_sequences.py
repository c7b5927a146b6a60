"""Producer id, epoch and sequence numbers: what is numbered how, and how a gap is mended."""

from __future__ import annotations

from engine.clients.accumulator import ProducerBatch
from engine.clients.sequences import EPOCH_MAX, SEQUENCE_MAX, Sequences, advance
from engine.wire import errors
from engine.wire.records import Record

OUT_OF_ORDER, FORGOTTEN = errors.OUT_OF_ORDER_SEQUENCE_NUMBER, errors.UNKNOWN_PRODUCER_ID


def identified() -> Sequences:
    it = Sequences()
    it.identify(7, 0)
    return it


def batch(records: int = 1, partition: int = 0) -> ProducerBatch:
    return ProducerBatch("pedidos", partition, 0, [Record(0, 0, None, b"x")] * records)


def sent(it: Sequences, *sizes: int, partition: int = 0) -> list[ProducerBatch]:
    batches = [batch(size, partition) for size in sizes]
    for each in batches:
        it.number(each)
    return batches


def numbers(*batches: ProducerBatch) -> list[tuple[int, int]]:
    return [(each.producer_epoch, each.sequence) for each in batches]


def test_numbers_count_records_and_each_partition_has_its_own() -> None:
    it = identified()
    assert numbers(*sent(it, 3, 2, 1)) == [(0, 0), (0, 3), (0, 5)]
    assert numbers(*sent(it, 1, partition=1)) == [(0, 0)]


def test_numbers_wrap_to_zero() -> None:
    assert advance(SEQUENCE_MAX, 1) == 0 and advance(SEQUENCE_MAX - 1, 3) == 1


def test_a_batch_keeps_its_number() -> None:
    it = identified()
    (first,) = sent(it, 2)
    it.number(first)
    assert numbers(first) == [(0, 0)]


def test_what_is_sent_again_goes_in_order_and_one_at_a_time() -> None:
    it = identified()
    first, second = sent(it, 1, 1)
    assert it.may_send(first) and not it.may_send(second)
    it.acknowledged(first)
    assert it.may_send(second)


def test_a_batch_that_only_waits_for_an_earlier_one_asks_for_no_new_epoch() -> None:
    it = identified()
    _, second = sent(it, 1, 1)
    assert it.sends_again(second, OUT_OF_ORDER, 0)
    it.mend()
    assert it.producer_epoch == 0


def test_a_gap_before_the_first_is_mended_by_a_new_epoch() -> None:
    it = identified()
    first, second = sent(it, 2, 1)
    assert it.sends_again(first, OUT_OF_ORDER, 0)
    it.mend()
    assert numbers(first, second) == [(1, 0), (1, 2)]


def test_the_epoch_is_not_bumped_while_anything_is_on_the_wire() -> None:
    it = identified()
    first, second = sent(it, 1, 1)
    second.on_wire = True
    it.sends_again(first, OUT_OF_ORDER, 0)
    it.mend()
    assert it.producer_epoch == 0 and not it.may_send(first)
    second.on_wire = False
    it.mend()
    assert it.producer_epoch == 1 and it.may_send(first)


def test_a_producer_that_is_forgotten_starts_anew_once_the_leader_says_from_where() -> None:
    it = identified()
    (first,) = sent(it, 1)
    assert it.sends_again(first, FORGOTTEN, -1)
    it.mend()
    assert it.producer_epoch == 0
    assert it.sends_again(first, FORGOTTEN, 5)
    it.mend()
    assert numbers(first) == [(1, 0)]


def test_after_a_batch_was_given_up_nothing_new_is_sent_until_its_fate_is_known() -> None:
    it = identified()
    first, second = sent(it, 1, 1)
    it.given_up(first)
    assert it.may_send(second) and not it.may_send(batch())
    it.acknowledged(second)  # then the first must have been appended
    it.mend()
    assert it.may_send(batch()) and it.producer_epoch == 0


def test_a_batch_given_up_with_nothing_behind_it_costs_an_epoch() -> None:
    it = identified()
    (only,) = sent(it, 1)
    it.given_up(only)
    it.mend()
    following = batch()
    it.number(following)
    assert numbers(following) == [(1, 0)]


def test_a_gap_is_mended_even_if_other_partitions_have_moved_the_epoch_on() -> None:
    it = identified()
    first, second = sent(it, 1, 1)
    (other,) = sent(it, 1, partition=1)
    it.refused(other)
    it.mend()
    it.given_up(first)
    assert it.producer_epoch == 1 and numbers(second) == [(0, 1)]
    assert it.sends_again(second, OUT_OF_ORDER, 0)
    it.mend()
    assert numbers(second) == [(2, 0)]


def test_another_partition_takes_the_new_epoch_only_when_nothing_of_it_is_under_way() -> None:
    it = identified()
    (mine,) = sent(it, 1)
    (other,) = sent(it, 1, partition=1)
    it.refused(other)
    it.mend()
    assert not it.may_send(batch())
    it.acknowledged(mine)
    following = batch()
    assert it.may_send(following)
    it.number(following)
    assert numbers(following) == [(1, 0)]


def test_what_was_never_sent_leaves_no_gap() -> None:
    it = identified()
    it.given_up(batch())
    it.mend()
    assert it.producer_epoch == 0


def test_after_the_last_epoch_a_new_id_is_needed() -> None:
    it = Sequences()
    it.identify(7, EPOCH_MAX)
    (first,) = sent(it, 1)
    it.sends_again(first, OUT_OF_ORDER, 0)
    it.mend()
    assert it.producer_id == -1
    it.identify(8, 0)
    it.mend()
    assert (first.producer_id, first.sequence) == (8, 0)
