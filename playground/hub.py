"""Fan-out: what the host sends, to everybody who looks, in this process.

A frame is made into text once, for all. Each viewer holds at most one frame (a newer one takes its
place: frames are snapshots) and a bounded queue of event batches, which are never coalesced: a viewer
too slow for them is told to start over from the last number it got (``resume``), and what can no
longer be had then is named as a gap. So a stuck browser costs a fixed amount of memory, and nobody else any time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from playground.facade import EventBatch, StateFrame

EVENT_BATCHES_MAX = 256  # of one viewer


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
    hello (and with it the events after ``last``) before anything else.
    """

    sandbox: str
    last: int = 0
    resume: bool = True
    status: str | None = None
    frame: str | None = None
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

    def take_frame(self) -> str | None:
        frame, self.frame = self.frame, None
        return frame

    def take_status(self) -> str | None:
        status, self.status = self.status, None
        return status


class Hub:
    """source: set by the engine client when it is made."""

    def __init__(self) -> None:
        self.source: Source | None = None
        self._viewers: dict[str, dict[Viewer, None]] = {}
        self._latest: dict[str, str] = {}

    def join(self, sandbox: str, *, since: int = 0) -> Viewer:
        """A new viewer; from here on it is handed what happens."""
        viewer = Viewer(sandbox, last=since, frame=self._latest.get(sandbox))
        if self.source is not None:
            viewer.status = _text(self.source.status())
        others = self._viewers.setdefault(sandbox, {})
        others[viewer] = None
        if len(others) == 1:
            self._tell_source("watch", sandbox)
        viewer.waiting.set()
        return viewer

    def leave(self, viewer: Viewer) -> None:
        others = self._viewers.get(viewer.sandbox, {})
        others.pop(viewer, None)
        if not others and self._viewers.pop(viewer.sandbox, None) is not None:
            self._latest.pop(viewer.sandbox, None)  # it grows old unwatched
            self._tell_source("unwatch", viewer.sandbox)

    def watching(self) -> dict[str, int]:
        """How many look at each sandbox."""
        return {name: len(viewers) for name, viewers in self._viewers.items()}

    def has_frame(self, sandbox: str) -> bool:
        return sandbox in self._latest

    def frame(self, frame: StateFrame) -> None:
        if frame.sandbox not in self._viewers:
            return
        text = '{"t":"frame","s":' + frame.json.decode() + "}"
        self._latest[frame.sandbox] = text
        for viewer in self._viewers[frame.sandbox]:
            viewer.frame = text
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
        ready = status["state"] == "ready"
        for sandbox, viewers in self._viewers.items():
            if ready:
                self._latest.pop(sandbox, None)
                self._tell_source("watch", sandbox)
            for viewer in viewers:
                viewer.status = text
                if ready:
                    viewer.resume, viewer.frame = True, None
                    viewer.events.clear()
                viewer.waiting.set()

    def sandbox_changed(self, sandbox: str, what: str) -> None:
        """It was opened, has begun anew, is gone, ...: whoever looks has to be told where it stands now."""
        viewers = self._viewers.get(sandbox)
        if not viewers or what == "renamed":
            return
        self._latest.pop(sandbox, None)
        if what != "deleted":
            self._tell_source("unwatch", sandbox)  # the news and somebody's coming may have crossed
            self._tell_source("watch", sandbox)
        for viewer in viewers:
            viewer.resume, viewer.frame = True, None
            viewer.events.clear()
            viewer.waiting.set()

    def _tell_source(self, ask: str, sandbox: str) -> None:
        if self.source is not None:
            self.source.notify(ask, sandbox=sandbox)


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()
