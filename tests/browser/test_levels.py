"""Levels in Chromium, as a student would: the first one, a wrong prediction, progress, and the lab by a real client."""

import json
import os
import signal
import subprocess
import time

import pytest
from playwright.sync_api import expect

from playground.lessons import library
from tests.browser import axe

FIRST = "start-01-first-record"
MINUTE_S = 60.0
# Levels that one command of their lab solves: the page shows it, the test runs just that.
LABS = [
    FIRST,
    *(pytest.param(one, marks=pytest.mark.full) for one in (
        "start-02-two-readers", "keys-01-key-moves", "offsets-01-read-not-deleted", "offsets-02-committed-is-next",
        "groups-03-idle-member",
    )),
]  # fmt: skip


def by(stage, test_id):
    return stage.page.get_by_test_id(test_id)


def enter(stage, level):
    stage.page.goto(f"{stage.url}/levels/{level}/")
    expect(by(stage, "missing")).to_be_attached()


def predict(stage, option):
    by(stage, f"option-{option}").click()
    by(stage, "predict").click()
    expect(by(stage, "question")).to_have_attribute("data-verdict", "open")


def listed(stage):
    """How many levels the list says are solved."""
    stage.page.goto(f"{stage.url}/levels/")
    return int(by(stage, "progress-count").get_attribute("data-done"))


def test_the_first_level_is_solved_within_a_minute_by_doing_what_the_page_says(stage, playground_server):
    page = stage.page
    page.goto(f"{stage.url}/levels/")
    expect(by(stage, "progress-count")).to_have_text(f"0 de {len(library.levels())} resolvidos")
    by(stage, "progress-next").click()
    expect(by(stage, "lesson-title")).to_have_text("O primeiro registro")
    begun = time.monotonic()

    # what it says is to be done: predict, press "Escrever um registro" at the left, press "Produzir"
    text = page.locator(".lesson-text")
    expect(text).to_contain_text("aperte Escrever um registro, à esquerda, e Produzir")
    expect(stage.button("Escrever um registro")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("radio", name="1", exact=True).check()
    stage.click("Confirmar e observar")
    expect(page.get_by_role("radio")).to_have_count(0)
    again = page.evaluate("riacho.stage.line.command({do: 'predict', question: 0, option: 0})")
    assert again["error"]["code"] == "PREDICTION_LOCKED"
    assert axe.violations(page) == []
    stage.click("Escrever um registro")
    stage.click("Produzir", stage.drawer)

    # what came of it, at the partition, and why it came otherwise
    expect(by(stage, "reached")).to_contain_text("Você usou 1 ação; a meta era 1")
    assert time.monotonic() - begun < MINUTE_S
    expect(by(stage, "callout")).to_contain_text("previu.O seu registro está no offset 0, sem ninguém ter lido.")
    expect(by(stage, "tape-pedidos-0")).to_have_attribute("data-spoken", "")
    expect(by(stage, "option-0")).to_contain_text("foi o que aconteceu")
    expect(by(stage, "option-1")).to_contain_text("sua previsão")
    page.emulate_media(reduced_motion="reduce")
    assert axe.violations(page) == []
    by(stage, "theme").click()
    assert axe.violations(page, colours=True) == []

    # it is still so after a reload, in the list, and in the report of the run
    sandbox = page.url
    page.reload()
    expect(by(stage, "reached")).to_be_visible()
    assert listed(stage) == 1
    expect(page.locator(f"[data-level={FIRST}]")).to_contain_text("previsões certas: 0 de 1")
    page.goto(f"{sandbox}report/")
    expect(by(stage, "report-prediction")).to_contain_text("Que número (offset) recebe o primeiro registro?")
    expect(by(stage, "report-prediction").locator("dd")).to_have_text(["1", "0"])

    # and after the engine was started again, with nothing of the old one left
    playground_server.begin()
    assert listed(stage) == 1
    enter(stage, FIRST)
    expect(by(stage, "question")).not_to_have_attribute("data-verdict", "wrong")


def test_progress_is_carried_to_another_browser_as_a_file(stage, visit, playground_server, tmp_path):
    kept = {"version": 1, "levels": {FIRST: {"solved": True, "best": 1, "fails": 2, "guesses": [True], "at": 5}}}
    stage.page.evaluate("(kept) => localStorage.setItem('riacho.progress', JSON.stringify(kept))", kept)
    assert listed(stage) == 1
    with stage.page.expect_download() as download:
        by(stage, "progress-export").click()
    assert download.value.suggested_filename == "riacho-progresso.json"
    file = tmp_path / "progress.json"
    download.value.save_as(file)

    other = visit(playground_server.url)
    assert listed(other) == 0
    choose = by(other, "progress-file")
    nonsense = tmp_path / "other.json"
    for text, why in (("{", "não é JSON"), ("[]", "não guarda um progresso"), ("x" * 300_000, "grande demais"),
                      (json.dumps({"format": "riacho-progress", "version": 9}), "mais novo")):  # fmt: skip
        nonsense.write_text(text)
        choose.set_input_files(nonsense)
        expect(by(other, "progress-told")).to_contain_text(why)
    choose.set_input_files(file)
    expect(by(other, "progress-told")).to_contain_text("1 exercício veio do arquivo")
    expect(by(other, "progress-count")).to_have_attribute("data-done", "1")
    other.page.reload()
    expect(other.page.locator(f"[data-level={FIRST}]")).to_contain_text("resolvido na meta")


@pytest.mark.parametrize("level", LABS)
def test_a_real_client_alone_reaches_the_goal_and_the_page_says_so(stage, level, kcat, tmp_path):
    enter(stage, level)
    document = library.level(level)
    for _ in document["predict"]:
        predict(stage, 0)
    by(stage, "lab").locator("summary").click()
    command = by(stage, "lab-command").inner_text()
    assert "{" not in command.replace("{}", ""), "the address is filled in"
    client = subprocess.Popen(
        command, shell=True, cwd=tmp_path, start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        expect(by(stage, "by-client")).to_contain_text("cliente de verdade")
        expect(by(stage, "reached")).to_contain_text("Foi um cliente de verdade que chegou lá")
        expect(by(stage, "par")).to_contain_text("você: 0")
    finally:
        if client.poll() is None:
            os.killpg(client.pid, signal.SIGKILL)
        client.wait()


@pytest.mark.full
@pytest.mark.parametrize("level", [one["id"] for one in library.levels()])
def test_the_solution_is_done_step_by_step_and_counts_as_shown(stage, level):
    enter(stage, level)
    document = library.level(level)
    for _ in document["predict"]:
        predict(stage, 0)
    by(stage, "solution-show").click()
    by(stage, "solution-show").click()
    expect(by(stage, "solution-step")).to_have_count(len(document["solution"]))
    for number in range(len(document["solution"])):
        step = by(stage, "solution-step").nth(number)
        expect(step).to_have_attribute("aria-current", "step")
        expect(step.get_by_test_id("solution-do")).not_to_have_attribute("aria-disabled", "true", timeout=60_000)
        step.get_by_test_id("solution-do").click()
        expect(step).not_to_have_attribute("aria-current", "step")
    stage.page.evaluate("riacho.stage.order({do: 'speed', speed: 4})")
    expect(by(stage, "reached")).to_contain_text("com a solução à vista", timeout=90_000)
    expect(by(stage, "question").last).not_to_have_attribute("data-verdict", "open")
    assert listed(stage) == 0
