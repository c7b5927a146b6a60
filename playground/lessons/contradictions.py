"""What two places of one document say against each other, seen without running it.

Only what is certain: two clauses of ``now`` that leave no value between them, a clause that is wanted and forbidden,
two options of one question that are the same. What only a run shows is found by the proof (engine/lessons/).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.lessons.reading import Path

WORDS = ("why", "say")
SUBJECT = ("group", "topic", "partition", "consumer", "broker", "producer", "client", "stream", "shard", "reader")
_COMPARED = re.compile(r"\s*(>=|<=|!=|>|<)?\s*(-?\d+(?:\.\d+)?)\s*")


@dataclass(slots=True)
class Contradiction:
    """path, other: where each of the two stands."""

    path: Path
    other: Path
    code: str
    name: str


def of(data: dict[str, Any]) -> Iterator[Contradiction]:
    """data: a document of the right shape."""
    goal = data.get("goal", {})
    yield from _between(("goal", "now"), goal.get("now", []))
    wanted = {_plain(one): path for part in ("now",) for path, one in _each(("goal", part), goal.get(part, []))}
    for path, one in _each(("goal", "never"), goal.get("never", [])):
        if (other := wanted.get(_plain(one))) is not None:
            yield Contradiction(path, other, "WANTED_AND_FORBIDDEN", "")
    for path, question in _each(("predict",), data.get("predict", [])):
        seen: dict[str, Path] = {}
        for number, option in enumerate(question["options"]):
            at = (*path, "options", number, "holds")
            yield from _between(at, option["holds"])
            key = repr(sorted(_plain(one) for _, one in _each(at, option["holds"])))
            if key in seen:
                yield Contradiction(at, seen[key], "SAME_OPTION", str(number + 1))
            seen.setdefault(key, at)


def _between(path: Path, listed: Any) -> Iterator[Contradiction]:
    """Clauses that have to hold at once."""
    known: dict[tuple[str, str], list[tuple[Path, Any]]] = {}
    for at, one in _each(path, listed):
        if "event" in one:
            continue
        subject = repr({name: one[name] for name in SUBJECT if name in one})
        for name, value in one.items():
            if name in SUBJECT or name in WORDS or isinstance(value, dict):
                continue
            for other, before in known.setdefault((subject, name), []):
                if _apart(value, before):
                    yield Contradiction((*at, name), other, "NEVER_BOTH", name)
                    break
            known[subject, name].append(((*at, name), value))


def _apart(one: Any, other: Any) -> bool:
    """No value satisfies both."""
    a, b = _range(one), _range(other)
    if a is None or b is None:
        texts = isinstance(one, str) and isinstance(other, str) and "!=" not in one + other
        return (texts or isinstance(one, bool) and isinstance(other, bool)) and one != other
    return math.ceil(max(a[0], b[0])) > math.floor(min(a[1], b[1]))


def _range(condition: Any) -> tuple[float, float] | None:
    """The whole numbers that satisfy it, from, to; None: it is no comparison of numbers."""
    if isinstance(condition, bool):
        return None
    found = _COMPARED.fullmatch(str(condition))
    if not found or found[1] == "!=":
        return None
    value = float(found[2])
    return {
        None: (value, value),
        ">": (math.floor(value) + 1, math.inf),
        ">=": (value, math.inf),
        "<": (-math.inf, math.ceil(value) - 1),
        "<=": (-math.inf, value),
    }[found[1]]


def _each(path: Path, listed: Any) -> Iterator[tuple[Path, Any]]:
    """One, or a list of them."""
    if isinstance(listed, list):
        yield from (((*path, number), one) for number, one in enumerate(listed))
    elif listed:
        yield path, listed


def _plain(clause: dict[str, Any]) -> str:
    return repr(sorted((name, repr(value)) for name, value in clause.items() if name not in WORDS))
