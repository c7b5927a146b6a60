"""Any moment of the past is brought back as it was, and the present does not notice."""

from __future__ import annotations

import asyncio
import gc
import weakref
from random import Random

import pytest

from engine.limits import HISTORY_SANDBOX_BYTES
from engine.live import history as histories
from engine.live import snapshots
from engine.live.history import Gone
from engine.live.journal import Position
from engine.live.snapshots import Budget
from engine.machine import MILLISECOND, SECOND
from engine.world.plain import difference, state_digest
from tests.unit.live.past_toys import SMALL, Live, lived

DISTANCE = 200  # a tenth of the real thing: a tenth of the time


@pytest.fixture(autouse=True)
def small_distances(monkeypatch):
    monkeypatch.setattr(histories, "DISTANCE_STEPS", DISTANCE)
    monkeypatch.setattr(snapshots, "SPARSE_STEPS", 10 * DISTANCE)


def same(one, other):
    assert difference(one, other) == "" and state_digest(one) == state_digest(other)
    assert one.world.digest() == other.world.digest()


@pytest.mark.parametrize("seed", range(3))
def test_the_past_at_a_step_is_what_a_replay_from_the_beginning_finds_there(seed):
    live, dice = lived(seed), Random(seed)
    first = live.history.horizon()[0]

    async def looked():
        for _ in range(6):
            step = dice.randint(first, live.world.steps)
            same((await live.history.past(step=step)).cluster, live.anew(step=step))

    asyncio.run(looked())
    assert live.history.taken > 1


def test_the_past_in_the_middle_of_an_instant_is_found_too():
    live = lived(7)
    instants = range(live.world.steps - 300, live.world.steps)

    async def looked():
        inside = 0
        for step in instants[::30]:
            past = await live.history.past(step=step)
            inside += past.world.in_instant
            same(past.cluster, live.anew(step=step))
        return inside

    assert asyncio.run(looked()) > 2


@pytest.mark.parametrize("seed", range(2))
def test_the_past_at_a_time_is_all_that_was_due_until_then(seed):
    live, dice = lived(seed), Random(seed)
    first = live.history.horizon()[1]

    async def looked():
        for _ in range(6):
            at = dice.randint(first, live.world.now)
            past = await live.history.past(at=at)
            assert past.now == at and not past.world.in_instant
            same(past.cluster, live.anew(at=at))

    asyncio.run(looked())


def test_a_time_before_an_input_shows_the_world_without_it_though_no_step_lies_between():
    live = Live()
    live.run(3000)
    while (due := live.world.next_time()) - live.world.now < 4 * MILLISECOND:
        live.run((due - live.world.now) // MILLISECOND + 1)
    before = live.world.steps, live.world.now
    live.run(2)
    live.do(do="crash_broker", broker=2)
    assert live.world.steps == before[0]

    async def looked():
        history = live.history
        assert not (await history.past(step=before[0])).cluster.alive(2)  # all that was done at that step
        assert (await history.past(*before)).cluster.alive(2)
        assert (await history.past(at=before[1])).cluster.alive(2)
        assert not (await history.past(at=live.world.now)).cluster.alive(2)

    asyncio.run(looked())


def test_the_present_moment_of_the_past_is_the_present():
    live = lived(3)
    live.world.finish_instant()
    past = asyncio.run(live.history.past(step=live.world.steps))
    same(past.cluster, live.cluster)
    assert past.cluster.state() | {"traffic": None} == live.cluster.state() | {"traffic": None}
    assert [t.number for t in past.world.told] == [t.number for t in live.world.told]


def test_what_has_not_come_yet_is_the_present():
    live = Live()
    live.run(2000)

    async def looked():
        assert (await live.history.past(step=10**9)).step == live.world.steps
        assert (await live.history.past(at=10**18)).now == live.world.now

    asyncio.run(looked())


def test_looking_changes_nothing():
    def end(looks):
        live = lived(5)
        if looks:
            dice = Random(1)

            async def looked():
                for _ in range(6):
                    await live.history.past(step=dice.randint(live.history.horizon()[0], live.world.steps))
                    await live.history.meaningful("back", live.world.steps)
                await live.history.branch(step=live.world.steps - 50)

            asyncio.run(looked())
        live.run(5000)
        live.world.finish_instant()
        return live.world.digest(), state_digest(live.cluster), live.world.event_number, len(live.paper.groups)

    assert end(looks=True) == end(looks=False)


def test_remembering_changes_nothing():
    live, other = lived(2), lived(2, budget=Budget(0))
    other.history.close()
    assert live.world.digest() == other.world.digest() and state_digest(live.cluster) == state_digest(other.cluster)


def test_a_look_made_while_the_present_goes_on_is_not_disturbed_by_it():
    live = Live()
    live.run(20_000)
    step = live.world.steps - 700
    expected = live.anew(step=step)

    async def looked():
        looking = asyncio.create_task(live.history.past(step=step))
        while not looking.done():
            live.run(200)
            await asyncio.sleep(0)
        return looking.result()

    live.history._clock = lambda: live.clock() * 10_000_000  # each piece of work is a slice
    past = asyncio.run(looked())
    assert live.world.steps > step + 700
    same(past.cluster, expected)


def test_who_goes_on_looking_goes_on_from_there():
    live = Live()
    live.run(30_000)
    at = live.history.shelf.snapshots[5].at + 500 * MILLISECOND

    async def looked():
        past = await live.history.past(at=at)
        again = await live.history.past(at=at + 500 * MILLISECOND)
        assert again is past
        same(again.cluster, live.anew(at=at + 500 * MILLISECOND))
        earlier = await live.history.past(at=at)
        assert earlier is not past
        same(earlier.cluster, live.anew(at=at))

    asyncio.run(looked())


def test_the_events_of_a_past_are_those_told_until_then():
    live = lived(4)
    told = list(live.world.told)
    in_the_middle = told[len(told) // 2]

    async def looked():
        past = await live.history.past(step=in_the_middle.step)
        return past.events(1000)

    events = asyncio.run(looked())
    assert [e["n"] for e in events] == [t.number for t in told if t.step <= in_the_middle.step]
    assert events[-1]["code"] == [t for t in told if t.step <= in_the_middle.step][-1].event.code


def test_traffic_of_the_past_is_made_again_though_nobody_looked():
    live = Live()
    live.run(10_000)
    assert not live.world.traced and not live.world.traffic
    past = asyncio.run(live.history.past(at=live.world.now - SECOND))
    codes = {told.event.code for told in past.world.traffic}
    assert {"appended", "replicated", "delivered"} <= codes
    assert past.state()["traffic"] and all(t["at_ms"] <= past.now / MILLISECOND for t in past.state()["traffic"])


def test_a_branch_belongs_to_whoever_asked_for_it_and_runs_on_as_the_original_did():
    live = Live()
    live.run(8_000)
    step, at = live.world.steps, live.world.now
    live.run(5_000)

    async def branched():
        await live.history.past(step=step)  # one that is kept
        branch = await live.history.branch(step=step)
        await live.history.past(step=step + 100)
        live.history.close()
        return branch

    branch = asyncio.run(branched())
    assert (branch.world.steps, branch.world.traced, list(branch.world.traffic)) == (step, False, [])
    branch.world.advance(at + 5 * SECOND)
    same(branch, live.cluster)


# --- meaningful events ----------------------------------------------------------------------------


def all_marks(live):
    """The meaningful moments, found in the simplest way: by looking after each single thing."""
    first = live.history.horizon()[0]
    cluster = live.anew(step=first)
    world = cluster.world
    world.traced = True
    groups = [g for g in live.paper.groups if g.inputs and g.step >= first]
    groups = groups[sum(g.step == first for g in groups) :]
    marks, seen = [], world.meaningful

    def note():
        nonlocal seen
        if world.meaningful != seen:
            marks.append((world.steps, world.now))
            seen = world.meaningful

    while world.steps < live.world.steps or groups:
        while groups and groups[0].step == world.steps:
            if not groups[0].held:
                world.settle()
                note()
            world.apply(groups.pop(0).inputs)
            note()
        world.settle()
        note()
        if world.steps < live.world.steps:
            world.run(1)
            note()
    return sorted(set(marks))


@pytest.mark.parametrize("seed", (1, 6))
def test_stepping_back_stops_at_each_meaningful_event_and_forward_at_the_same(seed):
    live = lived(seed, turns=25)
    live.world.finish_instant()
    expected = [mark for mark in all_marks(live) if mark[0] > live.history.horizon()[0]]
    assert len(expected) > 30

    async def walked():
        there, back = (live.world.steps + 1, 0), []
        while (there := await live.history.meaningful("back", *there)) is not None:
            back.append(there)
        forth, there = [], (live.history.horizon()[0], live.history.horizon()[1])
        while (there := await live.history.meaningful("forward", *there)) is not None:
            forth.append(there)
        return back[::-1], forth

    back, forth = asyncio.run(walked())
    assert back[-len(expected) :] == expected
    assert forth[-len(expected) :] == expected


def test_a_moment_found_by_stepping_is_the_one_in_which_it_has_just_happened():
    live = lived(6, turns=25)

    async def walked():
        there = live.world.steps, None
        for _ in range(12):
            there = await live.history.meaningful("back", *there)
            past = await live.history.past(*there)
            assert (past.step, past.now) == there
            told = [*past.world.told, *past.world.traffic]
            assert there in [(t.step, t.at) for t in told if t.event.meaningful]

    asyncio.run(walked())


def test_a_step_back_from_a_step_forward_leads_back():
    live, dice = lived(9), Random(9)

    async def walked():
        for _ in range(10):
            start = dice.randint(live.history.horizon()[0] + 200, live.world.steps - 200)
            here = await live.history.meaningful("back", start)
            there = await live.history.meaningful("forward", *here)
            assert here[0] < start <= there[0]
            assert await live.history.meaningful("back", *there) == here

    asyncio.run(walked())


def test_two_things_done_at_the_same_step_are_two_moments():
    live = Live()
    live.run(3000)
    for broker in (2, 3):
        live.do(do="crash_broker", broker=broker)
    step, now = live.world.steps, live.world.now
    assert [told.step for told in live.world.told if told.at >= now - 1][0] == step

    async def walked():
        last = await live.history.meaningful("back", step, now + 1)
        before = await live.history.meaningful("back", *last)
        assert (last, before) == ((step, now), (step, now - 1))
        assert await live.history.meaningful("forward", *before) == last
        for there, alive in ((before, True), (last, False)):
            past = await live.history.past(*there)
            assert (past.cluster.alive(2), past.cluster.alive(3)) == (False, alive)

    asyncio.run(walked())


def test_without_a_time_stepping_goes_to_another_step():
    live = Live()
    live.run(3000)
    live.do(do="crash_broker", broker=2)
    live.do(do="start_broker", broker=2)
    live.run(3000)

    async def walked():
        steps = [live.world.steps]
        while (there := await live.history.meaningful("back", steps[-1])) is not None:
            steps.append(there[0])
        return steps

    steps = asyncio.run(walked())
    assert len(set(steps)) == len(steps) > 20


def test_at_the_ends_of_history_there_is_nothing_more():
    live = Live()
    live.run(2_000)

    async def walked():
        assert await live.history.meaningful("back", live.history.horizon()[0]) is None
        assert await live.history.meaningful("forward", live.world.steps) is None

    asyncio.run(walked())


# --- what is remembered ---------------------------------------------------------------------------


def test_a_snapshot_is_taken_each_so_many_steps():
    live = Live()
    live.run(40_000)
    steps = [snapshot.step for snapshot in live.history.shelf.snapshots]
    assert len(steps) > 4
    assert all(DISTANCE <= b - a < DISTANCE + 200 for a, b in zip(steps, steps[1:], strict=False))


def test_snapshots_never_take_more_than_their_share_of_the_time():
    live = Live()
    now = 0

    def clock():
        nonlocal now
        now += 3 * MILLISECOND  # a look at the clock is all that takes time: each snapshot takes 3 ms
        return now

    live.history._clock = live.history._work = live.clock = clock
    live._turned = live.history.after_instant
    taken = live.history.taken
    began = now
    for _ in range(40):
        live.run(2_000)
        now += 40 * MILLISECOND
    assert live.history.taken >= taken + 2
    assert (live.history.spent_ns - 6 * MILLISECOND) * 50 <= now - began  # the last one's share is still to come


def test_a_snapshot_that_takes_long_enough_to_be_noticed_is_taken_so_much_more_rarely():
    def pause_after(ms):
        live = Live()
        live.history._clock, live.history._work = lambda: 10**12, iter([0, ms * MILLISECOND]).__next__
        live.history._untidy = False
        live.history._due, live.history._not_before = 0, 0
        live.history.after_instant()
        return (live.history._not_before - 10**12) // MILLISECOND

    assert [pause_after(ms) for ms in (2, 10, 200)] == [100, 500, 200_000]


def test_within_its_budget_history_gets_sparser_and_then_shorter():
    live = Live()
    live.history.shelf.most = 300_000
    first = live.history.horizon()
    sizes = []
    for _ in range(80):
        live.run(1_000)
        sizes.append(live.history.shelf.size)
    assert max(sizes) <= 300_000
    assert live.history.horizon() > first
    assert 3 < len(live.history.shelf.snapshots) < live.history.taken
    with pytest.raises(Gone):
        asyncio.run(live.history.past(step=first[0]))
    with pytest.raises(Gone):
        asyncio.run(live.history.past(at=first[1]))


def test_all_sandboxes_of_a_process_share_a_budget_and_who_holds_most_gives_first():
    budget = Budget(600_000)
    big, small = Live(budget=budget), Live(seed=2, budget=budget)
    small.run(10_000)
    kept = len(small.history.shelf.snapshots)
    for _ in range(60):
        big.run(1_000)
        assert budget.size <= 600_000
    assert big.history.taken > 10 and len(small.history.shelf.snapshots) == kept
    big.history.close()
    assert budget.size == small.history.shelf.size


def test_before_the_last_ten_minutes_snapshots_are_sparse(monkeypatch):
    monkeypatch.setattr(snapshots, "RECENT_NS", 60 * SECOND)
    live = Live()
    live.run(180_000)
    found = live.history.shelf.snapshots
    recent = [s for s in found if s.at >= live.world.now - 60 * SECOND]
    old = [s for s in found if s.at < live.world.now - 80 * SECOND]
    assert len(old) >= 2 and all(b.step - a.step >= 10 * DISTANCE for a, b in zip(old, old[1:], strict=False))
    assert all(b.step - a.step < DISTANCE + 200 for a, b in zip(recent, recent[1:], strict=False))
    assert live.history.shelf.size < HISTORY_SANDBOX_BYTES


class Beginning:
    """A base: the scenario itself."""

    def __init__(self, live=None):
        self.live, self.asked = live, 0

    def begins(self):
        return 0, 0

    def restore_at(self, step, at):
        self.asked += 1
        yield None
        yield self.live.anew(step=0) if step else None, Position(0, 0)


def test_what_lies_before_all_snapshots_is_executed_again_from_the_base():
    base = Beginning()
    live = Live(base=base)
    base.live = live
    live.history.shelf.most = 200_000
    live.run(60_000)
    assert live.history.horizon() == (0, 0)
    first = live.history.shelf.snapshots[0].step
    assert first > 1_000
    step = first - 50

    async def looked():
        same((await live.history.past(step=step)).cluster, live.anew(step=step))
        return await live.history.meaningful("back", step)

    assert asyncio.run(looked())[0] < step
    assert base.asked


def test_on_a_long_way_back_snapshots_are_left_behind_for_the_next_who_looks_there(monkeypatch):
    monkeypatch.setattr(histories, "WAYSTATION_STEPS", 100)
    base = Beginning()
    live = Live(base=base)
    base.live = live
    live.history.shelf.give()
    live.run(30_000)
    del live.history.shelf.snapshots[:4]
    live.history.shelf._old = 0
    step = live.history.shelf.snapshots[0].step - 100

    async def looked():
        await live.history.past(step=step)
        live.history._forget()
        asked = base.asked
        past = await live.history.past(step=step - 50)
        assert base.asked == asked == 1
        same(past.cluster, live.anew(step=step - 50))

    asyncio.run(looked())


def test_a_past_that_is_given_up_leaves_nothing_behind_though_nobody_collects_garbage():
    live = Live()
    live.run(10_000)

    async def looked():
        gone = []
        for seconds in range(1, 8):
            past = await live.history.past(at=live.world.now - seconds * SECOND)
            gone.append(weakref.ref(past.cluster))
            gone += [weakref.ref(node.machine) for node in past.world.nodes.values()]
        live.history.close()
        return gone

    gc.collect()
    gc.disable()
    try:
        left = [ref() for ref in asyncio.run(looked())]
    finally:
        gc.enable()
    assert not any(left)


def test_a_history_that_is_closed_ends_what_is_under_way():
    live = Live(SMALL)
    live.run(60_000)
    live.history._clock = lambda: live.clock() * 10_000_000

    async def looked():
        looking = asyncio.create_task(live.history.past(step=live.world.steps - 100))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        live.history.close()
        with pytest.raises(Gone):
            await looking

    asyncio.run(looked())
