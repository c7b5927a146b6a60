"""One alarm clock for the pacer, more exact than an event loop's own timers.

asyncio hands epoll whole milliseconds, rounded up: a link of 0.2 ms would take 1 ms. Linux has
timers that are file descriptors (timerfd) and fire within microseconds; Python reaches them since
3.13 (``os.timerfd_create``), before that through the C library. Elsewhere the loop's timer has to do.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import sys
from collections.abc import Callable
from time import monotonic_ns
from typing import Protocol

_MONOTONIC = 1  # CLOCK_MONOTONIC, also what time.monotonic_ns reads on Linux
_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000
_ABSOLUTE = 1  # TFD_TIMER_ABSTIME


class Alarm(Protocol):
    """Calls back once when the monotonic clock reaches what was ``set`` last."""

    def set(self, at: int | None) -> None: ...
    def close(self) -> None: ...


def make_alarm(loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> Alarm:
    """The best there is here."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError, NotImplementedError):
            return TimerFileAlarm(loop, ring)
    return LoopAlarm(loop, ring)


class LoopAlarm:
    """On the loop's own timer: exact to a millisecond or so."""

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._loop, self._ring = loop, ring
        self._at: int | None = None
        self._handle: asyncio.TimerHandle | None = None

    def set(self, at: int | None) -> None:
        if at == self._at:
            return
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        self._at = at
        if at is not None:
            self._handle = self._loop.call_later(max(0, at - monotonic_ns()) / 1e9, self._fire)

    def _fire(self) -> None:
        self._at = self._handle = None
        self._ring()

    def close(self) -> None:
        self.set(None)


class _Spec(ctypes.Structure):
    """struct itimerspec: interval, then value, each seconds and nanoseconds."""

    _fields_ = [(name, ctypes.c_long) for name in ("every_s", "every_ns", "at_s", "at_ns")]


class TimerFileAlarm:
    """On a timerfd. Raises OSError or AttributeError where there is none."""

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._settime = libc.timerfd_settime
        self._fd: int = libc.timerfd_create(_MONOTONIC, _NONBLOCK_CLOEXEC)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")
        self._spec = _Spec()
        self._pointer = ctypes.byref(self._spec)
        self._at: int | None = None
        self._loop, self._ring = loop, ring
        loop.add_reader(self._fd, self._fire)

    def set(self, at: int | None) -> None:
        if at == self._at:
            return
        self._at = at
        # Zero would disarm; a time that is past fires at once. Setting it forgets an earlier firing.
        self._spec.at_s, self._spec.at_ns = divmod(max(1, at), 1_000_000_000) if at is not None else (0, 0)
        self._settime(self._fd, _ABSOLUTE, self._pointer, None)

    def _fire(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._fd, 8)
            self._at = None
            self._ring()

    def close(self) -> None:
        self._loop.remove_reader(self._fd)
        os.close(self._fd)
