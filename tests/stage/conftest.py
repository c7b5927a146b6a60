"""``show(scene)``: a page of the stage in Chromium, showing a scene of the fake cluster.

``blank``: a page that only imports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.stage.harness import StageServer
from tests.stage.scenes import SCENES, fixture

PATIENCE_MS = 10_000


@dataclass
class Shown:
    """page, and the server behind it. troubles: what the browser complained of (the policy, errors)."""

    page: Page
    server: StageServer
    troubles: list[str]

    @property
    def snapshot(self) -> dict[str, Any]:
        shown: dict[str, Any] = self.page.evaluate("riacho.snapshot")
        return shown

    def by(self, test_id: str) -> Locator:
        return self.page.get_by_test_id(test_id)

    def cell(self, topic: str, partition: int, broker: int, offset: int) -> dict[str, Any] | None:
        where: dict[str, Any] | None = self.page.evaluate(
            "(at) => riacho.cellAt(...at)", [topic, partition, broker, offset]
        )
        return where

    def color(self, cell: dict[str, Any], *, right: float = 0.2) -> str:
        """What is painted there; right: how far into the cell (its digit stands in the middle)."""
        at = [cell["x"] + cell["w"] * right, cell["y"] + cell["h"] / 2]
        painted: str = self.page.evaluate("(at) => riacho.colorAt(...at)", at)
        return painted

    def commands(self) -> list[dict[str, Any]]:
        return [
            {k: v for k, v in m["command"].items() if k != "id"} for m in self.server.received if m["t"] == "command"
        ]

    def sent(self, command: dict[str, Any]) -> None:
        """Waits until the browser has sent this command."""
        for _ in range(200):
            if command in self.commands():
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"{command} is not among {self.commands()}")


def trouble(message: ConsoleMessage) -> bool:
    """A connection that a test has cut is none, nor is a refusal, which Chromium logs by itself."""
    expected = message.text.startswith(("WebSocket connection to", "Failed to load resource: the server responded"))
    return message.type in ("error", "warning") and not expected


Show = Callable[..., Shown]


@pytest.fixture
def show(page: Page) -> Iterator[Show]:
    servers: list[StageServer] = []
    shown: list[Shown] = []

    def open_scene(
        scene: str = "demo",
        *,
        query: str = "",
        live: bool = False,
        frozen: bool = True,
        size: tuple[int, int] = (1440, 900),
    ) -> Shown:
        """frozen: the snapshot of tests/stage/fixtures, whatever is done to the cluster."""
        state: Any = fixture(scene)["state"] if frozen and not live else None
        server = StageServer(SCENES[scene](), live=live, state=state).start()
        servers.append(server)
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text) if trouble(message) else None)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.add_init_script("try { localStorage.setItem('riacho.tour', 'seen') } catch {}")  # knows the way already
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        page.goto(server.url + query)
        page.wait_for_selector("html[data-frame]", state="attached")
        shown.append(Shown(page, server, troubles))
        return shown[-1]

    yield open_scene
    page.goto("about:blank")
    for server in servers:
        server.stop()
    for one in shown:
        assert one.troubles == []


@pytest.fixture
def blank(page: Page) -> Iterator[Page]:
    """An empty page, for whoever only wants to import modules of the stage."""
    server = StageServer(SCENES["demo"]()).start()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(server.url + "blank")
    yield page
    page.goto("about:blank")
    server.stop()
    assert troubles == []
