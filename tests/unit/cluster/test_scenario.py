"""A scenario is plain data, read strictly: what does not fit is refused, not guessed."""

import json

import pytest

from engine.cluster import Cluster, scenario
from engine.commands import CommandRefused
from engine.config import DIFFERENT, Config
from engine.limits import BROKERS_MAX, GROUP_SIZE_MAX


def refusal(data, code="INVALID_REQUEST"):
    with pytest.raises(CommandRefused) as refused:
        Cluster(data)
    assert refused.value.code == code
    return refused.value.reason


def test_an_empty_scenario_is_three_brokers():
    plan = scenario.read({})
    assert (plan.name, plan.brokers, plan.link_us, plan.topics) == ("sandbox", 3, 1000, [])
    assert list(Cluster({}).places) == [1, 2, 3]


def test_the_demo_is_json_and_comes_up():
    cluster = Cluster(json.loads(json.dumps(scenario.DEMO)), 7)
    assert cluster.name == "demo"
    assert list(cluster.hands) == ["loja", "A-1", "B-1"]
    assert cluster.image.topics["FIAP"].min_insync == 2


def test_what_a_scenario_does_not_have():
    assert "It has no" not in refusal({"colour": "blue"})
    assert "'colour'" in refusal({"colour": "blue"})


@pytest.mark.parametrize("brokers", [0, -1, BROKERS_MAX + 1, "3", 2.0, True, None])
def test_numbers_of_brokers_that_do_not_fit(brokers):
    assert f"1 to {BROKERS_MAX}" in refusal({"brokers": brokers})


@pytest.mark.parametrize("link_us", [-1, 10_000_001, "1", 0.5])
def test_links_that_do_not_fit(link_us):
    refusal({"link_us": link_us})


@pytest.mark.parametrize(
    "config",
    [
        {"nada": 1}, {"num_partitions": "3"}, {"auto_create_topics_enable": 1}, {"broker_heartbeat_interval_ms": 0},
        {"replica_lag_time_max_ms": -1}, {"group_initial_rebalance_delay_ms": -1},
    ],
)  # fmt: skip
def test_settings_that_do_not_fit(config):
    refusal({"config": config})


def test_settings_that_do():
    plan = scenario.read({"config": {"num_partitions": 7, "group_initial_rebalance_delay_ms": 0}})
    assert plan.config == Config(num_partitions=7, group_initial_rebalance_delay_ms=0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"topics": [{"topic": "t", "partitions": 0}]}, "INVALID_REQUEST"),
        ({"topics": [{"topic": "a b"}]}, "INVALID_TOPIC_EXCEPTION"),
        ({"topics": [{"topic": "t", "replication": 4}]}, "INVALID_REPLICATION_FACTOR"),
        ({"topics": [{"topic": "t"}, {"topic": "t"}]}, "TOPIC_ALREADY_EXISTS"),
        ({"producers": [{"topic": "nada"}]}, "UNKNOWN_TOPIC_OR_PARTITION"),
        ({"groups": [{"group": "g", "topic": "nada"}]}, "UNKNOWN_TOPIC_OR_PARTITION"),
        ({"producers": [{"rate": 1}]}, "INVALID_REQUEST"),
    ],
)
def test_what_could_not_be_done_by_command_cannot_be_in_a_scenario(data, code):
    refusal(data, code)


def test_one_broker_is_a_cluster_too():
    cluster = Cluster({"brokers": 1, "topics": [{"topic": "t", "replication": 1, "partitions": 1}]})
    assert cluster.image.partition("t", 0).leader == 1


def test_the_settings_that_differ_from_kafkas_are_listed():
    """DIFFERENT is shown to people: it must be what Config says."""
    config = Config()
    for name, (ours, kafkas) in DIFFERENT.items():
        field = name.replace(".", "_")
        assert str(getattr(config, field, GROUP_SIZE_MAX)).lower() == ours, name
        assert ours != kafkas
