"""Long work in short pieces: at once, in passing, or beside everything else; with the same results and errors."""

import asyncio
import threading

import pytest

from engine.live.slices import at_leisure, at_once, in_passing

MAIN = threading.get_ident


def work(log, jobs=3):
    for number in range(jobs):
        yield None
        yield lambda number=number: log.append((number, MAIN()))
    return "done"


def failing(log):
    try:
        yield lambda: 1 / 0
    except ZeroDivisionError:
        log.append("caught")
        yield lambda: log.append("tidied")
        raise ValueError("in the end") from None


def test_at_once_everything_is_done_here():
    log = []
    assert at_once(work(log)) == "done"
    assert log == [(number, MAIN()) for number in range(3)]


def test_in_passing_there_is_a_notice_at_each_pause():
    log = []
    notices = in_passing(work(log), "notice")
    assert list(notices) == ["notice"] * 6 and len(log) == 3


def test_at_leisure_jobs_run_in_a_thread_and_others_have_their_turn():
    log, turns = [], []

    async def other():
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    async def both():
        task = asyncio.ensure_future(other())
        result = await at_leisure(work(log), rest_s=0)
        task.cancel()
        return result

    assert asyncio.run(both()) == "done"
    assert [number for number, _ in log] == [0, 1, 2] and MAIN() not in [thread for _, thread in log]
    assert turns


@pytest.mark.parametrize("do", [at_once, lambda work: asyncio.run(at_leisure(work, rest_s=0))])
def test_what_a_job_raises_is_raised_where_it_was_asked_for(do):
    log = []
    with pytest.raises(ValueError, match="in the end"):
        do(failing(log))
    assert log == ["caught", "tidied"]


def test_whoever_is_cancelled_waits_for_the_thread_and_the_work_is_closed():
    log = []
    begun, go = threading.Event(), threading.Event()

    def slow():
        try:
            yield lambda: (begun.set(), go.wait(5), log.append("written"))
            log.append("went on")
        finally:
            log.append("closed")

    async def cancel():
        task = asyncio.ensure_future(at_leisure(slow()))
        await asyncio.to_thread(begun.wait)
        task.cancel()
        await asyncio.sleep(0)
        go.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert log == ["written", "closed"]
