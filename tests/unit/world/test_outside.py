"""Real clients: one end in the World, the other in the host's hands."""

from engine.machine import Accepted, Close, Closed, Frame, Write
from tests.unit.world.toys import MS, Puppet, do, got, world_of

PEER, ADDRESS = "tcp:10.0.0.7:51234", "127.0.0.1:19092"


def client_of(world, name="a"):
    connection = world.accept(PEER, name, ADDRESS)
    world.finish_instant()
    return connection


def test_a_client_is_announced_and_its_frames_are_handed_over_in_order_at_once():
    world = world_of("a")
    connection = client_of(world)
    world.deliver_frame(connection, b"one")
    world.deliver_frame(connection, b"two")
    world.finish_instant()
    assert world.now == 0
    assert got(world, "a") == [
        Accepted(connection, PEER, ADDRESS), Frame(connection, b"one"), Frame(connection, b"two"),
    ]  # fmt: skip


def test_what_is_written_is_drained_once_in_order():
    world = world_of("a")
    one, two = client_of(world), client_of(world)
    do(world, "a", Write(one, [b"a"]), Write(two, [b"b"]), Write(one, [b"c"]))
    assert world.drain() == ([(one, [b"a"]), (two, [b"b"]), (one, [b"c"])], [])
    assert world.drain() == ([], [])


def test_closing_a_client_is_told_to_the_host_after_what_was_written():
    world = world_of("a")
    connection = client_of(world)
    do(world, "a", Write(connection, [b"bye"]), Close(connection), Write(connection, [b"too late"]))
    assert world.drain() == ([(connection, [b"bye"])], [connection])
    world.deliver_frame(connection, b"?")
    world.close_outside(connection)
    world.finish_instant()
    assert got(world, "a") == [Accepted(connection, PEER, ADDRESS)]


def test_a_client_that_hangs_up_is_gone_after_its_frames():
    world = world_of("a")
    connection = client_of(world)
    world.deliver_frame(connection, b"one")
    world.close_outside(connection)
    world.close_outside(connection)
    world.deliver_frame(connection, b"two")
    world.finish_instant()
    assert got(world, "a")[1:] == [Frame(connection, b"one"), Closed(connection)]
    do(world, "a", Write(connection, [b"anybody?"]))
    assert world.drain() == ([], [])
    assert not world.connections.by_id


def test_a_crash_closes_its_clients():
    world = world_of("a")
    connection = client_of(world)
    world.deliver_frame(connection, b"one")
    world.crash_node("a")
    world.finish_instant()
    assert world.closed_outside == [connection]
    assert got(world, "a", Frame) == []


def test_a_controlled_stop_closes_its_clients_too():
    world = world_of("a")
    connection = client_of(world)
    world.stop_node("a")
    assert world.drain() == ([], [connection])


def test_a_reset_closes_the_client_and_tells_the_node():
    world = world_of("a")
    connection = client_of(world)
    world.reset_connection(connection)
    world.finish_instant()
    assert world.closed_outside == [connection]
    assert got(world, "a", Closed) == [Closed(connection)]


def test_nobody_accepts_at_a_dead_or_unknown_node():
    world = world_of("a")
    world.crash_node("a")
    dead, unknown = client_of(world), client_of(world, "nobody")
    assert world.closed_outside == [dead, unknown]
    world.start_node("a", Puppet())
    assert client_of(world) not in (dead, unknown)


def test_what_a_client_sends_does_not_depend_on_links():
    world = world_of("a", "b")
    world.links.set_default(5 * MS, jitter_ns=MS)
    connection = client_of(world)
    world.deliver_frame(connection, b"one")
    world.finish_instant()
    assert got(world, "a", Frame) == [Frame(connection, b"one")]


def test_an_outside_client_cannot_reach_a_connection_between_nodes():
    from tests.unit.world.toys import connected

    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    world.deliver_frame(connection, b"one")
    world.close_outside(connection)
    do(world, "b", Write(connection, [b"x"]))
    world.advance(world.now + 5 * MS)
    assert got(world, "b", Frame) == got(world, "b", Closed) == []
    assert world.outbox == []
