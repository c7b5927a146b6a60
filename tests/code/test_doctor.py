"""The paste doctor's rules, under node: each sees its example, leaves the healthy text alone, mends what it can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.code.cases import CASES, HEALTHY, HERE, Case
from tests.support.scripts import run

JUDGE = """
import { RULES, TEXT_MAX, diagnose } from './js/doctor/diagnose.js';
import { sayer } from './js/code/words.js';
const say = { 'pt-BR': sayer(catalogue('doctor.pt-BR')), en: sayer(catalogue('doctor.en')) };
const told = ({ id, params, tell: more }, speak) => [
  speak(id, params), speak(`${id}.why`, params), ...(more ? [speak(more.key, more.params)] : []),
];
const judge = ({ text, here }) => {
  const found = diagnose(text, { ...given.here, ...here });
  const said = (finding) =>
    Object.fromEntries(Object.entries(say).map(([name, speak]) => [name, told(finding, speak)]));
  const again = diagnose(found.repaired, { ...given.here, ...here });
  return { ...found, again: again.repaired, findings: found.findings.map((it) => ({ ...it, said: said(it) })) };
};
tell({ rules: RULES.map((rule) => [rule.id, rule.sort]), max: TEXT_MAX, judged: given.texts.map(judge) });
"""
ELSEWHERE: list[tuple[str, dict[str, Any]]] = [
    ("kcat -b localhost:19092 -L", {"remote": True, "web": {"host": "192.168.0.10", "port": "8000"}}),
    ("{FIAP=LEADER_NOT_AVAILABLE}", {"leaderless": [{"topic": "FIAP", "partition": 2}]}),
    ("{fiap=UNKNOWN_TOPIC_OR_PARTITION}", {}),
    ("NOT_ENOUGH_REPLICAS", {"thin": [{"topic": "FIAP", "partition": 0, "isr": 1, "least": 2}]}),
    ("Connect to ipv4#127.0.0.1:9092 failed: Connection refused", {}),
    ("Connect to ipv4#127.0.0.1:19093 failed: Connection refused", {"down": [2]}),
    ("Expiring 1 record(s) for FIAP-0", {"paused": True}),
]
LONG = "x" * 25_000
MIXED = "$ kafka-topics.sh —create —zookeeper localhost:2181 —topic “pedidos novos” \\ \n  —replication-factor 5"


@pytest.fixture(scope="module")
def judged(node: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    texts = [{"text": text} for case in CASES for text in (case.ill, case.healthy)]
    texts += [{"text": text} for text in HEALTHY] + [{"text": text, "here": here} for text, here in ELSEWHERE]
    texts += [{"text": LONG}, {"text": MIXED}]
    folder: Path = tmp_path_factory.mktemp("doctor")
    answer = run(node, folder, JUDGE, {"here": HERE, "texts": texts})
    answer["by"] = {
        (entry["text"], bool(entry.get("here"))): found for entry, found in zip(texts, answer["judged"], strict=True)
    }
    return answer


def rules(found: dict[str, Any]) -> list[str]:
    return [finding["id"] for finding in found["findings"]]


def of(judged: Any, text: str, here: dict[str, Any] | None = None) -> Any:
    return judged["by"][text, bool(here)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_rule_sees_its_example_and_leaves_the_healthy_text_alone(judged: Any, case: Case) -> None:
    found = of(judged, case.ill)
    assert case.rule in rules(found)
    finding = next(it for it in found["findings"] if it["id"] == case.rule)
    assert all(0 <= span["from"] <= span["to"] <= len(case.ill.encode("utf-16-le")) // 2 for span in finding["spans"])
    assert case.rule not in rules(of(judged, case.healthy))


@pytest.mark.parametrize("case", [c for c in CASES if c.repaired is not None], ids=lambda case: case.name)
def test_the_text_comes_back_repaired(judged: Any, case: Case) -> None:
    found = of(judged, case.ill)
    # Advice on top of the cure (a partitioner, say) may add to it; a text with one fault comes back as written here.
    mended = [it["id"] for it in found["findings"] if any("put" in span for span in it["spans"])]
    if mended == [case.rule]:
        assert found["repaired"] == case.repaired
    else:
        assert found["changed"] and case.rule in mended


@pytest.mark.parametrize("text", HEALTHY, ids=range(len(HEALTHY)))
def test_nothing_is_found_where_nothing_is_wrong(judged: Any, text: str) -> None:
    assert rules(of(judged, text)) == []
    assert of(judged, text)["repaired"] == text


def test_a_repaired_text_needs_no_further_repair(judged: Any) -> None:
    assert [found["repaired"] for found in judged["judged"] if found["again"] != found["repaired"]] == []


def test_there_are_at_least_forty_rules_and_each_has_an_example(judged: Any) -> None:
    names = [name for name, _ in judged["rules"]]
    assert len(names) == len(set(names)) >= 40
    tested = {case.rule for case in CASES} | {"localhost-elsewhere"}
    assert set(names) - tested == set()


def test_each_finding_says_in_both_languages_what_is_wrong_and_why(judged: Any) -> None:
    for found in judged["judged"]:
        for finding in found["findings"]:
            for said in finding["said"].values():
                assert all(sentence.strip() and sentence != finding["id"] for sentence in said)
                assert not any(".why" in sentence or "undefined" in sentence for sentence in said), said


def test_what_is_said_of_this_sandbox_is_read_off_its_state(judged: Any) -> None:
    said = {text: of(judged, text, here)["findings"][0] for text, here in ELSEWHERE}
    tells = [finding["said"]["en"][-1] for finding in said.values()]
    assert "localhost-elsewhere" in rules(of(judged, *ELSEWHERE[0]))
    assert of(judged, *ELSEWHERE[0])["repaired"] == "kcat -b 192.168.0.10:19092 -L"
    assert tells[1] == "without a leader: FIAP-2."
    assert tells[2] == "the topics are FIAP and pedidos. Did you mean FIAP?"
    assert tells[3] == "FIAP-0 has 1 replica in the ISR, and min.insync.replicas asks for 2."
    assert tells[4] == "Kafka answers at 127.0.0.1:19092, not on port 9092."
    assert tells[5].startswith("down: broker 2.")
    assert tells[6] == "time stands still: nothing answers until you go on."


def test_many_faults_in_one_command_are_all_mended(judged: Any) -> None:
    found = of(judged, MIXED)
    assert {
        "long-dash", "curly-quotes", "prompt", "space-after-backslash", "zookeeper", "bad-topic-name",
        "replication-too-high",
    } == set(rules(found))  # fmt: skip
    assert found["repaired"] == (
        'kafka-topics.sh --create --bootstrap-server 127.0.0.1:19092 --topic "pedidos-novos" \\\n'
        "  --replication-factor 3"
    )


def test_of_a_very_long_text_so_much_is_read_and_it_is_said(judged: Any) -> None:
    assert of(judged, LONG)["cut"] and len(LONG) > judged["max"]
