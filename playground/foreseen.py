"""Predictions in the report of a run: what was asked, what was answered, what came, and the way to that moment.

What was answered is the engine's own (events ``prediction_locked`` and ``prediction_judged``); the words are the
lesson's document's. One that was begun anew tells of its last attempt only, as its journal does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

MARKS = re.compile(r"`([^`]+)`|\*([^*\s](?:[^*]*[^*\s])?)\*")


@dataclass(slots=True)
class Foreseen:
    """right: None while it is not judged. step: of the moment at which it was, else at which it was locked."""

    asked: str
    chosen: str
    held: str
    right: bool | None
    because: str
    at_ms: float
    step: int
    options: list[str] = field(default_factory=list)


def foreseen(document: dict[str, Any] | None, events: list[dict[str, Any]], language: str) -> list[Foreseen]:
    """In the order in which the questions were answered. document: None where there is no lesson."""
    given = (document or {}).get("predict") or []
    questions = given if isinstance(given, list) else [given]
    answers: dict[int, Foreseen] = {}
    for event in events:
        params = event["params"]
        if event["code"] == "prediction_locked" and params["question"] < len(questions):
            question = questions[params["question"]]
            options = [said(option["say"], language) for option in question["options"]]
            answers[params["question"]] = Foreseen(
                said(question["ask"], language), options[params["option"]], "", None, "",
                event["at_ms"], event["step"], options,
            )  # fmt: skip
        elif event["code"] == "prediction_judged" and params["question"] in answers:
            found, question = answers[params["question"]], questions[params["question"]]
            found.right = params["option"] in params["held"]
            found.held = " · ".join(found.options[option] for option in params["held"])
            found.because = said(question.get("because" if found.right else "surprise"), language)
            found.at_ms, found.step = event["at_ms"], event["step"]
    return list(answers.values())


def said(texts: dict[str, str] | None, language: str) -> str:
    """A text of the document, without its marks."""
    text = (texts or {}).get(language) or ""
    return MARKS.sub(lambda found: found[1] or found[2], text)
