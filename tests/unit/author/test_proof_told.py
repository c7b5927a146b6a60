"""What the proof finds is told in both languages, with what it found, at the line it is about."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils.translation import override

from engine.cluster import Cluster
from engine.lessons.proof import prove
from playground.lessons.checking import check, with_meaning

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = (ROOT / "static/i18n/author/example.en.yaml").read_text(encoding="utf-8")
WRONG = """
wrong: [{name: x, do: [{do: remove_consumer, consumer: caixa-9}], meets: 0}]
misconceptions: [{when: {brokers: 9}, say: {pt-BR: a, en: b}}]
"""

# what is written instead, the line it is told at, the code, parts of the sentence
FOUND = {
    "a par that is too high": ("par: 1", "par: 2", "par: 2", "PAR_DIFFERS", ["2", "one command"]),
    "a goal that is out of reach": (
        "members: 2}", "members: 9}", "- {group: caixa, members: 9}", "SOLUTION_FAILS", ["9", "2"],
    ),
    "an aim that is there already": ("members: 2}", "members: 1}", "goal:", "NOTHING_PASSES", ["ms"]),
    "two options that hold": (
        "consumer: caixa-1, holds: 2}", "members: 2}", "predict:", "TWO_OPTIONS_HOLD", ["2 options"],
    ),
    "no option that holds": (
        "consumer: caixa-1, holds: 1}", "members: 7}", "predict:", "NO_OPTION_HOLDS", ["no option"],
    ),
    "a command that cannot be carried out": (
        "do: add_consumer, group: caixa", "do: remove_consumer, consumer: caixa-9", "solution:", "SOLUTION_REFUSED",
        ["remove_consumer", "caixa-9"],
    ),
    "a wrong path without its message": ("par: 1\n", f"par: 1\n{WRONG}", "wrong:", "NOT_MET", ["message"]),
    "a cluster that cannot be": ("replication: 3", "replication: 9", "start:", "CANNOT_BEGIN", [""]),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_it_is_told_at_its_line_in_both_languages(name: str) -> None:
    old, new, at, code, parts = FOUND[name]
    assert EXAMPLE.count(old) == 1
    text = EXAMPLE.replace(old, new)
    document, shape = check(text)
    assert document is not None and shape == []
    steps = list(prove(document.data, Cluster, nothing_ms=20_000))
    heard = [
        {"path": one.path, "code": one.code, "reason": one.reason, "params": one.params}
        for step in steps
        for one in step.findings
    ]
    assert code in {one["code"] for one in heard}, heard
    told = {}
    for language in ("pt-br", "en"):
        with override(language):
            told[language] = next(one for one in with_meaning(document, [], heard) if one.code == code)
    assert told["en"].line == text[: text.index(at)].count("\n") + 1
    assert all(part in told["en"].reason for part in parts), told["en"].reason
    assert told["en"].reason != told["pt-br"].reason and code not in told["pt-br"].reason
