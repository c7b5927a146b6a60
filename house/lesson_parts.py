"""Commands, events and measures of the engine as JSON Schema (lesson_schema.py puts them into the whole)."""

from __future__ import annotations

import dataclasses
import types
from typing import Any, get_args, get_origin, get_type_hints

from engine import limits
from engine.commands import COMMANDS, Command
from engine.commands.forms import TEXT_MAX
from engine.events import EVENTS
from engine.lessons.measures import MEASURES, SUBJECTS, Measure

Schema = dict[str, Any]

NOT_STEPS = ("predict", "show_solution")  # a person's alone
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": limits.NAME_MAX}
INDEX: Schema = {"type": "integer", "minimum": 0, "maximum": 1_000_000}
MS: Schema = {"type": "integer", "minimum": 0, "maximum": limits.LESSON_MS_MAX}
COMPARISON = r"^\s*((>=|<=|!=|>|<)\s*-?\d+(\.\d+)?|-?\d+(\.\d+)?)\s*$"
STEPS = {do: kind for do, kind in sorted(COMMANDS.items()) if do not in NOT_STEPS}


def clause() -> Schema:
    """By its subject; a group's may have a topic, so the group is looked for first."""
    words: Schema = {"why": {"$ref": "#/$defs/said"}, "say": {"$ref": "#/$defs/said"}}
    chosen: Schema = _measures("", words)
    for subject in reversed(list(SUBJECTS)):
        chosen = {"if": {"required": [subject]}, "then": _measures(subject, words), "else": chosen}
    told = {code: kind for code, kind in sorted(EVENTS.items()) if kind.milestone}
    any_value: Schema = {"type": ["string", "number", "boolean"]}

    def of(kind: type[Any]) -> Schema:
        params = dict.fromkeys(_names(kind), any_value)
        both = {
            name: {"if": {"type": "object"}, "then": words[name], "else": any_value} for name in words if name in params
        }
        return an_object({"event": {}, "times": _wanted(int), **params, **words, **both}, [])

    event: Schema = {
        "properties": {"event": {"enum": list(told), "refusals": {"enum": "UNKNOWN_EVENT"}}},
        "allOf": [when({"properties": {"event": {"const": code}}}, of(kind)) for code, kind in told.items()],
    }
    return {"type": "object", "if": {"required": ["event"]}, "then": event, "else": chosen}


def _measures(subject: str, words: Schema) -> Schema:
    own = [one for (of, _), one in MEASURES.items() if of == subject]
    fields: Schema = {subject: INDEX if subject == "broker" else NAME} if subject else {}
    fields |= {name: INDEX if name == "partition" else NAME for name in SUBJECTS.get(subject, ())}
    made = an_object({**fields, **{one.name: _measure(one) for one in own}, **words}, [])
    made["refusals"] = {"additionalProperties": "UNKNOWN_MEASURE", "anyOf": "NO_MEASURE"}
    if subject != "client":
        made["anyOf"] = [{"required": [one.name]} for one in own]
    made["dependentRequired"] = {one.name: list(one.needs) for one in own if one.needs}
    return made


def _measure(one: Measure) -> Schema:
    wanted = _wanted(one.kind, one.least)
    if not one.takes:
        return {**wanted, "description": one.about}
    key, count = one.takes
    return {**an_object({key: NAME, count: wanted}, [key]), "description": one.about}


def _wanted(kind: type, least: int = 0) -> Schema:
    """What a value of that kind can be held against. Truth: whether a number is more than 0."""
    if kind is bool:
        return {"type": "boolean"}
    if kind is str:
        return {"type": "string", "minLength": 1, "maxLength": 200}
    return {
        "anyOf": [{"type": "number", "minimum": least}, {"type": "boolean"}, {"type": "string", "pattern": COMPARISON}],
        "refusals": {"anyOf": "NO_CONDITION"},
    }


def step() -> Schema:
    """By its command: the fields of that one, besides when."""
    cases = [
        when(
            {"properties": {"do": {"const": do}}, "required": ["do"]},
            {"$ref": f"#/$defs/commands/{do}"},
        )
        for do in list(STEPS)
    ]
    do = {"enum": list(STEPS), "refusals": {"enum": "UNKNOWN_COMMAND"}}
    return {"type": "object", "properties": {"do": do, "at_ms": MS}, "required": ["do"], "allOf": cases}


def fields(kind: type[Command], *, step: bool = True) -> Schema:
    hints = get_type_hints(kind)
    properties: Schema = {"do": {"const": kind.do}, "at_ms": MS, "say": {"$ref": "#/$defs/said"}} if step else {}
    required = []
    for one in dataclasses.fields(kind):  # type: ignore[arg-type]  # each command is a dataclass
        properties[one.name] = _field(one, hints[one.name])
        if one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING:
            required.append(one.name)
    made = an_object(properties, required)
    made["description"] = " ".join((kind.__doc__ or "").split())
    made["refusals"] = {"additionalProperties": "UNKNOWN_FIELD"}
    return made


def _field(one: dataclasses.Field[Any], hint: Any) -> Schema:
    optional = get_origin(hint) is types.UnionType
    plain = next(a for a in get_args(hint) if a is not type(None)) if optional else hint
    made: Schema
    if get_origin(plain) is list:
        made = {"type": "array", "items": {"type": "integer" if get_args(plain) == (int,) else "string"}}
    elif get_origin(plain) is dict:
        made = {"type": "object"}
        if "json" not in one.metadata:
            made["additionalProperties"] = {"type": "string"}
    else:
        made = {"type": {str: "string", int: "integer", float: "number", bool: "boolean"}[plain]}
    if plain is str:
        made |= {"maxLength": TEXT_MAX.get(one.name, limits.NAME_MAX)} | (
            {} if one.name in TEXT_MAX else {"minLength": 1}
        )
    if "least" in one.metadata:
        made |= {"minimum": one.metadata["least"], "maximum": one.metadata["most"]}
    if "choices" in one.metadata:
        made = {"enum": list(one.metadata["choices"])}
    if optional:
        made = {**made, "enum": [*made["enum"], None]} if "enum" in made else {**made, "type": [made["type"], "null"]}
    if one.default is not dataclasses.MISSING and one.default is not None:
        made["default"] = one.default
    return made


def an_object(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def when(condition: Schema, then: Schema) -> Schema:
    return {"if": condition, "then": then}


def _names(kind: type[Any]) -> list[str]:
    return [one.name for one in dataclasses.fields(kind)]
