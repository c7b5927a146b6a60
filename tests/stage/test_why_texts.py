"""Every finding, every step of a chain and of a record's path has its sentence, in both languages, and both programs
tell it alike."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from playground import narration
from tests.stage.test_narration import told_by_the_browsers_program

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    *sorted(ROOT.glob("engine/cluster/why*.py")),
    ROOT / "engine/live/asks/why.py",
    ROOT / "engine/live/asks/journey.py",
]
SCRIPTS = sorted([*ROOT.glob("static/js/why/*.js"), *ROOT.glob("static/js/inspect/*.js")])
# What is put together: a leader that is missing is told of by what for; the ghost by how it came there.
MISSING = ("leaderless", "unnoticed", "frozen", "learning")
STARTS = ("earliest", "latest", "no-commit", "committed", "timestamp", "after-all", "offset", "too-early", "too-late",
          "above")  # fmt: skip
KINDS = ("request", "response", "frame", "alarm", "order", "opened", "synced", "other")
PLACES = ("running", "stopping", "stopped", "crashed")
WITNESSES = ("broker_fenced", "member_expired", "isr_shrunk")


def codes() -> set[str]:
    found: set[str] = set()
    for file in SOURCES:
        text = file.read_text(encoding="utf-8")
        found |= set(re.findall(r'finding\(\s*"([a-z]+\.[a-z-]+)"', text))
        found |= set(re.findall(r'"((?:via|origin|path|commit|isr)\.[a-z-]+)"', text))
    for file in SCRIPTS:
        text = file.read_text(encoding="utf-8")
        found |= set(re.findall(r"'((?:hash\.(?:same|elsewhere|java|both|crc32|neither))|ghost\.rest)'", text))
        found |= set(re.findall(r"'(path\.lesson\.[a-z]+)'", text))
    found |= {f"{prefix}.{how}" for prefix in ("leader", "read", "write", "coordinator") for how in MISSING}
    found |= {f"ghost.{start}" for start in STARTS} | {f"entry.{kind}" for kind in KINDS}
    return found | {f"broker.{place}" for place in PLACES} | {f"witness.{code}" for code in WITNESSES}


@pytest.mark.parametrize("language", narration.LANGUAGES)
def test_each_code_has_a_sentence_and_no_sentence_lacks_its_code(language: str) -> None:
    told = set(narration.catalogue(language)["why"])
    assert codes() - told == set()
    assert told - codes() == set()


PARAMS: list[dict[str, Any]] = [
    {
        "topic": "FIAP", "partition": 0, "offset": 41, "broker": 2, "isr": [1, 3], "lacking": [3], "hw": 40, "end": 42,
        "group": "A", "member": "A-1", "partitions": 3, "members": 4, "busy": ["A-1"], "topics": ["FIAP"], "lag": 1,
        "silent_ms": 420, "left_ms": 1080, "ms": 3000, "unclean": False, "lost": 2, "brokers": [2], "behind": 1,
        "by": "time", "start": 7, "state": "PreparingRebalance", "waits": ["A-2"], "exact": True, "why": "joined",
        "who": "web", "name": "x", "to_read": 0, "above": 1, "skipped": 2, "leaderless": True, "copies": 2, "wait": 3.0,
    },
    {"isr": [], "lacking": [], "lost": 0, "brokers": [1, 2], "behind": 0, "exact": False, "to_read": 7},
]  # fmt: skip


@pytest.mark.parametrize("language", narration.LANGUAGES)
def test_the_browser_and_python_tell_it_alike(node: str, language: str) -> None:
    catalogue = narration.catalogue(language)
    pairs = [(catalogue["why"][code], params) for code in sorted(catalogue["why"]) for params in PARAMS]
    browser = told_by_the_browsers_program(node, {"catalogue": catalogue, "patterns": pairs})
    python = [narration.fill(pattern, params, language) for pattern, params in pairs]
    assert browser == python


def test_the_texts_that_come_later_repeat_none_that_are_there_already() -> None:
    for language in narration.LANGUAGES:
        first = json.loads((narration.CATALOGUES / f"{language}.json").read_text(encoding="utf-8"))
        later = json.loads((narration.CATALOGUES / "inspect" / f"{language}.json").read_text(encoding="utf-8"))
        assert set(first["ui"]) & set(later["ui"]) == set()
