"""Fan-out: what the host sends, to everybody who looks, in this process.

A frame comes as parts (engine/live/framing.py): a key now and then, a delta ten times a second, details of what
somebody looks at. Nobody here decodes them. Of a sandbox are kept the last two keys' worth of deltas and the newest
of each detail, whoever looks; of a viewer only how far it has got. When its socket takes more, it gets everything
after that in one message, or the key and what follows when that is less: so a slow one skips frames, and whoever
comes needs no question to the host. Who looks at the same from the same place on gets the same text.

Numbered events are never skipped: each viewer has a bounded queue of batches of them. One too slow for it is told to
start over from the last number it got (``resume``), and what can no longer be had then is named as a gap. So a stuck
browser costs a fixed amount of memory, and nobody else any time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

import orjson

from playground.facade import EventBatch, FramePart
from playground.ready import ReadyText
from playground.room import Range, Room, channel

EVENT_BATCHES_MAX = 256  # of one viewer
CHANNELS_MAX = 64  # partitions looked at by one viewer; of more, the first ones count


class Source(Protocol):
    """Where frames come from: it is told whether anybody looks."""

    def notify(self, ask: str, **fields: Any) -> None: ...

    def status(self) -> dict[str, Any]: ...


@dataclass(slots=True)
class Told:
    """A batch of numbered events, from first to last, as ready-made text for all."""

    first: int
    last: int
    text: str
    events: list[dict[str, Any]]

    def after(self, number: int) -> str:
        """The message without the events up to ``number``: a hello has told them."""
        if number < self.first:
            return self.text
        return _text({"t": "events", "last": self.last, "events": [e for e in self.events if e["n"] > number]})


@dataclass(slots=True, eq=False)
class Viewer:
    """One browser's share: what it has not been sent yet.

    last: the number of the last event it was sent, 0 when it knows none. resume: it must be given a
    hello (and with it the events after ``last``) before anything else. frame: the number of the last
    frame it was sent, 0 for none. channels: the details it looks at; fresh: those of them it has not seen yet.
    """

    sandbox: str
    last: int = 0
    resume: bool = True
    status: str | None = None
    frame: int = 0
    looked_at: dict[str, Range] = field(default_factory=dict)  # by channel
    channels: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    events: deque[Told] = field(default_factory=deque)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)

    def push_events(self, told: Told) -> None:
        if len(self.events) >= EVENT_BATCHES_MAX:
            self.events.clear()
            self.resume = True
        self.events.append(told)
        self.waiting.set()

    def take_events(self) -> list[str]:
        """The waiting event messages, without what the viewer has had already."""
        taken = []
        while self.events:
            told = self.events.popleft()
            if told.last > self.last:
                taken.append(told.after(self.last))
                self.last = told.last
        return taken

    def take_status(self) -> str | None:
        status, self.status = self.status, None
        return status

    def start_over(self) -> None:
        """What it has been sent counts no more."""
        self.resume, self.frame, self.fresh = True, 0, self.channels
        self.events.clear()
        self.waiting.set()


class Hub:
    """source: set by the engine client when it is made."""

    def __init__(self) -> None:
        self.source: Source | None = None
        self._viewers: dict[str, dict[Viewer, None]] = {}
        self._rooms: dict[str, Room] = {}

    def join(self, sandbox: str, *, since: int = 0) -> Viewer:
        """A new viewer; from here on it is handed what happens."""
        viewer = Viewer(sandbox, last=since)
        if self.source is not None:
            viewer.status = _text(self.source.status())
        others = self._viewers.setdefault(sandbox, {})
        others[viewer] = None
        if len(others) == 1:
            self._rooms[sandbox] = Room()
            self._tell_source("watch", sandbox)
        viewer.waiting.set()
        return viewer

    def leave(self, viewer: Viewer) -> None:
        others = self._viewers.get(viewer.sandbox, {})
        if viewer not in others:
            return
        del others[viewer]
        if not others:
            del self._viewers[viewer.sandbox], self._rooms[viewer.sandbox]  # it grows old unwatched
            self._tell_source("unwatch", viewer.sandbox)
        elif viewer.looked_at:
            self._ask_for_details(viewer.sandbox)

    def look(self, viewer: Viewer, ranges: Iterable[Range]) -> None:
        """These partitions' details, and no others, are looked at by this viewer from now on."""
        places = ((topic, number) for topic, first, last in ranges for number in range(first, last + 1))
        found = {channel(topic, number): (topic, number, number) for topic, number in islice(places, CHANNELS_MAX)}
        fresh = [name for name in found if name not in viewer.looked_at or name in viewer.fresh]
        viewer.looked_at, viewer.channels, viewer.fresh = found, tuple(sorted(found)), tuple(sorted(fresh))
        self._ask_for_details(viewer.sandbox)
        viewer.waiting.set()

    def resync(self, viewer: Viewer) -> None:
        """It has lost the thread: the next frame is a whole one."""
        viewer.frame, viewer.fresh = 0, viewer.channels
        viewer.waiting.set()

    def take_frame(self, viewer: Viewer) -> ReadyText | None:
        """What a viewer has not been sent of the frames, as one message."""
        room = self._rooms.get(viewer.sandbox)
        if room is None or room.number == 0:
            return None
        fresh = tuple(name for name in viewer.fresh if room.has(name)) if viewer.fresh else ()
        if viewer.frame == room.number and not fresh:
            return None
        message = room.message(viewer.frame, viewer.channels, fresh)
        viewer.frame = room.number
        if fresh:
            viewer.fresh = tuple(name for name in viewer.fresh if name not in fresh)
        return message

    def watching(self) -> dict[str, int]:
        """How many look at each sandbox."""
        return {name: len(viewers) for name, viewers in self._viewers.items()}

    def has_frame(self, sandbox: str) -> bool:
        return sandbox in self._rooms and self._rooms[sandbox].number > 0

    def part(self, part: FramePart) -> None:
        """A piece of a frame, from the host."""
        room = self._rooms.get(part.sandbox)
        if room is None:
            return
        if part.kind == "detail":
            room.detail(part)
            return
        if not room.follows(part):
            if not room.waiting_for_key:
                room.waiting_for_key = True
                self._tell_source("key", part.sandbox)
            return
        if room.add(part):
            for viewer in self._viewers[part.sandbox]:
                viewer.waiting.set()

    def events(self, batch: EventBatch) -> None:
        viewers = self._viewers.get(batch.sandbox)
        events = orjson.loads(batch.json) if viewers else []
        if not viewers or not events:
            return
        told = Told(
            events[0]["n"], batch.last, f'{{"t":"events","last":{batch.last},"events":{batch.json.decode()}}}', events
        )
        for viewer in viewers:
            viewer.push_events(told)

    def host_changed(self, status: dict[str, Any]) -> None:
        """The host is starting, ready, lost, ...: everybody is told; a ready one has to be watched anew."""
        text = _text(status)
        for sandbox, viewers in self._viewers.items():
            if status["state"] == "ready":
                self._begin(sandbox)
            for viewer in viewers:
                viewer.status = text
                viewer.waiting.set()

    def sandbox_changed(self, sandbox: str, what: str) -> None:
        """It was opened, has begun anew, is gone, ...: whoever looks has to be told where it stands now."""
        if sandbox not in self._viewers or what == "renamed":
            return
        if what != "deleted":
            self._tell_source("unwatch", sandbox)  # the news and somebody's coming may have crossed
        self._begin(sandbox, watch=what != "deleted")

    def _begin(self, sandbox: str, *, watch: bool = True) -> None:
        """From nothing on, for all who look."""
        self._rooms[sandbox] = Room()
        if watch:
            self._tell_source("watch", sandbox)
            self._ask_for_details(sandbox)
        for viewer in self._viewers[sandbox]:
            viewer.start_over()

    def _ask_for_details(self, sandbox: str) -> None:
        """All that is looked at by somebody; told to the host when it has changed."""
        found = {name: one for viewer in self._viewers[sandbox] for name, one in viewer.looked_at.items()}
        room = self._rooms[sandbox]
        if found.keys() != room.channels:
            room.keep(found)
            if self.source is not None:
                self.source.notify("details", sandbox=sandbox, tails=list(found.values()))

    def _tell_source(self, ask: str, sandbox: str) -> None:
        if self.source is not None:
            self.source.notify(ask, sandbox=sandbox)


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()
