"""What is asked of one thing, over HTTP: the names and the moment reach the engine, nonsense does not."""

from __future__ import annotations

import pytest

from tests.web.conftest import Scene, Web

DEMO = "/api/sandboxes/demo"


@pytest.mark.parametrize(
    ("path", "ask", "names"),
    [
        ("/why/event?n=120", "why", {"about": "event", "n": 120}),
        ("/why/lag?group=A&topic=FIAP&partition=2", "why", {"about": "lag", "group": "A", "partition": 2}),
        ("/whynot/idle?group=A&member=A-3&step=4711", "whynot", {"about": "idle", "member": "A-3", "step": 4711}),
        ("/inspect/segment?topic=FIAP&partition=0&broker=1&base=0", "inspect", {"kind": "segment", "base": 0}),
        ("/ghost/FIAP/1?start=timestamp&ms_of_record=1.5e12", "ghost", {"topic": "FIAP", "ms_of_record": 1.5e12}),
        ("/records/FIAP/0/41/path?ms=12.5", "journey", {"topic": "FIAP", "partition": 0, "offset": 41, "ms": 12.5}),
    ],
)
def test_a_question_reaches_the_engine_with_its_names_and_its_moment(
    scene: Scene, path: str, ask: str, names: dict[str, object]
) -> None:
    async def play(web: Web) -> None:
        web.host.refusing = (404, "NOT_FOUND")  # what it would say is no matter here
        await web.get(DEMO + path)
        asked = web.host.asked[-1]
        assert (asked["ask"], asked["sandbox"]) == (ask, "demo")
        assert {name: asked[name] for name in names} == names

    scene(play)


@pytest.mark.parametrize(
    "path",
    [
        "/why/event?n=x",
        "/why/event?n=1&step=-1",
        "/ghost/FIAP/0?start=timestamp&ms_of_record=soon",
        "/inspect/broker?broker=1e3",
    ],
)
def test_nonsense_is_refused_before_it_gets_there(scene: Scene, path: str) -> None:
    async def play(web: Web) -> None:
        answer = await web.get(DEMO + path)
        assert answer.error == (422, "INVALID_REQUEST")
        assert web.host.asked == []

    scene(play)
