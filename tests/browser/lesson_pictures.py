"""The pictures of exercises, scenes, the presenter's window and the author's page (screenshots.py takes them)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser import author_scenes, level_scenes
from tests.browser.pictures import Act, Picture
from tests.browser.stage_page import PATIENCE_MS, Stage


def scene(name: str, answer: int | None = None) -> Act:
    """A scene of the lecture; answer: of its first question, and what came of it."""

    def act(stage: Stage, server: Any) -> None:
        page, query = stage.page, urlsplit(stage.page.url).query
        page.goto(f"{server.url}/lecture/{name}/")
        page.wait_for_url("**/s/*/")
        page.goto(f"{page.url.partition('#')[0]}?{query}")
        expect(page.get_by_test_id("scene-title")).to_be_visible()
        if answer is not None:
            page.get_by_test_id(f"option-{answer}").click()
            page.get_by_test_id("predict").click()
            expect(page.get_by_test_id("outcome-where")).to_be_visible(timeout=PATIENCE_MS)

    return act


def presenting(stage: Stage, server: Any) -> None:
    """The presenter's window: the class has answered, and it came otherwise."""
    scene("replication")(stage, server)
    page, query = stage.page, urlsplit(stage.page.url).query
    page.goto(f"{page.url.partition('?')[0]}notes/?{query}")
    page.get_by_test_id("notes-lock-0").click()
    expect(page.get_by_test_id("notes-question")).to_have_attribute("data-verdict", "wrong", timeout=PATIENCE_MS)


LESSONS = [
    Picture("scene-1440-light", (1440, 900), act=scene("five-parts")),
    Picture("scene-1440-dark", (1440, 900), "dark", language="en", act=scene("replication", 0)),
    Picture("scene-projector", (1920, 1080), query="&projector", docs=True, act=scene("one-too-many", 0)),
    Picture("scene-390", (390, 844), act=scene("keys", 0)),
    Picture("notes-1440-light", (1440, 900), docs=True, act=presenting),
    Picture("notes-1440-dark", (1440, 900), "dark", language="en", act=presenting),
    Picture("notes-projector", (1920, 1080), query="&projector", act=presenting),
    Picture("notes-390", (390, 844), act=presenting),
    Picture("level-1440-light", (1440, 900), docs=True, act=level_scenes.idle),
    Picture("level-1440-dark", (1440, 900), "dark", act=level_scenes.dead_leader),
    Picture("level-asked-1440", (1440, 900), act=level_scenes.idle_asked),
    Picture("level-keys-1440-dark", (1440, 900), "dark", language="en", act=level_scenes.moved_key),
    Picture("level-first-390", (390, 844), act=level_scenes.first),
    Picture("level-asked-390", (390, 844), act=level_scenes.idle_asked),
    Picture("level-390-dark", (390, 844), "dark", act=level_scenes.dead_leader),
    Picture("level-projector", (1920, 1080), query="&projector", act=level_scenes.idle),
    Picture("level-asked-projector", (1920, 1080), query="&projector", language="en", act=level_scenes.moved_key),
    Picture("levels-1440-light", (1440, 900), act=level_scenes.listed),
    Picture("levels-1440-dark", (1440, 900), "dark", language="en", act=level_scenes.listed),
    Picture("levels-390", (390, 844), act=level_scenes.listed),
    Picture("author-1440-light", (1440, 900), docs=True, act=author_scenes.wrong),
    Picture("author-1440-dark", (1440, 900), "dark", language="en", act=author_scenes.wrong),
    Picture("author-proved-1440", (1440, 900), act=author_scenes.proved),
    Picture("author-projector", (1920, 1080), query="&projector", act=author_scenes.wrong),
    Picture("author-390", (390, 844), act=author_scenes.wrong),
]
