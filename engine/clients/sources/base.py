"""What all sources share: whom an event is about, and how a moment is written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from engine.world.dice import Dice

MANY = 1_000
HOT_OF_10 = 9
_DAY_MS = 86_400_000

Made = tuple[bytes | None, bytes]  # key and value


class Source(ABC):
    """Base of the sources.

    name: in commands. late, repeated: of 100 events, as is usual for it. late_ms: by so much, least and most.
    few: numbers of the "few" it tells of: murmur2 gives their keys eight hues, and puts three, three and two
    of them into the partitions of a topic that has three.
    """

    name: ClassVar[str]
    late: ClassVar[int] = 0
    repeated: ClassVar[int] = 0
    late_ms: ClassVar[tuple[int, int]] = (1_000, 30_000)
    few: ClassVar[tuple[int, ...]] = ()

    @abstractmethod
    def event(self, dice: Dice, keys: str, at_ms: int) -> Made | None:
        """The next event, of the moment ``at_ms`` (since 1970). None: there is none any more."""

    def rewind(self) -> None:  # noqa: B027  (most have no end)
        """Begin anew, where there is an end."""

    def pick(self, dice: Dice, keys: str) -> int:
        """The number of the one that the next event is about."""
        if keys == "many":
            return 1 + dice.below(MANY)
        if keys == "hot":
            return self.few[0 if dice.below(10) < HOT_OF_10 else 1 + dice.below(len(self.few) - 1)]
        return self.few[dice.below(len(self.few))]


def moment(at_ms: int) -> str:
    """``2026-11-23T07:20:07.120Z``: days to a date as Howard Hinnant's "chrono-compatible algorithms" do it."""
    days, ms = divmod(at_ms, _DAY_MS)
    era, of_era = divmod(days + 719_468, 146_097)
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    month += 3 if month < 10 else -9
    year += era * 400 + (month <= 2)
    seconds, thousandths = divmod(ms, 1_000)
    minutes, seconds = divmod(seconds, 60)
    return f"{year:04}-{month:02}-{day:02}T{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.{thousandths:03}Z"


def tenths(number: int) -> str:
    """234 as 23.4, as JSON has it."""
    sign, number = ("-", -number) if number < 0 else ("", number)
    return f"{sign}{number // 10}.{number % 10}"


def cents(number: int) -> str:
    """1234 as 12.34."""
    return f"{number // 100}.{number % 100:02}"


def step_towards(dice: Dice, value: int, home: int, stride: int, pull: int) -> int:
    """One step of a walk: up to ``stride`` either way, and a ``pull``-th of the way home."""
    back = (home - value) // pull if home >= value else -((value - home) // pull)
    return value + back + dice.between(-stride, stride)
