"""Worlds to start from, in Chromium: one that comes with Riacho, and one of one's own, saved and begun from again."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.stage_page import Stage
from tests.support.server import PlaygroundServer


def test_a_world_is_kept_from_the_stage_and_begun_from_again(stage: Stage, playground_server: PlaygroundServer) -> None:
    page = stage.page
    page.goto(f"{stage.url}/sandboxes/")
    page.get_by_role("button", name="Começar com Uma chave quente").click()
    page.wait_for_url("**/s/uma-chave-quente/")
    expect(page.locator("html[data-frame]")).to_be_attached()
    expect(page.get_by_test_id("producer-gigante")).to_be_visible()
    page.keyboard.press("Space")
    stage.wait("() => riacho.snapshot.pace.paused")
    then = stage.snapshot
    page.get_by_test_id("tools-open").click()
    page.get_by_test_id("tool-world").click()
    page.get_by_test_id("world-name").fill("bem quente")
    page.get_by_test_id("world-name").press("Enter")
    expect(page.get_by_test_id("world-saved")).to_contain_text("Guardado como bem quente.")
    page.get_by_test_id("world-saved").get_by_role("link").click()
    world = page.locator('[data-testid=saved-world][data-id="bem-quente"]')
    expect(world).to_contain_text("Uma chave quente, aos")
    world.get_by_role("button", name="Começar com bem quente").click()
    page.wait_for_url("**/s/bem-quente/")
    expect(page.locator("html[data-frame]")).to_be_attached()
    assert stage.snapshot["pace"]["paused"] and stage.snapshot["topics"] == then["topics"]
    page.goto(f"{stage.url}/sandboxes/")
    page.get_by_role("button", name="Apagar o mundo bem quente").click()
    expect(page.get_by_test_id("notice")).to_contain_text("O mundo foi apagado.")
    expect(page.get_by_test_id("saved-world")).to_have_count(0)
