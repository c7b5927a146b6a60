"""axe finds nothing at WCAG 2.2 AA: on every view, on every page of the drawer, on every page, in every theme.

The lists of views and of the drawer's pages are the page's own, so whatever is added is looked at too; a page of the
drawer that nobody has said how to open fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.stage_page import Stage

# How each page of the drawer is asked for. None: nothing to show it for in this scene.
EXAMPLES: dict[str, dict[str, Any] | None] = {
    "record": {"topic": "FIAP", "partition": 0, "offset": 0},
    "partition": {"topic": "FIAP", "partition": 0},
    "topic": {"topic": "FIAP"},
    "broker": {"id": 1},
    "controller": {},
    "group": {"id": "A"},
    "member": {"group": "A", "id": "A-1"},
    "producer": {"id": "loja"},
    "client": None,
    "moment": {"n": 1},
    "compose": {"topic": "FIAP"},
    "faults": {},
    "new-topic": {},
    "new-producer": {},
    "new-group": {},
    "request": None,
    "code": {},
    "connect": {},
    "doctor": {},
    "why": {"about": "isr", "name": "FIAP-0"},
    "whynot": {"about": "idle", "name": "A-1"},
    "segment": {"broker": 1, "topic": "FIAP", "partition": 0, "base": 0},
}
THEMES = ("light", "dark")


@pytest.fixture
def still(stage: Stage, playground_server: Any) -> Stage:
    """A scene with something of everything, in which nothing moves: a broker is down, an idle member, time stands."""
    playground_server.do("speed", speed=16)
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.hw > 5)")
    playground_server.do("crash_broker", broker=3)
    playground_server.do("add_consumer", group="A")
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.leader > 0 && p.leader < 3)")
    playground_server.do("pause")
    stage.wait("() => riacho.snapshot.pace.paused")
    stage.page.emulate_media(reduced_motion="reduce")
    return stage


def themed(page: Page, theme: str) -> None:
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; riacho.stage.redraw() }", theme)


def views(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "import('/static/js/views/registry.js').then(({ VIEWS }) => VIEWS.map((view) => view.id))"
    )
    return found


def kinds(page: Page) -> list[str]:
    found: list[str] = page.evaluate("import('/static/js/drawer.js').then(({ PAGES }) => Object.keys(PAGES))")
    return found


def open_view(page: Page, view: str) -> None:
    page.evaluate("(view) => { location.hash = `view=${view}` }", view)
    page.wait_for_function(
        "(view) => document.documentElement.dataset.view === view && !document.querySelector('[data-testid=coming]')",
        arg=view,
    )


def open_kind(page: Page, kind: str) -> bool:
    """False: there is nothing of that kind here."""
    assert kind in EXAMPLES, f"say in EXAMPLES how the drawer's page {kind!r} is opened"
    about = EXAMPLES[kind]
    if about is None:
        return False
    page.evaluate("(chosen) => riacho.stage.select(chosen)", {"kind": kind, **about})
    page.wait_for_function(
        "() => document.querySelector('#drawer-page')?.firstChild && !document.querySelector('[data-testid=coming]')"
    )
    return True


def test_axe_finds_nothing_on_any_view_in_any_theme(still: Stage) -> None:
    page = still.page
    found = []
    for view in views(page):
        open_view(page, view)
        for theme in THEMES:
            themed(page, theme)
            scope = None if view == "tapes" else "main"
            found += [f"{view} {theme}: {one}" for one in axe.violations(page, scope, colours=theme == "dark")]
    assert "\n".join(found) == ""


@pytest.mark.full
def test_axe_finds_nothing_on_any_page_of_the_drawer(still: Stage) -> None:
    page = still.page
    found = []
    for theme in THEMES:
        themed(page, theme)
        for kind in kinds(page):
            if open_kind(page, kind):
                found += [f"{kind} {theme}: {one}" for one in axe.violations(page, "#drawer", colours=theme == "dark")]
        for tab in ("log", "legend"):
            page.get_by_test_id(f"tab-{tab}").click()
            found += [f"{tab} {theme}: {one}" for one in axe.violations(page, "#drawer", colours=theme == "dark")]
    assert "\n".join(found) == ""


def dialogs() -> Iterator[tuple[str, str]]:
    yield "[data-testid=tool-recording]", "#panel-recording"
    yield "[data-testid=tool-picture]", "#panel-picture"
    yield "[data-testid=tool-embed]", "#panel-embed"
    yield "[data-testid=tool-help]", "#help"


@pytest.mark.full
def test_axe_finds_nothing_in_the_tools_and_the_tour(still: Stage) -> None:
    page = still.page
    found = []
    for theme in THEMES:
        themed(page, theme)
        page.locator("#tools-open").click()
        found += [f"menu {theme}: {one}" for one in axe.violations(page, ".top", colours=theme == "dark")]
        page.keyboard.press("Escape")
        for tool, dialog in dialogs():
            page.locator("#tools-open").click()
            page.locator(tool).click()
            expect(page.locator(dialog)).to_be_visible()
            expect(page.locator(f"{dialog} [aria-busy=true]")).to_have_count(0)
            found += [f"{dialog} {theme}: {one}" for one in axe.violations(page, dialog, colours=theme == "dark")]
            page.keyboard.press("Escape")
        page.locator("#tools-open").click()
        page.get_by_test_id("tool-tour").click()
        expect(page.get_by_test_id("tour")).to_be_visible()
        found += [f"tour {theme}: {one}" for one in axe.violations(page, ".tour-card", colours=theme == "dark")]
        page.keyboard.press("Escape")
    assert "\n".join(found) == ""


PAGES = ["/sandboxes/", "/open", "/s/demo/files/", "/s/demo/report/", "/?embed", "/nothing"]


@pytest.mark.full
def test_axe_finds_nothing_on_the_other_pages(still: Stage) -> None:
    page = still.page
    still.watch.expected.append("404")
    found = []
    for path in PAGES:
        for theme in THEMES:
            page.goto(f"{still.url}{path}{'&' if '?' in path else '?'}theme={theme}")
            if path == "/s/demo/files/":
                expect(page.get_by_test_id("hex")).to_be_visible()
            if "embed" in path:
                expect(page.locator("html[data-frame]")).to_be_attached()
            found += [f"{path} {theme}: {one}" for one in axe.violations(page, colours=theme == "dark")]
    assert "\n".join(found) == ""


@pytest.mark.full
@pytest.mark.parametrize("size", ["phone", "projector"])
def test_axe_finds_nothing_on_a_telephone_or_a_projector(still: Stage, size: str) -> None:
    page = still.page
    page.set_viewport_size({"width": 390, "height": 844} if size == "phone" else {"width": 1920, "height": 1080})
    still.open("?projector" if size == "projector" else "")
    page.wait_for_function("riacho.snapshot?.pace.paused")
    found = []
    for theme in THEMES:
        themed(page, theme)
        for view in views(page):
            page.evaluate("riacho.stage.closeDrawer()")
            open_view(page, view)
            found += [f"{view} {theme}: {one}" for one in axe.violations(page)]
        for kind in kinds(page):
            if open_kind(page, kind):
                found += [f"{kind} {theme}: {one}" for one in axe.violations(page, "#drawer")]
    assert "\n".join(found) == ""


def test_every_image_and_button_has_a_name_of_its_own_in_both_languages(still: Stage) -> None:
    page = still.page
    for switch, language in (("EN, inglês", "en"), ("PT, Portuguese", "pt-BR")):
        still.click(switch)
        expect(page.locator("html")).to_have_attribute("lang", language)
        names: list[str] = page.evaluate(
            "[...document.querySelectorAll('button, a, [role=button], [role=tab], [role=slider], select, input')]"
            ".filter((one) => one.offsetParent && !one.disabled)"
            ".map((one) => one.getAttribute('aria-label') || one.labels?.[0]?.textContent || one.textContent)"
        )
        nameless = [name for name in names if not name.strip()]
        keys = [name for name in names if re.fullmatch(r"[a-z]+(\.[a-z-]+)+", name.strip())]
        assert (nameless, keys) == ([], [])
