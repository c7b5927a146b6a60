"""Whether a request's parameters are what the model says, in AWS's own words.

Two walks, as AWS makes them. The first looks at types and ends at the first that is wrong
(SerializationException); members that the model does not know, and nulls, count as absent. The second
looks at constraints and tells all that are not met, at most ``TOLD_MAX``, in the order of the model
(ValidationException): "1 validation error detected: Value '' at 'streamName' failed to satisfy constraint: ...".
"""

from __future__ import annotations

import binascii
import math
from typing import Any
from zlib import crc32

from engine.live.aws.errors import invalid, unreadable
from engine.live.aws.shapes import Shape

TOLD_MAX = 10
SHOWN_MAX = 1_000  # characters of a value in a text; AWS shows it whole, however long
NUMBERS = {"integer": "Integer", "long": "Long", "short": "Short", "float": "Float", "double": "Double"}
_MOST = {"integer": 2**31 - 1, "short": 2**15 - 1, "long": 2**63 - 1}
_NUMBER = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber"
_MAP, _LIST = "Start of structure or map found where not expected.", "Start of list found where not expected"


def check(shape: Shape, given: Any) -> dict[str, Any]:
    """The parameters of a request, of the right types and within their constraints. Raises AwsError."""
    clean: dict[str, Any] = typed(shape, given)
    told: list[str] = []
    _constrain(shape, clean, "", told)
    if told:
        raise invalid(told)
    return clean


# --- types -------------------------------------------------------------------------------------------


def typed(shape: Shape, given: Any) -> Any:
    """``given`` with only what the model knows in it. Raises AwsError."""
    kind = shape.kind
    if kind in ("structure", "list", "map"):
        return _container(shape, given)
    if isinstance(given, dict):
        raise unreadable(_MAP)
    if isinstance(given, list):
        raise unreadable(_LIST)
    if kind == "string":
        if not isinstance(given, str):
            raise unreadable(f"{_java(given)} can not be converted to an String")
    elif kind == "blob":
        if not isinstance(given, str):
            raise unreadable(f"{_java(given)} can not be converted to a Blob")
        _base64(given)
    elif kind == "boolean":
        if isinstance(given, str):
            raise unreadable(f"'{given.upper()}' can not be converted to an Boolean")
        if not isinstance(given, bool):
            raise unreadable(f"{_java(given)} can not be converted to an Boolean")
    elif kind == "timestamp":
        if isinstance(given, (str, bool)):
            raise unreadable(f"{_java(given)} can not be converted to milliseconds since epoch")
    elif isinstance(given, (str, bool)):
        raise unreadable(f"{_java(given)} can not be converted to an {NUMBERS[kind]}")
    elif not math.isfinite(given):
        raise unreadable(f"{_NUMBER} can not be converted to an {NUMBERS[kind]}")
    elif kind in _MOST:
        return max(min(math.floor(given), _MOST[kind]), -_MOST[kind] - 1)
    return given


def _container(shape: Shape, given: Any) -> Any:
    kind = shape.kind
    if kind == "list":
        if isinstance(given, dict):
            raise unreadable(_MAP)
        if not isinstance(given, list):
            raise unreadable("Expected list or null")
        assert shape.member is not None
        return [None if one is None else typed(shape.member, one) for one in given]
    if isinstance(given, list):
        raise unreadable(_LIST)
    if not isinstance(given, dict):
        raise unreadable("Expected map or null" if kind == "map" else "Expected null")
    if kind == "map":
        assert shape.value is not None
        value = shape.value
        return {key: None if one is None else typed(value, one) for key, one in given.items()}
    return {name: typed(member, one) for name, member in shape.members.items() if (one := given.get(name)) is not None}


def _java(given: Any) -> str:
    if isinstance(given, bool):
        return "class java.lang.Boolean"
    return "class java.lang.String" if isinstance(given, str) else _NUMBER


def _base64(text: str) -> None:
    """Raises AwsError unless it is base64 as AWS takes it: padded, canonical."""
    try:
        binascii.a2b_base64(text, strict_mode=True)
        wrong = ""
    except ValueError:
        wrong = f"Base64 encoded length is expected a multiple of 4 bytes but found: {len(text)}"
        if len(text) % 4 == 0:
            bad = next((c for c in text if not (c.isascii() and (c.isalnum() or c in "+/="))), "=")
            wrong = f"Invalid Base64 character: '{bad}'"
    if not wrong and text and binascii.b2a_base64(binascii.a2b_base64(text), newline=False) != text.encode():
        wrong = "Invalid last non-pad Base64 character dectected"  # AWS spells it so
    if wrong:
        raise unreadable(f"'{text[:SHOWN_MAX]}' can not be converted to a Blob: {wrong}")


# --- constraints -------------------------------------------------------------------------------------


def _constrain(shape: Shape, given: dict[str, Any], at: str, told: list[str]) -> None:
    """Of the members of a structure. at: "", or its place with a dot."""
    for name, member in shape.members.items():
        place = f"{at}{name[0].lower()}{name[1:]}"
        value = given.get(name)
        if value is None:
            if name in shape.required:
                _tell(told, "null", place, "Member must not be null")
        else:
            _look(member, value, place, told)


def _look(shape: Shape, value: Any, at: str, told: list[str]) -> None:
    kind = shape.kind
    if kind == "structure":
        _constrain(shape, value, f"{at}.", told)
        return
    for text in failings(shape, value):
        _tell(told, _shown(shape, value), at, text)
    if kind == "list" and shape.member is not None:
        _look_inside(shape, shape.member, value, at, told)
    elif kind == "map":
        for what, part, parts in (("keys", shape.key, list(value)), ("value", shape.value, list(value.values()))):
            assert part is not None
            if any(one is not None and any(failings(part, one)) for one in parts):
                text = f"Map {what} must satisfy constraint: [{', '.join(_all_of(part))}]"
                _tell(told, _shown(shape, value), at, text)


def _look_inside(shape: Shape, member: Shape, value: list[Any], at: str, told: list[str]) -> None:
    if member.kind in ("structure", "list", "map"):
        for number, one in enumerate(value, 1):
            if len(told) >= TOLD_MAX:
                return
            if one is None:
                _tell(told, "null", f"{at}.{number}.member", "Member must not be null")
            else:
                _look(member, one, f"{at}.{number}.member", told)
    elif any(one is None or any(failings(member, one)) for one in value):
        _tell(told, _shown(shape, value), at, f"Member must satisfy constraint: [{', '.join(_all_of(member))}]")


def failings(shape: Shape, value: Any) -> list[str]:
    """Which of its constraints a value does not meet."""
    told, kind = [], shape.kind
    if shape.pattern is not None and not shape.pattern.fullmatch(value):
        told.append(f"Member must satisfy regular expression pattern: {shape.pattern_text}")
    if shape.low is not None or shape.high is not None:
        size = value if kind in NUMBERS else _size(kind, value)
        what = "value" if kind in NUMBERS else "length"
        if shape.low is not None and size < shape.low:
            told.append(f"Member must have {what} greater than or equal to {shape.low}")
        if shape.high is not None and size > shape.high:
            told.append(f"Member must have {what} less than or equal to {shape.high}")
    if shape.enum and value not in shape.enum:
        told.append(f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    return told


def _all_of(shape: Shape) -> list[str]:
    """The constraints of a member of a list or map: AWS names them all, whichever is not met."""
    told = []
    if shape.high is not None:
        told.append(f"Member must have length less than or equal to {shape.high}")
    if shape.low is not None:
        told.append(f"Member must have length greater than or equal to {shape.low}")
    if shape.pattern is not None:
        told.append(f"Member must satisfy regular expression pattern: {shape.pattern_text}")
    if shape.enum:
        told.append(f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    return told or ["Member must not be null"]


def _size(kind: str, value: Any) -> int:
    if kind == "blob":
        return len(value) // 4 * 3 - value.count("=", -2) if value else 0
    return len(value)


def _tell(told: list[str], shown: str, at: str, text: str) -> None:
    if len(told) < TOLD_MAX:
        told.append(f"Value {shown} at '{at}' failed to satisfy constraint: {text}")


def _shown(shape: Shape, value: Any) -> str:
    return f"'{_text(shape, value)[:SHOWN_MAX]}'"


def _text(shape: Shape, value: Any) -> str:
    """As Java would print it, since AWS does."""
    kind = shape.kind
    if value is None:
        return "null"
    if kind == "blob":
        size = _size(kind, value)
        return f"java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]"
    if kind == "list":
        assert shape.member is not None
        return f"[{', '.join(_text(shape.member, one) for one in value[:SHOWN_MAX])}]"
    if kind == "map":
        assert shape.value is not None
        return f"{{{', '.join(f'{key}={_text(shape.value, one)}' for key, one in value.items())}}}"
    if kind == "structure":
        return f"{shape.java}@{crc32(repr(value).encode()):x}"
    if kind == "boolean":
        return str(value).lower()
    return str(value)
