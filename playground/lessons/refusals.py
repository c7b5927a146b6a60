"""From what jsonschema says to what a person who writes a lesson has to hear: a code and what its sentence names."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from jsonschema.exceptions import ValidationError

from playground.lessons.reading import Path

CHOICES_MAX = 12  # named in a sentence; the page has the whole list
SHOWN_MAX = 60

# What a keyword of JSON Schema is called here, unless the schema says otherwise ("refusals").
CODES = {
    "additionalProperties": "UNKNOWN_KEY",
    "required": "MISSING_KEY",
    "dependentRequired": "NEEDS_BESIDE",
    "type": "WRONG_KIND",
    "enum": "NOT_ONE_OF",
    "const": "NOT_THIS",
    "pattern": "BAD_NAME",
    "minimum": "OUT_OF_RANGE",
    "maximum": "OUT_OF_RANGE",
    "minLength": "EMPTY_TEXT",
    "maxLength": "TEXT_TOO_LONG",
    "minItems": "TOO_FEW",
    "maxItems": "TOO_MANY",
    "minProperties": "TOO_FEW",
    "maxProperties": "TOO_MANY",
    "anyOf": "FITS_NOTHING",
}


@dataclass(slots=True)
class Refusal:
    """key: the place is that of the name, not of what stands behind it, which may begin a line further down."""

    path: Path
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    key: bool = False


def of(error: ValidationError) -> list[Refusal]:
    path: Path = tuple(error.absolute_path)
    keyword, value, wanted = str(error.validator), _any(error.instance), _any(error.validator_value)
    schema: dict[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    code = schema.get("refusals", {}).get(keyword, CODES.get(keyword, "FITS_NOTHING"))
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    if keyword == "additionalProperties":
        known = list(schema["properties"])
        return [
            Refusal((*path, key), code, {"key": key[:SHOWN_MAX], **_choices(key, known)}, key=True)
            for key in value
            if key not in schema["properties"]
        ]
    if keyword in ("required", "dependentRequired"):
        names = wanted if keyword == "required" else [key for keys in wanted.values() for key in keys]
        of_what = str(value.get("do") or name)
        # Each name that is missing has an error of its own.
        missing = [key for key in names if error.message.startswith(f"{key!r} ")]
        return [Refusal((*path, key), code, {"key": key, "of": of_what}) for key in missing[:1]]
    params: dict[str, Any] = {"key": name, "value": shown(value)}
    if keyword == "type":
        params["wanted"] = wanted[0] if isinstance(wanted, list) else wanted
    elif keyword in ("enum", "const"):
        known = [shown(one) for one in (wanted if keyword == "enum" else [wanted])]
        params |= _choices(shown(value), known)
    elif keyword in ("minimum", "maximum"):
        params |= {"least": schema.get("minimum", 0), "most": schema.get("maximum", 0)}
    elif keyword in ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"):
        params |= {"length": len(value), "least": schema.get("minItems", 1), "most": wanted}
    elif keyword == "anyOf":
        params |= _choices("", [one for part in wanted for one in part.get("required", [])])
    return [Refusal(path, code, params, key=isinstance(value, dict | list))]


def _any(value: Any) -> Any:
    """jsonschema's types know a value that was never set; errors that it found have all of theirs."""
    return value


def _choices(given: str, known: list[str]) -> dict[str, Any]:
    """near: the one that was meant, perhaps; else what there is."""
    near = get_close_matches(given, known, 1, 0.7)
    return {
        "near": near[0] if near else "",
        "known": ", ".join(known[:CHOICES_MAX]) + (", …" if len(known) > CHOICES_MAX else ""),
    }


def shown(value: Any) -> str:
    """A value for people, however large it is."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    text = str(value)
    return text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…"
