"""``manage.py simulate``: what people see of a swarm."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError, OutputWrapper

from playground.management.commands import simulate
from playground.management.commands.simulate import Command, Shown

TOTALS = {
    "wanted": 40, "goal": 0, "seeds": 10, "events": 2_000_000, "seeds_per_s": 2.5, "events_per_s": 50_000.4, "twice": 1,
    "failures": [], "coverage": {"leader_elected": 60, "acknowledged": 120_000}, "faults": 70, "cpu_seconds": 40.0,
    "short_of": ["log_truncated"], "streams": False,
}  # fmt: skip
EVENT = {"n": 1, "step": 9, "at_ms": 1_500.0, "node": "B1", "cause": 3, "code": "broker_powered_off", "mark": "fault",
         "params": {"broker": 1, "leads": 2, "lost_bytes": 512}}  # fmt: skip
FAILED = {
    "t": "failure", "seed": 7, "seconds": 30.0, "at_ms": 4_250.0, "violation": "invariant 1 (X): y", "story": [EVENT],
    "streams": False, "kinds": [],
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
    assert said.endswith("python manage.py simulate --open 7 --seconds 30\n")


def test_where_to_see_it_names_the_kind_of_run_and_the_faults_that_were_asked_for(shown):
    shown.take({**FAILED, "streams": True, "kinds": ["split", "crash"], "smallest": None})
    assert text(shown).endswith("python manage.py simulate --streams --open 7 --seconds 30 --faults split,crash\n")


def test_of_runs_with_streams_it_is_told_what_happened_to_streams(shown):
    shown.take({"t": "done", **TOTALS, "streams": True, "coverage": {"shards_split": 500, "acknowledged": 120_000}})
    assert "0 truncations, 250 splits, 0 merges, 0 throttles, 60,000 acknowledged; 70 faults" in text(shown)


@pytest.mark.parametrize("streams", [False, True])
def test_the_swarm_is_told_which_kind_of_run_is_asked_for(monkeypatch, streams):
    asked = []

    def run(arguments, take):
        asked.append(arguments)
        return 0

    monkeypatch.setattr(simulate, "run", run)
    monkeypatch.setattr(simulate, "call_command", lambda *_, **__: None)
    for options in ({"seeds": 3}, {"open": 5}):
        call_command("simulate", streams=streams, stdout=io.StringIO(), **options)
    assert ["--streams" in arguments for arguments in asked] == [streams, streams]


def test_what_is_refused_is_an_error_with_the_reason(shown):
    with pytest.raises(CommandError, match="no fault"):
        shown.take({"t": "refused", "reason": "There is no fault 'x'."})
