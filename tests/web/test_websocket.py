"""The WebSocket: a viewer gets where things stand, then every event once and the latest frame."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from channels.testing import WebsocketCommunicator

from playground import hub as hub_module
from playground import selectors
from playground.asgi import application
from tests.web.conftest import Scene, Web


async def heard(socket: WebsocketCommunicator, kind: str) -> dict[str, Any]:
    """The next message of a kind; those of other kinds before it are dropped."""
    while True:
        message: dict[str, Any] = json.loads(await socket.receive_from(timeout=5))
        if message["t"] == kind:
            return message


async def refused(path: str = "/ws/sandboxes/demo", **headers: str) -> bool:
    raw = [(name.encode(), value.encode()) for name, value in {"host": "127.0.0.1", **headers}.items()]
    connected, _ = await WebsocketCommunicator(application, path, headers=raw).connect()
    return not connected


def test_a_viewer_is_greeted_with_the_host_the_past_and_a_frame(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket() as socket:
            messages = [json.loads(await socket.receive_from()) for _ in range(3)]
        assert [m["t"] for m in messages] == ["host", "hello", "frame"]
        host, hello, frame = messages
        assert host["state"] == "ready"
        assert hello["sandbox"] == "demo" and hello["kafka"][0] == "127.0.0.1:19092"
        assert [e["n"] for e in hello["events"]] == list(range(1, 11))
        assert (hello["last"], hello["resync"]) == (10, None)
        assert frame["p"] == [{"n": 1, "k": web.host.state()}]

    scene(play)


def test_frames_and_events_are_passed_on(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket() as socket:
            await heard(socket, "frame")
            web.host.push_frame()
            assert (await heard(socket, "frame"))["p"] == [{"n": 2, "d": {"frame": 2}}]
            web.host.push_events(11, 12)
            events = await heard(socket, "events")
            assert (events["last"], [e["n"] for e in events["events"]]) == (12, [11, 12])

    scene(play)


def test_events_told_in_the_hello_are_not_told_again(scene: Scene) -> None:
    """A batch may be under way while the hello is made."""

    async def play(web: Web) -> None:
        async with web.socket() as socket:
            await heard(socket, "hello")
            web.host.push_events(9, 10, 11)
            events = await heard(socket, "events")
            assert [e["n"] for e in events["events"]] == [11]
            web.host.push_events(10, 11)
            web.host.push_events(12)
            assert [e["n"] for e in (await heard(socket, "events"))["events"]] == [12]

    scene(play)


def test_who_comes_back_gets_what_was_missed_and_no_more(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket("/ws/sandboxes/demo?since=7") as socket:
            hello = await heard(socket, "hello")
        assert [e["n"] for e in hello["events"]] == [8, 9, 10]
        assert hello["resync"] is None

    scene(play)


def test_a_gap_is_named(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.kept_from = 6
        async with web.socket("/ws/sandboxes/demo?since=2") as socket:
            hello = await heard(socket, "hello")
        assert hello["resync"] == {"from": 3, "to": 5}
        assert [e["n"] for e in hello["events"]] == [6, 7, 8, 9, 10]

    scene(play)


def test_a_future_that_never_was_is_started_over(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket("/ws/sandboxes/demo?since=4000") as socket:
            hello = await heard(socket, "hello")
        assert hello["resync"] == {"from": 1, "to": 0}
        assert (len(hello["events"]), hello["last"]) == (10, 10)

    scene(play)


def test_who_was_away_too_long_gets_the_newest_and_the_gap(scene: Scene, monkeypatch: Any) -> None:
    monkeypatch.setattr(selectors, "EVENTS_AT_ONCE_MAX", 5)
    monkeypatch.setattr(selectors, "HELLO_EVENTS", 3)

    async def play(web: Web) -> None:
        async with web.socket("/ws/sandboxes/demo?since=1") as socket:
            hello = await heard(socket, "hello")
        assert [e["n"] for e in hello["events"]] == [8, 9, 10]
        assert hello["resync"] == {"from": 2, "to": 7}

    scene(play)


def test_a_viewer_too_slow_for_the_events_starts_over_from_the_last_it_got(scene: Scene, monkeypatch: Any) -> None:
    monkeypatch.setattr(hub_module, "EVENT_BATCHES_MAX", 2)

    async def play(web: Web) -> None:
        async with web.socket() as socket:
            await heard(socket, "hello")
            (viewer,) = web.hub._viewers["demo"]
            web.host.events += [{**web.host.events[-1], "n": n} for n in (11, 12, 13)]
            for number in (11, 12, 13):  # in one go: the writer has no turn in between
                viewer.push_events(hub_module.Told(number, number, "{}", []))
            assert len(viewer.events) == 1
            hello = await heard(socket, "hello")
            assert ([e["n"] for e in hello["events"]], hello["resync"]) == ([11, 12, 13], None)

    scene(play)


def test_a_ping_is_answered_at_once(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket() as socket:
            web.host.silent = True
            await socket.send_json_to({"t": "ping", "id": 7})
            assert await heard(socket, "pong") == {"t": "pong", "id": 7}

    scene(play)


def test_the_host_is_told_whether_anybody_looks(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket() as first:
            await heard(first, "frame")
            async with web.socket() as second:
                await heard(second, "frame")
                assert web.host.watchers == 1
            await asyncio.sleep(0.01)
            assert web.host.watchers == 1
        await web.settled(lambda: web.host.watchers == 0)
        assert web.hub.watching() == {}

    scene(play)


def test_a_command_is_done_once_and_answered(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket() as socket:
            await socket.send_json_to({"t": "command", "id": "c17", "command": {"do": "crash_broker", "broker": 3}})
            assert await heard(socket, "done") == {"t": "done", "id": "c17", "ok": True, "step": 78}
            await socket.send_json_to({"t": "command", "id": "c18", "command": {"do": "explode"}})
            done = await heard(socket, "done")
            assert (done["id"], done["ok"], done["error"]["code"]) == ("c18", False, "INVALID_REQUEST")
        commands = [asked for asked in web.host.asked if asked["ask"] == "command"]
        assert commands[0]["command"] == {"id": "c17", "do": "crash_broker", "broker": 3}
        assert commands[0]["actor"].startswith("web:")

    scene(play)


def test_a_record_can_be_looked_into(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket() as socket:
            await socket.send_json_to({"t": "record", "id": "r1", "topic": "FIAP", "partition": 0, "offset": 41})
            answer = await heard(socket, "record")
            assert answer["record"] == {"topic": "FIAP", "partition": 0, "offset": 41}
            await socket.send_json_to({"t": "record", "id": "r2", "topic": 1, "partition": "0", "offset": None})
            answer = await heard(socket, "record")
            assert (answer["id"], answer["record"], answer["error"]["code"]) == ("r2", None, "INVALID_REQUEST")

    scene(play)


def test_nonsense_is_answered_and_the_line_stays(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket() as socket:
            for text in ("{", " ", "[]", "null", '"command"', '{"t": "dance"}', '{"id": 1}', "[" * 50_000):
                await socket.send_to(text_data=text)
                assert (await heard(socket, "error"))["error"]["code"] in ("BAD_JSON", "INVALID_REQUEST"), text
            await socket.send_to(bytes_data=b"\xff\x00")
            assert (await heard(socket, "error"))["error"]["code"] == "BAD_JSON"
            for command in (None, [], "x", 7):
                await socket.send_json_to({"t": "command", "id": "c1", "command": command})
                assert (await heard(socket, "done"))["error"]["code"] == "INVALID_REQUEST"
            for identity in (7, {}, "x" * 200):
                await socket.send_json_to({"t": "command", "id": identity, "command": {"do": "crash_broker"}})
                assert (await heard(socket, "done"))["error"]["code"] == "INVALID_REQUEST"

    scene(play)


def test_too_much_at_once_is_refused(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket() as socket:
            await heard(socket, "frame")
            web.host.silent = True
            for number in range(20):
                await socket.send_json_to({"t": "command", "id": str(number), "command": {"do": "pause"}})
            errors = [await heard(socket, "error") for _ in range(4)]
            assert {e["error"]["code"] for e in errors} == {"TOO_MANY_REQUESTS"}

    scene(play)


def test_an_unknown_sandbox_is_named_and_closed(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket("/ws/sandboxes/other") as socket:
            assert (await heard(socket, "error"))["error"]["code"] == "UNKNOWN_SANDBOX"
            assert (await socket.receive_output())["code"] == 4404

    scene(play)


def test_another_website_cannot_listen_in(scene: Scene) -> None:
    async def play(web: Web) -> None:
        assert await refused(origin="http://evil.example")
        assert await refused(origin="null")
        assert await refused(host="evil.example", origin="http://evil.example")
        assert await refused("/ws/other")
        async with web.socket(origin="http://127.0.0.1") as socket:
            await heard(socket, "hello")

    scene(play)


def test_viewers_are_told_when_the_host_is_lost_and_go_on_when_it_is_back(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket() as socket:
            await heard(socket, "frame")
            await web.host.die()
            assert (await heard(socket, "host"))["state"] == "lost"
            await socket.send_json_to({"t": "command", "id": "c1", "command": {"do": "crash_broker", "broker": 3}})
            assert (await heard(socket, "done"))["error"]["code"] == "HOST_LOST"
            web.host.events += [{**web.host.events[-1], "n": 11}]
            await web.host.connect(web.client.port, web.client.token, ready=False)
            web.host.say({"notice": "progress", "replayed": 1, "of": 4})
            host = await heard(socket, "host")
            assert (host["state"], host["progress"]) == ("starting", 0.25)
            web.host.say({"notice": "ready", "kafka": ["127.0.0.1:19092"]})
            assert (await heard(socket, "host"))["state"] == "ready"
            hello = await heard(socket, "hello")
            assert ([e["n"] for e in hello["events"]], hello["resync"]) == ([11], None)
            web.host.push_frame()
            await heard(socket, "frame")
            await web.settled(lambda: web.host.watchers == 2)  # one of the life before

    scene(play)


def test_who_comes_before_the_host_waits_for_it(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket() as socket:
            assert (await heard(socket, "host"))["state"] == "starting"
            web.host.say({"notice": "ready", "kafka": []})
            await heard(socket, "hello")
            assert (await heard(socket, "frame"))["p"][0]["k"] == web.host.state()

    scene(play, ready=False)


def test_a_sandbox_that_is_deleted_ends_its_sockets(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket() as socket:
            await heard(socket, "frame")
            web.host.refusing = (404, "NOT_FOUND")
            web.host.say({"notice": "sandbox", "id": "demo", "what": "deleted"})
            assert (await heard(socket, "error"))["error"]["code"] == "NOT_FOUND"
            assert await closed(socket) == 4404

    scene(play)


def test_a_sandbox_that_cannot_be_opened_says_why_and_closes(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.refusing = (409, "JOURNAL_DAMAGED")
        async with web.socket() as socket:
            assert (await heard(socket, "error"))["error"]["code"] == "JOURNAL_DAMAGED"
            assert await closed(socket) == 4409

    scene(play)


def test_a_sandbox_that_is_being_opened_is_shown_once_it_is(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.refusing = (503, "SANDBOX_OPENING")
        async with web.socket() as socket:
            await heard(socket, "host")
            web.host.refusing = None
            web.host.say({"notice": "sandbox", "id": "demo", "what": "opened"})
            await heard(socket, "hello")
            await heard(socket, "frame")

    scene(play)


def test_a_sandbox_that_begins_anew_is_greeted_anew_and_watched_anew(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket() as socket:
            await heard(socket, "frame")
            web.host.events = web.host.events[:2]
            web.host.watchers = 0  # those of the sandbox that was there before
            web.host.say({"notice": "sandbox", "id": "demo", "what": "anew"})
            hello = await heard(socket, "hello")
            assert [event["n"] for event in hello["events"]] == [1, 2]
            await heard(socket, "frame")
            await web.settled(lambda: web.host.watchers == 1)

    scene(play)


def test_news_of_another_sandbox_disturb_nobody(scene: Scene) -> None:
    async def play(web: Web) -> None:
        told: list[str] = []
        web.client.sandbox_told = lambda notice: told.append(notice["id"])
        async with web.socket() as socket:
            await heard(socket, "frame")
            asked = len(web.host.asked)
            web.host.say({"notice": "sandbox", "id": "other", "what": "anew"})
            await web.settled(lambda: told == ["other"])
            assert len(web.host.asked) == asked

    scene(play)


async def closed(socket: WebsocketCommunicator) -> int:
    message = await socket.receive_output(timeout=5)
    assert message["type"] == "websocket.close"
    return int(message["code"])
