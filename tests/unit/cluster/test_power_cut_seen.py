"""A leader whose power went is looked at before anybody takes its place: it is shown as it died."""

from engine.cluster.cluster import Cluster
from engine.machine import MILLISECOND
from engine.world.inputs import COMMAND


def test_a_powered_off_leader_can_be_looked_at_whatever_its_disk_lost():
    for seed in range(12):
        topics = [{"topic": "t", "partitions": 1, "replication": 1}]
        producers = [{"producer": "p", "topic": "t", "rate": 200.0}]
        cluster = Cluster({"brokers": 1, "topics": topics, "producers": producers, "config": ONE}, seed)
        world = cluster.world
        inputs, results = world.admit(
            world.now + 5_000 * MILLISECOND, [("test", COMMAND, {"do": "power_off_broker", "broker": 1})]
        )
        assert isinstance(results[0], dict), results
        world.finish_instant()
        shown = next(t for t in cluster.state()["topics"] if t["name"] == "t")["partitions"][0]
        assert shown["end"] > 500 and not shown["replicas"][0]["alive"]
        assert set(shown["tail"]["keys"]) <= set("01234567")
        assert cluster.record("t", 0, shown["end"] - 1)["value"]["text"]


ONE = {"default_replication_factor": 1, "offsets_topic_replication_factor": 1, "offsets_topic_min_insync": 1}
