"""What a host does, whoever started it: open the data folder and what is in it, look after it, close all."""

from __future__ import annotations

import asyncio
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from engine.commands import CommandRefused
from engine.limits import CHECKPOINT_STEPS
from engine.live.asks.asking import Refused
from engine.live.aws.endpoint import AwsPortTaken, Endpoint
from engine.live.aws.errors import unavailable
from engine.live.control import Facade
from engine.live.journal import JournalError
from engine.live.keeper import Keeper
from engine.live.kept import note_failure
from engine.live.log import log
from engine.live.ports import PortTaken
from engine.live.sandbox import Sandbox
from engine.live.stage import Audience
from engine.live.tending import Tending

NOTICE_S = 0.1  # between two notices of progress


class CannotBegin(Exception):
    """code, reason; flag: the option that helps, or ""."""

    def __init__(self, code: str, reason: str, flag: str = "") -> None:
        super().__init__(reason)
        self.code, self.reason, self.flag = code, reason, flag


class Outlet(Audience, Protocol):
    """Who is told how it goes, besides being shown."""

    def notice(self, message: dict[str, Any]) -> None: ...


@dataclass(slots=True)
class HostConfig:
    """data: None: nothing is kept. kafka_port: of broker 1 of the first sandbox; 0: any. aws_port: 0: any; None: the
    usual one, or any if somebody else has that. aws_port_before: where it was in the last life; that goes first.

    advertise: host told to clients. scenario, seed: of the first sandbox, if it begins anew; None: the
    demo, any seed. name: the id of the first sandbox. keep_journal: it is never cut, however long it gets.
    checkpoint_steps: from one checkpoint to the next.
    """

    data: Path | None
    kafka_host: str = "127.0.0.1"
    kafka_port: int = 19092
    advertise: str = ""
    scenario: dict[str, Any] | None = None
    seed: int | None = None
    name: str = "demo"
    keep_journal: bool = False
    checkpoint_steps: int = CHECKPOINT_STEPS
    aws_port: int | None = 0
    aws_port_before: int | None = None


class Host:
    """``begin``, then wait for ``broken``, then ``end``. facade: answers questions all the time."""

    def __init__(self, config: HostConfig, outlet: Outlet) -> None:
        self.config, self.outlet = config, outlet
        self._loop = asyncio.get_running_loop()
        self.facade = Facade(self.break_off)
        self.broken: asyncio.Future[BaseException] = self._loop.create_future()
        self.keeper: Keeper | None = None
        self.aws: Endpoint | None = None
        self._chores: list[asyncio.Task[None]] = []
        self._noticed = 0.0
        self._loop.set_exception_handler(self._unhandled)

    async def begin(self) -> None:
        """Bring the first sandbox to where it was left, and listen; the others follow. Raises CannotBegin.

        What cannot be helped here is a folder or a port that cannot be had; a sandbox that cannot be opened
        is a line in the list.
        """
        try:
            self.keeper = self.facade.keeper = Keeper(self.config, self.outlet, self.facade.sandboxes)
            self.keeper.load()
            await self.keeper.begin(self._progress)
            await self._serve_aws(self.keeper)
        except AwsPortTaken as taken:
            raise CannotBegin("PORT_TAKEN", str(taken), "--aws-port") from None
        except JournalError as error:
            raise CannotBegin(error.code, error.reason, "--data") from None
        except CommandRefused as refused:
            raise CannotBegin(refused.code, f"The scenario cannot be used: {refused.reason}", "--scenario") from None
        except PortTaken as taken:
            raise CannotBegin("PORT_TAKEN", str(taken), "--kafka-port") from None
        except OSError as problem:
            where = f"The data folder {self.config.data} cannot be used: {problem.strerror}. Give another with --data."
            raise CannotBegin("DATA_FOLDER", where, "--data") from None
        tending = Tending(self.keeper)
        self._chores = [self._loop.create_task(chore) for chore in (*tending.chores(), self.keeper.open_others())]
        for chore in self._chores:
            chore.add_done_callback(self._chore_done)
        first = self.facade.sandboxes.get(self.config.name)
        kafka = first.sandbox.listeners.addresses() if first is not None else []
        self.outlet.notice({"notice": "ready", "kafka": kafka, "aws": self.aws.url if self.aws else ""})

    async def end(self) -> None:
        """Close everything; what was done is on disk then."""
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        if self.aws is not None:
            self.aws.close()
        if self.keeper is not None:
            self.keeper.close(well=not self.broken.done())
        await asyncio.sleep(0)  # sockets close in the loop's next turn

    async def _serve_aws(self, keeper: Keeper) -> None:
        """Raises AwsPortTaken."""
        config = self.config
        self.aws = self.facade.aws = Endpoint(self._loop, keeper.keys.find, self._sandbox, config.advertise)
        await self.aws.listen(config.kafka_host, config.aws_port, config.aws_port_before)

    def _sandbox(self, name: str) -> Sandbox:
        """For AWS clients. Raises AwsError."""
        try:
            return self.facade.the_keeper().stage(name).sandbox
        except Refused as refused:
            raise unavailable(refused.error["reason"]) from None

    def break_off(self, error: BaseException) -> None:
        """A bug: a World is in doubt. Nothing more goes in or out; only what is written counts."""
        log("".join(traceback.format_exception(error)))
        if not self.broken.done() and (sandbox := _culprit(error)) is not None and self.keeper is not None:
            kept = self.keeper.kept.get(sandbox.name)
            if kept is not None and kept.sandbox is sandbox:
                note_failure(kept.folder, f"{type(error).__name__}: {error}")
        for stage in self.facade.sandboxes.values():
            stage.sandbox.stop({"code": "HOST_FAILED", "reason": "The engine failed; it is started again."})
        if not self.broken.done():
            self.broken.set_result(error)

    def _progress(self, done: float) -> None:
        if time.monotonic() - self._noticed > NOTICE_S:
            self._noticed = time.monotonic()
            self.outlet.notice({"notice": "progress", "replayed": round(done * 1000), "of": 1000})

    def _chore_done(self, chore: asyncio.Task[None]) -> None:
        if not chore.cancelled() and (error := chore.exception()) is not None:
            self.break_off(error)

    def _unhandled(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What no callback caught. An OSError is a socket's trouble, anything else a bug."""
        error = context.get("exception")
        if error is None or isinstance(error, OSError):
            log(f"{context.get('message', 'A problem')}: {error}" if error else str(context.get("message")))
        else:
            self.break_off(error)


def _culprit(error: BaseException) -> Sandbox | None:
    """The sandbox in whose code it broke: the innermost that the traceback passes through."""
    found, trace = None, error.__traceback__
    while trace is not None:
        me = trace.tb_frame.f_locals.get("self")
        if isinstance(me, Sandbox):
            found = me
        trace = trace.tb_next
    return found
