"""The texts that are fetched only when wanted: whole in both languages, and nothing left over."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from playground import narration, patterns
from tests.stage.test_catalogues import arguments

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("code", "doctor", "shell")
FOLDERS = {"code": ("code", "connect"), "doctor": ("doctor",), "shell": ("shell",)}
# Keys that are put together from parts.
FAMILIES = re.compile(
    r"^(act|hint|lacks|note|refused|stopped|waits|none|sort|example|connect\.(produce|consume|look|side))(\.|$)|\.why$"
)


def catalogue(name: str, language: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    path = ROOT / f"static/i18n/{name}.{language}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_say_the_same_things_with_the_same_parameters(name: str) -> None:
    first, second = (catalogue(name, language) for language in narration.LANGUAGES)
    assert list(first["ui"]) == list(second["ui"])
    for key, pattern in first["ui"].items():
        assert arguments(patterns.parse(pattern)) == arguments(patterns.parse(second["ui"][key])), key
    assert [one["language"] for one in (first, second)] == list(narration.LANGUAGES)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_said_that_nobody_asks_for(name: str) -> None:
    files = [file for folder in FOLDERS[name] for file in (ROOT / "static/js" / folder).glob("**/*.js")]
    scripts = "".join(file.read_text(encoding="utf-8") for file in files)
    left_over = {key for key in catalogue(name, "en")["ui"] if f"'{key}'" not in scripts and not FAMILIES.search(key)}
    assert left_over == set()
    asked = set(re.findall(r"\bsay(?:\.parts)?\('([a-z][\w.-]*)'", scripts))
    assert asked - set(catalogue(name, "en")["ui"]) == set()
