"""The line to the server mends itself: nothing is missed, nothing told or done twice."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.stage.conftest import Show


def test_after_a_break_the_story_goes_on_where_it_stopped(show: Show) -> None:
    shown = show("demo", frozen=False)
    shown.by("tab-log").click()
    shown.server.refuse_connections = True
    shown.server.drop()
    expect(shown.by("banner")).to_contain_text("Reconectando")
    shown.server.cluster.crash_broker(2)
    shown.server.cluster.run(3)
    shown.server.refuse_connections = False
    expect(shown.by("banner")).to_have_count(0)
    expect(shown.by("broker-2")).to_have_attribute("data-state", "crashed")
    numbers = shown.by("log").locator("li").evaluate_all("list => list.map(item => Number(item.dataset.n))")
    assert numbers == sorted(set(numbers), reverse=True)
    shown.page.get_by_role("button", name="com os bastidores").click()
    expect(shown.by("log").locator("li").first).to_contain_text("O broker 2 caiu")


def test_events_that_come_twice_are_told_once(show: Show) -> None:
    shown = show("demo", frozen=False)
    shown.by("tab-log").click()
    entries = shown.by("log").locator("li")
    expect(entries.first).to_be_visible()
    before = entries.count()
    shown.server.say({"t": "events", "last": len(shown.server.cluster.events), "events": shown.server.cluster.events})
    shown.server.cluster.pause()
    shown.server.push()
    expect(entries).to_have_count(before + 1)


def test_a_command_given_during_a_break_is_sent_again_under_the_same_id(show: Show) -> None:
    shown = show("demo", frozen=False)
    shown.server.refuse_connections = True
    shown.server.drop()
    expect(shown.by("banner")).to_be_visible()
    shown.by("pause").click()
    shown.server.refuse_connections = False
    expect(shown.by("resume")).to_be_visible()
    assert shown.commands() == [{"do": "pause"}]
    [message] = shown.server.received
    assert message["command"]["id"] == message["id"]


def test_a_frame_that_is_missing_is_noticed_and_a_whole_one_asked_for(show: Show) -> None:
    shown = show("demo", frozen=False)
    state = shown.server.cluster.state()
    changed = {"topics": {"0": {"~": [[0, 1, 1, 1, 1, 1]]}}, "frame": 8001}
    shown.server.say({"t": "frame", "p": [{"n": 8000, "k": {**state, "frame": 8000}}, {"n": 8001, "d": changed}]})
    shown.page.wait_for_function("() => riacho.snapshot.frame === 8001")
    assert shown.snapshot["topics"][0]["partitions"][0]["end"] == state["topics"][0]["partitions"][0]["end"] + 1
    shown.server.say({"t": "frame", "p": [{"n": 8003, "d": {"frame": 8003}}]})
    for _ in range(200):
        if {"t": "resync"} in shown.server.received:
            break
        shown.page.wait_for_timeout(25)
    assert {"t": "resync"} in shown.server.received
    assert shown.snapshot["frame"] == 8001


def test_the_last_records_of_a_large_topic_are_asked_for_where_its_tapes_are_in_view(show: Show) -> None:
    shown = show("big")
    asked: list[Any] = []
    for _ in range(200):
        asked = [message["tails"] for message in shown.server.received if message["t"] == "look"]
        if asked:
            break
        shown.page.wait_for_timeout(25)
    opened = shown.page.locator("[data-testid^='tape-']").evaluate_all("all => all.map((one) => one.dataset.testid)")
    assert asked and {f"tape-{topic}-{first}" for topic, first, _ in asked[-1]} <= set(opened)
    small = show("demo")
    assert not [message for message in small.server.received if message["t"] == "look"]


def test_a_line_that_only_looks_open_is_found_out_when_the_page_wakes(show: Show) -> None:
    shown = show("demo", frozen=False)
    assert not [one for one in shown.server.received if one["t"] == "ping"], "nothing is asked while all is quiet"
    shown.page.evaluate("document.dispatchEvent(new Event('resume'))")
    for _ in range(200):
        if any(message["t"] == "ping" for message in shown.server.received):
            break
        shown.page.wait_for_timeout(25)
    shown.page.wait_for_timeout(900)  # longer than it waits for a sign of life: it got one
    expect(shown.by("banner")).to_have_count(0)


def test_an_engine_that_starts_or_was_lost_is_said_so(show: Show) -> None:
    shown = show("demo")
    shown.server.say({"t": "host", "state": "starting", "progress": 0.4})
    expect(shown.by("banner")).to_contain_text("40 %")
    shown.server.say({"t": "host", "state": "lost", "progress": 0})
    expect(shown.by("banner")).to_contain_text("O motor parou")
    shown.server.say({"t": "host", "state": "ready", "progress": 1})
    expect(shown.by("banner")).to_have_count(0)


def test_the_bootstrap_address_can_be_copied_where_there_is_no_clipboard_api(show: Show) -> None:
    shown = show("demo")
    shown.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    expect(shown.by("kafka")).to_have_text("127.0.0.1:19092")
    shown.by("kafka-copy").click()
    expect(shown.by("toast")).to_contain_text("Copiado")


def test_records_fly_and_then_nothing_moves_any_more(show: Show) -> None:
    shown = show("demo", frozen=False)
    seen = """() => {
      const sky = document.getElementById('sky');
      const lens = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
      [lens.canvas.width, lens.canvas.height] = [innerWidth, innerHeight];
      lens.drawImage(sky, 0, 0);
      return lens.getImageData(0, 0, innerWidth, innerHeight).data.some(Boolean);
    }"""
    shown.page.evaluate(
        "() => { const ask = requestAnimationFrame; window.asked = 0;"
        " window.requestAnimationFrame = (act) => { window.asked += 1; return ask(act); }; }"
    )
    shown.server.cluster.traffic = []
    shown.server.cluster.produce("FIAP", "{}", "cliente-4")
    shown.server.push()
    assert any(shown.page.evaluate(seen) or shown.page.wait_for_timeout(10) for _ in range(60)), "nothing flew"
    shown.page.wait_for_timeout(1200)
    asked = shown.page.evaluate("window.asked")
    shown.page.wait_for_timeout(400)
    assert shown.page.evaluate("window.asked") == asked
    assert not shown.page.evaluate(seen)
