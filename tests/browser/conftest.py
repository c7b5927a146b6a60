"""``stage``: the playground's page, opened on a fresh demo, and watched until the test is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.stage_page import PATIENCE_MS, Stage, Watch
from tests.support.server import PlaygroundServer

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A desk's screen and a reader of Portuguese; permissions as a fresh browser has them."""
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}, "locale": "pt-BR"}


@pytest.fixture
def visit(new_context: Callable[[], BrowserContext]) -> Iterator[Callable[[str], Stage]]:
    """``visit(url)``: one more viewer, in a window of its own. All are checked in the end."""
    stages: list[Stage] = []

    def visit(url: str) -> Stage:
        context = new_context()
        watch = Watch(context, url)
        stages.append(Stage(context.new_page(), watch, url))
        return stages[-1].open()

    yield visit
    for stage in stages:
        stage.check()


@pytest.fixture
def stage(visit: Callable[[str], Stage], playground_server: PlaygroundServer) -> Stage:
    return visit(playground_server.url)
