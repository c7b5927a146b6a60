"""``manage.py simulate``: what people see of a swarm."""

from __future__ import annotations

import io

import pytest
from django.core.management.base import CommandError, OutputWrapper

from playground.management.commands.simulate import Command, Shown

TOTALS = {
    "wanted": 40, "goal": 0, "seeds": 10, "events": 2_000_000, "seeds_per_s": 2.5, "events_per_s": 50_000.4, "twice": 1,
    "failures": [], "coverage": {"leader_elected": 60, "acknowledged": 120_000}, "faults": 70, "cpu_seconds": 40.0,
    "short_of": ["log_truncated"],
}  # fmt: skip
EVENT = {"n": 1, "step": 9, "at_ms": 1_500.0, "node": "B1", "cause": 3, "code": "broker_powered_off", "mark": "fault",
         "params": {"broker": 1, "leads": 2, "lost_bytes": 512}}  # fmt: skip
FAILED = {
    "t": "failure", "seed": 7, "seconds": 30.0, "at_ms": 4_250.0, "violation": "invariant 1 (X): y", "story": [EVENT],
    "smallest": {"at_ms": 4_000.0, "faults": [{"at_ms": 750.0, "do": "crash_broker", "broker": 1}]},
}  # fmt: skip


@pytest.fixture
def shown():
    command = Command(no_color=True)
    command.stdout = OutputWrapper(io.StringIO())
    return Shown(command)


def text(shown):
    return shown.command.stdout._out.getvalue()


def test_the_end_says_how_fast_it_was_and_what_happened(shown):
    shown.take({"t": "progress", **TOTALS})
    assert text(shown) == ""  # no terminal, no bar that moves
    shown.take({"t": "done", **TOTALS})
    said = text(shown)
    assert "25%  10 seeds, 2,000,000 events, 2.5 seeds/s, 50,000 events/s" in said
    assert "30 leader changes, 0 truncations, 0 rebalances, 60,000 acknowledged; 70 faults" in said
    assert "50,000 events a second of one core" in said
    assert "too little happened to prove anything: log_truncated" in said


def test_a_failure_is_a_story_with_the_least_that_leads_to_it_and_where_to_see_it(shown):
    shown.take(FAILED)
    said = text(shown)
    assert "Seed 7 fails after 4.250 s: invariant 1 (X): y" in said
    assert "1.500  B1             Broker 1 lost its power. 512 bytes" in said
    assert '0.750  {"do": "crash_broker", "broker": 1}' in said
    assert "python manage.py simulate --open 7 --seconds 30" in said


def test_what_is_refused_is_an_error_with_the_reason(shown):
    with pytest.raises(CommandError, match="no fault"):
        shown.take({"t": "refused", "reason": "There is no fault 'x'."})
