"""From one partition to a hundred: everything while it fits; then what is healthy and idle is one line, and of a
matrix those open that need a look."""

from __future__ import annotations

import copy
from typing import Any

from playwright.sync_api import expect

from tests.stage.conftest import Show, Shown


def many_topics(shown: Shown) -> list[dict[str, Any]]:
    """Six topics like the scene's own: too many tapes for any screen."""
    topic = shown.snapshot["topics"][0]
    return [{**copy.deepcopy(topic), "name": f"topico-{number}"} for number in range(6)]


def test_tapes_that_are_healthy_and_idle_fold_when_all_together_are_too_tall(show: Show) -> None:
    shown = show("wide")
    topics = many_topics(shown)
    at = shown.snapshot["at_ms"]
    shown.server.push(frame=10, at_ms=at, topics=topics)
    shown.page.wait_for_selector("html[data-frame='10']", state="attached")
    expect(shown.page.locator(".tape.folded")).to_have_count(0)  # nothing closes before it was seen to be idle
    busy = topics[0]["partitions"][1]
    for step in (1, 2, 3):
        busy["end"] += 1
        shown.server.push(frame=10 + step, at_ms=at + step * 2000, topics=topics)
        shown.page.wait_for_selector(f"html[data-frame='{10 + step}']", state="attached")
    expect(shown.by("tape-topico-0-1")).not_to_have_class("tape folded")
    folded = shown.by("tape-topico-0-0")
    expect(folded).to_have_class("tape folded")
    expect(folded).to_contain_text("partição 0")
    p = topics[0]["partitions"][0]
    cell = shown.cell("topico-0", 0, p["leader"], p["hw"] - 1)
    assert cell is not None and shown.color(cell) == cell["color"].lower()  # a line has its records, too
    # kept open, and let go again
    folded.focus()
    folded.press("Enter")
    expect(folded).not_to_have_class("tape folded")
    shown.by("unpin-topico-0-0").click()
    expect(folded).to_have_class("tape folded")


def test_what_fits_never_folds(show: Show) -> None:
    shown = show("wide")
    for step in (1, 2, 3):
        shown.server.push(frame=20 + step, at_ms=shown.snapshot["at_ms"] + 4000)
        shown.page.wait_for_selector(f"html[data-frame='{20 + step}']", state="attached")
    expect(shown.page.locator(".tape.folded")).to_have_count(0)


def test_the_partitions_furthest_behind_stand_worst_first_and_a_press_opens_their_tape(show: Show) -> None:
    shown = show("big")
    state = shown.snapshot
    positions = {int(p): at for m in state["groups"][0]["members"] for p, at in m["position"]["cliques"].items()}
    behind = {p["id"]: p["hw"] - positions[p["id"]] for p in state["topics"][0]["partitions"] if p["id"] in positions}
    worst = sorted(((lag, -number) for number, lag in behind.items() if lag > 0), reverse=True)
    strip = shown.by("behind-cliques").get_by_role("button")
    told = strip.evaluate_all("(all) => all.map((one) => [Number(one.dataset.lag), -Number(one.dataset.partition)])")
    assert len(told) >= 5 and [tuple(one) for one in told] == worst[: len(told)]
    number = strip.last.get_attribute("data-partition")
    strip.last.click()
    expect(shown.by(f"tape-cliques-{number}")).to_be_attached()
    expect(strip.last).to_have_attribute("aria-pressed", "true")


def test_a_broker_that_hands_over_its_leaderships_is_not_drawn_as_dead(show: Show) -> None:
    shown = show("demo")
    brokers = [{**b, "state": "stopping" if b["id"] == 1 else b["state"]} for b in shown.snapshot["brokers"]]
    shown.server.push(frame=30, brokers=brokers)
    shown.page.wait_for_selector("html[data-frame='30']", state="attached")
    expect(shown.by("tape-FIAP-0")).not_to_contain_text("✕")


def test_twelve_machines_of_a_hundred_partitions_are_chips_and_the_drawing_stays_small(show: Show) -> None:
    shown = show("big", query="#view=brokers")
    expect(shown.by("shelf-12")).to_be_visible()
    assert shown.page.evaluate("document.querySelectorAll('#view *').length") <= 500
    chips = shown.page.evaluate("riacho.probe()")
    assert len(chips) == 300 and not any(one["rows"] for one in chips)
    assert shown.page.evaluate("(s => s.scrollHeight - s.clientHeight)(document.querySelector('#view'))") <= 0
