"""The WebSocket of a shell: /ws/shell/<sandbox>/?session=<id of the one this tab had>&lang=<language>.

To the browser, as JSON text:
    {"t": "hello", "session", "fresh", "history", "cwd", "lacks"}   first; fresh: nothing of an earlier one is there
    {"t": "out", "d": text, "err": bool}    output, without anything that steers a terminal (plain.py)
    {"t": "wait", "why"}                    the line waits: for a worker to come up ("starting"), for its turn ("busy")
    {"t": "more"}                           the line is not whole: another is expected
    {"t": "done", "exit", "ms", "cwd", "stopped", "undone", "kept", "hints": [{"code", "params", "fix"}]}
                                            undone: why the shell could not be left as the line had it; null: kept,
                                            unless it took its worker down (kept: false, too)
    {"t": "completed", "id", "start", "words"}
    {"t": "taken"}                          the session goes on in another tab; this one may ask for a new one
    {"t": "refused", "error": {"code", "reason"}}   a line, or the shell itself
From the browser:
    {"t": "run", "line"}   {"t": "stop"}   {"t": "complete", "id", "line", "at"}   {"t": "language", "language"}
    {"t": "ack", "n"}      so many characters of output have been shown
    {"t": "end"}           the session is not wanted any more
Flow control: of output that the browser has not acknowledged there are at most ``UNREAD_CHARACTERS_MAX`` on the way;
the rest of a line's output (bounded) waits here, and the next line runs when it is on its way.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from typing import Any

import orjson

from playground import owners, services
from playground.engine_client import Refused
from playground.shell import completion, hints, limits
from playground.shell.pool import Turn
from playground.shell.process import Ended
from playground.shell.sessions import Session
from playground.shell.worker.guard import LACKS
from playground.sockets import Socket

log = logging.getLogger(__name__)

MESSAGE_CHARACTERS_MAX = 6 * limits.LINE_CHARACTERS_MAX  # escaped as \uXXXX
LANGUAGES = ("pt-BR", "en")
LOOKUP_SECONDS = 2.0  # for names that Tab completes
PIECE_CHARACTERS = 8 * 1024  # of one message of output


class ShellConsumer(Socket):
    """One tab with a shell."""

    WHO = "A shell"
    session: Session | None = None

    async def enter(self, query: Mapping[str, list[str]], headers: Mapping[str, str]) -> None:
        self.who = owners.asker_of(headers)
        self.language = query.get("lang", [LANGUAGES[0]])[0]
        self.shells = self.runtime.shells
        self.outbox: deque[str] = deque()  # messages; those with output count
        self.unread = 0  # characters of output on the way
        self.waiting = asyncio.Event()
        self.begin_to_write()
        await self._open(query.get("session", [""])[0])

    def leave(self) -> None:
        if self.session is not None:
            self.shells.leave(self.session, self)
            self.session = None

    def taken_over(self) -> None:
        """Another tab has come with this session's id."""
        self.session = None
        self._tell({"t": "taken"})

    async def _open(self, wanted: str) -> None:
        try:
            await self._access()
            session, fresh = self.shells.open(sandbox=self.sandbox, owner=self.who["owner"], wanted=wanted, socket=self)
        except Refused as refusal:
            self._tell({"t": "refused", "error": refusal.to_json()})
            return
        self.session = session
        self._tell(
            {
                "t": "hello",
                "session": session.id,
                "fresh": fresh,
                "history": session.history,
                "cwd": session.cwd,
                "lacks": LACKS,
            }
        )

    async def _access(self) -> dict[str, Any]:
        """Endpoint and keys; for each line, since a sandbox may be gone, or its engine have come back elsewhere."""
        return await services.aws_access(sandbox=self.sandbox, **self.who)

    # --- from the browser ---------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        message = _message(text_data)
        kind = message.get("t")
        session = self.session
        if kind == "ack" and isinstance(message.get("n"), int):
            self.unread = max(0, self.unread - max(0, message["n"]))
            self.waiting.set()
        elif kind == "language" and message.get("language") in LANGUAGES:
            self.language = message["language"]
        elif session is None:
            if kind in ("run", "anew"):
                await self._open("")
        elif kind == "run" and isinstance(message.get("line"), str):
            self._begin(session, message["line"])
        elif kind == "stop":
            if session.turn is not None:
                session.turn.stop()
            session.pending = ""
        elif kind == "complete" and isinstance(message.get("line"), str) and isinstance(message.get("at"), int):
            self.task(self._complete(session, message))
        elif kind == "end":
            self.session = None
            self.shells.end(session)
        else:
            self._refuse(Refused(422, "INVALID_REQUEST", "No such message."))

    def _begin(self, session: Session, line: str) -> None:
        if session.turn is not None or self.unread >= limits.UNREAD_CHARACTERS_MAX:
            self._refuse(Refused(429, "SHELL_BUSY", "One line at a time."))
        elif len(session.pending) + len(line) > limits.LINE_CHARACTERS_MAX:
            session.pending = ""
            self._refuse(Refused(413, "LINE_TOO_LONG", f"A line has at most {limits.LINE_CHARACTERS_MAX} characters."))
        else:
            session.turn = Turn()
            self.task(self._run(session, session.turn, line))

    async def _run(self, session: Session, turn: Turn, line: str) -> None:
        whole = f"{session.pending}\n{line}" if session.pending else line
        session.pending = ""
        session.remember(line)
        try:
            access = await self._access()
            message = {"run": whole, "language": self.language, "access": access, "label": session.label}
            if "history" in whole:
                message["history"] = session.history
            ended = await self.shells.pool.run(turn, message, session.state, self._output, self._wait)
        except Refused as refusal:
            self._refuse(refusal)
            return
        except ChildProcessError as problem:
            log.error("The shell cannot run: %s", problem)
            self._refuse(Refused(503, "SHELL_BROKEN", str(problem)))
            return
        finally:
            session.turn = None
        if ended.done.get("more"):
            session.pending = whole
            self._tell({"t": "more"})
            return
        self._finish(session, whole, ended)

    def _finish(self, session: Session, line: str, ended: Ended) -> None:
        if ended.state is not None:
            session.state = ended.state
            session.place(ended.done)
        undone = ended.done.get("undone")
        found = [] if ended.stopped == "asked" else hints.find(line, ended.done, session.memory)
        self._tell(
            {
                "t": "done",
                "exit": ended.done.get("exit", 130 if ended.stopped == "asked" else 137),
                "ms": ended.done.get("ms"),
                "cwd": session.cwd,
                "stopped": ended.stopped,
                "undone": undone,
                "kept": ended.state is not None and undone is None,
                "hints": [hint._asdict() for hint in found],
            }
        )

    async def _complete(self, session: Session, message: dict[str, Any]) -> None:
        line, at = message["line"][: limits.LINE_CHARACTERS_MAX], max(0, message["at"])
        names = await self._names(completion.wanted(line, at))
        found = completion.complete(
            line,
            min(at, len(line)),
            told=self.shells.pool.told,
            files=session.files,
            variables=session.variables,
            names=names,
        )
        self._tell({"t": "completed", "id": message.get("id"), "start": found.start, "words": found.words})

    async def _names(self, wanted: completion.Wanted) -> list[str]:
        if not wanted.names:
            return []
        shards = wanted.names == "shards"
        operation, parameters = ("ListShards", {"StreamName": wanted.stream}) if shards else ("ListStreams", {})
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                answer = await services.aws_call(
                    sandbox=self.sandbox, operation=operation, parameters=parameters, client="shell"
                )
        except (Refused, TimeoutError):
            return []  # time stands still, or the like: Tab offers nothing, then
        body = answer.get("body") or {}
        return [one["ShardId"] for one in body.get("Shards", [])] if shards else list(body.get("StreamNames", []))

    # --- to the browser -----------------------------------------------------------------------------

    def _output(self, text: str, is_error: bool) -> None:
        for start in range(0, len(text), PIECE_CHARACTERS):
            self._tell({"t": "out", "d": text[start : start + PIECE_CHARACTERS], "err": is_error})

    def _wait(self, why: str) -> None:
        self._tell({"t": "wait", "why": why})

    def _refuse(self, refusal: Refused) -> None:
        self._tell({"t": "refused", "error": refusal.to_json()})

    def _tell(self, message: dict[str, Any]) -> None:
        self.outbox.append(orjson.dumps(message).decode())
        self.waiting.set()

    async def write(self) -> None:
        while True:
            await self.waiting.wait()
            self.waiting.clear()
            while self.outbox and self.unread < limits.UNREAD_CHARACTERS_MAX:
                text = self.outbox.popleft()
                if text.startswith('{"t":"out"'):
                    self.unread += len(orjson.loads(text)["d"])
                await self.send(text_data=text)


def _message(text: str | None) -> dict[str, Any]:
    if not text or len(text) > MESSAGE_CHARACTERS_MAX:
        return {}
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return message if isinstance(message, dict) else {}
