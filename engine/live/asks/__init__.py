"""The questions a host answers (engine/live/control.py), a module each subject.

Each exports ``ASKS``: by the question's name a handler ``(facade, question) -> result``, which may be
a coroutine function. A result is JSON; what a question may not have is refused (asking.Refused).
"""

from __future__ import annotations

from engine.live.asks import (
    aws,
    comparing,
    deeds,
    files,
    film,
    health,
    journey,
    lessons,
    looking,
    moments,
    sandboxes,
    time,
    timeline,
    tracing,
    why,
    worlds,
)
from engine.live.asks.asking import Handler

ASKS: dict[str, Handler] = {
    **looking.ASKS,
    **sandboxes.ASKS,
    **lessons.ASKS,
    **files.ASKS,
    **film.ASKS,
    **deeds.ASKS,
    **time.ASKS,
    **timeline.ASKS,
    **comparing.ASKS,
    **tracing.ASKS,
    **why.ASKS,
    **journey.ASKS,
    **moments.ASKS,
    **worlds.ASKS,
    **health.ASKS,
    **aws.ASKS,
}
