"""From a run that failed to a smaller one that fails in the same way: fewer faults, over sooner.

A run is its seed and its script, the faults by their times, and the time at which they are over. First that comes
as soon as the last fault was done; then pieces of the script are left out, halves first, single commands last, as
long as the same invariant is violated (delta debugging, Zeller and Hildebrandt 2002).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.simulation.harness import Report, simulate
from engine.simulation.rig import Done

TRIES_MAX = 60

Run = Callable[[list[Done], float], Report]


def shrink(found: Report, tries: int = TRIES_MAX) -> Iterator[Report]:
    """Ever smaller reports of the same violation, at most ``tries`` runs long. Nothing if it is as small as can be."""
    assert found.violation is not None
    number, left = found.violation.number, tries
    best = found

    def attempt(script: list[Done], heal_at: int) -> Report | None:
        nonlocal left
        left -= 1
        report = simulate(found.seed, found.seconds, script=script, heal_at=heal_at, kind=found.kind)
        return report if report.violation is not None and report.violation.number == number else None

    # Of what shows itself only at rest, the faults may be over as soon as the last was done.
    last = max((done.at for done in found.script), default=0)
    if last < found.healed_at and (smaller := attempt(found.script, last)) is not None:
        best = smaller
        yield best
    script, piece = list(best.script), max(1, len(best.script) // 2)
    while left > 0 and script:
        for begin in range(0, len(script), piece):
            if left <= 0:
                return
            fewer = script[:begin] + script[begin + piece :]
            smaller = attempt(fewer, best.healed_at)
            if smaller is not None:
                best, script = smaller, fewer
                yield best
                break
        else:
            if piece == 1:
                return
            piece //= 2
