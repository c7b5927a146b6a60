"""Both languages, everywhere: each catalogue has its twin with the same keys, and no page has words of its own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import polib
import pytest

from playground import patterns
from tests.stage.test_catalogues import arguments

ROOT = Path(__file__).resolve().parents[2]
PAIRS = sorted(p for p in (ROOT / "static/i18n").rglob("*pt-BR.json"))
# What may be the same in both: names, signs, Kafka's own words.
WORDLESS = re.compile(r"^[\W\d_]*$")
# Of a template: what is no text to be read.
MARKUP = re.compile(
    r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<(script|style|svg)\b.*?</\1>|<!--.*?-->|<!doctype[^>]*>", re.S
)
TRANSLATED = re.compile(r"{%\s*blocktranslate\b.*?%}(.*?){%\s*endblocktranslate\s*%}", re.S)
READ_ALOUD = re.compile(r"""\b(?:title|aria-label|placeholder|alt)=(["'])(.*?)\1""", re.S)
NAMES = {"Riacho", "en", "pt"}


def flat(data: Any, path: str = "") -> dict[str, Any]:
    if isinstance(data, dict):
        return {key: value for name, one in data.items() for key, value in flat(one, f"{path}/{name}").items()}
    if isinstance(data, list):
        return {key: value for i, one in enumerate(data) for key, value in flat(one, f"{path}/{i}").items()}
    return {path: data}


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: str(path.relative_to(ROOT / "static/i18n")))
def test_a_catalogue_says_the_same_things_in_both_languages(path: Path) -> None:
    twin = path.with_name(path.name.replace("pt-BR", "en"))
    first, second = (flat(json.loads(one.read_text(encoding="utf-8"))) for one in (path, twin))
    assert set(first) == set(second)
    for key, text in first.items():
        for said in (text, second[key]):
            assert isinstance(said, (str, int, float, bool)), key
            assert not isinstance(said, str) or said.strip() or WORDLESS.match(said), f"{path.name} {key} is empty"


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: str(path.relative_to(ROOT / "static/i18n")))
def test_a_text_takes_the_same_parameters_in_both_languages(path: Path) -> None:
    twin = path.with_name(path.name.replace("pt-BR", "en"))
    first, second = (flat(json.loads(one.read_text(encoding="utf-8"))) for one in (path, twin))
    for key, text in first.items():
        if isinstance(text, str) and not key.startswith("/words/") and "{" in text:
            try:
                taken = arguments(patterns.parse(text))
            except patterns.BadPattern:
                continue  # code to be copied, no sentence
            assert taken == arguments(patterns.parse(second[key])), key


def test_no_catalogue_is_without_its_twin() -> None:
    english = {
        p.with_name(re.sub(r"\ben\.json$", "pt-BR.json", p.name)) for p in (ROOT / "static/i18n").rglob("*en.json")
    }
    assert english == set(PAIRS)


def test_every_sentence_of_a_template_with_parts_to_fill_in_is_translated() -> None:
    portuguese = {e.msgid for e in polib.pofile(str(ROOT / "locale/pt_BR/LC_MESSAGES/django.po")).translated_entries()}
    missing = []
    for template in (ROOT / "templates").rglob("*.html"):
        for found in TRANSLATED.finditer(template.read_text(encoding="utf-8")):
            for form in re.split(r"{%\s*plural\s*%}", found[1])[:1]:
                msgid = re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", form.replace("%", "%%")) if "{{" in form else form
                if msgid not in portuguese and msgid.replace("%%", "%") not in portuguese:
                    missing.append((template.name, msgid))
    assert missing == []


def test_no_template_has_words_that_are_not_translated() -> None:
    bare = []
    for template in (ROOT / "templates").rglob("*.html"):
        text = TRANSLATED.sub("", MARKUP.sub("", template.read_text(encoding="utf-8")))
        read = [found[2] for found in READ_ALOUD.finditer(text)]
        visible = re.sub(r"{{.*?}}|{%.*?%}", "", text, flags=re.S)
        pieces = [
            *re.sub(r"<[^>]*>", "\n", visible).splitlines(),
            *(re.sub(r"{{.*?}}|{%.*?%}", "", one) for one in read),
        ]
        for piece in (piece.strip(" ·›○×#,.:()") for piece in pieces):
            if re.search(r"[A-Za-z]{3}", piece) and piece not in NAMES and not piece.startswith("{"):
                bare.append((template.name, piece))
    assert bare == []
