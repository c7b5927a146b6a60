"""Pages: languages, what a browser is allowed, static files, the key."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import polib
import pytest

from house.locales import CATALOGUES, compiled
from tests.web.conftest import Reply, Scene, Web

ROOT = Path(__file__).resolve().parents[2]
NOT_THERE = "/nothing/here"
PAGES = ["/", "/s/demo/", "/s/demo/files/", "/sandboxes/", "/levels/", "/author/", "/open", NOT_THERE]


def language(reply: Reply) -> str:
    found = re.search(rb'<html[^>]* lang="([^"]+)"', reply.body)
    assert found
    return found[1].decode()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("", "pt-BR"), ("pt-BR", "pt-BR"), ("pt", "pt-BR"), ("en-US,en;q=0.9", "en"), ("fr", "pt-BR")],
)
def test_a_page_speaks_the_browsers_language_or_portuguese(scene: Scene, path: str, asked: str, spoken: str) -> None:
    async def play(web: Web) -> None:
        assert language(await web.get(path, accept_language=asked)) == spoken

    scene(play)


def test_the_language_can_be_switched(scene: Scene) -> None:
    async def play(web: Web) -> None:
        form = b"language=en&next=/"
        kind = "application/x-www-form-urlencoded"
        reply = await web.post("/language/", form, content_type=kind, origin="http://127.0.0.1")
        assert (reply.status, reply.headers["location"]) == (302, "/")
        assert language(await web.get("/", cookie=reply.headers["set-cookie"].partition(";")[0])) == "en"

    scene(play)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_inline_and_nothing_from_elsewhere_may_run(scene: Scene, path: str) -> None:
    async def play(web: Web) -> None:
        page = await web.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'self'" in policy and "object-src 'none'" in policy
        assert "unsafe" not in policy and "nonce" not in policy and "http" not in policy
        html = page.body.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", html)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html)
        assert not re.search(r"""(src|href)=["'](https?:)?//""", html)

    scene(play)


def test_modules_are_checked_for_news_each_time_and_cost_nothing_when_there_are_none(scene: Scene) -> None:
    async def play(web: Web) -> None:
        for name, kind in (("favicon.svg", "image/svg+xml"), ("django_htmx/htmx-2.min.js", "text/javascript")):
            path = f"/static/{name}"
            first = await web.get(path)
            assert first.status == 200 and first.body and kind in first.headers["content-type"]
            assert "max-age=0" in first.headers["cache-control"]
            assert "access-control-allow-origin" not in first.headers
            again = await web.get(path, if_none_match=first.headers["etag"])
            assert (again.status, again.body) == (304, b"")
        assert (await web.get("/static/../manage.py")).status == 404
        assert (await web.get("/static/nothing.js")).status == 404

    scene(play)


def test_what_is_not_there_is_said_in_words(scene: Scene) -> None:
    async def play(web: Web) -> None:
        page = await web.get(NOT_THERE, accept_language="pt-BR")
        assert page.status == 404 and "Não há nada neste endereço." in page.body.decode()

    scene(play)


def test_on_a_network_the_key_is_needed(scene: Scene, settings: Any) -> None:
    settings.JOIN_KEY = "ABCD-EFGH"

    async def play(web: Web) -> None:
        door = await web.get("/")
        assert door.status == 403 and b'name="key"' in door.body
        assert (await web.get("/?key=ABCD")).status == 403
        assert (await web.get("/api/sandboxes/demo/state")).error == (403, "KEY_NEEDED")
        assert (await web.post("/api/sandboxes/demo/commands", {})).error == (403, "KEY_NEEDED")
        assert (await web.get("/healthz")).status == 200
        assert (await web.get("/static/plain.css")).status == 200

        entered = await web.get("/?key=ABCD-EFGH&x=1")
        assert (entered.status, entered.headers["location"]) == (302, "/?x=1")
        assert "HttpOnly" in entered.headers["set-cookie"]
        cookie = entered.headers["set-cookie"].partition(";")[0]
        assert (await web.get("/", cookie=cookie)).status == 200
        assert (await web.get("/api/sandboxes/demo/state", authorization="Bearer ABCD-EFGH")).status == 200
        assert (await web.get("/api/sandboxes/demo/state?key=ABCD-EFGH")).status == 200
        async with web.socket(cookie=cookie) as socket:
            assert await socket.receive_from()

    scene(play)


@pytest.mark.parametrize("po", CATALOGUES, ids=lambda po: po.parts[-3])
def test_catalogues_are_compiled(po: Path) -> None:
    assert po.with_suffix(".mo").read_bytes() == compiled(po), "run: python -m house.locales"


def test_every_text_of_the_pages_is_translated() -> None:
    portuguese = {e.msgid for e in polib.pofile(str(ROOT / "locale/pt_BR/LC_MESSAGES/django.po")).translated_entries()}
    used = set()
    for template in (ROOT / "templates").rglob("*.html"):
        used |= {m[2] for m in re.finditer(r"""{%\s*(?:translate|trans)\s+(["'])(.+?)\1""", template.read_text())}
    for module in (ROOT / "playground").rglob("*.py"):
        used |= {m[1] for m in re.finditer(r'\b_\("([^"]+)"\)', module.read_text())}
    assert used and used - portuguese == set()


def test_files_travel_compressed_to_those_who_take_it(scene: Scene) -> None:
    async def play(web: Web) -> None:
        plain = await web.get("/static/js/main.js")
        small = await web.get("/static/js/main.js", accept_encoding="gzip")
        assert small.headers["content-encoding"] == "gzip" and small.headers["vary"] == "Accept-Encoding"
        assert len(small.body) < len(plain.body) / 2 and gzip.decompress(small.body) == plain.body
        assert int(small.headers["content-length"]) == len(small.body) and "content-encoding" not in plain.headers
        font = await web.get("/static/fonts/inter-latin-wght-normal.woff2", accept_encoding="gzip")
        assert "content-encoding" not in font.headers

    scene(play)


def test_files_are_guarded_as_pages_are(scene: Scene) -> None:
    """They are answered before Django: what its middleware does for a page is done for them, too."""

    async def play(web: Web) -> None:
        page, file = await web.get("/"), await web.get("/static/js/main.js")
        for name in ("content-security-policy", "x-content-type-options", "referrer-policy"):
            assert sorted(file.headers[name].split("; ")) == sorted(page.headers[name].split("; ")), name
        assert (await web.get("/static/js/main.js", host="elsewhere.example")).status == 400
        assert (await web.post("/static/js/main.js", {})).status == 405
        unread = await web.get("/static/js/main.js", method="HEAD")
        assert (unread.status, unread.body) == (200, b"")

    scene(play)
