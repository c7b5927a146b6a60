"""The director: inputs, commands sent twice, whose ports are open, and what outlives a broker's process."""

import pytest

from engine import events
from engine.commands import CommandRefused
from engine.limits import COMMAND_IDS_MAX
from engine.world.inputs import REBASE, RESTART
from tests.unit.cluster.sandbox import BUSY, Sandbox


@pytest.fixture
def it():
    return Sandbox()


# --- commands with an id ------------------------------------------------------------------------------


def test_a_command_sent_twice_is_carried_out_once(it):
    first = it.do("crash_broker", broker=3, id="c1")
    again = it.do("crash_broker", broker=3, id="c1")
    assert again == {**first, "again": True}
    assert len(it.told(events.BrokerCrashed)) == 1


def test_its_answer_is_the_same_even_if_it_could_not_be_done_now(it):
    added = it.do("add_broker", id="c1")
    it.pass_ms(100)
    assert it.do("add_broker", id="c1")["broker"] == added["broker"] == 4
    assert list(it.cluster.places) == [1, 2, 3, 4]


def test_an_id_belongs_to_who_sent_it(it):
    it.do("pause", id="c1", actor="web:1")
    it.do("resume", id="c1", actor="web:2")
    assert not it.cluster.pace.paused


def test_an_id_used_for_something_else_is_refused(it):
    it.do("pause", id="c1")
    it.refused("DUPLICATE_ID", "resume", id="c1")


def test_what_was_refused_may_be_tried_again_under_the_same_id(it):
    it.refused("INVALID_REQUEST", "resume", id="c1")
    it.do("pause")
    it.do("resume", id="c1")


def test_without_an_id_the_same_may_be_done_again(it):
    for _ in range(2):
        it.do("produce", topic="pedidos", value="x", partition=0)
    it.do("produce", topic="pedidos", value="x", partition=0, id=7)  # no text: no id
    it.do("produce", topic="pedidos", value="x", partition=0, id="")
    it.pass_ms(100)
    assert it.topic()["partitions"][0]["end"] == 4


def test_old_ids_are_forgotten(it):
    it.do("pause", id="first")
    for n in range(COMMAND_IDS_MAX):
        it.do("step", id=f"s{n}")
    assert len(it.cluster.done) == COMMAND_IDS_MAX
    it.refused("INVALID_REQUEST", "pause", id="first")


def test_an_answer_says_when_the_command_took_place(it):
    it.pass_ms(1_000)
    done = it.do("pause")
    assert (done["step"], done["at_ms"]) == (it.world.steps, it.world.now / 1_000_000)


# --- other inputs ---------------------------------------------------------------------------------------


def test_a_restart_and_a_rebase_are_on_record(it):
    it.give(RESTART, {"inputs": 12, "away_ms": 3_000}, "host")
    it.give(REBASE, {"behind_ms": 250}, "host")
    assert it.told(events.Restarted) == [events.Restarted(12, 3_000)]
    assert it.told(events.Rebased) == [events.Rebased(250)]


def test_timestamps_follow_the_calendar(it):
    from engine.world.inputs import CALENDAR

    it.give(CALENDAR, 1_700_000_000_000_000_000, "host")
    it.do("produce", topic="pedidos", value="x", partition=0)
    it.pass_ms(100)
    stamp = it.cluster.record("pedidos", 0, 0)["timestamp_ms"]
    assert 0 <= stamp - 1_700_000_000_000 < 1_000
    it.do("crash_broker", broker=1)
    it.do("start_broker", broker=1)
    assert it.cluster.broker(1).calendar_offset == 1_700_000_000_000_000_000


# --- ports ------------------------------------------------------------------------------------------------


def test_the_ports_of_brokers_that_serve_are_open_and_no_others(it):
    assert it.cluster.open_brokers() == [1, 2, 3]
    it.do("crash_broker", broker=2)
    assert it.cluster.open_brokers() == [1, 3]
    it.do("start_broker", broker=2)
    assert it.cluster.open_brokers() == [1, 3]
    it.pass_ms(500)
    assert it.cluster.open_brokers() == [1, 2, 3]
    it.do("stop_broker", broker=1)
    assert it.cluster.open_brokers() == [1, 2, 3]
    it.pass_ms(1_000)
    assert it.cluster.open_brokers() == [2, 3]
    it.do("add_broker")
    it.pass_ms(500)
    assert it.cluster.open_brokers() == [2, 3, 4]


def test_a_real_clients_connection_ends_with_its_broker(it):
    client = it.client(2)
    it.world.drain()
    it.do("crash_broker", broker=2)
    assert it.world.drain()[1] == [client.connection]


# --- lives ------------------------------------------------------------------------------------------------


def test_a_brokers_disk_outlives_its_process_and_its_memory_does_not(it):
    it.do("produce", topic="pedidos", value="x", partition=0)
    it.pass_ms(100)
    old = it.cluster.broker(2)
    it.do("crash_broker", broker=2)
    it.do("start_broker", broker=2)
    new = it.cluster.broker(2)
    assert new is not old and new.disk is old.disk
    assert (new.life, new.partitions) == (2, {})
    it.pass_ms(500)
    assert new.partitions["pedidos", 0].log.log_end == 1


def test_nothing_acknowledged_is_lost_when_all_crash_at_once(it):
    for n in range(5):
        it.do("produce", topic="pedidos", value=f"{n}", partition=0)
    it.pass_ms(200)
    for b in (1, 2, 3):
        it.do("crash_broker", broker=b)
    it.pass_ms(3_000)
    assert all(p["leader"] == -1 for p in it.topic()["partitions"])
    for b in (1, 2, 3):
        it.do("start_broker", broker=b)
    it.pass_ms(3_000)
    partition = it.topic()["partitions"][0]
    assert (partition["hw"], partition["end"], len(partition["isr"])) == (5, 5, 3)


def test_committed_offsets_survive_the_crash_of_their_coordinator():
    it = Sandbox(BUSY)
    it.pass_ms(12_000)
    before = it.group()
    assert before["committed"]["pedidos"]
    it.do("stop_producer", producer="loja")
    it.pass_ms(6_000)
    settled = it.group()["committed"]
    it.do("crash_broker", broker=before["coordinator"])
    it.pass_ms(3_000)
    after = it.group()
    assert after["coordinator"] not in (-1, before["coordinator"])
    assert after["committed"] == settled
    assert it.told(events.CoordinatorMoved)


def test_a_producer_that_wants_no_answers_still_finds_the_new_leader():
    """acks=0 to the wrong broker costs the connection: that is how it learns (otherwise within five minutes)."""
    it = Sandbox({
        "topics": [{"topic": "cliques", "partitions": 1}], "config": {"leader_imbalance_check_interval_ms": 5_000},
        "producers": [{"producer": "quick", "topic": "cliques", "rate": 20.0, "acks": "0", "idempotent": False}],
    })  # fmt: skip
    it.pass_ms(1_000)
    first = it.topic("cliques")["partitions"][0]["leader"]
    it.do("crash_broker", broker=first)
    it.pass_ms(2_500)
    it.do("start_broker", broker=first)
    it.pass_ms(6_000)
    assert it.told(events.LeaderElected)[-1].why == "preferred"
    end = it.topic("cliques")["partitions"][0]["end"]
    it.pass_ms(2_000)
    assert it.topic("cliques")["partitions"][0]["leader"] == first
    assert it.topic("cliques")["partitions"][0]["end"] - end >= 35


def test_a_cluster_says_when_a_scenario_does_not_come_up(monkeypatch):
    from engine.cluster import cluster as module

    monkeypatch.setattr(module, "BOOT_MAX", 1)
    with pytest.raises(CommandRefused, match="does not come up"):
        Sandbox()


def test_equal_seeds_are_equal_sandboxes_and_others_are_not():
    one, same, other = Sandbox(BUSY, 1), Sandbox(BUSY, 1), Sandbox(BUSY, 2)
    for it in (one, same, other):
        it.pass_ms(3_000)
    assert one.world.digest() == same.world.digest() != other.world.digest()
    assert one.state() == same.state()
    assert one.state()["cluster_id"] != other.state()["cluster_id"]


def test_a_refusal_is_a_result_and_no_accident(it):
    from engine.world.inputs import COMMAND

    refused = it.give(COMMAND, {"do": "crash_broker", "broker": 9})
    assert isinstance(refused, CommandRefused)
    assert refused.code == "BROKER_ID_NOT_REGISTERED"
