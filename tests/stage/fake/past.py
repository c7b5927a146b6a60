"""What the fake cluster remembers: its state after each tick, and what had been told by then.

The shapes are the real ones (docs/api.md, "A moment"); how they come about is not: the engine executes again,
the fake has kept everything.
"""

from __future__ import annotations

import copy
from bisect import bisect_right
from typing import Any

from tests.stage.fake.logs import Refused
from tests.stage.fake.views import FakeViews

MILESTONES_TOLD = 20
SECOND_MS = 1000


class FakePast(FakeViews):
    """moments: one a tick since ``remember``. begins: the first that can still be looked at."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.moments: list[dict[str, Any]] = []
        self.remembering = False
        self.begins = 0

    def remember(self) -> None:
        self.remembering = True
        self.note()

    def note(self) -> None:
        if self.remembering:
            frame, traffic = self.frame, copy.deepcopy(self.traffic)
            self.moments.append({"state": copy.deepcopy(self.state()), "told": len(self.events), "traffic": traffic})
            self.frame = frame

    def history(self) -> dict[str, Any]:
        first = self.moments[self.begins]["state"] if self.moments else {"step": self.step, "at_ms": self.now}
        return {"from_step": first["step"], "from_ms": first["at_ms"]}

    def moment(self, *, step: int | None = None, ms: float | None = None, move: str = "") -> dict[str, Any]:
        by, value = ("step", step) if step is not None else ("at_ms", ms)
        keys = [m["state"][by] for m in self.moments]
        number = bisect_right(keys, value) - 1
        number = self._moved(number, move)
        if number < self.begins:
            raise Refused("HISTORY_GONE", "That moment is older than what is kept.")
        found = self.moments[number]
        past = {"step": found["state"]["step"], "at_ms": found["state"]["at_ms"]}
        state = {**found["state"], "past": {**past, "live_step": self.step, "live_ms": self.now}}
        events = self.events[: found["told"]][-MILESTONES_TOLD:]
        return {"state": state, "events": events, "traffic": found["traffic"]}

    def _moved(self, number: int, move: str) -> int:
        last = len(self.moments) - 1
        if move.endswith("_second"):
            by = SECOND_MS if move.startswith("forward") else -SECOND_MS
            times = [m["state"]["at_ms"] for m in self.moments]
            return bisect_right(times, times[number] + by) - 1
        if not move:
            return min(last, number)
        step = 1 if move == "forward" else -1
        while 0 <= number + step <= last:
            number += step
            if self.moments[number]["traffic"] or self.moments[number]["told"] != self.moments[number - 1]["told"]:
                return number
        return number + step if step < 0 else last
