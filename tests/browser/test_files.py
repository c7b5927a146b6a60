"""The hex inspector: what it names is what was written, and what it hands over other tools read."""

from __future__ import annotations

import io
import json
import urllib.request
import zipfile
from typing import Any

import pytest
from kafka.record.memory_records import MemoryRecords
from playwright.sync_api import expect

from tests.browser.stage_page import Stage
from tests.support.server import PlaygroundServer


@pytest.fixture
def written(stage: Stage, playground_server: PlaygroundServer) -> dict[str, Any]:
    """A record that was written by hand: where it is, and all that is known of it."""
    playground_server.do("stop_producer", producer="loja")
    headers = {"origem": "aula"}
    at = playground_server.do("produce", topic="FIAP", key="cliente-4", value='{"café": 1}', headers=headers)
    if at.get("offset", -1) < 0:
        found = playground_server.wait_for(lambda s: _newest(playground_server, s))
    else:
        found = (at["partition"], at["offset"])
    playground_server.wait_for(lambda s: s["topics"][0]["partitions"][found[0]]["hw"] > found[1])
    playground_server.do("pause")
    return dict(playground_server.ask("record", topic="FIAP", partition=found[0], offset=found[1]))


def _newest(server: PlaygroundServer, state: dict[str, Any]) -> tuple[int, int] | None:
    for p in state["topics"][0]["partitions"]:
        if p["end"] and p["hw"] == p["end"]:
            record = server.ask("record", topic="FIAP", partition=p["id"], offset=p["end"] - 1)
            if record["headers"] == [["origem", "aula"]]:
                return p["id"], p["end"] - 1
    return None


def open_files(stage: Stage, record: dict[str, Any]) -> str:
    """From the stage by its own way; to the segment of the record, on the leader. Returns the file's path."""
    page = stage.page
    page.get_by_test_id("switcher-open").click()
    page.get_by_test_id("to-files").click()
    expect(page.locator("html[data-ready]")).to_be_attached()
    leader = next(r["broker"] for r in record["replicas"] if r["leader"])
    page.get_by_test_id(f"files-broker-{leader}").click()
    folder = f"{record['topic']}-{record['partition']}/"
    logs = page.locator(f'[data-testid=file][data-path^="{folder}"][data-path$=".log"]')
    expect(logs.last).to_be_visible()
    logs.last.click()
    path = logs.last.get_attribute("data-path")
    expect(page.get_by_test_id("file-title")).to_have_text(path or "")
    return str(path)


def test_the_fields_that_are_named_are_those_of_the_record(stage: Stage, written: dict[str, Any]) -> None:
    page = stage.page
    path = open_files(stage, written)
    batch = page.get_by_test_id("item-batch").last
    record = batch.get_by_test_id("item-record").last
    value = lambda item, name: item.locator(f'[data-name="{name}"] .field-value').first.inner_text()  # noqa: E731
    assert path.startswith(f"FIAP-{written['partition']}/")
    assert value(batch, "baseOffset") == str(written["batch"]["base_offset"])
    assert value(batch, "crc") == f"0x{written['batch']['crc']:08x}"
    assert value(batch, "partitionLeaderEpoch") == str(written["batch"]["epoch"])
    assert (value(record, "key"), value(record, "value")) == ("cliente-4", '{"café": 1}')
    assert (value(record, "headerKey"), value(record, "headerValue")) == ("origem", "aula")
    expect(batch).to_contain_text("CRC ✓")

    # a field, its bytes and its meaning light up together
    record.locator('[data-name="key"]').hover()
    lit = page.locator(".hex .octets .lit")
    assert bytes.fromhex("".join(lit.all_inner_texts())) == b"cliente-4"
    record.locator('[data-name="value"]').focus()
    expect(page.get_by_test_id("field-told")).to_contain_text("O valor, como o produtor o mandou.")
    assert bytes.fromhex("".join(lit.all_inner_texts())).decode() == '{"café": 1}'
    record.locator('[data-name="value"]').press("ArrowUp")
    expect(page.get_by_test_id("field-told")).to_contain_text("valueLength")
    lit.first.click()
    expect(record.locator('[data-name="valueLength"]')).to_have_attribute("aria-pressed", "true")


@pytest.mark.full
def test_every_file_of_a_broker_opens_with_all_its_bytes(stage: Stage, written: dict[str, Any]) -> None:
    page = stage.page
    open_files(stage, written)
    folded = page.locator(".folder-name[aria-expanded=false]")
    for left in range(folded.count(), 0, -1):
        folded.first.click()
        expect(folded).to_have_count(left - 1)
    files = page.get_by_test_id("file")
    kinds = set()
    for number in range(files.count()):
        path = files.nth(number).get_attribute("data-path") or ""
        if path.startswith("__consumer_offsets") or path.startswith("FIAP-2"):
            continue
        files.nth(number).click()
        expect(page.get_by_test_id("file-title")).to_have_text(path)
        told = page.evaluate("[riachoFiles.page.bytes, riachoFiles.page.kind, riachoFiles.anatomy.fields.length]")
        kinds.add(told[1])
        if told[0]:
            assert page.locator(".hex .octets i[data-f]").count() > 0, path
            assert told[2] > 0, path
    assert {"log", "index", "epochs", "partition", "meta"} <= kinds


def test_the_folder_comes_as_a_zip_that_a_kafka_client_reads(
    stage: Stage, written: dict[str, Any], playground_server: PlaygroundServer
) -> None:
    page = stage.page
    path = open_files(stage, written)
    with page.expect_download() as coming:
        page.get_by_test_id("zip").click()
    leader = next(r["broker"] for r in written["replicas"] if r["leader"])
    assert coming.value.suggested_filename == f"demo-broker-{leader}.zip"
    with zipfile.ZipFile(coming.value.path()) as packed:
        assert packed.testzip() is None
        listed = playground_server.ask("files", broker=leader)["files"]
        sizes = {info.filename: info.file_size for info in packed.infolist()}
        assert sizes == {f"broker-{leader}/{file['path']}": file["bytes"] for file in listed}
        data = packed.read(f"broker-{leader}/{path}")
    batches = MemoryRecords(data)
    records = []
    while (batch := batches.next_batch()) is not None:
        assert batch.validate_crc()
        records += [(r.offset, r.key, r.value) for r in batch]
    assert (written["offset"], b"cliente-4", '{"café": 1}'.encode()) in records


def test_the_api_names_what_it_cannot_give(playground_server: PlaygroundServer) -> None:
    def refused(path: str) -> tuple[int, str]:
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(f"{playground_server.url}/api/sandboxes/demo/files/{path}")
        return error.value.code, json.load(io.BytesIO(error.value.read()))["error"]["code"]

    assert refused("9") == (404, "NOT_FOUND")
    assert refused("1/FIAP-0/nothing.log") == (404, "NOT_FOUND")
    assert refused("1/../../etc/passwd")[0] in (400, 404)
    assert refused("1/replication-offset-checkpoint?from=x") == (422, "INVALID_REQUEST")


def test_the_bytes_of_a_past_moment_are_those_it_had_then(stage: Stage, playground_server: PlaygroundServer) -> None:
    page = stage.page
    playground_server.wait_for(lambda s: s["at_ms"] > 4_000 and s["topics"][0]["partitions"][1]["hw"] > 0)
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.get_by_test_id("past")).to_be_visible()
    first = stage.snapshot["at_ms"]
    page.keyboard.press("Shift+ArrowLeft")
    stage.wait("(first) => riacho.snapshot.at_ms < first", first)
    moment = {"step": stage.snapshot["step"], "ms": stage.snapshot["at_ms"]}
    page.get_by_test_id("switcher-open").click()
    page.get_by_test_id("to-files").click()
    expect(page.get_by_test_id("files-past")).to_contain_text("Como era em 00:0")
    expect(page.locator("html[data-ready]")).to_be_attached()
    shown = dict(page.evaluate("riachoFiles.listing.files.map((f) => [f.path, f.bytes])"))
    then = playground_server.ask("files", broker=1, **moment)["files"]
    now = playground_server.ask("files", broker=1)["files"]
    assert shown == {file["path"]: file["bytes"] for file in then}
    assert sum(file["bytes"] for file in then) < sum(file["bytes"] for file in now)
    page.get_by_test_id("files-past").get_by_role("link").click()
    expect(page.get_by_test_id("files-past")).to_have_count(0)
