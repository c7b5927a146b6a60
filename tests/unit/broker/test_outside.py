"""TCP clients: answers in the order of the requests, and a bad frame costs only its own connection."""

import pytest

from engine.events import ClientConnected, ClientGone
from engine.machine import Close, Write
from engine.wire import codec, errors
from engine.wire import messages as m
from engine.wire.versions import API_VERSIONS, PRODUCE
from tests.unit.broker.bench import Bench, Call, T, batch


@pytest.fixture
def bench():
    bench = Bench()
    bench.topic()
    return bench


@pytest.fixture
def client(bench):
    return bench.outsider()


def produce(acks):
    return m.ProduceRequest(acks, 30_000, [m.ProducePart(T, 0, batch("a").to_bytes())])


# --- order ----------------------------------------------------------------------------------------


def test_an_answer_waits_for_those_before_it(bench, client):
    first, second = client.send(produce(-1)), client.send(m.MetadataRequest([]))
    assert client.answers() == []
    bench.followed(1)
    assert [correlation for correlation, _ in client.answers()] == [first, second]


def test_a_request_without_an_answer_keeps_nobody_waiting(bench, client):
    client.send(produce(-1))
    client.send(produce(0))
    last = client.send(m.MetadataRequest([]))
    bench.followed(2)
    assert client.answers()[-1][0] == last
    assert len(client.bench.values()) == 2


def test_requests_are_carried_out_at_once_all_the_same(bench, client):
    """Pipelining: what waits for an answer does not stop the next one from being written."""
    for _ in range(3):
        client.send(produce(-1))
    assert len(bench.values()) == 3
    bench.followed(3)
    assert len(client.answers()) == 3


def test_all_answers_of_an_instant_leave_in_one_write(bench, client):
    for _ in range(3):
        client.send(produce(-1))
    written = []
    bench.outsiders[client.connection].received = b""
    original = bench.take

    def count(effects):
        effects = list(effects)
        written.extend(e for e in effects if isinstance(e, Write))
        original(effects)

    bench.take = count
    bench.followed(3)
    assert len(written) == 1


def test_two_connections_do_not_wait_for_each_other(bench, client):
    client.send(produce(-1))
    other = bench.outsider("10.0.0.8:1")
    assert other.ask(m.MetadataRequest([])).cluster_id == "riacho"
    assert client.answers() == []


def test_answers_carry_the_correlation_of_their_request(bench, client):
    client.correlation = 2**31 - 2
    client.send(m.MetadataRequest([]))
    assert client.answers()[0][0] == 2**31 - 1


@pytest.mark.parametrize("version", [0, 1, 5, 9, 12])
def test_each_request_is_answered_in_its_own_version(client, version):
    assert client.ask(m.MetadataRequest([T]), version).topics[0].name == T


# --- what is wrong with a frame -------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [
        b"", b"\x00", b"GET / HTTP/1.1\r\n\r\n", bytes(9), b"\x00\x03\x00\x09" + b"\xff" * 40,
        codec.encode_request(PRODUCE, 9, 1, "x", produce(1))[:-7],
    ],
)  # fmt: skip
def test_a_frame_that_is_no_request_closes_its_connection_and_no_other(bench, client, frame):
    other = bench.outsider("10.0.0.8:1")
    client.raw(frame)
    assert client.closed
    assert not other.closed
    assert other.ask(m.MetadataRequest([])).cluster_id == "riacho"


def test_what_was_answered_before_still_goes_out(bench, client):
    """In one instant: a good request and a bad one."""
    from engine.machine import Frame

    good = codec.encode_request(API_VERSIONS, 0, 7, "x", m.ApiVersionsRequest())
    effects = [*bench.broker.handle(0, Frame(client.connection, good))]
    effects += bench.broker.handle(0, Frame(client.connection, b"bad"))
    assert [type(e) for e in effects if isinstance(e, Write | Close)] == [Write, Close]


@pytest.mark.parametrize(("key", "version"), [(3, 99), (3, -1), (999, 0), (-1, 0), (24, 0)])
def test_a_version_or_key_that_is_not_spoken_closes_the_connection(client, key, version):
    client.raw(key.to_bytes(2, "big", signed=True) + version.to_bytes(2, "big", signed=True) + bytes(6))
    assert client.closed
    assert client.answers() == []


def test_api_versions_of_an_unknown_version_is_told_which_are_known(client):
    """KIP-511: in version 0, and the connection stays open."""
    client.raw(b"\x00\x12\x00\x63" + (5).to_bytes(4, "big") + b"\xff\xff")
    ((correlation, data),) = client.answers()
    answer = codec.decode_response(API_VERSIONS, 0, data)
    assert (correlation, answer.error) == (5, errors.UNSUPPORTED_VERSION)
    assert answer.ranges == [(API_VERSIONS, *codec.SUPPORTED[API_VERSIONS])]
    assert not client.closed
    assert client.ask(m.ApiVersionsRequest()).error == 0


def test_its_answer_keeps_its_turn_too(bench, client):
    client.send(produce(-1))
    client.raw(b"\x00\x12\x00\x63" + (50).to_bytes(4, "big") + b"\xff\xff")
    assert client.answers() == []
    bench.followed(1)
    assert [correlation for correlation, _ in client.answers()] == [1, 50]


def test_old_versions_of_produce_are_advertised_but_not_served(client):
    """Older clients look for version 0 among the ranges; what they send is refused (KIP-896)."""
    answer = client.ask(produce(1), 2)
    assert answer.parts[0].error == errors.UNSUPPORTED_VERSION


def test_acks_0_with_an_error_closes_the_connection(bench, client):
    bench.decide(leader=2)
    client.send(produce(0))
    assert client.closed


def test_a_client_that_asks_without_end_and_reads_nothing_is_closed(bench, client, monkeypatch):
    from engine.broker import outside

    monkeypatch.setattr(outside, "ASKED_MAX", 3)
    for _ in range(3):
        client.send(produce(-1))
    assert not client.closed
    client.send(produce(-1))
    assert client.closed


def test_frames_on_a_connection_that_is_gone_are_nothing(bench, client):
    bench.close(client.connection)
    client.raw(codec.encode_request(API_VERSIONS, 0, 7, "x", m.ApiVersionsRequest()))
    assert client.answers() == []


def test_an_answer_to_a_client_that_has_gone_goes_nowhere(bench, client):
    client.send(produce(-1))
    bench.close(client.connection)
    bench.calls[client.connection, 0] = call = Call(None)
    bench.decide(isr=[1])
    assert call.ended  # sent, and dropped by the World: there is no such connection
    assert client.answers() == []


# --- who is there ---------------------------------------------------------------------------------


def hello(name):
    return m.ApiVersionsRequest(name, "2.0")


def test_a_client_is_told_of_once_however_many_connections_it_has(bench):
    one, two = bench.outsider("10.0.0.7:1"), bench.outsider("10.0.0.7:2")
    one.ask(hello("librdkafka"))
    two.ask(hello("librdkafka"))
    assert bench.told(ClientConnected) == [ClientConnected("kcat", "librdkafka", "2.0", 1, "10.0.0.7:1")]
    bench.close(one.connection)
    assert bench.told(ClientGone) == []
    bench.close(two.connection)
    assert bench.told(ClientGone) == [ClientGone("kcat")]


def test_a_client_says_its_name_once_a_connection(bench, client):
    client.ask(hello("librdkafka"))
    client.ask(hello("something else"))
    assert bench.broker.outside.connections[client.connection].software == "librdkafka"
    assert len(bench.told(ClientConnected)) == 1


def test_a_client_that_does_not_introduce_itself_is_nobody(bench, client):
    client.ask(m.MetadataRequest([]))
    bench.close(client.connection)
    assert bench.told(ClientConnected) == bench.told(ClientGone) == []


def test_what_a_client_has_written_is_counted_by_topic(bench, client):
    client.ask(produce(1))
    client.ask(produce(1))
    assert bench.broker.outside.connections[client.connection].produced == {T: 2}


# --- simulated clients: the same order ------------------------------------------------------------


def test_simulated_clients_get_their_answers_in_order_too(bench):
    connection = bench.connect()
    first = bench.produce("a", connection=connection)
    second = bench.ask(m.MetadataRequest([]), connection)
    assert second.waits
    bench.followed(1)
    assert first.ended and second.ended


def test_followers_do_not(bench):
    """A fetch of another set of partitions is put beside the one that waits."""
    connection = bench.connect("B2")
    waiting = bench.ask(m.FetchRequest(500, 1, [m.FetchPart(T, 0, 0, leader_epoch=0)], 2, 2), connection)
    assert bench.ask(m.MetadataRequest([]), connection).ended
    assert waiting.waits


def test_a_broker_that_does_not_serve_yet_turns_simulated_clients_away():
    bench = Bench(starts=False)
    connection = bench.connect()
    assert bench.closed == [connection]
    bench.connect("B2")
    assert bench.closed == [connection]
