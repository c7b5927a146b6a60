"""What is left of real clients' patience is counted on the wall clock, and ends for each by itself."""

import pytest

from engine.cluster.patience import OTHER, SESSION
from engine.limits import PATIENCE_MS
from engine.live.edge import Connection
from engine.live.patience import LOOK_NS, PatienceClock
from engine.wire import messages as m
from tests.unit.cluster.sandbox import SMALL, Sandbox
from tests.unit.live.live_toys import SECOND, Clock

MS = 1_000_000


class Loop:
    """The next thing that was asked for, and when."""

    def __init__(self, clock):
        self.clock, self.next = clock, None

    def call_later(self, seconds, callback):
        self.next = (self.clock.now + int(seconds * 1e9), callback)
        return self

    def cancel(self):
        self.next = None


class Hall:
    """All connections, as the reception knows them."""

    def __init__(self):
        self.open = []

    def sockets(self):
        return list(self.open)


class Bench:
    def __init__(self):
        self.it = Sandbox({**SMALL, "groups": [{"group": "A", "topic": "pedidos"}]})
        self.it.pass_ms(3_000)
        self.clock, self.hall = Clock(), Hall()
        self.loop = Loop(self.clock)
        self.over, self.changes = [], 0
        self.patience = PatienceClock(
            self.loop, self.it.cluster, self.hall, self._gave_up, self._changed, self.clock
        )

    def _gave_up(self, its, connection):
        self.over.append((its.client, its.why))
        self.hall.open.remove(connection)

    def _changed(self):
        self.changes += 1

    def client(self, name, *, broker=1, port=5000, member=False):
        client = self.it.client(self.it.coordinator("real") if member else broker, name, port=port)
        if member:
            client.join("real")
        return client, self.connection(client.connection)

    def connection(self, number, **about):
        connection = Connection(None, 1)
        connection.number, connection.peer = number, "tcp:10.0.0.9:7"
        for name, value in about.items():
            setattr(connection, name, value)
        self.hall.open.append(connection)
        return connection

    def pass_ms(self, ms):
        """Wall time goes by, and what was asked for is done when it is due."""
        end = self.clock.now + ms * MS
        while self.loop.next and self.loop.next[0] <= end:
            self.clock.now, callback = self.loop.next
            callback()
        self.clock.now = end

    def left(self):
        return {row["client"]: row["left_ms"] for row in self.patience.rows()}


@pytest.fixture
def bench():
    return Bench()


def arrive(bench, connection, frames=1):
    connection.parked += frames
    connection.arrivals += [bench.clock.now] * frames


def test_of_a_members_session_what_went_by_since_its_last_heartbeat_is_gone(bench):
    client, _ = bench.client("leitora", member=True)
    bench.it.pass_ms(1_000)
    (group,) = (g for g in bench.it.state()["groups"] if g["id"] == "real")
    silent = group["members"][0]["heartbeat_ms_ago"]
    assert silent >= 1_000
    bench.patience.begin(1.0)
    assert bench.left() == {"leitora": 30_000 - silent}
    bench.pass_ms(2_000)
    assert bench.left() == {"leitora": 28_000 - silent}


def test_what_went_by_in_slow_motion_went_by_all_the_more_on_its_own_clock(bench):
    bench.client("leitora", member=True)
    bench.it.pass_ms(1_000)
    bench.patience.begin(1.0)
    fast = bench.left()["leitora"]
    bench.patience.end()
    bench.patience.begin(0.5)
    assert 30_000 - bench.left()["leitora"] == pytest.approx(2 * (30_000 - fast), abs=2)


def test_a_heartbeat_that_a_step_lets_in_begins_the_session_anew(bench):
    client, _ = bench.client("leitora", member=True)
    bench.patience.begin(1.0)
    bench.pass_ms(20_000)
    member = next(iter(bench.it.cluster.broker(bench.it.coordinator("real")).groups.members()))
    client.send(m.HeartbeatRequest("real", 1, member.id))
    bench.it.pass_ms(1)
    assert bench.left() == {"leitora": 30_000}


def test_others_wait_from_the_first_request_they_have_no_answer_to(bench):
    _, connection = bench.client("loja")
    bench.patience.begin(1.0)
    bench.pass_ms(5_000)
    assert bench.left() == {}, "it is owed nothing"
    arrive(bench, connection)
    bench.pass_ms(1_000)
    arrive(bench, connection, 2)
    assert bench.left() == {"loja": PATIENCE_MS - 1_000}
    connection.parked -= 1  # the first was let in, and answered
    assert bench.left() == {"loja": PATIENCE_MS}
    connection.parked = 0
    assert bench.left() == {}


def test_who_had_asked_before_waits_since_time_stands_still(bench):
    leader = bench.it.topic()["partitions"][0]["leader"]
    client, connection = bench.client("kcat", broker=leader)
    client.ask(m.FetchRequest(10_000, 1, [m.FetchPart("pedidos", 0, 0, 1 << 20)], max_bytes=1 << 20))
    bench.patience.begin(1.0)
    bench.pass_ms(3_000)
    arrive(bench, connection)
    assert bench.left() == {"kcat": PATIENCE_MS - 3_000}


def test_who_came_while_time_stands_still_waits_since_then(bench):
    bench.patience.begin(1.0)
    bench.pass_ms(2_000)
    bench.connection(-1, client="novo", came_at=bench.clock.now)
    bench.connection(-1, came_at=bench.clock.now)
    bench.pass_ms(1_000)
    assert bench.left() == {"novo": PATIENCE_MS - 1_000, "10.0.0.9:7": PATIENCE_MS - 1_000}


def test_each_gives_up_when_nothing_is_left_and_not_before(bench):
    bench.client("leitora", member=True)
    _, other = bench.client("loja", port=5001)
    bench.patience.begin(1.0)
    bench.pass_ms(2_500)
    arrive(bench, other)
    bench.pass_ms(bench.left()["leitora"] - 1)
    assert bench.over == []
    bench.pass_ms(5)
    assert bench.over == [("leitora", SESSION)]
    bench.pass_ms(bench.left()["loja"] - 1)
    assert len(bench.over) == 1
    bench.pass_ms(5)
    assert bench.over[1:] == [("loja", OTHER)]


def test_when_it_all_ends_with_one_of_them_the_others_are_left_alone(bench):
    """The journal is full, say: the sandbox has stopped."""
    bench.connection(-1, came_at=bench.clock.now)
    bench.connection(-1, came_at=bench.clock.now)
    bench.patience._gave_up = lambda its, connection: (bench.over.append(its.client), bench.patience.end())
    bench.patience.begin(1.0)
    bench.pass_ms(2 * PATIENCE_MS)
    assert len(bench.over) == 1 and bench.loop.next is None


def test_when_time_goes_on_nobody_gives_up(bench):
    bench.client("leitora", member=True)
    bench.patience.begin(1.0)
    bench.pass_ms(20_000)
    bench.patience.end()
    bench.pass_ms(60_000)
    assert bench.over == []


def test_who_begins_to_wait_is_shown_within_a_second(bench):
    _, connection = bench.client("loja")
    bench.patience.begin(1.0)
    changes, revision = bench.changes, bench.patience.revision
    bench.pass_ms(3_000)
    assert (bench.changes, bench.patience.revision) == (changes, revision), "nothing new, nothing to show"
    arrive(bench, connection)
    bench.pass_ms(LOOK_NS // MS)
    assert (bench.changes, bench.patience.revision) == (changes + 1, revision + 1)
    assert SECOND == LOOK_NS
