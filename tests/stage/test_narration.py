"""Python and the browser make the same sentences from the same events and catalogues."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from engine.events import EVENTS, Told, to_json
from playground import narration, patterns

ROOT = Path(__file__).resolve().parents[2]
CHOICES = {
    "why": [
        "created",
        "failover",
        "shutdown",
        "preferred",
        "returned",
        "unclean",
        "moved",
        "lag",
        "fenced",
        "joined",
        "left",
        "expired",
        "metadata",
        "leader",
        "session",
        "rebalance",
        "?",
    ],
    "what": [
        "started",
        "stopped",
        "removed",
        "rate",
        "acks",
        "keys",
        "crashed",
        "poll_ms",
        "max_poll_records",
        "work_ms",
        "too_slow",
        "restarted",
        "?",
    ],
    "value": ["0", "1", "2.5", "250", "all", "hot", "few", ""],
    "error": ["NOT_ENOUGH_REPLICAS", "SOMETHING_NEW"],
    "topic": ["FIAP", "{x}|#**\\", "__consumer_offsets"],
    "limited_by": ["", "rdkafka"],
    "producer": ["", "loja"],
    "assignments": [
        {"a1": ["FIAP-0", "FIAP-1"], "a2": ["FIAP-2"], "a10": []},
        {},
        {"é": ["x"], "1": ["y"], "😀": ["z"], "￦": ["w"]},
    ],
    "idle": [[], ["a4"], ["a4", "a5"]],
}
BY_TYPE: dict[Any, list[Any]] = {
    int: [0, 1, 2, 1234567, -1],
    str: ["loja", ""],
    bool: [False, True],
    float: [1.0, 0.25, 1 / 64, 1.5, 63.999, 2.005],
    list[int]: [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4, 5, 6, 7]],
    list[str]: [[], ["a1"]],
    dict[str, int]: [{}, {"0": 12}, {"0": 3, "1": -1, "2": 1234567}],
}
MS = [0, 1, 350, 999.4, 999.5, 1000, 1449.9, 1450, 59_949, 59_950, 60_000, 125_400, 3_600_000, 7_260_000, 90_061_000]


def values(name: str, hint: Any) -> list[Any]:
    if name.endswith("_ms"):
        return MS
    return CHOICES.get(name) or BY_TYPE[hint]


def sample_events() -> list[dict[str, Any]]:
    """Of each event: one of plain values, and one for each other value of each of its parameters."""
    events = []
    for kind in EVENTS.values():
        hints = get_type_hints(kind)
        names = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
        plain = {name: values(name, hints[name])[-1] for name in names}
        variants = [plain] + [plain | {name: value} for name in names for value in values(name, hints[name])]
        events += [to_json(Told(1, 2, 3_000_000, "C1", 4, kind(**variant))) for variant in variants]
    return events


def told_by_the_browsers_program(node: str, job: dict[str, Any]) -> list[str]:
    script = f"""
import {{ render, parse, plain }} from {json.dumps((ROOT / "static/js/narration.js").as_uri())};
import {{ readFileSync }} from 'node:fs';
const job = JSON.parse(readFileSync(0, 'utf8'));
const out = (job.events || []).map((event) => render(event, job.catalogue));
for (const [pattern, params] of job.patterns || []) {{
  try {{ out.push(plain(parse(pattern), params, job.catalogue)); }} catch (error) {{ out.push('refused'); }}
}}
console.log(JSON.stringify(out));
"""
    run = subprocess.run(
        [node, "--no-warnings", "--experimental-default-type=module", "--input-type=module", "-e", script],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=True,
    )
    told: list[str] = json.loads(run.stdout)
    return told


@pytest.mark.parametrize("language", narration.LANGUAGES)
def test_both_programs_tell_every_event_alike(node: str, language: str) -> None:
    events = sample_events()
    assert len(events) > 300
    browser = told_by_the_browsers_program(node, {"catalogue": narration.catalogue(language), "events": events})
    python = [narration.render(event, language) for event in events]
    assert [pair for pair in zip(browser, python, strict=True) if pair[0] != pair[1]] == []


PATTERNS: list[tuple[str, dict[str, Any]]] = [
    ("{n|one|many #}", {"n": 0}),
    ("{n|one|many #}", {"n": 1}),
    ("{n|one|many #}", {"n": 1234.5}),
    ("{n|none|one|#}", {"n": []}),
    ("{n|none|one|#}", {"n": ["a"]}),
    ("{w?a:A {n|x|#y}|*:other}", {"w": "a", "n": 3}),
    ("{w?a:A|*:other}", {"w": "z"}),
    ("{w?a:A}", {"w": "z"}),
    ("**{w}** \\{x\\} \\**", {"w": "**"}),
    ("{w?true:yes|*:no}", {"w": True}),
    ("{w?-1:none|*:{w}}", {"w": -1}),
    ("{l:list}", {"l": list(range(9))}),
    ("{x:number} {x}", {"x": 1234567.891}),
    ("{x:number}", {"x": 0.005}),
    ("{x:number}", {"x": 1.005}),
    ("{x:number}", {"x": -1234.5}),
    ("{x:clock}", {"x": 48120.0}),
    ("{x:clock}", {"x": 3_723_004.9}),
    ("{x:speed}", {"x": 0.25}),
    ("{x:speed}", {"x": 1 / 64}),
    ("{missing}", {}),
    ("{a", {}),
    ("a}", {}),
    ("{A}", {}),
    ("{a:nothing}", {"a": 1}),
    ("{a|only}", {"a": 1}),
    ("**a", {}),
    ("{a?b}", {"a": 1}),
]


@pytest.mark.parametrize("language", narration.LANGUAGES)
def test_both_programs_read_patterns_alike_and_refuse_the_same_ones(node: str, language: str) -> None:
    def fill(pattern: str, params: dict[str, Any]) -> str:
        try:
            return narration.fill(pattern, params, language)
        except patterns.BadPattern:
            return "refused"

    browser = told_by_the_browsers_program(node, {"catalogue": narration.catalogue(language), "patterns": PATTERNS})
    assert browser == [fill(*pattern) for pattern in PATTERNS]
    assert browser.count("refused") == 7


def test_an_election_is_told_with_who_why_and_for_how_long() -> None:
    event = {
        "code": "leader_elected",
        "params": {
            "topic": "FIAP",
            "partition": 1,
            "leader": 1,
            "epoch": 5,
            "was": 3,
            "isr": [1, 2],
            "why": "failover",
            "leaderless_ms": 1412,
        },
    }
    assert narration.render(event, "pt-BR") == (
        "O broker 3, líder de FIAP-1, não dava sinal de vida havia 1,4 s. "
        "O broker 1, que estava no ISR, foi eleito (época 5)."
    )
    assert narration.render(event, "en").startswith(
        "Broker 3, the leader of FIAP-1, had given no sign of life for 1.4 s."
    )


def test_an_idle_member_is_told_and_why() -> None:
    event = {
        "code": "assignment_made",
        "params": {
            "group": "A",
            "generation": 3,
            "partitions": 1,
            "assignments": {"a1": ["FIAP-0"], "a2": []},
            "idle": ["a2"],
        },
    }
    assert narration.render(event, "pt-BR").endswith(
        "a2 não recebeu nenhuma partição: há 1 partição e 2 membros, e uma partição não se divide."
    )


def test_names_are_never_read_as_patterns() -> None:
    event = {"code": "topic_deleted", "params": {"topic": "{topic}|**#"}}
    assert narration.render(event, "en") == "Topic {topic}|**# was deleted, with all its records."


def test_an_event_nobody_wrote_a_sentence_for_shows_its_code() -> None:
    assert narration.render({"code": "moon_landed", "params": {}}, "en") == "It happened: moon_landed."


def test_a_language_without_a_catalogue_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no catalogue for 'fr'"):
        narration.catalogue("fr")


def test_an_event_that_names_a_node_means_that_one_and_not_who_told_it() -> None:
    lost = {"node": "loja", "other": "", "connections": 2}
    event = {"code": "connections_reset", "node": "edge", "at_ms": 1, "params": lost}
    assert "de loja caíram" in narration.render(event, "pt-BR").replace("**", "")
    healed = {"code": "links_healed", "node": "edge", "at_ms": 1, "params": {"node": "", "other": ""}}
    assert narration.render(healed, "en").startswith("All links work again")
    one = {**healed, "params": {"node": "B1", "other": "B2"}}
    assert "between B1 and B2 works again" in narration.render(one, "en").replace("**", "")


def test_each_form_that_a_pattern_may_name_can_be_written() -> None:
    assert set(narration.WRITTEN) == set(patterns.FORMS)
