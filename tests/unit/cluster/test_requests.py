"""Entries of a trace in Kafka's own names: what the requests view draws."""

from __future__ import annotations

import json

from engine.cluster.one_request import detail
from engine.cluster.requests import answers_in, rows, under_way
from engine.wire.messages import FetchPart, FetchRequest, ProducePart, ProduceRequest
from engine.wire.records import Record, encode_batch
from engine.world.trace import Trace
from tests.unit.clients.test_small_world import TOPIC, do, run, small_world
from tests.unit.cluster.sandbox import BUSY, Sandbox


def traced(**more):
    cluster = small_world(**more)
    trace = cluster.world.observer = Trace(20_000)
    return cluster, trace


def of(found, api, kind, **fields):
    return [row for row in found if row["api"] == api and row["kind"] == kind and fields.items() <= row.items()]


def test_a_record_is_followed_from_producer_to_leader_to_followers_to_consumer_and_back():
    cluster, trace = traced(rate=2.0)
    run(cluster, 2)
    found = rows(cluster, trace, trace.entries)
    asked = of(found, "Produce", "request")[0]
    part = asked["params"]["parts"][0]
    leader = cluster.image.partition(TOPIC, part["partition"]).leader
    assert asked["from"] == "producer:loja" and asked["to"] == f"B{leader}" and asked["client"] == "loja"
    assert asked["params"]["acks"] == -1 and part["records"] == 1 and part["keys"] in list("01234567")
    answer = of(found, "Produce", "response", of=asked["n"])[0]
    assert answer["to"] == "producer:loja" and answer["params"]["parts"][0]["base_offset"] >= 0
    offset = answer["params"]["parts"][0]["base_offset"]
    copied = [
        row["to"]
        for row in of(found, "Fetch", "response", **{"from": f"B{leader}"})
        for got in row["params"]["parts"]
        if got["topic"] == TOPIC and got["partition"] == part["partition"] and got.get("first") == offset
    ]
    followers = [f"B{b}" for b in (1, 2, 3) if b != leader]
    assert sorted(name for name in copied if name.startswith("B")) == followers
    assert [name for name in copied if name.startswith("consumer:")]


def test_brokers_and_controller_speak_by_the_names_that_kafka_gives_it():
    cluster, trace = traced()
    run(cluster, 3)
    found = rows(cluster, trace, trace.entries)
    beat = of(found, "BrokerHeartbeat", "request", to="C1")[0]
    assert beat["from"] in ("B1", "B2", "B3") and beat["params"]["broker"] == int(beat["from"][1:])
    assert of(found, "BrokerHeartbeat", "response", of=beat["n"])[0]["from"] == "C1"
    assert of(found, "Heartbeat", "request")[0]["params"]["group"] == "A"
    do(cluster, "crash_broker", broker=3)
    run(cluster, 3)
    found = rows(cluster, trace, trace.entries)
    fetched = of(found, "Fetch", "response", **{"from": "C1"})[0]
    assert fetched["params"]["topic"] == "__cluster_metadata" and fetched["params"]["records"] >= 1
    json.dumps(found)


def test_what_is_sent_to_a_broker_that_has_died_is_lost():
    cluster, trace = traced(rate=50.0)
    cluster.world.run(200)
    flying = under_way(cluster, trace)
    to = next(row["to"] for row in flying if row["to"].startswith("B"))
    do(cluster, "crash_broker", broker=int(to[1:]))
    run(cluster, 0.1)
    assert any(row.get("lost") and row["to"] == to for row in rows(cluster, trace, trace.entries))


def test_what_is_under_way_has_a_time_of_arrival_and_arrives_then():
    cluster, trace = traced(rate=20.0)
    while not (flying := under_way(cluster, trace)):
        cluster.world.run(1)
    one = flying[0]
    assert one["sent_ms"] <= cluster.world.now / 1e6 <= one["at_ms"] and one["step"] == 0
    run(cluster, 0.1)
    arrived = next(row for row in rows(cluster, trace, trace.entries) if row["n"] == one["n"])
    assert (arrived["at_ms"], arrived["from"], arrived["to"]) == (one["at_ms"], one["from"], one["to"])


def test_one_request_is_told_with_its_answer_its_causes_and_its_consequences():
    cluster, trace = traced(rate=2.0)
    run(cluster, 2)
    found = rows(cluster, trace, trace.entries)
    asked = of(found, "Produce", "request")[-1]
    told = detail(cluster, trace, asked["n"])
    assert told["request"]["fields"]["acks"] == -1 and told["answer"]["of"] == asked["n"]
    assert told["causes"][0]["kind"] == "alarm" and told["causes"][0]["node"] == "producer:loja"
    assert {one["name"] for one in told["led_to"] if one["kind"] == "response"} == {"Fetch"}
    by_answer = detail(cluster, trace, told["answer"]["n"])
    assert by_answer["request"]["n"] == asked["n"]
    assert detail(cluster, trace, 0) is None
    json.dumps(told)


def test_a_joining_member_is_told_with_the_rebalance_it_led_to():
    cluster, trace = traced(rate=1.0)
    do(cluster, "add_consumer", group="A")
    run(cluster, 5)
    joins = of(rows(cluster, trace, trace.entries), "JoinGroup", "request")
    assert joins
    told = [event["code"] for row in joins for event in detail(cluster, trace, row["n"])["events"]]
    assert "rebalance_started" in told


def test_answers_are_found_in_bytes_however_they_are_cut():
    answers = b"".join(len(body).to_bytes(4, "big") + body for body in (b"\0\0\0\7abc", b"\0\0\0\x08", b"\0\0\1\0" * 9))
    expected = [(7, b"\0\0\0\7abc"), (8, b"\0\0\0\x08"), (256, b"\0\0\1\0" * 9)]
    for size in (1, 2, 3, 5, 8, 13, len(answers)):
        cut = [answers[i : i + size] for i in range(0, len(answers), size)]
        assert list(answers_in(cut)) == expected


def test_a_real_clients_bytes_are_told_as_what_they_say():
    sandbox = Sandbox(BUSY)
    trace = sandbox.world.observer = Trace(20_000)
    cluster = sandbox.cluster
    leader = cluster.image.partition("pedidos", 0).leader
    client = sandbox.client(leader)
    batch = encode_batch([Record(i, 0, b"k", b"v", []) for i in range(3)])
    written = client.ask(ProduceRequest(-1, 5_000, [ProducePart("pedidos", 0, batch.to_bytes())]))
    base = written.parts[0].base_offset
    client.ask(FetchRequest(100, 1, [FetchPart("pedidos", 0, base, 1 << 20)]))
    found = [row for row in rows(cluster, trace, trace.entries) if "kcat" in (row["from"], row["to"])]
    asked = next(row for row in found if row["api"] == "Produce" and row["kind"] == "request")
    mine = [row for row in found if row.get("of") == asked["n"]]
    assert asked["params"]["parts"][0]["records"] == 3
    assert mine[0]["params"]["parts"][0]["base_offset"] == base and mine[0]["to"] == asked["from"]
    got = [row for row in found if row["api"] == "Fetch" and row["kind"] == "response" and row["n"] == 0][-1]
    assert (got["params"]["parts"][0]["first"], got["params"]["parts"][0]["last"]) == (base, base + 2)
    told = detail(cluster, trace, asked["n"])
    assert told["request"]["fields"]["parts"][0]["records"]["count"] == 3
    assert told["answer"]["fields"]["parts"][0]["base_offset"] == base
    json.dumps(told)
