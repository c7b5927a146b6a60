"""Frames on their way to those who look: deltas, keys for whoever comes or lags, details for those who ask."""

from __future__ import annotations

import json
from typing import Any

from playground import hub as hub_module
from tests.web.conftest import Scene, Web
from tests.web.test_websocket import heard


def frame_of(web: Web, viewer: Any) -> list[Any] | None:
    """The parts that a viewer would be sent now."""
    text = web.hub.take_frame(viewer)
    return None if text is None else json.loads(text)["p"]


def test_a_slow_viewer_gets_what_is_less_the_deltas_or_the_key(scene: Scene) -> None:
    async def play(web: Web) -> None:
        viewer = web.hub.join("demo")
        await web.settled(lambda: web.hub.has_frame("demo"))
        assert [list(part) for part in frame_of(web, viewer) or []] == [["n", "k"]]
        for _ in range(3):
            last = web.host.push_frame()
        await web.settled(lambda: web.hub._rooms["demo"].number == last)
        assert frame_of(web, viewer) == [{"n": n, "d": {"frame": n}} for n in range(last - 2, last + 1)]
        assert frame_of(web, viewer) is None
        for _ in range(50):
            web.host.push_frame()
        web.host.push_key()
        last = web.host.push_frame()
        await web.settled(lambda: web.hub._rooms["demo"].number == last)
        parts = frame_of(web, viewer) or []
        assert [(part["n"], "k" in part) for part in parts] == [(last - 1, True), (last, False)]

    scene(play)


def test_whoever_comes_later_gets_the_key_and_the_deltas_without_a_question(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.hub.join("demo")
        await web.settled(lambda: web.hub.has_frame("demo"))
        last = web.host.push_frame()
        await web.settled(lambda: web.hub._rooms["demo"].number == last)
        asked = len(web.host.asked)
        parts = frame_of(web, web.hub.join("demo")) or []
        assert [(part["n"], "k" in part) for part in parts] == [(last - 1, True), (last, False)]
        assert len(web.host.asked) == asked and web.host.watchers == 1

    scene(play)


def test_a_lost_frame_is_asked_for_and_nothing_is_told_until_it_comes(scene: Scene) -> None:
    async def play(web: Web) -> None:
        viewer = web.hub.join("demo")
        await web.settled(lambda: web.hub.has_frame("demo"))
        frame_of(web, viewer)
        web.host.frames += 1  # one that never arrives
        web.host.push_frame()
        last = web.host.push_frame()
        await web.settled(lambda: web.hub._rooms["demo"].number == last)  # by the key it was asked for
        assert [(part["n"], "k" in part) for part in frame_of(web, viewer) or []] == [(last, True)]

    scene(play)


def test_a_viewer_who_lost_the_thread_gets_a_whole_frame(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket() as socket:
            await heard(socket, "frame")
            await socket.send_json_to({"t": "resync"})
            assert "k" in (await heard(socket, "frame"))["p"][0]

    scene(play)


def test_details_go_to_those_who_look_at_them(scene: Scene) -> None:
    async def play(web: Web) -> None:
        one, other, third = (web.hub.join("demo") for _ in range(3))
        await web.settled(lambda: web.hub.has_frame("demo"))
        for viewer in (one, other, third):
            frame_of(web, viewer)
        web.hub.look(one, [("FIAP", 3, 4)])
        web.hub.look(other, [("FIAP", 4, 4)])
        await web.settled(lambda: web.host.details == [["FIAP", 3, 3], ["FIAP", 4, 4]])
        for partition in (3, 4, 5):
            web.host.push_tail("FIAP", partition, "012")
        last = web.host.push_frame()
        await web.settled(lambda: web.hub._rooms["demo"].number == last)

        def tails(viewer: Any) -> list[int]:
            return [part["tail"][1] for part in frame_of(web, viewer) or [] if "tail" in part]

        assert (tails(one), tails(other), tails(third)) == ([3, 4], [4], [])
        web.hub.look(third, [("FIAP", 4, 4)])  # known here: no need to wait for the host
        assert tails(third) == [4]
        web.host.push_frame()
        await web.settled(lambda: web.hub._rooms["demo"].number == last + 1)
        assert (tails(one), tails(third)) == ([], [])  # they have not changed
        web.hub.resync(one)
        assert tails(one) == [3, 4]
        web.hub.leave(one)
        await web.settled(lambda: web.host.details == [["FIAP", 4, 4]])

    scene(play)


def test_what_cannot_be_looked_at_is_said(scene: Scene) -> None:
    async def play(web: Web) -> None:
        async with web.socket() as socket:
            for tails in (None, [["FIAP"]], [["FIAP", 4, 2]], [["FIAP", 0, 100]], [["FIAP", 0, 1]] * 65):
                await socket.send_json_to({"t": "look", "id": "l1", "tails": tails})
                error = await heard(socket, "error")
                assert (error["id"], error["error"]["code"]) == ("l1", "INVALID_REQUEST")
            await socket.send_json_to({"t": "look", "tails": [["FIAP", 0, 99]]})
            await web.settled(lambda: len(web.host.details) == hub_module.CHANNELS_MAX)

    scene(play)
