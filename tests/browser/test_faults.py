"""Faults by hand: done on the page, seen on the page while they last, and undone there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import clients


def open_faults(stage: Any) -> Any:
    stage.page.keyboard.press("f")
    expect(stage.drawer.get_by_text("Quebre de propósito")).to_be_visible()
    return stage.drawer


def wrong(server: Any) -> list[tuple[str, ...]]:
    return [(f["kind"], f["node"], *([f["other"]] if "other" in f else [])) for f in server.state()["faults"]]


def resets(server: Any) -> list[str]:
    """Whose connections were dropped."""
    events = server.ask("events", since=0)["events"]
    return [e["params"]["node"] for e in events if e["code"] == "connections_reset"]


def chip(stage: Any, kind: str) -> Any:
    return stage.page.locator(f'#faults [data-fault="{kind}"]')


# What is pressed on the page of faults for broker 2, what is wrong then, and the words of its chip.
DEEDS = [
    ("slow", "slow_disk", "B2: fsync leva 500 ms"),
    ("fill", "full_disk", "B2: disco cheio"),
    ("pause", "paused", "B2 parado até"),
    ("skew", "skewed_clock", "B2: relógio errado em 5.000 ms"),
    ("isolate", "isolated", "B2 isolado"),
]


def test_what_is_done_to_a_broker_is_shown_at_it_and_can_be_undone(stage, playground_server):
    open_faults(stage)
    stage.page.get_by_test_id("pick-B2").click()
    stage.page.get_by_test_id("pause-ms").select_option("30000")
    for deed, kind, words in DEEDS:
        stage.page.get_by_test_id(f"deed-{deed}").click()
        expect(chip(stage, kind)).to_contain_text(words)
        assert wrong(playground_server) == [(kind, "B2")]
        signs = stage.page.get_by_test_id("broker-2-faults")
        expect(signs.locator(f".fault-mark.{kind}")).to_be_visible()
        expect(signs).to_have_accessible_name(re.compile(re.escape(words)))
        chip(stage, kind).get_by_role("button", name=re.compile("^Desfazer:")).click()
        expect(chip(stage, kind)).to_have_count(0)
        expect(signs.locator(".fault-mark")).to_have_count(0)
        assert wrong(playground_server) == []
    expect(stage.drawer).to_contain_text("Está tudo inteiro.")


@pytest.mark.full
def test_a_broker_is_stopped_unplugged_and_started_from_there(stage, playground_server):
    open_faults(stage)
    stage.page.get_by_test_id("pick-B3").click()
    for deed, state, code in (
        ("crash", "crashed", "broker_crashed"),
        ("power", "crashed", "broker_powered_off"),
        ("stop", "stopped", "broker_stopped"),
    ):
        stage.page.get_by_test_id(f"deed-{deed}").click()
        expect(stage.broker(3)).to_have_attribute("data-state", state)
        expect(stage.page.get_by_test_id("active-faults")).to_contain_text("B3 fora do ar")
        stage.page.get_by_test_id("active-undo").click()
        expect(stage.broker(3)).to_have_attribute("data-state", "running")
        told = playground_server.ask("events", since=0)["events"]
        assert code in [event["code"] for event in told]
    stage.page.get_by_test_id("deed-break").click()
    expect(chip(stage, "broken_disk")).to_be_visible()
    stage.page.get_by_test_id("deed-mend").click()
    expect(chip(stage, "broken_disk")).to_have_count(0)


def test_two_nodes_are_pressed_and_the_link_between_them_is_cut_one_way_slowed_and_healed(stage, playground_server):
    open_faults(stage)
    page = stage.page
    board = page.get_by_test_id("link-board")
    board.scroll_into_view_if_needed()
    line = board.locator('[data-link="B1 B3"]')
    board.locator('[data-node="B3"]').click()
    expect(stage.drawer).to_contain_text("Agora o outro nó")
    board.locator('[data-node="B1"]').click()
    expect(page.get_by_test_id("link-from")).to_have_value("B3")
    expect(page.get_by_test_id("link-to")).to_have_value("B1")

    page.get_by_test_id("deed-cut-one").click()
    expect(line).to_have_attribute("data-state", "half")
    expect(chip(stage, "cut")).to_contain_text("B3 → B1: cortada")
    page.get_by_test_id("deed-cut").click()
    expect(line).to_have_attribute("data-state", "cut")
    expect(chip(stage, "cut")).to_contain_text("B1 ⇄ B3: cortada")
    playground_server.do("speed", speed=32)  # a follower may lag for 30 s
    playground_server.wait_for(lambda s: any(len(p["isr"]) == 2 for p in s["topics"][0]["partitions"]))
    page.get_by_test_id("deed-heal").click()
    expect(line).to_have_attribute("data-state", "whole")
    page.get_by_test_id("delay-ms").select_option("50")
    page.get_by_test_id("deed-delay").click()
    expect(line).to_have_attribute("data-state", "late")
    expect(line).to_contain_text("+50 ms")
    assert wrong(playground_server) == [("delayed", "B1", "B3")]

    # The same without a pointer: the lists say which, and a client's link as well.
    page.get_by_test_id("link-from").select_option("loja")
    page.get_by_test_id("link-to").select_option("B2")
    page.get_by_test_id("deed-cut").press("Enter")
    expect(chip(stage, "cut")).to_contain_text("B2 ⇄ loja: cortada")
    page.get_by_test_id("faults-undo-all").click()
    expect(page.locator("#faults [data-fault]")).to_have_count(0)
    assert wrong(playground_server) == []
    playground_server.wait_for(lambda s: all(len(p["isr"]) == 3 for p in s["topics"][0]["partitions"]))


@pytest.mark.full
def test_a_clients_connections_are_dropped_a_real_ones_too_and_it_comes_back(stage, playground_server):
    page = stage.page
    with clients.Writer(playground_server.kafka, rate=20) as writer:
        open_faults(stage)
        page.get_by_test_id("pick-turma").click()
        expect(stage.drawer).to_contain_text("É um programa de verdade")
        before = len(writer.acknowledged)
        page.get_by_test_id("deed-drop").click()
        playground_server.wait_for(lambda s: "turma" in resets(playground_server))
        stage.wait("() => riacho.snapshot.clients.some((c) => c.client === 'turma' && c.connections > 0)")
        playground_server.wait_for(lambda s: len(writer.acknowledged) > before + 5)
    assert writer.failed == []

    page.get_by_role("button", name="Ver o produtor loja").click()
    page.get_by_test_id("client-drop").click()
    expect(stage.sentence).to_contain_text(re.compile(r"(conexão|conexões) de loja (caiu|caíram)"))
    sent = next(p for p in playground_server.state()["producers"] if p["id"] == "loja")["acked"]
    playground_server.wait_for(lambda s: next(p for p in s["producers"] if p["id"] == "loja")["acked"] > sent)


@pytest.mark.full
def test_a_frozen_consumer_is_woken_and_the_past_shows_the_faults_of_then(stage, playground_server):
    page = stage.page
    open_faults(stage)
    page.get_by_test_id("pick-A-1").click()
    page.get_by_test_id("zombie-ms").select_option("60000")
    page.get_by_test_id("deed-zombie").click()
    expect(chip(stage, "paused")).to_contain_text("A-1 parado até")
    step = playground_server.state()["step"]
    chip(stage, "paused").get_by_role("button", name=re.compile("^Desfazer:")).click()
    expect(chip(stage, "paused")).to_have_count(0)
    expect(stage.sentence).to_contain_text("foi acordado e segue")

    page.evaluate("(step) => { location.hash = `step=${step}`; }", step)
    expect(chip(stage, "paused")).to_contain_text("A-1 parado até")
    undo = chip(stage, "paused").get_by_role("button", name=re.compile("^Desfazer:"))
    expect(undo).to_have_attribute("aria-disabled", "true")
    undo.click(force=True)
    assert wrong(playground_server) == []
    page.keyboard.press("l")
    expect(chip(stage, "paused")).to_have_count(0)


@pytest.mark.parametrize("size", [(390, 844), pytest.param((1440, 900), marks=pytest.mark.full)], ids=str)
def test_with_reduced_motion_and_on_a_telephone_a_fault_is_done_and_undone_all_the_same(stage, playground_server, size):
    page = stage.page
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.get_by_test_id("faults-open").click()
    page.get_by_test_id("deed-isolate").click()
    expect(stage.drawer.locator("[data-fault=isolated]")).to_contain_text("B1 isolado")
    assert wrong(playground_server) == [("isolated", "B1")]
    page.get_by_test_id("active-undo").click()
    expect(stage.drawer).to_contain_text("Está tudo inteiro.")
    assert wrong(playground_server) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
