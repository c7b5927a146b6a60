"""The author's page, as a teacher uses it: write, be told what is wrong where it is wrong, prove, try, share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import axe
from tests.browser.stage_page import Watch
from tests.support.server import PlaygroundServer

PAGE = "/author/"


class Author:
    def __init__(self, page: Page, watch: Watch, url: str) -> None:
        self.page, self.watch, self.url = page, watch, url

    def open(self, path: str = PAGE) -> Author:
        self.page.goto(self.url + path)
        expect(self.page.locator("html[data-ready=author]")).to_be_attached()
        return self

    @property
    def text(self) -> str:
        return self.page.get_by_test_id("text").input_value()

    def write(self, old: str, new: str) -> None:
        assert old in self.text
        self.page.get_by_test_id("text").fill(self.text.replace(old, new))

    def wrong(self, count: int) -> None:
        expect(self.page.locator(f"#verdict[data-wrong='{count}']")).to_be_visible()

    def line_of(self, part: str) -> int:
        return self.text[: self.text.index(part)].count("\n") + 1

    def note(self, code: str) -> Any:
        return self.page.locator(f"[data-testid=note][data-code={code}]")


@pytest.fixture
def author(new_context: Callable[[], BrowserContext], playground_server: PlaygroundServer) -> Iterator[Author]:
    context = new_context()
    watch = Watch(context, playground_server.url)
    author = Author(context.new_page(), watch, playground_server.url).open()
    yield author
    assert watch.faults == []


def test_what_is_wrong_is_told_beside_its_line_while_it_is_written(author: Author) -> None:
    page = author.page
    author.wrong(0)
    author.write("members: 2}", "membres: 2}")
    author.wrong(1)
    note, line = author.note("UNKNOWN_MEASURE"), author.line_of("membres")
    expect(note).to_contain_text(f"linha {line} ")
    expect(note).to_contain_text("Seria “members”?")
    note.get_by_role("button").click()
    caret = page.evaluate("document.getElementById('text').selectionStart")
    assert author.text[caret:].startswith("membres")
    number = page.locator("#gutter .wrong")
    expect(number).to_have_text(str(line))
    beside, there = note.bounding_box(), number.bounding_box()
    assert beside and there and abs(beside["y"] - there["y"]) < 30 and beside["x"] > there["x"] + 300
    expect(page.locator("#painted .wrong")).to_have_text("membres")
    page.keyboard.press("Shift+Control+ArrowRight")
    page.keyboard.type("members")
    author.wrong(0)
    expect(page.get_by_test_id("note")).to_have_count(0)


def test_a_lesson_is_proved_and_tried_on_a_stage(author: Author) -> None:
    page = author.page
    author.wrong(0)
    page.get_by_test_id("prove").click()
    proved = page.get_by_test_id("proved")
    expect(proved).to_have_attribute("data-ok", "true", timeout=60_000)
    expect(proved.locator("[data-what=solution]")).to_contain_text("a solução chega à meta")
    page.get_by_test_id("try").click()
    page.wait_for_url("**/s/*/")
    expect(page.locator("html[data-frame]")).to_be_attached()
    sandbox = page.url.rstrip("/").rpartition("/")[2]
    lesson = page.evaluate("id => fetch(`/api/sandboxes/${id}/lesson`).then((a) => a.json())", sandbox)["lesson"]
    assert lesson["id"] == "meu-primeiro-exercicio"


@pytest.mark.full
def test_two_predictions_that_hold_are_found_by_the_proof_at_their_line(author: Author) -> None:
    page = author.page
    author.write("holds: {group: caixa, consumer: caixa-1, holds: 2}", "holds: {group: caixa, members: 2}")
    author.wrong(0)  # one can be seen only by playing it
    page.get_by_test_id("prove").click()
    expect(page.get_by_test_id("proved")).to_have_attribute("data-ok", "false", timeout=60_000)
    note = author.note("TWO_OPTIONS_HOLD")
    expect(note).to_contain_text(f"linha {author.line_of('predict:')} ")
    expect(note).to_contain_text("2 opções desta pergunta acontecem ao mesmo tempo")


def test_a_lesson_travels_as_an_address_and_nothing_that_was_there_is_lost(author: Author) -> None:
    page = author.page
    author.write("seed: 7", "seed: 77")
    author.wrong(0)
    page.evaluate(
        "navigator.clipboard && (navigator.clipboard.writeText = async (text) => { globalThis.address = text; })"
    )
    page.get_by_test_id("share").click()
    expect(page.get_by_test_id("told")).to_contain_text("está copiado")
    address, shared = page.evaluate("globalThis.address"), author.text
    assert re.match(re.escape(author.url) + r"/author/#lesson=[A-Za-z0-9_-]+$", address) and len(address) < 3_000

    author.write("seed: 77", "seed: 5")
    expect(page.locator("#kept")).to_have_text("rascunho salvo neste navegador")
    page.goto("about:blank")
    page.goto(address)
    expect(page.get_by_test_id("told")).to_contain_text("veio com o endereço")
    assert author.text == shared and "#" not in page.url
    page.get_by_test_id("back").click()
    assert "seed: 5" in author.text
    page.reload()
    expect(page.locator("html[data-ready=author]")).to_be_attached()
    assert "seed: 5" in author.text  # the draft

    author.open(PAGE + "?damaged#lesson=abcd")
    expect(page.get_by_test_id("told")).to_contain_text("não se consegue abrir")
    assert "seed: 5" in author.text


@pytest.mark.full
def test_a_file_is_opened_if_it_is_one(author: Author, tmp_path: Path) -> None:
    page, chooser = author.page, author.page.locator("#file")
    author.wrong(0)
    before = author.text
    (tmp_path / "large.yaml").write_bytes(("# " + "y" * 97 + "\n").encode() * 100_000)
    chooser.set_input_files(tmp_path / "large.yaml")
    expect(page.get_by_test_id("told")).to_contain_text("large.yaml: Uma lição tem no máximo 200.000 bytes")
    expect(page.get_by_test_id("told")).to_contain_text("linha 2001")
    (tmp_path / "latin.yaml").write_bytes("a: são\n".encode("latin-1"))
    chooser.set_input_files(tmp_path / "latin.yaml")
    expect(page.get_by_test_id("told")).to_contain_text("latin.yaml não é um texto UTF-8")
    assert author.text == before
    (tmp_path / "laughs.yaml").write_text("a: &a [x, x]\nb: [*a, *a]\n")
    chooser.set_input_files(tmp_path / "laughs.yaml")
    expect(author.note("ANCHOR")).to_contain_text("linha 1 ")
    with page.expect_download() as caught:
        page.get_by_test_id("save-file").click()
    assert caught.value.path().read_text() == "a: &a [x, x]\nb: [*a, *a]\n"


def test_one_begins_with_a_copy_and_looks_things_up(author: Author) -> None:
    page = author.page
    choice = page.get_by_test_id("copy-of")
    name = choice.locator("optgroup option").first.get_attribute("value")
    choice.select_option(name)
    expect(page.get_by_test_id("text")).to_have_value(re.compile(rf"^id: {name}$", re.M))
    author.wrong(0)
    page.get_by_test_id("find").fill("atraso")
    expect(page.get_by_role("definition").filter(has_text="Atraso: registros entre")).to_be_visible()
    expect(page.get_by_text("A versão deste formato: 1.")).to_be_hidden()
    page.get_by_test_id("find").fill("zzz")
    expect(page.locator("#nothing")).to_be_visible()


def test_axe_finds_nothing_on_the_pages_of_lessons(author: Author) -> None:
    page = author.page
    page.emulate_media(reduced_motion="reduce")  # colours change at once
    author.write("par: 1", "par: um")
    author.wrong(1)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert axe.violations(page) == []
    page.locator("#theme").click()
    assert axe.violations(page, colours=True) == []
    page.goto(author.url + "/levels/")
    expect(page.get_by_test_id("level").first).to_be_visible()
    assert axe.violations(page, colours=True) == []
    page.locator("#theme").click()
    assert axe.violations(page) == []
