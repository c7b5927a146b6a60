"""The composer: JSON that is checked to the column, tombstones, and bursts that go where their keys lead."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

TOPIC = "FIAP"
LARGE = {
    "brokers": 6, "topics": [{"topic": "a", "partitions": 70, "replication": 3}],
    "producers": [{"producer": "loja", "topic": "a", "rate": 40.0}],
}  # fmt: skip


def ends(server):
    return [p["end"] for p in server.state()["topics"][0]["partitions"]]


def test_broken_json_is_told_to_the_column_and_sent_only_by_who_insists(stage, playground_server):
    page = stage.page
    playground_server.do("stop_producer", producer="loja")
    page.keyboard.press("n")
    value, hint = page.get_by_test_id("compose-value"), page.locator("#f-value-hint")
    expect(page.get_by_test_id("compose-key")).to_be_focused()
    value.fill('{\n  "cliente": 4,\n  "valor": 18,90\n}')
    expect(hint).to_contain_text("linha 3, coluna 14: em JSON o decimal se escreve com ponto: 18.90")
    before = ends(playground_server)
    page.get_by_test_id("compose-send").click()
    expect(value).to_be_focused()
    assert value.evaluate("(area) => area.value.slice(area.selectionStart, area.selectionEnd)") == ","
    expect(page.get_by_test_id("compose-send")).to_have_text("Produzir assim mesmo, como texto")
    assert ends(playground_server) == before

    page.keyboard.type(".")
    expect(hint).to_contain_text("JSON válido")
    page.get_by_test_id("compose-pretty").click()
    expect(value).to_have_value('{"cliente":4,"valor":18.9}')
    value.fill('{"a": ')
    page.get_by_test_id("compose-send").click()
    page.get_by_test_id("compose-send").click()
    expect(page.get_by_test_id("compose-result")).to_contain_text("Gravado em")
    assert sum(ends(playground_server)) == sum(before) + 1


def test_the_key_says_where_it_leads_and_a_tombstone_goes_there(stage, playground_server):
    page = stage.page
    page.keyboard.press("n")
    page.get_by_test_id("compose-key").fill("cliente-5")
    told = page.locator("#f-key-hint")
    expect(told).to_contain_text(re.compile(r"murmur2 leva esta chave à partição \d, das 3"))
    partition = int(re.search(r"partição (\d)", told.inner_text()).group(1))
    page.get_by_label("sem valor").check()
    expect(page.get_by_test_id("compose-value")).to_be_disabled()
    page.get_by_test_id("compose-send").click()
    page.get_by_test_id("compose-result").get_by_role("button").click()
    expect(page.get_by_test_id("record-title")).to_contain_text(f"{TOPIC}-{partition} @ ")
    expect(stage.drawer).to_contain_text("lápide")


def test_a_burst_lands_where_its_preview_says(stage, playground_server):
    page = stage.page
    playground_server.do("stop_producer", producer="loja")
    page.keyboard.press("n")
    page.get_by_test_id("compose-burst").click()
    page.get_by_test_id("burst-keys-own").check()
    page.get_by_test_id("burst-own").fill("ana\nbia\ncaio\nana\nduda")
    page.get_by_test_id("burst-records").fill("203")
    page.get_by_test_id("burst-value").fill('{"n": {n}, "quem": "{key}"}')
    rows = page.locator(".spread-row")
    expect(rows).to_have_count(3)
    total = "() => [...document.querySelectorAll('.spread-row')].reduce((sum, row) => sum + +row.dataset.records, 0)"
    stage.wait(f"() => ({total})() === 203")
    promised = rows.evaluate_all("(rows) => rows.map((row) => Number(row.dataset.records))")
    playground_server.wait_for(lambda s: s["producers"][0]["waiting"] == 0)
    before = ends(playground_server)
    page.get_by_role("button", name="Produzir 203 registros").click()
    expect(page.get_by_test_id("compose-result")).to_contain_text("203 registros entregues")
    playground_server.wait_for(lambda s: sum(p["hw"] for p in s["topics"][0]["partitions"]) == sum(before) + 203)
    assert [now - then for now, then in zip(ends(playground_server), before, strict=True)] == promised
    where = promised.index(max(promised))
    record = playground_server.ask("record", topic=TOPIC, partition=where, offset=ends(playground_server)[where] - 1)
    assert json.loads(record["value"]["text"])["quem"] == record["key"]["text"]

    page.get_by_test_id("burst-keys-hot").check()
    page.get_by_test_id("burst-records").fill("1001")
    expect(page.get_by_test_id("burst-send")).to_be_disabled()


@pytest.mark.full
def test_in_a_large_cluster_too_whoever_opens_the_form_or_the_menu_is_in_it(visit, playground_server):
    """There a picture is drawn over several frames, and the form comes with one of the next."""
    playground_server.begin(LARGE)
    page = visit(playground_server.url).page
    for _ in range(4):
        page.keyboard.press("n")
        expect(page.get_by_test_id("compose-key")).to_be_focused()
        page.get_by_test_id("drawer-close").click()
        page.locator("#tools-open").press("Enter")
        expect(page.locator("#tools-menu [role=menuitem]").first).to_be_focused()
        page.keyboard.press("Escape")
