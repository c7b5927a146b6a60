"""The stage within another page, the report and the recording: who may frame what, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Scene, Web

COURSE = "https://moodle.example.edu"


def test_only_pages_of_ours_may_frame_the_stage_unless_the_settings_name_others(scene: Scene, settings: Any) -> None:
    async def play(web: Web) -> None:
        policy = (await web.get("/?embed")).headers["content-security-policy"]
        assert "frame-ancestors 'self';" in f"{policy};"
        settings.EMBED_FROM = [COURSE]
        assert f"frame-ancestors 'self' {COURSE}" in (await web.get("/?embed")).headers["content-security-policy"]
        for path in ("/", "/open", "/s/demo/files/"):
            assert COURSE not in (await web.get(path)).headers["content-security-policy"], path

    scene(play)


@pytest.mark.parametrize(("asked", "spoken"), [("en", b'lang="en"'), ("pt-BR", b'lang="pt-BR"'), ("xx", b'lang="en"')])
def test_an_embedded_stage_speaks_the_language_of_the_page_around_it(scene: Scene, asked: str, spoken: bytes) -> None:
    async def play(web: Web) -> None:
        page = await web.get(f"/?embed&lang={asked}", accept_language="en")
        assert b"<html " in page.body and spoken in page.body
        assert b"css/embed.css" in page.body

    scene(play)


@pytest.mark.parametrize("query", ["", "from_ms=5", "from_ms=5&to_ms=5", "from_ms=9&to_ms=2", "from_ms=x&to_ms=9"])
def test_a_recording_has_a_beginning_and_an_end_after_it(scene: Scene, query: str) -> None:
    async def play(web: Web) -> None:
        assert (await web.get(f"/api/sandboxes/demo/recording?{query}")).error == (422, "INVALID_REQUEST")

    scene(play)
