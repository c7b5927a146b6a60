"""How connections come about, carry messages in order, and end."""

import pytest

from engine.machine import Accepted, Close, Closed, Connect, Opened, Refused, Request, Response
from tests.unit.world.toys import MS, Puppet, connected, do, got, got_at, world_of


def ask(world, name, connection, *numbers):
    do(world, name, *(Request(connection, number, "hello", "me") for number in numbers))


def later(world, ns=10 * MS):
    world.advance(world.now + ns)


def nothing_left(world):
    return not world.connections.by_id and not any(node.connections for node in world.nodes.values())


# --- opening ---------------------------------------------------------------------------------------


def test_a_connection_takes_a_way_there_and_a_way_back():
    world = world_of("a", "b")
    do(world, "a", Connect("b", 5))
    world.advance(3 * MS)
    assert got(world, "b") == [Accepted(1, "a", "")] and got_at(world, "b", Accepted) == [MS]
    assert got(world, "a") == [Opened(1, "b", 5)] and got_at(world, "a", Opened) == [2 * MS]


def test_a_dead_node_refuses_after_a_round_trip():
    world = world_of("a", "b")
    world.crash_node("b")
    do(world, "a", Connect("b", 5))
    world.advance(2 * MS - 1)
    assert got(world, "a") == []
    world.advance(2 * MS)
    assert got(world, "a") == [Refused("b", 5)]
    assert nothing_left(world)


def test_a_name_nobody_has_refuses_after_a_round_trip():
    world = world_of("a")
    do(world, "a", Connect("nobody", 5))
    world.advance(2 * MS)
    assert got(world, "a") == [Refused("nobody", 5)] and got_at(world, "a", Refused) == [2 * MS]


def test_a_node_that_dies_before_the_knock_arrives_refuses():
    world = world_of("a", "b")
    do(world, "a", Connect("b", 5))
    world.crash_node("b")
    later(world)
    assert got(world, "a") == [Refused("b", 5)]


def test_a_node_that_was_started_meanwhile_accepts():
    world = world_of("a", "b")
    world.crash_node("b")
    do(world, "a", Connect("b", 5))
    world.start_node("b", Puppet())
    later(world)
    assert got(world, "a", Opened) == [Opened(1, "b", 5)]


def test_nobody_is_told_of_a_knock_whose_sender_died():
    world = world_of("a", "b")
    do(world, "a", Connect("b", 5))
    world.crash_node("a")
    world.start_node("a", Puppet())
    later(world)
    assert got(world, "a") == got(world, "b") == []
    assert nothing_left(world)


def test_ids_are_never_given_out_twice():
    world = world_of("a", "b")
    first = connected(world, "a", "b")
    do(world, "a", Close(first))
    later(world)
    assert connected(world, "a", "b") > first


def test_a_node_can_talk_to_itself():
    world = world_of("a")
    connection = connected(world, "a", "a")
    ask(world, "a", connection, 1)
    assert [m.__class__ for m in got(world, "a")] == [Accepted, Opened, Request, Response]
    do(world, "a", Close(connection))
    assert got(world, "a", Closed) == [Closed(connection)]
    assert nothing_left(world)


# --- carrying --------------------------------------------------------------------------------------


def test_requests_and_answers_keep_their_order():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    ask(world, "a", connection, 1, 2, 3)
    later(world)
    assert got(world, "b", Request) == [Request(connection, n, "hello", "me") for n in (1, 2, 3)]
    assert got(world, "a", Response) == [Response(connection, n, "hello") for n in (1, 2, 3)]


def test_either_side_may_ask():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    ask(world, "b", connection, 8)
    later(world)
    assert got(world, "a", Request) == [Request(connection, 8, "hello", "me")]
    assert got(world, "b", Response) == [Response(connection, 8, "hello")]


def test_what_is_sent_on_a_connection_that_never_was_vanishes():
    world = world_of("a")
    do(world, "a", Request(77, 1, "?"), Response(77, 1, "!"), Close(77))
    later(world)
    assert got(world, "a") == []


# --- closing ---------------------------------------------------------------------------------------


def test_what_was_sent_before_closing_still_arrives():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    do(world, "a", Request(connection, 1, "last words"), Close(connection), Request(connection, 2, "too late"))
    later(world)
    assert [m.__class__ for m in got(world, "b")] == [Accepted, Request, Closed]
    assert nothing_left(world)


def test_who_closes_hears_nothing_more():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    ask(world, "a", connection, 1)
    world.advance(world.now + MS)  # b has answered
    do(world, "a", Close(connection))
    later(world)
    assert got(world, "a", Response) == got(world, "a", Closed) == []


def test_both_may_close_at_once_and_twice():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    for name in "ab":
        do(world, name, Close(connection), Close(connection))
    later(world)
    assert got(world, "a", Closed) == got(world, "b", Closed) == []
    assert nothing_left(world)


def test_closed_travels_behind_a_slow_message():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    world.links.set_latency("a", "b", 9 * MS)
    ask(world, "a", connection, 1)
    world.links.set_latency("a", "b", 0)
    do(world, "a", Close(connection))
    later(world)
    assert [m.__class__ for m in got(world, "b")] == [Accepted, Request, Closed]


def test_a_stopped_node_has_said_all_it_said():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    ask(world, "a", connection, 1)
    world.stop_node("a")
    later(world)
    assert [m.__class__ for m in got(world, "b")] == [Accepted, Request, Closed]
    assert got(world, "a", Response) == []
    assert nothing_left(world)


# --- breaking --------------------------------------------------------------------------------------


def test_a_reset_loses_what_is_on_its_way_in_both_directions():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    ask(world, "a", connection, 1)
    ask(world, "b", connection, 2)
    world.reset_connection(connection)
    start = world.now
    later(world)
    for name in "ab":
        assert got(world, name, Request) == []
        assert got(world, name, Closed) == [Closed(connection)]
        assert got_at(world, name, Closed) == [start + MS]
    assert nothing_left(world)


def test_a_reset_can_lose_the_answer_to_what_was_executed():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    ask(world, "a", connection, 1)
    world.advance(world.now + MS)
    world.reset_connection(connection)
    later(world)
    assert len(got(world, "b", Request)) == 1
    assert got(world, "a", Response) == []


def test_what_is_sent_after_a_reset_vanishes_and_closing_is_quiet():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    world.reset_connection(connection)
    do(world, "a", Request(connection, 1, "anybody?"), Close(connection))
    later(world)
    assert got(world, "b", Request) == []
    assert got(world, "a", Closed) == []  # it had closed by itself before the news came
    assert got(world, "b", Closed) == [Closed(connection)]
    assert nothing_left(world)


def test_a_reset_twice_is_told_once():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    world.reset_connection(connection)
    world.reset_connection(connection)
    later(world)
    world.reset_connection(connection)
    assert len(got(world, "a", Closed)) == len(got(world, "b", Closed)) == 1


def test_a_crash_breaks_all_connections_of_the_node():
    world = world_of("a", "b", "c")
    to_b, to_c = connected(world, "a", "b"), connected(world, "c", "a")
    ask(world, "a", to_b, 1)
    world.crash_node("a")
    later(world)
    assert got(world, "b", Request) == []
    assert got(world, "b", Closed) == [Closed(to_b)] and got(world, "c", Closed) == [Closed(to_c)]
    assert nothing_left(world)


def test_news_of_a_crash_cannot_cross_a_cut():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    world.links.cut("a", "b")
    world.crash_node("a")
    later(world, 100 * MS)
    assert got(world, "b", Closed) == []
    world.links.heal()
    later(world)
    assert got(world, "b", Closed) == [Closed(connection)]


def test_a_crash_right_after_accepting_opens_and_closes():
    world = world_of("a", "b")
    do(world, "a", Connect("b", 5))
    world.advance(MS)  # b has accepted, Opened is on its way
    world.crash_node("b")
    later(world)
    assert got(world, "a") == [Opened(1, "b", 5), Closed(1)]


def test_an_attempt_that_is_reset_is_refused():
    world = world_of("a", "b")
    do(world, "a", Connect("b", 5))
    world.reset_connection(1)
    later(world)
    assert got(world, "a") == [Refused("b", 5)]
    assert got(world, "b") == []
    assert nothing_left(world)


def test_a_new_life_gets_nothing_of_the_old_ones_connections():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    ask(world, "a", connection, 1)
    world.crash_node("b")
    world.start_node("b", Puppet())
    ask(world, "b", connection, 2)
    later(world)
    assert got(world, "b") == []
    assert got(world, "a", Request) == []


def test_a_crash_while_closing_leaves_nothing_behind():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    do(world, "a", Close(connection))
    world.crash_node("b")
    later(world)
    assert nothing_left(world)


def test_a_response_to_a_real_client_is_a_mistake_that_shows():
    world = world_of("a")
    connection = world.accept("tcp:10.0.0.7:5", "a", "localhost:19092")
    with pytest.raises(AssertionError, match="takes only a Write"):
        do(world, "a", Response(connection, 1, "hello"))
