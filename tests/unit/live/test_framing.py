"""Frames as they leave the host: small, whole again on the other side, details only for those who ask."""

import orjson
import pytest

from engine.cluster import Cluster
from engine.live import framing
from engine.live.flow import EACH, TOGETHER, TOLD_MAX, Flow
from engine.live.framing import Assembled, Framer
from engine.machine import MILLISECOND

FRAME = 100 * MILLISECOND


def busy(brokers, partitions, producers, rate=1000.0, linger_ms=0):
    topic = {"topic": "FIAP", "partitions": partitions, "replication": 3}
    writers = [
        {"topic": "FIAP", "producer": f"p{n}", "rate": rate, "keys": "many", "linger_ms": linger_ms}
        for n in range(producers)
    ]
    group = {"group": "A", "topic": "FIAP", "consumers": 3, "poll_ms": 200}
    return Cluster({"brokers": brokers, "topics": [topic], "producers": writers, "groups": [group]})


def film(cluster, framer, frames):
    """Its parts, as the stage makes them; at high rates only the beginning of each frame's traffic is told."""
    flow, world = Flow(), cluster.world
    world.traced = True
    for number in range(frames):
        since = world.now
        while world.now < since + FRAME:
            world.advance(world.now + MILLISECOND)
            if len(world.traffic) >= 200:
                world.traced = False
        told = flow.told(
            world.traffic, now=number / 10, since=since, until=world.now, speed=1.0, whole=world.traced,
            few=framer.key_due,
        )  # fmt: skip
        world.traffic.clear()
        world.traced = True
        state = cluster.state(framer.tails(cluster), told)
        yield state, told, framer.parts(cluster, state, 0)


def test_a_frame_of_six_busy_partitions_fits_four_kilobytes_and_is_whole_again_on_the_other_side():
    cluster, framer, there = busy(3, 6, 5), Framer(), Assembled()
    sizes = []
    for state, _, parts in film(cluster, framer, 30):
        for part in parts:
            sizes.append(len(part.json))
            there.heard(part.kind, orjson.loads(part.json))
        assert there.state == orjson.loads(orjson.dumps(state))
        assert all(partition["tail"]["keys"] for partition in there.state["topics"][0]["partitions"])
    assert max(sizes) <= 4_096


def test_of_a_hundred_partitions_a_frame_and_the_details_that_a_page_looks_at_fit_twenty_kilobytes():
    cluster, framer, there = busy(12, 100, 4, linger_ms=100), Framer(), Assembled()
    framer.want(("FIAP", number) for number in range(10, 20))
    for _, _, parts in film(cluster, framer, 12):
        assert sum(len(part.json) for part in parts if part.kind != "key") <= 20_480
        for part in parts:
            there.heard(part.kind, orjson.loads(part.json))
    assert all(partition["tail"] == {"first": 0, "keys": ""} for partition in there.state["topics"][0]["partitions"])
    assert sorted(there.details) == [("FIAP", number) for number in range(10, 20)]
    for (_, number), tail in there.details.items():
        end = there.state["topics"][0]["partitions"][number]["end"]
        assert tail["first"] + len(tail["keys"]) == end


def test_a_key_comes_first_and_again_when_the_deltas_have_grown(monkeypatch):
    monkeypatch.setattr(framing, "KEY_BYTES", 3_000)
    cluster, framer, late = busy(3, 6, 5), Framer(), None
    kinds = []
    for state, _, parts in film(cluster, framer, 12):  # noqa: B007
        kinds.append([part.kind for part in parts])
        assert {part.number for part in parts} == {framer.number}
        if late is None and len(kinds) > 1 and "key" in kinds[-1]:
            late = Assembled()  # whoever comes now needs this key and no more
        for part in parts if late else ():
            if part.kind == "key" or late.state is not None:
                late.heard(part.kind, orjson.loads(part.json))
    assert kinds[0] == ["key"] and ["delta", "key"] in kinds[1:8] and ["delta"] in kinds
    assert late.state == orjson.loads(orjson.dumps(state))
    framer.begin()
    assert [part.kind for part in framer.parts(cluster, cluster.state(()), 0)] == ["key"]


@pytest.mark.parametrize(
    ("rate", "least", "most"), [(2.0, 0, EACH), (30.0, EACH, TOGETHER), (1000.0, TOGETHER, float("inf"))]
)
def test_records_are_told_one_by_one_together_or_as_samples_by_the_rate_of_their_edge(rate, least, most):
    topic = {"topic": "t", "partitions": 1, "replication": 1}
    writer = {"topic": "t", "producer": "p", "rate": rate}
    cluster = Cluster({"brokers": 1, "topics": [topic], "producers": [writer]})
    told = [one for _, told, _ in film(cluster, Framer(), 45) for one in told if one["code"] == "appended"][1:]
    written = cluster.state()["topics"][0]["partitions"][0]["end"] - 1  # the first, by which no rate is known yet
    for one in told[5:]:
        assert one["records"] >= one["params"]["last"] - one["params"]["first"] + 1
        assert (one["rate"] > 0) == (least == TOGETHER)
    if least == TOGETHER:
        assert 2 <= len(told) <= 5 and all(0.5 * rate < one["rate"] < 2 * rate for one in told[1:])
    else:
        assert sum(one["records"] for one in told) >= written * 0.9
        assert all(one["records"] == 1 for one in told) or least == EACH


def test_no_frame_tells_of_more_records_than_can_be_seen_and_never_leaves_out_those_by_hand():
    cluster, framer = busy(3, 6, 5), Framer()
    world = cluster.world
    found = []
    for number, (_, told, _) in enumerate(film(cluster, framer, 20)):
        assert len(told) <= TOLD_MAX
        found += [one for one in told if one["params"].get("producer") == "composer"]
        if number == 10:
            world.admit(world.now, [("test", "command", {"do": "produce", "topic": "FIAP", "value": "x", "key": "k"})])
    assert len(found) == 1
