"""A copy of a World is the same World, and goes its own way."""

import copy
import pickle

import pytest

from engine.machine import Request
from engine.world.plain import state_digest
from tests.unit.world.toys import MS, chat_world, connected, do, got, new_chatter, world_of


def pickled(world):
    return pickle.loads(pickle.dumps(world))


def busy_world():
    """In the middle of an instant, with all that can be under way."""
    world = chat_world(seed=11)
    client = world.accept("tcp:1", "n3", "")
    world.advance(30 * MS)
    world.links.cut("n0", "n1")
    world.links.set_latency("n1", "n2", 2 * MS, jitter_ns=MS)
    world.pause_node("n2", 60 * MS)
    world.nodes["n1"].skew_ns = 12345
    world.crash_node("n0")
    world.start_node("n0", new_chatter(world, "n0", ["n1", "n2", "n3"]))
    world.advance(50 * MS)
    world.deliver_frame(client, b"frame")
    world.deliver_frame(client, b"frame")
    world.step()
    assert world.in_instant and world.agenda.held and any(link.stalled for link in world.links._links.values())
    return world


def finish(world):
    world.links.heal()
    world.advance(150 * MS)
    return world.digest(), world.steps, world.event_number, state_digest(world)


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_a_copy_in_mid_run_has_the_same_state_and_runs_on_to_the_same_end(copied):
    world = busy_world()
    other = copied(world)
    assert state_digest(other) == state_digest(world)
    assert other.digest() == world.digest()
    end = finish(other)
    assert state_digest(other) != state_digest(world)  # the original stood still meanwhile
    assert finish(world) == end


def test_output_and_observers_stay_with_the_original():
    world = busy_world()
    world.observer = object()
    world.outbox.append((1, [memoryview(b"x")]))
    world.connections.closed_outside.append(2)
    for other in (copy.deepcopy(world),):
        assert (other.outbox, other.closed_outside, other.observer) == ([], [], None)
    assert world.outbox and world.closed_outside == [2]


def test_a_copy_tells_on_from_the_same_number_on_its_own():
    world = busy_world()
    other = copy.deepcopy(world)
    assert list(other.told) == list(world.told)
    assert other.told.maxlen == world.told.maxlen
    finish(other)
    assert len(other.told) > len(world.told)


def test_messages_under_way_are_shared_for_nobody_changes_them():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    body = [memoryview(b"records")]
    do(world, "a", Request(connection, 1, body))
    world.links.cut("a", "b")
    do(world, "a", Request(connection, 2, body))
    other = copy.deepcopy(world)
    assert state_digest(other) == state_digest(world)  # though "a", who keeps what it sent, has a copy of its own
    other.links.heal()
    other.advance(other.now + 2 * MS)
    assert [request.body is body for request in got(other, "b", Request)] == [True, True]


def test_a_world_of_many_nodes_is_not_too_deep_to_copy():
    world = chat_world(seed=1, nodes=60)
    world.advance(80 * MS)
    assert len(world.connections.by_id) > 100
    for other in (copy.deepcopy(world), pickled(world)):
        assert state_digest(other) == state_digest(world)
