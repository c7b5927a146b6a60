"""The requests view on the real page: who asked whom what, as the engine says it, now and then."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.stage_page import PATIENCE_MS, Stage
from tests.support.raw_kafka import RawClient, produce
from tests.support.server import PlaygroundServer

ROWS = """() => [...document.querySelectorAll('.arrow')].map(({dataset: {request, api, kind, from, to}}) => (
  {n: Number(request), api, kind, from, to}
))"""


def settled(server: PlaygroundServer) -> None:
    server.do("speed", speed=64)
    server.wait_for(lambda s: s["at_ms"] > 9_000 and s["groups"][0]["state"] == "Stable")
    server.do("speed", speed=1)


@pytest.fixture
def requests(stage: Stage, playground_server: PlaygroundServer) -> Stage:
    """The view, paused just after a record of loja's was written; she writes often, so that none is waited for."""
    server = playground_server
    server.do("set_producer", producer="loja", rate=4.0)
    told = server.state()["at_ms"]
    settled(server)
    server.wait_for(lambda s: s["at_ms"] > told + 3_000)  # what she writes by then is not because of that order
    stage.page.get_by_role("tab", name="Requisições").click()
    server.do("speed", speed=0.25)
    expect(arrow(stage, "Produce", "response").nth(1)).to_be_attached()
    server.do("pause")
    stage.wait("() => riacho.snapshot.pace.paused")
    return stage


def arrow(stage: Stage, api: str, kind: str) -> Locator:
    return stage.page.locator(f".arrow[data-api={api}][data-kind={kind}]")


def test_each_arrow_is_a_real_message_between_the_lanes_of_those_who_sent_and_got_it(
    requests: Stage, playground_server: PlaygroundServer
) -> None:
    stage, server = requests, playground_server
    shown = stage.page.evaluate(ROWS)
    step = server.state()["step"]
    told = {row["n"]: row for row in server.ask("requests", step=step, back_ms=20_000)["requests"]}
    assert len(shown) >= 4
    for row in shown:
        real = told[row["n"]]
        assert (row["api"], row["kind"], row["from"], row["to"]) == (
            real["api"], real["kind"], real["from"], real["to"],
        )  # fmt: skip
    asked = arrow(stage, "Produce", "request").last
    answered = stage.page.locator(f".arrow[data-of='{asked.get_attribute('data-request')}']")
    expect(answered).to_have_attribute("data-to", "producer:loja")
    expect(asked).to_have_attribute("aria-label", re.compile("^Produce de loja para B"))
    heads = stage.page.locator(".lane-head").all_inner_texts()
    assert [head for head in heads if head.startswith("B") and len(head) == 2] == ["B1", "B2", "B3"]
    assert stage.page.locator("#view svg *").count() <= 500


def one_that_led_on(stage: Stage, server: PlaygroundServer) -> tuple[int, int]:
    """Number and step of a Produce in view for which a follower's fetch was waiting; most are, but not each."""
    for _ in range(10):
        state = server.state()
        stage.wait("(step) => riacho.snapshot.step === step", state["step"])
        rows = {row["n"]: row for row in server.ask("requests", step=state["step"], back_ms=20_000)["requests"]}
        for one in reversed(arrow(stage, "Produce", "request").all()):
            row = rows[int(one.get_attribute("data-request") or "0")]
            if server.ask("request", n=row["n"], at_step=row["step"])["led_to"]:
                return row["n"], row["step"]
        server.do("resume")
        server.wait_for(lambda s, at=state["at_ms"]: s["at_ms"] > at + 700)
        server.do("pause")
    raise AssertionError("no follower has waited for a record in all that time")


def test_a_click_opens_the_request_with_its_fields_its_answer_and_its_causes(
    requests: Stage, playground_server: PlaygroundServer
) -> None:
    stage, server = requests, playground_server
    number, step_then = one_that_led_on(stage, server)
    asked = arrow(stage, "Produce", "request").and_(stage.page.locator(f"[data-request='{number}']"))
    asked.dispatch_event("click")
    page = stage.page.get_by_test_id("request-page")
    expect(page).to_have_attribute("data-request", str(number))
    told = server.ask("request", n=number, at_step=step_then)
    seconds = f"{told['request']['sent_ms'] / 1000:.3f}".replace(".", ",")
    expect(page.get_by_test_id("request-sent")).to_have_text(f"{seconds} s")
    expect(page.get_by_test_id("request-arrived")).to_contain_text("1 ms depois")
    expect(page.get_by_test_id("request-answered")).to_contain_text("ms depois")
    expect(page.get_by_test_id("request-fields")).to_contain_text("FIAP")
    expect(page.get_by_test_id("answer-fields")).to_contain_text(
        str(told["answer"]["fields"]["parts"][0]["base_offset"])
    )
    expect(page.get_by_test_id("request-causes")).to_contain_text("deu a hora que loja tinha marcado")
    expect(asked).to_have_attribute("aria-pressed", "true")
    # what it led to is the answer to a follower's fetch, which was given because of this request
    page.get_by_test_id("request-led").get_by_role("button").first.click()
    expect(page).not_to_have_attribute("data-request", str(number))
    page.get_by_test_id("request-because").get_by_test_id(f"cause-{number}").click()
    expect(page).to_have_attribute("data-request", str(number))
    stage.wait("(n) => location.hash.includes(`select=request/${n}/`)", number)


@pytest.mark.full
def test_the_keyboard_walks_along_the_arrows_and_what_is_not_wanted_is_hidden(requests: Stage) -> None:
    stage = requests
    current = stage.page.locator(".arrow[tabindex='0']")
    expect(current).to_have_count(1)
    current.focus()
    last = current.get_attribute("data-request")
    stage.page.keyboard.press("ArrowUp")
    expect(current).not_to_have_attribute("data-request", str(last))
    expect(current).to_be_focused()
    stage.page.keyboard.press("Enter")
    expect(stage.page.get_by_test_id("request-page")).to_be_visible()
    beats = stage.page.get_by_test_id("family-beats")
    expect(beats).to_have_attribute("aria-pressed", "false")
    expect(stage.page.locator(".arrow[data-api=BrokerHeartbeat]")).to_have_count(0)
    beats.click()
    expect(stage.page.locator(".arrow[data-api=BrokerHeartbeat]").first).to_be_attached()
    stage.page.get_by_test_id("family-records").click()
    expect(arrow(stage, "Produce", "request")).to_have_count(0)


@pytest.mark.full
def test_looking_back_shows_the_requests_of_that_moment_with_reduced_motion_too(
    requests: Stage, playground_server: PlaygroundServer
) -> None:
    stage, server = requests, playground_server
    stage.page.emulate_media(reduced_motion="reduce")
    stage.page.get_by_test_id("family-polls").click()
    for _ in range(3):
        step = stage.snapshot["step"]
        stage.page.keyboard.press("ArrowLeft")
        stage.wait("(step) => riacho.snapshot.past && riacho.snapshot.step < step", step)
    here = stage.snapshot
    expect(stage.page.locator(".now-line.past")).to_have_count(1)
    then = server.ask("requests", step=here["step"], ms=here["at_ms"], back_ms=400)
    wanted = {
        row["n"] for row in then["requests"] if row["api"] in ("Produce", "Fetch") and not row["params"].get("topic")
    }
    stage.wait(
        "(all) => all.every((n) => document.querySelector(`.arrow[data-request='${n}']`))",
        sorted(wanted)[-20:],
    )
    shown = [row["n"] for row in stage.page.evaluate(ROWS) if row["n"]]
    latest = {row["n"] for row in then["requests"]} | {row["n"] for row in then["under_way"]}
    assert set(shown) <= latest, "nothing of later is there"


def test_a_real_client_has_a_lane_of_its_own_with_its_question_and_its_answer(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server = playground_server
    settled(server)
    stage.page.get_by_role("tab", name="Requisições").click()
    stage.wait("() => document.querySelector('[data-testid=sequence]')")
    leader = next(p["leader"] for p in server.state()["topics"][0]["partitions"] if p["id"] == 0)
    port = next(b["port"] for b in server.state()["brokers"] if b["id"] == leader)
    with RawClient(f"127.0.0.1:{port}", name="minha-loja") as client:
        asked = stage.page.locator(".arrow[data-api=Produce][data-from='minha-loja']")
        for _ in range(PATIENCE_MS // 100):
            client.ask(produce("FIAP", 0, b"oi"))
            if asked.count():
                break
            stage.page.wait_for_timeout(100)
    server.do("pause")
    asked.last.dispatch_event("click")
    page = stage.page.get_by_test_id("request-page")
    expect(page.get_by_test_id("request-client")).to_have_text("minha-loja")
    expect(page.get_by_test_id("request-answered")).to_contain_text("ms depois")
