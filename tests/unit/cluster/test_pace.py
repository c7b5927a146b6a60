"""Speed limits: real clients live by their own clocks."""

import pytest

from engine.limits import SPEED_WITH_CLIENTS, SPEED_WITH_MEMBERS
from tests.unit.cluster.sandbox import SMALL, Sandbox


@pytest.fixture
def it():
    return Sandbox({**SMALL, "groups": [{"group": "A", "topic": "pedidos"}]})


def pace(it):
    shown = it.state()["pace"]
    return shown["speed"], (shown["speed_min"], shown["speed_max"]), shown["limited_by"]


def test_with_simulated_clients_alone_time_may_run_as_it_likes(it):
    it.pass_ms(3_000)
    it.do("speed", speed=64)
    assert pace(it) == (64, (1 / 64, 64), "")


def test_a_real_client_limits_it(it):
    it.do("speed", speed=64)
    client = it.client()
    assert pace(it) == (4, SPEED_WITH_CLIENTS, "kcat")
    assert it.do("speed", speed=50)["speed"] == 4
    client.close()
    assert pace(it) == (50, (1 / 64, 64), "")


def test_a_real_member_of_a_group_limits_it_more(it):
    it.pass_ms(3_000)
    client = it.client(it.coordinator("real"))
    client.join("real")
    it.do("speed", speed=0.25)
    assert pace(it)[1:] == (SPEED_WITH_MEMBERS, "kcat")
    it.do("speed", speed=1 / 64)
    assert pace(it)[0] == 0.25
    it.do("speed", speed=64)
    assert pace(it)[0] == 1.5


def test_a_connection_that_never_introduced_itself_limits_nothing(it):
    from engine.world.inputs import ACCEPT

    it.give(ACCEPT, ("tcp:10.0.0.7:1", "B1", "127.0.0.1:19092"), "tcp")
    assert pace(it)[2] == ""


def test_what_was_asked_for_is_remembered_and_shown(it):
    it.client()
    it.do("speed", speed=64)
    assert it.state()["pace"]["asked"] == 64
