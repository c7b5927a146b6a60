"""Shells without a page: real worker processes, and a small HTTP server where the sandbox's AWS endpoint would be."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playground.shell.pool import Pool, Turn
from playground.shell.process import Ended

ARRIVED = 1663160187.25
RECORD = {"SequenceNumber": "1", "ApproximateArrivalTimestamp": ARRIVED, "Data": "dGVzdGU=", "PartitionKey": "1"}
ANSWERS: dict[str, dict[str, Any]] = {
    "ListStreams": {"StreamNames": ["ftf-meu-stream"], "HasMoreStreams": False},
    "PutRecord": {"ShardId": "shardId-000000000003", "SequenceNumber": "49633292692649386396011545902288683459"},
    "PutRecords": {"FailedRecordCount": 0, "Records": []},
    "GetShardIterator": {"ShardIterator": "AAAAAAAAAAE" + "x" * 40},
    "GetRecords": {"Records": [RECORD], "NextShardIterator": "AAAAAAAAAAF", "MillisBehindLatest": 0},
    "CreateStream": {},
}


@dataclass
class Result:
    """What one line said and led to. ended: with the state that the next line gets."""

    out: str
    err: str
    ended: Ended

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def exit(self) -> int:
        return int(self.ended.done["exit"])


@dataclass
class Shell:
    """One session."""

    bench: Bench
    state: bytes = b""

    def run(self, line: str, *, language: str = "en", **more: Any) -> Result:
        result = self.bench.run(line, self.state, language, **more)
        if result.ended.state is not None:
            self.state = result.ended.state
        return result


@dataclass
class FakeAws:
    """requests: what arrived, as (operation, parameters, headers). answer: another than the ready-made ones.

    hold: while it is set, requests stay without an answer until ``release`` is.
    """

    requests: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    answer: Callable[[str, dict[str, Any]], tuple[int, dict[str, Any]] | None] = lambda operation, parameters: None

    hold: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                parameters = json.loads(self.rfile.read(int(self.headers["content-length"])))
                operation = self.headers["x-amz-target"].split(".")[1]
                fake.requests.append((operation, parameters, {k.lower(): v for k, v in self.headers.items()}))
                if fake.hold.is_set():
                    fake.release.wait(30)
                status, answer = fake.answer(operation, parameters) or (200, ANSWERS.get(operation, {}))
                body = json.dumps(answer).encode()
                if fake.hold.is_set():
                    return  # whoever asked has gone
                with suppress(ConnectionError):  # whoever asked may have been ended
                    self.send_response(status)
                    self.send_header("content-type", "application/x-amz-json-1.1")
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *arguments: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Bench:
    """aws: the stand-in. pool: the real one."""

    def __init__(self) -> None:
        self.aws = FakeAws()
        self.runner = asyncio.Runner()
        self.pool = Pool()

    def shell(self) -> Shell:
        self.aws.requests.clear()
        self.aws.answer = lambda operation, parameters: None
        return Shell(self)

    @property
    def access(self) -> dict[str, str]:
        keys = {"access_key": "AKIARIACHO0123456789", "secret_key": "s" * 40}
        return {"endpoint": self.aws.url, "region": "us-east-1", **keys}

    def run(self, line: str, state: bytes, language: str = "en", **more: Any) -> Result:
        return self.runner.run(self.go(Turn(), line, state, language, **more))

    async def go(self, turn: Turn, line: str, state: bytes, language: str = "en", **more: Any) -> Result:
        """Inside the loop: several at once."""
        out: list[str] = []
        err: list[str] = []

        def emit(text: str, is_error: bool) -> None:
            (err if is_error else out).append(text)

        message = {"run": line, "language": language, "access": self.access, "label": "shell-test", **more}
        ended = await self.pool.run(turn, message, state, emit, lambda why: None)
        return Result("".join(out), "".join(err), ended)

    def close(self) -> None:
        self.pool.close()
        # At the end of a session a browser's loop may still run in this thread, and no two do in one.
        closing = threading.Thread(target=self.runner.close)
        closing.start()
        closing.join()
        self.aws.server.shutdown()
        self.aws.server.server_close()
