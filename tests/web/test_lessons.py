"""Levels in the list, the way into one, and what is said of the text of a lesson."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from playground.lessons import library
from tests.web.conftest import Reply, Scene, Web

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / "static/i18n/author/example.en.yaml").read_bytes()
LEVEL = "groups-01-idle-member"
PERSON = {"sec_fetch_dest": "document", "sec_fetch_mode": "navigate"}


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One level, so that no test depends on which there are."""
    (tmp_path / "levels").mkdir()
    (tmp_path / "scenes").mkdir()
    text = EXAMPLE.replace(b"my-first-exercise", LEVEL.encode())
    (tmp_path / "levels" / f"{LEVEL}.yaml").write_bytes(text)
    monkeypatch.setattr(library, "_folder", lambda name: tmp_path / name)
    return tmp_path


def row(name: str, created: int, lesson: str = LEVEL, **more: Any) -> dict[str, Any]:
    return {"id": name, "name": name, "owner": "you", "lesson": lesson, "parent": "", "state": "open",
            "created_ms": created, **more}  # fmt: skip


def plain(reply: Reply) -> str:
    body = gzip.decompress(reply.body) if reply.headers.get("content-encoding") == "gzip" else reply.body
    return body.decode()


async def yaml(web: Web, path: str, text: bytes, **headers: str) -> Reply:
    return await web.post(path, text, content_type="application/yaml", **headers)


def test_the_list_shows_each_level_in_its_chapter_with_a_line_and_its_par(scene: Scene) -> None:
    async def play(web: Web) -> None:
        english = plain(await web.get("/levels/", accept_language="en"))
        assert f'data-level="{LEVEL}" data-par="1"' in english and 'data-chapter="groups"' in english
        assert "One more to help" in english and "par: 1 action" in english
        assert "Group <code>caixa</code> has one consumer for the two partitions of <code>pedidos</code>." in english
        portuguese = plain(await web.get("/levels/", accept_language="pt-BR"))
        assert "Mais um para ajudar" in portuguese and "meta: 1 ação" in portuguese

    scene(play)


def test_the_list_and_each_document_are_there_for_programs(scene: Scene) -> None:
    async def play(web: Web) -> None:
        listed = (await web.get("/api/levels")).json()["levels"]
        assert [(one["id"], one["chapter"], one["par"]) for one in listed] == [(LEVEL, "groups", 1)]
        assert (await web.get(f"/api/levels/{LEVEL}")).json()["goal"]["for_ms"] == 500
        file = await web.get(f"/api/levels/{LEVEL}?yaml")
        assert file.body == EXAMPLE.replace(b"my-first-exercise", LEVEL.encode())
        assert file.headers["content-disposition"] == f'attachment; filename="{LEVEL}.yaml"'
        assert (await web.get("/api/levels/none")).error == (404, "NOT_FOUND")

    scene(play)


def test_the_way_into_a_level_makes_a_sandbox_of_it_and_remembers_whose_it_is(scene: Scene) -> None:
    async def play(web: Web) -> None:
        reply = await web.get(f"/levels/{LEVEL}/", accept_language="en", **PERSON)
        assert (reply.status, reply.headers["location"]) == (302, "/s/new/")
        assert "riacho_owner=" in reply.headers["set-cookie"]
        made = next(one for one in web.host.asked if one["ask"] == "create")
        assert made["name"] == "One more to help" and made["seed"] == 7 and made["owner"]
        document = library.level(LEVEL)
        assert document is not None
        assert made["scenario"] == {"name": LEVEL, **document["start"], "lesson": document}

    scene(play)


def test_who_comes_again_goes_on_where_they_were(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.rows, web.host.lesson = [row("mine", 1)], library.level(LEVEL)
        reply = await web.get(f"/levels/{LEVEL}/", **PERSON)
        assert reply.headers["location"] == "/s/mine/"
        assert all(one["ask"] not in ("create", "delete") for one in web.host.asked)

    scene(play)


def test_a_level_that_was_written_anew_begins_anew(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.rows, web.host.lesson = [row("mine", 1)], {"id": LEVEL, "older": True}
        assert (await web.get(f"/levels/{LEVEL}/", **PERSON)).headers["location"] == "/s/new/"
        assert [one["sandbox"] for one in web.host.asked if one["ask"] == "delete"] == ["mine"]

    scene(play)


def test_where_there_is_no_room_the_visitors_oldest_level_goes_first(scene: Scene) -> None:
    async def play(web: Web) -> None:
        others = [row("new-one", 30, "order-01"), row("old-one", 10, "keys-01"), row("theirs", 1, "keys-01", owner="")]
        web.host.rows = [*others, row("demo", 0, "")]
        assert (await web.get(f"/levels/{LEVEL}/", **PERSON)).headers["location"] == "/s/new/"
        assert [one["sandbox"] for one in web.host.asked if one["ask"] == "delete"] == ["old-one"]

    scene(play)


def test_where_nothing_of_theirs_can_go_it_is_said_what_can_be_done(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.rows = [row(f"their-{n}", n, "keys-01", owner="") for n in range(3)]
        web.host.rows.append(row("branch", 9, "keys-01", parent="demo"))
        reply = await web.get(f"/levels/{LEVEL}/", accept_language="en", **PERSON)
        assert reply.status == 409 and 'data-code="TOO_MANY_SANDBOXES"' in plain(reply)
        assert 'href="/sandboxes/"' in plain(reply)
        assert all(one["ask"] != "delete" for one in web.host.asked)

    scene(play)


@pytest.mark.parametrize("headers", [{"sec_fetch_dest": "image"}, {**PERSON, "sec_purpose": "prefetch"}])
def test_only_somebody_who_comes_makes_a_sandbox(scene: Scene, headers: dict[str, str]) -> None:
    async def play(web: Web) -> None:
        assert (await web.get(f"/levels/{LEVEL}/", **headers)).status == 204
        assert web.host.asked == []

    scene(play)


def test_there_is_no_way_into_a_level_that_there_is_not(scene: Scene) -> None:
    async def play(web: Web) -> None:
        assert (await web.get("/levels/none/", **PERSON)).status == 404

    scene(play)


def test_what_is_wrong_is_answered_with_line_column_and_reason_in_the_readers_language(scene: Scene) -> None:
    async def play(web: Web) -> None:
        text = EXAMPLE.replace(b"members: 2}", b"membres: 2}")
        for language, word in (("en", "Was"), ("pt-BR", "Seria")):
            answer = (await yaml(web, "/api/lessons/check", text, accept_language=language)).json()
            assert answer["ok"] is False and "steps" not in answer
            assert [(one["line"], one["column"], one["code"]) for one in answer["findings"]] == [
                (49, 22, "UNKNOWN_MEASURE")
            ]
            assert answer["findings"][0]["path"] == "goal.now[0].membres"
            assert f"{word} “members”" in answer["findings"][0]["reason"]

    scene(play)


def test_what_the_engine_finds_has_its_line_too(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.found = [{"path": "predict[0]", "code": "TWO_OPTIONS_HOLD", "reason": "options 0 and 1 hold"}]
        answer = (await yaml(web, "/api/lessons/check?prove", EXAMPLE, accept_language="en")).json()
        assert [(one["line"], one["code"]) for one in answer["findings"]] == [(31, "TWO_OPTIONS_HOLD")]
        assert answer["steps"] == [
            {"what": "solution", "told": "the solution reaches the goal", "ok": False, "ms": 3.5}
        ]
        assert web.host.asked[-1]["prove"] is True

    scene(play)


def test_while_somebody_types_nothing_is_played_through(scene: Scene) -> None:
    async def play(web: Web) -> None:
        answer = (await yaml(web, "/api/lessons/check", EXAMPLE)).json()
        assert answer["ok"] is True and answer["findings"] == [] and web.host.asked[-1]["prove"] is False
        await yaml(web, "/api/lessons/check?prove", EXAMPLE.replace(b"par: 1", b"par: x"))
        assert web.host.asked[-1]["prove"] is False  # first what can be seen

    scene(play)


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (b"a: &x 1\nb: *x\n", 1, "ANCHOR"),
        (b"a: 1\nb: \xff\n", 2, "NOT_UTF8"),
        (b"a: 1\nb: \0\n", 2, "UNPRINTABLE"),
        (b"a: 1\n<<: {b: 1}\n", 2, "MERGE_KEY"),
        (b"# " + b"y" * 97 + b"\n", 2, "EMPTY"),
        ((b"# " + b"y" * 97 + b"\n") * 100_000, 2001, "TOO_LARGE"),
    ],
    ids=["anchor", "latin-1", "nul", "merge key", "comment", "10 MB"],
)
def test_yaml_tricks_and_ten_megabytes_are_refused_before_the_engine_hears_of_them(
    scene: Scene, text: bytes, line: int, code: str
) -> None:
    async def play(web: Web) -> None:
        reply = await yaml(web, "/api/lessons/check", text)
        assert reply.status == 200
        (found,) = reply.json()["findings"]
        assert (found["line"], found["code"]) == (line, code) and reply.json()["lesson"] is None
        assert web.host.asked == []

    scene(play)


@pytest.mark.parametrize("path", ["/api/lessons/check", "/api/lessons/try"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "application/json"])
def test_a_lesson_comes_as_yaml_and_from_our_own_pages(scene: Scene, path: str, kind: str) -> None:
    async def play(web: Web) -> None:
        assert (await web.post(path, EXAMPLE, content_type=kind)).error == (415, "UNSUPPORTED_MEDIA_TYPE")
        assert (await yaml(web, path, EXAMPLE, origin="http://elsewhere.example")).error == (403, "FOREIGN_ORIGIN")

    scene(play)


def test_what_is_tried_has_a_sandbox_of_its_own(scene: Scene) -> None:
    async def play(web: Web) -> None:
        made = await yaml(web, "/api/lessons/try", EXAMPLE, accept_language="en")
        assert (made.status, made.json()["id"]) == (201, "new")
        assert web.host.asked[-1]["scenario"]["lesson"]["id"] == "my-first-exercise"
        refused = await yaml(web, "/api/lessons/try", EXAMPLE.replace(b"par: 1", b"par: x"), accept_language="en")
        assert refused.error == (422, "LESSON_REFUSED")
        assert refused.json()["error"]["reason"].startswith("line 57, column 6: ")

    scene(play)


def test_the_lesson_of_a_sandbox_is_told(scene: Scene) -> None:
    async def play(web: Web) -> None:
        assert (await web.get("/api/sandboxes/demo/lesson")).json() == {"lesson": None}
        web.host.lesson = {"id": LEVEL}
        assert (await web.get("/api/sandboxes/demo/lesson")).json() == {"lesson": {"id": LEVEL}}
        assert (await web.get("/api/sandboxes/none/lesson")).error == (404, "UNKNOWN_SANDBOX")

    scene(play)


def test_the_authors_page_has_all_to_look_up_in_the_readers_language(scene: Scene) -> None:
    async def play(web: Web) -> None:
        english = plain(await web.get("/author/", accept_language="en"))
        assert "Members without a partition" in english and "<code>idle_members</code>" in english
        assert "A broker&#x27;s process dies" in english and 'value="groups-01-idle-member"' in english
        assert "Membros sem partição" in plain(await web.get("/author/"))

    scene(play)
