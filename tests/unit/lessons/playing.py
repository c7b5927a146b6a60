"""Small lessons for tests, and their clusters."""

from __future__ import annotations

from typing import Any

from engine.cluster import Cluster
from engine.lessons.attempt import Attempt

TOPIC = {"topic": "t", "partitions": 2, "replication": 3}
BOTH = {"pt-BR": "sim", "en": "yes"}


def lesson(**more: Any) -> dict[str, Any]:
    """One that holds nothing but a topic, unless ``more`` says so."""
    return {
        "format": 1, "id": "a-test", "kind": "level", "title": BOTH, "text": BOTH, "takeaway": BOTH, "seed": 3,
        "start": {"brokers": 3, "topics": [TOPIC]}, "goal": {"now": [{"topic": "t", "records": ">= 1"}]}, **more,
    }  # fmt: skip


def attempt(**more: Any) -> Attempt:
    return Attempt(Cluster, lesson(**more))


def told(playing: Attempt) -> list[str]:
    """The codes of what the referee said."""
    return [told.event.code for told in playing.world.told if told.event.mark == "lesson"]


def clause(playing: Attempt, part: str, index: int = 0) -> dict[str, Any]:
    rows = playing.cluster.state()["lesson"]["clauses"]
    return next(row for row in rows if (row["part"], row["index"]) == (part, index))


def value(playing: Attempt, given: dict[str, Any]) -> Any:
    """What a clause sees now."""
    from engine.lessons.clauses import clause as read
    from engine.lessons.findings import Findings

    found = Findings()
    one = read(given, "here", found)
    assert one is not None, found.all
    return one.look(playing.referee.look(), []).value
