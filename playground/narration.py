"""Sentences from event codes and parameters, in Python: the catalogues of static/i18n/*.json.

The stage makes its sentences in the browser (static/js/narration.js); recordings, lessons, the
command line and tests make the same ones here. The patterns are read by ``patterns.py``. The two
programs are kept alike line by line; tests/stage run both over the same events and compare.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from playground.patterns import Count, Node, Plural, Select, Strong, Value, parse

CATALOGUES = Path(__file__).resolve().parent.parent / "static" / "i18n"
LANGUAGES = ("pt-BR", "en")
LIST_MAX = 5


@cache
def catalogue(language: str) -> dict[str, Any]:
    """The catalogue of a language: {"language", "words", "events", "stories", "errors", "ui", "why"}."""
    if language not in LANGUAGES:
        raise ValueError(f"no catalogue for {language!r}; there are {', '.join(LANGUAGES)}")
    loaded: dict[str, Any] = json.loads((CATALOGUES / f"{language}.json").read_text(encoding="utf-8"))
    for part in sorted(CATALOGUES.glob(f"*/{language}.json")):  # those a page loads when they are first needed
        for section, texts in json.loads(part.read_text(encoding="utf-8")).items():
            loaded[section] = {**loaded.get(section, {}), **texts}
    return loaded


def render(event: dict[str, Any], language: str) -> str:
    """The sentence of an event (engine/events/ ``to_json``). Of an unknown code: the code."""
    words = catalogue(language)
    pattern = words["events"].get(event["code"], words["words"]["unknown"])
    told = {"code": event["code"], "node": event.get("node"), "at_ms": event.get("at_ms")}
    # An event's own `node` (whose links, whose connections) is not the one that told it.
    return fill(pattern, {**told, **event["params"], **_counted(event["params"])}, language)


def _counted(params: dict[str, Any]) -> dict[str, int]:
    """Counts that sentences need and events imply: how many records from first to last, how many members."""
    more = {}
    if "first" in params and "last" in params:
        more["records"] = params["last"] - params["first"] + 1
    if "assignments" in params:
        more["members"] = sum(1 for what in params["assignments"].values() if what) + len(params["idle"])
    return more


def tell_why(told: dict[str, Any], language: str) -> str:
    """The sentence of a finding, or of how one thing led to another: {"code", "params"}."""
    return fill(catalogue(language)["why"].get(told["code"], told["code"]), told["params"], language)


def fill(pattern: str, params: dict[str, Any], language: str) -> str:
    """Any pattern of a catalogue with its parameters, as plain text."""
    out: list[str] = []
    _write(parse(pattern), params, catalogue(language), out, None)
    return "".join(out)


def _write(nodes: list[Node], params: dict[str, Any], words: dict[str, Any], out: list[str], count: Any) -> None:
    for node in nodes:
        match node:
            case str():
                out.append(node)
            case Strong(inner):
                _write(inner, params, words, out, count)
            case Count():
                out.append(_number(count, words))
            case Value(arg, form):
                out.append(WRITTEN[form](params.get(arg), words))
            case Select(arg, options):
                chosen = options.get(_key(params.get(arg)), options.get("*", []))
                _write(chosen, params, words, out, count)
            case Plural(arg, forms):
                value = params.get(arg)
                n = len(value) if isinstance(value, list) else value or 0
                none, one, many = forms if len(forms) == 3 else (forms[1], *forms)
                _write(none if n == 0 else one if n == 1 else many, params, words, out, n)


def _key(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else _text(value, {})


def _text(value: Any, words: dict[str, Any]) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return _list(value, words)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else _number(value, words)
    return str(value)


def _number(value: Any, words: dict[str, Any], decimals: int = 2) -> str:
    if isinstance(value, str) and not re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII):
        return value  # a text that is no number is left as it is
    # As ECMA-402 formats: of the shortest decimal that means this float, halves away from zero.
    exact = Decimal(value if isinstance(value, str) else repr(value or 0)).quantize(
        Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP
    )
    whole, _, rest = f"{abs(exact):f}".partition(".")
    rest = rest.rstrip("0")
    grouped = f"{int(whole):,}".replace(",", words["words"]["group"])
    return ("-" if exact < 0 else "") + grouped + (words["words"]["decimal"] + rest if rest else "")


def _duration(value: Any, words: dict[str, Any]) -> str:
    ms = max(0, value or 0)
    if ms < 999.5:
        return f"{_number(ms, words, 0)} ms"
    if ms < 59_950:
        return f"{_number(ms / 1000, words, 1)} s"
    seconds = int(ms / 1000 + 0.5)
    if seconds < 3600:
        return f"{seconds // 60} min" + (f" {seconds % 60} s" if seconds % 60 else "")
    minutes = seconds // 60
    return f"{_number(minutes // 60, words)} h" + (f" {minutes % 60} min" if minutes % 60 else "")


def _clock(value: Any, words: dict[str, Any]) -> str:
    ms = int(max(0, value or 0))
    hours = ms // 3_600_000
    rest = f"{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
    return f"{hours}:{rest}" if hours else rest


def _speed(value: Any, words: dict[str, Any]) -> str:
    times = 1 if value is None else value
    return f"1/{int(1 / times + 0.5)}×" if times < 0.1 else f"{_number(times, words)}×"


def _list(value: Any, words: dict[str, Any]) -> str:
    items = [_text(item, words) for item in value or []]
    if len(items) > LIST_MAX:
        more = _number(len(items) - (LIST_MAX - 1), words)
        items[LIST_MAX - 1 :] = [words["words"]["list_more"].replace("#", more)]
    if len(items) < 2:
        return "".join(items)
    last: str = words["words"]["list_two" if len(items) == 2 else "list_last"]
    separator: str = words["words"]["list_separator"]
    return separator.join(items[:-1]) + last + items[-1]


def _shares(value: Any, words: dict[str, Any]) -> str:
    given = sorted(((who, what) for who, what in (value or {}).items() if what), key=lambda s: s[0].encode("utf-16-be"))
    told: list[str] = []
    for who, what in given:
        out: list[str] = []
        _write(parse(words["words"]["share"]), {"who": who, "what": what}, words, out, None)
        told.append("".join(out))
    separator: str = words["words"]["share_separator"]
    return separator.join(told) or words["words"]["share_none"]


def _offsets(value: Any, words: dict[str, Any]) -> str:
    """{"0": 12}, by partition."""
    return _list([f"{partition}: {offset}" for partition, offset in (value or {}).items()], words)


def _error(value: Any, words: dict[str, Any]) -> str:
    known = words["errors"].get(value)
    return f"{value} ({known})" if known else _text(value, words)


# Each of patterns.FORMS.
WRITTEN: dict[str, Callable[[Any, dict[str, Any]], str]] = {
    "plain": _text, "number": _number, "ms": _duration, "list": _list,
    "speed": _speed, "clock": _clock, "shares": _shares, "offsets": _offsets, "error": _error,
}  # fmt: skip
