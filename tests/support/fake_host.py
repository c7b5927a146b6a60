"""A stand-in for the engine host: it speaks the facade and keeps what it was asked.

In a test's own process (``FakeHost``), or as a process of its own (``python -m tests.support.fake_host``).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from typing import Any

from playground import facade

KNOWN = ("demo", "sala-3")
ROW = {"id": "demo", "name": "demo", "paused": False, "problem": None, "owner": ""}
ROWS_MAX = 4
WORLD = {"id": "w", "name": "w", "owner": "you", "created_ms": 0, "of": "demo", "at_ms": 61_000, "brokers": 3}
AWS = {
    "endpoint": "http://127.0.0.1:4566", "region": "us-east-1", "access_key": "AKIARIACHOAAAAAAAAAA",
    "secret_key": "RiachoPlaygroundKey/aaaaaaaaaaaaaaaaaaaa",
}  # fmt: skip
KAFKA = ["127.0.0.1:19092", "127.0.0.1:19093", "127.0.0.1:19094"]


def event(number: int) -> dict[str, Any]:
    return {
        "n": number, "step": number * 10, "at_ms": float(number), "node": "C1", "cause": 0, "code": "broker_crashed",
        "mark": "fault", "params": {"broker": 3, "leads": 1},
    }  # fmt: skip


class FakeHost:
    """events: what it keeps. asked: every request but watch and unwatch. watchers: how many it was told of.

    refusing: everything, with this status and code. silent: it answers nothing, as one that is stuck.
    kept_from: older events are forgotten.
    """

    def __init__(self) -> None:
        self.events = [event(n) for n in range(1, 11)]
        self.kept_from = 1
        self.asked: list[dict[str, Any]] = []
        self.watchers = 0
        self.silent = False
        self.frames = 0
        self.kafka_answers = True
        self.problems: list[dict[str, str]] = []
        self.refusing: tuple[int, str] | None = None
        self.details: list[Any] = []  # what it was asked for last
        self.rows: list[dict[str, Any]] = []  # its sandboxes; none: one of the asker's own
        self.lesson: dict[str, Any] | None = None
        self.found: list[dict[str, str]] = []  # what is wrong with any lesson

    async def connect(self, port: int, token: str, *, ready: bool = True) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        self.writer.write(token.encode() + b"\n")
        self.serving = asyncio.create_task(self._serve())
        if ready:
            self.say({"notice": "ready", "kafka": KAFKA})

    async def die(self) -> None:
        self.writer.close()
        self.serving.cancel()

    def say(self, message: dict[str, Any]) -> None:
        self.writer.write(facade.encode(message))

    def push_frame(self, sandbox: str = "demo", *, key: bool = False) -> int:
        """The next frame: what has changed, or with ``key`` a whole one."""
        self.frames += 1
        what = {"k": self.state()} if key else {"d": {"frame": self.frames}}
        self._push("key" if key else "delta", "", {"n": self.frames, **what}, sandbox)
        return self.frames

    def push_key(self, sandbox: str = "demo") -> None:
        """The newest frame once more, whole: for whoever comes."""
        self._push("key", "", {"n": self.frames, "k": self.state()}, sandbox)

    def push_tail(self, topic: str, partition: int, keys: str, sandbox: str = "demo") -> None:
        """A detail of the frame that comes next."""
        tail = {"n": self.frames + 1, "tail": [topic, partition, {"first": 0, "keys": keys}]}
        self._push("detail", f"{topic}/{partition}", tail, sandbox, self.frames + 1)

    def _push(
        self, kind: facade.Kind, channel: str, part: dict[str, Any], sandbox: str, number: int | None = None
    ) -> None:
        data = json.dumps(part).encode()
        part_ = facade.FramePart(kind, sandbox, self.frames if number is None else number, channel, data)
        self.writer.write(facade.encode_part(part_))

    def push_events(self, *numbers: int, sandbox: str = "demo") -> None:
        fresh = [event(n) for n in numbers]
        self.events += [e for e in fresh if e["n"] > self.newest]
        self.writer.write(facade.encode_events(sandbox, fresh[-1]["n"], json.dumps(fresh).encode()))

    @property
    def newest(self) -> int:
        return int(self.events[-1]["n"]) if self.events else 0

    def state(self) -> dict[str, Any]:
        return {
            "sandbox": "demo", "frame": self.frames, "step": 77, "event": self.newest, "brokers": [{"id": 1}],
            "kafka": KAFKA,
        }  # fmt: skip

    async def _serve(self) -> None:
        try:
            while True:
                message = await facade.receive(self.reader)
                if isinstance(message, facade.Binary):
                    message = {**message.message, "data": message.data}
                assert isinstance(message, dict)
                await self._answer(message)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.writer.close()

    async def _answer(self, message: dict[str, Any]) -> None:
        match message["ask"]:
            case "watch":
                self.watchers += 1
                if not self.silent and self.refusing is None and message["sandbox"] in KNOWN:
                    self.push_frame(message["sandbox"], key=True)
                return
            case "key":
                self.push_key(message["sandbox"])
                return
            case "details":
                self.details = message["tails"]
                return
            case "unwatch":
                self.watchers = max(0, self.watchers - 1)
                return
        self.asked.append(message)
        if self.silent:
            return
        if message.get("sandbox", "demo") not in (*KNOWN, *(row["id"] for row in self.rows)):
            self._refuse(message, 404, "UNKNOWN_SANDBOX", "There is no such sandbox.")
            return
        if self.refusing is not None:
            self._refuse(message, *self.refusing, "Not now.")
            return
        match message["ask"]:
            case "state":
                self._result(message, self.state())
            case "place":
                self._result(message, {"event": self.newest, "kafka": KAFKA})
            case "events":
                kept = [e for e in self.events if e["n"] > message["since"] and e["n"] >= self.kept_from]
                self._result(message, {"events": kept[: message["limit"]]})
            case "record":
                self._result(message, {k: message[k] for k in ("topic", "partition", "offset")})
            case "sandboxes" if self.rows:
                self._result(message, self.rows)
            case "lesson":
                self._result(message, {"lesson": self.lesson})
            case "check_lesson":
                steps = [{"what": "solution", "ok": not self.found, "note": "", "ms": 3.5}]
                self._result(message, {"ok": not self.found, "findings": self.found, "steps": steps})
            case "sandboxes":
                self._result(message, [{**ROW, "owner": "you" if message.get("owner") else ""}])
            case "scenarios":
                self._result(message, [{"id": "demo", "brokers": 3, "partitions": 3}])
            case "create" if len(self.rows) >= ROWS_MAX:
                self._refuse(message, 409, "TOO_MANY_SANDBOXES", "Delete one first.")
            case "worlds":
                self._result(message, [WORLD])
            case "save_world":
                self._result(message, {**WORLD, "name": message["name"]})
            case "delete_world":
                self._result(message, {})
            case "create" | "begin" | "begin_world" | "branch" | "rename" | "reset" | "retry" | "import":
                self._result(message, {**ROW, "id": "new", "name": message.get("name") or "new"})
            case "aws_access":
                self._result(message, AWS)
            case "aws_call":
                self._result(message, {"status": 200, "error": "", "message": "", "body": {"StreamNames": []}})
            case "aws_counted":
                self._result(message, {"fields": ["number", "records"], "samples": [[1000, {"s": [1, [[0, 7]]]}]]})
            case "aws_model":
                self._result(message, {"region": AWS["region"], "operations": {"ListStreams": {"input": {}}}})
            case "delete":
                self.rows = [row for row in self.rows if row["id"] != message["sandbox"]]
                self._result(message, {})
            case "look" | "link":
                self._result(message, {key: message.get(key) for key in ("step", "ms", "move")})
            case "kept_files":
                self._result(message, [{"path": "sandbox.json", "bytes": 2}, {"path": "journal/0.journal", "bytes": 6}])
            case "export" | "kept_piece":
                start = message["from"]
                about = {"name": "moment.riacho", "next": start + 3 if start < 3 else None}
                answer = {"id": message["id"], "ok": True, "result": about}
                self.writer.write(facade.encode_binary(answer, b"abcdef"[start : start + 3]))
            case "health":
                sandboxes = [{"id": "demo", "kafka": KAFKA, "problem": None}]
                health = {"ok": self.kafka_answers, "sandboxes": sandboxes, "problems": self.problems}
                self._result(message, health)
            case "command":
                self._command(message)

    def _command(self, message: dict[str, Any]) -> None:
        command = message["command"]
        if command.get("do") in ("crash_broker", "speed"):
            self._result(message, {"step": 78})
        elif command.get("do") == "die":
            os._exit(3)
        else:
            takes = {"broker": "whole number"}
            self._refuse(message, 422, "INVALID_REQUEST", f"There is no command {command.get('do')!r}.", takes)

    def _result(self, message: dict[str, Any], result: Any) -> None:
        self.say({"id": message["id"], "ok": True, "result": result})

    def _refuse(self, message: dict[str, Any], status: int, code: str, reason: str, takes: Any = None) -> None:
        error = {"code": code, "reason": reason, "takes": takes}
        self.say({"id": message["id"], "ok": False, "error": error, "status": status})


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--control-port", type=int)
    parser.add_argument("--kafka-port", type=int)
    parser.add_argument("--aws-port-before", type=int)
    options, _ = parser.parse_known_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # as the real one
    host = FakeHost()
    await host.connect(options.control_port, os.environ["RIACHO_CONTROL_TOKEN"], ready=False)
    if options.kafka_port == 1:  # as if taken
        reason = "Kafka port 1 is taken."
        host.say({"notice": "failed", "code": "PORT_TAKEN", "reason": reason, "flag": "--kafka-port"})
    elif options.kafka_port != 2:  # 2: it dies at once
        if options.aws_port_before:
            print(f"AWS was at {options.aws_port_before}", file=sys.stderr, flush=True)
        host.say({"notice": "ready", "kafka": KAFKA, "aws": "http://127.0.0.1:4567"})
    else:
        raise SystemExit("I cannot live like this.")
    await host.serving


if __name__ == "__main__":
    asyncio.run(main())
