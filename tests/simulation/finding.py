"""Looking for a flaw: how many seeds until an invariant is violated.

``python -m tests.simulation.finding`` prints, of each deliberate flaw, the median of five beginnings.
"""

from __future__ import annotations

import contextlib
import inspect
import statistics

import pytest

from engine.simulation.faults import FAULTS
from engine.simulation.harness import simulate

SEEDS = 25
FIRST = [0]  # the seed to begin with
NEEDED: list[int] = []  # how many seeds each search took


def found(*numbers, seconds=20.0, seeds=SEEDS, kinds=tuple(FAULTS)):
    """Over a few seeds, the invariant that is violated first is one of these."""
    for seed in range(FIRST[0], FIRST[0] + seeds):
        report = simulate(seed, seconds, kinds, grows=False)
        if report.violation is not None:
            assert report.violation.number in numbers, str(report.violation)
            assert report.story
            NEEDED.append(seed - FIRST[0] + 1)
            return
    pytest.fail(f"{seeds} seeds found nothing")


def table() -> None:
    from tests.simulation import test_flaws, test_storage_flaws

    for module in (test_flaws, test_storage_flaws):
        for name, flaw in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("test_") and "monkeypatch" in inspect.signature(flaw).parameters:
                NEEDED.clear()
                for FIRST[0] in range(0, 500, 100):
                    # Where another invariant is quicker, or nothing is found, it does not count.
                    missed = contextlib.suppress(AssertionError, pytest.fail.Exception)
                    with pytest.MonkeyPatch.context() as patch, missed:
                        flaw(patch)
                median = f"{statistics.median(NEEDED):5g}" if NEEDED else "    -"
                print(f"{median}  of {len(NEEDED)}  {name[5:].replace('_', ' ')}", flush=True)


if __name__ == "__main__":
    from tests.simulation import finding  # the same module as the flaws know, not __main__

    finding.table()
