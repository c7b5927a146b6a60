"""A recording: one HTML file that is opened from the disk, without any server, and plays."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe
from tests.browser.stage_page import Stage


@pytest.fixture
def story(stage: Stage, playground_server: Any) -> Stage:
    """Broker 2 has crashed and come back; time stands still."""
    playground_server.do("speed", speed=16)
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.hw > 2)")
    playground_server.do("crash_broker", broker=2)
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.leader !== 2 && p.leader > 0)")
    playground_server.do("start_broker", broker=2)
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.isr.length === 3)")
    playground_server.do("pause")
    stage.wait("() => riacho.snapshot.pace.paused")
    return stage


@pytest.fixture
def saved(story: Stage, tmp_path: Path) -> Path:
    """The file, made with the tool of the page: from before the crash."""
    page = story.page
    page.locator("#tools-open").click()
    page.get_by_test_id("tool-recording").click()
    page.get_by_test_id("recording-title").fill("A queda <b>& a volta")
    page.get_by_test_id("recording-last-all").click()
    with page.expect_download() as coming:
        page.get_by_test_id("recording-save").click()
    expect(page.get_by_test_id("recording-done")).to_contain_text(".html")
    path = tmp_path / "aula.html"
    coming.value.save_as(path)
    page.keyboard.press("Escape")
    expect(page.locator("#panel-recording")).to_have_count(0)
    expect(page.locator("#tools-open")).to_be_focused()
    return path


@pytest.fixture
def cinema(browser: Browser, browser_context_args: dict[str, Any], saved: Path) -> Any:
    """The file, opened by somebody who has no network; whatever it asks for is a fault."""
    size = {"width": 1280, "height": 800}
    context = browser.new_context(**{**browser_context_args, "viewport": size, "offline": True})
    page = context.new_page()
    page.set_default_timeout(20_000)
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    page.goto(saved.as_uri())
    page.wait_for_selector("html[data-film=ready][data-frame]", state="attached")
    yield page
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert faults == []
    context.close()


def at_ms(page: Page) -> float:
    now: float = page.evaluate("riacho.snapshot.at_ms")
    return now


def test_it_is_one_small_file_with_the_whole_stage_that_plays_stops_and_can_be_wound(
    saved: Path, cinema: Page, story: Stage
) -> None:
    text = saved.read_text(encoding="utf-8")
    assert len(text) < 3_000_000
    assert "A queda &lt;b&gt;&amp; a volta" in text and "<b>& a volta" not in text
    assert not re.search(r"""(src|href)=["']?(https?:|/)""", text.split('<script type="importmap">')[0])
    truth = story.snapshot
    begin = at_ms(cinema)
    expect(cinema.get_by_role("heading", level=1)).to_have_text("A queda <b>& a volta")
    cinema.get_by_test_id("film-speed").select_option("8")
    cinema.get_by_test_id("film-play").click()
    cinema.wait_for_function("(begin) => riacho.snapshot.at_ms > begin + 1500", arg=begin)
    cinema.keyboard.press("b")
    cinema.wait_for_function("riacho.snapshot.pace.paused")
    # forward to the crash, by milestones; the picture and its textual twin say the same
    for _ in range(30):
        cinema.get_by_test_id("film-on").click()
        if "broker 2 caiu" in cinema.get_by_test_id("say").inner_text():
            break
    expect(cinema.get_by_test_id("say")).to_contain_text("broker 2 caiu")
    expect(cinema.locator("#twin li[data-broker='2']")).to_have_attribute("data-state", "crashed")
    # and to the end: what the stage shows now
    cinema.locator("#film-at").focus()
    cinema.keyboard.press("End")
    cinema.wait_for_function("(at) => Math.abs(riacho.snapshot.at_ms - at) < 1", arg=truth["at_ms"])
    ends = "(s) => s.topics.map((t) => t.partitions.map((p) => [p.leader, p.hw, p.end, p.isr.length]))"
    assert cinema.evaluate(f"({ends})(riacho.snapshot)") == story.page.evaluate(f"({ends})(riacho.snapshot)")
    cinema.keyboard.press("Home")
    cinema.wait_for_function("(begin) => riacho.snapshot.at_ms === begin", arg=begin)


@pytest.mark.full
def test_a_record_in_it_can_be_opened_and_nothing_can_be_changed(cinema: Page) -> None:
    cinema.locator("#film-at").focus()
    cinema.keyboard.press("End")
    last = "[riacho.snapshot.topics[0].partitions[0]].map((p) => riacho.cellAt('FIAP', 0, p.leader, p.end - 1))[0]"
    cinema.wait_for_function(last)  # drawn with the next picture
    box = cinema.evaluate(last)
    cinema.mouse.click(box["x"] + box["w"] / 2, box["y"] + box["h"] / 2)
    expect(cinema.get_by_test_id("record-detail")).to_contain_text("cliente")
    cinema.evaluate("riacho.stage.order({ do: 'crash_broker', broker: 1 })")
    expect(cinema.get_by_test_id("toast")).to_contain_text("gravação")
    expect(cinema.locator("#twin li[data-broker='1']")).to_have_attribute("data-state", "running")


@pytest.mark.full
def test_it_speaks_both_languages_is_accessible_and_shows_other_views(cinema: Page) -> None:
    cinema.get_by_test_id("language-en").click()
    expect(cinema.get_by_test_id("film-play")).to_have_text("play")
    expect(cinema.locator("html")).to_have_attribute("lang", "en")
    cinema.get_by_role("tab", name="Brokers").click()
    expect(cinema.locator("html")).to_have_attribute("data-view", "brokers")
    cinema.emulate_media(reduced_motion="reduce")
    assert "\n".join(axe.violations(cinema)) == ""


def test_what_makes_no_stretch_is_said_before_it_is_asked_for(story: Stage) -> None:
    page = story.page
    page.locator("#tools-open").click()
    page.get_by_test_id("tool-recording").click()
    page.get_by_test_id("recording-to").fill("00:00")
    expect(page.get_by_test_id("recording-span")).to_contain_text("01:23.456")
    expect(page.get_by_test_id("recording-save")).to_be_disabled()
    moment = page.get_by_test_id("recording-moment")
    chosen = moment.locator("option", has_text="broker 2 caiu").first.get_attribute("value")
    moment.select_option(chosen)
    expect(page.get_by_test_id("recording-save")).to_be_enabled()
    expect(page.get_by_test_id("recording-from")).not_to_have_value("")
