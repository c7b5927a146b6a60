"""``python -m house.lesson_schema``: write levels/schema.json, what a lesson may hold.

Editors use it, and the author's page.

The shape of a document is written here; commands, events, settings and measures are the engine's own, so a test
fails when the file is older than they are. Besides JSON Schema's there is one keyword, ``refusals``: under which code
(static/i18n/author/) a keyword's refusal is told where the usual words would not do.
"""

from __future__ import annotations

import dataclasses
import json

from engine import limits
from engine.commands import COMMANDS
from engine.config import Config
from house.lesson_parts import INDEX, MS, NAME, STEPS, Schema, an_object, clause, fields, step, when
from house.venv import ROOT

PATH = ROOT / "levels" / "schema.json"
CHAPTERS = ("start", "order", "offsets", "durability", "groups", "keys", "kinesis")
ALWAYS = ("pause", "resume", "step", "speed")  # free in every lesson
VIEWS = ("tapes", "brokers", "groups", "requests", "files", "streams")
OFFERS = ("shell", "console")  # pages of the sandbox that a lesson leads to


def schema() -> Schema:
    """The whole of it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Riacho: a level, or a scene of a lecture",
        "refusals": {"required": "MISSING_KEY"},
        **_document(),
        "$defs": {
            "said": _said(1_200),
            "title": _said(80),
            "notes": _said(8_000),
            "clauses": _one_or_more({"$ref": "#/$defs/clause"}, limits.CLAUSES_MAX),
            "clause": clause(),
            "steps": {"type": "array", "maxItems": limits.SCRIPT_MAX, "items": {"$ref": "#/$defs/step"}},
            "step": step(),
            "question": _question(),
            "about": _about(),
            "start": _start(),
            "commands": {do: fields(kind) for do, kind in STEPS.items()},
        },
    }


def _document() -> Schema:
    said, clauses, steps = ({"$ref": f"#/$defs/{name}"} for name in ("said", "clauses", "steps"))
    hint = an_object(
        {"after_fails": {**INDEX, "maximum": 100}, "after_s": {**INDEX, "maximum": 3_600}, "say": said}, ["say"]
    )
    misconception = an_object({"when": clauses, "say": said}, ["when", "say"])
    wrong = an_object({"name": NAME, "do": steps, "meets": INDEX, "fails": INDEX}, ["do"])
    wrong |= {"anyOf": [{"required": ["meets"]}, {"required": ["fails"]}], "refusals": {"anyOf": "MEETS_OR_FAILS"}}
    goal = an_object({"now": clauses, "for_ms": MS, "ever": clauses, "never": clauses, "within_ms": MS}, [])
    goal |= {"anyOf": [{"required": ["now"]}, {"required": ["ever"]}], "refusals": {"anyOf": "GOAL_EMPTY"}}
    show = an_object(
        {
            "view": {"enum": list(VIEWS)},
            "speed": {"type": "number", "minimum": 1 / 64, "maximum": 64},
            "select": {"type": "string", "maxLength": 600},
            "focus": {"$ref": "#/$defs/about"},
        },
        [],
    )
    allowed = sorted(do for do in STEPS if do not in ALWAYS)
    properties: Schema = {
        "format": {"const": 1, "description": "The version of this format."},
        "id": {"type": "string", "pattern": "^[a-z0-9-]{3,40}$", "description": "As the file is called."},
        "kind": {"enum": ["level", "scene"]},
        "chapter": {"enum": [*CHAPTERS, "lecture"]},
        "title": {"$ref": "#/$defs/title"},
        "text": {**said, "description": "One to four sentences; `code`, *emphasis*."},
        "takeaway": {**said, "description": "Said when it is solved: what was seen."},
        "seed": {"type": "integer", "minimum": 0, "maximum": 2**53},
        "start": {"$ref": "#/$defs/start"},
        "begin_ms": {
            **MS,
            "maximum": limits.BEGIN_MS_MAX,
            "description": "Virtual time lived before the student gets it.",
        },
        "allow": {"type": "array", "maxItems": 100, "items": {"enum": allowed}},
        "script": {**steps, "description": "What the lesson itself does; at_ms counts from begin_ms."},
        "predict": _one_or_more({"$ref": "#/$defs/question"}, limits.PREDICTIONS_MAX),
        "goal": goal,
        "misconceptions": {"type": "array", "maxItems": limits.CLAUSES_MAX, "items": misconception},
        "wrong": {"type": "array", "maxItems": limits.CLAUSES_MAX, "items": wrong},
        "hints": {"type": "array", "maxItems": limits.CLAUSES_MAX, "items": hint},
        "solution": {**steps, "minItems": 1},
        "par": {"type": "integer", "minimum": 1, "maximum": 100},
        "lab": an_object({"text": said, "kcat": _line(), "aws": _line()}, ["text"]),
        "offers": {"type": "array", "minItems": 1, "maxItems": len(OFFERS), "items": {"enum": list(OFFERS)}},
        "notes": {"$ref": "#/$defs/notes"},
        "sentence": said,
        "show": show,
        "page": {"type": "string", "pattern": "^[a-z0-9-]{2,40}$"},
    }
    level = {"required": ["takeaway", "goal", "solution", "par"], "properties": {"chapter": {"enum": list(CHAPTERS)}}}
    scene = {"required": ["sentence", "notes"], "properties": {"chapter": {"const": "lecture"}}}
    either = [
        when(
            {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
            {**then, "refusals": {"required": f"MISSING_IN_{kind.upper()}"}},
        )
        for kind, then in (("level", level), ("scene", scene))
    ]
    return {**an_object(properties, ["format", "id", "kind", "chapter", "title", "text", "start"]), "allOf": either}


def _said(longest: int) -> Schema:
    """A text in every language."""
    one = {
        "type": "string",
        "minLength": 1,
        "maxLength": longest,
        "pattern": r"\S",
        "refusals": {"pattern": "EMPTY_TEXT", "minLength": "EMPTY_TEXT"},
    }
    refusals = {"required": "MISSING_LANGUAGE", "additionalProperties": "UNKNOWN_LANGUAGE", "type": "NOT_SAID"}
    return {**an_object({"pt-BR": one, "en": one}, ["pt-BR", "en"]), "refusals": refusals}


def _line() -> Schema:
    """A command for a terminal."""
    return {"type": "string", "minLength": 1, "maxLength": 2_000}


def _question() -> Schema:
    option = an_object({"say": {"$ref": "#/$defs/said"}, "holds": {"$ref": "#/$defs/clauses"}}, ["say", "holds"])
    said = {"$ref": "#/$defs/said"}
    return an_object(
        {
            "at_ms": MS,
            "ask": said,
            "options": {"type": "array", "minItems": 2, "maxItems": 4, "items": option},
            "judge": {"const": "goal"},
            "after_ms": MS,
            "about": {"$ref": "#/$defs/about"},
            "surprise": said,
            "because": said,
        },
        ["ask", "options", "surprise"],
    )


def _about() -> Schema:
    fields = {"group": NAME, "topic": NAME, "partition": INDEX, "broker": INDEX, "consumer": NAME, "producer": NAME}
    fields |= {"stream": NAME, "shard": NAME, "reader": NAME}
    return {**an_object(fields, []), "minProperties": 1, "maxProperties": 3}


def _start() -> Schema:
    """A scenario (engine/cluster/scenario.py) without what a document says elsewhere."""
    kinds = {int: "integer", bool: "boolean", float: "number", str: "string"}
    config = {
        one.name: {"type": kinds[type(one.default)], "default": one.default} for one in dataclasses.fields(Config)
    }

    def several(do: str) -> Schema:
        return {"type": "array", "maxItems": 100, "items": fields(COMMANDS[do], step=False)}

    return an_object(
        {
            "brokers": {"type": "integer", "minimum": 1, "maximum": limits.BROKERS_MAX},
            "link_us": {"type": "integer", "minimum": 0, "maximum": 10_000_000},
            "racks": {
                "type": "array",
                "maxItems": limits.BROKERS_MAX,
                "items": {**NAME, "maxLength": limits.RACK_NAME_MAX},
            },
            "config": an_object(config, []),
            "topics": several("create_topic"),
            "producers": several("add_producer"),
            "groups": several("add_group"),
            "streams": {"type": "array", "maxItems": 100, "items": _stream()},
            "stream_producers": several("add_stream_producer"),
            "stream_consumers": several("add_stream_consumer"),
            "calendar_ms": {"type": "integer", "minimum": 0, "maximum": 4_102_444_800_000},
        },
        [],
    )


def _stream() -> Schema:
    """A Kinesis stream that is there from the beginning."""
    properties: Schema = {
        "stream": {**NAME, "maxLength": 128},
        "shards": {"type": "integer", "minimum": 1, "maximum": limits.PARTITIONS_MAX, "default": 4},
        "mode": {"enum": ["PROVISIONED", "ON_DEMAND"], "default": "PROVISIONED"},
        "retention_hours": {"type": "integer", "minimum": 24, "maximum": 8_760, "default": 24},
    }
    return an_object(properties, ["stream"])


def _one_or_more(item: Schema, most: int) -> Schema:
    """One, or a list of them."""
    several = {"type": "array", "minItems": 1, "maxItems": most, "items": item}
    return {"if": {"type": "array"}, "then": several, "else": item}


def text() -> str:
    """A line each definition and command: what changes is seen in a diff."""
    whole = schema()
    commands = _lines(whole["$defs"].pop("commands"), 3)
    defs = _lines(whole.pop("$defs"), 2).removesuffix("\n }") + f',\n  "commands": {commands}\n }}'
    return _lines(whole, 1).removesuffix("\n}") + f',\n "$defs": {defs}\n}}\n'


def _lines(members: Schema, deep: int) -> str:
    lines = (f'{" " * deep}"{name}": {json.dumps(one, ensure_ascii=False)}' for name, one in members.items())
    return "{\n" + ",\n".join(lines) + "\n" + " " * (deep - 1) + "}"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
