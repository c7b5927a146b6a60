"""The line to the engine host: who may be one, and what becomes of questions."""

from __future__ import annotations

import asyncio
import struct

import pytest

from playground import engine_client
from playground.engine_client import Refused
from playground.facade import EventBatch, FramePart, NotAHost, decode, encode, encode_events, encode_part
from tests.support.fake_host import FakeHost
from tests.web.conftest import Scene, Web


def test_envelopes_are_read_as_they_were_written() -> None:
    assert decode(encode({"id": 1})[4:]) == {"id": 1}
    for part in (FramePart("key", "demo", 7, "", b"{}"), FramePart("detail", "demo", 1 << 40, "FIAP/3", b"[]")):
        assert decode(encode_part(part)[4:]) == part
    assert decode(encode_events("demo", 7, b"[]")[4:]) == EventBatch("demo", 7, b"[]")


@pytest.mark.parametrize(
    "data", [b"", b"X", b"J{", b"J[]", b"F", b"E\x04demo\x00", b"F\x01\xff", b"K\x04demo", b"D\x01x" + bytes(8)]
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(NotAHost):
        decode(data)


def test_a_stranger_without_the_token_is_shown_out(scene: Scene) -> None:
    async def play(web: Web) -> None:
        stranger = FakeHost()
        await stranger.connect(web.client.port, "guessed")
        await asyncio.wait_for(stranger.serving, 5)
        await stranger.die()
        assert web.client.state == "ready"

    scene(play)


def test_a_second_host_is_shown_out(scene: Scene) -> None:
    async def play(web: Web) -> None:
        second = FakeHost()
        await second.connect(web.client.port, web.client.token)
        await asyncio.wait_for(second.serving, 5)
        await second.die()
        assert (await web.client.ask("health"))["ok"]

    scene(play)


def test_a_host_that_talks_nonsense_is_dropped(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.writer.write(struct.pack(">I", 0xFFFFFFFF))
        assert await web.client.wait_until("lost") == "lost"

    scene(play)


def test_answers_find_their_questions_in_any_order(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.silent = True
        questions = [asyncio.create_task(web.client.ask("state", sandbox="demo")) for _ in range(3)]
        await web.settled(lambda: len(web.host.asked) == 3)
        for asked in reversed(web.host.asked):
            web.host.say({"id": asked["id"], "ok": True, "result": asked["id"]})
        assert [await q for q in questions] == [asked["id"] for asked in web.host.asked]

    scene(play)


def test_a_question_without_an_answer_ends(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.silent = True
        with pytest.raises(Refused) as refusal:
            await web.client.ask("state", sandbox="demo", timeout=0.01)
        assert (refusal.value.status, refusal.value.code) == (504, "TIMEOUT")
        # An answer that comes too late is nobody's.
        web.host.say({"id": web.host.asked[0]["id"], "ok": True, "result": {}})
        web.host.silent = False
        assert (await web.client.ask("health"))["ok"]

    scene(play)


def test_questions_under_way_end_when_the_host_does(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.silent = True
        question = asyncio.create_task(web.client.ask("state", sandbox="demo"))
        await web.settled(lambda: bool(web.host.asked))
        await web.host.die()
        with pytest.raises(Refused) as refusal:
            await question
        assert (refusal.value.status, refusal.value.code) == (503, "HOST_LOST")

    scene(play)


def test_too_many_questions_at_once_are_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_client, "PENDING_MAX", 2)

    async def play(web: Web) -> None:
        web.host.silent = True
        waiting = [asyncio.create_task(web.client.ask("state", sandbox="demo", timeout=1)) for _ in range(2)]
        await web.settled(lambda: len(web.host.asked) == 2)
        with pytest.raises(Refused) as refusal:
            await web.client.ask("state", sandbox="demo")
        assert refusal.value.code == "BUSY"
        for task in waiting:
            task.cancel()

    scene(play)


def test_a_host_that_cannot_start_says_why(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.say({"notice": "failed", "code": "PORT_TAKEN", "reason": "It is taken.", "flag": "--kafka-port"})
        await web.client.wait_until("failed")
        assert web.client.status()["error"] == {
            "code": "PORT_TAKEN", "reason": "It is taken.", "flag": "--kafka-port",
        }  # fmt: skip
        with pytest.raises(Refused) as refusal:
            await web.client.ask("state", sandbox="demo")
        assert refusal.value.code == "HOST_FAILED"

    scene(play, ready=False)
