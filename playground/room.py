"""The frames of one sandbox that somebody looks at, as they came, and the messages made of them.

Nothing is decoded: a message is a JSON text put together from the parts' own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from playground.facade import FramePart
from playground.ready import ReadyText

MESSAGES_KEPT = 64  # made of the newest frame: as many different sets of details and places as are looked at at once

Range: TypeAlias = tuple[str, int, int]  # topic, first and last partition


def channel(topic: str, partition: int) -> str:
    """The name of a partition's detail, as in engine/live/framing.py."""
    return f"{topic}/{partition}"


@dataclass(slots=True)
class Room:
    """number: of the newest frame, 0 for none. channels: the details that somebody looks at.

    waiting_for_key: what comes cannot be used until a key does.
    """

    number: int = 0
    channels: set[str] = field(default_factory=set)
    waiting_for_key: bool = False
    _key: FramePart | None = None
    _deltas: deque[FramePart] = field(default_factory=deque)  # since the key before the last one
    _details: dict[str, FramePart] = field(default_factory=dict)
    _made: dict[tuple[int, tuple[str, ...], tuple[str, ...]], ReadyText] = field(default_factory=dict)

    def follows(self, part: FramePart) -> bool:
        """Whether it can be used: a key always, a delta after the frame before it."""
        return part.kind == "key" or (self.number > 0 and part.number == self.number + 1)

    def add(self, part: FramePart) -> bool:
        """Returns whether there is a new frame: a key may be of the one that is known."""
        self._made.clear()
        if part.kind == "delta":
            self._deltas.append(part)
            self.number = part.number
            return True
        if self._key is not None:
            while self._deltas and self._deltas[0].number <= self._key.number:
                self._deltas.popleft()
        if part.number != self.number:
            self._deltas.clear()
        new = part.number != self.number
        self._key, self.number, self.waiting_for_key = part, part.number, False
        return new

    def detail(self, part: FramePart) -> None:
        """It belongs to the frame that comes next."""
        if part.channel in self.channels:
            self._details[part.channel] = part
            self._made.clear()

    def has(self, name: str) -> bool:
        return name in self._details

    def keep(self, names: Iterable[str]) -> None:
        """These details are looked at; all others are forgotten, for they grow old."""
        self.channels = set(names)
        self._details = {name: part for name, part in self._details.items() if name in self.channels}

    def message(self, after: int, channels: tuple[str, ...], fresh: tuple[str, ...]) -> ReadyText:
        """What leads from frame ``after`` (0: from nothing) to the newest, with the details looked at."""
        asked = (after, channels, fresh)
        made = self._made.get(asked)
        if made is None:
            parts = self._chain(after)
            whole = bool(parts) and parts[0].kind == "key"
            for name in channels:
                part = self._details.get(name)
                if part is not None and (whole or part.number > after or name in fresh):
                    parts.append(part)
            made = ReadyText('{"t":"frame","p":[' + ",".join(part.json.decode() for part in parts) + "]}")
            if len(self._made) < MESSAGES_KEPT:
                self._made[asked] = made
        return made

    def _chain(self, after: int) -> list[FramePart]:
        """Deltas, or the key and the deltas since, whichever is less."""
        assert self._key is not None
        if after == self.number:
            return []
        since_key = [self._key, *(part for part in self._deltas if part.number > self._key.number)]
        if not after or not self._deltas or self._deltas[0].number > after + 1:
            return since_key
        deltas = [part for part in self._deltas if part.number > after]
        return deltas if _size(deltas) <= _size(since_key) else since_key


def _size(parts: list[FramePart]) -> int:
    return sum(len(part.json) for part in parts)
