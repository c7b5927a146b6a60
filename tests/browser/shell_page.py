"""The shell in a browser, as a person uses it: typed into, and read."""

from __future__ import annotations

import time

from playwright.sync_api import Page, expect

from tests.browser.stage_page import PATIENCE_MS, Watch
from tests.support.server import PlaygroundServer

STATE = "globalThis.riachoShell?.session.state ?? ''"
TEXT = "riachoShell.screen.text()"


class ShellPage:
    def __init__(self, page: Page, watch: Watch, server: PlaygroundServer) -> None:
        self.page, self.watch, self.server = page, watch, server

    def open(self, path: str = "/s/demo/shell/") -> ShellPage:
        self.page.goto(self.server.url + path)
        expect(self.page.locator("html[data-ready]")).to_be_attached()
        return self.at_prompt()

    def at_prompt(self, state: str = "prompt") -> ShellPage:
        end = time.monotonic() + 2 * PATIENCE_MS / 1000
        while self.page.evaluate(STATE) != state:
            assert time.monotonic() < end, f"{self.page.evaluate(STATE)}: {self.text}"
            self.page.wait_for_timeout(10)
        return self

    @property
    def text(self) -> str:
        """All that stands on the screen, as whoever reads it sees it."""
        self.page.evaluate("new Promise((done) => riachoShell.screen.write('', done))")
        return str(self.page.evaluate(TEXT))

    def type(self, keys: str) -> None:
        self.page.keyboard.type(keys)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def run(self, line: str) -> str:
        """Typed, and sent with Enter: what came after it."""
        before = len(self.text)
        self.page.keyboard.insert_text(line)
        self.press("Enter")
        self.at_prompt()
        said = self.text[before:].partition("\n")[2]
        return said.rpartition("\n")[0] + "\n" if "\n" in said else ""

    def check(self) -> None:
        """Nothing that must not happen has happened (but xterm's styles, which are allowed here)."""
        assert self.watch.faults == []
        assert self.page.evaluate("seen.violations") == []
