"""The stage in a browser, as a person uses it, and a watch over what must never happen there.

``Stage`` clicks by roles and names and reads what the page shows. ``Watch`` collects whatever the page may not do:
write a warning or an error to the console, raise one, break its security policy, or ask another host for anything.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, expect

# Nothing here waits for a fixed time; this is how long something may take on a machine that is busy.
PATIENCE_MS = 20_000
# An init script runs before the page's own and is not bound by its policy: it hears of each violation and of
# the numbers of the events that the page is sent.
INIT = """
window.seen = {violations: [], numbers: [], helloes: 0};
addEventListener('securitypolicyviolation', (e) => seen.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
window.WebSocket = class extends WebSocket {
  constructor(...where) {
    super(...where);
    this.addEventListener('message', ({ data }) => {
      const said = JSON.parse(data);
      if (said.t === 'hello') seen.helloes += 1;
      if (said.resync) seen.numbers.push(`gap ${said.resync.from}-${said.resync.to}`);
      if (said.events) seen.numbers.push(...said.events.map((event) => event.n));
    });
  }
};
"""

TOURED = "try { localStorage.setItem('riacho.tour', 'seen'); } catch { /* no storage on about:blank */ }"


class Watch:
    """faults: everything bad so far. expected: parts of console texts that a test itself brings about.

    newcomer: whoever is here for the first time, and so is shown round.
    """

    def __init__(self, context: BrowserContext, url: str, *, newcomer: bool = False) -> None:
        self.faults: list[str] = []
        self.expected: list[str] = []
        self.host = urlsplit(url).netloc
        context.add_init_script(INIT if newcomer else INIT + TOURED)
        context.on("console", lambda said: self._said(said.type, said.text, said.location.get("url", "")))
        context.on("weberror", lambda error: self.faults.append(f"page error: {error.error}"))
        context.on("request", lambda request: self._asked(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: self._asked(socket.url)))

    def _said(self, kind: str, text: str, where: str) -> None:
        if kind in ("error", "warning") and not any(part in text for part in self.expected):
            self.faults.append(f"console {kind}: {text} {where}")

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.host:
            self.faults.append(f"asked another host: {url}")


class Stage:
    """One page that shows the demo sandbox."""

    def __init__(self, page: Page, watch: Watch, url: str) -> None:
        self.page, self.watch, self.url = page, watch, url

    def open(self, query: str = "") -> Stage:
        self.page.goto(self.url + query)
        expect(self.page.locator("html[data-frame]")).to_be_attached()
        return self

    # --- doing --------------------------------------------------------------------------------------

    def button(self, name: str, within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("button", name=name, exact=True)

    def button_matching(self, pattern: str) -> Locator:
        return self.page.get_by_role("button", name=re.compile(pattern))

    def click(self, name: str, within: Locator | None = None) -> None:
        self.button(name, within).click()

    def click_record(self, topic: str, partition: int, offset: int) -> None:
        """The record itself, on the leader's lane."""
        box = self.cell(topic, partition, self.leader(topic, partition), offset)
        assert box, f"{topic}-{partition} @ {offset} is not in view"
        self.page.mouse.click(box["x"] + box["w"] / 2, box["y"] + box["h"] / 2)

    # --- reading ------------------------------------------------------------------------------------

    @property
    def snapshot(self) -> dict[str, Any]:
        """The state that the picture was last drawn from."""
        snapshot: dict[str, Any] = self.page.evaluate("riacho.snapshot")
        return snapshot

    def partition(self, topic: str, partition: int) -> Locator:
        """Its line in the picture's textual twin."""
        return self.page.locator(f'#twin-partitions tr[data-topic="{topic}"][data-partition="{partition}"]')

    def number(self, topic: str, partition: int, what: str) -> int:
        return int(self.partition(topic, partition).get_attribute(f"data-{what}") or "")

    def leader(self, topic: str, partition: int) -> int:
        return self.number(topic, partition, "leader")

    def offsets(self, topic: str = "FIAP") -> list[tuple[str, ...]]:
        """Of each partition: high watermark, end, who has read up to where, what is committed."""
        names = ("data-hw", "data-end", "data-positions", "data-committed")
        lines = self.page.locator(f'#twin-partitions tr[data-topic="{topic}"]')
        found: list[tuple[str, ...]] = lines.evaluate_all(
            "(lines, names) => lines.map((line) => names.map((name) => line.getAttribute(name)))", names
        )
        return [tuple(line) for line in found]

    def cell(self, topic: str, partition: int, broker: int, offset: int) -> dict[str, Any] | None:
        """Where a record is painted, in the window; None when it is out of view."""
        box: dict[str, Any] | None = self.page.evaluate(
            "(where) => riacho.cellAt(...where)", [topic, partition, broker, offset]
        )
        return box

    def color(self, x: float, y: float) -> str | None:
        """What is on the canvas at a point of the window: #rrggbb."""
        color: str | None = self.page.evaluate("(at) => riacho.colorAt(...at)", [x, y])
        return color

    @property
    def sentence(self) -> Locator:
        """What the stage says has just happened."""
        return self.page.get_by_test_id("say")

    @property
    def drawer(self) -> Locator:
        return self.page.locator("#drawer-page")

    @property
    def clock(self) -> str:
        return self.page.get_by_role("timer").inner_text()

    def group(self, name: str) -> Locator:
        return self.page.get_by_role("article", name=f"Grupo {name}")

    def broker(self, number: int) -> Locator:
        return self.page.get_by_role("article", name=f"Broker {number}")

    def wait(self, condition: str, argument: Any = None) -> None:
        """Until a JavaScript expression holds."""
        self.page.wait_for_function(condition, arg=argument, timeout=PATIENCE_MS)

    def check(self) -> None:
        """Nothing bad has happened. Called after each test."""
        if not self.page.is_closed():
            self.watch.faults += [f"security policy: {v}" for v in self.page.evaluate("window.seen?.violations ?? []")]
        assert not self.watch.faults, self.watch.faults
