"""The snapshot: its shape as docs/api.md tells it, and that it tells the truth."""

import json

import pytest

from engine.machine import MILLISECOND
from tests.unit.cluster.sandbox import BUSY, Sandbox

# What docs/api.md promises. A type, a list of one shape, or "offsets": {topic: {partition: offset}}.
NUMBER = (int, float)
MEMBER = {
    "id": str, "member": str, "client": str, "kind": str, "host": str, "running": bool, "poll_ms": int,
    "topics": [str], "assigned": dict, "position": dict, "lag": int, "heartbeat_ms_ago": int, "session_ms": int,
    "work_ms": int, "max_poll_records": int, "max_poll_interval_ms": int, "commit": str, "processed": int,
    "working": int,
}  # fmt: skip
PATIENCE = {"client": str, "left_ms": NUMBER, "patience_ms": int, "why": str, "connections": int}
SHAPE = {
    "sandbox": str, "step": int, "event": int, "at_ms": NUMBER, "calendar_ms": int, "cluster_id": str,
    "pace": {"paused": bool, "speed": NUMBER, "asked": NUMBER, "speed_min": NUMBER, "speed_max": NUMBER,
             "limited_by": str, "patience": [PATIENCE], "first_to_give_up": (PATIENCE, type(None))},
    "controller": {"id": int, "records": int},
    "brokers": [{"id": int, "state": str, "since_ms": NUMBER, "leads": int, "clients": [str], "rack": str}],
    "topics": [{
        "name": str, "internal": bool, "replication": int, "min_insync": int,
        "partitions": [{
            "id": int, "leader": int, "epoch": int, "isr": [int], "start": int, "hw": int, "end": int,
            "replicas": [{"broker": int, "start": int, "end": int, "alive": bool, "in_sync": bool}],
            "tail": {"first": int, "keys": str}, "adding": [int], "removing": [int],
        }],
    }],
    "producers": [{
        "id": str, "kind": str, "topic": str, "acks": str, "rate": NUMBER, "keys": str, "running": bool, "sent": int,
        "acked": int, "failed": int, "waiting": int, "source": str, "late": int, "repeated": int,
        "rows": (list, type(None)), "partitioner": str,
    }],
    "groups": [{
        "id": str, "state": str, "generation": int, "protocol": str, "coordinator": int, "committed": dict,
        "members": [MEMBER], "lag": int,
    }],
    "clients": [{"client": str, "software": str, "version": str, "connections": int, "member_of": str, "host": str}],
    "faults": [dict],  # test_active.py has what they say
    "traffic": [{"code": str, "at_ms": NUMBER, "params": dict}],
}  # fmt: skip


def check(data, shape, path="state"):
    if isinstance(shape, dict):
        assert list(data) and set(data) == set(shape), f"{path}: {set(data) ^ set(shape)}"
        for key, inner in shape.items():
            check(data[key], inner, f"{path}.{key}")
    elif isinstance(shape, tuple) and isinstance(shape[0], dict):
        if data is not None:
            check(data, shape[0], path)
    elif isinstance(shape, list):
        assert isinstance(data, list), path
        for n, one in enumerate(data):
            check(one, shape[0], f"{path}[{n}]")
    else:
        assert isinstance(data, shape) and (shape is bool or not isinstance(data, bool)), f"{path} is {data!r}"


@pytest.fixture
def busy():
    it = Sandbox(BUSY)
    it.world.traced = True
    it.pass_ms(8_000)
    return it


def test_it_has_the_shape_that_is_documented_at_any_moment(busy):
    client = busy.client(busy.coordinator("real"))
    client.join("real")
    for do in ({}, {"do": "crash_broker", "broker": 1}, {"do": "crash_consumer", "consumer": "A-1"}):
        if do:
            busy.do(do.pop("do"), **do)
        for _ in range(4):
            state = busy.state()
            check(state, SHAPE)
            assert json.loads(json.dumps(state)) == state
            busy.pass_ms(700)
    assert all(state[key] for key in ("brokers", "topics", "producers", "groups", "traffic"))


def test_every_part_of_the_shape_was_met(busy):
    """A list that is always empty would prove nothing."""
    client = busy.client(busy.coordinator("real"))
    client.join("real")
    state = busy.state()
    assert all(state[key] for key in SHAPE if key != "faults")
    assert {m["kind"] for g in state["groups"] for m in g["members"]} == {"sim", "tcp"}


def test_time(busy):
    state = busy.state()
    assert (state["at_ms"], state["step"]) == (busy.world.now / MILLISECOND, busy.world.steps)
    assert state["event"] == busy.world.told[-1].number


def test_what_a_partition_shows_is_its_leaders_view(busy):
    for partition in busy.topic()["partitions"]:
        held = busy.cluster.broker(partition["leader"]).partitions["pedidos", partition["id"]]
        assert (partition["hw"], partition["end"]) == (held.high_watermark, held.log.log_end)
        assert {r["broker"] for r in partition["replicas"] if r["in_sync"]} == set(partition["isr"])
        assert len(partition["tail"]["keys"]) == min(64, partition["end"])


def test_without_a_leader_the_longest_replica_is_shown(busy):
    ends = {p["id"]: p["end"] for p in busy.topic()["partitions"]}
    for b in (1, 2, 3):
        busy.do("crash_broker", broker=b)
    busy.pass_ms(3_000)
    for partition in busy.topic()["partitions"]:
        assert partition["leader"] == -1
        assert partition["end"] >= ends[partition["id"]]
        assert not any(r["alive"] for r in partition["replicas"])


def test_internal_topics_are_shown_without_their_records(busy):
    topic = busy.topic("__consumer_offsets")
    assert topic["internal"]
    assert all(p["tail"] == {"first": 0, "keys": ""} for p in topic["partitions"])


def test_lag_is_what_is_committed_and_not_yet_read(busy):
    busy.do("stop_consumer", consumer="A-1")
    busy.do("stop_consumer", consumer="A-2")
    busy.pass_ms(2_000)
    high = {str(p["id"]): p["hw"] for p in busy.topic()["partitions"]}
    group = busy.group()
    for member in group["members"]:
        position = member["position"]["pedidos"]
        assert member["lag"] == sum(high[p] - at for p, at in position.items()) > 0
    assert group["lag"] == sum(high[p] - at for p, at in group["committed"]["pedidos"].items())


def test_offsets_of_a_deleted_topic_lag_behind_nothing(busy):
    busy.do("delete_topic", topic="pedidos")
    busy.pass_ms(500)
    assert [g["lag"] for g in busy.state()["groups"]] == [0]


def test_every_name_in_it_stands_in_the_documentation():
    from pathlib import Path

    text = (Path(__file__).parents[3] / "docs/api.md").read_text(encoding="utf-8")

    def names(shape):
        for inner in shape if isinstance(shape, list) else shape.values() if isinstance(shape, dict) else ():
            yield from names(inner)
        yield from shape if isinstance(shape, dict) else ()

    assert [name for name in names(SHAPE) if f'"{name}"' not in text] == []


def test_a_consumer_on_its_way_into_its_group_is_shown_outside_of_it():
    it = Sandbox()
    it.do("add_group", group="A", topic="pedidos")
    (member,) = it.group()["members"]
    assert (member["id"], member["member"], member["assigned"], it.group()["coordinator"]) == ("A-1", "", {}, -1)
    assert it.group()["state"] == "Empty"


def test_who_says_goodbye_is_not_shown_any_more(busy):
    busy.do("remove_producer", producer="loja")
    assert busy.state()["producers"] == []


def test_of_two_who_believe_to_coordinate_the_controllers_choice_is_shown(busy):
    """A coordinator that is cut off does not know that it was replaced."""
    old = busy.group()["coordinator"]
    for other in ("C1", *(f"B{b}" for b in (1, 2, 3) if b != old)):
        busy.world.links.cut(f"B{old}", other)
        busy.world.links.cut(other, f"B{old}")
    busy.pass_ms(3_000)
    believers = [b for b in (1, 2, 3) if any(g["id"] == "A" for g in busy.cluster.broker(b).groups.snapshot())]
    assert old in believers and len(believers) == 2
    shown = [g for g in busy.state()["groups"] if g["id"] == "A"]
    assert len(shown) == 1 and shown[0]["coordinator"] != old


# --- real clients -----------------------------------------------------------------------------------------


def test_real_clients_are_shown_by_name_and_host(busy):
    one = busy.client(1, "kcat", port=1)
    busy.client(2, "kcat", port=2)
    busy.client(1, "kafkajs", host="10.0.0.8")
    clients = busy.state()["clients"]
    assert [(c["client"], c["connections"], c["host"]) for c in clients] == [
        ("kcat", 2, "10.0.0.7"), ("kafkajs", 1, "10.0.0.8"),
    ]  # fmt: skip
    assert busy.broker(1)["clients"] == ["kcat", "kafkajs"]
    one.close()
    assert [c["connections"] for c in busy.state()["clients"] if c["client"] == "kcat"] == [1]


def test_a_real_producer_is_shown_with_what_it_has_written(busy):
    from engine.wire import messages as m
    from engine.wire.records import Record, encode_batch

    leader = busy.topic()["partitions"][0]["leader"]
    client = busy.client(leader)
    data = encode_batch([Record(n, 0, None, b"x", []) for n in range(3)]).to_bytes()
    assert client.ask(m.ProduceRequest(-1, 1_000, [m.ProducePart("pedidos", 0, data)])).parts[0].error == 0
    shown = busy.state()["producers"][-1]
    assert (shown["id"], shown["kind"], shown["sent"], shown["topic"]) == ("kcat", "tcp", 3, "pedidos")


def test_of_a_real_member_one_knows_what_was_fetched(busy):
    from engine.wire import messages as m

    coordinator = busy.coordinator("real")
    client = busy.client(coordinator)
    member = client.join("real")
    leader = busy.topic()["partitions"][0]["leader"]
    fetcher = client if leader == coordinator else busy.client(leader, port=5001)
    fetched = fetcher.ask(m.FetchRequest(100, 1, [m.FetchPart("pedidos", 0, 0)]), 200)
    assert fetched.parts[0].records
    (shown,) = busy.group("real")["members"]
    assert (shown["member"], shown["kind"], shown["assigned"]) == (member, "tcp", {"pedidos": [0]})
    assert 0 < shown["position"]["pedidos"]["0"] <= busy.topic()["partitions"][0]["hw"]
    assert [c["member_of"] for c in busy.state()["clients"] if c["client"] == "kcat"] == ["real"]


# --- traffic -------------------------------------------------------------------------------------------------


def test_traffic_is_there_only_for_who_looks(busy):
    codes = {t["code"] for t in busy.state()["traffic"]}
    assert codes == {"appended", "replicated", "delivered"}
    assert not any(t["params"]["topic"].startswith("__") for t in busy.state()["traffic"])
    blind = Sandbox(BUSY)
    blind.pass_ms(5_000)
    assert blind.state()["traffic"] == []
