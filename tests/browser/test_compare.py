"""Side by side: one setting changed, the same hand on both, what differs is lit; nothing shown that is not so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser import axe
from tests.browser.stage_page import PATIENCE_MS, Stage
from tests.support.server import PlaygroundServer


def compare(stage: Stage, setting: str, value: str) -> tuple[str, str]:
    """From the stage to the page of both; their ids."""
    page = stage.page
    page.get_by_test_id("tools-open").click()
    page.get_by_test_id("tool-compare").click()
    page.get_by_test_id("compare-setting").select_option(setting)
    page.get_by_test_id("compare-value").select_option(value)
    page.get_by_test_id("compare-send").click()
    page.wait_for_url("**/compare/**")
    expect(page.get_by_test_id("both-clock")).to_be_visible(timeout=PATIENCE_MS)
    a, b = page.url.split("/compare/")[1].strip("/").split("/")
    return a, b


def frame(page: Page, side: str) -> FrameLocator:
    return page.frame_locator(f"[data-testid=frame-{side}]")


def states(server: PlaygroundServer, ids: tuple[str, str]) -> list[dict[str, Any]]:
    return [server.ask("state", sandbox=one) for one in ids]


def settled(page: Page, server: PlaygroundServer, ids: tuple[str, str]) -> list[dict[str, Any]]:
    """Both states, once they stand still at the same time, and the page shows them."""
    for _ in range(200):
        found = states(server, ids)
        if found[0]["at_ms"] == found[1]["at_ms"]:
            page.wait_for_function("(at) => riachoPair.states.every((s) => s.at_ms >= at)", arg=found[0]["at_ms"])
            shown = page.evaluate("riachoPair.states.map((s) => s.step)")
            if shown == [s["step"] for s in found] == [s["step"] for s in states(server, ids)]:
                return found
    raise AssertionError(f"the page shows steps {shown}, the engine {[s['step'] for s in found]}")


def do(page: Page, button: str) -> None:
    """Press one of the hand's buttons, and wait until it is done in both."""
    with page.expect_response("**/commands", timeout=3 * PATIENCE_MS) as answered:
        page.get_by_test_id(button).click()
    assert answered.value.ok, answered.value.text()


def tile(page: Page, what: str) -> list[str | None]:
    box = page.get_by_test_id(f"tile-{what}")
    return [box.get_attribute("data-a"), box.get_attribute("data-b")]


def test_with_acks_1_a_leader_that_is_cut_off_loses_what_was_acknowledged_and_with_acks_all_nothing(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server, page = playground_server, stage.page
    server.do("speed", speed=64)
    server.do("set_producer", producer="loja", rate=10)
    server.wait_for(lambda s: s["at_ms"] > 12_000)
    server.do("pause")
    moment = server.state()
    stage.wait("(step) => riacho.snapshot.step === step", moment["step"])
    ids = compare(stage, "acks loja", "1")

    # Two branches of that very moment, which stand still; only the one setting differs, and it is said and lit.
    a, b = settled(page, server, ids)
    assert a["at_ms"] == b["at_ms"] and a["at_ms"] - moment["at_ms"] < 5 and a["pace"]["paused"] and b["pace"]["paused"]
    assert [s["producers"][0]["acks"] for s in (a, b)] == ["all", "1"]
    expect(page.get_by_test_id("chips")).to_contain_text(re.compile(r"acks de loja\s*A\s*all\s*B\s*1"))
    expect(page.get_by_test_id("line")).to_have_count(1)
    for side in "ab":
        expect(frame(page, side).get_by_test_id("producer-loja")).to_have_attribute("data-differs", "")
        expect(frame(page, side).locator("[data-differs]")).to_have_count(1)

    # The same fault in both, at the same virtual moment.
    leader = b["topics"][0]["partitions"][0]["leader"]
    page.get_by_test_id("fault-broker").select_option(str(leader))
    for button in ("fault-isolate_broker", "both-ten", "fault-heal_links", "both-ten"):
        do(page, button)
    a, b = settled(page, server, ids)
    assert a["at_ms"] == b["at_ms"]
    at = [
        [event["at_ms"] for event in server.ask("events", sandbox=one)["events"] if event["code"] == "broker_isolated"]
        for one in ids
    ]
    assert at[0] == at[1] and len(at[0]) == 1

    # What it led to: seen, lit, and true.
    lost = [server.ask("lost", sandbox=one)["lost"] for one in ids]
    assert lost[0] == 0 < lost[1]
    expect(page.get_by_test_id("tile-lost")).to_have_attribute("data-b", str(lost[1]))
    assert tile(page, "lost") == ["0", str(lost[1])]
    expect(page.get_by_test_id("tile-lost")).to_have_class(re.compile("differs"))
    assert tile(page, "acked") == [str(s["producers"][0]["acked"]) for s in (a, b)]
    changed = [
        f"FIAP-{p['id']}" for p, q in zip(a["topics"][0]["partitions"], b["topics"][0]["partitions"], strict=True)
        if any(p[key] != q[key] for key in ("leader", "epoch", "hw", "end")) or sorted(p["isr"]) != sorted(q["isr"])
    ]  # fmt: skip
    assert changed
    lit = (
        frame(page, "b")
        .locator('[data-differs][data-testid^="tape-"]')
        .evaluate_all("(all) => all.map((one) => one.dataset.testid)")
    )
    assert sorted(lit) == sorted(f"tape-{name}" for name in changed)
    ends = page.locator(f'[data-testid=line][data-of="{changed[0]}"][data-what="end"]')
    expect(ends).to_contain_text(re.compile(r"[+−]\d"))


@pytest.mark.full
def test_what_is_done_in_one_frame_is_done_in_both_unless_it_is_said_otherwise(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server, page = playground_server, stage.page
    server.do("speed", speed=64)
    server.wait_for(lambda s: s["at_ms"] > 10_000)
    server.do("pause")
    ids = compare(stage, "members A", "2")
    settled(page, server, ids)
    do(page, "both-second")
    do(page, "both-resume")
    page.wait_for_function("() => riachoPair.stages.every((s) => !s.live.pace.paused)")
    page.evaluate("riachoPair.stages[0].order({ do: 'crash_broker', broker: 3 })")
    page.wait_for_function("() => riachoPair.stages.every((s) => s.live.brokers[2].state === 'crashed')")
    page.get_by_test_id("both-slower").click()
    expect(page.get_by_test_id("both-speed")).to_have_text("32×")
    page.wait_for_function("() => riachoPair.stages.every((s) => s.live.pace.speed === 32)")
    page.keyboard.press("b")
    page.wait_for_function("() => riachoPair.stages.every((s) => s.live.pace.paused)")
    a, b = settled(page, server, ids)
    assert a["at_ms"] == b["at_ms"] and len(a["groups"][0]["members"]) + 1 == len(b["groups"][0]["members"])
    do(page, "both-step")
    before, (a, b) = a["at_ms"], settled(page, server, ids)
    assert a["at_ms"] == b["at_ms"] > before
    page.get_by_label("o que eu fizer num quadro vale nos dois").uncheck()
    page.evaluate("riachoPair.stages[1].order({ do: 'start_broker', broker: 3 })")
    page.wait_for_function("() => riachoPair.stages[1].live.brokers[2].state !== 'crashed'")
    assert [s["brokers"][2]["state"] for s in states(server, ids)][0] == "crashed"
    expect(frame(page, "b").get_by_test_id("broker-3")).to_have_attribute("data-differs", "")


@pytest.mark.full
def test_both_look_back_to_the_same_moment_by_key_by_click_and_by_mark_and_nothing_can_be_done_then(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server, page = playground_server, stage.page
    server.do("speed", speed=64)
    server.wait_for(lambda s: s["at_ms"] > 8_000)
    server.do("pause")
    ids = compare(stage, "rate loja", "10")
    page.get_by_test_id("fault-broker").select_option("3")
    do(page, "fault-crash_broker")
    do(page, "both-ten")
    live = settled(page, server, ids)
    page.locator("body").press("ArrowLeft")
    expect(page.get_by_test_id("both-past")).to_be_visible()
    page.wait_for_function(
        "(at) => riachoPair.states.every((s) => Math.abs(s.at_ms - at) < 1)", arg=live[0]["at_ms"] - 1000
    )
    for side in "ab":
        expect(frame(page, side).locator("html[data-past]")).to_be_attached()
    page.keyboard.press("b")
    expect(page.get_by_role("alert")).to_contain_text("O passado não muda")
    mark = page.get_by_test_id("line-b").get_by_role("button", name=re.compile("sem notícia|fora do ar|broker 3"))
    mark.last.press("Enter")
    page.wait_for_function("(at) => riachoPair.states.every((s) => s.at_ms < at)", arg=live[0]["at_ms"] - 1500)
    handle = page.get_by_role("slider", name="Momento que se vê")
    handle.press("End")
    expect(page.get_by_test_id("both-past")).to_have_count(0)
    line = page.get_by_test_id("pairline").bounding_box()
    assert line
    page.mouse.click(line["x"] + line["width"] / 2, line["y"] + line["height"] / 2)
    expect(page.get_by_test_id("both-past")).to_be_visible()
    page.get_by_test_id("both-live").click()
    assert [s["step"] for s in settled(page, server, ids)] == [s["step"] for s in live]


@pytest.mark.full
def test_two_that_are_there_already_are_compared_by_their_address_and_one_that_is_not_is_said_so(
    visit: Callable[[str], Stage], playground_server: PlaygroundServer
) -> None:
    server = playground_server
    server.do("pause")
    branch = server.ask("branch", step=server.state()["step"], name="outro", owner="")
    stage = visit(server.url)
    page = stage.page
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server.url}/compare/demo/{branch['id']}/")
    expect(page.get_by_test_id("both-clock")).to_be_visible()
    expect(page.get_by_test_id("chips")).to_contain_text("nenhuma configuração diferente")
    expect(page.get_by_test_id("same")).to_contain_text("iguais")
    expect(page.get_by_test_id("alone-b")).to_have_attribute("href", f"/s/{branch['id']}/")
    for theme in ("light", "dark"):
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
        assert axe.violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    stage.watch.expected += ["Failed to load resource", "WebSocket"]
    page.goto(f"{server.url}/compare/demo/nunca-houve/")
    expect(page.get_by_test_id("compare-problem")).to_contain_text("NOT_FOUND")
