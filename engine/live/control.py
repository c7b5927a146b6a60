"""The facade: everything anybody may ask of a host, as JSON in and JSON out.

A question is {"id", "ask", ...}, its answer {"id", "ok": true, "result"} or {"id", "ok": false,
"error": {"code", "reason", "takes"?}, "status"}, status as in HTTP. Bad input is answered, never a
traceback. What may be asked, and what it takes, is said in engine/live/asks/, a module each subject.
Bytes travel beside the JSON: a question's "data", a result that is ``Binary``; nothing else crosses.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.commands import CommandRefused
from engine.limits import BINARY_BYTES_MAX
from engine.live.asks import ASKS
from engine.live.asks.asking import Binary, Refused
from engine.live.stage import Stage

if TYPE_CHECKING:
    from engine.live.aws.endpoint import Endpoint
    from engine.live.keeper import Keeper
    from engine.live.kept import Kept

STATUS = {"JOURNAL_FULL": 507, "DISK_FULL": 507, "HOST_FAILED": 503, "CLOSED": 503}

__all__ = ["Facade", "Refused"]


class Facade:
    """sandboxes: those that are open, by id, each with its stage. keeper: of all; None before the host has begun.

    aws: where AWS clients come in; None before the host has begun.
    """

    def __init__(self, broken: Callable[[BaseException], None]) -> None:
        self._broken = broken
        self.sandboxes: dict[str, Stage] = {}
        self.keeper: Keeper | None = None
        self.aws: Endpoint | None = None

    async def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """The answer to one question."""
        number = question.get("id")
        try:
            result = self._handler(question)(self, question)
            if inspect.isawaitable(result):
                result = await result
            if isinstance(result, Binary) and len(result.data) > BINARY_BYTES_MAX:
                raise Refused(413, "TOO_LARGE", f"That is more than {BINARY_BYTES_MAX:,} bytes at once: ask for less.")
            return {"id": number, "ok": True, "result": result}
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

    def stage(self, question: dict[str, Any]) -> Stage:
        """The sandbox a question is about; whoever asks counts as being there. Raises Refused."""
        stage = self.the_keeper().stage(question.get("sandbox"))
        stage.attendance.touch()
        return stage

    async def current(self, question: dict[str, Any]) -> Stage:
        """The same, after its World has caught up with the clock, as far as that can be waited for."""
        stage = self.stage(question)
        await stage.attendance.catch_up()
        return stage

    def kept(self, question: dict[str, Any]) -> Kept:
        """The same, open or not. Raises Refused."""
        return self.the_keeper().get(question.get("sandbox"))

    def the_keeper(self) -> Keeper:
        if self.keeper is None or not self.keeper.kept:
            raise Refused(503, "HOST_STARTING", "The engine is starting; ask again in a moment.")
        return self.keeper

    def _handler(self, question: dict[str, Any]) -> Callable[..., Any]:
        ask = question.get("ask")
        handler = ASKS.get(ask) if isinstance(ask, str) else None
        if handler is None:
            raise Refused(400, "INVALID_REQUEST", f"There is no question {ask!r}. There are: {', '.join(ASKS)}.")
        return handler
