"""Other servers that speak Kinesis, each in a folder of its own that is made when it is needed first.

They are heavy (moto brings 49 MB of its own), and no part of Riacho: so they are in ``.venv/peers`` and not in the
project's lock. moto and ministack (PyPI) are Python, kinesalite (npm) is Node.js with LevelDB in memory; the stub is
uvicorn with an answer ready (aws_stub.py).
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.servers import START_S, NotAvailable, Server
from house import tools
from house.venv import VENV, NotPossible

PEERS = VENV / "peers"
MOTO, MINISTACK, KINESALITE = "moto[server]==5.2.5", "ministack==1.5.33", "kinesalite@3.3.3"
STUB = ("uvicorn==0.54.0", "httptools==0.9.0", "uvloop==0.23.0")
INSTALL_S = 600.0


class Peer(Server):
    """aws: URL of its endpoint, once entered. Anybody's keys will do for it."""

    def __init__(self) -> None:
        super().__init__()
        self.aws = ""
        self.port = _free_port()

    def serve(self, command: list[str], **environment: str) -> None:
        self.spawn(command, **environment)
        self.process.stdout.close()  # type: ignore[union-attr]
        self.aws = f"http://127.0.0.1:{self.port}"
        until = time.monotonic() + START_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise NotAvailable(f"it does not listen: {self.said()}") from None
                time.sleep(0.1)


class Moto(Peer):
    name = "moto"

    def start(self) -> None:
        python = installed("moto", MOTO)
        self.serve([str(python.parent / "moto_server"), "-H", "127.0.0.1", "-p", str(self.port)])


class Ministack(Peer):
    name = "ministack"

    def start(self) -> None:
        python = installed("ministack", MINISTACK)
        self.serve(
            [str(python.parent / "ministack")], GATEWAY_PORT=str(self.port), SERVICES="kinesis", LOG_LEVEL="ERROR"
        )


class Kinesalite(Peer):
    name = "kinesalite"

    def start(self) -> None:
        folder = PEERS / "kinesalite"
        if not (folder / "done").exists():
            npm = _tool("npm")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "package.json").write_text('{"private": true}')
            _run([npm, "install", KINESALITE, "--no-audit", "--no-fund", "--silent"], folder)
            (folder / "done").touch()
        script = folder / "node_modules" / "kinesalite" / "cli.js"
        # No waiting for streams, and no limit of shards: only its work counts.
        self.serve(
            [_tool("node"), str(script), "--port", str(self.port), "--createStreamMs", "1", "--shardLimit", "100"]
        )


class Stub(Peer):
    name = "bare stub"

    def start(self) -> None:
        python = installed("stub", *STUB)
        self.serve(
            [str(python), "-m", "uvicorn", "aws_stub:app", "--app-dir", str(Path(__file__).parent), "--port",
             str(self.port), "--log-level", "critical", "--no-access-log"],
        )  # fmt: skip


def installed(name: str, *packages: str) -> Path:
    """The Python of a virtual environment with these packages. Raises NotAvailable."""
    folder = PEERS / name
    python = folder / "bin" / "python"
    stamp = folder / "packages"
    if stamp.exists() and stamp.read_text() == " ".join(packages):
        return python
    print(f"Installing {', '.join(packages)} ...", file=sys.stderr, flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(folder)], VENV)
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], VENV)
    stamp.write_text(" ".join(packages))
    return python


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_S)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise NotAvailable(f"it cannot be installed: {problem}") from None
    if done.returncode:
        raise NotAvailable(f"it cannot be installed: {(done.stderr or done.stdout)[-500:]}")


def _tool(name: str) -> str:
    try:
        return tools.ensure(name)
    except NotPossible as problem:
        raise NotAvailable(str(problem)) from None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])
