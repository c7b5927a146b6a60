"""Sandboxes over HTTP: what is asked of the engine, and every refusal that is made before it is asked."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from tests.web.conftest import Scene, Web

BYTES = "application/octet-stream"
MINE = "riacho_owner"


async def cookie(web: Web) -> str:
    """The owner's cookie that a page sets."""
    page = await web.get("/")
    return page.headers["set-cookie"].partition(";")[0]


def last(web: Web) -> dict[str, Any]:
    return {key: value for key, value in web.host.asked[-1].items() if key != "id"}


def test_sandboxes_are_listed_and_ones_own_are_marked(scene: Scene) -> None:
    async def play(web: Web) -> None:
        (row,) = (await web.get("/api/sandboxes")).json()["sandboxes"]
        assert (row["id"], row["owner"]) == ("demo", "")
        (row,) = (await web.get("/api/sandboxes", cookie=await cookie(web))).json()["sandboxes"]
        assert row["owner"] == "you"

    scene(play)


def test_the_owners_cookie_is_set_once_and_no_script_reads_it(scene: Scene) -> None:
    async def play(web: Web) -> None:
        page = await web.get("/")
        set_cookie = page.headers["set-cookie"]
        assert set_cookie.startswith(f"{MINE}=") and "HttpOnly" in set_cookie and "SameSite=Lax" in set_cookie
        again = await web.get("/", cookie=set_cookie.partition(";")[0])
        assert "set-cookie" not in again.headers

    scene(play)


def test_programs_and_files_get_no_cookie(scene: Scene) -> None:
    async def play(web: Web) -> None:
        for path in ("/api/sandboxes", "/healthz", "/static/js/main.js", "/api/nothing"):
            assert "set-cookie" not in (await web.get(path)).headers, path

    scene(play)


def test_a_forged_owners_cookie_is_nobodys(scene: Scene) -> None:
    async def play(web: Web) -> None:
        for forged in (f"{MINE}=abc", f"{MINE}=abc:def", f"{await cookie(web)}x"):
            await web.get("/api/sandboxes", cookie=forged)
            assert last(web)["owner"] == "", forged

    scene(play)


def test_the_cookies_secret_survives_a_restart(tmp_path: Any) -> None:
    from playground.owners import kept_secret

    first = kept_secret(tmp_path)
    assert len(first) > 40 and kept_secret(tmp_path) == first
    assert (tmp_path / "cookie-secret").stat().st_mode & 0o077 == 0


def test_scenarios_are_listed(scene: Scene) -> None:
    async def play(web: Web) -> None:
        assert (await web.get("/api/scenarios")).json()["scenarios"][0]["id"] == "demo"

    scene(play)


def test_a_sandbox_is_made_for_its_owner(scene: Scene) -> None:
    async def play(web: Web) -> None:
        who = await cookie(web)
        answer = await web.post("/api/sandboxes", {"scenario": "one", "name": "Sala 3"}, cookie=who)
        assert (answer.status, answer.json()["ok"], answer.json()["id"]) == (201, True, "new")
        asked = last(web)
        assert len(asked.pop("owner")) > 10
        assert asked == {"ask": "create", "scenario": "one", "name": "Sala 3"}

    scene(play)


def test_a_scenario_may_be_given_whole_with_its_seed(scene: Scene) -> None:
    async def play(web: Web) -> None:
        await web.post("/api/sandboxes", {"scenario": {"brokers": 1}, "seed": 7})
        assert last(web) == {"ask": "create", "scenario": {"brokers": 1}, "seed": 7, "owner": ""}

    scene(play)


@pytest.mark.parametrize("body", [[], "demo", None, {"scenario": "demo", "color": "red"}], ids=repr)
def test_a_sandbox_is_not_made_from_what_makes_no_sense(scene: Scene, body: Any) -> None:
    async def play(web: Web) -> None:
        assert (await web.post("/api/sandboxes", body)).error == (422, "INVALID_REQUEST")
        assert web.host.asked == []

    scene(play)


def test_another_website_cannot_make_or_delete_a_sandbox(scene: Scene) -> None:
    async def play(web: Web) -> None:
        evil = {"origin": "http://evil.example"}
        for method, rest in (("POST", ""), ("DELETE", "/sala-3"), ("PATCH", "/sala-3")):
            answer = await web.post(f"/api/sandboxes{rest}", {}, method=method, **evil)
            assert answer.error == (403, "FOREIGN_ORIGIN")
        assert web.host.asked == []

    scene(play)


def test_a_web_form_of_another_site_cannot_make_one(scene: Scene) -> None:
    async def play(web: Web) -> None:
        answer = await web.post("/api/sandboxes", b"scenario=demo", content_type="application/x-www-form-urlencoded")
        assert answer.error == (415, "UNSUPPORTED_MEDIA_TYPE")

    scene(play)


def test_a_sandbox_is_renamed(scene: Scene) -> None:
    async def play(web: Web) -> None:
        answer = await web.post("/api/sandboxes/sala-3", {"name": "Sala 4"}, method="PATCH")
        assert (answer.status, answer.json()["name"]) == (200, "Sala 4")
        assert last(web) == {"ask": "rename", "sandbox": "sala-3", "name": "Sala 4", "owner": "", "all": True}

    scene(play)


def test_a_sandbox_is_deleted_begun_anew_and_tried_again(scene: Scene) -> None:
    async def play(web: Web) -> None:
        assert (await web.get("/api/sandboxes/sala-3", method="DELETE")).json() == {"ok": True}
        assert last(web)["ask"] == "delete"
        assert (await web.post("/api/sandboxes/sala-3/reset", {})).status == 200
        assert last(web)["ask"] == "reset"
        assert (await web.post("/api/sandboxes/sala-3/retry", {})).status == 200
        assert last(web)["ask"] == "retry"

    scene(play)


def test_where_others_can_come_only_a_program_with_the_key_is_in_charge(scene: Scene, settings: Any) -> None:
    settings.JOIN_KEY = "ABCD-EFGH"

    async def play(web: Web) -> None:
        await web.get("/api/sandboxes/sala-3", method="DELETE", authorization="Bearer ABCD-EFGH")
        assert last(web)["all"] is True
        await web.get("/api/sandboxes/sala-3", method="DELETE", cookie="riacho_key=ABCD-EFGH")
        assert last(web)["all"] is False
        assert (await web.get("/api/sandboxes/sala-3", method="DELETE")).error == (403, "KEY_NEEDED")

    scene(play)


def test_a_branch_is_made_of_a_moment(scene: Scene) -> None:
    async def play(web: Web) -> None:
        answer = await web.post("/api/sandboxes/demo/branches", {"step": 4711, "name": "e se"})
        assert (answer.status, answer.json()["id"]) == (201, "new")
        assert last(web) == {"ask": "branch", "sandbox": "demo", "step": 4711, "ms": None, "name": "e se", "owner": ""}
        await web.post("/api/sandboxes/demo/branches", {})
        assert last(web)["step"] is None

    scene(play)


def test_a_moment_is_looked_at_by_step_by_time_and_by_move(scene: Scene) -> None:
    async def play(web: Web) -> None:
        asked = (await web.get("/api/sandboxes/demo/moment?step=4711")).json()
        assert asked == {"step": 4711, "ms": None, "move": None}
        assert (await web.get("/api/sandboxes/demo/moment?ms=1500.5&move=back")).json()["ms"] == 1500.5
        assert (await web.get("/api/sandboxes/demo/link?step=3")).json()["step"] == 3

    scene(play)


@pytest.mark.parametrize("query", ["step=x", "step=-1", "step=1.5", "ms=x", "ms=-1", "ms=nan", "ms=inf", "step="])
def test_a_moment_that_makes_no_sense_is_refused(scene: Scene, query: str) -> None:
    async def play(web: Web) -> None:
        assert (await web.get(f"/api/sandboxes/demo/moment?{query}")).error == (422, "INVALID_REQUEST")
        assert web.host.asked == []

    scene(play)


def test_a_moment_is_exported_piece_by_piece(scene: Scene) -> None:
    async def play(web: Web) -> None:
        answer = await web.get("/api/sandboxes/demo/export?step=9")
        assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"abcdef", BYTES)
        assert answer.headers["content-disposition"] == 'attachment; filename="moment.riacho"'
        assert [(asked["step"], asked["from"]) for asked in web.host.asked] == [(9, 0), (9, 3)]

    scene(play)


def test_a_moment_is_imported_as_bytes(scene: Scene) -> None:
    async def play(web: Web) -> None:
        answer = await web.post("/api/sandboxes/import?name=x", b"\x00\xffriacho", content_type=BYTES)
        assert (answer.status, answer.json()["id"]) == (201, "new")
        assert (last(web)["data"], last(web)["name"]) == (b"\x00\xffriacho", "x")

    scene(play)


def test_an_import_must_be_sent_as_bytes(scene: Scene) -> None:
    async def play(web: Web) -> None:
        assert (await web.post("/api/sandboxes/import", {})).error == (415, "UNSUPPORTED_MEDIA_TYPE")

    scene(play)


def test_too_large_an_import_is_refused(scene: Scene, settings: Any) -> None:
    settings.IMPORT_BYTES_MAX = 100

    async def play(web: Web) -> None:
        answer = await web.post("/api/sandboxes/import", bytes(101), content_type=BYTES)
        assert answer.error == (413, "TOO_LARGE")
        assert (await web.post("/api/sandboxes/import", bytes(100), content_type=BYTES)).status == 201

    scene(play)


def test_all_that_is_kept_of_a_sandbox_comes_as_a_zip(scene: Scene) -> None:
    async def play(web: Web) -> None:
        answer = await web.get("/api/sandboxes/demo/folder.zip")
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.body)) as packed:
            assert packed.testzip() is None
            assert {name: packed.read(name) for name in packed.namelist()} == {
                "demo/sandbox.json": b"abcdef",
                "demo/journal/0.journal": b"abcdef",
            }

    scene(play)


def test_health_names_all_sandboxes(scene: Scene) -> None:
    async def play(web: Web) -> None:
        (row,) = (await web.get("/healthz")).json()["sandboxes"]
        assert row["id"] == "demo" and len(row["kafka"]) == 3

    scene(play)


def test_health_says_what_is_wrong_with_the_first_sandbox(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.kafka_answers = False
        web.host.problems = [
            {"sandbox": "other", "code": "JOURNAL_DAMAGED", "reason": "Not this one."},
            {"sandbox": "demo", "code": "DIFFERENT_BEHAVIOUR", "reason": "This one."},
        ]
        answer = await web.get("/healthz")
        assert answer.error == (503, "DIFFERENT_BEHAVIOUR") and answer.json()["error"]["reason"] == "This one."

    scene(play)


def test_wrong_methods_are_told_the_right_ones(scene: Scene) -> None:
    async def play(web: Web) -> None:
        for path, allowed in (
            ("/api/sandboxes/demo", "PATCH, DELETE"),
            ("/api/sandboxes/demo/branches", "POST"),
            ("/api/sandboxes/import", "POST"),
            ("/api/sandboxes/demo/reset", "POST"),
        ):
            answer = await web.get(path)
            assert (answer.status, answer.headers["allow"]) == (405, allowed), path

    scene(play)
