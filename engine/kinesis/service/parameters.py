"""A call's parameters, read with care: whatever came, the answer is a value or one of AWS's errors, never a KeyError.

The AWS port has checked types and constraints before, in AWS's exact words; calls from inside the World come straight
here. What is read here is what the service needs to go on.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from engine.kinesis.service.errors import VALIDATION, KinesisError, serialization

Parameters: TypeAlias = "dict[str, Any]"
_MOST = 64  # of a value that is quoted in an error


def text(p: Parameters, name: str, longest: int = 1 << 20) -> str:
    """A text that must be there and not be empty."""
    value = optional_text(p, name, longest)
    if value is None:
        raise missing(name)
    return value


def optional_text(p: Parameters, name: str, longest: int = 1 << 20) -> str | None:
    value = p.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not _is_text(value):
        raise _kind(name, "String")
    if not value:
        raise constraint(value, name, "Member must have length greater than or equal to 1")
    if len(value) > longest:
        raise constraint(value, name, f"Member must have length less than or equal to {longest}")
    return value


def choice(p: Parameters, name: str, choices: tuple[str, ...]) -> str:
    value = text(p, name)
    if value not in choices:
        raise constraint(value, name, f"Member must satisfy enum value set: [{', '.join(choices)}]")
    return value


def integer(p: Parameters, name: str, least: int | None = None, most: int | None = None) -> int:
    value = optional_integer(p, name, least, most)
    if value is None:
        raise missing(name)
    return value


def optional_integer(p: Parameters, name: str, least: int | None = None, most: int | None = None) -> int | None:
    value = p.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise _kind(name, "Integer")
    if least is not None and value < least:
        raise constraint(value, name, f"Member must have value greater than or equal to {least}")
    if most is not None and value > most:
        raise constraint(value, name, f"Member must have value less than or equal to {most}")
    return value


def flag(p: Parameters, name: str) -> bool:
    value = p.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise _kind(name, "Boolean")
    return value


def moment_ms(p: Parameters, name: str) -> int | None:
    """A timestamp (seconds since 1970, perhaps with a fraction) in milliseconds."""
    value = p.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e12 < value < 1e12:
        raise _kind(name, "Timestamp")
    return round(value * 1000)


def structure(p: Parameters, name: str) -> Parameters:
    value = optional_structure(p, name)
    if value is None:
        raise missing(name)
    return value


def optional_structure(p: Parameters, name: str) -> Parameters | None:
    value = p.get(name)
    if value is not None and not isinstance(value, dict):
        raise _kind(name, "Structure")
    return value


def texts(p: Parameters, name: str, most: int) -> list[str]:
    """A list of texts that must be there."""
    value = p.get(name)
    if value is None:
        raise missing(name)
    if not isinstance(value, list) or not all(map(_is_text, value)):
        raise _kind(name, "List")
    if not value:
        raise constraint([], name, "Member must have length greater than or equal to 1")
    if len(value) > most:
        raise constraint(value, name, f"Member must have length less than or equal to {most}")
    return value


def text_map(p: Parameters, name: str) -> dict[str, str]:
    """A map of texts, empty where it is not there."""
    value = p.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(map(_is_text, value)) or not all(map(_is_text, value.values())):
        raise _kind(name, "Map")
    return value


def missing(name: str) -> KinesisError:
    text = f"1 validation error detected: Value null at '{member(name)}' failed to satisfy constraint: "
    return KinesisError(VALIDATION, text + "Member must not be null")


def constraint(value: object, name: str, what: str) -> KinesisError:
    shown = str(value)
    shown = shown if len(shown) <= _MOST else shown[:_MOST] + "..."
    return KinesisError(
        VALIDATION,
        f"1 validation error detected: Value '{shown}' at '{member(name)}' failed to satisfy constraint: {what}",
    )


def member(name: str) -> str:
    """As AWS names it in errors: streamName, shardIteratorType."""
    return name[:1].lower() + name[1:]


def _is_text(value: object) -> bool:
    """Half a character (a lone surrogate) is no text that could be written."""
    return isinstance(value, str) and (value.isascii() or not any("\ud800" <= one <= "\udfff" for one in value))


def _kind(name: str, kind: str) -> KinesisError:
    return serialization(f"{name} is not of the type {kind}")
