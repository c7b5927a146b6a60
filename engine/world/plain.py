"""Plain data: what every machine's state is made of, walked in one canonical way.

``state_digest`` hashes an object with everything it reaches: numbers, texts, bytes, lists, tuples,
dicts, deques, arrays, and objects of such attributes. It reads slots and ``__dict__`` and nothing
else, so two objects with equal digests behave the same from here on. It refuses what cannot be
copied or written down (a function, a bound method, a generator, a file, a lock), naming where it
found it: state made of closures would be a machine that cannot be branched.

Left out is what is no state: the attribute ``traced`` (looking never changes anything) and
attributes that a class lists in ``DERIVED`` (caches, output already handed over).

The order of a dict is part of its value: somebody may iterate it. A set has no order, and none is
invented: nobody iterates a set. What is reached in several ways counts by its content each time (it
is hashed once and remembered), so a copy that shares a sent message with the original, and one that
does not, have the same digest. State may have cycles.

Importing this module teaches ``copy`` and ``pickle`` that a memoryview is copied as its bytes.
"""

from __future__ import annotations

import copyreg
from array import array
from collections import deque
from collections.abc import Iterator
from copy import deepcopy
from enum import Enum
from hashlib import blake2b
from random import Random
from struct import pack
from typing import Any, TypeVar

T = TypeVar("T")


def _view_from(data: bytes) -> memoryview:
    return memoryview(data)


def _reduce_view(view: memoryview) -> tuple[Any, tuple[bytes]]:
    return _view_from, (view.tobytes(),)


copyreg.pickle(memoryview, _reduce_view)


def copy(thing: T) -> T:
    """A copy that goes its own way. What is immutable by rule (batches, chunks) shares itself."""
    return deepcopy(thing)


class NotPlainData(TypeError):
    """Something in a machine's state cannot be copied, compared or written down."""


def state_digest(thing: Any) -> str:
    """A hash of ``thing`` and all it reaches, as 32 hexadecimal digits."""
    return _Walk().encode(thing).hex()


def difference(one: Any, other: Any) -> str:
    """Where two states differ first, as a path such as ``nodes.'B1'.machine.log_end``; "" if nowhere."""
    left, right = _Walk(), _Walk()
    if left.encode(one) == right.encode(other):
        return ""
    # Parts are noted when they are complete, so the first that differs is the innermost.
    for (path, hashed), (_, other_hashed) in zip(left.parts, right.parts, strict=False):
        if hashed != other_hashed:
            return path or "it"
    return "it"


def attributes(thing: Any) -> Iterator[tuple[str, Any]]:
    """(name, value) of all that belongs to an object's state, in a fixed order."""
    derived: set[str] = {"traced"}
    names: dict[str, None] = {}
    for kind in reversed(type(thing).__mro__):
        derived.update(vars(kind).get("DERIVED", ()))
        slots = vars(kind).get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            if slot.startswith("__") and not slot.endswith("__"):
                slot = f"_{kind.__name__.lstrip('_')}{slot}"
            if slot not in ("__dict__", "__weakref__"):
                names[slot] = None
    names.update(dict.fromkeys(sorted(getattr(thing, "__dict__", ()))))
    for name in names:
        if name not in derived and hasattr(thing, name):
            yield name, getattr(thing, name)


class _Walk:
    """Writes a tag, a length where there is one, and the content, so that no two states share their bytes."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, bytes]] = []  # path and hash of each part that has parts
        self._out = bytearray()
        self._hashes: dict[int, bytes] = {}
        self._open: dict[int, int] = {}  # what we are in the middle of, and how deep that is
        self._alive: list[Any] = []  # so that no id is used twice while we walk
        self._path: list[str] = []

    def encode(self, thing: Any) -> bytes:
        self._take(thing)
        return blake2b(self._out, digest_size=16).digest()

    def _take(self, thing: Any) -> None:
        kind = type(thing)
        if thing is None or kind is bool:
            self._out += b"N" if thing is None else b"Y" if thing else b"F"
        elif kind is int:
            self._sized(b"i", b"%d" % thing)
        elif kind is str:
            self._sized(b"s", thing.encode("utf-8", "surrogatepass"))
        elif kind is bytes or kind is bytearray or kind is memoryview:
            self._sized(b"b", thing)
        elif kind is float:
            self._out += b"f" + pack(">d", thing)
        elif isinstance(thing, Enum):
            self._sized(b"e", f"{kind.__qualname__}.{thing.name}".encode())
        elif isinstance(thing, type):
            self._sized(b"c", f"{thing.__module__}.{thing.__qualname__}".encode())
        elif isinstance(thing, tuple):
            self._all(b"t", thing)
        elif kind is range:
            self._all(b"g", (thing.start, thing.stop, thing.step))
        else:
            self._part(thing, kind)

    def _part(self, thing: Any, kind: type) -> None:
        """Something with an identity: its hash stands for it."""
        key = id(thing)
        if key in self._open:
            self._out += b"r%d;" % (len(self._open) - self._open[key])  # a cycle: so many levels up
            return
        if key not in self._hashes:
            self._open[key] = len(self._open)
            self._alive.append(thing)
            outer, self._out = self._out, bytearray()
            self._content(thing, kind)
            hashed = self._hashes[key] = blake2b(self._out, digest_size=16).digest()
            self._out = outer
            del self._open[key]
            self.parts.append((".".join(self._path), hashed))
        self._out += b"h" + self._hashes[key]

    def _content(self, thing: Any, kind: type) -> None:
        if issubclass(kind, list | deque):
            self._all(b"l", thing)
        elif issubclass(kind, dict):
            self._out += b"d%d:" % len(thing)
            for key, value in thing.items():
                self._take(key)
                self._named(f"{key!r:.40}", value)
        elif kind is set or kind is frozenset:
            self._all(b"u", sorted(_Walk().encode(member) for member in thing))
        elif kind is array:
            self._sized(b"a" + thing.typecode.encode(), thing.tobytes())
        elif kind is Random:
            self._all(b"R", thing.getstate())
        else:
            self._object(thing, kind)

    def _object(self, thing: Any, kind: type) -> None:
        has_state = hasattr(thing, "__dict__") or any("__slots__" in vars(k) for k in kind.__mro__[:-1])
        if kind.__module__ in ("builtins", "types", "functools") or not has_state or callable(thing):
            raise NotPlainData(f"{'.'.join(self._path) or 'it'} is a {kind.__qualname__}: no plain data")
        self._sized(b"o", kind.__qualname__.encode())
        for name, value in attributes(thing):
            self._sized(b".", name.encode())
            self._named(name, value)
        self._out += b";"

    def _named(self, name: str, value: Any) -> None:
        self._path.append(name)
        self._take(value)
        self._path.pop()

    def _all(self, tag: bytes, things: Any) -> None:
        self._out += b"%b%d:" % (tag, len(things))
        for number, thing in enumerate(things):
            self._named(str(number), thing)

    def _sized(self, tag: bytes, data: bytes | bytearray | memoryview) -> None:
        self._out += b"%b%d:" % (tag, len(data) if not isinstance(data, memoryview) else data.nbytes)
        self._out += data
