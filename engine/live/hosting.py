"""What a host does, whoever started it: open the data folder, replay, listen, and in the end close all."""

from __future__ import annotations

import asyncio
import gc
import os
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from engine.cluster import Cluster
from engine.cluster.scenario import DEMO
from engine.commands import CommandRefused
from engine.limits import JOURNAL_BYTES_MAX
from engine.live.control import Facade
from engine.live.folder import DataFolder
from engine.live.journal import Header, Journal, JournalError, JournalFull
from engine.live.listeners import PortTaken
from engine.live.log import log
from engine.live.replaying import replay
from engine.live.sandbox import Sandbox
from engine.live.stage import Audience, Stage

SYNC_S = 1.0
NOTICE_S = 0.1  # between two notices of progress
IDLE_S = 2.0  # without clients for so long, garbage is collected
GARBAGE_MIN = 10_000  # new objects worth it


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
    """data: None: nothing is kept. kafka_port: of broker 1; 0: any. advertise: host told to clients.

    scenario, seed: of a sandbox that begins anew; None: the demo, any seed.
    """

    data: Path | None
    kafka_host: str = "127.0.0.1"
    kafka_port: int = 19092
    advertise: str = ""
    scenario: dict[str, Any] | None = None
    seed: int | None = None
    name: str = "demo"


class Host:
    """``begin``, then wait for ``broken``, then ``end``. facade: answers questions all the time."""

    def __init__(self, config: HostConfig, outlet: Outlet) -> None:
        self.config, self.outlet = config, outlet
        self._loop = asyncio.get_running_loop()
        self.facade = Facade(self._loop, self.break_off)
        self.broken: asyncio.Future[BaseException] = self._loop.create_future()
        self._folder: DataFolder | None = None
        self._chores: list[asyncio.Task[None]] = []
        self._loop.set_exception_handler(self._unhandled)

    async def begin(self) -> None:
        """Bring the sandbox to where it was left, and listen. Raises CannotBegin."""
        config = self.config
        try:
            if config.data is not None:
                self._folder = DataFolder(config.data)
            cluster, journal, restarted = await self._open()
        except JournalError as error:
            raise CannotBegin(error.code, error.reason, "--data") from None
        except CommandRefused as refused:
            raise CannotBegin(refused.code, f"The scenario cannot be used: {refused.reason}", "--scenario") from None
        sandbox = None
        try:
            sandbox = Sandbox(
                self._loop, config.name, cluster, journal,
                host=config.kafka_host, first_port=config.kafka_port, advertise=config.advertise,
            )  # fmt: skip
            sandbox.open(restarted)
        except PortTaken as taken:
            if sandbox is not None:
                sandbox.close()
            elif journal is not None:
                journal.close()
            raise CannotBegin("PORT_TAKEN", str(taken), "--kafka-port") from None
        stage = Stage(self._loop, sandbox, self.outlet)
        self.facade.sandboxes[config.name] = stage
        self._chores = [self._loop.create_task(chore(sandbox)) for chore in (self._sync, self._tidy)]
        for chore in self._chores:
            chore.add_done_callback(self._chore_done)
        self.outlet.notice({"notice": "ready", "kafka": sandbox.listeners.addresses()})

    async def end(self) -> None:
        """Close everything; what was done is on disk then."""
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        for stage in self.facade.sandboxes.values():
            stage.close()
            stage.sandbox.close()
        self.facade.sandboxes = {}
        if self._folder is not None:
            self._folder.close()
        await asyncio.sleep(0)  # sockets close in the loop's next turn

    def break_off(self, error: BaseException) -> None:
        """A bug: the World is in doubt. Nothing more goes in or out; only what is written counts."""
        log("".join(traceback.format_exception(error)))
        for stage in self.facade.sandboxes.values():
            stage.sandbox.stop({"code": "HOST_FAILED", "reason": "The engine failed; it is started again."})
        if not self.broken.done():
            self.broken.set_result(error)

    # --- beginning ----------------------------------------------------------------------------------

    async def _open(self) -> tuple[Cluster, Journal | None, dict[str, int] | None]:
        config = self.config
        scenario = config.scenario if config.scenario is not None else {**DEMO, "name": config.name}
        if self._folder is None:
            return Cluster(scenario, self._seed()), None, None
        path = self._folder.sandbox(config.name) / "journal"
        if not path.exists():
            seed = self._seed()
            cluster = Cluster(scenario, seed)
            return cluster, Journal.create(path, Header(scenario, seed), JOURNAL_BYTES_MAX), None
        journal = Journal.open(path, JOURNAL_BYTES_MAX)
        if config.scenario is not None and config.scenario != journal.header.scenario:
            log(f"The sandbox goes on from {path}; another scenario is for a new one: choose another --data.")
        cluster = Cluster(journal.header.scenario, journal.header.seed)
        inputs = await self._replay(cluster, journal)
        if journal.cut:
            log(
                f"The last {journal.cut:,} bytes of {path} were not whole and are cut off (kept in {path}.cut): "
                "Riacho was ended while writing them, and nobody had been told of what they say."
            )
        left_at = cluster.world.now + cluster.world.calendar_offset
        return cluster, journal, {"inputs": inputs, "away_ms": max(0, time.time_ns() - left_at) // 1_000_000}

    async def _replay(self, cluster: Cluster, journal: Journal) -> int:
        size = max(1, journal.path.stat().st_size)
        inputs = 0
        last = time.monotonic()
        try:
            for done, read in replay(cluster.world, journal):
                inputs = done
                if time.monotonic() - last > NOTICE_S:
                    self.outlet.notice({"notice": "progress", "replayed": read, "of": size})
                    await asyncio.sleep(0)
                    last = time.monotonic()
        except Exception as error:
            log("".join(traceback.format_exception(error)))
            reason = f"{journal.path} cannot be replayed beyond its first {inputs:,} inputs: {error}."
            raise CannotBegin(
                "REPLAY_FAILED",
                f"{reason} Move that file away (the sandbox then begins anew), or start with another --data folder.",
                "--data",
            ) from None
        return inputs

    def _seed(self) -> int:
        return self.config.seed if self.config.seed is not None else int.from_bytes(os.urandom(4), "big")

    # --- chores -------------------------------------------------------------------------------------

    def _chore_done(self, chore: asyncio.Task[None]) -> None:
        if not chore.cancelled() and (error := chore.exception()) is not None:
            self.break_off(error)

    async def _sync(self, sandbox: Sandbox) -> None:
        """Once a second what is written is made durable, in a thread: it may take its time."""
        journal = sandbox.journal
        while journal is not None and sandbox.problem is None:
            await asyncio.sleep(SYNC_S)
            try:
                await asyncio.to_thread(journal.sync)
            except JournalFull as full:
                sandbox.stop({"code": full.code, "reason": full.reason})

    async def _tidy(self, sandbox: Sandbox) -> None:
        """The calendar is kept, and garbage collected.

        With the collector off (main), what is new since the last time is looked through while nobody
        waits. The hot path makes no cycles, so nothing piles up under load.
        """
        while True:
            await asyncio.sleep(IDLE_S)
            sandbox.keep_calendar()
            quiet = time.monotonic_ns() - sandbox.reception.last_turn > IDLE_S * 1e9
            if quiet and not gc.isenabled() and gc.get_count()[0] > GARBAGE_MIN:
                gc.collect(1)

    def _unhandled(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What no callback caught. An OSError is a socket's trouble, anything else a bug."""
        error = context.get("exception")
        if error is None or isinstance(error, OSError):
            log(f"{context.get('message', 'A problem')}: {error}" if error else str(context.get("message")))
        else:
            self.break_off(error)
