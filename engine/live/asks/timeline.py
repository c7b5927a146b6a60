"""What is drawn on the timeline: marks and volume, over any part of the past.

=============  =========================================  ==================================================
ask            takes, besides "sandbox"                   result
=============  =========================================  ==================================================
"timeline"     from_ms, to_ms (all that is kept);         {"from_ms", "to_ms", "live_ms", "begins_ms", "event",
               columns (240)                              "marks", "volume"}
=============  =========================================  ==================================================

marks: engine/live/marking.py; volume: engine/live/volume.py; both in as many columns, or in fewer where there
is nothing. "event" is the number of the last event that is in it. Looking changes nothing, and no moment is brought
back for it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from engine.limits import TIMELINE_COLUMNS_MAX
from engine.live.asks.asking import Handler, Question, Refused, invalid
from engine.live.volume import shown
from engine.machine import MILLISECOND

if TYPE_CHECKING:
    from engine.live.control import Facade

COLUMNS = 240


async def timeline(facade: Facade, question: Question) -> dict[str, Any]:
    sandbox = facade.stage(question).sandbox
    history = sandbox.history
    if history is None:
        raise Refused(409, "NO_HISTORY", "This sandbox keeps no history.")
    columns = question.get("columns")
    columns = COLUMNS if columns is None else columns
    if type(columns) is not int or not 1 <= columns <= TIMELINE_COLUMNS_MAX:
        raise invalid(f"columns is a whole number from 1 to {TIMELINE_COLUMNS_MAX}.")
    sandbox.look()
    now, begins = sandbox.world.now, history.horizon()[1]
    start, end = _time(question, "from_ms", begins), _time(question, "to_ms", now)
    if end <= start:
        start, end = (start, start + 1) if end == start else (end, start)
    marks = await history.marking.columns(start, end, columns)
    return {
        "from_ms": start / MILLISECOND,
        "to_ms": end / MILLISECOND,
        "live_ms": now / MILLISECOND,
        "begins_ms": begins / MILLISECOND,
        "event": sandbox.world.event_number,
        "marks": marks,
        "volume": shown(history.volume, start, end, columns),
    }


def _time(question: Question, name: str, default: int) -> int:
    """A time in nanoseconds. Raises Refused."""
    ms = question.get(name)
    if ms is None:
        return default
    if type(ms) not in (int, float) or not math.isfinite(ms) or not 0 <= ms < 1e15:
        raise invalid(f"{name} is a number, 0 or more: virtual milliseconds.")
    return int(round(ms * MILLISECOND))


ASKS: dict[str, Handler] = {"timeline": timeline}
