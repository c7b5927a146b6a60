"""Look back, branch, another fault in the branch, return to live: what is seen is what the engine says, each time."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from playground.engine_client import Refused
from tests.browser import canvas
from tests.browser.stage_page import Stage
from tests.support.server import PlaygroundServer

WHAT = ("leader", "epoch", "isr", "start", "hw", "end", "replicas")


def twin(stage: Stage) -> dict[tuple[str, str], list[str | None]]:
    """The picture in words: of each partition what a screen reader is told."""
    names = ["data-topic", "data-partition", *(f"data-{name}" for name in WHAT)]
    lines = stage.page.locator("#twin-partitions tbody tr").evaluate_all(
        "(lines, names) => lines.map((line) => names.map((name) => line.getAttribute(name)))", names
    )
    return {(line[0], line[1]): line[2:] for line in lines}


def words(state: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    """What the twin should say of an engine's state."""
    return {
        (topic["name"], str(p["id"])): [
            str(p["leader"]), str(p["epoch"]), ",".join(map(str, p["isr"])), str(p["start"]), str(p["hw"]),
            str(p["end"]),
            " ".join(
                f"{r['broker']}:{r['end']}{'' if r['alive'] else '✕'}{'' if r['in_sync'] else '!'}"
                for r in p["replicas"]
            ),
        ]
        for topic in state["topics"]
        for p in topic["partitions"]
    }  # fmt: skip


def agrees(stage: Stage, state: dict[str, Any]) -> None:
    """The page shows exactly this state, in words and in paint."""
    stage.wait("(step) => riacho.snapshot.step === step", state["step"])
    assert twin(stage) == words(state)
    states = stage.page.locator("#twin [data-broker]").evaluate_all("(all) => all.map((one) => one.dataset.state)")
    assert states == [broker["state"] for broker in state["brokers"]]
    found = canvas.samples(stage)
    assert len(found) > 10 and canvas.disagreements(found) == []


def click_at(stage: Stage, ms: float) -> None:
    """The timeline, where that time is."""
    x, y = stage.page.evaluate(
        """(ms) => {
          const svg = document.querySelector('[data-testid=timeline]');
          const box = svg.getBoundingClientRect();
          const slider = svg.querySelector('[role=slider] .handle-reach').getBoundingClientRect();
          const now = Number(svg.querySelector('[role=slider]').getAttribute('aria-valuemax'));
          const x = slider.left + slider.width / 2;
          return [box.left + 6 + (x - box.left - 6) * (ms / now), box.top + box.height / 2];
        }""",
        ms,
    )
    stage.page.mouse.click(x, y)


def test_look_back_branch_another_fault_there_and_return_to_live(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server, page = playground_server, stage.page
    server.do("speed", speed=16)
    server.wait_for(lambda s: s["at_ms"] > 14_000 and s["topics"][0]["partitions"][0]["hw"] > 3)
    stage.click("Derrubar o broker 3")
    server.wait_for(lambda s: all(p["leader"] in (1, 2) for p in s["topics"][0]["partitions"]))
    server.do("pause")
    crashed = server.state()
    agrees(stage, crashed)

    # --- before the crash ----------------------------------------------------------------------------
    click_at(stage, 10_000)
    expect(page.get_by_test_id("past")).to_contain_text("Olhando o passado")
    seen = stage.snapshot
    assert 9_000 < seen["at_ms"] < 11_000
    then = server.ask("look", step=seen["step"], ms=seen["at_ms"])["state"]
    agrees(stage, then)
    assert then["brokers"][2]["state"] == "running"
    page.keyboard.press("ArrowRight")
    stage.wait("(step) => riacho.snapshot.step > step", seen["step"])
    agrees(stage, server.ask("look", step=stage.snapshot["step"])["state"])
    stage.button("Derrubar o broker 1").click(force=True)
    expect(page.get_by_role("alert")).to_contain_text("O passado não muda")
    assert server.state()["digest" if "digest" in crashed else "step"] == crashed.get("digest", crashed["step"])

    # --- another fault, in a branch ------------------------------------------------------------------
    moment = stage.snapshot
    page.keyboard.press("k")
    page.get_by_test_id("branch-name").fill("E se fosse o 1?")
    page.keyboard.press("Enter")
    page.wait_for_url("**/s/e-se-fosse-o-1/")
    expect(page.locator("html[data-frame]")).to_be_attached()
    expect(page.get_by_test_id("switcher-open")).to_contain_text("E se fosse o 1?")
    expect(page.get_by_test_id("past")).to_have_count(0)
    assert stage.snapshot["cluster_id"] != moment["cluster_id"]
    assert stage.snapshot["step"] >= moment["step"]

    def do(**command: Any) -> None:
        server.ask("command", sandbox="e-se-fosse-o-1", actor="test", command=command)

    do(do="resume", id="r1") if stage.snapshot["pace"]["paused"] else None
    expect(stage.broker(3)).to_contain_text("lidera")
    stage.click("Derrubar o broker 1")
    expect(stage.sentence).to_contain_text("O broker 1 caiu")
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.leader === 2 || p.leader === 3)")
    do(do="pause", id="p1")
    branch = server.ask("state", sandbox="e-se-fosse-o-1")
    agrees(stage, branch)
    assert [b["state"] for b in branch["brokers"]] == ["crashed", "running", "running"]

    # --- and the present, untouched ------------------------------------------------------------------
    page.get_by_test_id("switcher-open").click()
    page.get_by_test_id("switcher").get_by_role("link", name=re.compile("^demo")).click()
    page.wait_for_url(stage.url + "/")
    expect(page.locator("html[data-frame]")).to_be_attached()
    agrees(stage, crashed)
    expect(page.get_by_test_id("fork-e-se-fosse-o-1")).to_have_attribute("href", "/s/e-se-fosse-o-1/")
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.get_by_test_id("past")).to_be_visible()
    page.keyboard.press("l")
    expect(page.get_by_test_id("past")).to_have_count(0)
    agrees(stage, crashed)
    stage.click("continuar")
    stage.wait("(step) => riacho.snapshot.step > step", crashed["step"])


def test_a_story_is_walked_through_backwards_with_the_keyboard_alone(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server, page = playground_server, stage.page
    server.do("speed", speed=16)
    server.do("crash_broker", broker=2)
    server.wait_for(lambda s: all(p["leader"] in (1, 3) for p in s["topics"][0]["partitions"]))
    server.do("pause")
    stage.wait("(step) => riacho.snapshot.step === step", server.state()["step"])
    handle = page.get_by_role("slider", name="Momento que se vê")
    handle.focus()
    times = [server.state()["at_ms"]]
    for _ in range(5):
        step = stage.snapshot["step"]
        handle.press("ArrowLeft")
        stage.wait("(step) => riacho.snapshot.step < step", step)
        times.append(stage.snapshot["at_ms"])
    assert times == sorted(times, reverse=True)
    expect(handle).to_have_attribute("aria-valuetext", re.compile("antes do vivo"))
    expect(page.get_by_test_id("announcer")).to_contain_text("Olhando o passado")
    handle.press("End")
    expect(page.get_by_test_id("past")).to_have_count(0)
    expect(page.get_by_test_id("announcer")).to_contain_text("De volta ao vivo")


def test_a_record_looked_at_in_the_past_is_told_as_it_was_then(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server, page = playground_server, stage.page
    server.do("speed", speed=16)
    server.wait_for(lambda s: s["at_ms"] > 15_000 and all(p["hw"] > 2 for p in s["topics"][0]["partitions"]))
    server.do("pause")
    stage.wait("(step) => riacho.snapshot.step === step", server.state()["step"])
    click_at(stage, 12_000)
    expect(page.get_by_test_id("past")).to_be_visible()
    partition = next(p for p in stage.snapshot["topics"][0]["partitions"] if p["hw"] > 0)
    stage.click_record("FIAP", partition["id"], 0)
    expect(page.get_by_test_id("record-detail")).to_contain_text("Chave")
    moment = {"step": stage.snapshot["step"], "ms": stage.snapshot["at_ms"]}
    record = server.ask("record", topic="FIAP", partition=partition["id"], offset=0, **moment)
    expect(page.get_by_test_id("record-detail")).to_contain_text(record["key"]["text"])
    with pytest.raises(Refused, match="has no record"):
        server.ask("record", topic="FIAP", partition=partition["id"], offset=partition["end"], **moment)
