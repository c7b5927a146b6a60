"""Kinesis on the stage: shards with their ranges and descent, what flies to and from them, both vocabularies, and
one's own AWS client, the moment it calls."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import axe
from tests.browser.stage_page import Stage, Watch
from tests.support.server import PlaygroundServer

STREAM = "ftf-meu-stream"
SCENARIO: dict[str, Any] = {"brokers": 3, "topics": [], "streams": [{"stream": STREAM, "shards": 2}]}
SHARD = "shardId-{:012d}".format


@pytest.fixture
def streams(playground_server: PlaygroundServer, visit: Callable[[str], Stage]) -> Stage:
    playground_server.begin(SCENARIO)
    stage = visit(playground_server.url + "/#view=streams")
    expect(stage.page.get_by_test_id(f"stream-{STREAM}")).to_be_visible()
    return stage


def call(server: PlaygroundServer, operation: str, **parameters: Any) -> None:
    server.do("call_aws", operation=operation, parameters={"StreamName": STREAM, **parameters})


def active(server: PlaygroundServer, shards: int) -> dict[str, Any]:
    """Once the stream is ACTIVE with so many open shards."""

    def settled(state: dict[str, Any]) -> bool:
        one = state["kinesis"]["streams"][0]
        return one["status"] == "ACTIVE" and sum(s["open"] for s in one["shards"]) == shards

    server.wait_for(settled)
    return server.state()


def twin(stage: Stage) -> list[dict[str, str]]:
    rows = stage.page.locator("#twin-streams tbody tr")
    found: list[dict[str, str]] = rows.evaluate_all("(rows) => rows.map((row) => ({...row.dataset}))")
    return found


def drawn(stage: Stage) -> dict[str, dict[str, Any]]:
    return {one["shard"]: one for one in stage.page.evaluate("riacho.probe()")}


def test_a_record_is_put_by_hand_a_shard_is_split_and_its_children_stand_beside_it(
    streams: Stage, playground_server: PlaygroundServer
) -> None:
    page, server = streams.page, playground_server
    page.get_by_test_id(f"probe-{STREAM}").fill("1")
    expect(page.get_by_test_id(f"probe-says-{STREAM}")).to_contain_text("shard 1")
    page.get_by_test_id(f"put-{STREAM}").click()
    page.get_by_test_id("put-record-send").click()
    expect(page.get_by_test_id("put-answer")).to_contain_text(SHARD(1))
    streams.wait("(id) => document.querySelector(`#twin-streams [data-shard='${id}']`)?.dataset.end === '1'", SHARD(1))
    page.get_by_test_id("put-shard").click()
    expect(page.get_by_test_id("page-title")).to_have_text(SHARD(1))
    page.get_by_test_id("split-shard").click()
    active(server, 3)
    server.do("pause")
    streams.wait("() => riacho.snapshot.pace.paused")
    rows = {row["shard"]: row for row in twin(streams)}
    assert rows[SHARD(1)]["open"] == "false" and rows[SHARD(1)]["children"] == f"{SHARD(2)},{SHARD(3)}"
    assert rows[SHARD(2)]["parents"] == rows[SHARD(3)]["parents"] == SHARD(1)
    shards = drawn(streams)
    parent, upper, lower = (shards[SHARD(n)] for n in (1, 2, 3))
    assert parent["x"] + parent["w"] < upper["x"] == lower["x"], "descent goes to the right"
    assert abs(parent["y"] - upper["y"]) < 3 and upper["y"] + upper["h"] <= lower["y"], "each at its hash range"
    assert abs(parent["y"] + parent["h"] - lower["y"] - lower["h"]) < 3
    expect(page.locator("[data-ribbon]")).to_have_count(2)
    lane = page.get_by_test_id(f"shard-{STREAM}-{SHARD(1)}")
    lane.focus()
    lane.press("Enter")
    expect(page.get_by_test_id("record-title")).to_contain_text(f"__kinesis.{STREAM}-1 @ 0")
    page.get_by_test_id("to-words").click()
    words = page.get_by_test_id("words-page")
    expect(words.locator("[data-word=partition-key] [data-side=kinesis]")).to_contain_text("261578874264819908609102")
    expect(words.locator("[data-word=place] [data-side=kinesis]")).to_have_text(
        re.compile(r"número de sequência\d{56}")
    )
    expect(page).to_have_url(re.compile("select=words/record"))
    assert axe.violations(page, "#view") == []
    expect(page.get_by_test_id("to-console")).to_have_attribute("href", "/s/demo/kinesis/")
    expect(page.locator(".mark.election")).not_to_have_count(0)


@pytest.mark.full
def test_both_vocabularies_say_what_the_state_says_and_two_hashes_disagree(
    streams: Stage, playground_server: PlaygroundServer
) -> None:
    page = streams.page
    page.get_by_test_id(f"words-{STREAM}").click()
    words = page.get_by_test_id("words-page")
    row = words.locator("[data-word=retention]")
    expect(row.locator("[data-side=kafka]")).to_contain_text("retention.ms=86400000")
    expect(row.locator("[data-side=kinesis]")).to_contain_text("24 horas")
    expect(words.locator("[data-word=limits] [data-side=kinesis]")).to_contain_text("2.000 registros/s")
    page.goto(f"{playground_server.url}/#view=streams&select=words/shard/{STREAM}%2F{SHARD(0)}")
    expect(words.locator("[data-word=leader] [data-side=kafka]")).to_contain_text("broker 1")
    state = playground_server.state()["kinesis"]["streams"][0]["shards"][0]
    expect(words.locator("[data-word=offset] [data-side=kinesis]")).to_contain_text(state["starting"])
    page.get_by_test_id("word-key").fill("cliente-5")
    expect(page.get_by_test_id("word-murmur2")).to_contain_text("partição")
    expect(page.get_by_test_id("word-md5")).to_contain_text("shardId-")


@pytest.mark.full
def test_with_reduced_motion_a_ring_marks_where_a_record_was_put(
    playground_server: PlaygroundServer, streams: Stage
) -> None:
    streams.page.emulate_media(reduced_motion="reduce")
    playground_server.do("add_stream_producer", stream=STREAM, producer="caixa", rate=4, keys="many")
    streams.wait("() => riacho.motion().rings > 0")
    assert streams.page.evaluate("riacho.motion().flying.length") == 0


@pytest.mark.full
@pytest.mark.moves("test_with_reduced_motion_a_ring_marks_where_a_record_was_put")
def test_records_fly_to_their_shard_and_on_to_who_reads_and_stand_still_with_time(
    streams: Stage, playground_server: PlaygroundServer
) -> None:
    page, server = streams.page, playground_server
    server.do("add_stream_producer", stream=STREAM, producer="caixa", rate=4, keys="many")
    server.do("add_stream_consumer", stream=STREAM, consumer="painel", poll_ms=300)
    expect(page.get_by_test_id("stream-producer-caixa")).to_be_visible()
    flew = "(way) => riacho.motion().flying.some((one) => `${one.from} ${one.to}`.match(way) && one.at)"
    streams.wait(flew, rf"caller:caixa shard:__kinesis\.{STREAM}-\d")
    streams.wait(flew, rf"shard:__kinesis\.{STREAM}-\d caller:painel")
    streams.wait("() => riacho.motion().flying.length > 0")
    server.do("pause")
    streams.wait("() => riacho.snapshot.pace.paused && riacho.motion().still")
    where = page.evaluate("riacho.motion().flying.map((one) => one.at)")
    page.evaluate("new Promise((done) => setTimeout(done, 200))")
    assert page.evaluate("riacho.motion().flying.map((one) => one.at)") == where
    readers = " ".join(row["readers"] for row in twin(streams))
    assert "painel@" in readers
    expect(page.get_by_test_id("stream-consumer-painel").locator("[data-lease]")).to_have_count(2)


@pytest.mark.full
def test_the_past_shows_the_shards_as_they_were_and_a_crash_behind_the_stream_is_seen(
    streams: Stage, playground_server: PlaygroundServer
) -> None:
    page, server = streams.page, playground_server
    before = server.state()["at_ms"]
    call(server, "SplitShard", ShardToSplit=SHARD(0), NewStartingHashKey=str(1 << 126))
    active(server, 3)
    streams.wait("() => document.querySelectorAll('#twin-streams tbody tr').length === 4")
    page.evaluate("(ms) => riacho.stage.past.look({ ms })", before)
    streams.wait("() => document.querySelectorAll('#twin-streams tbody tr').length === 2")
    expect(page.locator("[data-ribbon]")).to_have_count(0)
    expect(page.get_by_test_id(f"put-{STREAM}")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("l")
    streams.wait("() => document.querySelectorAll('#twin-streams tbody tr').length === 4")
    for broker in (1, 2, 3):
        page.get_by_test_id(f"broker-{broker}-crash").click()
    lane = page.get_by_test_id(f"shard-{STREAM}-{SHARD(1)}")
    expect(lane).to_have_attribute("aria-valuetext", re.compile("sem líder"))
    expect(lane.locator(".bad")).to_have_count(1)


@pytest.mark.full
def test_a_hot_shard_is_asked_why_it_refuses_and_the_answer_names_who_makes_it_hot(
    streams: Stage, playground_server: PlaygroundServer
) -> None:
    page, server = streams.page, playground_server
    server.do("add_stream_producer", stream=STREAM, producer="quente", rate=1600, keys="hot", batch=50)
    server.wait_for(lambda s: any(one["throttled_in"] for one in s["kinesis"]["streams"][0]["shards"]))
    shards = server.state()["kinesis"]["streams"][0]["shards"]
    hot = max(shards, key=lambda one: int(one["throttled_in"]))["id"]
    lane = page.get_by_test_id(f"shard-{STREAM}-{hot}")
    expect(lane.locator(".gauge-fill.full")).to_have_count(1)
    expect(streams.sentence).to_contain_text("recusou")
    page.goto(f"{playground_server.url}/#view=streams&select=whynot/throttled/{STREAM}%2F{hot}")
    expect(page.get_by_test_id("findings").locator("[data-code='put.over']")).to_contain_text("no limite")
    page.get_by_test_id("findings").locator("[data-code='put.one-key']").get_by_test_id("finding-open").click()
    expect(page.get_by_test_id("page-title")).to_have_text("quente")
    page.get_by_test_id("kinesis-throttle").click()
    server.wait_for(lambda s: s["kinesis"]["throttling"] is False)


@pytest.mark.full
def test_a_worker_must_read_the_parent_first_and_the_stage_says_so(
    streams: Stage, playground_server: PlaygroundServer
) -> None:
    page, server = streams.page, playground_server
    server.do("add_stream_producer", stream=STREAM, producer="caixa", rate=30, keys="many")
    server.do("add_stream_consumer", stream=STREAM, consumer="painel", poll_ms=1000, limit=1)
    server.wait_for(lambda s: all(one["end"] > 20 for one in s["kinesis"]["streams"][0]["shards"]))
    call(server, "SplitShard", ShardToSplit=SHARD(0), NewStartingHashKey=str(1 << 126))
    active(server, 3)
    expect(page.get_by_test_id(f"shard-{STREAM}-{SHARD(2)}").locator(".warn").first).to_contain_text("painel espera")
    page.goto(f"{playground_server.url}/#view=streams&select=stream-consumer/painel")
    leases = page.get_by_test_id("leases")
    leases.locator("[data-waits]").first.get_by_test_id("whynot-child").click()
    expect(page.get_by_test_id("findings").locator("[data-code='child.parent']")).to_contain_text("até o fim antes")
    act = page.get_by_test_id("act")
    expect(act).to_have_attribute("data-kind", "resharding")
    server.do("set_stream_consumer", consumer="painel", limit=1000)
    server.wait_for(lambda s: SHARD(2) in s["kinesis"]["consumers"][0]["leases"])
    page.goto(f"{playground_server.url}/#view=streams&select=shard/{STREAM}/{SHARD(0)}")
    expect(page.get_by_test_id("shard-children")).to_contain_text("shard 2")
    page.get_by_test_id("why-shard").click()
    expect(page.get_by_test_id("findings")).to_contain_text("fechado")


@pytest.mark.full
def test_the_lines_of_the_connect_panel_bring_a_client_here_and_it_is_greeted(
    streams: Stage, playground_server: PlaygroundServer, tmp_path: Path
) -> None:
    page = streams.page
    page.get_by_test_id("aws-connect").click()
    status = page.get_by_test_id("aws-status")
    expect(status).to_have_attribute("data-connected", "false")
    expect(page.get_by_test_id("aws-endpoint")).to_have_text(playground_server.aws_url)
    lines = page.get_by_test_id("code")
    expect(lines).to_contain_text("unset AWS_PROFILE")
    expect(lines).to_contain_text("export AWS_DEFAULT_REGION=us-east-1")
    page.get_by_test_id("form-aws-old").click()
    expect(lines).to_contain_text(f"alias aws='aws --endpoint-url {playground_server.aws_url}'")
    page.get_by_test_id("form-boto3").click()
    expect(lines).to_contain_text("import boto3")
    program = tmp_path / "fluxos.py"
    waiting = "\nimport sys\nsys.stdin.read()\n"
    program.write_text(page.get_by_test_id("code").inner_text() + waiting, encoding="utf-8")
    place = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    run = subprocess.Popen(
        [sys.executable, str(program)], env=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        expect(status).to_have_attribute("data-connected", "true")
        expect(status).to_contain_text("Boto3")
        expect(page.locator("#client-list [data-caller]")).to_have_count(1)
        expect(streams.sentence).to_contain_text("se conectou")
    finally:
        out, _ = run.communicate("", timeout=20)
    assert STREAM in out
    expect(status).to_have_attribute("data-connected", "false")


@pytest.mark.full
def test_what_was_clicked_is_shown_as_the_aws_command_and_as_boto3(
    streams: Stage, playground_server: PlaygroundServer
) -> None:
    page = streams.page
    page.get_by_test_id(f"put-{STREAM}").click()
    page.get_by_test_id("put-record-send").click()
    expect(page.get_by_test_id("put-answer")).to_be_visible()
    page.get_by_test_id("tools-open").click()
    page.get_by_test_id("tool-code").click()
    expect(page.get_by_test_id("code")).to_contain_text("aws kinesis put-record")
    page.get_by_test_id("form-boto3").click()
    expect(page.get_by_test_id("code")).to_contain_text("kinesis.put_record(")
    page.get_by_test_id("code-to-connect").click()
    expect(page.get_by_test_id("aws-endpoint")).to_be_visible()


@pytest.mark.full
def test_without_a_stream_the_view_invites_to_the_first_one(
    playground_server: PlaygroundServer, visit: Callable[[str], Stage]
) -> None:
    stage = visit(playground_server.url)
    page = stage.page
    expect(page.get_by_test_id("view-streams")).to_have_count(0)
    page.get_by_test_id("tools-open").click()
    page.get_by_test_id("tool-streams").click()
    expect(page.get_by_test_id("streams-none")).to_be_visible()
    assert axe.violations(page, "#view") == []
    page.get_by_test_id("new-stream-send").click()
    expect(page.get_by_test_id("stream-status")).to_have_text("CREATING")
    expect(page.get_by_test_id("stream-status")).to_have_text("ACTIVE")
    expect(page.locator("[data-shard]").first).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_test_id("view-streams")).to_be_visible()
    page.keyboard.press("6")
    expect(page.locator("html")).to_have_attribute("data-view", "streams")


@pytest.mark.full
@pytest.mark.parametrize("size", [(390, 844), (1440, 900), (1920, 1080)])
def test_streams_stay_whole_at_every_size_in_both_themes_and_with_less_motion(
    playground_server: PlaygroundServer, new_context: Callable[..., BrowserContext], size: tuple[int, int]
) -> None:
    server = playground_server
    server.begin(SCENARIO)
    server.do("add_stream_producer", stream=STREAM, producer="caixa", rate=20, keys="many")
    server.do("add_stream_consumer", stream=STREAM, consumer="painel", limit=1)
    call(server, "SplitShard", ShardToSplit=SHARD(0), NewStartingHashKey=str(1 << 126))
    active(server, 3)
    server.do("pause")
    context = new_context()
    stage = Stage(context.new_page(), Watch(context, server.url), server.url)
    page = stage.page
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    stage.open("/#view=streams")
    expect(page.locator("[data-shard]").first).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe.violations(page, "#view") == []
    for test_id in (f"words-{STREAM}", f"put-{STREAM}"):
        page.get_by_test_id(test_id).click()
        assert axe.violations(page, "#drawer") == [], test_id
        page.get_by_test_id("drawer-close").click()
    page.keyboard.press("t")
    assert axe.violations(page, colours=True) == []
    if size[0] > 900:
        page.keyboard.press("p")
        expect(page.locator("html[data-projector]")).to_be_attached()
        small = page.evaluate(
            "[...document.querySelectorAll('#view button, #view input')].filter((b) => b.offsetHeight < 26).length"
        )
        assert small == 0
    stage.check()
