"""The HTTP API: JSON in, JSON out, and a clear answer to whatever is wrong."""

from __future__ import annotations

from urllib.parse import quote

from tests.web.conftest import Scene, Web

COMMANDS = "/api/sandboxes/demo/commands"
CRASH = {"id": "c1", "do": "crash_broker", "broker": 3}


def test_a_command_is_carried_out(scene: Scene) -> None:
    async def play(web: Web) -> None:
        answer = await web.post(COMMANDS, CRASH)
        assert (answer.status, answer.json()) == (200, {"ok": True, "step": 78})
        (asked,) = web.host.asked
        assert (asked["ask"], asked["sandbox"], asked["actor"], asked["command"]) == ("command", "demo", "api", CRASH)

    scene(play)


def test_a_command_without_an_id_is_given_one(scene: Scene) -> None:
    async def play(web: Web) -> None:
        await web.post(COMMANDS, {"do": "crash_broker", "broker": 3})
        await web.post(COMMANDS, {"do": "crash_broker", "broker": 3})
        first, second = (asked["command"]["id"] for asked in web.host.asked)
        assert first != second

    scene(play)


def test_a_bad_command_is_refused_with_what_it_takes(scene: Scene) -> None:
    async def play(web: Web) -> None:
        answer = await web.post(COMMANDS, {"id": "c1", "do": "explode"})
        assert answer.status == 422
        assert answer.json() == {
            "ok": False,
            "error": {
                "code": "INVALID_REQUEST",
                "reason": "There is no command 'explode'.",
                "takes": {"broker": "whole number"},
            },
        }

    scene(play)


def test_a_command_that_is_no_object_or_has_a_strange_id_is_refused_here(scene: Scene) -> None:
    async def play(web: Web) -> None:
        for body in ([], "x", 3, None, {"id": 7}, {"id": ""}, {"id": "x" * 101}):
            answer = await web.post(COMMANDS, body)
            assert answer.status == 422, body
            assert answer.json()["error"]["code"] == "INVALID_REQUEST"
        assert web.host.asked == []

    scene(play)


def test_what_is_not_json_is_refused(scene: Scene) -> None:
    async def play(web: Web) -> None:
        for body in (b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"do": NaN}'):
            answer = await web.post(COMMANDS, body)
            assert answer.error == (400, "BAD_JSON")

    scene(play)


def test_a_web_form_cannot_command(scene: Scene) -> None:
    async def play(web: Web) -> None:
        for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
            answer = await web.post(COMMANDS, CRASH, content_type=kind)
            assert answer.error == (415, "UNSUPPORTED_MEDIA_TYPE")
        assert web.host.asked == []

    scene(play)


def test_too_large_a_command_is_refused(scene: Scene) -> None:
    async def play(web: Web) -> None:
        answer = await web.post(COMMANDS, {**CRASH, "padding": "x" * 1_100_000})
        assert answer.error == (413, "TOO_LARGE")

    scene(play)


def test_another_website_cannot_command(scene: Scene) -> None:
    async def play(web: Web) -> None:
        for origin in ("http://evil.example", "http://127.0.0.1:81", "null", "https://127.0.0.1.evil.example"):
            answer = await web.post(COMMANDS, CRASH, origin=origin)
            assert answer.error == (403, "FOREIGN_ORIGIN"), origin
        assert web.host.asked == []
        assert (await web.post(COMMANDS, CRASH, origin="http://127.0.0.1")).status == 200

    scene(play)


def test_a_name_that_is_not_ours_is_refused(scene: Scene) -> None:
    async def play(web: Web) -> None:
        for host in ("evil.example", "127.0.0.1.evil.example", "", "127.0.0.1,evil.example"):
            answer = await web.get("/api/sandboxes/demo/state", host=host)
            assert answer.error == (400, "HOST_NOT_ALLOWED"), host
        for host in ("localhost:8000", "127.0.0.1:9", "[::1]:8000"):
            assert (await web.get("/api/sandboxes/demo/state", host=host)).status == 200

    scene(play)


def test_state_events_and_records_can_be_read(scene: Scene) -> None:
    async def play(web: Web) -> None:
        state = await web.get("/api/sandboxes/demo/state")
        assert (state.status, state.json()) == (200, web.host.state())
        assert state.headers["cache-control"] == "no-store"
        events = (await web.get("/api/sandboxes/demo/events?since=8")).json()
        assert ([e["n"] for e in events["events"]], events["last"]) == ([9, 10], 10)
        everything = (await web.get("/api/sandboxes/demo/events")).json()
        assert len(everything["events"]) == 10
        assert [s["name"] for s in (await web.get("/api/sandboxes")).json()["sandboxes"]] == ["demo"]
        record = await web.get("/api/sandboxes/demo/records/__consumer_offsets/0/41")
        assert record.json() == {"topic": "__consumer_offsets", "partition": 0, "offset": 41}

    scene(play)


def test_since_must_be_a_number(scene: Scene) -> None:
    async def play(web: Web) -> None:
        for since in ("x", "-1", "1.5", "", "٣", "9" * 30):
            answer = await web.get(f"/api/sandboxes/demo/events?since={quote(since)}")
            assert answer.status == 422, since

    scene(play)


def test_what_does_not_exist_is_404_in_json(scene: Scene) -> None:
    async def play(web: Web) -> None:
        for path in ("sandboxes/other/state", "nothing", "sandboxes/demo/records/FIAP/x/1", "sandboxes/a%2Fb/state"):
            answer = await web.get(f"/api/{path}")
            assert answer.error[0] == 404, path

    scene(play)


def test_the_wrong_method_is_405(scene: Scene) -> None:
    async def play(web: Web) -> None:
        answer = await web.get(COMMANDS)
        assert (answer.status, answer.headers["allow"]) == (405, "POST")
        assert (await web.post("/api/sandboxes/demo/state", {})).status == 405

    scene(play)


def test_health_is_the_kafka_ports_health(scene: Scene) -> None:
    async def play(web: Web) -> None:
        answer = await web.get("/healthz")
        assert (answer.status, answer.json()["kafka"][0]) == (200, "127.0.0.1:19092")
        web.host.kafka_answers = False
        assert (await web.get("/healthz")).status == 503
        await web.host.die()
        await web.client.wait_until("lost")
        assert (await web.get("/healthz")).status == 503

    scene(play)


def test_without_a_host_the_api_says_so(scene: Scene) -> None:
    async def play(web: Web) -> None:
        answer = await web.get("/api/sandboxes/demo/state")
        assert answer.error == (503, "HOST_STARTING")

    scene(play, ready=False)
