"""Tools for everybody: the menu, the tour, the picture, the report, the stage in another page; by keyboard alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.stage_page import Stage

SVG = "{http://www.w3.org/2000/svg}"
# Whether the focus can be seen: an outline, or, in a drawing, a line as thick as one.
RING = """
(() => {
  const one = document.activeElement;
  const thick = (it) => getComputedStyle(it).stroke !== 'none' && parseFloat(getComputedStyle(it).strokeWidth) >= 2;
  if (one === document.body || getComputedStyle(one).outlineStyle !== 'none') return true;
  return [...one.querySelectorAll('*')].some(thick);
})()
"""


def focused(page: Page) -> str:
    what: str = page.evaluate(
        "document.activeElement.dataset.testid || document.activeElement.id || document.activeElement.localName"
    )
    return what


def tool(page: Page, name: str) -> None:
    page.locator("#tools-open").click()
    page.get_by_test_id(f"tool-{name}").click()


@pytest.mark.full
def test_the_tools_are_reached_by_keyboard_and_left_again(stage: Stage) -> None:
    page = stage.page
    page.locator("#tools-open").focus()
    page.keyboard.press("Enter")
    items = page.get_by_test_id("tools-menu").get_by_role("menuitem")
    expect(items.first).to_be_focused()
    names = items.all_inner_texts()
    assert len(names) >= 6 and len(set(names)) == len(names)
    page.keyboard.press("ArrowUp")
    expect(items.last).to_be_focused()
    page.keyboard.press("Home")
    expect(items.first).to_be_focused()
    page.keyboard.press("b")  # no shortcut of the stage while a line of the menu is chosen
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("tools-menu")).to_have_count(0)
    expect(page.locator("#tools-open")).to_be_focused()
    assert stage.snapshot["pace"]["paused"] is False


def test_who_is_here_for_the_first_time_is_shown_round_once(
    browser: Browser, browser_context_args: dict[str, Any], playground_server: Any
) -> None:
    context = browser.new_context(**{**browser_context_args, "locale": "en-US"})
    page = context.new_page()
    page.goto(playground_server.url)
    card = page.get_by_test_id("tour")
    expect(card).to_contain_text("This is a log")
    seen = [card.get_attribute("data-step")]
    page.keyboard.press("ArrowRight")
    seen.append(card.get_attribute("data-step"))
    while not card.get_by_role("button", name="Begin").count():
        page.get_by_test_id("tour-next").click()
        seen.append(card.get_attribute("data-step"))
    assert seen == ["log", "write", "crash", "time"], "at most four steps"
    # the stage is not locked meanwhile
    page.get_by_test_id("broker-1-crash").click()
    playground_server.wait_for(lambda s: s["brokers"][0]["state"] == "crashed")
    page.get_by_test_id("tour-next").click()
    expect(card).to_have_count(0)
    page.reload()
    expect(page.locator("html[data-frame]")).to_be_attached()
    expect(page.get_by_role("heading", name="Producers")).to_be_visible()
    assert page.evaluate("localStorage.getItem('riacho.tour')") == "seen"
    expect(card).to_have_count(0)
    tool(page, "tour")
    expect(card).to_contain_text("This is a log")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(page.locator("#tools-open")).to_be_focused()
    context.close()


@pytest.mark.full
def test_the_picture_is_taken_as_svg_with_words_and_cells(stage: Stage, playground_server: Any, tmp_path: Path) -> None:
    page = stage.page
    playground_server.do("speed", speed=16)
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.hw > 5)")
    playground_server.do("pause")
    stage.wait("() => riacho.snapshot.pace.paused")
    tool(page, "picture")
    expect(page.get_by_test_id("picture-shown")).to_be_visible()
    with page.expect_download() as coming:
        page.get_by_test_id("picture-svg").click()
    path = tmp_path / "figura.svg"
    coming.value.save_as(path)
    root = ElementTree.parse(path).getroot()
    words = " ".join(text for text in root.itertext())
    for word in ("FIAP", "Broker 1", "Broker 3", "loja", "B1", "A-1"):
        assert word in words, word
    assert "derrubar" not in words, "what is there to be pressed is no part of the picture"
    paint = {element.get("fill") for element in root.iter(f"{SVG}path")}
    leader = stage.cell("FIAP", 0, stage.leader("FIAP", 0), stage.number("FIAP", 0, "hw") - 1)
    assert leader and leader["color"].lower() in {str(color).lower() for color in paint}
    assert not list(root.iter(f"{SVG}image")), "cells are drawn, not copied as pixels"
    with page.expect_download() as coming:
        page.get_by_test_id("picture-png").click()
    coming.value.save_as(tmp_path / "figura.png")
    png = (tmp_path / "figura.png").read_bytes()
    assert png.startswith(b"\x89PNG") and int.from_bytes(png[16:20]) == 2 * int(root.get("width") or 0)
    expect(page.get_by_test_id("picture-said")).to_contain_text(".png")
    page.get_by_test_id("panel-picture-close").click()
    expect(page.locator("html[data-picturing]")).to_have_count(0)


def test_the_report_tells_what_was_done_what_came_of_it_and_leads_there(stage: Stage, playground_server: Any) -> None:
    page = stage.page
    playground_server.do("speed", speed=16)
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.hw > 2)")
    playground_server.do("crash_broker", broker=2)
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.leader !== 2 && p.leader > 0)")
    for _ in range(3):
        playground_server.do("produce", topic="FIAP", key="ana", value="oi")
    playground_server.do("pause")
    page.locator("#tools-open").click()
    page.get_by_test_id("tool-report").click()
    expect(page).to_have_url(re.compile("/s/demo/report/$"))
    chapters = page.get_by_test_id("chapter")
    crash = chapters.filter(has_text="Derrubou o broker 2.")
    expect(crash).to_contain_text("O broker 2 caiu.")
    expect(crash).to_contain_text("foi eleito")
    written = chapters.filter(has_text="Escreveu um registro em FIAP, com a chave ana")
    assert sum(int(m[1]) if (m := re.search(r"×(\d+)", text)) else 1 for text in written.all_inner_texts()) == 3
    page.get_by_label("Nome").fill("Ana")
    page.reload()
    expect(page.get_by_label("Nome")).to_have_value("Ana")
    page.emulate_media(media="print")
    expect(page.locator("#print")).to_be_hidden()
    page.emulate_media(media="screen")
    crash.get_by_role("link", name=re.compile("^Ver o momento")).click()
    stage.wait("() => document.documentElement.hasAttribute('data-past')")
    state = stage.page.evaluate("riacho.stage.past.state.brokers.find((b) => b.id === 2).state")
    assert state == "crashed"


def test_within_another_page_there_is_only_the_stage(stage: Stage, playground_server: Any) -> None:
    page = stage.page
    page.set_viewport_size({"width": 1100, "height": 700})
    page.goto(f"{stage.url}/?embed&lang=en&theme=dark")
    expect(page.locator("html[data-frame]")).to_be_attached()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    for hidden in (".top", "#drawer", "#compose", "#new-topic"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.get_by_role("heading", name="Producers")).to_be_visible()
    expect(page.get_by_test_id("embed-way")).to_have_attribute("href", "/s/demo/")
    page.get_by_test_id("pause").click()
    playground_server.wait_for(lambda s: s["pace"]["paused"])
    page.goto(f"{stage.url}/?embed=bare")
    expect(page.locator("html[data-frame]")).to_be_attached()
    expect(page.locator("#controls")).to_be_hidden()
    for width in (390, 720):
        page.set_viewport_size({"width": width, "height": 600})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"scrolls sideways at {width}"


@pytest.mark.parametrize("motion", ["no-preference", pytest.param("reduce", marks=pytest.mark.full)])
def test_by_keyboard_alone_a_broker_is_crashed_a_record_read_and_time_stopped(
    stage: Stage, playground_server: Any, motion: Any
) -> None:
    page = stage.page
    page.emulate_media(reduced_motion=motion)
    playground_server.do("speed", speed=8)
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.hw > 3)")
    page.keyboard.press("Tab")
    assert "skip" in page.evaluate("document.activeElement.className")
    seen: list[str] = []
    ringless: list[str] = []
    for _ in range(70):
        page.keyboard.press("Tab")
        seen.append(focused(page))
        ring = page.evaluate(RING)
        if not ring:
            ringless.append(seen[-1])
        if seen[-1] == "broker-3-crash":
            break
    assert ringless == [], "the focus is seen everywhere"
    assert "tools-open" in seen and "language-en" in seen and "compose" in seen or "compose-open" in seen
    page.keyboard.press("Enter")
    playground_server.wait_for(lambda s: s["brokers"][2]["state"] == "crashed")
    page.keyboard.press("b")
    playground_server.wait_for(lambda s: s["pace"]["paused"])
    tape = page.locator("#tapes .tape").first
    tape.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("record-detail")).to_contain_text("cliente")
    page.keyboard.press("b")
    playground_server.wait_for(lambda s: not s["pace"]["paused"])


def test_what_happens_is_told_to_screen_readers_and_the_picture_has_a_textual_twin(
    stage: Stage, playground_server: Any
) -> None:
    page = stage.page
    playground_server.do("speed", speed=4)
    playground_server.do("crash_broker", broker=2)
    expect(page.get_by_test_id("announcer")).to_contain_text("broker 2 caiu")
    expect(page.get_by_test_id("announcer")).to_have_attribute("aria-live", "polite")
    tree = page.locator("body").aria_snapshot()
    for landmark in ("banner", "main", "contentinfo", "complementary"):
        assert re.search(rf"^\s*- {landmark}\b", tree, re.M), landmark
    assert re.search(r'heading "Produtores', tree) and re.search(r"table", tree)
    hidden = page.locator("#sky, #cells")
    assert {hidden.nth(i).get_attribute("aria-hidden") for i in range(hidden.count())} == {"true"}
