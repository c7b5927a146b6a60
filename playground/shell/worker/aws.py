"""The builtin ``aws`` of the virtual bash: what it takes, what it must not, and what is noted of it for the hints."""

from __future__ import annotations

import io
import sys
from typing import Any

import awscli

from playground.shell import limits
from playground.shell.worker import manual
from playground.shell.worker.driver import SERVICE, Driver, OptionForbidden, Shared
from playground.shell.worker.files import Files
from playground.shell.worker.version2 import INTERRUPTED, PARAMETER_ERROR

# Variables that lead the real command elsewhere. Here they would be without effect: better said than wondered about.
FORBIDDEN_VARIABLES = (
    "AWS_PROFILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CA_BUNDLE",
    "AWS_DATA_PATH",
)
ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KINESIS")
CONFIGURED = ("configure", "history", "sso", "login", "logout")
WITH_VALUE = ("--output", "--query", "--region", "--color", "--cli-binary-format", "--cli-read-timeout",
              "--cli-connect-timeout", "--profile", "--endpoint-url", "--ca-bundle")  # fmt: skip
NOTED_CHARACTERS = 400
CALLS_NOTED = 8  # of a line; hints look at the last ones


class Watch:
    """What happened in one command: {"argv", "exit", "operation", "parameters", "answer", "error", "text"}."""

    def __init__(self, argv: list[str]) -> None:
        self.told: dict[str, Any] = {"argv": [_short(word) for word in argv[:40]]}

    def asked(self, operation: str, parameters: Any) -> None:
        self.told["operation"] = operation
        self.told["parameters"] = {name: _short(value) for name, value in dict(parameters).items()}

    def answered(self, answer: Any) -> None:
        records = answer.get("Records")
        told: dict[str, Any] = {name: _short(value) for name, value in answer.items() if isinstance(value, (str, int))}
        if isinstance(records, list):
            told["Records"] = len(records)
        error = answer.get("Error")
        if isinstance(error, dict):
            self.told["error"] = str(error.get("Code", ""))
        self.told["answer"] = told

    def failed(self, problem: Exception) -> None:
        self.told.setdefault("error", type(problem).__name__)
        self.told["text"] = str(problem)[:NOTED_CHARACTERS]


def _short(value: Any) -> Any:
    if isinstance(value, (int, float, bool)) or value is None:
        return value
    return value[:NOTED_CHARACTERS] if isinstance(value, str) else repr(value)[:NOTED_CHARACTERS]


class Limited(io.TextIOBase):
    """Collects what is written, up to what goes through a pipe."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.size += len(text)
        if self.size > limits.PIPE_BYTES_MAX:
            raise ValueError(f"the answer is larger than the {limits.PIPE_BYTES_MAX >> 20} MiB that fit here")
        self.parts.append(text)
        return len(text)

    def text(self) -> str:
        return "".join(self.parts)


class Aws:
    """access: the endpoint and keys of the line that runs. calls: what is noted of its commands."""

    def __init__(self, say: Any) -> None:
        self.say = say  # of words.py
        self.files = Files()
        self.files.install()
        self.shared = Shared()
        self.access: dict[str, Any] = {}
        self.calls: list[dict[str, Any]] = []
        self.stopped = False
        self.running = False  # a command, which an interrupt may end

    def begin(self, access: dict[str, Any]) -> None:
        self.access, self.calls, self.stopped = access, [], False

    def interrupt(self, *_: Any) -> None:
        """The handler of SIGINT: a command that waits for an answer is ended; nothing else is."""
        if self.running:
            self.running = False
            raise KeyboardInterrupt

    def __call__(self, context: Any) -> tuple[str, str, int]:
        """stdout, stderr and exit code of ``aws`` with the arguments of a bashkit context."""
        argv = [str(word) for word in context.argv]
        environment = dict(context.env)
        watch = Watch(argv)
        if self.stopped:
            return "", "", INTERRUPTED
        refusal = self._refusal(argv, environment)
        out, err = Limited(), Limited()
        if refusal:
            err.write(f"\naws: {refusal}\n")
            code = PARAMETER_ERROR
            watch.told["refused"] = True
        elif "--version" in argv and not positionals(argv):
            out.write(f"aws-cli/2 (awscli {awscli.__version__} in the ways of version 2) exec-env/CloudShell\n")
            code = 0
        elif (page := manual.asked(argv)) is not None:
            text, code = manual.page(self.shared, page)
            (err if code else out).write(text)
        else:
            code = self._run(context, argv, environment, watch, out, err)
        watch.told["exit"] = code
        if len(self.calls) >= CALLS_NOTED:
            del self.calls[0]
        self.calls.append(watch.told)
        return out.text(), err.text(), code

    def _run(self, context: Any, argv: list[str], environment: dict[str, str], watch: Watch, out: Any, err: Any) -> int:
        before = sys.stdout, sys.stderr, sys.stdin
        # The driver writes to the process's streams; a worker runs one command at a time, so they can be lent.
        sys.stdout, sys.stderr, sys.stdin = out, err, io.StringIO(str(context.stdin or ""))
        self.files.context = context
        try:
            self.running = not self.stopped
            return Driver(self.shared, self.access, environment, watch).main(argv) if self.running else INTERRUPTED
        except KeyboardInterrupt:
            return INTERRUPTED
        except OptionForbidden as forbidden:
            watch.told["refused"] = True
            err.write(f"\naws: {self.say('refused.option', option=forbidden.option)}\n")
            return PARAMETER_ERROR
        finally:
            self.running = False
            self.files.context = None
            sys.stdout, sys.stderr, sys.stdin = before

    def _refusal(self, argv: list[str], environment: dict[str, str]) -> str:
        """Why this is not even begun; "": it may be."""
        for name in FORBIDDEN_VARIABLES:
            if environment.get(name):
                return str(self.say("refused.variable", name=name))
        for name in ENDPOINTS:
            # Whoever pastes the lines that are meant for a terminal of their own means this sandbox.
            if environment.get(name) and environment[name].rstrip("/") != self.access["endpoint"].rstrip("/"):
                return str(self.say("refused.variable", name=name))
        command = next(iter(positionals(argv)), "")
        if command in CONFIGURED:
            return str(self.say("refused.configure", command=command))
        if command and command not in (SERVICE, "help") and command in self.shared.services | {"s3", "s3api"}:
            return str(self.say("refused.service", service=command))
        return ""


def positionals(argv: list[str]) -> list[str]:
    """The words that are no option and no option's value, as far as ``aws`` itself knows its options."""
    found, words = [], iter(argv)
    for word in words:
        if word in WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            found.append(word)
    return found
