"""Plain data written down in the format of canonical.py: one graph, in pieces of a millisecond."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from itertools import chain
from random import Random
from struct import pack
from typing import Any

from engine.world.canonical import (  # isort: skip
    AGAIN, ARRAY, BYTEARRAY, BYTES, CLASS, DEQUE, DICT, ENUM, FALSE, FLOAT, FROZENSET, INSTANCE, INT, KEPT_BYTES,
    KEPT_FROM, KEPT_VIEW, LEAF, LIST, NAMED_TUPLE, NONE, RANDOM, RANDOM_WORDS, RANGE, SET, SLICE, TEXT, TEXT_AGAIN,
    TRUE, TUPLE, TUPLES_DEEP_MAX, VALUE_BYTES, VIEW, Keep, Kind, NotCanonical, Registry, little_endian,
)  # fmt: skip


class Writer:
    """Writes one graph. Nobody may change it meanwhile."""

    def __init__(self, registry: Registry, keep: Keep) -> None:
        self._registry, self._keep = registry, keep
        self._out = bytearray()
        self._numbers: dict[int, int] = {}  # of objects, by id
        self._met: list[Any] = []  # in order of their numbers; so no id is used twice either
        self._texts: dict[str, int] = {}
        self._shapes: dict[str, int] = {}
        self._deep = 0
        self._left = SLICE  # values until the next pause

    def write(self, root: Any) -> Iterator[bytes]:
        """The bytes in pieces. Raises NotCanonical."""
        self._value(root)
        for thing in self._met:  # which grows meanwhile
            for value in self._content(thing):
                self._value(value)
                self._left -= 1
                if self._left <= 0:
                    yield self._taken()
            self._left -= 1
        yield self._taken()

    def _taken(self) -> bytes:
        taken = bytes(self._out)
        self._out.clear()
        self._left = SLICE
        return taken

    # --- values -------------------------------------------------------------------------------------

    def _value(self, value: Any) -> None:
        out = self._out
        kind = type(value)
        if kind is int:
            out.append(INT)
            self._number(value << 1 if value >= 0 else ~value << 1 | 1)
        elif kind is str:
            self._text(value)
        elif value is None:
            out.append(NONE)
        elif kind is bool:
            out.append(TRUE if value else FALSE)
        elif kind is tuple:
            out.append(TUPLE)
            self._tuple(value)
        elif kind is bytes or kind is memoryview:
            self._bytes(value, kind is memoryview)
        elif kind is float:
            out.append(FLOAT)
            out += pack(">d", value)
        elif isinstance(value, type):
            out.append(CLASS)
            self._text(self._kind(value).name)
        elif isinstance(value, Enum):
            out.append(ENUM)
            self._text(self._kind(kind).name)
            self._text(value.name)
        elif kind is frozenset:
            out.append(FROZENSET)
            self._sorted(value)
        elif kind is range:
            out.append(RANGE)
            for number in (value.start, value.stop, value.step):
                self._value(number)
        elif isinstance(value, tuple):
            out.append(NAMED_TUPLE)
            self._text(self._kind(kind).name)
            self._tuple(value)
        else:
            self._object(value, kind)

    def _number(self, number: int) -> None:
        out = self._out
        while number > 0x7F:
            out.append(number & 0x7F | 0x80)
            number >>= 7
        out.append(number)

    def _text(self, text: str) -> None:
        known = self._texts.get(text)
        if known is None:
            self._texts[text] = len(self._texts)
            self._sized(TEXT, text.encode("utf-8", "surrogatepass"))
        else:
            self._out.append(TEXT_AGAIN)
            self._number(known)

    def _sized(self, tag: int, data: bytes | bytearray | memoryview) -> None:
        self._out.append(tag)
        self._number(len(data))
        self._out += data

    def _bytes(self, data: bytes | memoryview, view: bool) -> None:
        if len(data) < KEPT_FROM:
            self._sized(VIEW if view else BYTES, data)
        else:
            self._out.append(KEPT_VIEW if view else KEPT_BYTES)
            self._kept(data, lambda: [data])

    def _kept(self, key: Any, data: Callable[[], list[bytes | memoryview]]) -> None:
        place = self._keep.find(key)
        if place is None:
            place = self._keep.put(key, data())
            self._left -= place[2] // VALUE_BYTES
        for number in place:
            self._number(number)

    def _tuple(self, values: tuple[Any, ...]) -> None:
        self._deep += 1
        if self._deep > TUPLES_DEEP_MAX:
            raise NotCanonical(f"there are tuples within tuples, more than {TUPLES_DEEP_MAX} deep")
        self._number(len(values))
        for value in values:
            self._value(value)
        self._deep -= 1

    def _sorted(self, members: Iterable[Any]) -> None:
        """A set has no order: it is written in that of its members, which must have one."""
        try:
            ordered = sorted(members)
        except TypeError:
            raise NotCanonical("there is a set of what cannot be sorted") from None
        self._number(len(ordered))
        for member in ordered:
            self._value(member)

    def _blob(self, data: bytes | bytearray) -> None:
        self._number(len(data))
        self._out += data

    # --- objects ------------------------------------------------------------------------------------

    def _object(self, thing: Any, kind: type) -> None:
        known = self._numbers.get(id(thing))
        if known is not None:
            self._out.append(AGAIN)
            self._number(known)
            return
        self._numbers[id(thing)] = len(self._met)
        self._met.append(thing)
        self._shell(thing, kind)

    def _shell(self, thing: Any, kind: type) -> None:
        """What it is: enough for a reader to make an empty one."""
        out = self._out
        if isinstance(thing, list | deque | dict):
            out.append(LIST if isinstance(thing, list) else DEQUE if isinstance(thing, deque) else DICT)
            self._text("" if kind in (list, deque, dict) else self._kind(kind).name)
            if isinstance(thing, deque):
                self._value(thing.maxlen)
        elif kind is set or kind is bytearray or kind is Random:
            out.append(SET if kind is set else BYTEARRAY if kind is bytearray else RANDOM)
        elif kind is array:
            out.append(ARRAY)
            self._text(thing.typecode)
        elif (leaf := self._registry.leaf(kind)) is not None and (key := leaf.key(thing)) is not None:
            out.append(LEAF)
            self._text(leaf.name)
            self._kept(key, lambda: leaf.dump(thing))
        else:
            out.append(INSTANCE)
            self._shape(thing, self._kind(kind))

    def _shape(self, thing: Any, kind: Kind) -> None:
        """Its class and fields: told once, then by number."""
        for name in getattr(thing, "__dict__", ()):
            if name not in kind.known:
                raise NotCanonical(f"{kind.name} has a field {name!r} that is not in the listing")
        number = self._shapes.get(kind.name)
        if number is not None:
            self._number(number)
            return
        self._number(len(self._shapes))
        self._shapes[kind.name] = len(self._shapes)
        self._text(kind.name)
        self._number(len(kind.fields))
        for name in kind.fields:
            self._text(name)

    def _kind(self, of: type) -> Kind:
        known = self._registry.kind(of)
        if known is None:
            raise NotCanonical(f"{of.__module__}.{of.__qualname__} is not in the listing")
        return known

    def _content(self, thing: Any) -> Iterable[Any]:
        """Writes how much there is of it; returns the values that follow."""
        kind = type(thing)
        if isinstance(thing, list | deque):
            self._number(len(thing))
            return thing
        if isinstance(thing, dict):
            self._number(len(thing))
            return chain.from_iterable(thing.items())
        if kind is set:
            self._sorted(thing)
        elif kind is bytearray:
            self._blob(thing)
        elif kind is array:
            self._blob(little_endian(thing).tobytes())
        elif kind is Random:
            self._blob(pack(f"<{RANDOM_WORDS}I", *thing.getstate()[1]))
        elif (leaf := self._registry.leaf(kind)) is not None and leaf.key(thing) is not None:
            return ()
        else:
            known = self._kind(kind)
            try:
                return [getattr(thing, name) for name in known.fields]
            except AttributeError as error:
                raise NotCanonical(f"{known.name} has a field without a value: {error}") from None
        return ()
