"""What is wrong with the text of a lesson: each thing with its line, its column, a code and the reason.

Two readers look at it. Here: whether it is YAML, and whether it has the shape that levels/schema.json describes.
In the engine host: what it means, and, if asked, the proof that it works (engine/lessons/). Whatever both find
wrong at one place is said once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from jsonschema import Draft202012Validator

from playground.lessons import contradictions, refusals
from playground.lessons.reading import Document, Path, Unreadable, read
from playground.lessons.sentences import told

FINDINGS_MAX = 60  # after so many it is enough to work on


@dataclass(slots=True, order=True)
class Finding:
    """line, column: from 1. path: where in the document. reason: in the reader's language."""

    line: int
    column: int
    path: Path = field(compare=False)
    code: str = field(compare=False)
    reason: str = field(compare=False)

    def to_json(self) -> dict[str, Any]:
        said = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path).lstrip(".")
        return {"line": self.line, "column": self.column, "path": said, "code": self.code, "reason": self.reason}


@cache
def schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((settings.ROOT / "levels" / "schema.json").read_text(encoding="utf-8"))
    return loaded


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def check(text: str | bytes) -> tuple[Document | None, list[Finding]]:
    """The document, None if it cannot be read, and what is wrong with its shape, from top to bottom."""
    try:
        document = read(text)
    except Unreadable as problem:
        return None, [Finding(problem.line, problem.column, (), problem.code, problem.reason)]
    return document, shape(document)


def shape(document: Document) -> list[Finding]:
    found: dict[tuple[Path, str], Finding] = {}
    for error in _validator().iter_errors(document.data):
        for refusal in refusals.of(error):
            line, column = document.place(refusal.path, key=refusal.key)
            reason = told(refusal.code, refusal.params)
            found.setdefault((refusal.path, refusal.code), Finding(line, column, refusal.path, refusal.code, reason))
        if len(found) >= FINDINGS_MAX:
            break
    for one in contradictions.of(document.data) if not found else ():
        line, column = document.place(one.path, key=True)
        reason = told(one.code, {"key": one.name, "first": document.place(one.other, key=True)[0]})
        found[one.path, one.code] = Finding(line, column, one.path, one.code, reason)
    inside = {path[:-1] for path, code in found if code == "UNKNOWN_MEASURE"}
    wrong = [one for one in found.values() if one.code != "NO_MEASURE" or one.path not in inside]
    return sorted(wrong)[:FINDINGS_MAX]


def with_meaning(document: Document, known: list[Finding], heard: Iterable[dict[str, Any]]) -> list[Finding]:
    """``known``, and of what the engine found ({"path", "code", "reason"}) whatever is not said by it already."""
    found = list(known)
    said = [one.path for one in known]
    for one in heard:
        path = path_of(str(one["path"]), document)
        if any(_one_within_the_other(path, other) for other in said):
            continue
        line, column = document.place(path, key=True)
        params = {"key": path[-1] if path else "", "value": refusals.shown(_at(document.data, path))}
        params |= {"reason": str(one["reason"]).rstrip("."), **one.get("params", {})}
        reason = told(str(one["code"]), params, str(one["reason"]))
        found.append(Finding(line, column, path, str(one["code"]), reason))
    return sorted(found)[:FINDINGS_MAX]


def path_of(said: str, document: Document) -> Path:
    """ "goal.now[0].members" as a path; as far as the document goes."""
    path: list[str | int] = []
    here: Any = document.data
    for key, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", said):
        part: str | int = key or int(index)
        path.append(part)
        fits = isinstance(here, dict) if isinstance(part, str) else isinstance(here, list) and part < len(here)
        here = (here.get(part) if isinstance(part, str) else here[part]) if fits else None
    return tuple(path)


def _at(data: Any, path: Path) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _one_within_the_other(one: Path, other: Path) -> bool:
    """A clause that has no such measure is refused there; the whole clause need not be refused too."""
    least = min(len(one), len(other))
    return least > 0 and one[:least] == other[:least]
