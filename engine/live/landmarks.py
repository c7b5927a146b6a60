"""Where on a sandbox's past something meaningful happened: what stepping back and forward stops at.

Most of what is meaningful (a record appended, a high watermark moved) is told only while somebody looks,
so nobody has kept a list. It is found by doing again what was done between two snapshots, with
somebody looking on. What was found is remembered for a while: who steps back once steps back again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from engine.live.past import Marks
from engine.world.loop import FOREVER

if TYPE_CHECKING:
    from engine.live.history import History
    from engine.live.snapshots import Snapshot

REMEMBERED = 24  # stretches

Mark = tuple[int, int]  # step and time: two inputs may have been given at the same step


class Landmarks:
    """Of one history. A stretch is what lies between two snapshots, both steps included."""

    def __init__(self, history: History) -> None:
        self._history = history
        # By the step at which a stretch begins: looked through up to here, and what was found.
        self._known: dict[int, tuple[int, list[Mark]]] = {}

    async def last_before(self, mark: Mark) -> Mark | None:
        """The last meaningful moment before ``mark``. Raises as ``History.past``."""
        history = self._history
        until = mark[0]
        first = history.horizon()[0]
        while until > first:
            start, found = await self._stretch(history.shelf.before(until - 1), until)
            number = bisect_left(found, mark)
            if number:
                return found[number - 1]
            until = start
        return None

    async def first_after(self, mark: Mark) -> Mark | None:
        """The first meaningful moment after ``mark``, up to the present."""
        history = self._history
        until, looked = mark[0], False
        while until < (present := history.step) or not looked:
            looked = True
            snapshot, following = history.shelf.before(until), history.shelf.after(until)
            until = following.step if following is not None else present
            _, found = await self._stretch(snapshot, until, enough=mark)
            number = bisect_right(found, mark)
            if number < len(found):
                return found[number]
        return None

    def clear(self) -> None:
        self._known.clear()

    async def _stretch(
        self, snapshot: Snapshot | None, until: int, enough: Mark | None = None
    ) -> tuple[int, list[Mark]]:
        """(the step it begins at, the meaningful moments from there up to step ``until``).

        snapshot: it begins at; None: there is none that early. enough: nothing is needed beyond the first after this.
        """
        history = self._history
        if snapshot is not None:
            known, found = self._known.get(snapshot.step, (-1, []))
            if known >= until or (enough is not None and found and found[-1] > enough):
                return snapshot.step, found
        async with history.room:
            past = await history.begin(snapshot, until - 1, FOREVER)
            try:
                start, marks = past.step, Marks(past.world)
                found = marks.found
                work = past.go(until, FOREVER, marks)
                complete = await history.drive(
                    past, work, lambda: enough is not None and bool(found) and found[-1] > enough
                )
                # At the present step more may be given yet.
                known = (until if until < history.step else until - 1) if complete else past.step - 1
            finally:
                past.close()
        self._known.pop(start, None)
        self._known[start] = known, found
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return start, found
