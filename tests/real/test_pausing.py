"""What real clients see while a sandbox is paused, stepped, slowed."""

import time

import pytest

from engine.live.thread import AskRefused, HostThread
from tests.support.raw_kafka import RawClient, api_versions, metadata, produce

ONE = {"brokers": 1, "link_us": 0, "topics": [{"topic": "t", "partitions": 1, "replication": 1}]}


@pytest.fixture
def host():
    with HostThread.start(ONE) as host:
        yield host


def sent(host):
    return {(t["name"], p["id"]): p["end"] for t in host.call("state")["topics"] for p in t["partitions"]}[("t", 0)]


def test_a_request_waits_and_is_answered_once_after_the_pause(host):
    with RawClient(host.kafka[0]) as client:
        client.ask(api_versions())
        host.do("pause")
        client.send(produce("t", 0, b"x"))
        assert client.is_silent()
        assert sent(host) == 0
        host.do("resume")
        assert client.receive().parts[0].base_offset == 0
        assert sent(host) == 1


def test_a_new_client_is_greeted_and_the_rest_waits(host):
    host.do("pause")
    with RawClient(host.kafka[0]) as client:
        client.send(api_versions(), metadata("t"))
        assert client.receive().ranges, "answered from the edge"
        assert client.is_silent()
        assert host.call("state")["clients"] == [], "the World has not heard of it"
        host.do("resume")
        assert client.receive().topics[0].name == "t", "and ApiVersions is not answered twice"
        assert host.call("state")["clients"][0]["software"] == "raw", "the World knows who it is"


def test_what_is_parked_flows_in_order_of_arrival(host):
    with RawClient(host.kafka[0]) as one, RawClient(host.kafka[0]) as two:
        one.ask(api_versions()), two.ask(api_versions())
        host.do("pause")
        one.send(produce("t", 0, b"first"))
        time.sleep(0.1)  # two sockets: nothing else orders them
        two.send(produce("t", 0, b"second"))
        time.sleep(0.1)
        host.do("resume")
        assert (one.receive().parts[0].base_offset, two.receive().parts[0].base_offset) == (0, 1)


def test_of_each_client_a_bounded_amount_is_read(host):
    with RawClient(host.kafka[0]) as client:
        client.ask(api_versions())
        host.do("pause")
        request = client.frame(produce("t", 0, bytes(50_000), acks=0))
        client.socket.settimeout(1.0)
        taken = 0
        with pytest.raises(TimeoutError):
            while taken < 100_000_000:
                taken += client.socket.send(request)
        assert taken < 20_000_000, "what the kernel holds, and one read"
        client.socket.settimeout(20.0)
        host.do("resume")
        whole = -(-taken // len(request))
        client.socket.sendall(request[len(request) - (whole * len(request) - taken) :])
        assert client.ask(produce("t", 0, b"last")).parts[0].base_offset == whole, "and nothing of it is lost"


def test_a_client_that_leaves_during_a_pause_has_left_after_it(host):
    client = RawClient(host.kafka[0])
    client.ask(api_versions())
    assert len(host.call("state")["clients"]) == 1
    host.do("pause")
    client.close()
    assert len(host.call("state")["clients"]) == 1
    host.do("resume")
    host.wait_for(lambda: any(e["code"] == "client_gone" for e in host.heard.told))


def test_one_that_came_and_went_during_a_pause_does_no_harm(host):
    host.do("pause")
    client = RawClient(host.kafka[0])
    client.send(api_versions(), metadata("t"))
    client.receive()
    client.close()
    time.sleep(0.05)
    host.do("resume")
    with RawClient(host.kafka[0]) as other:
        assert other.ask(api_versions()).error == 0


def test_a_broker_crashed_during_a_pause_drops_those_who_wait_for_it(host):
    host.do("pause")
    with RawClient(host.kafka[0]) as client:
        client.send(api_versions())
        client.receive()
        host.do("crash_broker", broker=1)
        assert client.is_closed()
    host.do("resume")


def test_a_step_lets_in_one_request_at_a_time(host):
    with RawClient(host.kafka[0]) as client:
        client.ask(api_versions())
        host.do("pause")
        client.send(produce("t", 0, b"one"), produce("t", 0, b"two"))
        time.sleep(0.1)
        ends = []
        while sent(host) < 2:
            assert host.do("step")["nothing"] is False
            ends.append(sent(host))
        assert ends[0] == 1 and sorted(ends) == ends
        host.do("resume")
        assert [client.receive().parts[0].base_offset for _ in range(2)] == [0, 1]


def test_steps_move_time_and_the_clock_does_not(host):
    host.do("add_producer", topic="t", rate=1.0)
    host.do("pause")
    before = host.call("state")
    time.sleep(0.2)
    assert host.call("state")["at_ms"] == before["at_ms"]
    while sent(host) < 2:
        host.do("step")
    after = host.call("state")
    assert 900 < after["at_ms"] - before["at_ms"] < 2_100
    assert after["pace"]["paused"] is True


def test_a_step_of_a_sandbox_that_runs_is_refused(host):
    with pytest.raises(AskRefused, match="Pause first"):
        host.do("step")


def test_a_step_sent_twice_is_made_once(host):
    host.do("add_producer", topic="t", rate=1.0)
    host.do("pause")
    first = host.do("step", id="s1")
    assert host.do("step", id="s1")["again"] is True
    assert host.call("state")["step"] == first["step"]


def test_where_nothing_ever_happens_a_step_says_so():
    with HostThread.start({"brokers": 1}) as host:
        host.do("pause")
        assert host.do("step")["nothing"] is True


def test_a_command_during_a_pause_is_carried_out(host):
    host.do("pause")
    host.do("create_topic", topic="new", partitions=1, replication=1)
    assert host.call("state")["pace"]["paused"] is True
    host.do("resume")
    host.call("watch")
    assert host.wait_for(lambda: host.heard.frames and any(t["name"] == "new" for t in host.heard.frames[-1]["topics"]))


def test_after_a_pause_timestamps_are_wall_time_again(host):
    host.do("pause")
    time.sleep(0.3)
    host.do("resume")
    assert abs(host.call("state")["calendar_ms"] - time.time() * 1000) < 200


def test_speed_is_held_within_what_a_real_client_stands(host):
    assert host.do("speed", speed=64)["speed"] == 64
    with RawClient(host.kafka[0]) as client:
        client.ask(api_versions())
        pace = host.call("state")["pace"]
        assert (pace["speed"], pace["asked"], pace["limited_by"]) == (4.0, 64, "raw")
    host.wait_for(lambda: any(e["code"] == "client_gone" for e in host.heard.told))
    assert host.call("state")["pace"]["speed"] == 64, "and let go when it has gone"


def test_time_runs_as_fast_as_asked(host):
    host.do("speed", speed=20)
    before, began = host.call("state")["at_ms"], time.monotonic()
    time.sleep(0.3)
    after, ended = host.call("state")["at_ms"], time.monotonic()
    assert 0.5 < (after - before) / ((ended - began) * 20_000) < 1.5


def test_in_slow_motion_the_calendar_is_kept_near_wall_time(host, monkeypatch):
    monkeypatch.setattr("engine.live.calendar.LAG_NS", 100_000_000)
    monkeypatch.setattr("engine.live.tending.IDLE_S", 0.05)
    host.do("speed", speed=1 / 64)
    time.sleep(3)
    assert time.time() * 1000 - host.call("state")["calendar_ms"] < 1_000


def gave_up(host):
    return [told["params"]["client"] for told in host.heard.told if told["code"] == "client_gave_up"]


def waiting_ones(host):
    """As the last frame shows them."""
    return [row["client"] for row in host.heard.frames[-1]["pace"]["patience"]] if host.heard.frames else None


@pytest.fixture
def hasty(monkeypatch):
    """Nobody bears more than a second and a half."""
    for module in ("engine.cluster.patience", "engine.live.patience"):
        monkeypatch.setattr(f"{module}.PATIENCE_MS", 1_500)


def test_who_is_owed_an_answer_too_long_is_let_go_by_name_and_only_that_connection(host, hasty):
    host.call("watch")
    with RawClient(host.kafka[0], "espera") as waiting, RawClient(host.kafka[0], "quieta") as quiet:
        waiting.ask(api_versions()), quiet.ask(api_versions())
        assert host.call("state")["pace"]["first_to_give_up"]["patience_ms"] == 1_500
        host.do("pause")
        waiting.send(produce("t", 0, b"x"))
        host.wait_for(lambda: waiting_ones(host) == ["espera"])
        assert waiting.is_closed()
        assert host.wait_for(lambda: gave_up(host)) == ["espera"]
        host.wait_for(lambda: waiting_ones(host) == [])
        host.do("resume")
        assert quiet.ask(api_versions()).error == 0
        assert sent(host) == 0, "what it asked for while it waited is not done: nobody would hear the answer"


def test_one_that_came_during_the_pause_is_let_go_without_a_word(host, hasty):
    host.do("pause")
    with RawClient(host.kafka[0], "nova") as client:
        client.send(api_versions(), metadata("t"))
        client.receive()
        assert client.is_closed()
    host.do("resume")
    assert gave_up(host) == [], "the World has never heard of it"


def test_a_client_that_asks_for_one_thing_after_the_other_can_be_stepped_along(host):
    """Of each answer comes the next request: it is read, though time stands still."""
    with RawClient(host.kafka[0]) as client:
        client.ask(api_versions())
        host.do("pause")
        for number in range(5):
            client.send(produce("t", 0, b"%d" % number))
            while client.is_silent(0.005):
                host.do("step")
            assert client.receive().parts[0].base_offset == number
        host.do("resume")


def test_time_cannot_be_stepped_beyond_the_session_of_a_member_that_is_there(host):
    from confluent_kafka import Consumer

    consumer = Consumer({
        "bootstrap.servers": host.kafka[0], "group.id": "g", "client.id": "leitora", "log_level": 0,
        "session.timeout.ms": 6_000, "heartbeat.interval.ms": 1_000,
    })  # fmt: skip
    consumer.subscribe(["t"])
    host.call("watch")
    host.wait_for(lambda: host.heard.frames and any(g["state"] == "Stable" for g in host.heard.frames[-1]["groups"]))
    host.do("pause")
    begun = host.call("state")["at_ms"]
    waited = []
    for _ in range(300):
        waited.append(host.do("step")["waits_for"])
        if "leitora" in waited:
            break
    assert waited[-1] == "leitora" and host.call("state")["at_ms"] - begun < 6_000
    host.do("resume")
    consumer.close()
    assert not any(told["code"] == "member_expired" for told in host.heard.told)
