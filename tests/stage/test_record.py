"""Clicking a record asks for it and tells all of it; the keyboard reaches the same."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.stage.conftest import Show, Shown


def click_record(shown: Shown, partition: int, offset: int) -> None:
    leader = shown.snapshot["topics"][0]["partitions"][partition]["leader"]
    cell = shown.cell("FIAP", partition, leader, offset)
    assert cell is not None
    shown.page.mouse.click(cell["x"] + cell["w"] / 2, cell["y"] + cell["h"] / 2)


def test_a_click_on_a_record_asks_for_it_and_shows_it(show: Show) -> None:
    shown = show("demo")
    click_record(shown, 1, 40)
    expect(shown.by("record-title")).to_have_text("5FIAP-1 @ 40")
    expect(shown.by("record-key")).to_have_text("cliente-5")
    expect(shown.by("record-why")).to_contain_text("murmur2(chave) mod 3 = 1")
    expect(shown.by("record-headers")).to_contain_text("origem=app")
    expect(shown.by("record-batch")).to_contain_text("Produtor idempotente 4.000")
    asked = [m for m in shown.server.received if m["t"] == "record"]
    assert [(m["topic"], m["partition"], m["offset"]) for m in asked] == [("FIAP", 1, 40)]


@pytest.mark.full
def test_its_value_is_shown_as_indented_json_and_never_as_markup(show: Show) -> None:
    shown = show("demo")
    click_record(shown, 1, 40)
    expect(shown.by("record-value")).to_contain_text('"produto": "café <b>&"')
    assert shown.by("record-value").locator("b").count() == 0
    assert "\n  " in (shown.by("record-value").text_content() or "")


@pytest.mark.full
def test_it_tells_which_replicas_have_it_and_whether_it_is_committed(show: Show) -> None:
    shown = show("crashed")
    partition = shown.snapshot["topics"][0]["partitions"][0]
    click_record(shown, 0, partition["end"] - 1)
    expect(shown.by("record-committed")).to_have_attribute("data-committed", "false")
    expect(shown.by("record-on-1")).to_have_attribute("data-has", "true")
    expect(shown.by("record-on-3")).to_have_attribute("data-has", "false")
    expect(shown.by("record-on-3")).to_contain_text("fora do ar")


@pytest.mark.full
def test_it_tells_to_whom_it_was_delivered(show: Show) -> None:
    shown = show("demo")
    click_record(shown, 1, 40)
    expect(shown.by("record-readers")).to_contain_text("a1, do grupo A: já recebeu")
    expect(shown.by("record-readers")).to_contain_text("b1, do grupo B: ainda não")


def test_it_gives_the_same_for_a_terminal_at_an_address_that_answers(show: Show) -> None:
    shown = show("crashed")
    click_record(shown, 1, 50)
    expect(shown.by("kcat")).to_contain_text("kcat -b 127.0.0.1:19093 -t FIAP")
    expect(shown.by("kcat")).to_contain_text("-p 1 -o 50 -c 1")


def test_the_arrow_keys_walk_along_a_tape_and_enter_opens_the_record(show: Show) -> None:
    shown = show("demo")
    tape = shown.by("tape-FIAP-1")
    tape.focus()
    expect(tape).to_have_attribute("aria-valuenow", "43")
    tape.press("ArrowLeft")
    tape.press("ArrowLeft")
    expect(tape).to_have_attribute("aria-valuenow", "41")
    expect(tape).to_have_attribute("aria-valuetext", "offset 41, sem chave, confirmado")
    tape.press("Enter")
    expect(shown.by("record-title")).to_have_text("FIAP-1 @ 41")
    assert not [m for m in shown.server.received if m["t"] == "command"], "the arrows belonged to the tape"


def test_enter_again_goes_into_the_drawer_and_escape_comes_back(show: Show) -> None:
    shown = show("demo")
    tape = shown.by("tape-FIAP-1")
    tape.focus()
    tape.press("Enter")
    expect(shown.by("record-detail")).to_be_visible()
    tape.press("Enter")
    expect(shown.by("drawer-page")).to_be_focused()
    shown.page.keyboard.press("Escape")
    expect(tape).to_be_focused()
    shown.page.keyboard.press("Escape")
    expect(shown.by("drawer-page")).to_have_count(0)


@pytest.mark.full
def test_walking_left_of_what_is_in_view_moves_the_tape(show: Show) -> None:
    shown = show("demo")
    tape = shown.by("tape-FIAP-1")
    tape.focus()
    tape.press("Home")
    expect(tape).to_have_attribute("aria-valuenow", "0")
    assert shown.cell("FIAP", 1, 2, 0) is not None
    expect(tape).to_contain_text("passado")
    tape.press("End")
    expect(tape).not_to_contain_text("passado")
    assert shown.cell("FIAP", 1, 2, 0) is None


def test_a_record_that_is_gone_is_said_to_be(show: Show) -> None:
    shown = show("demo")
    shown.page.mouse.click(*center(shown, "tape-FIAP-0", right=0.05))
    shown.page.locator("#goto").fill("999")
    shown.page.locator("#goto").evaluate("field => field.removeAttribute('max')")
    shown.page.locator("#goto").press("Enter")
    expect(shown.by("record-error")).to_contain_text("OFFSET_OUT_OF_RANGE")


def center(shown: Shown, test_id: str, *, right: float) -> tuple[float, float]:
    box = shown.by(test_id).bounding_box()
    assert box is not None
    return box["x"] + box["width"] * right, box["y"] + box["height"] * 0.4


@pytest.mark.full
def test_what_was_announced_names_the_record(show: Show) -> None:
    shown = show("demo")
    click_record(shown, 1, 40)
    expect(shown.by("announcer")).to_contain_text("FIAP-1, offset 40: chave cliente-5")
