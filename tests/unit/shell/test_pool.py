"""What becomes of a line: it ends, is stopped, waits for its turn, or takes its worker down, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from playground.shell import limits
from playground.shell.pool import Pool, Turn
from tests.unit.shell.bench import Bench, Result, Shell


@pytest.fixture
def held(bench: Bench, shell: Shell) -> Iterator[Bench]:
    """The AWS endpoint does not answer, as when the sandbox's time stands still."""
    bench.aws.hold.set()
    bench.aws.release.clear()
    yield bench
    bench.aws.release.set()
    bench.aws.hold.clear()


async def until_asked(bench: Bench) -> None:
    async with asyncio.timeout(10):
        while not bench.aws.requests:
            await asyncio.sleep(0.005)


def test_a_session_keeps_files_variables_functions_and_its_folder(shell: Shell) -> None:
    shell.run("A=1; export B=2; f() { echo f$1; }; mkdir d; cd d; echo hi > x; arr=(a b)")
    assert shell.run("echo $A $B $(f 3) ${arr[1]} $(pwd) $(cat x)").out == "1 2 f3 b /home/cloudshell-user/d hi\n"
    told = shell.run("true").ended.done
    assert (told["cwd"], told["files"]) == ("/home/cloudshell-user/d", ["x"])
    assert {"A", "B", "HOME"} <= set(told["variables"])


def test_two_sessions_know_nothing_of_each_other(bench: Bench, shell: Shell) -> None:
    other = Shell(bench)
    shell.run("A=mine; echo mine > file")
    other.run("A=other")
    assert other.run("echo $A; cat file 2>/dev/null || echo none").out == "other\nnone\n"
    assert shell.run("echo $A; cat file").out == "mine\nmine\n"


@pytest.mark.parametrize(
    "line",
    [
        "for i in 1 2; do",
        "echo 'a",
        'echo "a',
        "cat <<EOF",
        "cat <<-'END'\nb",
        "aws kinesis list-streams \\",
        "if true",
        "ls |",
    ],
)
def test_a_line_that_is_not_whole_asks_for_more(shell: Shell, line: str) -> None:
    assert shell.run(line).ended.done == {"more": True}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("cat <<EOF\na $((1 << 2))\nEOF", "a 4\n"),
        ("echo 'x<<y'", "x<<y\n"),
        ("cat <<< here", "here\n"),
        ("echo \\\\", "\\\n"),
        ("echo a \\\n b", "a b\n"),
        ("# cat <<EOF\necho c", "c\n"),
        ("for i in 1 2\ndo echo $i\ndone", "1\n2\n"),
    ],
)
def test_a_whole_one_is_run(shell: Shell, line: str, said: str) -> None:
    assert shell.run(line).out == said


def test_a_syntax_error_is_told_and_the_shell_goes_on(shell: Shell) -> None:
    assert "syntax error" in shell.run("echo a; done").err or shell.run("echo a; done").exit
    assert shell.run("echo on").out == "on\n"


def test_history_is_the_sessions_own(shell: Shell) -> None:
    told = shell.run("history | tail -1", history=["echo a", "history | tail -1"])
    assert told.out == "    2  history | tail -1\n"


def test_output_is_cut_where_nobody_would_read_on(shell: Shell) -> None:
    result = shell.run("for i in $(seq 1 3000); do printf '%0200d\\n' $i; done")
    assert result.ended.stopped == "output"
    assert len(result.out) == limits.OUTPUT_CHARACTERS_MAX


def test_in_a_pipe_more_goes_through(bench: Bench, shell: Shell) -> None:
    records = [{"Data": "eA==" * 1000, "PartitionKey": "1", "SequenceNumber": str(n)} for n in range(500)]
    bench.aws.answer = lambda operation, parameters: (200, {"Records": records, "MillisBehindLatest": 0})
    assert shell.run("aws kinesis get-records --shard-iterator x | jq '.Records | length'").out == "500\n"


def test_files_that_are_too_much_for_a_session_are_not_kept(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.run("echo a > a")
    monkeypatch.setattr(limits, "STATE_BYTES_MAX", 20_000)
    result = shell.run("shuf -i 1-10000 > f")
    assert result.ended.stopped == "state"
    assert shell.run("ls").out == "a\n"


def test_ctrl_c_ends_a_command_that_waits_for_its_answer(held: Bench, shell: Shell) -> None:
    async def play() -> Result:
        turn = Turn()
        going = asyncio.create_task(held.go(turn, "aws kinesis list-streams; echo not any more", b""))
        await until_asked(held)
        turn.stop()
        return await going

    result = held.runner.run(play())
    assert (result.ended.stopped, result.out) == ("asked", "")
    assert result.ended.state is not None, "its worker listened"


def test_ctrl_c_ends_what_bash_does(bench: Bench, shell: Shell) -> None:
    async def play() -> Result:
        turn = Turn()
        going = asyncio.create_task(bench.go(turn, "A=1; aws kinesis list-streams; sleep 20", shell.state))
        await until_asked(bench)
        turn.stop()
        return await going

    result = bench.runner.run(play())
    assert result.ended.stopped == "asked"


def test_a_line_that_gets_no_answer_is_ended_by_the_clock(
    held: Bench, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LINE_SECONDS", 0.2)
    monkeypatch.setattr(limits, "GRACE_SECONDS", 0.3)
    assert shell.run("aws kinesis list-streams").ended.stopped == "time"


def test_a_worker_that_dies_takes_one_line_along_and_nothing_else(bench: Bench, shell: Shell) -> None:
    shell.run("A=kept")
    other = Shell(bench)

    async def play() -> tuple[Result, Result]:
        turn = Turn()
        going = asyncio.create_task(bench.go(turn, "A=lost; aws kinesis list-streams; sleep 20", shell.state))
        await until_asked(bench)
        beside = asyncio.create_task(bench.go(Turn(), "echo beside", b""))
        assert turn.worker is not None
        turn.worker.process.kill()
        return await going, await beside

    died, beside = bench.runner.run(play())
    assert died.ended.stopped == "worker" and died.ended.state is None
    assert beside.out == "beside\n"
    assert shell.run("echo $A").out == "kept\n"
    assert other.run("echo fine").out == "fine\n"


@pytest.mark.full
def test_a_line_that_burns_its_processor_time_is_ended_by_the_system(
    bench: Bench, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LINE_CPU_SECONDS", 0)
    result = shell.run("jq -n 'last(range(1e12))'")
    assert result.ended.stopped == "cpu" and result.ended.state is None
    monkeypatch.undo()
    assert shell.run("echo on").out == "on\n"


@pytest.mark.full
def test_lines_wait_for_their_turn_first_come_first_served(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WORKERS_MAX", 1)
    order: list[str] = []

    async def one(name: str, line: str) -> None:
        await bench.go(Turn(), line, b"")
        order.append(name)

    async def play() -> None:
        pool, bench.pool = bench.pool, Pool()
        try:
            gave_up = Turn()
            waiting = asyncio.create_task(bench.go(gave_up, "echo never", b""))
            await asyncio.sleep(0)
            gave_up.stop()
            assert (await waiting).ended.stopped == "asked"
            await asyncio.gather(*(one(name, "true") for name in "abcd"))
        finally:
            bench.pool.close()
            bench.pool = pool

    bench.runner.run(play())
    assert order == ["a", "b", "c", "d"]


def test_nothing_of_the_machine_is_in_a_workers_environment(shell: Shell) -> None:
    assert shell.run("env | cut -d= -f1 | sort | tr '\\n' ' '").out == (
        "AWS_DEFAULT_REGION AWS_EXECUTION_ENV AWS_PAGER AWS_REGION HOME LANG PWD USER "
    )


@pytest.mark.parametrize(
    ("line", "said", "code"),
    [
        ("printf 'dGVzdGU=\\neyJub21lIn0=\\n' | base64 -d", 'teste{"nome"}', 0),
        ("echo dGVzdGU= | base64 --decode", "teste", 0),
        ("echo -n teste | base64; echo dGVzdGU | base64 -d", "dGVzdGU=\nteste", 1),
        ("echo dGVzdGU= > f; base64 -d f", "teste", 0),
        ("echo '/wABAg==' | base64 -d | od -An -tx1 | tr -d ' \\n'", "ff000102", 0),
        ("head -c 100 /dev/zero | base64 | base64 -d | wc -c", "100\n", 0),
    ],
)
def test_base64_decodes_what_gnus_does(shell: Shell, line: str, said: str, code: int) -> None:
    result = shell.run(line)
    assert (result.out, result.exit) == (said, code)
