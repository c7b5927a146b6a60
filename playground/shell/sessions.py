"""The shells that are open: one a browser tab, each with its own files, variables and history.

A session is bytes between lines, so an idle one costs what its files weigh. Its tab may go and come back (a reload, a
network that was away) for ``KEPT_SECONDS``. Where there are too many, one whose tab has gone makes room, first of the
same browser's; if none has gone, the new one is refused.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any, Protocol

from playground.engine_client import Refused
from playground.shell import limits
from playground.shell.hints import Memory
from playground.shell.pool import Pool, Turn

HOME = "/home/cloudshell-user"


class Socket(Protocol):
    """A tab that shows a session."""

    def taken_over(self) -> None: ...


@dataclass(eq=False)
class Session:
    """state: the virtual bash as bytes, b"" for a new one. turn: the line that runs. pending: what of it is there."""

    sandbox: str
    owner: str
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    label: str = field(default_factory=lambda: f"shell-{secrets.token_hex(2)}")
    state: bytes = b""
    cwd: str = HOME
    files: list[str] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    pending: str = ""
    memory: Memory = field(default_factory=Memory)
    turn: Turn | None = None
    socket: Socket | None = None
    left_at: float = 0.0

    def remember(self, line: str) -> None:
        if line.strip() and (not self.history or self.history[-1] != line):
            self.history.append(line)
            del self.history[: -limits.HISTORY_MAX]

    def place(self, done: dict[str, Any]) -> None:
        self.cwd, self.files, self.variables = done["cwd"], done["files"], done["variables"]


class Shells:
    """All sessions of this process, and the workers they share."""

    def __init__(self) -> None:
        self.pool = Pool()
        self.sessions: dict[str, Session] = {}
        self._timer: asyncio.TimerHandle | None = None

    def open(self, *, sandbox: str, owner: str, wanted: str, socket: Socket) -> tuple[Session, bool]:
        """The session of that id, if it is there, or a new one; and whether it is new. Raises Refused."""
        self._prune()
        session = self.sessions.get(wanted)
        fresh = session is None or session.sandbox != sandbox or session.owner != owner
        if session is None or fresh:
            self._make_room(owner)
            session = Session(sandbox, owner)
            self.sessions[session.id] = session
        if session.socket is not None and session.socket is not socket:
            session.socket.taken_over()
        session.socket = socket
        self.pool.warm()
        return session, fresh

    def leave(self, session: Session, socket: Socket) -> None:
        """Its tab has gone; it may come back."""
        if session.socket is not socket:
            return  # another tab has it
        session.socket = None
        session.left_at = asyncio.get_running_loop().time()
        if session.turn is not None:
            session.turn.stop()
        self._watch()

    def end(self, session: Session) -> None:
        self.sessions.pop(session.id, None)
        if session.turn is not None:
            session.turn.stop()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.pool.close()
        self.sessions.clear()

    def _make_room(self, owner: str) -> None:
        for mine, most in ((True, limits.SESSIONS_OF_ONE_MAX), (False, limits.SESSIONS_MAX)):
            counted = [one for one in self.sessions.values() if one.owner == owner or not mine]
            if len(counted) < most or (mine and not owner):
                continue
            gone = [one for one in counted if one.socket is None]
            if not gone:
                code = "SHELLS_OF_ONE_FULL" if mine else "SHELLS_FULL"
                raise Refused(429, code, f"{most} shells are open already; close one.")
            self.end(min(gone, key=lambda one: one.left_at))

    def _prune(self) -> None:
        now = asyncio.get_running_loop().time()
        for session in list(self.sessions.values()):
            if session.socket is None and now - session.left_at > limits.KEPT_SECONDS:
                self.end(session)
        if all(session.socket is None for session in self.sessions.values()):
            self.pool.rest()

    def _watch(self) -> None:
        """Look again when the workers may rest, and when this session's time is over."""
        if self._timer is not None:
            self._timer.cancel()
        if any(session.socket is not None for session in self.sessions.values()):
            return
        loop = asyncio.get_running_loop()
        wait = limits.IDLE_SECONDS if self.pool.free else limits.KEPT_SECONDS + 1
        self._timer = loop.call_later(wait, self._look)

    def _look(self) -> None:
        self._prune()
        if self.sessions:
            self._watch()
