"""Languages, themes and sizes."""

import pytest
from playwright.sync_api import expect

from tests.browser import canvas


def test_the_language_can_be_switched_and_is_kept(stage, playground_server):
    page = stage.page
    playground_server.do("speed", speed=4)
    stage.click("Derrubar o broker 2")
    expect(stage.sentence).to_contain_text("O broker 2 caiu.")
    stage.click("EN, inglês")
    expect(stage.sentence).to_contain_text("Broker 2 crashed.")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(stage.button("Crash broker 1")).to_be_visible()
    expect(page.get_by_role("heading", name="Producers")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Producers")).to_be_visible()
    expect(stage.sentence).to_contain_text("Broker 2 crashed.")
    stage.click("PT, Portuguese")
    expect(stage.sentence).to_contain_text("O broker 2 caiu.")
    expect(page.get_by_role("heading", name="Produtores")).to_be_visible()


@pytest.mark.full
def test_the_canvas_agrees_with_the_state_in_both_themes(stage, playground_server):
    page = stage.page
    playground_server.do("speed", speed=4)
    playground_server.do("set_producer", producer="loja", rate=20.0)
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.hw > 5)")
    playground_server.do("crash_broker", broker=1)
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.leader > 1)")
    playground_server.do("pause")
    expect(stage.button("continuar")).to_be_visible()
    for theme, other in (("light", "Tema escuro"), ("dark", "Tema claro")):
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        found = canvas.samples(stage)
        plain = [sample for sample in found if canvas.expected(sample, theme)]
        assert len({sample["color"] for sample in plain}) > 6
        assert canvas.disagreements(found, theme) == []
        stage.click(other)


@pytest.mark.full
def test_the_canvas_agrees_with_the_state_at_other_sizes(stage, playground_server):
    page = stage.page
    playground_server.do("speed", speed=16)
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.hw > 5)")
    playground_server.do("pause")
    for width, height, query in ((390, 844, ""), (1024, 700, ""), (1920, 1080, "?projector")):
        page.set_viewport_size({"width": width, "height": height})
        stage.open(query)
        expect(stage.button("continuar")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
        found = canvas.samples(stage)
        assert len({sample["color"] for sample in found}) > 4
        assert canvas.disagreements(found) == []
