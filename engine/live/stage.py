"""What those who look get to see: state frames, at most ten a second, and the numbered events.

A frame is what has changed of the state (framing.py), encoded once for all who look; nobody looks: no frame.
Events are pushed to the web process whether anybody looks or not, each once, in order, so that it can
keep a tail of them. Traffic (each append, each fetch) is told only while somebody looks, of busy edges
only samples (flow.py), and at high rates only at the beginning of each frame's time: looking must not
slow the engine.

Looking never changes anything: what a frame shows is written to the journal as a mark at most.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import Any, Protocol

import orjson

from engine.events import Told, to_json
from engine.live.attendance import Attendance
from engine.live.flow import Flow
from engine.live.framing import Framer, Part, Place
from engine.live.sandbox import Sandbox

FRAME_S = 0.1


class Audience(Protocol):
    """Where frames and events go. ready: it has read most of what it got; else frames are left out."""

    def ready(self) -> bool: ...
    def part(self, sandbox: str, part: Part) -> None: ...
    def events(self, sandbox: str, last: int, events: bytes) -> None: ...


class Stage:
    """One sandbox, shown. attendance: who is there, besides real clients."""

    def __init__(self, loop: asyncio.AbstractEventLoop, sandbox: Sandbox, audience: Audience) -> None:
        self._loop, self.sandbox, self._audience = loop, sandbox, audience
        self.attendance = Attendance(loop, sandbox)
        self._framer, self._flow = Framer(), Flow()
        self._framed_at = sandbox.world.now
        self._pushed = sandbox.world.event_number
        self._shown: Any = None  # what of the state the last frame showed, roughly
        self._last = 0.0
        self._handle: asyncio.TimerHandle | None = None
        self._changed = False
        sandbox.changed = self.changed

    @property
    def watchers(self) -> int:
        """How many look."""
        return self.attendance.watchers

    def watch(self) -> None:
        """Somebody more looks. The first frame, a key, comes at once."""
        self.attendance.watchers += 1
        self.attendance.touch()
        if not self.sandbox.world.traced:
            self.sandbox.world.traced, self._framed_at = True, self.sandbox.world.now
        self.begin()

    def begin(self) -> None:
        """The next frame is a key; it comes at once."""
        self._framer.begin()
        self._shown = None
        self.changed()

    def want(self, places: Iterable[Place]) -> None:
        """The last records of these partitions are looked at, besides those that are in every frame."""
        self._framer.want(places)
        self._shown = None
        self.changed()

    def unwatch(self) -> None:
        self.attendance.watchers = max(0, self.watchers - 1)
        self.attendance.touch()
        if not self.watchers:
            self._framer.want(())
            self.sandbox.trace(False)

    def changed(self) -> None:
        """There may be something new: it is shown as soon as the last frame is old enough."""
        self._changed = True
        if self._handle is None:
            self._schedule()

    def state(self) -> dict[str, Any]:
        """The state as of now, as a frame shows it."""
        self.sandbox.look()
        state = self.sandbox.state()
        state["frame"] = self._framer.number
        state["kafka"] = self.sandbox.listeners.addresses()
        return state

    def events_since(self, since: int, limit: int) -> dict[str, Any]:
        """Milestones after number ``since``, oldest first, at most ``limit``.

        last: the number of the newest there is. gone: how many right after ``since`` are kept no longer.
        """
        world = self.sandbox.world
        found = _after(world.told, since, limit)
        first = world.told[0].number if world.told else world.event_number + 1
        gone = max(0, first - since - 1)
        return {"events": [to_json(told) for told in found], "last": world.event_number, "gone": gone}

    def close(self) -> None:
        self._push_events()
        if self._handle is not None:
            self._handle.cancel()

    def _schedule(self) -> None:
        self._handle = self._loop.call_at(max(self._loop.time(), self._last + FRAME_S), self._tick)

    def _tick(self) -> None:
        self._handle = None
        self._last = self._loop.time()
        self._changed = False
        sandbox, world = self.sandbox, self.sandbox.world
        if self.watchers:
            sandbox.look()
            pacer = sandbox.pacer
            waiting = sandbox.patience.revision
            still = (world.now, world.event_number) if pacer.paused else ()  # a crash takes no step
            pace = (pacer.paused, pacer.speed, sandbox.cluster.pace.asked)
            shown = (world.steps, still, pace, sandbox.problem, waiting)
            if shown != self._shown and self._audience.ready():
                self._show()
                self._shown = shown
            if not sandbox.pacer.paused and not sandbox.problem:
                self._changed = True  # time goes on by itself
        self._push_events()
        if self._changed and self._handle is None:  # looking may have set it already
            self._schedule()

    def _show(self) -> None:
        sandbox = self.sandbox
        state = sandbox.state(self._framer.tails(sandbox.cluster), self._traffic())
        state["kafka"] = sandbox.listeners.addresses()
        parts = self._framer.parts(sandbox.cluster, state, time.time_ns() // 1_000_000)
        sandbox.instants.mark()
        for part in parts:
            self._audience.part(sandbox.name, part)
        sandbox.trace(True)

    def _traffic(self) -> list[dict[str, Any]] | None:
        """None: as it is, since time stands still and each step counts."""
        world, pacer = self.sandbox.world, self.sandbox.pacer
        since, self._framed_at = self._framed_at, world.now
        if pacer.paused:
            return None
        whole = world.traced  # else it was cut off (sandbox.py)
        return self._flow.told(
            world.traffic, now=self._last, since=since, until=world.now, speed=pacer.speed, whole=whole,
            few=self._framer.key_due,
        )  # fmt: skip

    def _push_events(self) -> None:
        world = self.sandbox.world
        if world.event_number > self._pushed:
            found = _after(world.told, self._pushed, world.event_number - self._pushed)
            self._pushed = world.event_number
            payload = orjson.dumps([to_json(told) for told in found])
            self._audience.events(self.sandbox.name, self._pushed, payload)


def _after(told: deque[Told], since: int, limit: int) -> list[Told]:
    """The first ``limit`` of those numbered higher than ``since``. Numbers have no gaps."""
    if not told:
        return []
    start = max(0, since + 1 - told[0].number)
    return list(islice(told, start, start + limit))
