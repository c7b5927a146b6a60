"""Producers of all sources and bursts by hand, in a cluster: what arrives, what the state says, what is refused."""

import json

import pytest

from engine.commands import SOURCES
from engine.limits import BURST_BYTES_MAX, ROWS_BYTES_MAX
from engine.live.checkpoint_file import from_bytes, to_bytes
from engine.live.slices import at_once
from engine.wire.records import decode_records
from engine.world.plain import difference
from tests.unit.cluster.sandbox import Sandbox

CSV = "placa,valor\nABC1D23,12.50\nXYZ9K87,7\n"


@pytest.fixture
def it():
    return Sandbox()


def records(it, topic="pedidos"):
    """All of them, by partition."""
    found = []
    for p in it.topic(topic)["partitions"]:
        log = it.cluster.broker(p["leader"]).partitions[topic, p["id"]].log
        found += [(p["id"], r) for batch in log.batches(0, log.log_end) for r in decode_records(batch)]
    return found


def producer(it, name="app1"):
    return next(p for p in it.state()["producers"] if p["id"] == name)


@pytest.mark.parametrize("source", SOURCES)
def test_a_producer_of_each_source_writes_json_that_arrives(it, source):
    own = {"rows": CSV, "key_field": "placa"} if source == "rows" else {}
    it.do("add_producer", topic="pedidos", source=source, rate=50, **own)
    it.pass_ms(3_000)
    found = records(it)
    assert len(found) > 100
    assert all(isinstance(json.loads(r.value), dict) and r.key for _, r in found)
    assert producer(it)["source"] == source and producer(it)["failed"] == 0


def test_the_state_says_how_much_of_it_is_late_and_repeated(it):
    it.do("add_producer", topic="pedidos", source="temperatures")
    it.do("add_producer", topic="pedidos", source="clicks", late=0, repeated=40)
    it.do("add_producer", topic="pedidos")
    told = [(p["source"], p["late"], p["repeated"], p["rows"]) for p in it.state()["producers"]]
    assert told == [("temperatures", 6, 3, None), ("clicks", 0, 40, None), ("purchases", 0, 0, None)]
    it.do("set_producer", producer="app1", late=25)
    assert producer(it)["late"] == 25
    reason = it.refused("INVALID_REQUEST", "set_producer", producer="app3", late=25)
    assert "app3 was added without" in reason


def test_own_rows_are_sent_once_and_counted(it):
    it.do("add_producer", topic="pedidos", source="rows", rows=CSV, key_field="placa", loop=False, rate=10)
    it.pass_ms(1_000)
    assert [(r.key, r.value) for _, r in sorted(records(it), key=lambda one: one[1].timestamp)] == [
        (b"ABC1D23", b'{"placa": "ABC1D23", "valor": 12.50}'), (b"XYZ9K87", b'{"placa": "XYZ9K87", "valor": 7}'),
    ]  # fmt: skip
    assert (producer(it)["rows"], producer(it)["running"]) == ([2, 2], False)


@pytest.mark.parametrize(
    "fields",
    [
        {"source": "rows"},
        {"source": "rows", "rows": ""},
        {"source": "rows", "rows": "a,b\n1\n"},
        {"source": "rows", "rows": CSV, "key_field": "nome"},
        {"source": "rows", "rows": "a\n" + "x" * ROWS_BYTES_MAX},
        {"source": "ticks", "rows": CSV},
        {"rows": CSV},
        {"source": "weather"},
        {"source": "ticks", "late": 91},
    ],
    ids=str,
)
def test_a_source_that_is_none_is_refused(it, fields):
    it.refused("INVALID_REQUEST", "add_producer", topic="pedidos", **fields)


# --- bursts


def test_a_burst_is_many_records_at_once_whose_keys_take_turns(it):
    it.do("burst", topic="pedidos", value='{"n": {n}, "de": "{key}"}', records=100, keys=["ana", "bia", "caio"])
    it.pass_ms(200)
    found = records(it)
    assert len(found) == 100 and len({r.timestamp for _, r in found}) == 1
    assert sorted(json.loads(r.value)["n"] for _, r in found) == list(range(1, 101))
    assert all(json.loads(r.value)["de"] == r.key.decode() for _, r in found)
    assert all(len({p for p, r in found if r.key == key}) == 1 for key in (b"ana", b"bia", b"caio"))


def test_without_keys_a_burst_has_none(it):
    assert it.do("burst", topic="pedidos", value="oi")["records"] == 10
    it.pass_ms(200)
    assert [(r.key, r.value) for _, r in records(it)] == [(None, b"oi")] * 10


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"topic": "nada", "value": "x"}, "UNKNOWN_TOPIC_OR_PARTITION"),
        ({"topic": "__consumer_offsets", "value": "x"}, "INVALID_TOPIC_EXCEPTION"),
        ({"topic": "pedidos", "value": "x", "records": 1_001}, "INVALID_REQUEST"),
        ({"topic": "pedidos", "value": "x" * (BURST_BYTES_MAX // 900), "records": 1_000}, "POLICY_VIOLATION"),
        ({"topic": "pedidos", "value": "{key}" * 200, "records": 100, "keys": ["k" * 60]}, "POLICY_VIOLATION"),
        ({"topic": "pedidos"}, "INVALID_REQUEST"),
    ],
)
def test_a_burst_that_cannot_be_is_refused(it, fields, code):
    if fields["topic"].startswith("__"):
        it.do("add_group", group="A", topic="pedidos")
        it.pass_ms(3_000)
    it.refused(code, "burst", **fields)


# --- what is written down of it


def test_a_cluster_of_all_sources_comes_back_from_a_checkpoint_and_goes_on_the_same(it):
    for source in SOURCES:
        own = {"rows": CSV} if source == "rows" else {}
        it.do("add_producer", topic="pedidos", source=source, rate=20, late=20, repeated=20, **own)
    it.pass_ms(3_000)
    restored = at_once(from_bytes(at_once(to_bytes(it.cluster))))
    assert difference(restored, it.cluster) == ""
    for cluster in (it.cluster, restored):
        cluster.world.advance(cluster.world.now + 2_000_000_000)
    assert difference(restored, it.cluster) == ""
