"""The language in which the catalogues' sentences are written, and its parser. In full::

    {topic}                     the parameter itself; a list is written out: "1, 2 e 3"
    {silent_ms:ms}              in a form: number, ms, list, speed, clock, shares, offsets, error
    {members|one|many}          by count (of a number, or of a list's items); # is the count
    {members|none|one|many}     the same with a form of its own for zero
    {why?joined:a|left:b|*:c}   by value; * is the default
    **words**                   strong (left out in plain text)
    \\x                          the character x itself

A pattern is parsed before a parameter is looked at, so a topic called "{x}" is only a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

FORMS = ("plain", "number", "ms", "list", "speed", "clock", "shares", "offsets", "error")


class BadPattern(ValueError):
    """A pattern of a catalogue that cannot be read: says what is wrong and shows the pattern."""


@dataclass(slots=True)
class Strong:
    nodes: list[Node]


@dataclass(slots=True)
class Count:
    pass


@dataclass(slots=True)
class Value:
    arg: str
    form: str


@dataclass(slots=True)
class Select:
    arg: str
    options: dict[str, list[Node]] = field(default_factory=dict)


@dataclass(slots=True)
class Plural:
    arg: str
    forms: list[list[Node]]


Node = str | Strong | Count | Value | Select | Plural


@cache
def parse(pattern: str) -> list[Node]:
    reader = _Reader(pattern)
    nodes = reader.nodes(inside=False)
    if reader.at < len(pattern):
        raise BadPattern(f"stray {pattern[reader.at]} at {reader.at} in: {pattern}")
    return nodes


class _Reader:
    HEAD = re.compile(r"\{([a-z][a-z0-9_]*)([:|?}])")

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def nodes(self, inside: bool, strong: bool = False) -> list[Node]:
        nodes: list[Node] = []
        text = ""
        while self.at < len(self.text):
            char = self.text[self.at]
            special: Node | None = None
            if char == "\\":
                text += self.text[self.at + 1 : self.at + 2]
                self.at += 2
                continue
            if self.text.startswith("**", self.at):
                if strong:
                    break
                self.at += 2
                special = Strong(self.nodes(inside, strong=True))
                if not self.text.startswith("**", self.at):
                    raise BadPattern(f"** is not closed in: {self.text}")
                self.at += 2
            elif char == "{":
                special = self.braces()
            elif char == "}" or (inside and char == "|"):
                break
            elif inside and char == "#":
                special = Count()
                self.at += 1
            else:
                text += char
                self.at += 1
                continue
            if text:
                nodes.append(text)
            text = ""
            nodes.append(special)
        if text:
            nodes.append(text)
        return nodes

    def braces(self) -> Node:
        found = self.HEAD.match(self.text, self.at)
        if found is None:
            raise BadPattern(f"what follows {{ at {self.at} is no name in: {self.text}")
        self.at = found.end()
        arg, mark = found.groups()
        if mark == "}":
            return Value(arg, "plain")
        if mark == ":":
            form = self.text[self.at : self.text.find("}", self.at)]
            if form not in FORMS:
                raise BadPattern(f"there is no form {form} in: {self.text}")
            self.at += len(form) + 1
            return Value(arg, form)
        options: list[tuple[str, list[Node]]] = []
        while True:
            name = ""
            if mark == "?":
                colon = self.text.find(":", self.at)
                if colon < 0:
                    raise BadPattern(f"a choice lacks its colon in: {self.text}")
                name = self.text[self.at : colon]
                self.at = colon + 1
            options.append((name, self.nodes(inside=True)))
            if self.at >= len(self.text):
                raise BadPattern(f"{{ is not closed in: {self.text}")
            end = self.text[self.at]
            self.at += 1
            if end == "}":
                break
        if mark == "?":
            return Select(arg, dict(options))
        if len(options) not in (2, 3):
            raise BadPattern(f"a count has two or three forms in: {self.text}")
        return Plural(arg, [nodes for _, nodes in options])
