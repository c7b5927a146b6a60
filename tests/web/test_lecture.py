"""The lecture over HTTP: the list, the way into a scene, the scene after it, and who may not."""

from __future__ import annotations

from typing import Any

from playground import lecture
from tests.web.conftest import Scene, Web

SCENES = [scene for part in lecture.parts() for scene in part["scenes"]]


def asked(web: Web, ask: str) -> dict[str, Any]:
    (found,) = [message for message in web.host.asked if message["ask"] == ask]
    return found


def row(lesson: str, *, owner: str = "you", parent: str = "") -> dict[str, Any]:
    about = {"id": f"with-{lesson}", "name": "Aula", "state": "open", "created_ms": 1, "problem": None, "kafka": []}
    return {**about, "lesson": lesson, "owner": owner, "parent": parent}


async def cookie(web: Web) -> str:
    page = await web.get("/lecture/")
    return page.headers["set-cookie"].partition(";")[0]


def test_the_list_has_every_scene_in_its_order_in_the_readers_language(scene: Scene) -> None:
    async def play(web: Web) -> None:
        for language, title in (("pt-BR", "Quatro verbos, um fluxo"), ("en", "Four verbs, one stream")):
            page = (await web.get("/lecture/", accept_language=language)).body.decode()
            assert title in page and page.count('data-testid="scene-row"') == len(SCENES)
        listed = [one["id"] for part in (await web.get("/api/lecture")).json()["parts"] for one in part["scenes"]]
        assert listed == [one["id"] for one in SCENES]

    scene(play)


def test_who_comes_for_the_first_time_gets_a_sandbox_and_a_cookie(scene: Scene) -> None:
    async def play(web: Web) -> None:
        reply = await web.get("/lecture/offsets/", accept_language="pt-BR")
        assert (reply.status, reply.headers["location"]) == (302, "/s/new/")
        assert reply.headers["set-cookie"].startswith("riacho_owner=")
        made = asked(web, "create")
        assert made["owner"] and made["name"] == "Aula" and made["seed"] == made["scenario"]["lesson"]["seed"]
        assert made["scenario"]["topics"][0]["topic"] == "FIAP" and made["scenario"]["lesson"]["id"] == "offsets"

    scene(play)


def test_who_has_a_lecture_goes_on_in_the_same_sandbox(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.rows = [row("opening")]
        reply = await web.get("/lecture/offsets/", cookie=await cookie(web))
        assert reply.status == 302 and asked(web, "begin")["sandbox"] == "with-opening"
        page = (await web.get("/lecture/", cookie=await cookie(web))).body.decode()
        assert 'data-testid="lecture-resume"' in page and "/s/with-opening/notes/" in page

    scene(play)


def test_a_level_somebody_elses_lecture_and_a_branch_are_not_this_visitors_lecture(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.rows = [row("start-01-first-record"), row("opening", owner=""), row("keys", parent="with-opening")]
        await web.get("/lecture/offsets/", cookie=await cookie(web))
        assert asked(web, "create")["scenario"]["lesson"]["id"] == "offsets"

    scene(play)


def test_a_scene_in_slow_motion_begins_in_slow_motion(scene: Scene) -> None:
    async def play(web: Web) -> None:
        await web.post("/api/sandboxes/demo/scene", {"scene": "rebalance"})
        assert asked(web, "command")["command"] == {
            "do": "speed", "speed": 0.25, "id": asked(web, "command")["command"]["id"],
        }  # fmt: skip

    scene(play)


def test_what_is_fetched_in_advance_or_as_a_picture_begins_nothing(scene: Scene) -> None:
    async def play(web: Web) -> None:
        for headers in ({"sec_purpose": "prefetch"}, {"sec_fetch_dest": "image"}):
            assert (await web.get("/lecture/offsets/", **headers)).status == 204
        assert (await web.get("/lecture/offsets/", method="HEAD")).status == 204
        assert not [message for message in web.host.asked if message["ask"] in ("create", "begin")]

    scene(play)


def test_a_scene_that_is_none_is_refused_with_those_there_are(scene: Scene) -> None:
    async def play(web: Web) -> None:
        assert (await web.get("/lecture/nothing/")).status == 404
        for body in ({"scene": "nothing"}, {"scene": 3}, {}):
            reply = await web.post("/api/sandboxes/demo/scene", body)
            assert reply.error == (404, "NOT_FOUND") and "opening" in reply.json()["error"]["reason"]
        assert (await web.post("/api/sandboxes/demo/scene", {"level": "x"})).error == (422, "INVALID_REQUEST")

    scene(play)


def test_when_the_engine_has_no_room_the_page_says_so(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.refusing = (409, "TOO_MANY_SANDBOXES")
        reply = await web.get("/lecture/offsets/", accept_language="pt-BR")
        assert reply.status == 409 and "Já há tantos sandboxes quanto cabem aqui" in reply.body.decode()

    scene(play)


def test_the_presenters_window_is_a_page_of_the_sandbox(scene: Scene) -> None:
    async def play(web: Web) -> None:
        page = (await web.get("/s/aula/notes/")).body.decode()
        assert 'data-socket="/ws/sandboxes/aula"' in page

    scene(play)
