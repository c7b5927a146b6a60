"""The sentence beside the clock: what belongs together is told together, and can be gone back to."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.stage.conftest import Show


def test_a_crash_and_the_elections_it_brings_are_one_sentence(show: Show) -> None:
    shown = show("crashed")
    expect(shown.by("say")).to_have_text(
        "O broker 3 caiu. FIAP-2 ficou sem líder por 1,5 s; o broker 1, que estava no ISR, foi eleito. "
        "Nada que já estava confirmado se perdeu."
    )


@pytest.mark.full
def test_the_same_in_english_without_loading_the_page_again(show: Show) -> None:
    shown = show("crashed")
    shown.page.evaluate("window.stayed = true")
    shown.by("language-en").click()
    expect(shown.by("say")).to_have_text(
        "Broker 3 crashed. FIAP-2 had no leader for 1.5 s; broker 1, which was in the ISR, was elected. "
        "Nothing that was committed is lost."
    )
    expect(shown.page.locator("html")).to_have_attribute("lang", "en")
    expect(shown.page.get_by_role("heading", name="Producers")).to_be_visible()
    assert shown.page.evaluate("window.stayed") is True
    shown.page.reload()
    expect(shown.page.locator("html")).to_have_attribute("lang", "en")


def test_a_partition_nobody_can_lead_is_not_called_safe(show: Show) -> None:
    expect(show("leaderless").by("say")).to_have_text(
        "O broker 2 caiu. unica-1 está sem líder: nenhuma réplica em dia está viva."
    )


@pytest.mark.full
def test_a_broker_that_comes_back_is_followed_until_it_is_in_the_isr_again(show: Show) -> None:
    shown = show("crashed", frozen=False)
    cluster = shown.server.cluster
    cluster.start_broker(3)
    shown.server.push()
    expect(shown.by("say")).to_contain_text("O broker 3 está voltando")
    cluster.run(6)
    shown.server.push()
    expect(shown.by("say")).to_have_text(
        "O broker 3 voltou. Copiou o que lhe faltava de FIAP-0, FIAP-1 e FIAP-2 e está de novo no ISR delas."
    )


def test_a_rebalance_is_told_step_by_step_and_the_idle_member_is_explained(show: Show) -> None:
    shown = show("demo", frozen=False)
    cluster = shown.server.cluster
    for _ in range(2):
        cluster.add_consumer("A")
    shown.server.push()
    expect(shown.by("say")).to_contain_text("O grupo A vai rebalancear porque a4 entrou")
    cluster.run(2)
    shown.server.push()
    expect(shown.by("say")).to_have_text(
        "Geração 2 do grupo A: a1 ficou com FIAP-0; a2 ficou com FIAP-1; a3 ficou com FIAP-2. "
        "a4 não recebeu nenhuma partição: há 3 partições e 4 membros, e uma partição não se divide."
    )


def test_screen_readers_are_told_politely(show: Show) -> None:
    announcer = show("crashed").by("announcer")
    expect(announcer).to_have_attribute("aria-live", "polite")
    expect(announcer).to_contain_text("O broker 3 caiu.")


def test_a_sentence_is_a_click_away_from_all_that_happened_then(show: Show) -> None:
    shown = show("crashed")
    shown.by("say").click()
    expect(shown.by("moment")).to_contain_text("O broker 3 caiu.")
    codes = shown.page.locator(".events li").evaluate_all("list => list.map(item => item.dataset.code)")
    assert codes[:2] == ["broker_crashed", "broker_fenced"]
    assert {"isr_shrunk", "leader_elected"} <= set(codes)


@pytest.mark.full
def test_one_can_go_back_through_the_story_and_return_to_live(show: Show) -> None:
    shown = show("demo", frozen=False)
    cluster = shown.server.cluster
    cluster.remember()
    cluster.crash_broker(3)
    cluster.run(3)
    shown.server.push()
    expect(shown.by("say")).to_contain_text("foi eleito")
    now = shown.by("say").text_content()
    shown.by("earlier").click()
    expect(shown.by("say")).not_to_have_text(now or "")
    shown.by("past-back_second").click()
    expect(shown.by("live")).to_be_visible()
    shown.page.locator("body").press("l")
    expect(shown.by("say")).to_have_text(now or "")
    assert shown.commands() == [], "looking back is this viewer's own"


@pytest.mark.full
def test_the_log_has_the_newest_first_and_hides_the_housekeeping(show: Show) -> None:
    shown = show("crashed")
    shown.by("tab-log").click()
    entries = shown.by("log").locator("li")
    expect(entries.first).to_contain_text("O broker 3 caiu.")
    few = entries.count()
    expect(shown.by("log")).not_to_contain_text("__consumer_offsets")
    shown.page.get_by_role("button", name="com os bastidores").click()
    expect(shown.by("log")).to_contain_text("__consumer_offsets")
    assert entries.count() > few


def test_the_timeline_has_a_mark_with_a_name_for_each_kind(show: Show) -> None:
    shown = show("crashed")
    mark = shown.by("timeline").get_by_role("button", name=re.compile("broker 3 caiu"))
    mark.focus()
    mark.press("Enter")
    expect(shown.by("moment")).to_contain_text("O broker 3 caiu.")


def test_what_is_older_than_what_is_kept_is_named_as_missing(show: Show) -> None:
    shown = show("demo")
    shown.server.say({"t": "hello", "sandbox": "demo", "kafka": [], "events": [], "resync": {"from": 1, "to": 1200}})
    shown.by("tab-log").click()
    expect(shown.by("log")).to_contain_text("Faltam aqui os acontecimentos de 1 a 1.200")
