"""Why? and why not?: asked on the page, answered by the engine, walked backwards by clicks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from playground import narration
from tests.browser.stage_page import Stage
from tests.support.server import PlaygroundServer


def plain(text: str) -> str:
    """A sentence without what only lays it out."""
    return re.sub(r"\s+", " ", text.replace("\xa0", " ")).strip()


def calm(stage: Stage, server: PlaygroundServer) -> None:
    """Time stands still, and the page shows that moment."""
    server.do("pause")
    stage.wait("(step) => riacho.snapshot.step === step", server.state()["step"])


def chain(page: Page) -> list[str | None]:
    expect(page.get_by_test_id("why-chain")).to_be_visible()
    links = page.get_by_test_id("why-chain").locator("> li[data-n]")
    return [links.nth(i).get_attribute("data-code") for i in range(links.count())]


def asked(server: PlaygroundServer, ask: str, **names: Any) -> dict[str, Any]:
    return dict(server.ask(ask, **names))


def test_an_election_is_walked_back_to_the_click_that_caused_it(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server, page = playground_server, stage.page
    server.do("speed", speed=16)
    server.wait_for(lambda s: all(p["hw"] > 2 for p in s["topics"][0]["partitions"]))
    stage.click("Derrubar o broker 3")
    server.wait_for(lambda s: all(p["leader"] in (1, 2) for p in s["topics"][0]["partitions"]))
    calm(stage, server)
    events = server.ask("events", since=0, limit=2_000)["events"]
    elected = next(e for e in reversed(events) if e["code"] == "leader_elected" and e["params"]["topic"] == "FIAP")

    page.get_by_test_id("tab-log").click()
    page.locator(".log .entry", has_text="broker 3").first.click()
    page.get_by_test_id("tab-detail").click()
    page.locator(f'.events li[data-n="{elected["n"]}"]').get_by_test_id("why-event").click()
    told = asked(server, "why", about="event", n=elected["n"])
    assert chain(page) == [link["event"]["code"] for link in told["chain"]]
    assert chain(page) == ["leader_elected", "broker_fenced", "broker_crashed"]
    body = plain(page.get_by_test_id("why").inner_text())
    for link in told["chain"]:
        assert plain(narration.render(link["event"], "pt-BR")) in body
        if link["via"]:
            assert plain(narration.tell_why(link["via"], "pt-BR")) in body
    assert "O último heartbeat de B3" in body
    origin = page.get_by_test_id("why-origin")
    expect(origin).to_have_attribute("data-code", "origin.command")
    expect(origin).to_contain_text("alguém, na página, mandou derrubar o broker")
    expect(origin).to_contain_text('"broker":3')

    # what the agenda did: an alarm of the controller, which can be unfolded
    page.locator('li[data-code="broker_fenced"] summary').click()
    expect(page.get_by_test_id("why-entries").first).to_contain_text("alarme de C1")

    # a cause is a click away from the stage as it was, and the chain stays
    crashed = told["chain"][-1]["event"]
    page.locator('li[data-code="broker_crashed"]').get_by_test_id("cause-look").click()
    expect(page.get_by_test_id("past")).to_have_attribute("data-step", str(crashed["step"]))
    assert chain(page) == ["leader_elected", "broker_fenced", "broker_crashed"]
    stage.wait("() => location.hash.includes('step=')")
    page.keyboard.press("l")
    expect(page.get_by_test_id("past")).to_have_count(0)

    # the browser's Back leads to the moment, and the address opens the question anew
    stage.wait("() => location.hash.includes('select=why/event') && !location.hash.includes('step=')")
    address = page.url
    page.go_back()
    expect(page.get_by_test_id("moment")).to_be_visible()
    page.goto("about:blank")
    page.goto(address)
    assert chain(page) == ["leader_elected", "broker_fenced", "broker_crashed"]
    page.get_by_test_id("language-en").click()
    expect(page.get_by_test_id("why-origin")).to_contain_text("somebody at the page asked to crash the broker")


@pytest.mark.full
def test_an_idle_consumer_and_a_record_that_cannot_be_read_are_explained(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server, page = playground_server, stage.page
    server.do("speed", speed=16)
    for _ in range(3):
        server.do("add_consumer", group="A")

    def four(state: dict[str, Any]) -> bool:
        group = next(g for g in state["groups"] if g["id"] == "A")
        return group["state"] == "Stable" and sum(bool(m["assigned"]) for m in group["members"]) >= 3

    server.wait_for(four)
    server.do("stop_producer", producer="loja")
    server.wait_for(lambda s: all(p["hw"] == p["end"] for p in s["topics"][0]["partitions"]))
    server.do("speed", speed=1)
    leader = server.state()["topics"][0]["partitions"][0]["leader"]
    follower = next(b for b in (1, 2, 3) if b != leader)
    server.do("pause_broker", broker=follower, ms=60_000)
    server.do("produce", topic="FIAP", partition=0, value="espera")
    server.wait_for(lambda s: s["topics"][0]["partitions"][0]["hw"] < s["topics"][0]["partitions"][0]["end"])
    calm(stage, server)

    # the consumer without a partition, from its group's page
    idle = next(m["id"] for g in server.state()["groups"] if g["id"] == "A" for m in g["members"]
                if not any(m["assigned"].values()))  # fmt: skip
    page.get_by_test_id("group-A").locator("button.title").click()
    page.get_by_role("tabpanel").get_by_test_id("whynot-idle").click()
    told = asked(server, "whynot", about="idle", group="A", member=idle)["findings"]
    assert told[0]["code"] == "idle.spare"
    finding = page.get_by_test_id("findings").locator("li").first
    expect(finding).to_have_attribute("data-code", "idle.spare")
    assert plain(narration.tell_why(told[0], "pt-BR")) in plain(finding.inner_text())
    finding.get_by_test_id("finding-why").click()
    assert chain(page)[:2] == ["assignment_made", "generation_formed"]

    # the record above the high watermark: not readable, and who is waited for
    page.get_by_test_id("tape-FIAP-0").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    committed = page.get_by_test_id("record-committed")
    expect(committed).to_have_attribute("data-committed", "false")
    committed.get_by_test_id("why-uncommitted").click()
    finding = page.get_by_test_id("findings").locator("li").first
    expect(finding).to_have_attribute("data-code", "commit.frozen")
    expect(finding).to_contain_text(f"broker {follower}")
    assert chain(page) == ["broker_paused"]

    # a record that does not exist yet, and the same question to the past
    offset = server.state()["topics"][0]["partitions"][0]["end"] + 3
    page.get_by_test_id("findings").get_by_test_id("finding-open").first.click()
    page.evaluate("(h) => { location.hash = h; }", f"select=record/FIAP/0/{offset}")
    page.get_by_test_id("record-error").get_by_test_id("whynot-unreadable").click()
    finding = page.get_by_test_id("findings").locator("li").first
    expect(finding).to_have_attribute("data-code", "read.not-written")
    before = server.state()["step"]
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.get_by_test_id("past")).to_be_visible()
    page.get_by_test_id("why-again").click()
    then = stage.snapshot
    expect(page.get_by_test_id("why-as")).to_have_attribute("data-step", str(then["step"]))
    told = asked(server, "whynot", about="unreadable", topic="FIAP", partition=0, offset=offset, step=then["step"],
                 ms=then["at_ms"])["findings"]  # fmt: skip
    assert plain(narration.tell_why(told[0], "pt-BR")) in plain(page.get_by_test_id("findings").inner_text())
    assert server.state()["step"] == before, "asking takes no step"


def test_a_refused_write_and_a_missing_leader_are_explained_with_reduced_motion(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server, page = playground_server, stage.page
    page.emulate_media(reduced_motion="reduce")
    server.do("speed", speed=16)
    server.do("crash_broker", broker=1)
    server.do("crash_broker", broker=2)
    server.wait_for(lambda s: [p["isr"] for p in s["topics"][0]["partitions"]] == [[3]] * 3)
    server.wait_for(lambda s: s["producers"][0]["waiting"] > 0)
    calm(stage, server)
    page.get_by_role("button", name="Ver o tópico FIAP").click()
    page.get_by_test_id("whynot-refused").click()
    expect(page.get_by_test_id("findings").locator("li")).to_have_count(3)
    expect(page.get_by_test_id("findings")).to_contain_text("NOT_ENOUGH_REPLICAS")
    server.do("resume")
    server.do("crash_broker", broker=3)
    server.wait_for(lambda s: all(p["leader"] == -1 for p in s["topics"][0]["partitions"]))
    calm(stage, server)
    page.evaluate("location.hash = 'select=partition/FIAP/0'")
    page.get_by_test_id("why-leader").first.click()
    findings = page.get_by_test_id("findings").locator("> li")
    told = asked(server, "why", about="leader", topic="FIAP", partition=0)
    expect(findings).to_have_count(len(told["findings"]))
    expect(findings.first).to_have_attribute("data-code", "leader.leaderless")
    expect(findings.nth(1)).to_contain_text("ligar de novo o broker 3")
    assert chain(page) == ["leader_missing", "broker_fenced", "broker_crashed"]
