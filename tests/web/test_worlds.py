"""Worlds to start from: those that come with Riacho, and those saved, by forms and by HTTP."""

from __future__ import annotations

from typing import Any

from engine.cluster.builtin import BUILTIN
from playground import ready_worlds
from tests.web.conftest import Scene, Web

FORM = "application/x-www-form-urlencoded"


ROW = {
    "id": "demo", "name": "demo", "state": "open", "progress": 1.0, "problem": None, "owner": "", "lesson": "",
    "parent": "", "parent_name": "", "parent_step": 0, "parent_ms": 0, "created_ms": 1, "brokers": 3, "bytes": 1,
    "kafka": [], "disk_bytes": 1, "paused": False, "frozen": False,
}  # fmt: skip


def last(web: Web) -> dict[str, Any]:
    return {key: value for key, value in web.host.asked[-1].items() if key != "id"}


def test_every_world_that_comes_with_riacho_says_what_is_to_be_seen_in_it() -> None:
    offered = [{"id": name, "brokers": one["brokers"], "partitions": 1} for name, one in BUILTIN.items()]
    assert sorted(one["id"] for one in ready_worlds.ready(offered)) == sorted(BUILTIN)


def test_the_page_of_sandboxes_offers_both_kinds(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.rows = [ROW]
        page = (await web.get("/sandboxes/", accept_language="pt-BR")).body.decode()
        assert 'data-testid="ready-demo"' in page and "Dois leitores" in page
        assert 'data-testid="saved-world" data-id="w"' in page and "demo, aos 01:01" in page

    scene(play)


def test_a_world_is_saved_begun_and_deleted_by_http(scene: Scene) -> None:
    async def play(web: Web) -> None:
        assert (await web.get("/api/worlds")).json()["worlds"][0]["id"] == "w"
        reply = await web.post("/api/worlds", {"sandbox": "demo", "name": "antes", "step": 7})
        assert (reply.status, reply.json()["name"]) == (201, "antes")
        asked = {"ask": "save_world", "sandbox": "demo", "name": "antes", "step": 7, "owner": ""}
        assert last(web) == asked
        assert (await web.post("/api/worlds/w/begin", {})).status == 201
        assert last(web) == {"ask": "begin_world", "world": "w", "name": None, "owner": ""}
        assert (await web.get("/api/worlds/w", method="DELETE")).json() == {"ok": True}
        assert last(web) == {"ask": "delete_world", "world": "w", "owner": "", "all": True}

    scene(play)


def test_the_forms_do_the_same_and_lead_on(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.rows = [ROW]
        post = {"content_type": FORM, "accept_language": "pt-BR"}
        page = await web.post("/worlds/", b"sandbox=demo&name=antes+da+queda", **post)
        assert page.status == 200 and "antes da queda está guardado como um mundo seu." in page.body.decode()
        reply = await web.post("/worlds/w/begin", b"", **post)
        assert (reply.status, reply.headers["location"]) == (302, "/s/new/")
        assert "O mundo foi apagado." in (await web.post("/worlds/w/delete", b"", **post)).body.decode()
        assert (await web.get("/worlds/w/begin")).status == 405
        assert (await web.post("/worlds/w/eat", b"", **post)).status == 404

    scene(play)


def test_a_refusal_is_said_on_the_page(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.refusing = (409, "TOO_MANY_WORLDS")
        reply = await web.post("/worlds/", b"sandbox=demo&name=x", content_type=FORM, accept_language="pt-BR")
        assert reply.status == 409
        assert 'data-code="TOO_MANY_WORLDS"' in reply.body.decode() or "TOO_MANY_WORLDS" in reply.body.decode()

    scene(play)
