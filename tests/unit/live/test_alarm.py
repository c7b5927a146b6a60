"""An alarm rings once, at the time set last. Real time, because that is what it is about."""

import asyncio
from time import monotonic_ns

import pytest

from engine.live.alarm import LoopAlarm, make_alarm

MS = 1_000_000


def kinds():
    return [LoopAlarm, make_alarm]


def ringing(kind, check):
    async def run():
        rung = []
        ring = asyncio.Event()

        def on_ring():
            rung.append(monotonic_ns())
            ring.set()

        alarm = kind(asyncio.get_running_loop(), on_ring)
        try:
            await check(alarm, rung, ring)
        finally:
            alarm.close()

    asyncio.run(run())


@pytest.mark.parametrize("kind", kinds())
def test_it_rings_at_its_time_and_once(kind):
    async def check(alarm, rung, ring):
        at = monotonic_ns() + 5 * MS
        alarm.set(at)
        await asyncio.wait_for(ring.wait(), 5)
        assert rung[0] >= at - MS
        await asyncio.sleep(0.01)
        assert len(rung) == 1

    ringing(kind, check)


@pytest.mark.parametrize("kind", kinds())
def test_what_is_past_rings_at_once(kind):
    async def check(alarm, rung, ring):
        alarm.set(monotonic_ns() - 5 * MS)
        await asyncio.wait_for(ring.wait(), 5)

    ringing(kind, check)


@pytest.mark.parametrize("kind", kinds())
def test_set_anew_the_old_time_is_forgotten(kind):
    async def check(alarm, rung, ring):
        alarm.set(monotonic_ns() + MS)
        at = monotonic_ns() + 20 * MS
        alarm.set(at)
        await asyncio.wait_for(ring.wait(), 5)
        assert rung[0] >= at - MS
        alarm.set(monotonic_ns() + MS)
        alarm.set(None)
        await asyncio.sleep(0.01)
        assert len(rung) == 1

    ringing(kind, check)


@pytest.mark.parametrize("kind", kinds())
def test_it_may_be_set_again_to_a_time_it_had(kind):
    async def check(alarm, rung, ring):
        at = monotonic_ns() + MS
        for _ in range(2):
            alarm.set(at)
            await asyncio.wait_for(ring.wait(), 5)
            ring.clear()
        assert len(rung) == 2

    ringing(kind, check)
