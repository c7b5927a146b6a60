"""Levels as they are photographed (screenshots.py): asked, under way, reached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.stage_page import Stage


def level(
    name: str, *, option: int | None = 0, press: str = "", until: str = "reached"
) -> Callable[[Stage, Any], None]:
    """Enter it, predict (None: not yet), press something with that test id, wait for something with another."""

    def act(stage: Stage, server: Any) -> None:
        page = stage.page
        looks = urlsplit(page.url).query  # the theme, the projector
        page.goto(f"{server.url}/levels/{name}/")
        page.goto(f"{page.url}?{looks}")
        expect(page.get_by_test_id("question")).to_be_attached()
        if option is None:
            return
        page.get_by_test_id(f"option-{option}").click()
        page.get_by_test_id("predict").click()
        if press:
            page.get_by_test_id(press).click()
        expect(page.get_by_test_id(until)).to_be_attached(timeout=60_000)
        page.evaluate("document.getAnimations().forEach((one) => one.finish())")

    return act


idle = level("groups-03-idle-member", press="group-faturamento-more")
idle_asked = level("groups-03-idle-member", option=None)
dead_leader = level("start-03-dead-leader", option=1, press="broker-1-crash")
moved_key = level("keys-01-key-moves", option=None)
first = level("start-01-first-record", option=1, until="missing")


def listed(stage: Stage, server: Any) -> None:
    """The list of levels, after a few."""
    done = {
        "start-01-first-record": {"solved": True, "best": 1, "guesses": [False], "at": 1},
        "start-02-two-readers": {"solved": True, "best": 2, "guesses": [True], "at": 2},
        "start-03-dead-leader": {"shown": True, "fails": 1, "at": 3},
    }
    stage.page.evaluate(
        "(levels) => localStorage.setItem('riacho.progress', JSON.stringify({ version: 1, levels }))", done
    )
    stage.page.goto(f"{server.url}/levels/?{urlsplit(stage.page.url).query}")
    expect(stage.page.get_by_test_id("progress-count")).to_be_visible()
