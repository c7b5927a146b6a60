"""Plain data written down: the format of checkpoints, which outlives processes and versions. See docs/checkpoints.md.

Theory of operation
-------------------
The state of a World is one graph of objects, with sharing and cycles. It is written as a flat list: the
root is object 0; whoever is met for the first time gets the next number and is announced by its *shell*
(what it is: a list, a dict, an instance of such a class with such fields); contents follow in order of
numbers. So nothing runs deep however the graph hangs together, writing and reading can pause after any
value, and equal graphs give equal bytes.

A class is known by a stable name, its fields by theirs: *registry* says which there are. What is not in it
can be neither written nor read, so a file can bring nothing to life that is not data: no code of a class
runs when it is read. What no state is (``DERIVED``, see plain.py) is not written, and begins anew.

Record bytes are large, many, and never change: they are *kept* elsewhere, once, by a ``Keep``, and
referred to by their place there. So are batches and chunks, as ``Leaf`` of the registry.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

Place: TypeAlias = "tuple[int, int, int]"  # file, offset, size: kept bytes

KEPT_FROM = 8192  # bytes: longer ones are kept elsewhere
SLICE = 200  # values written or read between two pauses: well under two milliseconds
VALUE_BYTES = 512  # of kept bytes, so many take as long as a value
TUPLES_DEEP_MAX = 40
RANDOM_WORDS = 625  # the Mersenne Twister's state: 624 words and how many of them are used up

(
    NONE, TRUE, FALSE, INT, FLOAT, TEXT, TEXT_AGAIN, BYTES, VIEW, KEPT_BYTES, KEPT_VIEW, TUPLE, NAMED_TUPLE, FROZENSET,
    RANGE, ENUM, CLASS, AGAIN, LIST, DEQUE, DICT, SET, BYTEARRAY, ARRAY, RANDOM, INSTANCE, LEAF,
) = range(27)  # fmt: skip


class NotCanonical(Exception):
    """The state holds something that the format does not know: a class, a field, an open file."""


class Damaged(Exception):
    """These bytes are not what this format writes, or they are of a version that is not understood."""


@dataclass(slots=True)
class Kind:
    """A class as the format knows it. fields: written, in this order.

    defaults: of fields that older files lack. gone: fields that older files have, and that are passed
    over. fresh: attributes that are no state: what each is after reading. All are made by calling.
    """

    name: str
    of: type
    fields: tuple[str, ...]
    defaults: dict[str, Callable[[], Any]] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    fresh: dict[str, Callable[[], Any]] = field(default_factory=dict)

    @property
    def known(self) -> frozenset[str]:
        return frozenset((*self.fields, *self.fresh))


@dataclass(slots=True)
class Leaf:
    """A class whose objects are record bytes, and are kept as such.

    key: the object whose identity stands for these bytes; None: write this one as any other object.
    """

    name: str
    of: type
    key: Callable[[Any], Any]
    dump: Callable[[Any], list[bytes | memoryview]]
    load: Callable[[bytes], Any]
    again: Callable[[Any], Any]  # another object for the same bytes


class Registry(Protocol):
    """Which classes there are."""

    def kind(self, of: type) -> Kind | None: ...
    def named(self, name: str) -> Kind | None: ...
    def leaf(self, of: type) -> Leaf | None: ...
    def leaf_named(self, name: str) -> Leaf | None: ...


class Keep(Protocol):
    """Where record bytes are, each once. A key is known by its identity, and held on to meanwhile."""

    def find(self, key: Any) -> Place | None: ...
    def put(self, key: Any, data: Iterable[bytes | memoryview]) -> Place: ...
    def get(self, place: Place) -> bytes: ...
    def know(self, key: Any, place: Place) -> None: ...


def little_endian(numbers: array[Any]) -> array[Any]:
    """As they are written, whatever the machine."""
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers
