"""``python manage.py play``: the playground, until Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import sys
import threading
import webbrowser
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from playground import network, owners, runtime, services
from playground.engine_client import EngineClient, Refused
from playground.host_process import HostProcess
from playground.hub import Hub


class Command(BaseCommand):
    help = "Starts the playground: the page and the Kafka cluster behind it. Ctrl-C ends both."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen at (0.0.0.0: also for others)")
        parser.add_argument("--port", type=port_number, default=8000, help="of the page (0: any free one)")
        parser.add_argument("--kafka-port", type=port_number, default=19092, help="of broker 1; the others follow")
        parser.add_argument("--aws-port", type=port_number, help="of the AWS endpoint (4566, or any free one)")
        parser.add_argument("--data", type=Path, default=Path("data"), help="folder in which everything is kept")
        parser.add_argument("--advertise", default="", help="the name or address by which others reach this machine")
        parser.add_argument("--keep-journal", action="store_true", help="keep all history: never cut the journal")
        parser.add_argument("--open", type=Path, metavar="FILE", help="begin with a moment from a .riacho file")
        parser.add_argument("--no-browser", action="store_true", help="do not open the page in a browser")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            ports = ("port", "kafka_port", "aws_port")
            names = ("host", *ports, "data", "advertise", "no_browser", "keep_journal", "open")
            Play(**{name: options[name] for name in names}).run()
        except CannotPlay as problem:
            raise CommandError(str(problem)) from None


def port_number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError
    return number


class CannotPlay(Exception):
    """With what to do about it."""


class Play:
    """One run, from the first line printed to the last process ended. more: for ``HostProcess``."""

    def __init__(
        self, host: str, port: int, kafka_port: int, data: Path, advertise: str, no_browser: bool,
        keep_journal: bool = False, open: Path | None = None, aws_port: int | None = None, **more: str,
    ) -> None:  # fmt: skip
        self.host, self.port, self.data = host, port, data.resolve()
        self.no_browser = no_browser
        self.failure = ""
        self.stopping = False
        try:
            self.moment = (open.name, open.read_bytes()) if open is not None else None
        except OSError as problem:
            raise CannotPlay(f"{open} cannot be read: {problem.strerror}. Choose another: --open") from None
        try:
            self.reach = network.reach(host=host, advertise=advertise, data=self.data)
            settings.SECRET_KEY = owners.kept_secret(self.data)
        except OSError as problem:
            reason = f"The folder {self.data} cannot be used: {problem.strerror}."
            raise CannotPlay(f"{reason} Choose another: --data") from None
        settings.ALLOWED_HOSTS, settings.JOIN_KEY = self.reach.hosts, self.reach.key
        self.client = EngineClient(hub=Hub(), token=secrets.token_urlsafe())
        arguments = ["--data", str(self.data), "--kafka-host", host, "--kafka-port", str(kafka_port)]
        if aws_port is not None:
            arguments += ["--aws-port", str(aws_port)]
        if advertise:
            arguments += ["--advertise", advertise]
        if keep_journal:
            arguments.append("--keep-journal")
        self.client.sandbox_told = self._sandbox_told
        self.announced = False
        self.host_process = HostProcess(self.client, arguments, **more)
        runtime.install(runtime.Runtime(self.client.hub, self.client))

    def run(self) -> None:
        self._try_port()
        self.client.open()
        self.host_process.launch()  # both processes load at once
        from playground.asgi import application
        from playground.server import CannotListen, PlaygroundServer, loop

        self.server = PlaygroundServer(application, host=self.host, port=self.port)
        try:
            self.server.listen()
        except CannotListen as problem:
            self.host_process.kill()
            raise self._cannot_listen(str(problem)) from None
        self.loop = loop()
        self._heed_signals()
        self.loop.create_task(self._play())
        self.server.run()
        if self.failure:
            raise CannotPlay(self.failure)

    def _try_port(self) -> None:
        """Before an engine is started for nothing."""
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as probe:
                if os.name != "nt":  # there it would mean the opposite: sharing
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as problem:
            raise self._cannot_listen(problem.strerror or str(problem)) from None

    def _cannot_listen(self, reason: str) -> CannotPlay:
        return CannotPlay(
            f"The page cannot be served at {self.host} port {self.port}: {reason}. Choose another: --port (or --host)"
        )

    async def _play(self) -> None:
        try:
            await self.client.listen()
            watching = asyncio.create_task(self.host_process.run())
            showing = asyncio.create_task(self._show())
            for task in (await asyncio.wait((watching, showing), return_when=asyncio.FIRST_COMPLETED))[0]:
                task.result()  # raises what broke it
            if not self.stopping:
                self.failure = self.client.problem.get("reason", "The engine does not start.")
                if flag := self.client.problem.get("flag"):
                    self.failure += f" Choose another: {flag}"
        except CannotPlay as problem:
            self.failure = str(problem)
        except Exception as problem:
            self.failure = f"{type(problem).__name__}: {problem}"
            raise
        finally:
            if not self.stopping:
                self._stop()

    async def _show(self) -> None:
        """Say where it is once it is there; return when the engine is given up."""
        if await self.client.wait_until("ready", "failed") == "ready":
            opened = await self._open() if self.moment is not None else ""
            self._announce(opened)
            await self._announce_aws()
            await self.client.wait_until("failed")

    async def _open(self) -> str:
        """Make a sandbox of the moment that was given: its id. Raises CannotPlay."""
        assert self.moment is not None
        name, data = self.moment
        try:
            row = await services.import_sandbox(data=data, name="", owner="", all=True)
        except Refused as refused:
            raise CannotPlay(f"{name} cannot be opened ({refused.code}): {refused.reason}") from None
        return str(row["id"])

    async def _announce_aws(self) -> None:
        """Where AWS clients come in, with the keys of the first sandbox."""
        with suppress(Refused):
            access = await services.aws_access(sandbox="demo", owner="", all=True)
            keys = f"AWS_ACCESS_KEY_ID={access['access_key']} AWS_SECRET_ACCESS_KEY={access['secret_key']}"
            print(f"aws {access['endpoint']} {keys}", flush=True)

    def _announce(self, opened: str) -> None:
        url = self.reach.url(self.server.port)
        print(f"web {url}", flush=True)
        print(f"kafka {','.join(self.client.kafka)}", flush=True)
        self.announced = True
        if opened:
            url = self.reach.url(self.server.port, f"/s/{opened}/")
            print(f"opened {url}", flush=True)
        if not self.no_browser and can_open_browser():
            threading.Thread(target=webbrowser.open, args=[url], daemon=True).start()

    def _sandbox_told(self, notice: dict[str, Any]) -> None:
        """Where the others are, as they come."""
        if self.announced and notice["what"] in ("opened", "created") and notice.get("kafka"):
            print(f"kafka of {notice['id']} {','.join(notice['kafka'])}", flush=True)

    # --- the end ------------------------------------------------------------------------------------

    def _heed_signals(self) -> None:
        for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
            if number := getattr(signal, name, None):
                signal.signal(number, lambda *_: self.loop.call_soon_threadsafe(self._stop))

    def _stop(self) -> None:
        if self.stopping:
            self.host_process.kill()  # asked twice: no more patience
            return
        self.stopping = True
        self.loop.create_task(self._end())

    async def _end(self) -> None:
        try:
            await self.host_process.stop()
        finally:
            self.server.stop()


def can_open_browser() -> bool:
    """Not in a build, and on Linux only with a screen: a text browser would take over the terminal."""
    if os.environ.get("CI") or not sys.stdout.isatty():
        return False
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
