"""The first minute of somebody who has never been here: what is seen, after how many clicks, and how soon.

Nothing is hurried and nothing is told to the engine but by the mouse. The page itself counts what is pressed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.stage_page import Stage, Watch
from tests.support.server import PlaygroundServer

CLICKS_MOST, SECONDS_MOST = 3, 60.0
# Real ones only: what a person's hand does. Keys would be cheating, so they are counted too.
COUNT = """
window.pressed = [];
for (const kind of ['click', 'keydown']) {
  const count = (event) => event.isTrusted && pressed.push(`${kind} ${event.target.textContent.trim()}`);
  addEventListener(kind, count, true);
}
"""
# The tags of positions that a person sees: on which tape, whose, where, and that nothing lies over them.
TAGS = """() => [...document.querySelectorAll('#tapes .tape')].flatMap((tape) =>
  [...tape.querySelectorAll('text.tag-name')].map((name) => {
    const box = name.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const seen = tape.contains(document.elementFromPoint(x, y)); // null outside the window
    return {tape: tape.getAttribute('aria-label'), who: name.textContent, x, seen};
  }))"""
# The twin and the state it was made of, in the same task. Positions: "A-1@7 B-1@3".
TWIN = """() => {
  const lines = [...document.querySelectorAll('#twin-partitions tr[data-topic="FIAP"]')];
  return {step: riacho.snapshot.step, positions: lines.map((line) => line.dataset.positions)};
}"""
APART = """() => [...document.querySelectorAll('#twin-partitions tr[data-topic="FIAP"]')].some((line) => {
  const at = line.dataset.positions.split(' ').filter(Boolean).map((one) => one.split('@'));
  return new Set(at.map(([who]) => who)).size > 1 && new Set(at.map(([, offset]) => offset)).size > 1;
})"""


class Newcomer:
    """stage: the first page, opened just now by somebody whose browser has never been there."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.began = time.monotonic()
        stage.open()

    @property
    def pressed(self) -> list[str]:
        pressed: list[str] = self.stage.page.evaluate("pressed")
        return pressed

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def tags(self) -> list[dict[str, Any]]:
        tags: list[dict[str, Any]] = self.stage.page.evaluate(TAGS)
        return [tag for tag in tags if tag["seen"]]

    def twin(self, server: PlaygroundServer) -> dict[str, dict[str, int]]:
        """Who reads where, as the twin tells it: partition, member, offset. The engine said the same at that step."""
        told = self.stage.page.evaluate(TWIN)
        found = {
            str(partition): {who: int(offset) for who, offset in (one.split("@") for one in positions.split())}
            for partition, positions in enumerate(told["positions"])
        }
        state = server.ask("look", step=told["step"])["state"]
        right: dict[str, dict[str, int]] = {partition: {} for partition in found}
        for member in (m for group in state["groups"] for m in group["members"]):
            for partition, offset in member["position"].get("FIAP", {}).items():
                right[partition][member["id"]] = offset
        assert found == right
        return found


@pytest.fixture
def arrive(
    browser: Browser, browser_context_args: dict[str, Any], playground_server: PlaygroundServer
) -> Iterator[Callable[..., Newcomer]]:
    stages: list[Stage] = []

    def arrive(**context_args: Any) -> Newcomer:
        context = browser.new_context(**{**browser_context_args, **context_args})
        context.add_init_script(COUNT)
        watch = Watch(context, playground_server.url, newcomer=True)
        stages.append(Stage(context.new_page(), watch, playground_server.url))
        return Newcomer(stages[-1])

    yield arrive
    for stage in stages:
        stage.check()
        stage.page.context.close()


def test_two_consumers_are_seen_at_different_offsets_and_one_click_later_a_dead_leader_and_the_new_one(
    arrive: Callable[..., Newcomer], playground_server: PlaygroundServer
) -> None:
    newcomer = arrive()
    stage, page, server = newcomer.stage, newcomer.stage.page, playground_server
    expect(page.get_by_test_id("tour")).to_contain_text("Isto é um log")
    page.get_by_test_id("tour-end").click()
    expect(page.get_by_test_id("tour")).to_have_count(0)

    stage.wait(APART)
    twin = newcomer.twin(server)
    apart = [offsets for offsets in twin.values() if len(set(offsets.values())) > 1]
    assert apart and all(set(offsets) == {"A-1", "B-1"} for offsets in apart)
    tags = newcomer.tags()
    by_tape = [[tag for tag in tags if tag["tape"] == tape] for tape in {tag["tape"] for tag in tags}]
    assert any({t["who"] for t in on} >= {"A-1", "B-1"} and abs(on[0]["x"] - on[1]["x"]) > 10 for on in by_tape)
    assert len(newcomer.pressed) <= 1 <= CLICKS_MOST and newcomer.seconds < SECONDS_MOST, newcomer.pressed

    # one more click
    before = server.state()["topics"][0]["partitions"][0]
    dead = before["leader"]
    server.wait_for(lambda s: s["topics"][0]["partitions"][0]["end"] > 0)
    page.get_by_test_id(f"broker-{dead}-crash").click()
    expect(stage.broker(dead)).to_have_attribute("data-state", "crashed")
    expect(stage.sentence).to_contain_text(f"O broker {dead} caiu.")
    expect(stage.sentence).to_contain_text("foi eleito")
    assert len(newcomer.pressed) <= 2, newcomer.pressed
    assert newcomer.seconds < SECONDS_MOST

    after = server.state()["topics"][0]["partitions"][0]
    assert after["leader"] not in (-1, dead) and after["epoch"] > before["epoch"] and dead not in after["isr"]
    expect(stage.partition("FIAP", 0)).to_have_attribute("data-leader", str(after["leader"]))
    expect(stage.sentence).to_contain_text(str(after["leader"]))
    lanes = page.locator("#tapes .tape").first
    expect(lanes).to_contain_text(f"★ B{after['leader']}")
    expect(lanes).to_contain_text(f"B{dead} ✕")
    expect(page.get_by_test_id("act")).to_have_attribute("data-kind", "election")


@pytest.mark.full
def test_two_consumers_share_a_topic_after_three_clicks_in_english_and_with_less_motion(
    arrive: Callable[..., Newcomer], playground_server: PlaygroundServer
) -> None:
    newcomer = arrive(locale="en-US", reduced_motion="reduce")
    stage, page, server = newcomer.stage, newcomer.stage.page, playground_server
    page.get_by_test_id("tour").get_by_role("button", name="Skip").click()
    page.get_by_role("button", name="+1 consumer in group A").click()
    expect(stage.sentence).to_contain_text(re.compile("Generation . of group A: A-1 got .* A-2 got "))
    stage.wait("() => /A-1@/.test(document.getElementById('twin-partitions').outerHTML)")
    stage.wait("() => /A-2@[1-9]/.test(document.getElementById('twin-partitions').outerHTML)")

    twin = newcomer.twin(server)
    whose = {who: {p: at[who] for p, at in twin.items() if who in at} for who in ("A-1", "A-2")}
    assert whose["A-1"] and whose["A-2"] and not set(whose["A-1"]) & set(whose["A-2"]), "a partition is never split"
    page.get_by_test_id("act-close").click()  # the captions of the rebalance; they also go by themselves
    stage.wait(f"() => ['A-1', 'A-2'].every((who) => ({TAGS})().some((tag) => tag.seen && tag.who === who))")
    assert len(newcomer.pressed) <= CLICKS_MOST and newcomer.seconds < SECONDS_MOST, newcomer.pressed

    dead = stage.leader("FIAP", 2)
    page.get_by_test_id(f"broker-{dead}-crash").click()
    expect(stage.sentence).to_contain_text(f"Broker {dead} crashed.")
    expect(stage.sentence).to_contain_text("elected")
    leader = server.wait_for(lambda s: s["topics"][0]["partitions"][2]["leader"] not in (-1, dead))
    assert leader
    expect(page.get_by_test_id(f"broker-{dead}")).to_have_attribute("data-state", "crashed")
    assert stage.leader("FIAP", 2) != dead
    assert len(newcomer.pressed) <= CLICKS_MOST + 1 and newcomer.seconds < SECONDS_MOST, newcomer.pressed
