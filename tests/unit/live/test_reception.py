"""What one turn of the event loop brings is one instant; a lone client does not wait for others."""

import pytest

from engine.live import reception as module
from engine.live.edge import Connection
from engine.live.reception import ALONE_NS, LULL_NS, Reception


class Loop:
    """Runs what was put down for "soon" when told to."""

    def __init__(self):
        self.soon = []

    def call_soon(self, callback):
        self.soon.append(callback)

    def next_turn(self):
        soon, self.soon = self.soon, []
        for callback in soon:
            callback()


class Client(Connection):
    """A connection without a socket."""

    def __init__(self, reception, broker=1):
        super().__init__(reception, broker)
        self.alive = True
        self.peer, self.address = "tcp:1.2.3.4:5", "1.2.3.4:19092"
        self.sent = []
        self.done = []

    def send(self):
        self.sent.append(b"".join(self.out))
        self.out = []

    def drop(self):
        self.alive = self.wanted = False
        self.done.append("dropped")

    def hold(self):
        self.done.append("held")

    def release(self):
        self.done.append("released")

    def read_more(self):
        self.done.append("read on")


class World:
    """What the reception hands over, instant by instant."""

    def __init__(self):
        self.taken = []
        self.turns = 0
        self.numbers = 0

    def take(self, given):
        self.taken.append([(source, payload) for _, source, payload in given])
        self.numbers += 1
        return [self.numbers] * len(given)

    def turned(self):
        self.turns += 1


@pytest.fixture
def clock(monkeypatch):
    time = [10**12]
    monkeypatch.setattr(module, "monotonic_ns", lambda: time[0])
    return time


@pytest.fixture
def desk(clock):
    world, loop = World(), Loop()
    reception = Reception(loop, world.take, world.turned)
    return reception, world, loop


def joined(reception, broker=1):
    client = Client(reception, broker)
    reception.opened(client)
    return client


def test_a_client_that_connects_is_accepted_at_once(desk):
    reception, world, _ = desk
    client = joined(reception, broker=2)
    assert world.taken == [[("accept", ("tcp:1.2.3.4:5", "B2", "1.2.3.4:19092"))]]
    assert client.number == 1 and reception.connections == {1: client}


def test_after_a_lull_a_request_is_taken_at_once(desk, clock):
    reception, world, loop = desk
    client = joined(reception)
    clock[0] += LULL_NS + 1
    reception.received(client, [b"a", b"b"])
    assert world.taken[1:] == [[("frame", (1, b"a")), ("frame", (1, b"b"))]]
    assert loop.soon == []


def test_in_a_rush_the_rest_of_the_turn_is_gathered(desk, clock):
    reception, world, loop = desk
    one, two = joined(reception), joined(reception)
    clock[0] += LULL_NS + 1
    reception.received(one, [b"a"])
    reception.received(one, [b"b"])
    reception.received(two, [b"c"])
    reception.closed(two)
    assert len(world.taken) == 3
    loop.next_turn()
    assert world.taken[3:] == [[("frame", (1, b"b")), ("frame", (2, b"c")), ("close", 2)]]
    loop.next_turn()
    assert len(world.taken) == 4, "nothing is taken twice"


def test_who_is_alone_never_waits(desk, clock):
    reception, world, loop = desk
    one, two = joined(reception), joined(reception)
    for client in (two, one):
        clock[0] += LULL_NS + 1
        reception.received(client, [b"-"])
    for step in (ALONE_NS + 1, LULL_NS // 2, LULL_NS // 2):
        clock[0] += step
        reception.received(one, [b"a"])
    assert len(world.taken) == 7 and loop.soon == []
    reception.received(two, [b"b"])
    assert len(world.taken) == 7, "two are not alone"


def test_what_came_before_a_new_client_is_taken_before_it(desk, clock):
    reception, world, loop = desk
    one = joined(reception)
    clock[0] += LULL_NS + 1
    reception.received(one, [b"a"])
    reception.received(one, [b"b"])
    joined(reception)
    assert [group[0][0] for group in world.taken] == ["accept", "frame", "frame", "accept"]


def test_replies_of_an_instant_leave_together_and_before_the_socket_closes(desk):
    reception, _, _ = desk
    one, two = joined(reception), joined(reception)
    reception.send([(1, [b"a"]), (2, [b"x"]), (1, [b"b", b"c"])], [2])
    assert (one.sent, two.sent) == ([b"abc"], [b"x"])
    assert (one.done, two.done) == ([], ["dropped"])
    reception.send([(2, [b"late"]), (9, [b"unknown"])], [2, 9])
    assert two.sent == [b"x"]


def test_one_that_has_left_gets_nothing_and_is_reported_once(desk, clock):
    reception, world, loop = desk
    client = joined(reception)
    client.alive = False
    reception.closed(client)
    reception.turn()
    reception.send([(1, [b"a"])], [])
    assert client.sent == []
    assert world.taken[1:] == [[("close", 1)]]


def test_while_time_stands_still_nothing_is_taken(desk):
    reception, world, loop = desk
    old = joined(reception)
    reception.pause()
    new = joined(reception)
    reception.received(old, [b"a"])
    reception.closed(old)
    loop.next_turn()
    assert len(world.taken) == 1
    assert (old.done, new.done) == (["held"], ["held"])
    reception.resume()
    assert world.taken[1:] == [
        [("accept", ("tcp:1.2.3.4:5", "B1", "1.2.3.4:19092"))], [("frame", (1, b"a")), ("close", 1)],
    ]  # fmt: skip
    assert new.done == ["held", "released"]


def test_one_at_a_time_they_are_let_in(desk):
    reception, world, _ = desk
    client = joined(reception)
    reception.pause()
    reception.received(client, [b"a", b"b"])
    assert [reception.admit_one() for _ in range(3)] == [True, True, False]
    assert world.taken[1:] == [[("frame", (1, b"a"))], [("frame", (1, b"b"))]]
    assert client.done == ["held", "read on"], "once all that was read of it is let in, more is read"


def test_who_gives_up_is_gone_and_so_is_what_it_wanted(desk):
    reception, world, _ = desk
    client, new = joined(reception), None
    reception.pause()
    reception.received(client, [b"a"])
    new = joined(reception)
    for one in (client, new):
        reception.give_up(one)
    assert (client.done, new.done) == (["held", "dropped"], ["held", "dropped"])
    assert reception.connections == {} and reception.sockets() == []
    reception.resume()
    assert len(world.taken) == 1, "nothing of it is told the World, who was told that it gave up"


def test_who_waits_for_a_broker_that_dies_is_dropped(desk):
    reception, _, _ = desk
    old = joined(reception, broker=2)
    reception.pause()
    new, other = joined(reception, broker=2), joined(reception, broker=1)
    reception.drop_parked([2])
    assert "dropped" in new.done and "dropped" not in other.done + old.done
    assert reception.admit_one() and not reception.admit_one()


def test_a_probe_never_gets_further(desk):
    reception, world, _ = desk
    reception.probes.add("tcp:1.2.3.4:5")
    probe = joined(reception)
    assert probe.done == ["dropped"] and world.taken == []


def test_closed_it_lets_nobody_in(desk):
    reception, world, _ = desk
    client = joined(reception)
    reception.close()
    late = joined(reception)
    assert client.done == late.done == ["dropped"]
    assert len(world.taken) == 1
