"""The engine host: a process of its own with one event loop, which carries the sandboxes.

    RIACHO_CONTROL_TOKEN=... python -m engine.live.host --data DIR --kafka-port 19092 --control-port N

It connects to the web process (``play``) at the control port, sends the token as a line, replays
the journal, listens, and says ``ready``. It ends when that socket closes, so no orphan ever keeps
the Kafka ports. Ctrl-C is left to ``play``, which is in the same process group and closes the socket.

Exit codes: 0 as asked; 1 something broke (a traceback says what: it is a bug); 2 it could not begin
(a ``failed`` notice says why, and ``play`` prints it).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from engine.limits import CHECKPOINT_STEPS
from engine.live.hosting import CannotBegin, Host, HostConfig
from engine.live.link import connect
from engine.live.log import log
from engine.live.lookout import HostLoop

__all__ = ["CannotBegin", "Host", "HostConfig", "main"]


def main(arguments: list[str] | None = None) -> int:
    """Run until the control socket closes. Returns the exit code."""
    given = _arguments(arguments)
    with contextlib.suppress(ValueError):  # not in a main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # a fifth more requests a second; hosting.py collects when nobody waits
    with asyncio.Runner(loop_factory=HostLoop if os.name == "posix" else None) as runner:
        return runner.run(_run(given))


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engine.live.host", description="The engine host of Riacho.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the journals")
    parser.add_argument("--kafka-host", default="127.0.0.1", help="address on which brokers listen")
    parser.add_argument("--kafka-port", type=int, default=19092, help="port of broker 1; 0: any")
    parser.add_argument("--aws-port", type=int, help="of the AWS endpoint; 0: any; not given: 4566, or any")
    parser.add_argument("--aws-port-before", type=int, help="where it was in the last life: there again, if free")
    parser.add_argument("--advertise", default="", help="host that clients are told, if not the one they came in by")
    parser.add_argument("--scenario", type=_scenario, help="JSON file: what a new sandbox starts from")
    parser.add_argument("--seed", type=int, help="of all chance in a new sandbox")
    parser.add_argument("--keep-journal", action="store_true", help="never cut the journal, however long it gets")
    often = int(os.environ.get("RIACHO_CHECKPOINT_STEPS", CHECKPOINT_STEPS))
    parser.add_argument("--checkpoint-steps", type=int, default=often, help="from one checkpoint to the next")
    parser.add_argument("--control-port", type=int, required=True, help="where the web process listens")
    return parser.parse_args(arguments)


def _scenario(path: str) -> dict[str, Any]:
    try:
        scenario = json.loads(Path(path).read_text())
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{path} cannot be read: {error}") from None
    if not isinstance(scenario, dict):
        raise argparse.ArgumentTypeError(f"{path} holds no JSON object")
    return scenario


async def _run(given: argparse.Namespace) -> int:
    try:
        link = await connect(given.control_port, os.environ.get("RIACHO_CONTROL_TOKEN", ""))
    except OSError:
        log(f"Nobody listens on control port {given.control_port}: the host is started by `python manage.py play`.")
        return 2
    host = Host(
        HostConfig(
            given.data, given.kafka_host, given.kafka_port, given.advertise, given.scenario, given.seed,
            keep_journal=given.keep_journal, checkpoint_steps=given.checkpoint_steps, aws_port=given.aws_port,
            aws_port_before=given.aws_port_before,
        ),
        link,
    )
    link.facade = host.facade
    with contextlib.suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, link.close)
    try:
        await host.begin()
    except CannotBegin as problem:
        failed = {"notice": "failed", "code": problem.code, "reason": problem.reason, "flag": problem.flag}
        link.notice(failed)
        await host.end()
        link.close()
        return 2
    gc.freeze()
    await asyncio.wait((link.closed, host.broken), return_when=asyncio.FIRST_COMPLETED)
    await host.end()
    link.close()
    return 1 if host.broken.done() else 0


if __name__ == "__main__":
    sys.exit(main())
