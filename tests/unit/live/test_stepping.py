"""A step: to the next meaningful event; clients and the World take turns."""

import pytest

from engine.events import BrokerAdded, Paused
from engine.live.stepping import CROWDED_NS, QUIET_NS, Stepper
from engine.machine import Order, Tell, Wake
from engine.world.loop import FOREVER
from engine.world.world import World

SECOND = 1_000_000_000


class Ticker:
    """Tells something each ``every`` nanoseconds: meaningful or not."""

    def __init__(self, every, event):
        self.traced = False
        self.every, self.event = every, event

    def start(self, now):
        return [Wake(now + self.every, "tick")]

    def handle(self, now, message):
        if message.__class__ is Order:
            return [Tell(BrokerAdded(9))] if message.command == "tell" else ()
        return [Tell(self.event), Wake(now + self.every, "tick")]

    def settle(self, now):
        return ()


class Parked:
    """A reception with a number of things parked; letting one in orders the node to tell, or not."""

    def __init__(self, world, *what):
        self.world, self.what = world, list(what)
        self.parking = self

    @property
    def waiting(self):
        return len(self.what)

    def admit_one(self):
        if not self.what:
            return False
        self.world.order("n", self.what.pop(0))
        return True


def stepping(every, event, *parked, bound=(FOREVER, "")):
    world = World(1)
    world.add_node("n", Ticker(every, event))
    world.finish_instant()
    reception = Parked(world, *parked)
    return Stepper(world, reception, lambda: bound), world, reception


def test_it_stops_at_the_next_meaningful_event():
    stepper, world, _ = stepping(SECOND, BrokerAdded(1))
    for number in (1, 2, 3):
        assert stepper.step()
        assert (world.event_number, world.now) == (number, number * SECOND)


def test_what_is_not_meaningful_is_passed_over_for_a_while():
    stepper, world, _ = stepping(SECOND, Paused())
    assert not stepper.step()
    assert world.now == QUIET_NS


def test_what_is_parked_is_let_in_one_a_step_with_the_worlds_turn_in_between():
    stepper, world, parked = stepping(SECOND, BrokerAdded(1), "tell", "tell")
    assert stepper.step()
    assert (parked.waiting, world.event_number, world.now) == (1, 1, 0)
    assert stepper.step(), "the World's turn: nothing within the time that the crowd allows, so the next is let in"
    assert (parked.waiting, world.event_number) == (0, 2)
    assert world.now <= CROWDED_NS
    assert stepper.step()
    assert world.now == SECOND


@pytest.mark.parametrize("what", ["tell", "nothing"])
def test_letting_one_in_is_a_step_whatever_comes_of_it(what):
    stepper, world, parked = stepping(SECOND, BrokerAdded(1), what)
    assert stepper.step()
    assert (parked.waiting, world.now) == (0, 0)


def test_traffic_counts_while_stepping():
    stepper, world, _ = stepping(SECOND, BrokerAdded(1))
    stepper.step()
    assert world.traced


def test_no_step_goes_beyond_the_end_of_a_real_members_session():
    stepper, world, parked = stepping(SECOND, BrokerAdded(1), bound=(int(2.5 * SECOND), "leitora"))
    assert [stepper.step() for _ in range(3)] == [True, True, False]
    assert (world.now, stepper.waits_for) == (2 * SECOND, "leitora")
    parked.what.append("tell")
    assert stepper.step(), "what it has sent meanwhile is let in all the same"
    assert world.now < 2.5 * SECOND


def test_a_quiet_minute_is_nobodys_fault():
    stepper, world, _ = stepping(SECOND, Paused(), bound=(QUIET_NS + SECOND, "leitora"))
    assert not stepper.step()
    assert stepper.waits_for == ""
