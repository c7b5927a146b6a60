"""Snapshots in memory: a state frozen in a millisecond or two, and thawed as often as wanted.

Theory of operation
-------------------
``freeze`` writes a state down with pickle, in memory only and never to a file (for that, see
canonical.py); ``thaw`` makes an independent copy of it that goes its own way. What makes a snapshot
small and quick is what is *not* written down but kept by reference:

- What is immutable by rule: record batches, sealed chunks, received frames, views of them. Their
  classes say so (``@shared``). So the bytes of records exist once, however many snapshots hold them.
- Lists to which only ever is appended (the parts of a file): the list itself and its length at the
  time, besides the few last elements that may still be joined (``Freezer.prefix``). So a log of a
  gigabyte costs a snapshot as much as an empty one. Who cuts such a list makes a new one.
- What a class thinks of itself (``@freezes`` and a method ``__freeze__``), such as the two and a half
  kilobytes of a stream of randomness that was not used since the last snapshot (dice.py).

A ``Freezer`` remembers a little of the last snapshot of one and the same thing, so that the next one
can share more with it. Freezing changes nothing: the digest of a World that was frozen a thousand
times is that of one that never was.
"""

from __future__ import annotations

import copyreg
import sys
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pickle import Pickler, Unpickler
from typing import Any, Generic, TypeVar
from zlib import compress, decompress

from engine.machine import Frame

T = TypeVar("T")
C = TypeVar("C", bound=type)

_PROTOCOL = 5
_PACK_LEVEL = 1  # a third of the size in half a millisecond; better ones take several times as long
_DEPTH = 20_000  # of objects in one another: a World of many links that are cut is deep

_shared: dict[type, None] = {}
_freezing: dict[type, None] = {}


def shared(kind: C) -> C:
    """Objects of this class are never changed once they are made: a snapshot keeps them by reference."""
    _shared[kind] = None
    return kind


def freezes(kind: C) -> C:
    """A class with a method ``__freeze__(freezer)``, which returns what ``__reduce__`` would."""
    _freezing[kind] = None
    return kind


shared(Frame)
shared(memoryview)  # those in a state are views of bytes


class _Kept:
    """Written down as a reference to ``thing``."""

    __slots__ = ("thing",)

    def __init__(self, thing: Any) -> None:
        self.thing = thing


class _Prefix:
    """Written down as the first ``settled`` of ``things``, by reference, and ``tail``."""

    __slots__ = ("things", "settled", "tail")

    def __init__(self, things: list[Any], settled: int, tail: tuple[Any, ...]) -> None:
        self.things, self.settled, self.tail = things, settled, tail


class Frozen(Generic[T]):
    """A state at rest. step, at: where its World was.

    size: bytes that it takes by itself. lists: the append-only lists it keeps, each with the bytes that
    were in it: as long as something else keeps them too, they cost nothing.
    """

    __slots__ = ("step", "at", "size", "lists", "_blob", "_kept", "_packed")

    def __init__(self, step: int, at: int, blob: bytes, kept: list[Any], lists: list[tuple[list[Any], int]]) -> None:
        self.step, self.at, self.lists = step, at, lists
        self._blob, self._kept = blob, kept
        self._packed = False
        self.size = self._measure()

    def pack(self) -> None:
        """Make it smaller, which takes about as long as a third of freezing it."""
        if not self._packed:
            self._blob = compress(self._blob, _PACK_LEVEL)
            self._packed = True
            self.size = self._measure()

    def seal(self) -> bool:
        """Where the last elements of a list were joined since, keep what they became instead. True: nothing is left.

        An element says so: ``sealed`` is what it and its successors were joined to, or None.
        """
        left = done = False
        for number, thing in enumerate(self._kept):
            if type(thing) is tuple and len(thing) > 1 and hasattr(thing[0], "sealed"):
                joined = thing[0].sealed
                if joined is not None and joined.begins_with(thing):
                    self._kept[number] = _Sealed(joined, len(thing))
                    done = True
                else:
                    left = True
        if done:
            self.size = self._measure()
        return not left

    def thaw(self) -> T:
        data = decompress(self._blob) if self._packed else self._blob
        thawed: T = _Thawer(data, self._kept).load()
        return thawed

    def _measure(self) -> int:
        size = sys.getsizeof
        own = sum([size(thing) for thing in self._kept if type(thing) is tuple])  # tails of lists
        return own + size(self._blob) + size(self._kept) + size(self.lists) + 64 * len(self.lists)


class Freezer:
    """Freezes one and the same thing again and again."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[list[Any], int, tuple[Any, ...]]] = {}  # by id of a list, its length and tail
        self._before = self._seen  # what was seen when it was frozen last
        self._kept: list[Any] = []
        self._lists: list[tuple[list[Any], int]] = []

    def freeze(self, thing: T) -> Frozen[T]:
        """A snapshot of ``thing`` and all it reaches."""
        world: Any = getattr(thing, "world", thing)
        self._before, self._seen = self._seen, {}
        try:
            data = self._dump(thing)
        except RecursionError:  # deeper than usual; the limit is the whole process's, so it is left alone if it can be
            limit = sys.getrecursionlimit()
            sys.setrecursionlimit(max(limit, _DEPTH))
            try:
                data = self._dump(thing)
            finally:
                sys.setrecursionlimit(limit)
        frozen: Frozen[T] = Frozen(
            getattr(world, "steps", 0), getattr(world, "now", 0), data, self._kept, self._lists
        )
        self._before, self._kept, self._lists = {}, [], []
        return frozen

    # --- for ``__freeze__`` -------------------------------------------------------------------------

    def keep(self, thing: Any) -> Any:
        """Stands for ``thing``, by reference: it must never change."""
        return _Kept(thing)

    def prefix(self, things: list[Any], loose: Callable[[list[Any]], int], weight: int) -> Any:
        """Stands for a list to which only ever is appended, but for its last elements, which may be replaced.

        loose: how many those are. weight: bytes in the list.
        """
        known = self._before.get(id(things))
        if known is not None and known[1] == len(things) and (not things or things[-1] is known[2][-1]):
            tail = known[2]
        else:
            tail = tuple(things[len(things) - loose(things) :])
        self._seen[id(things)] = (things, len(things), tail)
        self._lists.append((things, weight))
        return _Prefix(things, len(things) - len(tail), tail)

    # --- inside -------------------------------------------------------------------------------------

    def _dump(self, thing: Any) -> bytes:
        self._kept, self._lists, self._seen = [], [], {}
        buffer = BytesIO()
        pickler = Pickler(buffer, _PROTOCOL)
        pickler.dispatch_table = self._table()
        pickler.dump(thing)
        return buffer.getvalue()

    def _table(self) -> dict[type, Callable[[Any], Any]]:
        table: dict[type, Callable[[Any], Any]] = dict(copyreg.dispatch_table)
        table.update(dict.fromkeys(_shared, self._refer))
        table.update(dict.fromkeys(_freezing, self._ask))
        table[_Kept] = self._refer_inner
        table[_Prefix] = self._join
        return table

    def _refer(self, thing: Any) -> tuple[Any, tuple[int]]:
        self._kept.append(thing)
        return _kept, (len(self._kept) - 1,)

    def _refer_inner(self, kept: _Kept) -> tuple[Any, tuple[int]]:
        return self._refer(kept.thing)

    def _ask(self, thing: Any) -> Any:
        return thing.__freeze__(self)

    def _join(self, prefix: _Prefix) -> tuple[Any, tuple[Any, ...]]:
        return _joined, (_Kept(prefix.things), prefix.settled, _Kept(prefix.tail))


def freeze(thing: T) -> Frozen[T]:
    """One snapshot. Who takes many of the same thing keeps a Freezer."""
    return Freezer().freeze(thing)


def thaw(frozen: Frozen[T]) -> T:
    """A copy as it was when it was frozen; each time another."""
    return frozen.thaw()


class _Thawer(Unpickler):
    def __init__(self, data: bytes, kept: list[Any]) -> None:
        super().__init__(BytesIO(data))
        self._kept = kept

    def find_class(self, module: str, name: str) -> Any:
        return self._kept.__getitem__ if name == "_kept" and module == __name__ else super().find_class(module, name)


def _kept(number: int) -> Any:
    raise AssertionError("a snapshot is thawed by its own")


def _joined(things: list[Any], settled: int, tail: Iterable[Any]) -> list[Any]:
    return [*things[:settled], *tail]


class _Sealed:
    """The first ``count`` of what was joined to ``joined``."""

    __slots__ = ("joined", "count")

    def __init__(self, joined: Any, count: int) -> None:
        self.joined, self.count = joined, count

    def __iter__(self) -> Iterator[Any]:
        found: Iterator[Any] = self.joined.batches(0, self.count)
        return found
