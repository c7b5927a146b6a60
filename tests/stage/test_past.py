"""Looking back is unmistakable, reachable by mouse and keyboard, changes nothing, and ends in the present."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Route, expect

from tests.stage.conftest import Show, Shown

SECOND_MS = 1000


def remembered(show: Show, seconds: float = 12, **how: object) -> Shown:
    """The demo, with a past of so many seconds in which broker 3 crashed four seconds ago."""
    shown = show("demo", frozen=False, **how)
    cluster = shown.server.cluster
    cluster.remember()
    cluster.run(seconds - 4)
    cluster.crash_broker(3)
    cluster.note()
    cluster.run(4)
    shown.server.push()
    shown.page.wait_for_function("(step) => riacho.snapshot.step === step", arg=cluster.step)
    return shown


def asked(shown: Shown) -> list[dict[str, str]]:
    return [query for path, query in shown.server.asked if path.endswith("/moment")]


def live(shown: Shown) -> None:
    expect(shown.page.locator("html[data-past]")).to_have_count(0)
    expect(shown.by("past")).to_have_count(0)


def at(shown: Shown, ms: float) -> float:
    """Where a time is on the timeline, in the window."""
    box = shown.by("timeline").bounding_box()
    assert box
    now, width = shown.server.cluster.now, box["width"]
    span = 60_000 if now < 60_000 * 0.94 else 300_000
    return float(box["x"] + 6 + (ms - max(0, now - span * 0.94)) / span * (width - 12))


def rail(shown: Shown) -> float:
    box = shown.by("timeline").bounding_box()
    assert box
    return float(box["y"] + box["height"] / 2)


def test_a_click_on_the_timeline_shows_that_moment_and_says_that_it_is_past(show: Show) -> None:
    shown = remembered(show)
    now = shown.server.cluster.now
    shown.page.mouse.click(at(shown, now - 6 * SECOND_MS), rail(shown))
    expect(shown.page.locator("html[data-past]")).to_be_attached()
    expect(shown.by("past")).to_contain_text("Olhando o passado")
    expect(shown.by("past-behind")).to_contain_text("s antes do vivo")
    state = shown.snapshot
    assert now - 8 * SECOND_MS < state["at_ms"] < now - 4 * SECOND_MS
    moment = shown.server.cluster.moment(step=state["step"])["state"]
    assert state["topics"] == moment["topics"]
    line = shown.page.locator('#twin-partitions tr[data-topic="FIAP"][data-partition="0"]')
    expect(line).to_have_attribute("data-end", str(moment["topics"][0]["partitions"][0]["end"]))
    expect(shown.by("twin").locator("[data-moment]")).to_have_attribute("data-moment", "past")
    assert "⟲" in shown.page.title()
    assert shown.commands() == [], "the engine is not told"


@pytest.mark.full
def test_the_picture_is_painted_from_that_moment(show: Show) -> None:
    shown = remembered(show)
    shown.by("handle").press("Home")
    expect(shown.by("past")).to_be_visible()
    p = shown.snapshot["topics"][0]["partitions"][0]
    cell = shown.cell("FIAP", 0, p["leader"], p["hw"] - 1)
    assert cell and shown.color(cell) == cell["color"].lower()
    later = shown.cell("FIAP", 0, p["leader"], p["end"] + 1)
    assert later is None or later["color"] is None, "what was written since is not there"


@pytest.mark.full
def test_a_drag_along_the_timeline_follows_the_pointer_and_ends_live_at_the_end(show: Show) -> None:
    shown = remembered(show)
    now, mouse = shown.server.cluster.now, shown.page.mouse
    mouse.move(at(shown, now - 9 * SECOND_MS), rail(shown))
    mouse.down()
    expect(shown.by("past")).to_be_visible()
    first = shown.snapshot["at_ms"]
    mouse.move(at(shown, now - 3 * SECOND_MS), rail(shown), steps=8)
    shown.page.wait_for_function("(first) => riacho.snapshot.at_ms > first + 4000", arg=first)
    mouse.move(at(shown, now + 2 * SECOND_MS), rail(shown), steps=3)
    mouse.up()
    live(shown)


def test_arrows_go_from_event_to_event_and_with_shift_by_a_second(show: Show) -> None:
    shown = remembered(show)
    body = shown.page.locator("body")
    body.press("ArrowLeft")
    expect(shown.by("past")).to_be_visible()
    first = shown.snapshot["at_ms"]
    body.press("Shift+ArrowLeft")
    shown.page.wait_for_function("(at) => riacho.snapshot.at_ms === at", arg=first - SECOND_MS)
    body.press("Shift+ArrowRight")
    shown.page.wait_for_function("(at) => riacho.snapshot.at_ms === at", arg=first)
    for button, move in (
        ("past-back", "back"), ("past-back_second", "back_second"), ("past-forward_second", "forward_second"),
        ("past-forward", "forward"),
    ):  # fmt: skip
        before = len(asked(shown))
        shown.by(button).click()
        while len(asked(shown)) == before:
            shown.page.wait_for_timeout(20)
        shown.page.wait_for_function("() => !document.querySelector('.past-bar .busy')")
        assert asked(shown)[-1]["move"] == move
    assert [query["move"] for query in asked(shown)][:3] == ["back", "back_second", "forward_second"]


def test_fast_key_presses_are_all_obeyed_each_from_where_the_last_one_led(show: Show) -> None:
    shown = remembered(show)
    for _ in range(6):
        shown.page.keyboard.press("Shift+ArrowLeft")
    shown.page.wait_for_function("(at) => riacho.snapshot.at_ms <= at", arg=shown.server.cluster.now - 6 * SECOND_MS)
    assert len(asked(shown)) == 6
    steps = [int(query["step"]) for query in asked(shown)]
    assert steps == sorted(steps, reverse=True) and len(set(steps)) == 6


def test_the_handle_is_a_slider_that_says_where_one_looks(show: Show) -> None:
    shown = remembered(show)
    handle = shown.page.get_by_role("slider", name="Momento que se vê")
    expect(handle).to_have_attribute("aria-valuetext", re.compile("ao vivo"))
    handle.press("ArrowLeft")
    expect(handle).to_have_attribute("aria-valuetext", re.compile("antes do vivo"))
    handle.press("Home")
    first = shown.server.cluster.moments[0]["state"]["at_ms"]
    shown.page.wait_for_function("(at) => riacho.snapshot.at_ms === at", arg=first)
    assert float(handle.get_attribute("aria-valuenow") or 0) == round(first)
    handle.press("End")
    live(shown)


@pytest.mark.full
@pytest.mark.parametrize("way", ["key", "bar", "footer", "escape"])
def test_there_are_several_ways_back_to_live_and_the_newest_frame_is_there_at_once(show: Show, way: str) -> None:
    shown = remembered(show)
    shown.page.keyboard.press("ArrowLeft")
    expect(shown.by("past")).to_be_visible()
    shown.server.cluster.run(2)
    shown.server.push()
    expect(shown.by("past-behind")).to_contain_text(re.compile("2(,\\d)? s antes"))
    if way in ("key", "escape"):
        shown.page.keyboard.press({"key": "l", "escape": "Escape"}[way])
    else:
        shown.by({"bar": "live", "footer": "live-2"}[way]).click()
    live(shown)
    shown.page.wait_for_function("(step) => riacho.snapshot.step === step", arg=shown.server.cluster.step)


def test_what_changes_something_is_held_and_says_why(show: Show) -> None:
    shown = remembered(show)
    shown.page.keyboard.press("ArrowLeft")
    expect(shown.by("past")).to_be_visible()
    for name in ("broker-1-crash", "add-broker", "producer-loja-stop", "group-A-more", "new-producer-open"):
        button = shown.by(name)
        expect(button).to_have_attribute("aria-disabled", "true")
        expect(button).to_have_attribute("title", re.compile("O passado não muda"))
    shown.by("broker-1-crash").click(force=True)
    expect(shown.page.get_by_role("alert")).to_contain_text("O passado não muda")
    shown.page.keyboard.press("Space")
    shown.page.keyboard.press("n")
    expect(shown.by("held-why")).to_contain_text("ramifique aqui")
    shown.page.keyboard.press("l")
    live(shown)
    expect(shown.by("broker-1-crash")).not_to_have_attribute("aria-disabled", "true")
    shown.by("broker-1-crash").click()
    shown.sent({"do": "crash_broker", "broker": 1})
    assert shown.commands() == [{"do": "crash_broker", "broker": 1}]


def test_the_sentence_is_the_one_that_was_told_then(show: Show) -> None:
    shown = remembered(show)
    expect(shown.by("say")).to_contain_text("foi eleito")
    event = next(e for e in shown.server.cluster.events if e["code"] == "broker_crashed")
    shown.by("timeline").get_by_role("button", name=re.compile("broker 3 caiu")).click()
    expect(shown.by("say")).to_contain_text("O broker 3 caiu.")
    expect(shown.by("say")).not_to_contain_text("foi eleito")
    expect(shown.by("moment")).to_contain_text("foi eleito"), "in the drawer the whole story"
    assert asked(shown) == [{"step": str(event["step"])}]


@pytest.mark.full
def test_screen_readers_hear_that_it_is_the_past_and_that_it_is_over(show: Show) -> None:
    shown = remembered(show)
    shown.page.keyboard.press("Shift+ArrowLeft")
    expect(shown.by("announcer")).to_contain_text("Olhando o passado")
    shown.page.keyboard.press("l")
    expect(shown.by("announcer")).to_contain_text("De volta ao vivo")


@pytest.mark.full
def test_where_history_begins_is_drawn_and_nothing_before_it_is_asked_for(show: Show) -> None:
    shown = remembered(show)
    cluster = shown.server.cluster
    expect(shown.by("history-begins")).to_be_visible()
    shown.page.mouse.click(at(shown, cluster.moments[0]["state"]["at_ms"] - 5 * SECOND_MS), rail(shown))
    expect(shown.by("past")).to_be_visible()
    assert shown.snapshot["at_ms"] == cluster.moments[0]["state"]["at_ms"]


def test_a_moment_that_is_gone_is_refused_with_its_reason(show: Show) -> None:
    shown = remembered(show)
    shown.server.cluster.begins = 60
    shown.page.keyboard.press("ArrowLeft")
    expect(shown.by("past")).to_be_visible()
    before = shown.snapshot["step"]
    for _ in range(12):
        shown.page.keyboard.press("Shift+ArrowLeft")
    expect(shown.page.get_by_role("alert").first).to_contain_text("mais antigo do que a história guardada")
    assert shown.snapshot["step"] <= before


@pytest.mark.full
def test_a_branch_is_named_made_and_gone_to(show: Show) -> None:
    shown = remembered(show)
    sent: list[dict[str, object]] = []

    def made(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}"))
        if len(sent) == 1:
            error = {"code": "TOO_MANY_SANDBOXES", "reason": "There are 32 sandboxes."}
            route.fulfill(status=409, json={"ok": False, "error": error})
        else:
            route.fulfill(json={"id": "demo-2", "name": "aula"})

    shown.page.route("**/api/sandboxes/demo/branches", made)
    shown.page.route("**/s/demo-2/", lambda route: route.fulfill(body="<title>ramo</title>", content_type="text/html"))
    shown.page.keyboard.press("Shift+ArrowLeft")
    expect(shown.by("past")).to_be_visible()
    step, at_ms = shown.snapshot["step"], shown.snapshot["at_ms"]
    shown.page.keyboard.press("k")
    expect(shown.by("branch-name")).to_be_focused()
    expect(shown.by("branch-name")).to_have_value(re.compile(r"demo a partir de 00:"))
    shown.page.keyboard.type("aula")
    shown.page.keyboard.press("Enter")
    expect(shown.by("branch-problem")).to_contain_text("TOO_MANY_SANDBOXES")
    shown.by("branch-send").click()
    shown.page.wait_for_url("**/s/demo-2/")
    assert sent == [{"step": step, "ms": at_ms, "name": "aula"}] * 2


@pytest.mark.full
def test_branches_leave_the_timeline_where_they_were_made(show: Show) -> None:
    shown = remembered(show)
    server = shown.server
    ago = server.cluster.now - 5 * SECOND_MS
    branch = {"id": "ramo", "name": "com acks=1", "parent": "demo", "parent_ms": ago}
    server.sandboxes.append({**server.sandboxes[0], **branch})
    shown.by("switcher-open").click()
    fork = shown.by("fork-ramo")
    expect(fork).to_have_attribute("href", "/s/ramo/")
    expect(fork).to_have_attribute("aria-label", re.compile("Ramo com acks=1"))
    links = shown.by("switcher").locator(".tree a")
    expect(links).to_have_text(["demo", "com acks=1"])
    expect(links.first).to_have_attribute("aria-current", "page")
    shown.page.keyboard.press("Escape")
    expect(shown.by("switcher")).to_have_count(0)


def test_the_link_to_a_moment_is_copied(show: Show) -> None:
    shown = remembered(show)
    shown.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown.page.keyboard.press("ArrowLeft")
    shown.by("past-link").click()
    expect(shown.by("toast")).to_contain_text("O link para")
    step = shown.snapshot["step"]
    assert shown.page.evaluate("navigator.clipboard.readText()") == f"{shown.server.url}open#m=moment-{step}"
    expect(shown.by("past-export")).to_have_attribute("href", f"/api/sandboxes/demo/export?step={step}")


def test_who_gives_up_first_is_said_before_a_pause_and_counted_down_during_it(show: Show) -> None:
    shown = remembered(show)
    cluster = shown.server.cluster
    cluster.patience = [
        {"client": "painel", "left_ms": 30_000, "patience_ms": 30_000, "why": "other", "connections": 1},
        {"client": "turma", "left_ms": 10_000, "patience_ms": 10_000, "why": "session", "connections": 2},
    ]
    shown.server.push()
    expect(shown.by("patience-first")).to_contain_text("turma desiste primeiro: em 10 s")
    shown.by("pause").hover()
    listed = shown.page.locator("#patience-all li")
    expect(listed).to_have_text([re.compile("turma 10 s"), re.compile("painel 30 s")])
    cluster.pause()
    shown.server.push()
    expect(shown.by("patience-first")).to_contain_text(re.compile("turma desiste em (10|9) s"))
    expect(shown.by("patience-first")).to_contain_text("turma desiste em 8 s")
    cluster.resume()
    shown.server.push()
    expect(shown.by("patience-first")).to_contain_text("turma desiste primeiro")
