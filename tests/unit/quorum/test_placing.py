"""Replicas are spread over racks, whatever the racks' sizes, and leaders go round all brokers."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cluster.cluster import Cluster
from engine.commands import CommandRefused
from engine.quorum.placing import spread

RACKS = st.lists(st.integers(1, 4), min_size=2, max_size=5).map(
    lambda sizes: [[sum(sizes[:i]) + b + 1 for b in range(size)] for i, size in enumerate(sizes)]
)


def test_three_replicas_are_in_three_racks():
    lists = spread([[1, 4], [2, 5], [3, 6]], 6, 3, 0)
    assert lists == [[1, 5, 3], [2, 6, 1], [3, 4, 2], [4, 2, 6], [5, 3, 4], [6, 1, 5]]
    assert Counter(replicas[0] for replicas in lists) == dict.fromkeys(range(1, 7), 1)


@given(RACKS, st.integers(1, 30), st.integers(0, 50), st.data())
def test_a_partition_is_in_as_many_racks_as_can_be(racks, partitions, start, data):
    replication = data.draw(st.integers(1, sum(map(len, racks))))
    where = {broker: rack for rack, brokers in enumerate(racks) for broker in brokers}
    for replicas in spread(racks, partitions, replication, start):
        assert len(set(replicas)) == len(replicas) == replication
        assert len({where[b] for b in replicas}) == min(replication, len(racks))


@given(st.integers(2, 4), st.integers(1, 4), st.integers(0, 40))
def test_among_racks_of_one_size_leaders_and_replicas_are_even(racks, size, start):
    brokers = [[rack * size + b for b in range(size)] for rack in range(racks)]
    lists = spread(brokers, racks * size * 2, min(3, racks), start)
    assert set(Counter(replicas[0] for replicas in lists).values()) == {2}
    assert len(set(Counter(b for replicas in lists for b in replicas).values())) == 1


def test_a_clusters_topics_are_spread_over_its_racks_and_clients_are_told():
    topics = [{"topic": "t", "partitions": 6, "replication": 3}]
    cluster = Cluster({"brokers": 6, "racks": ["a", "b", "c"], "topics": topics})
    state = cluster.state()
    rack = {b["id"]: b["rack"] for b in state["brokers"]}
    assert rack == {1: "a", 2: "b", 3: "c", 4: "a", 5: "b", 6: "c"}
    for p in next(t for t in state["topics"] if t["name"] == "t")["partitions"]:
        assert {rack[r["broker"]] for r in p["replicas"]} == {"a", "b", "c"}
    assert {b.broker: b.rack for b in cluster.image.brokers.values()} == rack
    cluster.add_broker(7)
    assert cluster.rack(7) == "a"


def test_without_racks_nothing_is_said_of_them():
    cluster = Cluster({"brokers": 2})
    assert [b["rack"] for b in cluster.state()["brokers"]] == ["", ""]


@pytest.mark.parametrize("racks", ["a", [""], [1], ["x" * 41], ["r"] * 13])
def test_racks_that_are_no_list_of_names_are_refused(racks):
    with pytest.raises(CommandRefused, match="racks are at most 12 names"):
        Cluster({"brokers": 1, "racks": racks})
