"""Exactly one order: time, then sequence."""

import pytest

from engine.world.agenda import Agenda
from engine.world.node import Node
from tests.unit.world.toys import Puppet


@pytest.fixture
def node():
    return Node("B1", 1, Puppet())


def taken(agenda):
    """All that is left, in order, as (time, message)."""
    order = []
    while agenda.fifo or agenda.heap:
        if not agenda.fifo:
            agenda.begin(agenda.heap[0][0])
        at, _, _, _, message, _, _ = agenda.fifo.popleft()
        order.append((at, message))
    return order


def test_earlier_comes_first_and_equal_times_keep_their_order(node):
    agenda = Agenda()
    for at, message in [(5, "a"), (3, "b"), (5, "c"), (3, "d"), (4, "e")]:
        agenda.push(at, node, 1, message, None, 0)
    assert taken(agenda) == [(3, "b"), (3, "d"), (4, "e"), (5, "a"), (5, "c")]


def test_what_is_put_down_for_now_comes_after_all_that_was_due_now(node):
    agenda = Agenda()
    for message in "ab":
        agenda.push(3, node, 1, message, None, 0)
    agenda.begin(3)
    agenda.push(3, node, 1, "c", None, 0)
    assert taken(agenda) == [(3, "a"), (3, "b"), (3, "c")]


def test_what_should_have_happened_in_the_past_happens_now(node):
    agenda = Agenda()
    agenda.begin(10)
    agenda.push(4, node, 1, "late", None, 0)
    assert taken(agenda) == [(10, "late")]


def test_messages_are_never_compared(node):
    agenda = Agenda()
    for _ in range(20):
        agenda.push(1, node, 1, object(), None, 0)  # an object has no order
    assert len(taken(agenda)) == 20


def test_an_instant_cannot_begin_before_the_last_is_over(node):
    agenda = Agenda()
    agenda.push(0, node, 1, "a", None, 0)
    with pytest.raises(AssertionError):
        agenda.begin(1)


def test_what_was_held_comes_back_before_what_is_still_to_come(node):
    agenda = Agenda()
    other = Node("B2", 2, Puppet())
    agenda.push(3, node, 1, "held", None, 0)
    agenda.push(9, other, 1, "other", None, 0)
    agenda.push(9, node, 1, "later", None, 0)
    agenda.begin(3)
    agenda.hold(agenda.fifo.popleft())
    agenda.begin(9)
    agenda.release(node)
    assert taken(agenda) == [(9, "held"), (9, "other"), (9, "later")]
    assert agenda.held == {}
