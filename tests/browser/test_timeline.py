"""The line of time: marks over all of history, the volume written, scrubbing, zooming, stepping, speed, and the
branches as lines of their own. What is drawn is held against what the engine says."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.stage_page import Stage
from tests.support.server import PlaygroundServer


def line(stage: Stage) -> dict[str, float]:
    """Where the line is and what it shows."""
    found: dict[str, float] = stage.page.evaluate(
        """() => {
          const svg = document.querySelector('[data-testid=timeline]');
          const box = svg.getBoundingClientRect();
          const rail = svg.querySelector('.rail').getBoundingClientRect();
          const { from, to } = svg.dataset;
          return {left: box.left + 6, width: box.width - 12, y: rail.top + 3, from: +from, to: +to};
        }"""
    )
    return found


def x_of(at: dict[str, float], ms: float) -> float:
    return at["left"] + (ms - at["from"]) / (at["to"] - at["from"]) * at["width"]


def pass_ms(server: PlaygroundServer, ms: float) -> None:
    until = server.state()["at_ms"] + ms
    server.wait_for(lambda s: s["at_ms"] >= until)


def shows(stage: Stage, server: PlaygroundServer) -> dict[str, Any]:
    """The paused state, once it is on the page."""
    state = server.state()
    stage.wait("(step) => riacho.snapshot.step === step", state["step"])
    return state


@pytest.mark.full
def test_marks_and_volume_of_all_of_history_stand_on_the_line_for_whoever_comes_later(
    visit: Any, playground_server: PlaygroundServer
) -> None:
    server = playground_server
    server.do("speed", speed=64)
    pass_ms(server, 8_000)
    server.do("crash_broker", broker=3)
    pass_ms(server, 4_000)
    for n in range(240):  # more than a viewer is told when coming
        server.do("set_producer", producer="loja", rate=5 + n % 2)
    server.do("set_producer", producer="loja", rate=50)
    pass_ms(server, 6_000)
    server.do("pause")
    stage = visit(server.url)
    state = shows(stage, server)
    crash = stage.page.get_by_test_id("timeline").get_by_role("button", name=re.compile("broker 3 (caiu|sem notícia)"))
    expect(crash.first).to_be_attached()  # far enough apart, its death and its silence have a mark each
    assert stage.page.evaluate("!document.querySelector('[data-testid=say]').innerText.includes('caiu')")
    told = server.ask("timeline", from_ms=0)
    counted = stage.page.locator(".timeline .mark").evaluate_all(
        "(all) => all.reduce((n, one) => n + +one.dataset.count, 0)"
    )
    assert counted == sum(mark["count"] for mark in told["marks"]) > 240
    expect(stage.page.get_by_test_id("volume")).to_be_attached()
    assert 40 < float(stage.page.get_by_test_id("volume").get_attribute("data-top") or "0") <= 80

    # The hairline tells time and rate; the rate is what the logs have grown by.
    at = line(stage)
    stage.page.mouse.move(x_of(at, state["at_ms"] - 1_500), at["y"] - 12)
    expect(stage.page.locator(".hair.shown .hair-words")).to_have_text(re.compile(r"^\d+:\d\d · \d+(,\d)?/s$"))
    words = stage.page.locator(".hair-words").text_content()
    assert 40 <= float((words or "").split("· ")[1].split("/")[0].replace(",", ".")) <= 60

    crash.first.click()
    expect(stage.page.get_by_test_id("past")).to_be_visible()
    then = stage.snapshot
    assert then["brokers"][2]["state"] == "crashed" and then["at_ms"] < 16_000
    assert server.state()["step"] == state["step"], "looking has changed nothing"


def test_who_drags_along_the_line_sees_each_moment_and_at_its_end_the_present(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server, mouse = playground_server, stage.page.mouse
    server.do("speed", speed=64)
    pass_ms(server, 20_000)
    server.do("pause")
    live = shows(stage, server)
    at = line(stage)
    mouse.move(x_of(at, live["at_ms"] - 12_000), at["y"])
    mouse.down()
    expect(stage.page.locator("html[data-past]")).to_be_attached()
    mouse.move(x_of(at, live["at_ms"] - 5_000), at["y"], steps=6)
    stage.wait("(ms) => Math.abs(riacho.snapshot.at_ms - ms) < 400", live["at_ms"] - 5_000)
    seen = stage.snapshot
    then = server.ask("look", step=seen["step"], ms=seen["at_ms"])["state"]
    assert [p["end"] for p in seen["topics"][0]["partitions"]] == [p["end"] for p in then["topics"][0]["partitions"]]
    expect(stage.page.get_by_test_id("past-clock")).to_be_visible()
    mouse.move(at["left"] + at["width"], at["y"], steps=4)
    mouse.up()
    expect(stage.page.locator("html[data-past]")).to_have_count(0)
    assert shows(stage, server)["step"] == live["step"]


@pytest.mark.full
def test_the_wheel_and_the_keys_show_less_or_more_of_time_and_a_far_place_gets_its_own_stretch(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server, page = playground_server, stage.page
    server.do("speed", speed=64)
    pass_ms(server, 90_000)
    server.do("pause")
    live = shows(stage, server)
    at = line(stage)
    assert at["to"] - at["from"] == 300_000
    page.mouse.move(at["left"] + 100, at["y"])
    page.mouse.wheel(0, -120)
    stage.wait(
        "() => { const d = document.querySelector('[data-testid=timeline]').dataset; return d.to - d.from === 60000; }"
    )
    expect(page.get_by_test_id("span")).to_have_value("60000")
    handle = page.get_by_role("slider", name="Momento que se vê")
    handle.focus()
    handle.press("-")
    expect(page.get_by_test_id("span")).to_have_value("300000")
    page.get_by_test_id("span").select_option("-1")  # all of it
    stage.wait(
        "(ms) => +document.querySelector('[data-testid=timeline]').dataset.from <= ms", live["history"]["from_ms"]
    )
    page.get_by_test_id("span").select_option("10000")
    handle.press("Home")
    expect(page.get_by_test_id("past")).to_be_visible()
    stage.wait("() => +document.querySelector('[data-testid=timeline]').dataset.to < 20000")
    expect(page.get_by_test_id("history-begins").or_(page.get_by_test_id("onward")).last).to_be_visible()
    page.get_by_test_id("onward").click()
    expect(page.get_by_test_id("past")).to_have_count(0)


def test_speed_has_buttons_too_and_says_who_limits_it(stage: Stage, playground_server: PlaygroundServer) -> None:
    page = stage.page
    stage.click("Mais depressa")
    expect(page.get_by_test_id("speed-value")).to_have_text("2×")
    stage.wait("() => riacho.snapshot.pace.speed === 2")
    for _ in range(3):
        value = page.get_by_test_id("speed-value").inner_text()
        stage.click("Mais devagar")
        expect(page.get_by_test_id("speed-value")).not_to_have_text(value)
    expect(page.get_by_test_id("speed-value")).to_have_text("0,25×")
    assert playground_server.state()["pace"]["speed"] == 0.25


@pytest.mark.full
def test_branches_are_lines_that_end_where_they_stand_and_lead_there_by_click_and_key(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server, page = playground_server, stage.page
    server.do("speed", speed=64)
    pass_ms(server, 20_000)
    server.do("pause")
    live = shows(stage, server)
    server.ask("branch", ms=live["at_ms"] - 9_000, name="e se acks=1?", owner="")
    branch = server.ask("branch", ms=live["at_ms"] - 4_000, name="outro ramo", owner="")
    server.ask("command", sandbox=branch["id"], actor="t", command={"do": "pause"})
    page.reload()
    fork = page.get_by_test_id(f"fork-{branch['id']}")
    expect(fork).to_be_visible()
    rows = {row["id"]: row for row in server.ask("sandboxes")}
    assert abs(float(fork.get_attribute("data-end") or "0") - rows[branch["id"]]["at_ms"]) <= 1
    at = line(stage)
    begins = page.get_by_test_id(f"leaves-{branch['id']}").evaluate("(one) => one.getBoundingClientRect().left")
    assert abs(begins - x_of(at, rows[branch["id"]]["parent_ms"])) < 4
    expect(page.get_by_test_id(f"beside-{branch['id']}")).to_have_attribute("href", f"/compare/demo/{branch['id']}/")
    fork.click()
    page.wait_for_url(f"**/s/{branch['id']}/**")
    expect(page.locator("html[data-frame]")).to_be_attached()
    parent = page.get_by_test_id("fork-demo")
    expect(parent).to_have_attribute("aria-label", re.compile("De onde este ramo veio: demo"))
    page.locator("body").press("[")
    page.wait_for_url(re.compile(r"/s/e-se-acks-1/|/$"))
    page.locator("body").press("]")


@pytest.mark.full
def test_on_a_telephone_the_switch_between_sandboxes_is_in_sight(
    visit: Any, playground_server: PlaygroundServer
) -> None:
    stage = visit(playground_server.url)
    stage.page.set_viewport_size({"width": 390, "height": 844})
    switch = stage.page.get_by_test_id("switcher-open")
    expect(switch).to_be_in_viewport()
    switch.click()
    expect(stage.page.get_by_test_id("switcher").get_by_role("link", name="demo")).to_be_in_viewport()
    box = stage.page.get_by_test_id("timeline").bounding_box()
    assert box and box["width"] <= 390 and box["height"] >= 40


@pytest.mark.full
def test_with_reduced_motion_the_line_is_walked_along_all_the_same(
    visit: Any, playground_server: PlaygroundServer
) -> None:
    server = playground_server
    server.do("speed", speed=64)
    pass_ms(server, 8_000)
    server.do("pause")
    stage = visit(server.url)
    stage.page.emulate_media(reduced_motion="reduce")
    step = shows(stage, server)["step"]
    handle = stage.page.get_by_role("slider", name="Momento que se vê")
    handle.focus()
    handle.press("ArrowLeft")
    stage.wait("(step) => riacho.snapshot.step < step", step)
    handle.press("End")
    stage.wait("(step) => riacho.snapshot.step === step", step)


def test_what_is_done_while_time_stands_still_is_seen_at_once_though_no_step_was_taken(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server = playground_server
    server.do("pause")
    step = shows(stage, server)["step"]
    server.do("crash_broker", broker=3)
    stage.wait("() => riacho.snapshot.brokers[2].state === 'crashed'")
    assert stage.snapshot["step"] == step
    server.do("start_broker", broker=3)
    stage.wait("() => riacho.snapshot.brokers[2].state !== 'crashed'")
