"""What the proof of a lesson did, step by step, as people read it (engine/lessons/proof.py)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from playground.lessons.sentences import step_told


@dataclass(slots=True)
class Step:
    """what: which part of the proof. told: a sentence about it. ms: of work."""

    what: str
    told: str
    ok: bool
    ms: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def steps_told(heard: Iterable[dict[str, Any]]) -> list[Step]:
    return [Step(str(one["what"]), step_told(one), bool(one["ok"]), float(one.get("ms", 0))) for one in heard]
