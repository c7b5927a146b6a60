"""Every command: it does what it says, or it is refused with a code and a reason and changes nothing."""

import pytest

from engine import events
from engine.cluster.actions import ACTIONS
from engine.commands import COMMANDS, CommandRefused
from engine.limits import BROKERS_MAX, CONSUMERS_PER_GROUP_MAX, GROUPS_MAX, PRODUCERS_MAX
from tests.unit.cluster.sandbox import BUSY, Sandbox


@pytest.fixture
def it():
    return Sandbox()


@pytest.fixture
def busy():
    it = Sandbox(BUSY)
    it.pass_ms(3_000)
    return it


def test_there_is_an_action_for_every_command():
    assert {kind.do for kind in ACTIONS} == set(COMMANDS)


def test_what_is_no_command_is_refused(it):
    it.refused("INVALID_REQUEST", "fly")
    it.refused("INVALID_REQUEST", "crash_broker")
    it.refused("INVALID_REQUEST", "crash_broker", broker="one")
    from engine.world.inputs import COMMAND

    for payload in ([], None, "pause", {}):
        assert isinstance(it.give(COMMAND, payload), CommandRefused)


# --- records -----------------------------------------------------------------------------------------


def test_a_record_made_by_hand_arrives(it):
    it.do("produce", topic="pedidos", key="cliente-4", value="café", headers={"a": "b"}, partition=1)
    it.pass_ms(100)
    found = it.cluster.record("pedidos", 1, 0)
    assert (found["key"]["text"], found["value"]["text"], found["headers"]) == ("cliente-4", "café", [["a", "b"]])
    assert found["committed"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"topic": "nada"}, "UNKNOWN_TOPIC_OR_PARTITION"),
        ({"topic": "pedidos", "partition": 2}, "UNKNOWN_TOPIC_OR_PARTITION"),
        ({"topic": "pedidos", "partition": -1}, "UNKNOWN_TOPIC_OR_PARTITION"),
        ({"topic": "pedidos", "value": "x" * 100_001}, "INVALID_REQUEST"),
    ],
)
def test_records_that_cannot_be_written(it, fields, code):
    it.refused(code, "produce", **fields)


def test_the_brokers_own_topic_takes_no_records_and_cannot_be_deleted(busy):
    busy.refused("INVALID_TOPIC_EXCEPTION", "produce", topic="__consumer_offsets", value="x")
    busy.refused("INVALID_TOPIC_EXCEPTION", "delete_topic", topic="__consumer_offsets")


# --- topics --------------------------------------------------------------------------------------------


def test_topics_are_created_and_deleted(it):
    it.do("create_topic", topic="cliques", partitions=4, replication=2, min_insync_replicas=2)
    it.pass_ms(50)
    topic = it.topic("cliques")
    assert (len(topic["partitions"]), topic["replication"], topic["min_insync"]) == (4, 2, 2)
    assert it.told(events.TopicCreated)[-1] == events.TopicCreated("cliques", 4, 2)
    it.do("delete_topic", topic="cliques")
    it.pass_ms(50)
    assert [t["name"] for t in it.state()["topics"]] == ["pedidos"]
    assert it.told(events.TopicDeleted) == [events.TopicDeleted("cliques")]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"topic": "pedidos"}, "TOPIC_ALREADY_EXISTS"),
        ({"topic": "a b"}, "INVALID_TOPIC_EXCEPTION"),
        ({"topic": "muitas", "replication": 4}, "INVALID_REPLICATION_FACTOR"),
        ({"topic": "muitas", "partitions": 0}, "INVALID_REQUEST"),
    ],
)
def test_topics_that_cannot_be_created(it, fields, code):
    it.refused(code, "create_topic", **fields)


def test_replicas_need_brokers_that_run(it):
    it.do("crash_broker", broker=3)
    it.pass_ms(2_000)
    reason = it.refused("INVALID_REPLICATION_FACTOR", "create_topic", topic="novo", replication=3)
    assert "there are 2" in reason
    it.do("create_topic", topic="novo", replication=2)


def test_what_does_not_exist_cannot_be_deleted(it):
    it.refused("UNKNOWN_TOPIC_OR_PARTITION", "delete_topic", topic="nada")


# --- brokers ----------------------------------------------------------------------------------------------


def test_a_broker_is_stopped_in_good_order(it):
    it.do("stop_broker", broker=1)
    assert it.broker(1)["state"] == "stopping"
    it.pass_ms(1_000)
    assert it.broker(1)["state"] == "stopped"
    assert it.told(events.BrokerStopped) == [events.BrokerStopped(1)]
    assert all(p["leader"] != 1 and 1 not in p["isr"] for p in it.topic()["partitions"])
    assert it.told(events.BrokerFenced) == []


def test_a_broker_is_crashed_and_missed_after_its_session(it):
    leads = it.broker(1)["leads"]
    it.do("crash_broker", broker=1)
    assert it.broker(1)["state"] == "crashed"
    assert it.told(events.BrokerCrashed) == [events.BrokerCrashed(1, leads)]
    it.pass_ms(2_000)
    assert [e.broker for e in it.told(events.BrokerFenced)] == [1]
    assert it.broker(1)["leads"] == 0


@pytest.mark.parametrize("how", ["stop_broker", "crash_broker"])
def test_it_can_be_started_again_and_finds_its_records(it, how):
    it.do("produce", topic="pedidos", value="x", partition=0)
    it.pass_ms(100)
    it.do(how, broker=2)
    it.pass_ms(2_000)
    it.do("start_broker", broker=2)
    assert it.broker(2)["state"] == "starting"
    it.pass_ms(2_000)
    assert it.broker(2)["state"] == "running"
    assert it.topic()["partitions"][0]["isr"] == [1, 2, 3] or set(it.topic()["partitions"][0]["isr"]) == {1, 2, 3}
    replica = next(r for r in it.topic()["partitions"][0]["replicas"] if r["broker"] == 2)
    assert replica["end"] == 1


def test_a_broker_is_added_and_takes_part(it):
    assert it.do("add_broker")["broker"] == 4
    it.pass_ms(500)
    assert it.broker(4)["state"] == "running"
    assert it.told(events.BrokerAdded) == [events.BrokerAdded(4)]
    it.do("create_topic", topic="largo", partitions=1, replication=4)
    it.pass_ms(50)
    assert set(it.topic("largo")["partitions"][0]["isr"]) == {1, 2, 3, 4}


@pytest.mark.parametrize("do", ["stop_broker", "crash_broker", "start_broker"])
@pytest.mark.parametrize("broker", [0, 4, -1])
def test_a_broker_that_does_not_exist(it, do, broker):
    assert "there are 1, 2, 3" in it.refused("BROKER_ID_NOT_REGISTERED", do, broker=broker)


def test_what_is_down_cannot_be_taken_down_and_what_runs_cannot_be_started(it):
    it.refused("DUPLICATE_BROKER_REGISTRATION", "start_broker", broker=1)
    it.do("stop_broker", broker=1)
    it.refused("BROKER_NOT_AVAILABLE", "stop_broker", broker=1)
    it.refused("DUPLICATE_BROKER_REGISTRATION", "start_broker", broker=1)
    it.do("crash_broker", broker=1)  # in the middle of its shutdown: that is possible
    it.refused("BROKER_NOT_AVAILABLE", "crash_broker", broker=1)
    it.refused("BROKER_NOT_AVAILABLE", "stop_broker", broker=1)
    assert it.broker(1)["state"] == "crashed"


def test_there_is_a_limit_of_brokers(it):
    for _ in range(BROKERS_MAX - 3):
        it.do("add_broker")
    it.refused("POLICY_VIOLATION", "add_broker")


# --- producers -----------------------------------------------------------------------------------------------


def test_a_producer_is_added_changed_stopped_started_and_removed(it):
    assert it.do("add_producer", topic="pedidos", rate=10)["producer"] == "app1"
    assert it.do("add_producer", topic="pedidos", producer="loja", acks="1")["producer"] == "loja"
    it.pass_ms(1_000)
    app, loja = it.state()["producers"]
    assert (app["id"], app["rate"], app["acks"], app["running"]) == ("app1", 10.0, "all", True)
    assert app["sent"] >= 10 > loja["sent"] >= 1
    it.do("set_producer", producer="loja", rate=2.0, acks="0", keys="hot")
    assert [it.state()["producers"][1][key] for key in ("rate", "acks", "keys")] == [2.0, "0", "hot"]
    it.do("stop_producer", producer="app1")
    sent = it.state()["producers"][0]["sent"]
    it.pass_ms(1_000)
    assert (it.state()["producers"][0]["sent"], it.state()["producers"][0]["running"]) == (sent, False)
    it.do("start_producer", producer="app1")
    it.pass_ms(1_000)
    assert it.state()["producers"][0]["sent"] > sent
    it.do("remove_producer", producer="app1")
    assert [p["id"] for p in it.state()["producers"]] == ["loja"]
    it.pass_ms(100)
    it.do("pause")
    assert "producer:app1" not in it.world.nodes


def test_producers_that_cannot_be_added(it):
    it.refused("UNKNOWN_TOPIC_OR_PARTITION", "add_producer", topic="nada")
    it.refused("INVALID_REQUEST", "add_producer", topic="pedidos", rate=0)
    it.do("add_producer", topic="pedidos", producer="loja", rate=0.01)
    it.refused("INVALID_REQUEST", "add_producer", topic="pedidos", producer="loja")
    for _ in range(PRODUCERS_MAX - 1):
        it.do("add_producer", topic="pedidos", rate=0.01)
    it.refused("POLICY_VIOLATION", "add_producer", topic="pedidos")


@pytest.mark.parametrize("do", ["set_producer", "start_producer", "stop_producer", "remove_producer"])
def test_a_producer_that_does_not_exist(busy, do):
    assert busy.refused("UNKNOWN_MEMBER_ID", do, producer="nada").endswith("there are: loja.")
    busy.refused("UNKNOWN_MEMBER_ID", do, producer="A-1")  # a consumer
    busy.do("remove_producer", producer="loja")
    assert busy.refused("UNKNOWN_MEMBER_ID", do, producer="loja").endswith("there are: none.")


# --- consumers ------------------------------------------------------------------------------------------------


def test_a_group_shares_the_partitions_of_its_topic(busy):
    group = busy.group()
    assert (group["state"], group["generation"] >= 1, len(group["members"])) == ("Stable", True, 2)
    assert sorted(p for m in group["members"] for p in m["assigned"]["pedidos"]) == [0, 1]


def test_groups_and_consumers_come_and_go(busy):
    assert busy.do("add_consumer", group="A", poll_ms=500)["consumer"] == "A-3"
    busy.pass_ms(5_000)
    assert sorted(len(m["assigned"].get("pedidos", ())) for m in busy.group()["members"]) == [0, 1, 1]
    busy.do("remove_consumer", consumer="A-1")
    busy.pass_ms(5_000)
    assert [m["id"] for m in busy.group()["members"]] == ["A-2", "A-3"]
    assert busy.do("add_group", group="B", topic="pedidos", consumers=2, assignor="sticky")["consumers"] == [
        "B-1", "B-2",
    ]  # fmt: skip
    busy.pass_ms(5_000)
    assert busy.group("B")["protocol"] == "sticky"
    busy.do("remove_group", group="B")
    busy.pass_ms(5_000)
    assert (busy.group("B")["state"], busy.group("B")["members"]) == ("Empty", [])


def test_a_crashed_consumer_is_missed_after_its_session(busy):
    busy.do("crash_consumer", consumer="A-1")
    assert "consumer:A-1" not in busy.world.nodes
    busy.pass_ms(1_000)
    dead = next(m for m in busy.group()["members"] if m["id"] == "A-1")
    assert (dead["kind"], dead["running"]) == ("sim", False)
    assert busy.do("add_consumer", group="A")["consumer"] == "A-3"  # its name is not free yet
    busy.pass_ms(60_000)
    assert [m["id"] for m in busy.group()["members"]] == ["A-2", "A-3"]
    assert busy.told(events.MemberExpired)[0].client == "A-1"


def test_a_consumer_is_changed_stuck_and_freed(busy):
    busy.do("set_consumer", consumer="A-1", poll_ms=5_000, max_poll_records=1)
    assert next(m for m in busy.group()["members"] if m["id"] == "A-1")["poll_ms"] == 5_000
    busy.do("stop_consumer", consumer="A-1")
    assert not next(m for m in busy.group()["members"] if m["id"] == "A-1")["running"]
    busy.do("start_consumer", consumer="A-1")
    assert next(m for m in busy.group()["members"] if m["id"] == "A-1")["running"]


def test_groups_that_cannot_be_added(it):
    it.refused("UNKNOWN_TOPIC_OR_PARTITION", "add_group", group="g", topic="nada")
    it.refused("INVALID_REQUEST", "add_group", group="g", topic="pedidos", consumers=0)
    it.do("add_group", group="g0", topic="pedidos")
    it.refused("INVALID_GROUP_ID", "add_group", group="g0", topic="pedidos")
    for n in range(1, GROUPS_MAX):
        it.do("add_group", group=f"g{n}", topic="pedidos")
    it.refused("POLICY_VIOLATION", "add_group", group="more", topic="pedidos")


def test_consumers_that_cannot_be_added(it):
    assert "give its topic" in it.refused("GROUP_ID_NOT_FOUND", "add_consumer", group="g")
    it.refused("UNKNOWN_TOPIC_OR_PARTITION", "add_consumer", group="g", topic="nada")
    for _ in range(CONSUMERS_PER_GROUP_MAX):
        it.do("add_consumer", group="g", topic="pedidos")
    it.refused("GROUP_MAX_SIZE_REACHED", "add_consumer", group="g")


@pytest.mark.parametrize(
    "do", ["remove_consumer", "crash_consumer", "set_consumer", "stop_consumer", "start_consumer"]
)
def test_a_consumer_that_does_not_exist(busy, do):
    assert busy.refused("UNKNOWN_MEMBER_ID", do, consumer="nada").endswith("there are: A-1, A-2.")
    busy.refused("UNKNOWN_MEMBER_ID", do, consumer="loja")


def test_a_group_that_does_not_exist(busy):
    busy.refused("GROUP_ID_NOT_FOUND", "remove_group", group="nada")
    busy.do("remove_group", group="A")
    busy.refused("GROUP_ID_NOT_FOUND", "remove_group", group="A")


# --- time --------------------------------------------------------------------------------------------------------


def test_pause_step_and_resume(it):
    it.refused("INVALID_REQUEST", "resume")
    it.refused("INVALID_REQUEST", "step")
    it.do("pause")
    assert it.state()["pace"]["paused"]
    it.refused("INVALID_REQUEST", "pause")
    it.do("step")
    it.do("resume")
    assert not it.state()["pace"]["paused"]
    assert [type(e) for e in it.told(events.Event)[-2:]] == [events.Paused, events.Resumed]


def test_speed_is_set_within_its_limits(it):
    assert it.do("speed", speed=8)["speed"] == 8
    assert (it.state()["pace"]["speed"], it.told(events.SpeedSet)) == (8, [events.SpeedSet(8.0, 8.0, "")])
    for speed in (0, 65, 0.001):
        it.refused("INVALID_REQUEST", "speed", speed=speed)
