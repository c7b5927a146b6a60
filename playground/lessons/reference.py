"""What an author can look up beside the editor: what a lesson may hold, the measures, the commands.

Names, kinds and defaults are those of levels/schema.json; what each means is said in the catalogues.
"""

from __future__ import annotations

from typing import Any

from playground.lessons.checking import schema
from playground.narration import catalogue

SHOWN_CHOICES = 4
NOT_FIELDS = ("do", "at_ms", "say")


def keys(language: str) -> list[dict[str, Any]]:
    """[{"name", "about", "needed"}]: what stands at the top of a document. needed: "", "always", "level" or "scene"."""
    texts, whole = catalogue(language)["document"], schema()
    needed = dict.fromkeys(whole["required"], "always")
    for kind, when in zip(("level", "scene"), whole["allOf"], strict=True):
        needed |= dict.fromkeys(when["then"]["required"], kind)
    return [{"name": name, "about": texts[name], "needed": needed.get(name, "")} for name in whole["properties"]]


def measures(language: str) -> list[dict[str, Any]]:
    """[{"subject", "title", "narrows", "rows": [{"name", "kind", "about"}]}], the cluster as a whole last."""
    texts = catalogue(language)["measures"]
    found = []
    for subject, fields in measured():
        own = {name: one for name, one in fields.items() if is_measure(one)}
        narrows = [name for name in fields if name not in own and name not in (subject, "why", "say")]
        rows = [{"name": name, "kind": kind_of(one), "about": texts[_full(subject, name)]} for name, one in own.items()]
        found.append({"subject": subject, "title": texts[subject or "cluster"], "narrows": narrows, "rows": rows})
    return found


def event(language: str) -> dict[str, str]:
    texts = catalogue(language)["measures"]
    return {"title": texts["event"], "about": texts["event.about"]}


def measured() -> list[tuple[str, dict[str, Any]]]:
    """Each subject with what may stand in a clause about it, as the schema has them; "" is the cluster."""
    here, found = schema()["$defs"]["clause"]["else"], []
    while "if" in here:
        found.append((here["if"]["required"][0], here["then"]["properties"]))
        here = here["else"]
    return [*found, ("", here["properties"])]


def _full(subject: str, name: str) -> str:
    return f"{subject or 'cluster'}.{name}"


def is_measure(field: dict[str, Any]) -> bool:
    return "description" in field


def kind_of(field: dict[str, Any]) -> str:
    """ "number", "text", "truth", or what an object holds: "{key, partitions}"."""
    if field.get("type") == "object":
        return "{" + ", ".join(field["properties"]) + "}"
    return {"boolean": "truth", "string": "text"}.get(str(field.get("type")), "number")


def commands(language: str) -> list[dict[str, Any]]:
    """[{"name", "about", "fields": [{"name", "kind", "needed", "default"}]}] in the order of their names."""
    texts = catalogue(language)["commands"]
    return [
        {
            "name": name,
            "about": texts[name],
            "fields": [
                {"name": field, "kind": _kind(one), "needed": field in kind["required"], "default": _default(one)}
                for field, one in kind["properties"].items()
                if field not in NOT_FIELDS
            ],
        }
        for name, kind in sorted(schema()["$defs"]["commands"].items())
    ]


def _kind(one: dict[str, Any]) -> str:
    """Choices as they are written, numbers by their range, else the kind's name in the catalogues."""
    if "enum" in one:
        choices = [str(choice) for choice in one["enum"] if choice is not None]
        return " | ".join(choices[:SHOWN_CHOICES]) + (" | …" if len(choices) > SHOWN_CHOICES else "")
    if "minimum" in one:
        return f"{one['minimum']:g}–{one['maximum']:g}"
    kind = one["type"][0] if isinstance(one["type"], list) else one["type"]
    return {"boolean": "true | false", "string": "…", "array": "[…]", "object": "{…}"}.get(kind, "0, 1, …")


def _default(one: dict[str, Any]) -> str:
    value = one.get("default", "")
    return str(value).lower() if isinstance(value, bool) else str(value)
