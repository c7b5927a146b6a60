"""Whatever happens to a World of chatters: replayed from its inputs, or copied on the way, it is the same run."""

import copy
import pickle

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.world.inputs import ACCEPT, CALENDAR, CLOSE, COMMAND, FRAME, RESTART
from engine.world.plain import state_digest
from engine.world.replay import replay
from engine.world.world import World
from tests.unit.world.toys import MS, Chatter, new_chatter

NAMES = ["n0", "n1", "n2"]


class Faults:
    """A director whose commands are faults: (name, *arguments)."""

    def apply(self, world, given):
        if given.source != COMMAND:
            return None
        what, *rest = given.payload
        return getattr(self, what)(world, *rest)

    def crash(self, world, name):
        world.crash_node(name)

    def stop(self, world, name):
        world.stop_node(name)

    def start(self, world, name):
        if not world.nodes[name].alive:
            world.start_node(name, new_chatter(world, name, NAMES))

    def pause(self, world, name, ms):
        world.pause_node(name, world.now + ms * MS)

    def cut(self, world, source, target):
        world.links.cut(source, target)

    def heal(self, world):
        world.links.heal()

    def slow(self, world, source, target, ms):
        world.links.set_latency(source, target, ms * MS, jitter_ns=ms * MS // 2)

    def reset(self, world, connection):
        world.reset_connection(connection)

    def skew(self, world, name, ms, ppm):
        world.nodes[name].skew_ns = ms * MS
        world.nodes[name].set_rate(world.now, ppm)


def base(seed):
    world = World(seed, link_ns=MS, director=Faults())
    for name in NAMES:
        world.add_node(name, Chatter(name, [*NAMES, "nobody"], world.dice(f"chatter/{name}"), 1))
    return world


name = st.sampled_from(NAMES)
connection = st.integers(1, 12)
ms = st.integers(0, 20)
fault = st.one_of(
    st.tuples(st.just("crash"), name),
    st.tuples(st.just("stop"), name),
    st.tuples(st.just("start"), name),
    st.tuples(st.just("pause"), name, ms),
    st.tuples(st.just("cut"), name, name),
    st.tuples(st.just("heal")),
    st.tuples(st.just("slow"), name, name, ms),
    st.tuples(st.just("reset"), connection),
    st.tuples(st.just("skew"), name, ms, st.integers(-500_000, 500_000)),
)
something = st.one_of(
    st.tuples(st.just(COMMAND), fault),
    st.tuples(st.just(ACCEPT), st.tuples(st.just("tcp:1"), name, st.just(""))),
    st.tuples(st.just(FRAME), st.tuples(connection, st.binary(max_size=5))),
    st.tuples(st.just(CLOSE), connection),
    st.tuples(st.just(CALENDAR), st.integers(0, 100)),
    st.tuples(st.just(RESTART), st.just({})),
)
group = st.lists(something, min_size=1, max_size=3)
# How long until the next group: so many milliseconds in the flow, or so many single steps while paused.
turn = st.tuples(st.one_of(st.tuples(st.just("flow"), ms), st.tuples(st.just("steps"), st.integers(0, 9))), group)
story = st.lists(turn, min_size=1, max_size=12)


def live(world, turns, look):
    """Play a story; returns its journal. look: the turn before which somebody looks, copies, and asks around."""
    journal = []
    for number, ((how, much), inputs) in enumerate(turns):
        if number == look:
            world.traced = not world.traced
            world.digest()
            copy.deepcopy(world).advance(world.now + 5 * MS)
        at = world.now
        if how == "flow":
            at += 1 + much * MS
            world.advance(at)
        else:
            for _ in range(much):
                world.step()
            at = world.now
        given, _ = world.admit(at, [("somebody", source, payload) for source, payload in inputs])
        journal += given
        if how == "flow":
            world.finish_instant()
    return journal


def end(world, at):
    world.links.heal()
    world.advance(at)
    return world.digest(), world.steps, world.event_number, world.outbox, state_digest(world)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 3), turns=story, look=st.integers(0, 12))
def test_any_story_replays_copies_and_bears_looking_at(seed, turns, look):
    world = base(seed)
    journal = live(world, turns, look)

    again = base(seed)
    replay(again, pickle.loads(pickle.dumps(journal)))
    world.finish_instant()
    again.finish_instant()
    assert (again.steps, again.now, again.digest()) == (world.steps, world.now, world.digest())

    world.drain(), again.drain()
    other = copy.deepcopy(world)
    at = world.now + 30 * MS
    ended = end(world, at)
    assert end(other, at) == ended
    assert end(again, at) == ended


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 3), turns=story)
def test_whatever_ends_leaves_nothing_behind(seed, turns):
    world = base(seed)
    live(world, turns, look=-1)
    world.links.heal()
    for node in NAMES:
        world.crash_node(node)
    while world.step():
        pass
    assert world.connections.by_id == {}
    assert world.agenda.held == {} and len(world.agenda) == 0
    assert all(not node.connections for node in world.nodes.values())
