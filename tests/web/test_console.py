"""The pages of the Kinesis console: one for every place in it, in both languages, with the terminal's exception."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Scene, Web

PLACES = [
    "/s/demo/kinesis/",
    "/s/demo/kinesis/create/",
    "/s/demo/kinesis/ftf-meu-stream/?tab=viewer",
    "/s/demo/kinesis/a.b_c-d/",
]


@pytest.mark.parametrize("path", PLACES)
def test_every_place_of_the_console_is_the_same_page(scene: Scene, path: str) -> None:
    async def play(web: Web) -> None:
        page = await web.get(path)
        html = page.body.decode()
        assert page.status == 200 and 'id="kinesis"' in html and 'data-sandbox="demo"' in html
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", html)
        assert not re.search(r"""(src|href)=["'](https?:)?//""", html)

    scene(play)


def test_only_styles_are_relaxed_for_the_terminal(scene: Scene) -> None:
    async def play(web: Web) -> None:
        policy = (await web.get(PLACES[0])).headers["content-security-policy"]
        rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
        assert rules["style-src"] == "'self' 'unsafe-inline'"
        assert rules["default-src"] == "'self'" and "unsafe" not in policy.replace(rules["style-src"], "")
        assert "script-src" not in rules

    scene(play)


def test_the_page_speaks_the_readers_language_and_names_the_stream_in_its_title(scene: Scene) -> None:
    async def play(web: Web) -> None:
        portuguese, english = [(await web.get(PLACES[2], accept_language=one)).body.decode() for one in ("pt-BR", "en")]
        assert '<html lang="pt-BR">' in portuguese and '<html lang="en">' in english
        assert "<title>ftf-meu-stream · Kinesis · Riacho</title>" in english

    scene(play)


def test_a_streams_name_is_never_markup(scene: Scene) -> None:
    async def play(web: Web) -> None:
        page = await web.get("/s/demo/kinesis/%3Cimg%20src=x%3E/")
        assert page.status == 200 and b"<img" not in page.body

    scene(play)
