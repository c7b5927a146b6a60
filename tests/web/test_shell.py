"""The shell's page and its WebSocket, with real workers and a stand-in for the engine."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from playground import owners, services
from playground.engine_client import Refused
from playground.runtime import current
from playground.shell import limits
from playground.shell.pool import Pool
from tests.web.conftest import Scene, Web

ROOT = Path(__file__).resolve().parents[2]
PATH = "/ws/shell/demo/?lang=en"
ACCESS = {"endpoint": "http://127.0.0.1:9", "region": "us-east-1", "access_key": "AKIARIACHO0", "secret_key": "s"}
pytestmark = pytest.mark.xdist_group("shell")


@pytest.fixture
def shells(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Web], Awaitable[None]]], None]:
    """``scene`` with keys for the sandboxes that are there, and workers that end with it."""

    async def access(*, sandbox: str, owner: str, all: bool) -> dict[str, Any]:
        if sandbox != "demo":
            raise Refused(404, "NOT_FOUND", "There is no such sandbox.")
        return dict(ACCESS)

    monkeypatch.setattr(services, "aws_access", access)

    def run(play: Callable[[Web], Awaitable[None]]) -> None:
        async def whole(web: Web) -> None:
            try:
                await play(web)
            finally:
                current().shells.close()

        scene(whole)

    return run


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """No line will be run: no worker need come up for it."""
    monkeypatch.setattr(Pool, "warm", lambda self: None)


async def heard(socket: WebsocketCommunicator, kind: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(await socket.receive_from(timeout=20))
        if message["t"] == kind:
            return message


async def say(socket: WebsocketCommunicator, **message: Any) -> None:
    await socket.send_to(json.dumps(message))


def test_a_line_is_run_and_its_shell_is_there_again_for_the_tab_that_had_it(shells: Any) -> None:
    async def play(web: Web) -> None:
        async with web.socket(PATH) as socket:
            hello = await heard(socket, "hello")
            assert hello["fresh"] and hello["history"] == []
            await say(socket, t="run", line="A=1; echo out; echo err >&2; cd /tmp")
            assert await heard(socket, "out") == {"t": "out", "d": "out\n", "err": False}
            assert await heard(socket, "out") == {"t": "out", "d": "err\n", "err": True}
            done = await heard(socket, "done")
            assert (done["exit"], done["cwd"], done["stopped"], done["kept"]) == (0, "/tmp", None, True)
            await say(socket, t="run", line="for i in 1 2")
            await heard(socket, "more")
            await say(socket, t="run", line="do echo n$i; done")
            assert (await heard(socket, "out"))["d"] == "n1\n"
            await say(socket, t="complete", id=7, line="aws kinesis list-stre", at=21)
            assert "list-streams" in (await heard(socket, "completed"))["words"]
        async with web.socket(f"{PATH}&session={hello['session']}") as socket:
            again = await heard(socket, "hello")
            assert (again["session"], again["fresh"], again["cwd"]) == (hello["session"], False, "/tmp")
            assert again["history"][-1] == "do echo n$i; done"
            await say(socket, t="run", line="echo $A")
            assert (await heard(socket, "out"))["d"] == "1\n"

    shells(play)


def test_a_line_that_leaves_too_much_is_told_to_be_undone(shells: Any) -> None:
    async def play(web: Web) -> None:
        async with web.socket(PATH) as socket:
            await heard(socket, "hello")
            await say(socket, t="run", line=f"cd /tmp; eval 'f() {{ {'{ ' * 60}:{'; }' * 60}; }}'")
            done = await heard(socket, "done")
            assert (done["stopped"], done["undone"], done["kept"]) == ("unkept", "unkept", False)
            assert done["cwd"] == "/home/cloudshell-user"
            await say(socket, t="run", line="f 2>/dev/null || echo none")
            assert (await heard(socket, "out"))["d"] == "none\n"
            done = await heard(socket, "done")
            assert (done["stopped"], done["undone"], done["kept"]) == (None, None, True)

    shells(play)


def test_a_session_goes_on_in_the_tab_that_came_last_and_ends_when_it_is_told_to(shells: Any, idle: None) -> None:
    async def play(web: Web) -> None:
        async with web.socket(PATH) as first:
            session = (await heard(first, "hello"))["session"]
            async with web.socket(f"{PATH}&session={session}") as second:
                assert not (await heard(second, "hello"))["fresh"]
                await heard(first, "taken")
                await say(second, t="end")
            async with web.socket(f"{PATH}&session={session}") as third:
                assert (await heard(third, "hello"))["fresh"]

    shells(play)


def test_another_sandboxes_session_is_not_given_away(shells: Any, idle: None) -> None:
    async def play(web: Web) -> None:
        async with web.socket("/ws/shell/nowhere/") as socket:
            assert (await heard(socket, "refused"))["error"]["code"] == "NOT_FOUND"

    shells(play)


def test_a_session_whose_tab_has_gone_for_long_is_gone_too(
    shells: Any, idle: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "KEPT_SECONDS", -1.0)

    async def play(web: Web) -> None:
        async with web.socket(PATH) as socket:
            session = (await heard(socket, "hello"))["session"]
        async with web.socket(f"{PATH}&session={session}") as socket:
            assert (await heard(socket, "hello"))["fresh"]

    shells(play)


def test_one_browser_has_a_few_shells(shells: Any, idle: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SESSIONS_OF_ONE_MAX", 1)
    monkeypatch.setattr(owners, "asker_of", lambda headers: {"owner": headers.get("x-who", ""), "all": True})

    async def play(web: Web) -> None:
        async with web.socket(PATH, **{"x-who": "ana"}) as one, web.socket(PATH, **{"x-who": "bia"}) as other:
            await heard(one, "hello")
            await heard(other, "hello")
            async with web.socket(PATH, **{"x-who": "ana"}) as refused:
                assert (await heard(refused, "refused"))["error"]["code"] == "SHELLS_OF_ONE_FULL"

    shells(play)


def test_too_many_shells_make_room_or_are_refused(shells: Any, idle: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SESSIONS_MAX", 2)

    async def play(web: Web) -> None:
        async with web.socket(PATH) as left:
            gone = (await heard(left, "hello"))["session"]
        async with web.socket(PATH) as one, web.socket(PATH) as other:
            await heard(one, "hello")
            await heard(other, "hello")
            assert gone not in current().shells.sessions
            async with web.socket(PATH) as refused:
                assert (await heard(refused, "refused"))["error"]["code"] == "SHELLS_FULL"

    shells(play)


def test_output_waits_for_a_browser_that_does_not_show_it(shells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNREAD_CHARACTERS_MAX", 1_000)

    async def play(web: Web) -> None:
        async with web.socket(PATH) as socket:
            await heard(socket, "hello")
            await say(socket, t="run", line="for i in 1 2 3 4; do printf '%01000d' $i; done")
            first = await heard(socket, "out")
            assert await socket.receive_nothing(timeout=0.3)
            await say(socket, t="run", line="echo too early")
            await say(socket, t="ack", n=len(first["d"]))
            shown = len(first["d"])
            while shown < 4_000:
                piece = await heard(socket, "out")
                shown += len(piece["d"])
                await say(socket, t="ack", n=len(piece["d"]))
            await heard(socket, "done")

    shells(play)


STRANGE = [
    "x",
    "[]",
    "{}",
    '{"t": "run"}',
    '{"t": "run", "line": 7}',
    '{"t": "complete"}',
    '{"t": "ack", "n": "x"}',
    "[" * 9_999,
]


def test_a_message_that_makes_no_sense_is_answered(shells: Any, idle: None) -> None:
    async def play(web: Web) -> None:
        async with web.socket(PATH) as socket:
            await heard(socket, "hello")
            for message in STRANGE:
                await socket.send_to(message)
                assert (await heard(socket, "refused"))["error"]["code"] == "INVALID_REQUEST"

    shells(play)


def test_a_line_that_is_too_long_is_refused(shells: Any, idle: None) -> None:
    async def play(web: Web) -> None:
        async with web.socket(PATH) as socket:
            await heard(socket, "hello")
            await say(socket, t="run", line="x" * (limits.LINE_CHARACTERS_MAX + 1))
            assert (await heard(socket, "refused"))["error"]["code"] == "LINE_TOO_LONG"

    shells(play)


def test_the_page_alone_may_write_styles(scene: Scene) -> None:
    async def play(web: Web) -> None:
        page = await web.get("/s/demo/shell/")
        policy = page.headers["content-security-policy"]
        assert page.status == 200 and "style-src 'self' 'unsafe-inline'" in policy and "default-src 'self'" in policy
        assert "script-src" not in policy
        assert "unsafe-inline" not in (await web.get("/s/demo/files/")).headers["content-security-policy"]

    scene(play)


def test_the_terminals_files_are_those_that_were_published(scene: Scene) -> None:
    folder = ROOT / "static/vendor/xterm"
    pinned = dict(line.split()[::-1] for line in (folder / "PINNED.txt").read_text().splitlines()[-4:])
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in pinned} == pinned
    assert set(pinned) == {file.name for file in folder.iterdir()} - {"PINNED.txt"}

    async def play(web: Web) -> None:
        script = await web.get("/static/vendor/xterm/xterm.mjs")
        assert script.headers["content-type"].startswith("text/javascript")

    scene(play)


@pytest.mark.full
def test_the_web_process_itself_never_loads_awscli() -> None:
    """It would put its own botocore in place of everybody's."""
    script = "import playground.asgi, sys; print({name.split('.')[0] for name in sys.modules} & {'awscli', 'bashkit'})"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
