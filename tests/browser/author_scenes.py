"""The author's page as the pictures show it: in the middle of writing, with a few slips, or proved."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.stage_page import Stage

SLIPS = (
    ("members: 2}", "membres: 2}"),
    ("do: add_consumer", "do: ad_consumer"),
    ('    en: "With two', '    fr: "With two'),
    ("par: 1", "par: um"),
)


def opened(stage: Stage, server: Any) -> Page:
    stage.page.goto(f"{server.url}/author/?{urlsplit(stage.page.url).query}")
    expect(stage.page.locator("html[data-ready=author] #verdict[data-wrong='0']")).to_be_attached()
    return stage.page


def wrong(stage: Stage, server: Any) -> None:
    page = opened(stage, server)
    text = page.get_by_test_id("text").input_value()
    for old, new in SLIPS:
        text = text.replace(old, new)
    page.get_by_test_id("text").fill(text)
    expect(page.get_by_test_id("note")).to_have_count(len(SLIPS) + 1)
    page.get_by_test_id("note").nth(2).get_by_role("button").click()


def proved(stage: Stage, server: Any) -> None:
    page = opened(stage, server)
    page.get_by_test_id("prove").click()
    expect(page.get_by_test_id("proved")).to_be_visible(timeout=60_000)
