"""Long work in short pieces: what an iterator does between two yields takes two milliseconds at most.

It yields None to let others have their turn, or a function for a thread: something that waits for the
disk and touches nothing that others touch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from functools import partial
from time import monotonic_ns
from typing import TypeAlias, TypeVar

T = TypeVar("T")
N = TypeVar("N")
Job: TypeAlias = "Callable[[], object] | None"
Work: TypeAlias = Generator[Job, None, T]

SLICE_NS = 1_000_000  # pieces shorter than that are done together
REST_S = 0.004  # four fifths of the time belong to others


def at_once(work: Work[T]) -> T:
    """Do it here and now. Returns its result."""
    passing = in_passing(work, None)
    try:
        while True:
            next(passing)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]


def in_passing(work: Work[T], notice: N) -> Generator[N, None, T]:
    """Do it, the waiting included, with a ``notice`` at each pause. Returns its result.

    What a job raises is raised where it was yielded.
    """
    go_on: Callable[[], Job] = partial(next, work)
    while True:
        try:
            job = go_on()
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]
        go_on = partial(next, work)
        if job is not None:
            try:
                job()
            except Exception as problem:
                go_on = partial(work.throw, problem)
        yield notice


async def at_leisure(work: Work[T], rest_s: float = REST_S) -> T:
    """Do it beside everything else that happens in the loop. Returns its result."""
    try:
        until = monotonic_ns() + SLICE_NS
        go_on: Callable[[], Job] = partial(next, work)
        while True:
            try:
                job = go_on()
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]
            go_on = partial(next, work)
            if job is not None:
                try:
                    await _to_its_end(asyncio.ensure_future(asyncio.to_thread(job)))
                except Exception as problem:
                    go_on = partial(work.throw, problem)
            elif monotonic_ns() < until:
                continue
            else:
                await asyncio.sleep(rest_s)
            until = monotonic_ns() + SLICE_NS
    finally:
        work.close()


async def _to_its_end(job: asyncio.Future[object]) -> None:
    """A thread cannot be called off: whoever is cancelled meanwhile waits for it all the same."""
    try:
        await asyncio.shield(job)
    except asyncio.CancelledError:
        await asyncio.wait((job,))
        raise
