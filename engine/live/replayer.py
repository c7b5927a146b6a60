"""Bringing back a moment that somebody has brought: a process of its own, with limits.

    python -m engine.live.replayer < FILE.riacho

What comes from outside may be made to take for ever, or all memory; here it takes only its own. The answer
goes to standard output: a line of JSON, then, if it is {"ok": true, "bytes": n, ...}, a checkpoint of n bytes.
Otherwise it is {"ok": false, "code", "reason"}.

``replay`` is the other side: it starts such a process and waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import sys
from typing import Any

from engine.limits import MOMENT_MEMORY_MAX, MOMENT_S_MAX
from engine.live import checkpoint_file, moments
from engine.live.moments import CannotOpen
from engine.live.slices import at_once

_LINE_MAX = 1 << 16


# --- in the process -----------------------------------------------------------------------------------


def main() -> int:
    _limit()
    gc.disable()
    try:
        about, checkpoint = bring_back(sys.stdin.buffer.read())
    except CannotOpen as problem:
        about, checkpoint = {"ok": False, "code": problem.code, "reason": problem.reason}, b""
    except MemoryError:
        about = {"ok": False, "code": "TOO_LARGE", "reason": _memory()}
        checkpoint = b""
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n" + checkpoint)
    sys.stdout.buffer.flush()
    return 0


def bring_back(data: bytes) -> tuple[dict[str, Any], bytes]:
    """(what is said of it, the checkpoint of that moment, in which time stands still). Raises CannotOpen."""
    moment = moments.unpack(data)
    cluster = at_once(moments.bring_back(moment))
    world = cluster.world
    about = {"ok": True, "name": moment.name, "step": world.steps, "at": world.now, "digest": world.digest()}
    cluster.pace.paused = True
    checkpoint = at_once(checkpoint_file.to_bytes(cluster))
    return {**about, "bytes": len(checkpoint)}, checkpoint


def _limit() -> None:
    """Memory and time, where the system can limit them; and everybody else goes first."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(5)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOMENT_MEMORY_MAX, MOMENT_MEMORY_MAX))
        seconds = int(MOMENT_S_MAX) + 10
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _memory() -> str:
    return f"It takes more than {MOMENT_MEMORY_MAX:,} bytes of memory. Export a moment with less behind it."


# --- in the host --------------------------------------------------------------------------------------


async def replay(data: bytes) -> tuple[dict[str, Any], bytes]:
    """What ``bring_back`` says, done elsewhere. Raises CannotOpen."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "engine.live.replayer",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=_LINE_MAX,
    )  # fmt: skip
    try:
        async with asyncio.timeout(MOMENT_S_MAX):
            said, _ = await process.communicate(data)
    except TimeoutError:
        raise CannotOpen(
            "TOO_LARGE",
            f"Bringing it back takes more than {MOMENT_S_MAX:.0f} seconds here. Export a moment with less behind it.",
        ) from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    line, _, checkpoint = said.partition(b"\n")
    try:
        about = json.loads(line)
    except ValueError:
        raise CannotOpen("DAMAGED", "It broke the engine that was to bring it back: it is not opened.") from None
    if not about["ok"]:
        raise CannotOpen(about["code"], about["reason"])
    return about, checkpoint


if __name__ == "__main__":
    sys.exit(main())
