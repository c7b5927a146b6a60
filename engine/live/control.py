"""The facade: everything anybody may ask of a host, as JSON in and JSON out.

A question is {"id", "ask", ...}, its answer {"id", "ok": true, "result"} or {"id", "ok": false,
"error": {"code", "reason", "takes"?}, "status"}, status as in HTTP. Bad input is answered, never a traceback.

=============  =========================================  ==================================================
ask            takes, besides "sandbox"                   result
=============  =========================================  ==================================================
"command"      actor, command {"id"?, "do", ...}          {"ok", "step", "at_ms", ...}; for "step" also "nothing"
"state"                                                   the state, as in a frame
"record"       topic, partition, offset                   one record
"events"       since (0), limit (200)                     {"events", "last", "gone"}
"watch"                                                   {}; frames flow until as many "unwatch" have come
"unwatch"                                                 {}
"health"                                                  {"ok", "kafka": [{"address", "ok"}], "sandboxes"}
"sandboxes"                                               [{"name", "kafka", "paused", "problem"}]
=============  =========================================  ==================================================
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from engine.commands import CommandRefused, parse
from engine.limits import EVENTS_MAX
from engine.live.sandbox import Sandbox
from engine.live.stage import Stage

PROBE_S = 2.0
STATUS = {"JOURNAL_FULL": 507, "DISK_FULL": 507, "HOST_FAILED": 503, "CLOSED": 503}
ACTOR_MAX = 200


class Refused(Exception):
    """A question that has no answer: status as in HTTP, code, reason."""

    def __init__(self, status: int, code: str, reason: str, takes: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.error: dict[str, Any] = {"code": code, "reason": reason}
        if takes is not None:
            self.error["takes"] = takes


class Facade:
    """sandboxes: by name, each with its stage; none before the host is ready."""

    def __init__(self, loop: asyncio.AbstractEventLoop, broken: Callable[[BaseException], None]) -> None:
        self._loop, self._broken = loop, broken
        self.sandboxes: dict[str, Stage] = {}

    async def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """The answer to one question."""
        number = question.get("id")
        try:
            return {"id": number, "ok": True, "result": await self._result(question)}
        except Refused as refused:
            return {"id": number, "ok": False, "error": refused.error, "status": refused.status}
        except CommandRefused as refused:
            error: dict[str, Any] = {"code": refused.code, "reason": refused.reason}
            if refused.takes is not None:
                error["takes"] = refused.takes
            return {"id": number, "ok": False, "error": error, "status": STATUS.get(refused.code, 422)}
        except Exception as bug:
            self._broken(bug)
            error = {"code": "INTERNAL_ERROR", "reason": "The engine failed; it is started again."}
            return {"id": number, "ok": False, "error": error, "status": 500}

    async def _result(self, question: dict[str, Any]) -> Any:
        ask = question.get("ask")
        if ask == "health":
            return await self._health()
        if ask == "sandboxes":
            return [_listed(stage.sandbox) for stage in self.sandboxes.values()]
        act = self._ASKS.get(ask) if isinstance(ask, str) else None
        if act is None:
            known = ", ".join((*self._ASKS, "health", "sandboxes"))
            raise Refused(400, "INVALID_REQUEST", f"There is no question {ask!r}. There are: {known}.")
        return act(self, self._stage(question), question)

    def _stage(self, question: dict[str, Any]) -> Stage:
        name = question.get("sandbox")
        stage = self.sandboxes.get(name) if isinstance(name, str) else None
        if stage is None:
            if not self.sandboxes:
                raise Refused(503, "HOST_STARTING", "The engine is starting; ask again in a moment.")
            raise Refused(404, "NOT_FOUND", f"There is no sandbox {name!r}; there are: {', '.join(self.sandboxes)}.")
        return stage

    def _command(self, stage: Stage, question: dict[str, Any]) -> Any:
        actor = question.get("actor", "")
        if not isinstance(actor, str) or len(actor) > ACTOR_MAX:
            raise Refused(422, "INVALID_REQUEST", f"An actor is a text of at most {ACTOR_MAX} characters.")
        data = question.get("command")
        parse(data)
        assert isinstance(data, dict)
        return stage.sandbox.command(actor, data)

    def _state(self, stage: Stage, question: dict[str, Any]) -> Any:
        return stage.state()

    def _record(self, stage: Stage, question: dict[str, Any]) -> Any:
        topic, partition, offset = (question.get(name) for name in ("topic", "partition", "offset"))
        if not isinstance(topic, str) or type(partition) is not int or type(offset) is not int:
            raise Refused(422, "INVALID_REQUEST", "A record is named by topic (text), partition and offset (numbers).")
        stage.sandbox.look()
        try:
            return stage.sandbox.cluster.record(topic, partition, offset)
        except CommandRefused as missing:
            raise Refused(404, missing.code, missing.reason) from None

    def _events(self, stage: Stage, question: dict[str, Any]) -> Any:
        since, limit = question.get("since", 0), question.get("limit", 200)
        if type(since) is not int or type(limit) is not int or since < -1 or not 0 <= limit <= EVENTS_MAX:
            raise Refused(422, "INVALID_REQUEST", f"since is a number of an event, limit 0 to {EVENTS_MAX:,}.")
        return stage.events_since(max(0, since), limit)

    def _watch(self, stage: Stage, question: dict[str, Any]) -> Any:
        stage.watch()
        return {}

    def _unwatch(self, stage: Stage, question: dict[str, Any]) -> Any:
        stage.unwatch()
        return {}

    _ASKS = {
        "command": _command,
        "state": _state,
        "record": _record,
        "events": _events,
        "watch": _watch,
        "unwatch": _unwatch,
    }

    # --- health -------------------------------------------------------------------------------------

    async def _health(self) -> dict[str, Any]:
        """Whether the Kafka ports answer: each is really connected to. Nothing of it reaches the World."""
        ports = []
        for stage in self.sandboxes.values():
            for name in stage.sandbox.listeners.names():
                ports.append({"address": f"{name[0]}:{name[1]}", "ok": await self._probe(stage.sandbox, name)})
        problems = [stage.sandbox.problem for stage in self.sandboxes.values() if stage.sandbox.problem]
        ok = bool(self.sandboxes) and not problems and all(port["ok"] for port in ports)
        return {"ok": ok, "kafka": ports, "problems": problems, "sandboxes": list(self.sandboxes)}

    async def _probe(self, sandbox: Sandbox, name: tuple[str, int]) -> bool:
        family = socket.AF_INET6 if ":" in name[0] else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.setblocking(False)
            try:
                sock.bind((name[0], 0))
                host, port = sock.getsockname()[:2]
                peer = f"tcp:{host}:{port}"
                sandbox.reception.probes.add(peer)
                try:
                    async with asyncio.timeout(PROBE_S):
                        await self._loop.sock_connect(sock, name)
                        return await self._loop.sock_recv(sock, 1) == b""  # we are known, and let go
                finally:
                    sandbox.reception.probes.discard(peer)
            except (OSError, TimeoutError):
                return False


def _listed(sandbox: Sandbox) -> dict[str, Any]:
    return {
        "name": sandbox.name,
        "kafka": sandbox.listeners.addresses(),
        "paused": sandbox.pacer.paused,
        "problem": sandbox.problem,
    }
