"""Named streams of randomness: a new use of chance must not disturb the others.

Of ``random.Random`` only ``random()`` and ``getrandbits()`` are used: these two are promised to give
the same numbers in every version of Python; the rest (``randint``, ``choice``, ``expovariate``) has
changed before. What is built on them here is integer arithmetic, so it cannot differ between
machines either. A stream is plain data: it is copied with its owner and goes on the same in both.

A stream's state is 624 words, which all change once in 624 words drawn. Snapshots share them until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from struct import Struct
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from engine.world.snapshots import freezes

if TYPE_CHECKING:
    from engine.world.snapshots import Freezer

T = TypeVar("T")

_BITS = 53  # of one uniform draw, as many as random() has
_VERSION = 3  # of what getstate() gives
_WORDS = Struct("<624I")


@freezes
class Dice:
    """The stream called ``name`` of the run with ``seed``."""

    __slots__ = ("name", "_random", "_words", "_place", "_unused")
    DERIVED: ClassVar[tuple[str, ...]] = ("_words", "_place", "_unused")  # of the state as it was last frozen

    def __init__(self, seed: int | str, name: str) -> None:
        self.name = name
        self._random = Random(f"{seed}/{name}")
        self._words = b""
        self._place = 0
        self._unused = False

    def unit(self) -> float:
        """From 0 up to, but not including, 1."""
        self._unused = False
        return self._random.random()

    def chance(self, p: float) -> bool:
        """True with probability ``p``. Draws once whatever ``p`` is, so that changing p shifts no later draw."""
        self._unused = False
        return self._random.random() < p

    def below(self, n: int) -> int:
        """A whole number from 0 to n - 1, each as likely."""
        assert n > 0, f"nothing lies below {n}"
        self._unused = False
        bits = (n - 1).bit_length()
        draw = self._random.getrandbits
        number = draw(bits)
        while number >= n:
            number = draw(bits)
        return number

    def between(self, least: int, most: int) -> int:
        """A whole number from ``least`` to ``most``, both included."""
        return least + self.below(most - least + 1)

    def choice(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def exponential(self, mean: int) -> int:
        """A waiting time of memoryless arrivals, on average ``mean`` (integers, e.g. nanoseconds).

        Von Neumann's method (1951): it compares uniform numbers and needs no logarithm, whose last
        digit differs between mathematics libraries. Draw u1, then on while each number is smaller
        than the one before. If the descent has odd length, u1 is the fraction; otherwise add one
        and start anew.
        """
        self._unused = False
        draw = self._random.getrandbits
        whole = 0
        while True:
            first = last = draw(_BITS)
            length = 1
            while (following := draw(_BITS)) < last:
                last = following
                length += 1
            if length % 2:
                return (whole << _BITS | first) * mean >> _BITS
            whole += 1

    def __freeze__(self, freezer: Freezer) -> Any:
        if not self._unused:
            *words, self._place = self._random.getstate()[1]
            packed = _WORDS.pack(*words)
            if packed != self._words:
                self._words = packed
            self._unused = True
        return _thawed, (self.name, freezer.keep(self._words), self._place)


def _thawed(name: str, words: bytes, place: int) -> Dice:
    dice = Dice.__new__(Dice)
    dice.name, dice._words, dice._place, dice._unused = name, words, place, True
    dice._random = Random.__new__(Random)
    dice._random.setstate((_VERSION, (*_WORDS.unpack(words), place), None))
    return dice
