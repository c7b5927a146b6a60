"""What flies on the real page: real records and requests, frozen where they are when time stands still."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.stage_page import Stage
from tests.support.server import PlaygroundServer

# Notes everything that is ever in the air, by what it is and between whom.
NOTE = """() => {
  window.air = new Map();
  const look = () => {
    for (const one of riacho.motion().flying) {
      if (one.at) air.set(`${one.shape} ${one.from} ${one.to}`, one);
    }
    requestAnimationFrame(look);
  };
  look();
}"""
# Whether anything is painted about a point of the sky.
PAINTED = """([x, y]) => {
  const sky = document.getElementById('sky');
  const by = devicePixelRatio;
  const lens = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  lens.drawImage(sky, (x - 12) * by, (y - 12) * by, 24 * by, 24 * by, 0, 0, 24, 24);
  return lens.getImageData(0, 0, 24, 24).data.some(Boolean);
}"""

# All that is under way stands, and each part of the way is the one given.
GHOSTS_AT = """(parts) => {
  const { still, flying, ghosts } = riacho.motion();
  return still && !flying.length && ghosts.length && ghosts.every((one) => Math.abs(one.part - parts[one.n]) < 0.01);
}"""

# The counterparts, for whoever asked for less motion.
NOTHING_FLIES = "test_with_reduced_motion_nothing_flies_and_what_moved_bears_a_lasting_mark"
WORDS = "test_with_reduced_motion_what_is_cut_or_busy_is_told_in_words_and_nothing_flies"


def motion(stage: Stage) -> dict[str, Any]:
    told: dict[str, Any] = stage.page.evaluate("riacho.motion()")
    return told


def flew(stage: Stage, shape: str, start: str, end: str) -> None:
    """Something of this shape has been seen between two whose names begin so."""
    stage.wait(
        "([shape, a, b]) => [...air.values()].some((one) => one.shape === shape && one.from.startsWith(a)"
        " && one.to.startsWith(b))",
        [shape, start, end],
    )


def settled(server: PlaygroundServer) -> None:
    server.do("speed", speed=64)
    server.wait_for(lambda s: s["at_ms"] > 9_000 and s["groups"][0]["state"] == "Stable")
    server.do("speed", speed=1)


@pytest.mark.moves(NOTHING_FLIES)
def test_a_record_flies_to_the_leader_to_the_followers_and_to_who_reads_and_the_acknowledgement_comes_back(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    settled(playground_server)
    stage.page.evaluate(NOTE)
    flew(stage, "record", "producer:loja", "B")
    flew(stage, "record", "B", "B")
    flew(stage, "record", "B", "consumer:")
    flew(stage, "ack", "B", "producer:loja")
    # it lands on the record's own cell
    landing = """() => {
      const one = riacho.motion().flying.find((f) => f.from === 'producer:loja' && f.part > 0.97 && f.at);
      if (!one) return false;
      const cells = riacho.snapshot.topics.filter((t) => !t.internal).flatMap((t) => t.partitions.map((p) =>
        riacho.cellAt(t.name, p.id, p.leader, p.end - 1)));
      return cells.some((c) => c && Math.hypot(one.at.x - c.x - c.w / 2, one.at.y - c.y - c.h / 2) < 40);
    }"""
    stage.wait(landing)


@pytest.mark.full
@pytest.mark.moves(NOTHING_FLIES)
def test_slow_every_request_is_seen_and_a_pause_freezes_all_of_them_with_their_direction(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server = playground_server
    settled(server)
    server.do("speed", speed=0.25)
    stage.wait("() => riacho.snapshot.pace.speed === 0.25 && riacho.motion().flying.every((one) => one.n)")
    stage.page.evaluate(NOTE)
    flew(stage, "beat", "B", "C1")
    flew(stage, "beat", "consumer:", "B")
    flew(stage, "ask", "B", "B")
    flew(stage, "ask", "consumer:", "B")
    flew(stage, "record", "producer:loja", "B")
    flew(stage, "ack", "B", "producer:loja")
    numbers = stage.page.evaluate("[...air.values()].map((one) => one.n)")
    step = server.state()["step"]
    known = {row["n"] for row in server.ask("requests", step=step, back_ms=8_000)["requests"]}
    assert numbers and set(numbers) <= known, "each of them is a real request"

    stage.wait("() => riacho.motion().flying.some((one) => one.part > 0.2 && one.part < 0.6)")
    stage.page.keyboard.press("Space")
    server.wait_for(lambda s: s["pace"]["paused"])
    stage.wait("() => riacho.motion().still && riacho.snapshot.pace.paused")
    frozen = motion(stage)
    assert frozen["flying"]
    where = [one["at"] for one in frozen["flying"] if one["at"] and one["part"] > 0.05]
    for at in where[:4]:
        assert stage.page.evaluate(PAINTED, [at["x"], at["y"]])
    stage.wait("(now) => performance.now() > now + 300", stage.page.evaluate("performance.now()"))
    after = motion(stage)
    parts = {(one["n"], one["from"]): (one["part"], one["at"]) for one in after["flying"]}
    assert after["now"] == frozen["now"]
    for one in frozen["flying"]:
        assert parts[one["n"], one["from"]][0] == one["part"]
    stage.page.keyboard.press("Space")
    stage.wait("(now) => riacho.motion().now > now + 50", frozen["now"])


@pytest.mark.moves(NOTHING_FLIES)
def test_a_step_plays_what_it_did_and_then_nothing_moves_and_what_is_under_way_stands_where_it_has_got(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server = playground_server
    settled(server)
    server.do("pause")
    stage.wait("() => riacho.snapshot.pace.paused && riacho.motion().still")
    stage.page.evaluate(NOTE)

    for _ in range(30):
        before = stage.snapshot["step"]
        server.do("step")
        stage.wait("(step) => riacho.snapshot.step > step", before)
        stage.wait("() => riacho.motion().still && !riacho.motion().flying.length")
        now = server.state()
        rows = server.ask("requests", step=now["step"], ms=now["at_ms"])["under_way"]
        if rows:
            break
    stage.wait("() => air.size > 0")
    parts = {row["n"]: (now["at_ms"] - row["sent_ms"]) / (row["at_ms"] - row["sent_ms"]) for row in rows}
    # As far as each really has got. The page hears of them a little after the state, and lets them fly there.
    stage.wait(GHOSTS_AT, {str(number): min(0.94, max(0.06, part)) for number, part in parts.items()})
    stage.page.evaluate(
        "() => { const ask = requestAnimationFrame; window.asked = 0; window.air = new Map();"
        " window.requestAnimationFrame = (act) => { window.asked += !String(act).includes('air'); return ask(act); }; }"
    )
    stage.wait("(now) => performance.now() > now + 250", stage.page.evaluate("performance.now()"))
    assert stage.page.evaluate("window.asked") <= 1, "nothing runs while nothing flies"


@pytest.mark.moves(WORDS)
def test_what_waits_at_a_cut_stands_there_until_the_link_is_healed(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server = playground_server
    settled(server)
    server.do("speed", speed=0.25)
    server.do("cut_link", source="B1", target="C1", both=False)
    stage.wait("() => riacho.motion().ghosts.some((one) => one.stuck && one.from === 'B1' && one.to === 'C1')")
    server.do("heal_links")
    stage.wait("() => !riacho.motion().ghosts.some((one) => one.stuck)")


@pytest.mark.moves(WORDS)
@pytest.mark.full
def test_the_busier_a_way_the_less_flies_and_the_counter_says_how_much(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server = playground_server
    settled(server)
    stage.wait("() => riacho.motion().flying.some((one) => one.from === 'producer:loja' && one.count === 1)")
    server.do("set_producer", producer="loja", rate=60)
    stage.wait("() => riacho.motion().flying.some((one) => one.from === 'producer:loja' && one.count > 1)")
    server.do("set_producer", producer="loja", rate=600)
    stage.wait("() => riacho.motion().stripes.filter((one) => one.from === 'producer:loja').length === 3")
    counter = stage.page.get_by_test_id("producer-loja").get_by_test_id("counter")
    expect(counter).to_contain_text("/s")
    rate = int(counter.get_attribute("data-rate") or "0")
    assert 60 < rate < 1200
    assert len(motion(stage)["flying"]) <= 300
    server.do("stop_producer", producer="loja")
    stage.wait("() => riacho.motion().stripes.length === 0")
    expect(counter).to_have_count(0)


@pytest.mark.moves(NOTHING_FLIES)
def test_an_election_is_staged_in_captioned_steps_made_from_its_events(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server = playground_server
    settled(server)
    stage.button_matching("(Derrubar|Crash).* broker 3").click()
    act = stage.page.get_by_test_id("act")
    expect(act).to_have_attribute("data-kind", "election")
    act.get_by_test_id("act-1").click()  # it may have been gone past on a slow machine
    expect(act).to_contain_text("caiu")
    expect(stage.page.locator("#brokers [data-broker='3'][data-lit]")).to_have_count(1)
    find_step(act, "broker_fenced")
    server.wait_for(lambda s: all(p["leader"] != 3 for p in s["topics"][0]["partitions"]))
    find_step(act, "leader_elected")
    codes = [event["code"] for event in server.ask("events", since=0, limit=2000)["events"]]
    assert (
        codes.index("broker_crashed") < codes.index("broker_fenced") < len(codes) - codes[::-1].index("leader_elected")
    )
    act.get_by_test_id("act-1").click()
    expect(act.locator("[data-code=broker_crashed]")).to_contain_text("broker 3")
    act.get_by_test_id("act-close").click()
    expect(act).to_have_count(0)
    expect(stage.page.locator("[data-lit]")).to_have_count(0)


@pytest.mark.moves(NOTHING_FLIES)
@pytest.mark.full
def test_a_rebalance_is_staged_too_and_the_past_shows_its_steps_up_to_the_moment(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server = playground_server
    settled(server)
    stage.page.get_by_test_id("group-A-more").click()
    act = stage.page.get_by_test_id("act")
    server.wait_for(lambda s: (s["groups"][0]["generation"], s["groups"][0]["state"]) == (2, "Stable"))
    for code in ("member_joined", "rebalance_started", "assignment_made"):
        find_step(act, code)
    events = server.ask("events", since=0, limit=2000)["events"]
    started = next(event for event in reversed(events) if event["code"] == "rebalance_started")
    stage.page.evaluate("(step) => { location.hash = `#step=${step}`; }", started["step"])
    stage.wait("(step) => riacho.snapshot.past && riacho.snapshot.step === step", started["step"])
    expect(act.locator("[data-code=rebalance_started]")).to_be_visible()
    expect(act.get_by_test_id("act-3")).to_have_count(0)
    stage.page.evaluate(NOTE)
    for _ in range(4):
        step = stage.snapshot["step"]
        stage.page.keyboard.press("ArrowRight")
        stage.wait("(step) => riacho.snapshot.step > step", step)
    stage.wait("() => air.size > 0 && riacho.motion().still")


def find_step(act: Locator, code: str) -> None:
    """One of the act's steps, by hand."""
    expect(act.get_by_test_id("act-3")).to_be_visible()
    for number in act.locator("button.number").all():
        number.click()
        if act.locator(f"[data-code={code}]").count():
            break
    expect(act.locator(f"[data-code={code}]")).to_be_visible()


@pytest.fixture
def calm(stage: Stage, playground_server: PlaygroundServer) -> Stage:
    """A page of somebody who asked for less motion, once the cluster is at work."""
    settled(playground_server)
    stage.page.emulate_media(reduced_motion="reduce")
    stage.page.reload()
    expect(stage.page.locator("html[data-frame]")).to_be_attached()
    stage.page.evaluate(NOTE)
    return stage


def test_with_reduced_motion_nothing_flies_and_what_moved_bears_a_lasting_mark(
    calm: Stage, playground_server: PlaygroundServer
) -> None:
    stage, server = calm, playground_server
    stage.wait("() => riacho.motion().rings > 0")
    leads = [p["id"] for p in server.state()["topics"][0]["partitions"] if p["leader"] == 3]
    server.do("crash_broker", broker=3)
    act = stage.page.get_by_test_id("act")
    expect(act.locator("li")).not_to_have_count(0)
    expect(act.locator("[data-code=leader_elected]")).to_be_visible()
    expect(stage.page.get_by_test_id(f"tape-FIAP-{leads[0]}")).to_have_attribute("data-moved", "antes B3")
    server.do("pause")
    before = stage.snapshot["step"]
    server.do("step")
    stage.wait("(step) => riacho.snapshot.step > step", before)
    assert stage.page.evaluate("air.size") == 0 and not motion(stage)["ghosts"]


@pytest.mark.full
def test_with_reduced_motion_what_is_cut_or_busy_is_told_in_words_and_nothing_flies(
    calm: Stage, playground_server: PlaygroundServer
) -> None:
    stage, server = calm, playground_server
    server.do("speed", speed=0.25)
    server.do("cut_link", source="B1", target="C1", both=False)
    cut = stage.page.locator(".fault-chip[data-fault=cut]")
    expect(cut).to_have_attribute("data-node", "B1")
    server.do("heal_links")
    expect(cut).to_have_count(0)
    server.do("speed", speed=1)
    server.do("set_producer", producer="loja", rate=600)
    producer = stage.page.get_by_test_id("producer-loja")
    expect(producer.get_by_test_id("counter")).to_contain_text("/s")
    expect(producer).to_contain_text("FIAP-")  # where its last record went
    stage.wait("() => riacho.motion().stripes.filter((one) => one.from === 'producer:loja').length === 3")
    assert stage.page.evaluate("air.size") == 0 and not motion(stage)["ghosts"]
