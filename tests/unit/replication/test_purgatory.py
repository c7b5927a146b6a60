"""What waits is answered once: when it is ready, or when its patience ends."""

import copy
from dataclasses import dataclass

import pytest

from engine.machine import Wake
from engine.replication.purgatory import Operation, Purgatory

SECOND = 1_000_000_000


@dataclass(slots=True, eq=False)
class Fetch(Operation):
    offset: int = 0


class Tape:
    """A log end that only moves forward, and who waits for it: enough of a partition."""

    def __init__(self, *keys, limit=100, in_order=False):
        self.keys, self.end = keys or ("pedidos-0",), 0
        self.waiting = Purgatory("alarm", limit, in_order=in_order)
        self.asked = 0

    def fetch(self, offset, now=0, patience=SECOND):
        fetch = Fetch(self.keys, offset=offset)
        return fetch, self.waiting.wait(now, fetch, patience)

    def append(self):
        self.end += 1
        for key in self.keys:
            self.waiting.touch(key)

    def settle(self):
        return self.waiting.settle(self.ready)

    def ready(self, fetch):
        self.asked += 1
        return self.end >= fetch.offset


def test_it_answers_once_an_instant_however_often_it_was_touched():
    tape = Tape()
    fetch, _ = tape.fetch(2)
    for _ in range(3):
        tape.append()
    assert tape.settle() == [fetch]
    assert tape.settle() == []
    assert tape.asked == 1


def test_what_is_not_ready_goes_on_waiting():
    tape = Tape()
    fetch, _ = tape.fetch(2)
    tape.append()
    assert tape.settle() == []
    tape.append()
    assert tape.settle() == [fetch]


def test_what_nobody_waits_for_costs_nothing():
    tape = Tape()
    tape.append()
    assert tape.waiting.touched == {}
    assert tape.settle() == []


# --- patience -------------------------------------------------------------------------------------


def test_one_alarm_serves_all_who_are_equally_patient():
    tape = Tape()
    first, alarm = tape.fetch(1)
    assert alarm == Wake(SECOND, "alarm", SECOND)
    late, again = tape.fetch(1, now=10)
    assert again is None
    assert tape.waiting.ring(SECOND, SECOND) == ([first], Wake(SECOND + 10, "alarm", SECOND))
    assert tape.waiting.ring(SECOND + 10, SECOND) == ([late], None)


def test_other_patience_has_another_alarm():
    tape = Tape()
    quick, alarm = tape.fetch(1, patience=5)
    slow, other = tape.fetch(1, patience=SECOND)
    assert (alarm.at, other.at) == (5, SECOND)
    assert tape.waiting.ring(5, 5) == ([quick], None)
    assert not slow.done


def test_an_alarm_that_rings_for_nobody_is_set_for_the_next():
    tape = Tape()
    tape.fetch(1)
    tape.append()
    tape.settle()
    late, alarm = tape.fetch(2, now=10)
    assert alarm is None
    assert tape.waiting.ring(SECOND, SECOND) == ([], Wake(SECOND + 10, "alarm", SECOND))
    assert tape.waiting.ring(SECOND + 10, SECOND) == ([late], None)


def test_those_that_ended_do_not_pile_up_until_the_alarm_rings():
    tape = Tape()
    for end in range(1, 1_001):
        tape.fetch(end, patience=30 * SECOND)
        tape.append()
        tape.settle()
    assert [len(queue) for queue in tape.waiting._queues.values()] == [1]


def test_an_alarm_of_no_queue_is_nothing():
    assert Tape().waiting.ring(5, 5) == ([], None)


def test_patience_may_be_zero():
    tape = Tape()
    fetch, alarm = tape.fetch(1, now=7, patience=0)
    assert alarm.at == 7
    assert tape.waiting.ring(7, 0) == ([fetch], None)


# --- keys -----------------------------------------------------------------------------------------


def test_an_operation_on_two_keys_is_answered_once():
    tape = Tape("pedidos-0", "pedidos-1")
    fetch, _ = tape.fetch(1)
    tape.append()
    assert tape.settle() == [fetch]


def test_answers_come_in_the_order_in_which_keys_were_touched():
    waiting = Purgatory("alarm")
    for key in "abc":
        waiting.wait(0, Operation((key,)), SECOND)
    for key in "cab":
        waiting.touch(key)
    assert [o.keys for o in waiting.settle(lambda o: True)] == [("c",), ("a",), ("b",)]


def test_in_order_asking_stops_at_the_first_that_is_not_ready():
    tape = Tape(in_order=True)
    fetches = [tape.fetch(offset)[0] for offset in (1, 2, 3, 4)]
    tape.append()
    tape.append()
    assert tape.settle() == fetches[:2]
    assert tape.asked == 3


def test_who_watches_a_key_can_be_asked():
    tape = Tape()
    one, two = tape.fetch(1)[0], tape.fetch(2)[0]
    assert tape.waiting.watching("pedidos-0") == [one, two]
    assert tape.waiting.watching("nada") == []


# --- limits ---------------------------------------------------------------------------------------


def test_it_is_full_at_its_limit_and_counts_only_who_waits():
    tape = Tape(limit=1)
    tape.fetch(1)
    assert tape.waiting.full
    with pytest.raises(AssertionError, match="1 operations wait"):
        tape.fetch(1)
    tape.append()
    tape.settle()
    assert not tape.waiting.full
    tape.fetch(2)


def test_a_thousand_empty_polls_leave_nothing_behind():
    tape = Tape()
    for turn in range(1000):
        fetch, _ = tape.fetch(1, now=turn * SECOND)
        assert tape.waiting.ring((turn + 1) * SECOND, SECOND)[0] == [fetch]
    assert len(tape.waiting) == len(tape.waiting._watchers) == len(tape.waiting._queues) == 0


def test_a_thousand_answered_polls_leave_one_alarm_and_no_watcher():
    tape = Tape()
    for turn in range(1000):
        tape.fetch(turn + 1, now=turn)
        tape.append()
        tape.settle()
    assert len(tape.waiting) == len(tape.waiting._watchers) == 0
    assert tape.waiting.ring(SECOND, SECOND) == ([], None)
    assert tape.waiting._queues == {}


def test_nothing_ends_twice():
    tape = Tape()
    fetch, _ = tape.fetch(1)
    tape.waiting.end(fetch)
    with pytest.raises(AssertionError):
        tape.waiting.end(fetch)


def test_a_branch_goes_its_own_way():
    past = Tape()
    past.fetch(1)
    branch = copy.deepcopy(past)
    branch.append()
    assert len(branch.settle()) == 1
    assert past.settle() == []
    assert len(past.waiting) == 1
