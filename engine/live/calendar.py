"""The calendar of a World: wall time reaches it as an input, and virtual time falls behind it.

In slow motion, on a busy machine and while it stands still, a World's timestamps fall behind wall time. A broker
refuses records of clients that are an hour ahead of its own clock.
"""

from __future__ import annotations

import time

from engine.live.instants import Given
from engine.world.inputs import CALENDAR
from engine.world.world import World

LAG_NS = 600_000_000_000  # from here on it is set right


def right(world: World) -> Given:
    """The input after which its timestamps are wall time again."""
    return ("host", CALENDAR, time.time_ns() - world.now)


def behind(world: World) -> int:
    """By how many nanoseconds its timestamps are behind wall time."""
    return time.time_ns() - world.now - world.calendar_offset
