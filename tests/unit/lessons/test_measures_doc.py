"""docs/api.md tells authors of every measure what the code says of it, and of every key of a lesson's state."""

from pathlib import Path

from engine.lessons.measures import MEASURES
from tests.unit.lessons.playing import BOTH, attempt

DOC = (Path(__file__).resolve().parents[3] / "docs/api.md").read_text(encoding="utf-8")
PART = DOC.split("\n## Lessons\n")[1].split("\n## ")[0]
KINDS = {int: "number", str: "text", bool: "true or false"}


def test_every_measure_stands_there():
    for (subject, name), one in MEASURES.items():
        needs = ", ".join(f"`{need}`" for need in one.needs) or "-"
        assert f"| {subject or 'none'} | `{name}` | {KINDS[one.kind]} | {needs} | {one.about} |" in PART, name


def test_no_other_measure_stands_there():
    rows = [line.split("|") for line in PART.splitlines() if line.count("|") == 6 and "`" in line]
    assert len(rows) == len(MEASURES)


def test_every_key_of_its_state_stands_there():
    ask = {"ask": BOTH, "options": [{"holds": {"brokers": 3}}, {"holds": {"brokers": 2}}]}
    goal = {"now": [{"brokers": 3}], "never": [{"brokers": 2}], "within_ms": 5_000, "for_ms": 3_000}
    playing = attempt(predict=ask, goal=goal)
    playing.go(100)
    playing.command({"do": "crash_broker", "broker": 1})
    playing.go(1_000)
    state = playing.cluster.state()["lesson"]
    assert state["phase"] == "failed"
    keys = [*state, *state["predictions"][0], *state["clauses"][0], *state["failed"]]
    assert [key for key in keys if f'"{key}"' not in PART] == []
