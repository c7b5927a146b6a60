"""A frozen state is thawed as it was, as often as wanted, and the original never notices."""

from __future__ import annotations

import pytest

from engine.machine import Request
from engine.world.dice import Dice
from engine.world.plain import difference, state_digest
from engine.world.snapshots import Freezer, freeze, freezes, shared, thaw
from tests.unit.world.test_copies import busy_world, finish
from tests.unit.world.toys import MS, chat_world, connected, do, got, world_of


def test_a_thawed_world_has_the_same_state_and_runs_on_to_the_same_end():
    world = busy_world()
    frozen = freeze(world)
    assert (frozen.step, frozen.at) == (world.steps, world.now)
    other = thaw(frozen)
    assert difference(other, world) == "" and other.digest() == world.digest()
    end = finish(other)
    assert finish(thaw(frozen)) == end  # as often as wanted
    assert finish(world) == end
    assert finish(thaw(frozen)) == end  # whatever has become of the original


def test_a_world_that_is_frozen_at_every_step_is_the_same_as_one_that_never_was():
    often, never = busy_world(), busy_world()
    freezer = Freezer()
    for _ in range(40):
        freezer.freeze(often)
        often.step()
        never.step()
    assert state_digest(often) == state_digest(never)
    assert finish(often) == finish(never)


def test_each_of_many_snapshots_by_one_freezer_is_the_state_of_its_time():
    world = busy_world()
    freezer, taken = Freezer(), []
    for _ in range(30):
        taken.append((freezer.freeze(world), state_digest(world)))
        world.step()
    for frozen, digest in reversed(taken):
        assert state_digest(thaw(frozen)) == digest


def test_packed_it_is_smaller_and_the_same():
    world = busy_world()
    frozen = freeze(world)
    size = frozen.size
    frozen.pack()
    assert frozen.size < size * 0.7
    assert state_digest(thaw(frozen)) == state_digest(world)


def test_frames_and_views_are_kept_by_reference():
    world = world_of("a")
    client = world.accept("tcp:1", "a", "")
    world.finish_instant()
    frame = bytes(100_000)
    world.deliver_frame(client, frame)
    view = memoryview(frame)[5:]
    world.nodes["a"].machine.first = view
    frozen = freeze(world)
    assert frozen.size < 20_000
    other = thaw(frozen)
    other.finish_instant()
    assert [m.data is frame for _, m in other.nodes["a"].machine.got if hasattr(m, "data")] == [True]
    assert other.nodes["a"].machine.first is view


@shared
class Stone:
    def __init__(self):
        self.weight = 5


def test_what_is_declared_shared_is_the_same_object_in_all():
    stone = Stone()
    frozen = freeze({"one": stone, "other": [stone]})
    found = thaw(frozen)
    assert found["one"] is stone and found["other"][0] is stone


def test_output_and_observers_stay_with_the_original():
    world = busy_world()
    world.observer = object()
    world.outbox.append((1, [memoryview(b"x")]))
    world.connections.closed_outside.append(2)
    other = thaw(freeze(world))
    assert (other.outbox, other.closed_outside, other.observer) == ([], [], None)
    assert world.outbox and world.closed_outside == [2]


def test_the_story_told_is_kept_once_and_each_copy_goes_on_with_its_own():
    world = busy_world()
    world.traced = True
    told = list(world.told)
    frozen = freeze(world)
    world.advance(world.now + 100 * MS)
    assert len(world.told) > len(told)
    other = thaw(frozen)
    assert list(other.told) == told and other.told[0] is told[0] and other.told.maxlen == world.told.maxlen
    assert not other.traffic and other.traffic.maxlen == world.traffic.maxlen
    other.advance(world.now)
    assert list(other.told) == list(world.told)


def test_what_the_original_has_forgotten_of_the_story_is_gone_in_older_snapshots_too():
    world = busy_world()
    frozen, last = freeze(world), world.event_number
    while world.told[0].number < 3:
        world.told.popleft()
    assert [told.number for told in thaw(frozen).told] == list(range(3, last + 1))


@pytest.mark.parametrize("draws", [0, 1, 100, 623, 624, 2000])
def test_a_stream_goes_on_with_the_same_numbers(draws):
    dice = Dice(1, "network")
    for _ in range(draws):
        dice.below(1000)
    dice.unit()
    other = thaw(freeze(dice))
    assert state_digest(other) == state_digest(dice)
    follow = [dice.exponential(1000) for _ in range(700)]
    assert [other.exponential(1000) for _ in range(700)] == follow
    assert other.chance(0.5) == dice.chance(0.5)


@pytest.mark.parametrize("use, given", [("unit", ()), ("chance", (0.5,)), ("below", (9,)), ("exponential", (9,))])
def test_a_stream_that_was_used_since_the_last_snapshot_is_frozen_as_it_is_then(use, given):
    dice = Dice(1, "network")
    freezer = Freezer()
    before = freezer.freeze(dice)
    getattr(dice, use)(*given)
    after = freezer.freeze(dice)
    assert thaw(before).unit() != thaw(after).unit() == dice.unit()


def test_the_state_of_a_stream_that_was_not_used_up_is_there_once():
    world = chat_world(seed=1)
    world.dice("network").below(7)  # the first draw changes all
    freezer = Freezer()
    first = freezer.freeze(world)
    for dice in world._dice.values():
        dice.below(7)
    one, other = (thaw(f) for f in (first, freezer.freeze(world)))
    names = list(world._dice)
    assert names and all(one.dice(name)._words is other.dice(name)._words for name in names)
    assert first.size < 2500 * len(names)


@freezes
class Log:
    def __init__(self):
        self.things = list(range(100_000))

    def __freeze__(self, freezer):
        return list, (freezer.prefix(self.things, lambda things: 2, 8 * len(self.things)),)


def test_a_list_to_which_only_is_appended_costs_nothing_and_stays_as_it_was():
    log, freezer = Log(), Freezer()
    first = freezer.freeze(log)
    log.things[-2:] = ["joined"]
    second = freezer.freeze(log)
    log.things += ["more", "and more"]
    third = freezer.freeze(log)
    assert freezer.freeze(log)._kept[1] is third._kept[1]  # unchanged: not even the tail is copied
    assert max(first.size, second.size, third.size) < 1_000
    assert first.lists == [(log.things, 800_000)]
    assert thaw(first) == list(range(100_000))
    assert thaw(second) == [*range(99_998), "joined"]
    assert thaw(third) == log.things and thaw(third) is not log.things


def test_messages_that_wait_behind_cut_links_are_not_too_deep():
    world = chat_world(seed=1, nodes=60)
    world.advance(80 * MS)
    for number in range(60):
        for other in range(60):
            world.links.cut(f"n{number}", f"n{other}")
    world.advance(100 * MS)
    assert sum(len(link.stalled) for link in world.links._links.values()) > 100
    assert state_digest(thaw(freeze(world))) == state_digest(world)


def test_messages_under_way_arrive_in_the_copy():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    do(world, "a", Request(connection, 1, [memoryview(b"records")]))
    other = thaw(freeze(world))
    other.advance(other.now + 2 * MS)
    assert [bytes(request.body[0]) for request in got(other, "b", Request)] == [b"records"]
