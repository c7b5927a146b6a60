"""What whoever runs the playground reads: one line each, on stderr, which ``play`` passes on."""

from __future__ import annotations

import sys
from time import monotonic

_A_SECOND_MAX = 20  # a client gone wild must not fill the screen
_said = [0.0, 0]  # since when, how many


def log(text: str) -> None:
    """Say it; beyond ``_A_SECOND_MAX`` lines a second, only that there was more."""
    now = monotonic()
    if now - _said[0] >= 1:
        _said[:] = now, 0
    _said[1] += 1
    if _said[1] <= _A_SECOND_MAX:
        print(text, file=sys.stderr, flush=True)
    elif _said[1] == _A_SECOND_MAX + 1:
        print("(More of this is left out.)", file=sys.stderr, flush=True)
