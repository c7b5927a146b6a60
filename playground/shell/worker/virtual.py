"""The virtual bash of a line: made from a session's bytes, and turned into bytes again.

bashkit (Rust) interprets the line itself: files are in its memory, programs are its builtins, and it has no network
unless it is given one. Of this process it can reach what is added here: ``aws``, ``help``, ``sleep``, and what
prelude.py needs.
"""

from __future__ import annotations

import re
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from bashkit import Bash, BashError, BuiltinContext, BuiltinResult

from playground.shell import limits, plain
from playground.shell.worker import guard, prelude
from playground.shell.worker.aws import Aws
from playground.shell.worker.words import Words

USER, HOST = "cloudshell-user", "riacho"
HOME = f"/home/{USER}"
ENVIRONMENT = {
    "HOME": HOME, "LANG": "C.UTF-8", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EXECUTION_ENV": "CloudShell", "AWS_PAGER": "",
}  # fmt: skip
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
HEREDOC = re.compile(r"(?<!<)<<-?\s*(?![<(])(['\"]?)([A-Za-z_][A-Za-z0-9_]*)\1")
UNFINISHED = ("unexpected EOF", "unexpected end of file", "unexpected end of input", "unterminated")
STOPPED = (  # of what bashkit says when a limit is reached: what the page explains
    ("execution timeout", "time"),
    ("timed out", "time"),
    ("command count", "commands"),
    ("loop iteration", "loops"),
    ("function depth", "depth"),
    ("memory limit", "memory"),
    ("variable byte limit", "memory"),
    ("filesystem full", "files"),
    ("cancelled", "asked"),
    ("nesting", "depth"),
    ("budget", "memory"),
)

TOGETHER_CHARACTERS, TOGETHER_SECONDS = 4 * 1024, 0.03  # of output that goes out in one piece
Emit = Callable[[str, bool], None]


class Virtual:
    """wake: is set when the line is to end. seconds: how long it may take; bytes_max: it may leave."""

    def __init__(self, aws: Aws, words: Words, wake: threading.Event) -> None:
        self.aws, self.words, self.wake = aws, words, wake
        self.ends = 0.0
        self.late = False
        self.bash: Bash | None = None
        self.output: Output | None = None
        self.history: list[str] = []
        self.asked_to_stop = False
        self.seconds, self.bytes_max = limits.LINE_SECONDS, limits.STATE_BYTES_MAX
        # A new shell is taken up from bytes like any other: only so does bashkit count what it is born with.
        bash = Bash(username=USER, hostname=HOST, cwd=HOME, env=ENVIRONMENT)
        bash.execute_sync(prelude.FUNCTIONS)
        self.fresh = bash.snapshot()

    def stop(self) -> None:
        """From another thread: end the line soon."""
        self.asked_to_stop = self.aws.stopped = True
        self.wake.set()
        if self.bash is not None:
            self.bash.cancel()
        if self.aws.running and hasattr(signal, "pthread_kill"):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    def run(self, line: str, state: bytes, emit: Emit) -> tuple[dict[str, Any], bytes]:
        """emit: is handed (text, whether it is of standard error). Returns what ``done`` tells, and the state."""
        self.asked_to_stop = self.late = False
        self.wake.clear()
        self.ends = time.monotonic() + self.seconds
        began = time.perf_counter()
        bash = self.bash = self._begin(state)
        if unfinished(bash, line):
            self.bash = None
            return {"more": True}, state
        output = self.output = Output(emit, bash)
        error = ""
        code = 1
        try:
            result = bash.execute_sync(line, output.take)
            code, error = result.exit_code, result.error or ""
            if error and not output.full:
                output.end_line(f"bash: {error}\n")
        except BashError as problem:
            error = str(problem)
            output.take("", f"bash: {error}\n")
        finally:
            output.flush()
            self.bash = self.output = None
        stopped = "output" if output.full else "asked" if self.asked_to_stop else "time" if self.late else None
        stopped = stopped or _stopped(error or output.tail)
        bash.clear_cancel()
        done = {
            "exit": code,
            "ms": round((time.perf_counter() - began) * 1000, 1),
            "calls": self.aws.calls,
        }
        guard.keep_back(limits.KEPT_BACK_BYTES)
        after = bash.snapshot()
        del bash, output  # there need not be two of all its files
        place, undone = self._again(after)
        guard.keep_back(0)
        if place is None:
            after, place = state, _place(self._begin(state))
        return done | {"stopped": stopped or undone, "undone": undone} | place, after

    def _again(self, left: bytes) -> tuple[dict[str, Any] | None, str | None]:
        """Where the next line will find itself; or, if it cannot have what this one left, why: then this is undone.

        Not all that bashkit writes it reads again: functions may be nested deeper than its reader goes, and variables
        that were stopped at their limit may be one too many.
        Kept, such bytes would be this shell's end: none of its lines could begin.
        """
        if len(left) > self.bytes_max:
            return None, "state"
        try:
            return _place(self._begin(left)), None
        except BashError:
            return None, "unkept"

    def _begin(self, state: bytes) -> Bash:
        what: dict[str, Any] = {
            "username": USER,
            "hostname": HOST,
            "max_commands": limits.COMMANDS_MAX,
            "max_loop_iterations": limits.LOOPS_MAX,
            "max_memory": limits.VARIABLE_BYTES_MAX,
            "timeout_seconds": self.seconds,
            "custom_builtins": {
                "aws": self._aws,
                "help": self._help,
                "ajuda": self._help,
                prelude.REMEMBERED: self._history,
                prelude.JOINED: prelude.joined,
                "sleep": self._sleep,
            },
        }
        return Bash.from_snapshot(state or self.fresh, **what)

    def _aws(self, context: BuiltinContext) -> BuiltinResult:
        if self.output is not None:
            self.output.flush()
        out, err, code = self.aws(context)
        return BuiltinResult(out, err, code)

    def _sleep(self, context: BuiltinContext) -> BuiltinResult:
        """bashkit's own is deaf to ``stop``."""
        try:
            seconds = sum(float(word.rstrip("smhd")) * UNITS.get(word[-1:], 1) for word in context.argv)
        except ValueError:
            return BuiltinResult("", f"sleep: invalid time interval '{' '.join(context.argv)}'\n", 1)
        if not context.argv:
            return BuiltinResult("", "sleep: missing operand\n", 1)
        if self.output is not None:
            self.output.flush()
        left = self.ends - time.monotonic()
        if self.wake.wait(max(0.0, min(seconds, left))):
            return BuiltinResult("", "", 130)
        if seconds <= left:
            return BuiltinResult()
        self.late = True
        if self.bash is not None:
            self.bash.cancel()
        return BuiltinResult("", "", 124)

    def _help(self, context: BuiltinContext) -> str:
        return self.words("help")

    def _history(self, context: BuiltinContext) -> str:
        return "".join(f"{number:5}  {line}\n" for number, line in enumerate(self.history, 1))


class Output:
    """Passes pieces on, made plain and a few KiB at a time, until a line has said as much as is shown of one."""

    def __init__(self, emit: Emit, bash: Bash) -> None:
        self.emit, self.bash = emit, bash
        self.size = 0
        self.full = False
        self.tail = ""  # of standard error: what a builtin says when it is stopped
        self._parts: list[str] = []
        self._gathered = 0
        self._is_error = False
        self._since = 0.0

    def take(self, out: str, err: str) -> None:
        for text, is_error in ((out, False), (err, True)):
            if not text or self.full:
                continue
            if is_error != self._is_error:
                self.flush()
                self._is_error = is_error
            left = limits.OUTPUT_CHARACTERS_MAX - self.size
            self.size += len(text)
            self._parts.append(text[:left])
            self._gathered += len(text)
            now = time.monotonic()
            if self._gathered >= TOGETHER_CHARACTERS or now - self._since >= TOGETHER_SECONDS:
                self.flush()
                self._since = now
            if is_error:
                self.tail = (self.tail + text)[-400:]
            if self.size > limits.OUTPUT_CHARACTERS_MAX:
                self.full = True
                self.bash.cancel()

    def flush(self) -> None:
        """Also before something that takes its time: what was said so far is to be seen meanwhile."""
        if self._parts:
            self.emit(plain.shown("".join(self._parts)), self._is_error)
            self._parts, self._gathered = [], 0

    def end_line(self, text: str) -> None:
        """What ended the line, unless its output says it already."""
        if text.removeprefix("bash: ").strip() not in self.tail:
            self.take("", text)


def unfinished(bash: Bash, line: str) -> bool:
    """More has to come before this can be run: a quote, a loop or a document is open, or it ends in a backslash."""
    if _open_backslash(line):
        return True
    lines = line.split("\n")
    for at, one in enumerate(lines):
        found = None if one.lstrip().startswith("#") else HEREDOC.search(re.sub(r"'[^']*'|\"[^\"]*\"", _keep_word, one))
        if found and not any(later.strip("\t") == found[2] for later in lines[at + 1 :]):
            return True
    try:
        bash.analyze(line)
    except BashError as problem:
        return any(sign in str(problem) for sign in UNFINISHED)
    return False


def _keep_word(quoted: re.Match[str]) -> str:
    """A quoted word may be a document's end (<<'EOF'); any other quoted text is none of our concern."""
    return quoted[0] if re.fullmatch(r"['\"]\w+['\"]", quoted[0]) else "_"


def _open_backslash(line: str) -> bool:
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _stopped(error: str) -> str | None:
    if "limit exceeded" not in error and "execut" not in error and "full" not in error and "cancel" not in error:
        return None
    return next((code for sign, code in STOPPED if sign in error), None)


def _place(bash: Bash) -> dict[str, Any]:
    """Where the shell stands, and names to complete."""
    state = bash.shell_state()
    names = sorted(name for name in state.variables if not name.startswith("_"))[: limits.NAMES_MAX]
    folder = state.cwd
    try:
        listed = bash.read_dir(folder)
    except Exception:  # the folder has been removed
        listed = []
    files = [one["name"] + ("/" if one["metadata"]["file_type"] == "directory" else "") for one in listed]
    return {"cwd": folder, "variables": names, "files": sorted(files)[: limits.NAMES_MAX]}
