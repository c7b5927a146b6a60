"""The page of all sandboxes: made, renamed, branched, deleted, and what is said at a limit."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from engine.live import keeper
from tests.browser.stage_page import Stage
from tests.support.server import PlaygroundServer


def box(stage: Stage, sandbox: str):  # type: ignore[no-untyped-def]
    return stage.page.locator(f'[data-testid=box][data-id="{sandbox}"]')


def test_a_sandbox_is_made_shown_renamed_and_deleted(stage: Stage, playground_server: PlaygroundServer) -> None:
    page = stage.page
    page.get_by_test_id("switcher-open").click()
    page.get_by_test_id("all-sandboxes").click()
    expect(box(stage, "demo")).to_contain_text("rodando")
    make = page.get_by_test_id("make")
    make.get_by_label("Cenário", exact=True).select_option("shop")
    make.get_by_label("Nome").fill("Turma de terça")
    make.get_by_role("button", name="Criar").click()
    page.wait_for_url("**/s/turma-de-terca/")
    expect(page.locator("html[data-frame]")).to_be_attached()
    assert {topic["name"] for topic in stage.snapshot["topics"]} >= {"pedidos", "pagamentos"}
    rows = {row["id"]: row for row in playground_server.ask("sandboxes")}
    expect(page.get_by_test_id("kafka")).to_have_text(rows["turma-de-terca"]["kafka"][0])
    assert not set(rows["turma-de-terca"]["kafka"]) & set(rows["demo"]["kafka"])

    page.goto(stage.url + "/sandboxes/")
    page.get_by_role("link", name="Renomear Turma de terça").click()
    page.get_by_label("Nome novo").fill("Turma de quinta")
    page.get_by_label("Nome novo").press("Enter")
    expect(page.get_by_test_id("notice")).to_contain_text("Agora se chama Turma de quinta")
    expect(box(stage, "turma-de-terca")).to_contain_text("Turma de quinta")

    page.get_by_role("link", name="Apagar Turma de quinta").click()
    expect(box(stage, "turma-de-terca")).to_contain_text("Apagar de vez, com todos os registros")
    page.get_by_role("link", name="Cancelar").click()
    expect(page.get_by_text("Apagar de vez")).to_have_count(0)
    page.get_by_role("link", name="Apagar Turma de quinta").click()
    page.get_by_role("button", name="Sim, apagar").click()
    expect(page.get_by_test_id("notice")).to_contain_text("Foi apagado")
    expect(box(stage, "turma-de-terca")).to_have_count(0)
    expect(page.get_by_role("link", name="Apagar demo")).to_have_count(0), "the first one stays"


@pytest.mark.full
def test_branches_stand_below_what_they_branched_from(stage: Stage, playground_server: PlaygroundServer) -> None:
    page = stage.page
    playground_server.ask("branch", step=None, name="e se", owner="")
    playground_server.ask("branch", sandbox="e-se", step=None, name="e se não", owner="")
    page.goto(stage.url + "/sandboxes/")
    depths = page.get_by_test_id("box").evaluate_all("(all) => all.map((it) => [it.dataset.id, it.dataset.depth])")
    assert depths == [["demo", "0"], ["e-se", "1"], ["e-se-nao", "2"]]
    expect(box(stage, "e-se")).to_contain_text(re.compile(r"ramo de demo, a partir de \d\d:\d\d"))


def test_at_the_limit_it_is_said_what_to_do(
    stage: Stage, playground_server: PlaygroundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = stage.page
    monkeypatch.setattr(keeper, "SANDBOXES_MAX", 1)
    stage.watch.expected.append("status of 409")
    page.goto(stage.url + "/sandboxes/")
    make = page.get_by_test_id("make")
    make.get_by_label("Nome").fill("mais um")
    make.get_by_role("button", name="Criar").click()
    notice = page.get_by_test_id("notice")
    expect(notice).to_contain_text("Já há tantos sandboxes quanto cabem aqui TOO_MANY_SANDBOXES")
    expect(notice).to_contain_text("delete one first")
    expect(make.get_by_label("Nome")).to_have_value("mais um")
    make.get_by_text("Um cenário seu, em JSON").click()
    make.get_by_label("Cenário em JSON").fill("{")
    stage.watch.expected.append("status of 422")
    make.get_by_role("button", name="Criar").click()
    expect(notice).to_contain_text("Isto não é JSON")


@pytest.mark.full
def test_a_link_that_is_damaged_is_refused_and_nothing_is_made(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    stage.watch.expected.append("Failed to load resource")
    stage.page.goto(stage.url + "/open#m=nonsense!")
    expect(stage.page.get_by_test_id("open-refused")).to_have_attribute("data-code", "DAMAGED")
    assert [row["id"] for row in playground_server.ask("sandboxes")] == ["demo"]


def test_a_link_to_a_moment_opens_that_very_moment_as_a_sandbox_that_stands_still(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    page = stage.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    playground_server.do("crash_broker", broker=2)
    playground_server.wait_for(lambda s: s["at_ms"] > 2_500)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_test_id("past")).to_be_visible()
    seen = stage.snapshot
    page.get_by_test_id("past-link").click()
    expect(page.get_by_test_id("toast")).to_contain_text("foi copiado")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{stage.url}/open#m=")
    page.goto(link)
    page.wait_for_url("**/s/*/")
    expect(page.locator("html[data-frame]")).to_be_attached()
    opened = stage.snapshot
    assert opened["pace"]["paused"] and opened["at_ms"] == seen["at_ms"]
    assert opened["topics"] == seen["topics"]
    assert [broker["state"] for broker in opened["brokers"]] == [broker["state"] for broker in seen["brokers"]]


@pytest.mark.full
def test_an_exported_file_is_opened_on_the_page_of_all_sandboxes(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    page = stage.page
    playground_server.wait_for(lambda s: s["at_ms"] > 1_500)
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.get_by_test_id("past")).to_be_visible()
    seen = stage.snapshot
    with page.expect_download() as coming:
        page.get_by_test_id("past-export").click()
    assert coming.value.suggested_filename.endswith(".riacho")
    page.goto(stage.url + "/sandboxes/")
    page.get_by_label("Abrir um arquivo .riacho").set_input_files(coming.value.path())
    page.wait_for_url("**/s/*/")
    expect(page.locator("html[data-frame]")).to_be_attached()
    assert stage.snapshot["topics"] == seen["topics"]
