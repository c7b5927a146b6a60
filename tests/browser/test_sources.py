"""Producers of other things than purchases, and of one's own data, from the form to the record."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect


def last_values(server, producer, partitions=3):
    """Key and value of the last record of each partition that has one, decoded."""

    def written(state):
        return any(p["id"] == producer and p["acked"] > 20 for p in state["producers"]) and state

    ends = [p["end"] for p in server.wait_for(written)["topics"][0]["partitions"]]
    found = [server.ask("record", topic="FIAP", partition=p, offset=ends[p] - 1) for p in range(partitions) if ends[p]]
    return [(r["key"] and r["key"]["text"], json.loads(r["value"]["text"])) for r in found]


def test_a_source_is_chosen_by_keyboard_added_and_its_mishaps_are_turned_up(stage, playground_server):
    page = stage.page
    playground_server.do("stop_producer", producer="loja")
    stage.click("Novo produtor")
    page.get_by_test_id("source-purchases").focus()
    for name, late in (("temperatures", "6"), ("monitors", "2"), ("ticks", "1"), ("clicks", "4"), ("rows", "0")):
        page.keyboard.press("ArrowDown")
        expect(page.get_by_test_id(f"source-{name}")).to_be_checked()
        expect(page.get_by_test_id(f"source-{name}")).to_be_focused()
        expect(page.get_by_test_id("producer-late")).to_have_value(late)
    page.keyboard.press("ArrowUp")
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    expect(page.get_by_test_id("source-sample")).to_contain_text('"celsius"')
    page.get_by_test_id("producer-name").fill("sensores")
    page.get_by_label("Registros por segundo").fill("20")
    page.get_by_test_id("new-producer-send").click()

    expect(page.get_by_test_id("producer-source")).to_contain_text("temperaturas")
    expect(page.get_by_test_id("source-of-sensores")).to_contain_text("temperaturas")
    measured = [(k, value) for k, value in last_values(playground_server, "sensores") if "cliente" not in value]
    assert measured, "the last of each partition were purchases, made before"
    assert all(list(value)[:2] == ["sensor", "local"] and value["sensor"] == k for k, value in measured)
    page.get_by_test_id("producer-repeated").select_option("50")
    expect(stage.sentence).to_contain_text("agora repete 50 de cada 100 eventos")
    assert next(p for p in playground_server.state()["producers"] if p["id"] == "sensores")["repeated"] == 50


def test_own_data_are_looked_at_corrected_sent_row_by_row_and_come_to_their_end(stage, playground_server):
    page = stage.page
    playground_server.do("stop_producer", producer="loja")
    stage.click("Novo produtor")
    page.get_by_test_id("source-rows").check()
    expect(page.get_by_test_id("new-producer-send")).to_be_disabled()
    page.get_by_test_id("rows").fill("placa;valor\nABC1D23;12.50\nXYZ9K87;7;1\n")
    expect(page.locator("#f-rows-hint")).to_contain_text("linha 3: tem 3 células, e a primeira linha tem 2")
    page.get_by_test_id("rows").fill('{"a": 1}\n{"a" 2}')
    expect(page.locator("#f-rows-hint")).to_contain_text("linha 2, coluna 6")
    page.get_by_test_id("rows-file").set_input_files(
        {
            "name": "praça.csv",
            "mimeType": "text/csv",
            "buffer": "placa;valor\nABC1D23;12.50\nXYZ9K87;7\nÇÃO1A23;\n".encode(),
        }
    )
    expect(page.locator("#f-rows-hint")).to_contain_text("CSV: 3 linhas; colunas placa e valor")
    page.get_by_test_id("rows-column").select_option("placa")
    expect(page.get_by_test_id("rows-preview").locator("mark").first).to_have_text("ABC1D23")
    expect(page.get_by_test_id("rows-preview")).to_contain_text('{"placa": "XYZ9K87", "valor": 7}')
    page.get_by_test_id("rows-loop").uncheck()
    page.get_by_test_id("producer-name").fill("pedágio")
    page.get_by_label("Registros por segundo").fill("10")
    page.get_by_test_id("new-producer-send").click()

    expect(page.get_by_test_id("producer-rows")).to_have_text("3 de 3")
    expect(stage.sentence).to_contain_text("chegou ao fim dos seus dados e parou")
    expect(page.get_by_test_id("producer-pedágio")).to_contain_text("parado")
    state = playground_server.wait_for(lambda s: s["producers"][1]["acked"] == 3 and s)
    assert state["producers"][1]["rows"] == [3, 3] and not state["producers"][1]["running"]


@pytest.mark.full
def test_with_reduced_motion_a_dropped_file_is_taken_and_tells_where_its_last_record_went(stage, playground_server):
    page = stage.page
    page.emulate_media(reduced_motion="reduce")
    stage.click("Novo produtor")
    page.get_by_test_id("source-rows").check()
    drop = page.evaluate_handle("""() => {
        const data = new DataTransfer();
        data.items.add(new File(['[{"id": 1}, {"id": 2}]'], 'x.json', { type: 'application/json' }));
        return data;
    }""")
    page.get_by_test_id("rows").dispatch_event("drop", {"dataTransfer": drop})
    expect(page.locator("#f-rows-hint")).to_contain_text("JSON: 2 linhas; coluna id")
    page.get_by_test_id("producer-name").fill("meus")
    page.get_by_label("Registros por segundo").fill("5")
    page.get_by_test_id("new-producer-send").click()
    expect(page.get_by_test_id("producer-meus")).to_contain_text("último: FIAP-")
