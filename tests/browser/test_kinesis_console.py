"""The Kinesis console as a student uses it: create a stream, put a record, read it decoded, see the same on the command
line, delete the stream; what AWS refuses, and what an answer means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.console_page import HOME, SHARD_3, STREAM, Console, consoles
from tests.browser.stage_page import PATIENCE_MS
from tests.support.server import PlaygroundServer


@pytest.fixture
def console(new_context: Callable[[], BrowserContext], playground_server: PlaygroundServer) -> Iterator[Console]:
    yield from consoles(new_context, playground_server)


def test_a_student_creates_a_stream_puts_a_record_reads_it_decoded_and_ends_the_lab(console: Console) -> None:
    page, by = console.page, console.by
    expect(by("empty")).to_contain_text("Ainda não há nenhum fluxo")
    by("create-first").click()
    expect(page).to_have_url(re.compile(r"/s/demo/kinesis/create/$"))
    expect(by("estimate-in")).to_contain_text("4")
    by("shards").fill("2")
    expect(by("estimate-records")).to_contain_text("2.000")
    expect(by("estimate-out")).to_contain_text("4")
    by("shards").fill("4")
    by("name").fill("meu stream")
    expect(by("k-name-fault")).to_contain_text("sem espaços")
    by("name").fill(STREAM)
    expect(by("create-twin-text")).to_contain_text("aws kinesis create-stream")
    expect(by("create-twin-text")).to_contain_text("--shard-count 4")
    by("create-send").click()

    expect(page).to_have_url(re.compile(rf"/s/demo/kinesis/{STREAM}/\?tab=monitoring$"))
    expect(by("stream-name")).to_have_text(STREAM)
    expect(by("status").first).to_have_attribute("data-status", "ACTIVE")
    expect(by("done-text")).to_contain_text(f"--stream-name {STREAM}")

    console.tab("put")
    by("put-key").fill("1")
    expect(by("landing")).to_have_attribute("data-shard", SHARD_3)
    by("put-data").fill('{"nome":"Fernando"}')
    expect(by("put-twin-text")).to_contain_text("--cli-binary-format raw-in-base64-out")
    by("put-twin-boto3").click()
    expect(by("put-twin-text")).to_contain_text("kinesis.put_record(")
    by("put-send").click()
    expect(by("put-result")).to_contain_text(SHARD_3)
    expect(by("put-result").locator(".k-sequence")).to_have_text(re.compile(r"^\d{56}$"))

    console.tab("viewer")
    by("viewer-shard").select_option(SHARD_3)
    by("viewer-read").click()
    expect(by("record")).to_have_count(1)
    expect(by("record").get_by_test_id("data")).to_have_text('{"nome":"Fernando"}')
    expect(by("record").get_by_role("rowheader")).to_contain_text("1")
    by("show-base64").click()
    expect(by("data")).to_have_text("eyJub21lIjoiRmVybmFuZG8ifQ==")
    expect(by("done-text")).to_contain_text("kinesis.get_shard_iterator(")
    by("done-cli").click()
    expect(by("done-text")).to_contain_text("SHARD_ITERATOR=$(aws kinesis get-shard-iterator")

    by("delete").click()
    expect(by("delete-send")).to_have_attribute("aria-disabled", "true")
    by("delete-name").fill(STREAM)
    by("delete-send").click()
    expect(by("ended")).to_contain_text("laboratório encerrado")
    expect(page).to_have_url(re.compile(r"/s/demo/kinesis/$"))
    console.until(lambda stream: stream is None)


@pytest.mark.full
def test_aws_says_what_is_wrong_in_its_own_words_and_the_page_in_kind_ones(console: Console) -> None:
    console.begin()
    console.open(f"{HOME}create/")
    console.by("name").fill(STREAM)
    console.by("create-send").click()
    refused = console.by("create-form").get_by_test_id("refused")
    expect(refused).to_have_attribute("data-code", "ResourceInUseException")
    expect(refused).to_contain_text(f"Stream {STREAM} under account 000000000000 already exists.")
    expect(refused).to_contain_text("Já existe um com esse nome")
    expect(console.by("call").first).to_have_attribute("data-state", "refused")


@pytest.mark.full
def test_encryption_metrics_and_tags_of_the_form_are_there_when_the_stream_is(console: Console) -> None:
    page, by = console.page, console.by
    console.open(f"{HOME}create/")
    by("name").fill(STREAM)
    for which in ("encrypted", "metrics"):
        page.locator(f".k-toggle:has([data-testid={which}])").click()
    by("tag-add").click()
    by("tag.key-0").fill("turma")
    by("tag.value-0").fill("2ª noite")
    twin = by("create-twin-text")
    for part in (
        "--tags turma='2ª noite'",
        "wait stream-exists",
        "start-stream-encryption",
        "--shard-level-metrics ALL",
    ):
        expect(twin).to_contain_text(part)
    by("create-send").click()
    expect(by("call").first).to_have_attribute("data-state", "done", timeout=PATIENCE_MS * 2)
    stream = console.stream()
    assert stream and (stream["encryption"], stream["tags"], len(stream["metrics"])) == (
        "KMS",
        {"turma": "2ª noite"},
        7,
    )


@pytest.mark.full
def test_reading_page_by_page_says_what_each_answer_means(console: Console) -> None:
    by = console.by
    console.begin()
    for _ in range(12):
        console.call("PutRecord", StreamName=STREAM, PartitionKey="1", Data="dGVzdGU=")
    console.tab("viewer")
    by("viewer-shard").select_option(SHARD_3)
    by("viewer-from").select_option("LATEST")
    by("viewer-read").click()
    expect(by("note-latest")).to_contain_text("depois do último registro")
    console.call("PutRecord", StreamName=STREAM, PartitionKey="2", Data="w6k=")
    by("viewer-next").click()
    expect(by("record")).to_have_count(1)
    expect(by("data")).to_have_text("é")
    by("viewer-next").click()
    expect(by("note-empty")).to_contain_text("Vazio não é o fim")
    by("viewer-from").select_option("TRIM_HORIZON")
    console.page.locator("#v-limit").select_option("10")
    by("viewer-read").click()
    expect(by("record")).to_have_count(10)
    by("viewer-next").click()
    expect(by("record")).to_have_count(13)


@pytest.mark.full
def test_while_time_stands_a_click_waits_and_the_page_says_why(console: Console) -> None:
    by = console.by
    console.begin(tab="put")
    console.server.do("pause")
    expect(by("paused")).to_contain_text("O tempo está parado")
    by("put-send").click()
    expect(by("put-send")).to_have_attribute("aria-busy", "true")
    expect(by("call").first).to_have_attribute("data-state", "running")
    by("resume").click()
    expect(by("put-result")).to_contain_text(SHARD_3)
    expect(by("paused")).to_have_count(0)


@pytest.mark.full
def test_several_records_go_at_once_and_each_answer_names_its_shard(console: Console) -> None:
    by = console.by
    console.begin(tab="put")
    by("many-many").check()
    by("put-lines").fill('1: teste\n2: {"nome":"Fernando"}\n\ncliente-5: x')
    expect(by("put-twin-text")).to_contain_text("aws kinesis put-records")
    expect(by("put-send")).to_have_text("Gravar 3 registros")
    by("put-send").click()
    expect(by("put-result")).to_have_count(3)
    by("put-result").filter(has_text=SHARD_3).first.get_by_test_id("put-read").click()
    expect(by("viewer-from")).to_have_value("AT_SEQUENCE_NUMBER")
    by("viewer-read").click()
    expect(by("data").first).to_have_text("teste")


@pytest.mark.full
def test_the_lines_go_to_the_shell_at_the_foot_and_do_the_same_there(console: Console) -> None:
    page, by = console.page, console.by
    console.begin(tab="put")
    by("put-twin-insert").click()
    expect(by("shell-screen")).to_contain_text("--data teste", timeout=PATIENCE_MS * 2)
    page.evaluate("scrollTo(0, 100)")
    page.keyboard.type(" ")
    page.keyboard.press("Enter")
    assert page.evaluate("scrollY") == 100, "who types there does not move the page behind it"
    console.until(lambda stream: stream and sum(shard["records"] for shard in stream["shards"]) == 1)
    expect(by("shell-screen")).to_contain_text(SHARD_3)
    console.tab("viewer")
    expect(by("shell-screen")).to_contain_text(SHARD_3)  # it lives on while one walks about
    by("shell-turn").click()
    expect(by("shell-screen")).not_to_be_visible()


@pytest.mark.full
def test_the_page_speaks_english_too(console: Console) -> None:
    console.begin()
    console.page.locator("button[name=language][value=en]").click()
    expect(console.by("tab-viewer")).to_have_text("Data viewer")
    expect(console.by("status").first).to_contain_text("active")
    names = console.page.evaluate(
        "[...document.querySelectorAll('main *')].map((one) => one.ariaLabel ?? one.textContent)"
    )
    assert [name for name in names if re.fullmatch(r"[a-z]+([.-][a-zA-Z-]+)+", name.strip())] == [
        STREAM
    ]  # no text is missing
