"""What is wrong just now: read from the nodes, disks and links themselves, and gone when it is over."""

import pytest

from engine import events
from engine.world.plain import state_digest
from tests.unit.cluster.sandbox import BUSY, Sandbox


@pytest.fixture
def it():
    sandbox = Sandbox(BUSY)
    sandbox.pass_ms(2_000)
    return sandbox


def wrong(it):
    return it.state()["faults"]


def carry_out(it, command):
    it.do(command["do"], **{name: value for name, value in command.items() if name != "do"})


def told(it, kind):
    return [told.event for told in it.world.told if isinstance(told.event, kind)]


def test_nothing_is_wrong_until_something_is_done(it):
    assert wrong(it) == []


def test_looking_changes_nothing(it):
    it.do("isolate_broker", broker=2)
    it.do("slow_disk", broker=1, ms=300)
    before = state_digest(it.world)
    assert len(wrong(it)) == 2
    assert state_digest(it.world) == before


@pytest.mark.parametrize(
    ("fault", "shown", "undo"),
    [
        (
            {"do": "slow_disk", "broker": 2, "ms": 700},
            {"kind": "slow_disk", "node": "B2", "ms": 700},
            {"do": "slow_disk", "broker": 2, "ms": 0},
        ),
        ({"do": "fill_disk", "broker": 3}, {"kind": "full_disk", "node": "B3"}, {"do": "free_disk", "broker": 3}),
        (
            {"do": "fail_disk", "broker": 3},
            {"kind": "broken_disk", "node": "B3"},
            {"do": "fail_disk", "broker": 3, "mended": True},
        ),
        (
            {"do": "skew_clock", "broker": 1, "ms": 5_000},
            {"kind": "skewed_clock", "node": "B1", "ms": 5_000, "drift_ppm": 0},
            {"do": "skew_clock", "broker": 1},
        ),
        (
            {"do": "cut_link", "source": "B2", "target": "B1"},
            {"kind": "cut", "node": "B1", "other": "B2", "both": True},
            {"do": "heal_links", "node": "B1", "other": "B2"},
        ),
        (
            {"do": "cut_link", "source": "B2", "target": "C1", "both": False},
            {"kind": "cut", "node": "B2", "other": "C1", "both": False},
            {"do": "heal_links", "node": "C1", "other": "B2"},
        ),
        (
            {"do": "cut_link", "source": "loja", "target": "B1"},
            {"kind": "cut", "node": "B1", "other": "loja", "both": True},
            {"do": "heal_links", "node": "loja"},
        ),
        (
            {"do": "delay_link", "source": "B1", "target": "B3", "ms": 250},
            {"kind": "delayed", "node": "B1", "other": "B3", "both": True, "ms": 250},
            {"do": "heal_links", "node": "B3", "other": "B1"},
        ),
        (
            {"do": "delay_link", "source": "A-1", "target": "B3", "ms": 250, "both": False},
            {"kind": "delayed", "node": "A-1", "other": "B3", "both": False, "ms": 250},
            {"do": "heal_links"},
        ),
        (
            {"do": "isolate_broker", "broker": 2},
            {"kind": "isolated", "node": "B2"},
            {"do": "heal_links", "node": "B2"},
        ),
    ],
    ids=str,
)
def test_a_fault_is_shown_until_it_is_undone(it, fault, shown, undo):
    carry_out(it, fault)
    assert wrong(it) == [shown]
    carry_out(it, undo)
    assert wrong(it) == []


def test_one_healed_link_leaves_the_others_cut(it):
    for target in ("B2", "B3"):
        it.do("cut_link", source="B1", target=target)
    it.do("heal_links", node="B2", other="B1")
    assert [(f["node"], f["other"]) for f in wrong(it)] == [("B1", "B3")]
    assert told(it, events.LinksHealed)[-1] == events.LinksHealed("B2", "B1")
    it.refused("INVALID_REQUEST", "heal_links", other="B2")


def test_of_an_isolated_broker_only_what_else_is_cut_is_told_beside(it):
    it.do("isolate_broker", broker=2)
    it.do("cut_link", source="B1", target="B3")
    it.do("cut_link", source="loja", target="B2")
    assert [(f["kind"], f["node"], f.get("other")) for f in wrong(it)] == [
        ("isolated", "B2", None), ("cut", "B1", "B3"), ("cut", "B2", "loja"),
    ]  # fmt: skip


def test_a_pause_is_shown_until_it_ends_by_itself_or_by_hand(it):
    it.do("pause_broker", broker=2, ms=1_000)
    it.do("pause_consumer", consumer="A-1", ms=60_000)
    now = it.world.now / 1_000_000
    assert wrong(it) == [
        {"kind": "paused", "node": "B2", "until_ms": now + 1_000},
        {"kind": "paused", "node": "A-1", "until_ms": now + 60_000},
    ]
    it.pass_ms(1_001)
    assert [f["node"] for f in wrong(it)] == ["A-1"]
    it.do("end_pause", node="A-1")
    assert wrong(it) == []
    assert told(it, events.ConsumerChanged)[-1].what == "woken"


def test_a_broker_that_is_woken_takes_what_waited_and_the_old_alarm_wakes_nobody(it):
    it.do("pause_broker", broker=2, ms=3_000)
    it.pass_ms(500)
    it.do("end_pause", node="B2")
    assert told(it, events.BrokerPaused)[-1] == events.BrokerPaused(2, 0)
    it.pass_ms(1_000)
    assert told(it, events.BrokerFenced) == []
    it.do("pause_broker", broker=2, ms=10_000)
    it.pass_ms(2_000)  # past the end of the first pause
    assert [f["node"] for f in wrong(it)] == ["B2"]
    it.refused("INVALID_REQUEST", "end_pause", node="B1")
    it.refused("INVALID_REQUEST", "end_pause", node="nobody")


# --- dropped connections


def test_a_simulated_client_loses_its_connections_and_comes_back(it):
    node = it.world.nodes["producer:loja"]
    before = list(node.connections)
    assert it.do("drop_client", client="loja")["connections"] == len(before) > 0
    it.pass_ms(1_000)
    assert node.connections and not set(before) & set(node.connections)
    loja = next(p for p in it.state()["producers"] if p["id"] == "loja")
    assert loja["failed"] == 0 and loja["acked"] >= loja["sent"] - 1
    assert told(it, events.ConnectionsReset)[-1] == events.ConnectionsReset("loja", "", len(before))


def test_a_real_client_finds_its_sockets_closed(it):
    kcat, _ = it.client(1, "kcat"), it.client(2, "other", port=5001)
    it.world.drain()
    assert it.do("drop_client", client="kcat")["connections"] == 1
    it.pass_ms(10)
    assert it.world.drain()[1] == [kcat.connection]
    assert [c["client"] for c in it.state()["clients"]] == ["other"]
    it.refused("UNKNOWN_MEMBER_ID", "drop_client", client="kcat")
    it.refused("UNKNOWN_MEMBER_ID", "drop_client", client="other", host="10.1.1.1")
    it.refused("UNKNOWN_MEMBER_ID", "drop_client", client="loja", host="10.1.1.1")
