"""A branch of a sandbox with streams: something else is put there, and the present knows nothing of it. What is seen
is what the engine says of that sandbox, each time."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser import canvas
from tests.browser.stage_page import Stage
from tests.support.server import PlaygroundServer

STREAM, BRANCH = "pedidos", "outro-caminho"
SCENARIO: dict[str, Any] = {
    "brokers": 3, "topics": [], "streams": [{"stream": STREAM, "shards": 2}],
    "stream_consumers": [{"consumer": "painel", "stream": STREAM, "poll_ms": 200}],
}  # fmt: skip
WHAT = ("stream", "shard", "status", "open", "end", "parents", "children", "throttled", "readers")


def told(stage: Stage) -> list[list[str | None]]:
    """The streams in words: of each shard what a screen reader is told."""
    rows: list[list[str | None]] = stage.page.locator("#twin-streams tbody tr").evaluate_all(
        "(rows, names) => rows.map((row) => names.map((name) => row.getAttribute(`data-${name}`)))", WHAT
    )
    return rows


def words(state: dict[str, Any]) -> list[list[str]]:
    """What should be told of an engine's state."""
    (worker,) = state["kinesis"]["consumers"]
    rows = []
    for stream in state["kinesis"]["streams"]:
        for shard in stream["shards"]:
            lease = worker["leases"].get(shard["id"])
            reader = ""
            if lease:
                at = lease["position"] if lease["position"] >= 0 else ""  # it has read nothing yet
                reader = f"{worker['id']}@{at}{'✓' if lease['done'] else ''}"
            row = (stream["name"], shard["id"], stream["status"], str(shard["open"]).lower(), shard["end"],
                   ",".join(shard["parents"]), ",".join(shard["children"]), shard["throttled_in"], reader)  # fmt: skip
            rows.append([str(each) for each in row])
    return rows


def disagreements(stage: Stage, state: dict[str, Any]) -> list[str]:
    """Cells of open shards that have another colour than their record's key, or one although there is no record."""
    (topic,) = (one for one in state["topics"] if one["name"] == state["kinesis"]["streams"][0]["topic"])
    cells, points = [], []
    for lane in stage.page.evaluate("riacho.probe()"):
        tail = topic["partitions"][int(lane["shard"].removeprefix("shardId-"))]["tail"]
        for offset in range(lane["first"], lane["end"] + 2):
            x = lane["x0"] + (offset - lane["first"]) * lane["cell"] + (lane["cell"] - lane["gap"]) / 2
            there = offset < lane["end"]
            if lane["open"]:
                hue = canvas.KEYS["light"].split()[int(tail["keys"][offset - tail["first"]])] if there else None
                cells.append((lane["shard"], offset, (hue or canvas.CARD["light"]).lower()))
                points.append([x, lane["tape"] + lane["tall"] * 0.13])
    colors = stage.page.evaluate("(points) => riacho.colors(points)", points)
    assert len(cells) >= 4
    return [f"{cell}: {color}" for cell, color in zip(cells, colors, strict=True) if not canvas.close(color, cell[2])]


def agrees(stage: Stage, state: dict[str, Any]) -> None:
    """The page shows exactly this state's streams, in words and in paint."""
    stage.wait("(step) => riacho.snapshot.step === step", state["step"])
    assert told(stage) == words(state)
    assert [lane["end"] for lane in stage.page.evaluate("riacho.probe()")] == [
        shard["end"] for stream in state["kinesis"]["streams"] for shard in stream["shards"]
    ]
    assert disagreements(stage, state) == []


def ends(state: dict[str, Any]) -> list[int]:
    return [shard["end"] for shard in state["kinesis"]["streams"][0]["shards"]]


def leases(state: dict[str, Any]) -> list[dict[str, Any]]:
    return list(state["kinesis"]["consumers"][0]["leases"].values())


def without_frame(state: dict[str, Any]) -> dict[str, Any]:
    """All but how often it was sent."""
    return {name: value for name, value in state.items() if name != "frame"}


def test_something_else_is_put_in_a_branch_and_the_present_stays_as_it_was(
    playground_server: PlaygroundServer, visit: Callable[[str], Stage]
) -> None:
    server = playground_server
    server.begin(SCENARIO)

    def at(sandbox: str, do: str, **more: Any) -> None:
        server.ask("command", sandbox=sandbox, actor="test", command={"id": secrets.token_hex(6), "do": do, **more})

    def put(key: str) -> None:
        call = {"StreamName": STREAM, "PartitionKey": key, "Data": "dGVzdGU="}
        at("demo", "call_aws", operation="PutRecord", parameters=call)

    server.do("speed", speed=16)
    put("1")
    put("a")
    server.wait_for(lambda s: ends(s) == [1, 1] == [one["position"] for one in leases(s)])
    server.do("pause")
    present = server.state()
    stage = visit(server.url + "/#view=streams")
    page = stage.page
    expect(page.get_by_test_id(f"stream-{STREAM}")).to_be_visible()
    agrees(stage, present)

    # --- something else, in a branch -----------------------------------------------------------------
    page.keyboard.press("k")
    page.get_by_test_id("branch-name").fill("Outro caminho")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/s/{BRANCH}/**")
    expect(page.locator("html[data-frame]")).to_be_attached()
    page.keyboard.press("6")
    expect(page.get_by_test_id(f"stream-{STREAM}")).to_be_visible()
    agrees(stage, server.ask("state", sandbox=BRANCH))
    at(BRANCH, "speed", speed=16)
    at(BRANCH, "resume")
    page.get_by_test_id(f"put-{STREAM}").click()
    page.locator("[name=put-key]").fill("a")
    page.get_by_test_id("put-record-send").click()
    expect(page.get_by_test_id("put-answer")).to_contain_text("shardId-000000000000")
    page.get_by_test_id("put-shard").click()
    page.get_by_test_id("split-shard").click()
    stage.wait("() => riacho.snapshot.kinesis.streams[0].shards.length === 4")
    stage.wait("() => riacho.snapshot.kinesis.consumers[0].leases['shardId-000000000003']")
    at(BRANCH, "pause")
    branch = server.ask("state", sandbox=BRANCH)
    agrees(stage, branch)
    assert ends(branch) == [2, 1, 0, 0]

    # --- and the present, untouched ------------------------------------------------------------------
    page.get_by_test_id("switcher-open").click()
    page.get_by_test_id("switcher").get_by_role("link", name=re.compile("^demo")).click()
    page.wait_for_url(re.compile(f"^{server.url}/(#.*)?$"))
    expect(page.locator("html[data-frame]")).to_be_attached()
    page.keyboard.press("6")
    expect(page.get_by_test_id(f"stream-{STREAM}")).to_be_visible()
    assert without_frame(server.state()) == without_frame(present)
    agrees(stage, present)
    server.do("resume")
    put("1")
    server.wait_for(lambda s: ends(s) == [1, 2] == [one["position"] for one in leases(s)])
    server.do("pause")
    agrees(stage, server.state())
    assert without_frame(server.ask("state", sandbox=BRANCH)) == without_frame(branch)
