"""What a line leaves is kept only if the next line can begin with it; else the shell is as before, and says why."""

from __future__ import annotations

import pytest

from playground.shell import limits
from tests.unit.shell.bench import Bench, Shell

NESTED = 's=:; for i in $(seq 1 %d); do s="{ $s; }"; done; eval "f() { $s; echo f; }"; s='
MANY = "mapfile -t a < <(seq 1 %d)"


@pytest.fixture
def lived_in(shell: Shell) -> Shell:
    shell.run("A=mine; echo mine > file; g() { echo g; }; cd /tmp")
    return shell


def same(bench: Bench) -> set[int]:
    return {worker.process.pid for worker in bench.pool.workers if worker.alive}


@pytest.mark.parametrize("line", ['for i in $(seq 1 9999); do eval "v$i=1"; done', "s=x; while :; do s=$s$s; done"])
def test_a_new_shells_first_line_is_stopped_where_variables_end_as_any_other(shell: Shell, line: str) -> None:
    result = shell.run(f"A=mine; {line}; A=other")
    assert (result.ended.stopped, result.ended.done["undone"]) == ("memory", None)
    assert "limit" in result.err
    assert shell.run("echo $A; unset s a; echo ${#a[@]}").out == "mine\n0\n"


def test_a_line_that_leaves_what_no_line_could_begin_with_is_undone_and_takes_no_worker_down(
    bench: Bench, lived_in: Shell
) -> None:
    workers = same(bench)
    result = lived_in.run(f"A=other; echo other > ~/file; cd /; {NESTED % 60}")
    assert (result.ended.stopped, result.ended.done["undone"]) == ("unkept", "unkept")
    assert result.ended.done["cwd"] == "/tmp"
    assert lived_in.run("echo $A $(cat ~/file) $(g) $PWD").out == "mine mine g /tmp\n"
    assert same(bench) == workers


@pytest.mark.parametrize("line", [NESTED % 60, f"A=mine; {MANY % 200_000}; A=other"])
def test_a_new_shells_first_line_is_undone_to_a_new_shell(shell: Shell, line: str) -> None:
    assert shell.run(line).ended.done["undone"] == "unkept"
    assert shell.run("echo dGVzdGU= | base64 -d; pwd").out == "teste/home/cloudshell-user\n"


def test_a_line_that_time_stops_says_so_and_also_that_it_is_undone(
    lived_in: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LINE_SECONDS", 0.5)
    result = lived_in.run(f"{NESTED % 60}; sleep 20")
    assert (result.ended.stopped, result.ended.done["undone"]) == ("time", "unkept")
    assert lived_in.run("echo $A").out == "mine\n"


def test_a_line_that_is_stopped_keeps_what_fits(lived_in: Shell) -> None:
    result = lived_in.run("A=other; x=x; while :; do printf -v y %s%s $x $x; done")
    assert (result.ended.stopped, result.ended.done["undone"]) == ("commands", None)
    assert lived_in.run("echo $A").out == "other\n"


@pytest.mark.parametrize("line", [MANY % 99_900, NESTED % 15, "for i in $(seq 1 9900); do export v$i=1; done"])
def test_what_just_fits_is_kept_and_the_next_lines_work(shell: Shell, line: str) -> None:
    assert shell.run(line).ended.done["undone"] is None
    assert shell.run("y=12345; z=$(echo a); echo $y $z").out == "12345 a\n"
    assert shell.run("unset a; unset -f f; echo ${#a[@]}").out == "0\n"
    assert shell.run("echo on").out == "on\n"


def test_a_line_that_goes_too_deep_takes_its_worker_along_and_nothing_else(bench: Bench, lived_in: Shell) -> None:
    result = lived_in.run('A=other; x=\'eval "$x"\'; eval "$x"')
    assert result.ended.stopped == "worker" and result.ended.state is None
    assert lived_in.run("echo $A").out == "mine\n"
    assert bench.shell().run("echo fine").out == "fine\n"
