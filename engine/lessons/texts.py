"""Every text of a document in every language: what a person is shown must be there for all."""

from __future__ import annotations

from typing import Any

from engine.lessons.findings import Findings

LANGUAGES = ("pt-BR", "en")
NEEDED = ("title", "text", "takeaway")  # of a level; a scene needs the first two
SPOKEN = ("say", "why", "ask", "surprise", "because", "notes", "sentence", *NEEDED)


def check(document: Any, found: Findings) -> None:
    if not isinstance(document, dict):
        return
    for key in NEEDED:
        if key not in document and not (key == "takeaway" and document.get("kind") == "scene"):
            found.add(key, "MISSING_TEXT", f"{key} is missing: an object with {' and '.join(LANGUAGES)}")
    _walk(document, "", found)
    predict = document.get("predict", [])
    for number, one in enumerate(predict if isinstance(predict, list) else [predict]):
        path = f"predict[{number}]" if isinstance(predict, list) else "predict"
        if isinstance(one, dict):
            for key in ("ask", "surprise"):
                if key not in one:
                    found.add(f"{path}.{key}", "MISSING_TEXT", f"{key} is missing: an object with the languages")
            options = one.get("options")
            for place, option in enumerate(options if isinstance(options, list) else []):
                _needs_say(option, f"{path}.options[{place}]", found)
    for part in ("misconceptions", "hints"):
        listed = document.get(part, [])
        for number, one in enumerate(listed if isinstance(listed, list) else []):
            _needs_say(one, f"{part}[{number}]", found)


def _needs_say(given: Any, path: str, found: Findings) -> None:
    if isinstance(given, dict) and "say" not in given:
        found.add(f"{path}.say", "MISSING_TEXT", "say is missing: an object with the languages")


def _walk(given: Any, path: str, found: Findings) -> None:
    if isinstance(given, list):
        for number, one in enumerate(given):
            _walk(one, f"{path}[{number}]", found)
    if not isinstance(given, dict):
        return
    for key, value in given.items():
        where = f"{path}.{key}" if path else str(key)
        if path in ("start",) or path.startswith("start."):
            return
        if key == "why" and "event" in given and isinstance(value, str):
            continue  # a condition on the event's own why
        if key in SPOKEN or (key == "text" and path == "lab"):
            _text(value, where, found)
        else:
            _walk(value, where, found)


def _text(value: Any, path: str, found: Findings) -> None:
    if not isinstance(value, dict):
        found.add(path, "NOT_A_TEXT", f"a text is an object with {' and '.join(LANGUAGES)}")
        return
    for language in LANGUAGES:
        said = value.get(language)
        if not isinstance(said, str) or not said.strip():
            found.add(path, "MISSING_LANGUAGE", f"it is not said in {language}")
    for language in value:
        if language not in LANGUAGES:
            found.add(f"{path}.{language}", "UNKNOWN_LANGUAGE", f"the languages are {' and '.join(LANGUAGES)}")
