"""The lecture in Chromium: forward and back through every scene with the network cut, and the presenter's window."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from playground import lecture
from tests.browser import axe
from tests.browser.stage_page import PATIENCE_MS, Stage, Watch
from tests.support.server import PlaygroundServer

SCENES = [scene for part in lecture.parts() for scene in part["scenes"]]
# What differs from one beginning to the next: calendars are the wall clock's, ports whatever is free, frames count on,
# and a look at it is taken some microseconds later.
OF_THE_MOMENT = ("at_ms", "calendar_ms", "kafka", "frame", "past", "history", "traffic", "problem", "sandbox")
DATED = ("created", "starting", "ending", "checkpoint")
# Asked while it begins anew (it asks again), or of a moment of the world that was (it has no such moment any more).
ANEW = ("status of 503", "status of 410")
# Looked at with each picture: ``expect`` alone looks ever more seldom, and there are many scenes.
THERE = """
([id, title]) => document.getElementById('scene')?.dataset.scene === id && riacho.snapshot?.lesson?.id === id
  && document.querySelector('#scene h2')?.textContent === title
"""

# Keeps what is said of each question that is judged: the next one may be open a moment later.
JUDGED = """() => {
  window.judged = new Set();
  new MutationObserver(() => {
    const card = document.querySelector('[data-testid=notes-question][data-verdict=right]');
    const said = card?.querySelector('[data-testid=notes-question-state]');
    if (said) judged.add(said.textContent);
  }).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
}"""


@pytest.fixture
def cut(browser: Browser, browser_context_args: dict[str, Any], playground_server: PlaygroundServer) -> Any:
    """``cut("en-US")``: a reader whose network ends at the server; whatever is asked of another host is a failure."""
    readers: list[Stage] = []

    def reader(locale: str) -> Stage:
        context = browser.new_context(**{**browser_context_args, "locale": locale})
        watch = Watch(context, playground_server.url)
        watch.expected += ANEW

        def nowhere(route: Route) -> None:
            watch.faults.append(f"asked another host: {route.request.url}")
            route.abort()

        context.route(re.compile(rf"^(?!(http|ws)://{re.escape(watch.host)}/)(?!data:|blob:)"), nowhere)
        readers.append(Stage(context.new_page(), watch, playground_server.url))
        return readers[-1]

    yield reader
    for one in readers:
        one.check()
        one.page.context.close()


def shown(page: Page, document: dict[str, Any], language: str) -> None:
    """The scene is there: its words in this language, and its place."""
    page.wait_for_function(THERE, arg=[document["id"], document["title"][language]], timeout=PATIENCE_MS)
    expect(page.locator("#scene")).to_have_attribute("data-scene", document["id"])
    expect(page.get_by_test_id("scene-title")).to_have_text(document["title"][language])
    place = {"pt-BR": "Cena {} de {}", "en": "Scene {} of {}"}[language].format(document["number"], len(SCENES))
    expect(page.get_by_test_id("scene-count")).to_contain_text(place)
    expect(page.get_by_test_id("scene-text")).to_have_text(lecture.plain(document["text"][language]))


def beginning(server: PlaygroundServer, sandbox: str) -> dict[str, Any]:
    """The world as it was when the scene began, whatever has become of it."""
    from_step = server.ask("state", sandbox=sandbox)["history"]["from_step"]
    state: dict[str, Any] = server.ask("look", sandbox=sandbox, step=from_step, ms=None, move=None)["state"]
    for broker in state["brokers"]:
        broker["port"] = 0
    return {key: undated(value) for key, value in state.items() if key not in OF_THE_MOMENT}


def undated(found: Any) -> Any:
    """Without what has the calendar in it: streams, and all of their sequence numbers."""
    if isinstance(found, list):
        return [undated(one) for one in found]
    if isinstance(found, dict):
        return {key: undated(value) for key, value in found.items() if key not in DATED}
    return found


def as_written(state: dict[str, Any], document: dict[str, Any]) -> None:
    """The engine has what the document says."""
    start = document["start"]
    assert state["lesson"]["id"] == document["id"]
    assert len(state["brokers"]) == start["brokers"]
    topics = {topic["name"]: len(topic["partitions"]) for topic in state["topics"] if not topic["internal"]}
    assert topics == {topic["topic"]: topic.get("partitions", 3) for topic in start.get("topics", [])}
    assert {one["id"] for one in state["producers"]} == {one["producer"] for one in start.get("producers", [])}
    assert {one["id"] for one in state["groups"]} >= {one["group"] for one in start.get("groups", [])}
    assert state["lesson"]["begin_ms"] >= document["begin_ms"]
    streams = {one["stream"]: one["shards"] for one in start.get("streams", [])}
    assert {one["name"]: len(one["shards"]) for one in state.get("kinesis", {}).get("streams", [])} == streams


def seen(page: Page, state: dict[str, Any], document: dict[str, Any]) -> None:
    """What is drawn is that world: its machines, its tapes, who writes and who reads. Some views draw no tapes."""
    for producer in state["producers"]:
        expect(page.get_by_test_id(f"producer-{producer['id']}")).to_be_visible()
    for group in document["start"].get("groups", []):
        expect(page.locator(f"#group-list [data-testid='group-{group['group']}']")).to_be_visible()
    if "page" in document:  # a figure, which the machines and the tapes may give their place
        expect(page.get_by_test_id("scene-figure")).to_be_visible()
        expect(page.get_by_test_id("scene-figure")).not_to_be_empty()
        return
    for stream in document["start"].get("streams", []):
        expect(page.get_by_test_id(f"stream-{stream['stream']}")).to_be_visible()
    for offer in document.get("offers", []) if "predict" not in document else ():  # a question takes its place
        expect(page.get_by_test_id(f"offer-{offer}")).to_be_attached()
    if document["show"].get("view", "tapes") != "tapes":
        return
    for broker in state["brokers"]:
        expect(page.locator(f"#brokers [data-testid='broker-{broker['id']}']")).to_be_visible()
    tapes = [(t["name"], p["id"]) for t in state["topics"] if not t["internal"] for p in t["partitions"]]
    drawn = page.locator("#tapes [data-testid^='tape-']:not([data-testid*='__'])")
    expect(drawn.first).to_be_visible()
    assert set(drawn.evaluate_all("(all) => all.map((one) => one.dataset.testid)")) >= {
        f"tape-{topic}-{partition}" for topic, partition in tapes[:1]
    }


@pytest.mark.parametrize(
    ("forward", "back", "scenes"),
    [
        ("pt-BR", "en", SCENES[:5]),
        pytest.param("pt-BR", "en", SCENES, marks=pytest.mark.full),
        pytest.param("en", "pt-BR", SCENES, marks=pytest.mark.full),
    ],
    ids=["its beginning", "whole", "whole, the languages changed round"],
)
@pytest.mark.timeout(300)
def test_the_lecture_goes_forward_and_back_and_each_scene_is_the_same_world_again(
    cut: Callable[[str], Stage], playground_server: PlaygroundServer, forward: str, back: str,
    scenes: list[dict[str, Any]],
) -> None:  # fmt: skip
    stage = cut("pt-BR" if forward == "pt-BR" else "en-US")
    page = stage.page
    page.goto(f"{stage.url}/lecture/")
    expect(page.get_by_test_id("scene-row")).to_have_count(len(SCENES))
    page.get_by_test_id("lecture-begin").click()
    sandbox = page.url.rstrip("/").rpartition("/")[2]
    kafka = None
    first: dict[str, dict[str, Any]] = {}
    for document in scenes:
        shown(page, document, forward)
        world = first[document["id"]] = beginning(playground_server, sandbox)
        as_written(world, document)
        seen(page, world, document)
        kafka = kafka or playground_server.ask("state", sandbox=sandbox)["kafka"][0]
        assert playground_server.ask("state", sandbox=sandbox)["kafka"][0] == kafka, "a client finds it where it was"
        if document is not scenes[-1]:
            page.keyboard.press("PageDown")
    if scenes is SCENES:
        expect(page.get_by_test_id("scene-next")).to_be_disabled()
    page.get_by_test_id(f"language-{back}").click()
    for document in reversed(scenes):
        shown(page, document, back)
        assert beginning(playground_server, sandbox) == first[document["id"]], document["id"]
        seen(page, first[document["id"]], document)
        page.keyboard.press("PageUp")
    expect(page.get_by_test_id("scene-back")).to_be_disabled()


def by(stage: Stage, test_id: str) -> Locator:
    return stage.page.get_by_test_id(test_id)


@pytest.fixture
def lesson(visit: Callable[[str], Stage], playground_server: PlaygroundServer) -> Callable[[str], Stage]:
    """``lesson("keys")``: somebody's lecture, at that scene."""

    def enter(scene: str) -> Stage:
        stage = visit(playground_server.url)
        stage.watch.expected += ANEW
        stage.page.goto(f"{stage.url}/lecture/{scene}/")
        expect(stage.page.locator("#scene")).to_have_attribute("data-scene", scene)
        stage.page.evaluate("riacho.stage.line.command({do: 'speed', speed: 16})")  # nobody wants to wait here
        return stage

    return enter


def test_a_scene_asks_locks_runs_and_shows_what_came_against_what_was_said(lesson: Callable[[str], Stage]) -> None:
    stage = lesson("keys")
    expect(by(stage, "question")).to_contain_text("Em quantas delas eles vão parar?")
    expect(by(stage, "scene-sentence")).to_have_count(0), "it would give the answer away"
    stage.page.get_by_role("radio", name="Em três, um pouco em cada").check()
    stage.click("Confirmar e observar")
    expect(by(stage, "scene-text")).to_have_count(0), "the text makes room for the stage"
    expect(by(stage, "answered")).to_have_attribute("data-verdict", "wrong")
    expect(by(stage, "answered")).to_contain_text("Em uma só, sempre a mesma")
    expect(by(stage, "callout")).to_contain_text("todos os pedidos da ana estão numa fita só")
    expect(by(stage, "scene-sentence")).to_contain_text("Mesma chave, mesma partição")


def test_a_remote_leads_on_and_back_blanks_the_screen_and_leaves_the_arrows_alone(
    lesson: Callable[[str], Stage], playground_server: PlaygroundServer
) -> None:
    order = [scene["id"] for scene in SCENES]
    before = order[order.index("five-parts") - 1]
    stage = lesson(before)
    page = stage.page
    sandbox = page.url.rstrip("/").rpartition("/")[2]
    page.keyboard.press("PageDown")
    expect(page.locator("#scene")).to_have_attribute("data-scene", "five-parts")
    page.get_by_test_id("option-0").click()
    page.keyboard.press("PageUp")  # with the focus on an answer
    expect(page.locator("#scene")).to_have_attribute("data-scene", before)
    page.keyboard.press("b")
    expect(page.locator("#dark")).to_be_visible()
    playground_server.wait_for(lambda _: playground_server.ask("state", sandbox=sandbox)["pace"]["paused"])
    page.keyboard.press("b")
    expect(page.locator("#dark")).to_be_hidden()
    playground_server.wait_for(lambda _: not playground_server.ask("state", sandbox=sandbox)["pace"]["paused"])
    page.keyboard.press("ArrowLeft")  # to the event before, as on every stage
    expect(page.get_by_test_id("past")).to_be_visible()
    expect(page.locator("#scene")).to_have_attribute("data-scene", before)


def test_the_presenters_window_has_the_notes_and_follows_and_leads_the_stage(lesson: Callable[[str], Stage]) -> None:
    stage = lesson("replication")
    page = stage.page
    with page.context.expect_page() as opened:
        by(stage, "scene-notes").click()
    notes = opened.value
    expect(notes.get_by_test_id("notes-title")).to_have_text("Líder, seguidoras, e quem falha")
    expect(notes.get_by_test_id("notes-lines")).to_contain_text("Com carinho: quem precisa falhar é o broker da líder")
    expect(notes.get_by_test_id("notes-next")).to_contain_text("Um broker novo, sob carga")
    expect(notes.get_by_test_id("notes-clock")).to_have_text(re.compile(r"^\d+:\d\d$"))
    expect(notes.get_by_test_id("notes-pace")).to_have_text("tempo parado")
    notes.evaluate(JUDGED)
    notes.get_by_test_id("notes-lock-1").click()  # what the class has called out
    expect(by(stage, "answered")).to_have_attribute("data-question", "0")
    notes.wait_for_function("() => judged.has('Respondida, e julgada pelo que aconteceu.')", timeout=PATIENCE_MS)
    notes.keyboard.press("b")
    expect(page.locator("#dark")).to_be_visible()
    notes.get_by_test_id("notes-blank").click()
    expect(page.locator("#dark")).to_be_hidden()
    notes.keyboard.press("ArrowRight")
    expect(page.locator("#scene")).to_have_attribute("data-scene", "new-broker")
    expect(notes.get_by_test_id("notes-title")).to_have_text("Um broker novo, sob carga")
    page.keyboard.press("PageUp")
    expect(notes.get_by_test_id("notes-title")).to_have_text("Líder, seguidoras, e quem falha")


@pytest.mark.full
def test_the_scene_its_notes_and_the_list_of_scenes_are_for_everybody(lesson: Callable[[str], Stage]) -> None:
    stage = lesson("keys")
    page = stage.page
    page.emulate_media(reduced_motion="reduce")
    where = page.url.partition("#")[0]
    for address in (where, f"{where}notes/", f"{stage.url}/lecture/", f"{stage.url}/sandboxes/"):
        for theme in ("light", "dark"):
            for width, height in ((1440, 900), (390, 844)):
                page.set_viewport_size({"width": width, "height": height})
                page.goto(f"{address}?theme={theme}")
                page.wait_for_load_state("networkidle")
                assert axe.violations(page, colours=theme == "dark") == [], (address, theme, width)
