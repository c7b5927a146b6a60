"""YAML as a document, with the line of everything in it; whatever is more than plain data is refused.

Of YAML 1.2 this is the core: mappings, sequences and scalars. A lesson comes from anybody, and is read by
people who do not know YAML's corners, so there are no anchors and aliases (a few lines of them make gigabytes), no
tags, no merge keys, no second document, no key twice; ``no`` and ``on`` are texts.

    document = read(text)
    document.data["goal"]["now"][0]
    document.place(("goal", "now", 0, "members"))      (line, column), both from 1
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeAlias

import yaml

from playground.lessons.sentences import told

Path: TypeAlias = tuple[str | int, ...]
Place: TypeAlias = tuple[int, int]

BYTES_MAX = 200_000  # a lesson of 16 levels' texts would fit; beyond it TOO_LARGE
DEPTH_MAX = 14  # one inside the other; beyond it TOO_DEEP
TEXT_MAX = 8_000  # characters of one text; beyond it TEXT_TOO_LONG
KEY_MAX = 300
DIGITS_MAX = 15  # of a whole number: what JSON's readers keep exactly

# What YAML 1.2's core schema takes for something other than text.
_NULLS = ("", "~", "null", "Null", "NULL")
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
# The parser stops at most of them without a line; the others it takes for ends of lines, as no editor does.
_UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\ufeff\u2028\u2029]")


class Unreadable(Exception):
    """A text that is no document: where, a code, and the reason in the language of whoever asks (params: its parts)."""

    def __init__(self, place: Place, code: str, **params: Any) -> None:
        (self.line, self.column), self.code, self.params = place, code, params
        super().__init__(self.reason)

    @property
    def reason(self) -> str:
        return told(self.code, self.params)


@dataclass(slots=True)
class Document:
    """data: as JSON would have it. values, keys: where each value begins, and the key before it, by path."""

    data: dict[str, Any]
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where something stands; of what is not there, the place of what it would stand in. key: of its name."""
        path = tuple(path)
        while path:
            found = (self.keys.get(path) if key else None) or self.values.get(path) or self.keys.get(path)
            if found:
                return found
            path, key = path[:-1], True
        return 1, 1


def read(text: str | bytes) -> Document:
    """The document. Raises Unreadable."""
    plain = _decoded(text)
    try:
        return _Composer(plain).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _malformed(plain, error, mark.line if mark else 0, mark.column if mark else 0) from None
    except yaml.YAMLError as error:  # nothing is known that ends here
        raise Unreadable((1, 1), "NOT_YAML", problem=str(error)[:200]) from None


def _decoded(text: str | bytes) -> str:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    if len(data) > BYTES_MAX:
        place = _line_of(data[:BYTES_MAX].decode("utf-8", "replace"))
        raise Unreadable(place, "TOO_LARGE", most=BYTES_MAX)
    try:
        plain = data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = _line_of(data[: error.start].decode("utf-8", "replace"))
        raise Unreadable(place, "NOT_UTF8", byte=f"{data[error.start]:02x}") from None
    plain = plain.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if odd := _UNPRINTABLE.search(plain):
        place = _line_of(plain[: odd.start()])
        raise Unreadable(place, "UNPRINTABLE", character=f"U+{ord(odd.group()):04X}")
    return plain


def _line_of(before: str) -> Place:
    """The place behind ``before``."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


class _Composer:
    """Events into data: with a stack of our own, so that depth is a number and not the interpreter's."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self._made = Document({})

    def document(self) -> Document:
        root = self._root()
        if not isinstance(root, yaml.MappingStartEvent):
            self._refuse(root, "NOT_A_MAPPING")
        self._made.data = self._fill()
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._refuse(event, "TWO_DOCUMENTS")
        return self._made

    def _root(self) -> yaml.Event:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if event.version or event.tags:
                    self._refuse(event, "DIRECTIVE")
            elif not isinstance(event, yaml.StreamStartEvent):
                if isinstance(event, yaml.StreamEndEvent):
                    self._refuse(event, "EMPTY")
                self._plain(event)
                return event
        raise Unreadable((1, 1), "EMPTY")

    def _fill(self) -> dict[str, Any]:
        """What is in the mapping that has just begun, and all that is in that."""
        root: dict[str, Any] = {}
        inside: list[tuple[dict[str, Any] | list[Any], Path]] = [(root, ())]
        key: str | None = None
        for event in self._events:
            here, at = inside[-1]
            if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                inside.pop()
                if not inside:
                    return root
                continue
            self._plain(event)
            if isinstance(here, dict) and key is None:
                key = self._key(event, here, at)
                continue
            path = (*at, key if isinstance(here, dict) else len(here))
            self._made.values[path] = _place(event)  # type: ignore[index]  # a mapping's key is there by now
            value = self._value(event)
            if isinstance(here, dict):
                assert key is not None
                here[key], key = value, None
            else:
                here.append(value)
            if isinstance(value, dict | list):
                if len(inside) >= DEPTH_MAX:
                    self._refuse(event, "TOO_DEEP", most=DEPTH_MAX)
                inside.append((value, path))  # type: ignore[arg-type]
        raise AssertionError("the parser ends what it begins")

    def _key(self, event: yaml.Event, here: dict[str, Any], at: Path) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(event, "KEY_NOT_TEXT")
        key = self._text(event, KEY_MAX)
        if key == "<<" and event.implicit[0]:
            self._refuse(event, "MERGE_KEY")
        if key in here:
            self._refuse(event, "KEY_TWICE", key=key, first=self._made.keys[(*at, key)][0])
        self._made.keys[(*at, key)] = _place(event)
        return key

    def _value(self, event: yaml.Event) -> Any:
        if isinstance(event, yaml.MappingStartEvent):
            return {}
        if isinstance(event, yaml.SequenceStartEvent):
            return []
        assert isinstance(event, yaml.ScalarEvent)
        text = self._text(event, TEXT_MAX)
        if not event.implicit[0]:  # in quotes or a block: a text, whatever it looks like
            return text
        if text in _NULLS:
            return None
        if text in _TRUTHS:
            return _TRUTHS[text]
        if _WHOLE.fullmatch(text):
            if len(text.lstrip("+-")) > DIGITS_MAX:
                self._refuse(event, "NUMBER_TOO_LARGE", value=text[:40])
            return int(text)
        if _NUMBER.fullmatch(text):
            number = float(text)
            if abs(number) >= 10**DIGITS_MAX:
                self._refuse(event, "NUMBER_TOO_LARGE", value=text[:40])
            return number
        return text

    def _text(self, event: yaml.ScalarEvent, most: int) -> str:
        text: str = event.value
        if len(text) > most:
            self._refuse(event, "KEY_TOO_LONG" if most == KEY_MAX else "TEXT_TOO_LONG", length=len(text), most=most)
        if odd := _UNPRINTABLE.search(text):  # written with an escape: "\0", "\ud800"
            self._refuse(event, "UNPRINTABLE", character=f"U+{ord(odd.group()):04X}")
        return text

    def _plain(self, event: yaml.Event) -> None:
        """Refuse what makes YAML a language of its own."""
        if not isinstance(event, yaml.NodeEvent):
            return
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, "ALIAS", name=(event.anchor or "")[:60])
        if event.anchor:
            self._refuse(event, "ANCHOR", name=event.anchor[:60])
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            self._refuse(event, "TAG", name=event.tag[:60])

    def _refuse(self, event: yaml.Event, code: str, **params: Any) -> NoReturn:
        raise Unreadable(_place(event), code, **params)


def _place(event: yaml.Event) -> Place:
    assert event.start_mark is not None
    return event.start_mark.line + 1, event.start_mark.column + 1


# What the parser says, and what somebody who wrote it has to hear.
_PROBLEMS = (
    ("mapping values are not allowed", "COLON_IN_TEXT"),
    ("cannot start any token", "ODD_START"),
    ("did not find expected comment or line break", "BARE_COMPARISON"),
    ("did not find expected ',' or", "BRACKET_OPEN"),
    ("found unexpected end of stream", "QUOTE_OPEN"),
    ("found unexpected document indicator", "QUOTE_OPEN"),
    ("unknown escape character", "ODD_ESCAPE"),
    ("did not find expected hexdecimal", "ODD_ESCAPE"),
    ("invalid Unicode character escape", "ODD_ESCAPE"),
    ("could not find expected ':'", "NO_COLON"),
    ("did not find expected key", "INDENT"),
    ("did not find expected '-' indicator", "INDENT"),
    ("did not find expected <document start>", "TWO_DOCUMENTS"),
    ("block sequence entries are not allowed", "INDENT"),
)


def _malformed(text: str, error: yaml.MarkedYAMLError, line: int, column: int) -> Unreadable:
    """line, column: from 0, where the parser gave up."""
    problem = str(error.problem or error.context or "")
    code = next((code for start, code in _PROBLEMS if start in problem), "NOT_YAML")
    if error.context_mark and (code in ("QUOTE_OPEN", "NO_COLON") or "tag" in str(error.context)):
        line, column = error.context_mark.line, error.context_mark.column  # where it was opened
    lines = text.split("\n")
    if line >= len(lines):  # the parser ends the last line itself
        line, column = len(lines) - 1, len(lines[-1])
    stands = lines[line][column:]
    if stands.startswith("\t"):
        code = "TABULATOR"
    params: dict[str, Any] = {}
    if "tag" in problem or "tag" in str(error.context):
        code, params = "TAG", {"name": stands.split(" ")[0][:60]}
    elif code == "NOT_YAML":
        params = {"problem": problem}
    elif code == "ODD_START":
        params = {"character": stands[:1]}
    return Unreadable((line + 1, column + 1), code, **params)
