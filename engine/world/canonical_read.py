"""Plain data read again: the way back from what canonical.py writes.

The bytes may come from anybody: a damaged disk, a file that somebody sent. So nothing is believed: each
number is held against what is left of the data, each name against the registry, each field against the
fields that its class has. Objects are made without calling their class, and get only data as attributes:
no code that a file could choose is run. What comes out is what its fields say it is, and no more: whether
it makes sense together, only running it can tell.

An object is made, empty, when it is first mentioned, and filled when its turn comes; a dict or a set
whose keys are objects is filled at the very end, when those are whole.
"""

from __future__ import annotations

import struct
from array import array
from collections import deque
from collections.abc import Iterator
from enum import Enum
from random import Random
from typing import Any

from engine.world.canonical import (  # isort: skip
    AGAIN, ARRAY, BYTEARRAY, BYTES, CLASS, DEQUE, DICT, ENUM, FALSE, FLOAT, FROZENSET, INSTANCE, INT, KEPT_BYTES,
    KEPT_VIEW, LEAF, LIST, NAMED_TUPLE, NONE, RANDOM, RANDOM_WORDS, RANGE, SET, SLICE, TEXT, TEXT_AGAIN, TRUE, TUPLE,
    TUPLES_DEEP_MAX, VALUE_BYTES, VIEW, Damaged, Keep, Kind, Place, Registry, little_endian,
)  # fmt: skip
from engine.world.canonical_scan import Scanner

OBJECTS_MAX = 20_000_000
_RANDOM_VERSION = 3  # of what getstate() gives
_TYPECODES = "bBhHiIqQfd"


class Reader(Scanner):
    """Reads one graph from ``data``. root: the result, once ``read`` has run to its end.

    objects_max: more of them are refused: a small file could otherwise fill the memory.
    """

    root: Any

    def __init__(self, registry: Registry, keep: Keep, data: bytes, objects_max: int = OBJECTS_MAX) -> None:
        super().__init__(data)
        self._registry, self._keep = registry, keep
        self._objects_max = objects_max
        self._objects: list[Any] = []
        self._tags: list[int] = []
        self._kinds: list[Any] = []  # by object: (Kind, fields) of an instance
        self._shapes: list[tuple[Kind, tuple[str, ...]]] = []
        self._leaves: dict[Place, Any] = {}
        self._bytes_kept: dict[Place, bytes] = {}
        self._late: list[tuple[Any, list[Any]]] = []
        self._deep = 0
        self._left = SLICE  # values until the next pause

    def read(self) -> Iterator[None]:
        """Runs in slices. Raises Damaged."""
        try:
            yield from self._read()
        except (IndexError, KeyError, ValueError, TypeError, OverflowError, AttributeError, struct.error) as error:
            raise Damaged(f"the state cannot be read at byte {self._at:,}: {error}") from None

    def _read(self) -> Iterator[None]:
        self.root = self._value()
        number = 0
        while number < len(self._objects):
            for _ in self._fill(number):
                self._left -= 1
                if self._left <= 0:
                    yield
                    self._left = SLICE
            self._left -= 1
            number += 1
        for thing, values in self._late:
            _put_together(thing, values)
            yield
        if self._at != len(self._data):
            raise Damaged(f"{len(self._data) - self._at:,} bytes follow the state")

    # --- values -------------------------------------------------------------------------------------

    def _value(self) -> Any:
        tag = self._data[self._at]
        self._at += 1
        if tag == INT:
            number = self._number()
            return ~(number >> 1) if number & 1 else number >> 1
        if tag == AGAIN:
            return self._objects[self._number()]
        if tag == TEXT_AGAIN:
            return self._texts[self._number()]
        if tag == TEXT:
            return self._new_text()
        if tag == NONE:
            return None
        if tag in (TRUE, FALSE):
            return tag == TRUE
        if tag == TUPLE:
            return self._tuple()
        if tag >= LIST:
            return self._object(tag)
        return self._rare(tag)

    def _rare(self, tag: int) -> Any:
        if tag == BYTES:
            return self._blob()
        if tag == VIEW:
            return memoryview(self._blob())
        if tag in (KEPT_BYTES, KEPT_VIEW):
            return self._kept(tag == KEPT_VIEW)
        if tag == FLOAT:
            self._at += 8
            return struct.unpack_from(">d", self._data, self._at - 8)[0]
        if tag == FROZENSET:
            return frozenset(self._value() for _ in range(self._count()))
        if tag == RANGE:
            return range(*[self._value() for _ in range(3)])
        if tag == CLASS:
            return self._kind().of
        if tag == ENUM:
            of = self._kind().of
            if not issubclass(of, Enum):
                raise Damaged(f"{of.__name__} has no members")
            return of[self._text()]
        if tag == NAMED_TUPLE:
            kind = self._kind()
            values = self._tuple()
            if not issubclass(kind.of, tuple) or len(values) != len(kind.fields):
                raise Damaged(f"{kind.name} is no tuple of {len(values)}")
            return tuple.__new__(kind.of, values)
        raise Damaged(f"there is no tag {tag}")

    def _tuple(self) -> tuple[Any, ...]:
        self._deep += 1
        if self._deep > TUPLES_DEEP_MAX:
            raise Damaged("there are tuples within tuples, too deep")
        value = self._value
        values = tuple([value() for _ in range(self._count())])
        self._deep -= 1
        return values

    def _kept(self, view: bool) -> bytes | memoryview:
        place = self._place()
        data = self._bytes_kept.get(place)
        if data is None:
            self._left -= place[2] // VALUE_BYTES
            data = self._bytes_kept[place] = self._keep.get(place)
        result = memoryview(data) if view else data
        self._keep.know(result, place)
        return result

    # --- objects ------------------------------------------------------------------------------------

    def _kind(self) -> Kind:
        name = self._text()
        known = self._registry.named(name)
        if known is None:
            raise Damaged(f"there is no class {name!r}")
        return known

    def _object(self, tag: int) -> Any:
        """An empty one."""
        kind: Any = None
        thing: Any
        if tag == INSTANCE:
            kind = self._shape()
            thing = object.__new__(kind[0].of)
        elif tag in (LIST, DICT):
            thing = self._container(list if tag == LIST else dict)()
        elif tag == DEQUE:
            of = self._container(deque)
            maxlen = self._value()
            if maxlen is not None and type(maxlen) is not int:
                raise Damaged("the length of a deque is no number")
            thing = of(maxlen=maxlen)
        elif tag == SET:
            thing = set()
        elif tag == BYTEARRAY:
            thing = bytearray()
        elif tag == ARRAY:
            typecode = self._text()
            if len(typecode) != 1 or typecode not in _TYPECODES:
                raise Damaged(f"there is no array of {typecode!r}")
            thing = array(typecode)
        elif tag == RANDOM:
            thing = Random.__new__(Random)
        elif tag == LEAF:
            thing = self._leaf()
        else:
            raise Damaged(f"there is no tag {tag}")
        if len(self._objects) >= self._objects_max:
            raise Damaged(f"there are more than {self._objects_max:,} objects")
        self._objects.append(thing)
        self._tags.append(tag)
        self._kinds.append(kind)
        return thing

    def _container(self, plain: type) -> type:
        name = self._text()
        if not name:
            return plain
        known = self._registry.named(name)
        if known is None or not issubclass(known.of, plain):
            raise Damaged(f"there is no {plain.__name__} {name!r}")
        return known.of

    def _shape(self) -> tuple[Kind, tuple[str, ...]]:
        number = self._number()
        if number < len(self._shapes):
            return self._shapes[number]
        if number > len(self._shapes):
            raise Damaged(f"there is no shape {number}")
        kind = self._kind()
        if issubclass(kind.of, list | deque | dict | tuple | Enum | type):
            raise Damaged(f"{kind.name} has no fields")
        names = tuple([self._text() for _ in range(self._count())])
        for name in names:
            if name not in kind.fields and name not in kind.gone:
                raise Damaged(f"{kind.name} has no field {name!r}")
        for name in kind.fields:
            if name not in names and name not in kind.defaults:
                raise Damaged(f"{kind.name} lacks the field {name!r}")
        self._shapes.append((kind, names))
        return kind, names

    def _leaf(self) -> Any:
        name = self._text()
        leaf = self._registry.leaf_named(name)
        if leaf is None:
            raise Damaged(f"there are no record bytes {name!r}")
        place = self._place()
        known = self._leaves.get(place)
        if known is not None:
            if type(known) is not leaf.of:
                raise Damaged(f"the record bytes at {place} are something else")
            return leaf.again(known)
        self._left -= place[2] // VALUE_BYTES
        thing = self._leaves[place] = leaf.load(self._keep.get(place))
        self._keep.know(leaf.key(thing), place)
        return thing

    # --- contents -----------------------------------------------------------------------------------

    def _fill(self, number: int) -> Iterator[None]:
        thing, tag = self._objects[number], self._tags[number]
        value = self._value
        if tag == INSTANCE:
            self._fill_instance(thing, *self._kinds[number])
        elif tag in (LIST, DEQUE):
            append = thing.append
            for _ in range(self._count()):
                append(value())
                yield
        elif tag in (DICT, SET):
            values: list[Any] = []
            plain = True
            for position in range(self._count() * (2 if tag == DICT else 1)):
                if tag == SET or position % 2 == 0:
                    plain = plain and self._data[self._at] <= TEXT_AGAIN
                values.append(value())
                yield
            if plain:
                _put_together(thing, values)
            else:
                self._late.append((thing, values))
        elif tag == BYTEARRAY:
            thing += self._blob()
        elif tag == ARRAY:
            thing.frombytes(self._blob())
            thing[:] = little_endian(thing)
        elif tag == RANDOM:
            words = struct.unpack(f"<{RANDOM_WORDS}I", self._blob())
            thing.setstate((_RANDOM_VERSION, words, None))

    def _fill_instance(self, thing: Any, kind: Kind, names: tuple[str, ...]) -> None:
        put = object.__setattr__
        for name in names:
            value = self._value()
            if name not in kind.gone:
                put(thing, name, value)
        if len(names) != len(kind.fields):
            for name, default in kind.defaults.items():
                if name not in names:
                    put(thing, name, default())
        for name, fresh in kind.fresh.items():
            put(thing, name, fresh())


def _put_together(thing: Any, values: list[Any]) -> None:
    """A dict of its keys and values in turn, or a set of its members."""
    if isinstance(thing, dict):
        thing.update(zip(values[::2], values[1::2], strict=True))
    else:
        thing.update(values)
