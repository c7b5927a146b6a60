"""Requests of the present while somebody asks, and of the past by doing it again; nobody else notices."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from engine.cluster.requests import rows
from engine.live import history as histories
from engine.live.tracing import FORGET_S, STRETCH, Tracing, done_again
from engine.machine import MILLISECOND, SECOND
from tests.unit.live.past_toys import Live, lived

MS = MILLISECOND


class Later:
    """An event loop's clock that never rings by itself."""

    def __init__(self):
        self.calls = []

    def call_later(self, seconds, act):
        call = SimpleNamespace(seconds=seconds, act=act, cancelled=False)
        call.cancel = lambda: setattr(call, "cancelled", True)
        self.calls.append(call)
        return call


def tracing_of(live):
    loop = Later()
    return Tracing(loop, SimpleNamespace(cluster=live.cluster, world=live.world)), loop


@pytest.fixture
def live():
    live = Live()
    live.world.advance(6 * SECOND)
    return live


def test_asking_begins_it_and_each_answer_tells_what_came_since_the_last(live):
    tracing, _ = tracing_of(live)
    first = tracing.since(0)
    assert first["requests"] == [] and first["last"] == 0
    live.world.advance(live.world.now + 500 * MS)
    second = tracing.since(first["last"])
    assert {"Produce", "Fetch"} <= {row["api"] for row in second["requests"]} and not second["gap"]
    live.world.advance(live.world.now + 300 * MS)
    third = tracing.since(second["last"])
    assert third["requests"][0]["n"] > second["requests"][-1]["n"] and not third["gap"]


def test_who_no_longer_asks_costs_nothing_and_what_was_missed_is_told_as_a_gap(live):
    tracing, _ = tracing_of(live)
    first = tracing.since(0)
    live.world.run(STRETCH)
    assert live.world.observer is None
    live.world.run(500)
    second = tracing.since(first["last"])
    assert second["last"] == STRETCH
    live.world.run(20)
    assert tracing.since(second["last"])["gap"]
    live.world.run(20)
    assert not tracing.since(second["last"] + 20)["gap"]


def test_two_who_ask_share_one_trace(live):
    tracing, _ = tracing_of(live)
    tracing.since(0)
    live.world.advance(live.world.now + 400 * MS)
    one, other = tracing.since(0), tracing.since(0)
    assert one["requests"] == other["requests"] != []


def test_a_minute_after_the_last_question_it_is_forgotten(live):
    tracing, loop = tracing_of(live)
    tracing.since(0)
    tracing.since(0)
    assert [call.cancelled for call in loop.calls] == [True, False] and loop.calls[-1].seconds == FORGET_S
    loop.calls[-1].act()
    assert tracing.trace is None and live.world.observer is None


def test_the_present_is_the_same_whether_anybody_asks_or_not():
    alone, asked = Live(), Live()
    tracing, _ = tracing_of(asked)
    taken = 0
    for turn in range(20):
        for one in (alone, asked):
            one.world.advance((turn + 1) * 300 * MS)
        taken = tracing.since(taken)["last"]
    assert taken > 100
    assert (asked.world.digest(), asked.world.steps) == (alone.world.digest(), alone.world.steps)


def test_the_past_done_again_gives_the_requests_that_the_present_gave(monkeypatch):
    monkeypatch.setattr(histories, "DISTANCE_STEPS", 200)
    live = lived(3)
    tracing, _ = tracing_of(live)
    tracing.since(0)
    began = live.world.steps
    live.do("produce", topic="t", value="x")
    live.world.advance(live.world.now + 400 * MS)
    present = tracing.since(0)["requests"]
    assert present

    async def again():
        past, trace = await done_again(live.history, live.world.steps, live.world.now, since_step=began)
        found = rows(past.cluster, trace, [entry for entry in trace.entries if entry.step > began])
        past.close()
        return found

    found = asyncio.run(again())
    plain = [{**row, "of": 0} if row["kind"] == "response" else row for row in present]
    known = {row["n"]: row for row in found}
    assert [known[row["n"]] for row in plain if row.get("of", 1)] == [row for row in plain if row.get("of", 1)]
    assert [row["n"] for row in found] == [row["n"] for row in present]
