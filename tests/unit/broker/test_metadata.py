"""Metadata and its kin: what a client learns of the cluster, and by which addresses."""

import pytest

from engine.config import Config
from engine.quorum.configs import TOPIC_CONFIGS
from engine.quorum.records import BrokerChange
from engine.wire import codec, errors
from engine.wire import messages as m
from tests.unit.broker.bench import Bench, T


@pytest.fixture
def bench():
    bench = Bench()
    bench.topic(partitions=2)
    return bench


def ask(bench, *topics, create=False, **more):
    return bench.ask(m.MetadataRequest(list(topics), allow_auto_creation=create, **more)).answer


# --- addresses ------------------------------------------------------------------------------------


def addresses(answer):
    return [(a.broker, a.host, a.port) for a in answer.brokers]


def test_a_real_client_is_told_the_address_by_which_it_came_in(bench):
    client = bench.outsider(address="192.168.7.20:19092")
    answer = client.ask(m.MetadataRequest([]))
    assert addresses(answer) == [(b, "192.168.7.20", 19091 + b) for b in (1, 2, 3)]


def test_two_clients_may_be_told_different_addresses(bench):
    one, two = bench.outsider(address="localhost:9001"), bench.outsider(address="host.docker.internal:9001")
    assert one.ask(m.MetadataRequest([])).brokers[2].host == "localhost"
    assert addresses(two.ask(m.MetadataRequest([])))[2] == (3, "host.docker.internal", 9003)


def test_an_ipv6_address_keeps_its_colons(bench):
    client = bench.outsider(address="::1:19092")
    assert addresses(client.ask(m.MetadataRequest([])))[1] == (2, "::1", 19093)


def test_simulated_clients_are_told_names_of_nodes(bench):
    assert addresses(ask(bench)) == [(b, f"B{b}", 9092) for b in (1, 2, 3)]


def test_brokers_that_do_not_serve_are_left_out(bench):
    bench.records(BrokerChange(2, 2, fenced=True))
    assert [a.broker for a in ask(bench).brokers] == [1, 3]


def test_any_broker_will_do_as_the_controller(bench):
    assert ask(bench).controller == 1
    bench.records(BrokerChange(1, 1, fenced=True))
    assert ask(bench).controller == 2


# --- topics ---------------------------------------------------------------------------------------


def test_a_topic_with_its_partitions(bench):
    bench.decide(partition=1, leader=2, isr=[2, 3])
    bench.records(BrokerChange(1, 1, fenced=True))
    (topic,) = ask(bench, T).topics
    assert (topic.name, topic.error, topic.internal, topic.topic_id) == (T, 0, False, T.encode().ljust(16, b"."))
    assert topic.partitions == [
        m.PartitionMetadata(0, 0, 1, 0, [1, 2, 3], [1, 2, 3], [1]),
        m.PartitionMetadata(1, 0, 2, 1, [1, 2, 3], [2, 3], [1]),
    ]


def test_a_partition_without_a_leader_says_so(bench):
    bench.decide(leader=-1)
    partition = ask(bench, T).topics[0].partitions[0]
    assert (partition.error, partition.leader) == (errors.LEADER_NOT_AVAILABLE, -1)


def test_none_means_all_and_an_empty_list_means_none(bench):
    bench.topic("__consumer_offsets")
    names = [(t.name, t.internal) for t in bench.ask(m.MetadataRequest(None)).answer.topics]
    assert names == [(T, False), ("__consumer_offsets", True)]
    assert ask(bench).topics == []


def test_a_name_asked_for_twice_is_told_once(bench):
    assert len(ask(bench, T, T).topics) == 1


def test_a_topic_may_be_asked_for_by_its_id(bench):
    topic_id = T.encode().ljust(16, b".")
    found, missing = bench.ask(m.MetadataRequest(None, [topic_id, b"?" * 16])).answer.topics
    assert found.name == T
    assert (missing.name, missing.error) == (None, errors.UNKNOWN_TOPIC_ID)


def test_a_name_no_topic_can_have_is_refused(bench):
    assert ask(bench, "a b", create=True).topics[0].error == errors.INVALID_TOPIC_EXCEPTION
    assert bench.waiting(m.CreateTopicsRequest) == []


# --- auto-creation --------------------------------------------------------------------------------


def test_a_missing_topic_is_created_if_the_client_allows_it(bench):
    assert ask(bench, "nova", create=True).topics[0].error == errors.LEADER_NOT_AVAILABLE
    (request,) = bench.waiting(m.CreateTopicsRequest)
    assert request.body.topics == [m.NewTopic("nova", -1, -1)]
    bench.answer(request, m.CreateTopicsResponse([m.CreatedTopic("nova")]))
    bench.topic("nova")
    assert ask(bench, "nova", create=True).topics[0].error == 0


def test_it_is_not_created_if_the_client_or_the_broker_does_not_want_it(bench):
    assert ask(bench, "nova").topics[0].error == errors.UNKNOWN_TOPIC_OR_PARTITION
    strict = Bench(config=Config(auto_create_topics_enable=False))
    assert ask(strict, "nova", create=True).topics[0].error == errors.UNKNOWN_TOPIC_OR_PARTITION
    assert bench.waiting(m.CreateTopicsRequest) == strict.waiting(m.CreateTopicsRequest) == []


def test_the_brokers_own_topics_are_not_created_by_asking(bench):
    assert ask(bench, "__consumer_offsets", create=True).topics[0].error == errors.UNKNOWN_TOPIC_OR_PARTITION


def test_a_client_that_asks_for_thousands_of_topics_does_not_flood_the_controller(bench):
    bench.deaf.add("C1")
    ask(bench, *(f"t{n}" for n in range(500)), create=True)
    assert len(bench.waiting(m.CreateTopicsRequest)) <= 100


# --- what goes on to the controller (KIP-590) -----------------------------------------------------


def test_creation_and_deletion_are_passed_on_and_the_answer_passed_back(bench):
    create, delete = m.CreateTopicsRequest([m.NewTopic("nova")]), m.DeleteTopicsRequest([T])
    for body, answer in (
        (create, m.CreateTopicsResponse([m.CreatedTopic("nova")])), (delete, m.DeleteTopicsResponse([])),
    ):  # fmt: skip
        call = bench.ask(body)
        (request,) = bench.waiting(type(body))
        assert call.waits and request.body is body
        bench.answer(request, answer)
        assert call.answer is answer


def test_a_controller_that_does_not_answer_is_told_as_a_timeout(bench):
    bench.deaf.add("C1")
    create = bench.ask(m.CreateTopicsRequest([m.NewTopic("nova")]))
    delete = bench.ask(m.DeleteTopicsRequest([T], [b"i" * 16]))
    bench.pass_ms(1_000)
    assert create.answer.topics == [m.CreatedTopic("nova", errors.REQUEST_TIMED_OUT)]
    assert [(t.name, t.topic_id, t.error) for t in delete.answer.topics] == [
        (T, bytes(16), errors.REQUEST_TIMED_OUT), (None, b"i" * 16, errors.REQUEST_TIMED_OUT),
    ]  # fmt: skip


# --- ApiVersions, DescribeCluster, DescribeConfigs ------------------------------------------------


def test_what_is_advertised_is_what_is_served(bench):
    from engine.broker.broker import ROUTES

    ranges = bench.ask(m.ApiVersionsRequest("x", "1")).answer.ranges
    assert ranges == [(key, *codec.SUPPORTED[key]) for key in sorted(codec.SUPPORTED)]
    assert {codec.api_key_of(kind) for kind in ROUTES} == set(codec.SUPPORTED)


def test_the_cluster_describes_itself(bench):
    answer = bench.ask(m.DescribeClusterRequest()).answer
    assert (answer.cluster_id, answer.controller, len(answer.brokers)) == ("riacho", 1, 3)


def describe(bench, kind, name, keys=None):
    (result,) = bench.ask(m.DescribeConfigsRequest([m.ConfigResource(kind, name, keys)])).answer.results
    return result


def test_a_topics_configs_say_which_are_its_own():
    bench = Bench()
    bench.topic(min_insync_replicas="2")
    entries = {e.name: e for e in describe(bench, 2, T).entries}
    assert entries.keys() == TOPIC_CONFIGS.keys()
    assert (entries["min.insync.replicas"].value, entries["min.insync.replicas"].source) == ("2", 1)
    assert (entries["retention.ms"].value, entries["retention.ms"].source) == ("604800000", 5)


def test_configs_may_be_asked_for_by_name(bench):
    assert [e.name for e in describe(bench, 2, T, ["retention.ms"]).entries] == ["retention.ms"]
    assert describe(bench, 2, T, []).entries == []


def test_a_brokers_settings_bear_kafkas_names_and_cannot_be_changed(bench):
    entries = {e.name: e for e in describe(bench, 4, "1").entries}
    assert entries["replica.lag.time.max.ms"].value == "30000"
    assert entries["auto.create.topics.enable"].value == "true"
    assert all(e.read_only for e in entries.values())


def test_of_what_does_not_exist_there_are_no_configs(bench):
    assert describe(bench, 2, "nada").error == errors.UNKNOWN_TOPIC_OR_PARTITION
    assert describe(bench, 8, "x").error == errors.INVALID_REQUEST
