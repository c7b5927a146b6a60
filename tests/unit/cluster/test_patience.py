"""How long real clients bear a pause: members their own session, anybody else half a minute."""

import pytest

from engine.cluster.patience import OTHER, SESSION, attached, beforehand, rows, sessions_until
from engine.events import ClientGaveUp, MemberExpired, MemberLeft
from engine.limits import PATIENCE_MS
from engine.live.groups import pack_group, unpack_group
from engine.machine import MILLISECOND
from engine.wire import messages as m
from engine.world.inputs import GAVE_UP
from engine.world.loop import FOREVER
from engine.world.replay import replay
from tests.unit.cluster.sandbox import SMALL, Sandbox


@pytest.fixture
def it():
    it = Sandbox({**SMALL, "groups": [{"group": "A", "topic": "pedidos"}]})
    it.pass_ms(3_000)
    return it


def member(it, name="leitora", port=5000):
    client = it.client(it.coordinator("real"), name, port=port)
    client.join("real")
    return client


def of(it, client):
    (found,) = (its for its in attached(it.cluster) if its.connection == client.connection)
    return found


def test_simulated_clients_have_all_the_patience_there_is(it):
    assert attached(it.cluster) == [] and beforehand(it.cluster) == []
    assert it.state()["pace"]["first_to_give_up"] is None


def test_a_member_bears_the_session_it_declared_on_the_connection_it_is_heard_on(it):
    client = member(it)
    its = of(it, client)
    assert (its.client, its.patience_ms, its.why) == ("leitora", 30_000, SESSION)
    assert its.heard_at <= it.world.now


def test_others_bear_half_a_minute_and_a_members_other_connections_as_much_as_its_session(it, monkeypatch):
    monkeypatch.setattr("engine.cluster.patience.PATIENCE_MS", 20_000)
    fetching, producer = it.client(2, "leitora", port=5001), it.client(1, "loja", host="10.0.0.8")
    member(it)
    assert (of(it, fetching).patience_ms, of(it, fetching).why) == (30_000, OTHER)
    assert (of(it, producer).patience_ms, of(it, producer).why) == (20_000, OTHER)


def test_who_is_owed_an_answer_waits_for_it(it):
    client = it.client(1, "kcat")
    assert of(it, client).asked == 0
    leader = it.topic()["partitions"][0]["leader"]
    client = it.client(leader, "kcat", port=5001)
    part = m.FetchPart("pedidos", 0, 0, 1 << 20)
    client.ask(m.FetchRequest(10_000, 1, [part], max_bytes=1 << 20))
    assert of(it, client).asked == 1


def test_one_who_has_said_nothing_waits_for_nothing(it):
    it.give("accept", ("tcp:10.0.0.9:1", "B1", "127.0.0.1:19092"), "tcp")
    assert attached(it.cluster) == []


def test_of_equals_a_member_is_named_first(it):
    it.client(1, "aaa", host="10.0.0.8")
    member(it)
    shown = it.state()["pace"]
    assert [(row["client"], row["why"]) for row in shown["patience"]] == [("leitora", SESSION), ("aaa", OTHER)]
    assert shown["first_to_give_up"] == {
        "client": "leitora", "left_ms": 30_000, "patience_ms": 30_000, "why": SESSION, "connections": 1,
    }  # fmt: skip


def test_a_row_tells_the_least_of_a_clients_connections(it):
    one, two = it.client(1, "loja"), it.client(2, "loja", port=5001)
    (row,) = rows([(of(it, one), 900), (of(it, two), 300)])
    assert (row["client"], row["left_ms"], row["connections"]) == ("loja", 300, 2)


def test_a_step_may_go_up_to_the_end_of_the_first_session(it):
    assert sessions_until(it.cluster) == (FOREVER, "")
    client = member(it)
    until, who = sessions_until(it.cluster)
    assert who == "leitora" and 29_000 * MILLISECOND < until - it.world.now <= 30_000 * MILLISECOND
    client.close()
    assert sessions_until(it.cluster) == (FOREVER, ""), "nobody has to wait for one who has hung up"


def test_one_who_gave_up_is_put_out_of_its_group_and_told(it):
    client = member(it)
    group = it.group("real")
    assert [shown["client"] for shown in group["members"]] == ["leitora"]
    payload = {"connection": client.connection, "client": "leitora", "patience_ms": 30_000, "why": SESSION}
    it.give(GAVE_UP, payload, "host")
    it.pass_ms(1)
    assert it.told(ClientGaveUp) == [ClientGaveUp("leitora", 30_000, SESSION)]
    assert [(told.client, told.why) for told in it.told(MemberExpired)] == [("leitora", "patience")]
    assert it.told(MemberLeft) == [] and it.group("real")["members"] == []
    assert attached(it.cluster) == [], "its connection is closed"


def test_only_that_connection_is_closed(it):
    client, fetching = member(it), it.client(2, "leitora", port=5001)
    payload = {"connection": fetching.connection, "client": "leitora", "patience_ms": PATIENCE_MS, "why": OTHER}
    it.give(GAVE_UP, payload, "host")
    it.pass_ms(1)
    assert [its.connection for its in attached(it.cluster)] == [client.connection]
    assert [shown["client"] for shown in it.group("real")["members"]] == ["leitora"], "the member is still one"


def test_it_is_an_input_that_is_written_down_and_replayed(it):
    client = member(it)
    it.give(GAVE_UP, {"connection": client.connection, "client": "leitora", "patience_ms": 1, "why": SESSION}, "host")
    first = it.inputs[-1]
    (body,) = pack_group(first.step, first.at, first.held, [first])
    assert unpack_group(body).inputs == [first]
    again = Sandbox({**SMALL, "groups": [{"group": "A", "topic": "pedidos"}]})
    replay(again.world, it.inputs)
    again.world.finish_instant()
    assert again.world.digest() == it.world.digest()
