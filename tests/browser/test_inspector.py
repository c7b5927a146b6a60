"""Looking closer: a record's path, hash and bytes; pages of a partition, a segment, a group; the ghost; addresses."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from engine.wire.partitioners import murmur2, murmur2_partition
from playground import narration
from tests.browser.stage_page import Stage
from tests.browser.test_why import calm, plain
from tests.support.server import PlaygroundServer


def written(stage: Stage, server: PlaygroundServer, records: int = 6) -> None:
    """So many records in the first partition, readable; time stands still."""
    server.do("speed", speed=16)
    server.wait_for(lambda s: s["topics"][0]["partitions"][0]["hw"] >= records)
    calm(stage, server)


def test_a_record_shows_its_path_its_hash_and_its_bytes(stage: Stage, playground_server: PlaygroundServer) -> None:
    server, page = playground_server, stage.page
    written(stage, server)
    step = server.state()["step"]
    stage.click_record("FIAP", 0, 2)
    expect(page.get_by_test_id("record-detail")).to_be_visible()
    told = server.ask("record", topic="FIAP", partition=0, offset=2)

    page.get_by_test_id("fold-path").locator("summary").click()
    stops = page.get_by_test_id("path").locator("li")
    expect(stops.first).to_be_visible()
    path = server.ask("journey", topic="FIAP", partition=0, offset=2)["stops"]
    assert [stops.nth(i).get_attribute("data-code") for i in range(stops.count())] == [stop["code"] for stop in path]
    order = [stop["code"] for stop in path]
    assert order[:3] == ["path.made", "path.sent", "path.appended"]
    assert order.index("path.safe") < order.index("path.acked") < order.index("path.delivered")
    for i, stop in enumerate(path):
        assert plain(narration.tell_why(stop, "pt-BR")) in plain(stops.nth(i).inner_text())
    page.get_by_test_id("fold-path").locator("summary").click()

    page.get_by_test_id("fold-hash").locator("summary").click()
    end = page.get_by_test_id("hash-end")
    key = told["key"]["text"].encode()
    expect(end).to_have_attribute("data-hash", str(murmur2(key)))
    expect(end).to_have_attribute("data-partition", "0")
    for other in ("cliente-7", "a", "maçã ☕", "abcdefgh"):
        page.get_by_test_id("hash-other").fill(other)
        expect(end).to_have_attribute("data-hash", str(murmur2(other.encode())))
        expect(end).to_have_attribute("data-partition", str(murmur2_partition(other.encode(), 3)))
    page.get_by_test_id("fold-hash").locator("summary").click()

    page.get_by_test_id("fold-bytes").locator("summary").click()
    data = server.ask("inspect", kind="bytes", topic="FIAP", partition=0, offset=2)
    rows = page.get_by_test_id("bytes").locator(".field-row")
    expect(rows).to_have_count(len(data["batch"]["fields"]) + len(data["record"]["fields"]))
    page.get_by_role("button", name=re.compile("^crc")).click()
    expect(page.get_by_test_id("bytes")).to_contain_text("CRC-32C")
    page.get_by_test_id("bytes-file").click()
    page.wait_for_url("**/files/**")
    expect(page.locator("body")).to_contain_text("baseOffset")
    assert server.state()["step"] == step, "looking takes no step"


def test_pages_of_a_partition_its_segments_and_a_group_agree_with_the_engine(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server, page = playground_server, stage.page
    server.do("speed", speed=16)
    server.wait_for(lambda s: all(p["hw"] > 3 for p in s["topics"][0]["partitions"]))
    leader = server.state()["topics"][0]["partitions"][1]["leader"]
    server.do("crash_broker", broker=leader)
    server.wait_for(lambda s: s["topics"][0]["partitions"][1]["leader"] not in (leader, -1))
    calm(stage, server)
    page.evaluate("location.hash = 'select=partition/FIAP/1'")
    page.get_by_test_id("partition-more").wait_for()
    data = server.ask("inspect", kind="partition", topic="FIAP", partition=1)
    for replica in data["replicas"]:
        line = page.get_by_test_id("inspect-replicas").locator(f'[data-broker="{replica["broker"]}"]')
        expect(line).to_contain_text(f"{replica['start']} – {replica['end']}")
    expect(page.get_by_test_id("epochs").locator("[data-epoch]")).to_have_count(len(data["epochs"]))
    leaders = page.get_by_test_id("leaders")
    expect(leaders.locator("[data-n]")).to_have_count(len(data["leaders"]))
    expect(leaders).to_contain_text(f"B{data['leaders'][0]['leader']}, época 1, depois de uma falha")
    expect(leaders.locator("li").last).to_contain_text(f"B{leader}")
    expect(page.get_by_test_id("configs-set")).to_contain_text("min.insync.replicas")

    page.get_by_test_id("segment-0").click()
    segment = server.ask("inspect", kind="segment", topic="FIAP", partition=1, broker=data["leader"], base=0)
    expect(page.get_by_test_id("segment-offsets")).to_have_text(f"0 – {segment['next'] - 1}")
    expect(page.get_by_test_id("segment")).to_contain_text(f"{segment['records']} registros")
    page.get_by_test_id("segment-partition").click()
    expect(page.get_by_test_id("partition-title")).to_have_text("FIAP-1")

    page.evaluate("location.hash = 'select=group/B'")
    page.get_by_test_id("group-offsets-table").wait_for()
    for row in server.ask("inspect", kind="group", group="B")["partitions"]:
        line = page.get_by_test_id("group-offsets-table").locator(f'[data-partition="FIAP-{row["partition"]}"]')
        cells = [cell.strip() for cell in line.locator("td").all_inner_texts()]
        assert cells[:4] == [row["owner"], *(str(row[name]) if row[name] is not None else "–"
                                             for name in ("position", "committed", "hw"))]  # fmt: skip
        assert cells[4].startswith(str(row["lag"]))
    page.evaluate("(b) => { location.hash = `select=broker/${b}`; }", leader)
    expect(page.get_by_test_id("broker-heard")).to_contain_text("fenced")
    # the same in the past: the broker was alive then
    crashed = next(e for e in server.ask("events", since=0, limit=2_000)["events"] if e["code"] == "broker_crashed")
    page.evaluate("(s) => { location.hash += `&step=${s}`; }", crashed["step"] - 40)
    expect(page.get_by_test_id("past")).to_be_visible()
    expect(page.get_by_test_id("broker-heard")).to_contain_text("um a cada 500 ms")


@pytest.mark.full
def test_the_ghost_is_dragged_along_the_tape_and_touches_nothing(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server, page = playground_server, stage.page
    page.emulate_media(reduced_motion="reduce")
    written(stage, server)
    before = server.state()
    page.evaluate("location.hash = 'select=partition/FIAP/0'")
    told = page.get_by_test_id("ghost-told")

    def seen(offset: int, code: str) -> None:
        expect(told).to_have_attribute("data-offset", str(offset))
        expect(told).to_have_attribute("data-code", code)
        expect(page.get_by_test_id("ghost-mark")).to_have_attribute("data-offset", str(offset))

    page.get_by_test_id("ghost-earliest").click()
    seen(0, "earliest")
    expect(page.get_by_test_id("ghost-earliest")).to_have_attribute("aria-pressed", "true")
    hw = before["topics"][0]["partitions"][0]["hw"]
    page.get_by_test_id("ghost-latest").click()
    seen(hw, "latest")
    page.get_by_test_id("ghost-back").click()
    seen(hw - 1, "offset")
    committed = next(g for g in before["groups"] if g["id"] == "A")["committed"]["FIAP"]["0"]
    page.get_by_test_id("ghost-committed-A").click()
    seen(committed, "committed")

    # dragged by the pointer to the record with offset 1
    leader = before["topics"][0]["partitions"][0]["leader"]
    start = stage.cell("FIAP", 0, leader, committed) or stage.cell("FIAP", 0, leader, committed - 1)
    target = stage.cell("FIAP", 0, leader, 1)
    box = page.get_by_test_id("ghost-mark").bounding_box()
    assert start and target and box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for part in (0.3, 0.6, 1):
        x = box["x"] + box["width"] / 2
        page.mouse.move(x + (target["x"] + target["w"] / 2 - x) * part, target["y"] + target["h"] / 2)
    page.mouse.up()
    seen(1, "offset")
    records = page.get_by_test_id("ghost-records").locator("li")
    found = server.ask("ghost", topic="FIAP", partition=0, start="offset", offset=1)["records"]
    assert [int(records.nth(i).get_attribute("data-offset") or -1) for i in range(records.count())] == [
        record["offset"] for record in found
    ]
    expect(records.first).to_contain_text(found[0]["key"]["text"])

    # by a point in time: that of record 2
    stamp = server.ask("record", topic="FIAP", partition=0, offset=2)["timestamp_ms"]
    page.get_by_test_id("ghost-when").evaluate(
        "(e, ms) => { e.value = ms; e.dispatchEvent(new Event('input', {bubbles: true})); }", stamp
    )
    seen(2, "timestamp")
    stage.wait("() => location.hash.includes('ghost=FIAP/0/timestamp')")
    after = server.state()
    assert (after["step"], after["groups"]) == (before["step"], before["groups"]), "the cluster did not notice"
    address = page.url
    page.get_by_test_id("ghost-clear").click()
    expect(page.get_by_test_id("ghost-mark")).to_have_count(0)
    page.goto("about:blank")
    page.goto(address)
    seen(2, "timestamp")


def test_what_is_open_is_in_the_address_and_back_leads_to_what_was(
    stage: Stage, playground_server: PlaygroundServer
) -> None:
    server, page = playground_server, stage.page
    written(stage, server)
    stage.click_record("FIAP", 0, 3)
    stage.wait("() => location.hash === '#select=record/FIAP/0/3'")
    stage.click_record("FIAP", 0, 1)
    expect(page.get_by_test_id("record-title")).to_contain_text("FIAP-0 @ 1")
    page.go_back()
    expect(page.get_by_test_id("record-title")).to_contain_text("FIAP-0 @ 3")
    page.go_forward()
    expect(page.get_by_test_id("record-title")).to_contain_text("FIAP-0 @ 1")
    page.keyboard.press("2")
    stage.wait("() => location.hash.includes('view=brokers') && location.hash.includes('select=record')")
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.get_by_test_id("past")).to_be_visible()
    stage.wait("() => location.hash.includes('step=')")
    then, address = stage.snapshot["step"], page.url
    page.goto("about:blank")
    page.goto(address)
    expect(page.get_by_test_id("past")).to_have_attribute("data-step", str(then))
    expect(page.get_by_test_id("record-title")).to_contain_text("FIAP-0 @ 1")
    expect(page.get_by_test_id("view-brokers")).to_have_attribute("aria-selected", "true")
    page.get_by_test_id("copy-link").click()
    expect(page.get_by_role("status").or_(page.get_by_role("alert")).first).to_be_attached()
    page.get_by_test_id("drawer-close").click()
    stage.wait("() => !location.hash.includes('select=')")
    page.evaluate("location.hash = 'record=FIAP/0/2'")
    expect(page.get_by_test_id("record-title")).to_contain_text("FIAP-0 @ 2")
    page.evaluate("location.hash = 'select=nonsense/9&step=x'")
    expect(page.get_by_test_id("past")).to_have_count(0)
