"""The recorder of agenda entries: who sent what to whom, and what led to it. It must never be felt."""

import copy
import json

import pytest

from engine.machine import Alarm, Order, Request, Response, Wake
from engine.world.trace import TEXT_MAX, Trace, readable
from engine.world.world import World
from tests.unit.clients.test_small_world import small_world
from tests.unit.world.toys import MS, Puppet, chat_world, connected, do, world_of


def traced(world: World, most: int = 10_000) -> Trace:
    trace = world.observer = Trace(most)
    return trace


def test_an_entry_says_who_sent_what_to_whom_and_when():
    world = world_of("a", "b")
    world.links.set_default(3 * MS)
    connection = connected(world, "a", "b")
    trace = traced(world)
    began = world.now
    do(world, "a", Request(connection, 7, "hello", "me"))
    world.advance(world.now + 10 * MS)
    request = next(entry for entry in trace.entries if entry.kind == "request")
    assert (request.source, request.node, request.correlation) == ("a", "b", 7)
    assert (request.sent, request.at) == (began, began + 3 * MS)
    order = trace.get(request.cause)
    assert order is not None and (order.kind, order.source, order.node, order.cause) == ("order", "", "a", 0)


def test_an_answer_goes_back_by_the_same_number_and_names_the_question_as_its_cause():
    world = world_of("a", "b")
    world.links.set_default(MS)
    connection = connected(world, "a", "b")
    trace = traced(world)
    do(world, "a", Request(connection, 1, "hello"))
    world.advance(world.now + 10 * MS)
    request, response = (entry for entry in trace.entries if entry.kind in ("request", "response"))
    assert (response.source, response.node) == ("b", "a")
    assert (response.connection, response.correlation) == (request.connection, request.correlation)
    assert response.cause == request.sequence and response.sent == request.at
    assert [entry.kind for entry in trace.causes(response.sequence)] == ["response", "request", "order"]


def test_what_a_machine_does_when_it_settles_is_caused_by_what_touched_it_last():
    world = world_of("a")
    trace = traced(world)
    world.nodes["a"].machine.at_settle = [[Wake(world.now + MS, "later")]]
    do(world, "a")
    world.advance(world.now + 2 * MS)
    order, alarm = trace.entries
    assert (alarm.kind, alarm.name, alarm.source) == ("alarm", "later", "a")
    assert alarm.cause == order.sequence and (alarm.sent, alarm.at) == (order.at, order.at + MS)


def test_a_message_to_the_dead_is_lost_and_kept_as_such():
    world = world_of("a", "b")
    world.links.set_default(5 * MS)
    connection = connected(world, "a", "b")
    trace = traced(world)
    do(world, "a", Request(connection, 1, "hello"))
    world.crash_node("b")
    world.advance(world.now + 20 * MS)
    lost = [entry for entry in trace.entries if entry.lost]
    assert [(entry.kind, entry.source, entry.node) for entry in lost] == [("request", "a", "b")]


def test_what_a_paused_machine_was_sent_is_under_way_until_it_wakes():
    world = world_of("a", "b")
    world.links.set_default(2 * MS)
    connection = connected(world, "a", "b")
    trace = traced(world)
    world.pause_node("b", world.now + 50 * MS)
    do(world, "a", Request(connection, 1, "hello"))
    sent = world.now
    world.advance(world.now + MS)
    (flying,) = trace.under_way(world)
    assert (flying.source, flying.node, flying.sent, flying.at) == ("a", "b", sent, sent + 2 * MS)
    world.advance(world.now + 10 * MS)
    (held,) = trace.under_way(world)
    assert (held.at, held.sequence) == (-1, flying.sequence)
    world.advance(world.now + 60 * MS)
    assert trace.under_way(world) == []
    assert not any(entry.lost for entry in trace.entries)


def test_what_waits_at_a_cut_is_under_way():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    trace = traced(world)
    world.links.cut("a", "b")
    do(world, "a", Request(connection, 1, "hello"))
    (stuck,) = trace.under_way(world)
    assert (stuck.source, stuck.node, stuck.at, stuck.kind) == ("a", "b", -1, "request")
    world.links.heal()
    world.advance(world.now + 10 * MS)
    assert trace.under_way(world) == []


def test_without_the_step_that_sent_it_the_time_of_sending_is_taken_from_the_link():
    world = world_of("a", "b")
    world.links.set_default(4 * MS)
    connection = connected(world, "a", "b")
    do(world, "a", Request(connection, 1, "hello"))
    sent = world.now
    world.advance(world.now + MS)
    trace = traced(world)
    assert [entry.sent for entry in trace.under_way(world)] == [sent]
    world.advance(world.now + 20 * MS)
    request = next(entry for entry in trace.entries if entry.kind == "request")
    assert request.sent == sent and trace.get(request.cause) is None


def test_only_the_last_entries_are_kept_and_those_since_are_told():
    world = chat_world(seed=3)
    trace = traced(world, most=50)
    world.advance(5 * MS)
    seen = trace.taken
    world.advance(200 * MS)
    assert trace.taken > 60 and len(trace.entries) == 50
    assert trace.since(trace.taken - 3) == list(trace.entries)[-3:]
    assert trace.since(seen) == list(trace.entries)
    assert trace.since(trace.taken) == []
    first = trace.entries[0]
    assert trace.get(first.sequence) is first and trace.get(first.sequence - 40) is None


def test_another_observer_inside_is_asked_all_the_same():
    class Counting:
        def __init__(self):
            self.seen = []

        def after(self, world, node, message, effects):
            self.seen.append(message.__class__.__name__)

    alone, inside = World(1), World(1)
    alone.observer, kept = Counting(), Counting()
    inside.observer = Trace(100, kept)
    for world in (alone, inside):
        world.add_node("a", Puppet(first=[Wake(0, "x")]))
        world.finish_instant()
        world.nodes["a"].machine.at_settle = [[Wake(MS, "y")]]
        do(world, "a")
        world.advance(5 * MS)
    assert kept.seen == alone.observer.seen and len(kept.seen) > 3


def test_tracing_changes_nothing_wherever_it_begins_and_ends():
    blind, seen = small_world(), small_world()
    for turn in range(12):
        seen.world.observer = Trace(300) if turn % 3 else None
        for cluster in (blind, seen):
            cluster.world.advance(cluster.world.now + 400 * MS)
            cluster.world.drain()
    assert isinstance(seen.world.observer, Trace) and seen.world.observer.taken > 20
    assert (seen.world.digest(), seen.world.steps) == (blind.world.digest(), blind.world.steps)


def test_a_replay_makes_the_same_trace():
    cluster = small_world()
    twin = copy.deepcopy(cluster)
    traces = []
    for one in (cluster, twin):
        traces.append(traced(one.world))
        one.world.advance(one.world.now + 2_000 * MS)
    rows = [[(e.sequence, e.at, e.sent, e.step, e.node, e.source, e.kind, e.name, e.cause) for e in t.entries]
            for t in traces]  # fmt: skip
    assert rows[0] == rows[1] and len(rows[0]) > 100


def test_every_entry_of_a_cluster_has_a_name_and_fields_that_are_json():
    cluster = small_world()
    trace = traced(cluster.world)
    cluster.world.advance(cluster.world.now + 3_000 * MS)
    for entry in trace.entries:
        assert entry.name and isinstance(entry.fields, dict)
        json.dumps(entry.fields)
        assert entry.sent <= entry.at
    names = {entry.name for entry in trace.entries if entry.kind == "request"}
    assert {"Produce", "Fetch", "Heartbeat", "OffsetCommit"} <= names


def test_each_cause_of_a_traced_stretch_is_there_or_lies_before_it():
    cluster = small_world()
    before = cluster.world.agenda.sequence
    trace = traced(cluster.world)
    cluster.world.advance(cluster.world.now + 2_000 * MS)
    missing = [entry for entry in trace.entries if entry.cause > before and trace.get(entry.cause) is None]
    assert missing == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("x" * 200, "x" * TEXT_MAX + "…"),
        (b"12345", {"bytes": 5}),
        ([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, "+2"]),
        ({n: n for n in range(6)}, {"0": 0, "1": 1, "2": 2, "3": 3, "…": 2}),
        (Response(1, 2, None), {"connection": 1, "correlation": 2, "body": None}),
        (Order(Alarm("a", 1)), {"command": {"name": "a", "token": 1}}),
        ([[[["deep"]]]], [[["…"]]]),
    ],
)
def test_values_are_shown_short(value, shown):
    assert readable(value) == shown
