"""axe finds nothing at WCAG 2.2 AA: on every view, on every page of the drawer, on every page, in every theme.

The lists of views and of the drawer's pages are the page's own, so whatever is added is looked at too; a page of the
drawer that nobody has said how to open fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.stage_page import Stage
from tests.support.aws_clients import boto
from tests.support.raw_kafka import RawClient, api_versions
from tests.support.server import PlaygroundServer

# How each page of the drawer is asked for.
EXAMPLES: dict[str, dict[str, Any] | Callable[[PlaygroundServer], dict[str, Any]]] = {
    "record": {"topic": "FIAP", "partition": 0, "offset": 0},
    "partition": {"topic": "FIAP", "partition": 0},
    "topic": {"topic": "FIAP"},
    "broker": {"id": 1},
    "controller": {},
    "group": {"id": "A"},
    "member": {"group": "A", "id": "A-1"},
    "producer": {"id": "loja"},
    "client": {"id": "turma"},
    "moment": {"n": 1},
    "compose": {"topic": "FIAP"},
    "faults": {},
    "new-topic": {},
    "new-producer": {},
    "new-group": {},
    "request": lambda server: a_request(server),
    "code": {},
    "connect": {},
    "doctor": {},
    "why": {"about": "isr", "name": "FIAP/0"},
    "whynot": {"about": "idle", "name": "A/A-1"},
    "segment": {"broker": 1, "topic": "FIAP", "partition": 0, "base": 0},
}
SHARD = "shardId-000000000000"
# The same of those pages that are about streams.
STREAMS: dict[str, dict[str, Any] | Callable[[PlaygroundServer], dict[str, Any]]] = {
    "connect-aws": {},
    "new-stream": {},
    "stream": {"stream": "notas"},
    "put": {"stream": "notas"},
    "shard": {"stream": "notas", "shard": SHARD},
    "iterator": {"stream": "notas", "shard": SHARD, "client": "turma"},
    "stream-producer": {"id": "boia"},
    "stream-consumer": {"id": "leitor"},
    "caller": {"client": "turma"},
    "words": {"about": "stream", "name": "notas"},
}
THEMES = ("light", "dark")


def a_request(server: PlaygroundServer) -> dict[str, Any]:
    """One that has been answered, so that its page has everything."""
    rows = server.ask("requests", step=server.state()["step"], back_ms=20_000)["requests"]
    answered = {row["of"] for row in rows if row["kind"] == "response"}
    row = next(row for row in rows if row["api"] == "Produce" and row["kind"] == "request" and row["n"] in answered)
    return {"n": row["n"], "step": row["step"]}


@pytest.fixture
def still(stage: Stage, playground_server: PlaygroundServer) -> Iterator[Stage]:
    """A scene with something of everything, in which nothing moves: a broker is down, an idle member, a real client,
    time stands."""
    playground_server.do("speed", speed=16)
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.hw > 5)")
    playground_server.do("crash_broker", broker=3)
    playground_server.do("add_consumer", group="A")
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.leader > 0 && p.leader < 3)")
    with RawClient(playground_server.kafka[0], name="turma") as client:
        assert client.ask(api_versions()).error == 0
        stage.wait("() => riacho.snapshot.clients?.some(({ client }) => client === 'turma')")
        playground_server.do("pause")
        stage.wait("() => riacho.snapshot.pace.paused")
        stage.page.emulate_media(reduced_motion="reduce")
        yield stage


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


def open_kind(page: Page, kind: str, server: PlaygroundServer) -> None:
    examples = {**EXAMPLES, **STREAMS}
    assert kind in examples, f"say in EXAMPLES how the drawer's page {kind!r} is opened"
    about = examples[kind]
    chosen = {"kind": kind, **(about(server) if callable(about) else about)}
    page.evaluate("(chosen) => riacho.stage.select(chosen)", chosen)
    page.wait_for_function(
        "() => document.querySelector('#drawer-page')?.firstChild && !document.querySelector('[data-testid=coming]')"
        " && !document.querySelector('#drawer-page [aria-busy=true]')"
    )
    expect(page.locator("#drawer-page").locator("[data-testid=gone], [role=alert]")).to_have_count(0)


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
def test_axe_finds_nothing_on_any_page_of_the_drawer(still: Stage, playground_server: PlaygroundServer) -> None:
    page = still.page
    found = []
    for theme in THEMES:
        themed(page, theme)
        for kind in (kind for kind in kinds(page) if kind not in STREAMS):
            open_kind(page, kind, playground_server)
            found += [f"{kind} {theme}: {one}" for one in axe.violations(page, "#drawer", colours=theme == "dark")]
        for tab in ("log", "legend"):
            page.get_by_test_id(f"tab-{tab}").click()
            found += [f"{tab} {theme}: {one}" for one in axe.violations(page, "#drawer", colours=theme == "dark")]
    assert "\n".join(found) == ""


@pytest.mark.full
def test_axe_finds_nothing_on_any_page_about_streams(stage: Stage, playground_server: PlaygroundServer) -> None:
    server, page = playground_server, stage.page
    server.do("call_aws", operation="CreateStream", parameters={"StreamName": "notas", "ShardCount": 1})
    server.wait_for(lambda s: s["kinesis"]["streams"][0]["status"] == "ACTIVE")
    server.do("add_stream_producer", stream="notas", producer="boia", rate=5.0)
    server.do("add_stream_consumer", stream="notas", consumer="leitor")
    server.wait_for(lambda s: s["kinesis"]["streams"][0]["shards"][0]["hw"] > 3)
    reading = {"StreamName": "notas", "ShardId": SHARD, "ShardIteratorType": "TRIM_HORIZON"}
    client = boto(server, server.aws_access(), app="turma")
    assert client.get_records(ShardIterator=client.get_shard_iterator(**reading)["ShardIterator"])["Records"]
    stage.wait("() => riacho.snapshot.kinesis?.iterators.some(({ client }) => client === 'turma')")
    server.do("pause")
    stage.wait("() => riacho.snapshot.pace.paused")
    page.emulate_media(reduced_motion="reduce")
    found = []
    for theme in THEMES:
        themed(page, theme)
        for kind in STREAMS:
            open_kind(page, kind, server)
            found += [f"{kind} {theme}: {one}" for one in axe.violations(page, "#drawer", colours=theme == "dark")]
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


@pytest.mark.full
def test_axe_finds_nothing_where_two_sandboxes_are_compared(still: Stage, playground_server: PlaygroundServer) -> None:
    page = still.page
    branch = playground_server.ask("branch", step=playground_server.state()["step"], name="outro", owner="")
    playground_server.ask("command", sandbox=branch["id"], actor="test", command={"do": "crash_broker", "broker": 1})
    found = []
    for theme in THEMES:
        page.goto(f"{still.url}/compare/demo/{branch['id']}/?theme={theme}")
        expect(page.get_by_test_id("both-clock")).to_be_visible()
        expect(page.get_by_test_id("line").first).to_be_visible()  # what differs
        for side in "ab":
            expect(page.frame_locator(f"[data-testid=frame-{side}]").locator("html[data-frame]")).to_be_attached()
        found += [f"compare {theme}: {one}" for one in axe.violations(page, colours=theme == "dark")]
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
def test_axe_finds_nothing_on_a_telephone_or_a_projector(
    still: Stage, playground_server: PlaygroundServer, size: str
) -> None:
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
        for kind in (kind for kind in kinds(page) if kind not in STREAMS):
            open_kind(page, kind, playground_server)
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
