"""The marks on a sandbox's timeline, over all of its past that is kept; where they are many, how many.

The numbered events are what is marked (engine/events); they are part of the state, so a restart, a branch or an
import keeps them. Here they are only put in order for whoever draws: an index that follows the World's record when
it is asked, never before, in pieces that let others work in between.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING, Any

from engine.events import Told, to_json
from engine.machine import MILLISECOND

if TYPE_CHECKING:
    from engine.world.world import World

PIECE = 2_048  # events between two pauses for the others
WEIGHTS = {"fault": 6, "error": 5, "rebalance": 4, "election": 3, "topic": 2, "people": 1, "time": 0}


def told_of(told: Told) -> bool:
    """Whether it gets a mark: the cluster's own housekeeping gets none."""
    event = told.event
    if not event.mark or event.code == "coordinator_moved":
        return False
    topic = getattr(event, "topic", "")
    created = event.code == "leader_elected" and getattr(event, "why", "") == "created"
    return not created and not (isinstance(topic, str) and topic.startswith("__"))


class Marking:
    """Of one World. Events it has dropped (there are EVENTS_MAX) are dropped here too."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._times: list[int] = []
        self._told: list[Told] = []
        self._seen = 0  # number of the last event looked at

    async def follow(self) -> None:
        """Learn what has been told meanwhile."""
        record = self._world.told
        while record and self._seen < record[-1].number:
            first = record[0].number
            start = max(0, self._seen + 1 - first)
            for told in list(islice(record, start, start + PIECE)):
                self._seen = told.number
                if told_of(told):
                    self._times.append(told.at)
                    self._told.append(told)
            await asyncio.sleep(0)
        gone = record[0].number if record else self._seen + 1
        if self._told and self._told[0].number < gone:
            dropped = bisect_left(self._told, gone, key=lambda told: told.number)
            del self._told[:dropped], self._times[:dropped]

    async def columns(self, start: int, end: int, count: int) -> list[dict[str, Any]]:
        """The marks from ``start`` to ``end`` in ``count`` equal parts; parts without any are left out.

        Of each: "head" (the weightiest event, as events go out), "count" of all in it, "kinds" ({mark: how many}),
        "from_ms" and "to_ms" of the first and the last, "first" and "last" (their numbers).
        """
        await self.follow()
        first, last = bisect_left(self._times, start), bisect_left(self._times, end + 1)
        times, record = self._times[first:last], self._told[first:last]
        found: list[dict[str, Any]] = []
        at, stop, paused = 0, len(times), 0
        width = max(1, end - start)
        while at < stop:
            column = min(count - 1, (times[at] - start) * count // width)
            over = column == count - 1  # the end belongs to the last
            after = stop if over else bisect_left(times, start + -(-(column + 1) * width // count), at + 1, stop)
            here = record[at:after]
            kinds: dict[str, int] = {}
            for told in here:
                kinds[told.event.mark] = kinds.get(told.event.mark, 0) + 1
            head = max(here, key=lambda told: WEIGHTS.get(told.event.mark, 0))
            found.append(
                {
                    "head": to_json(head), "count": len(here), "kinds": kinds,
                    "from_ms": here[0].at / MILLISECOND, "to_ms": here[-1].at / MILLISECOND,
                    "first": here[0].number, "last": here[-1].number,
                }
            )  # fmt: skip
            at = after
            if at - paused > PIECE:
                paused = at
                await asyncio.sleep(0)
        return found
