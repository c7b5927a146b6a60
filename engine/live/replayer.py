"""Bringing back a moment that somebody has brought: a process of its own, with limits.

    python -m engine.live.replayer < FILE.riacho

What comes from outside may be made to take for ever, or all memory; here it takes only its own. The answer
goes to standard output: a line of JSON, then, if it is {"ok": true, "bytes": n, ...}, a checkpoint of n bytes.
Otherwise it is {"ok": false, "code", "reason"}.

``replay`` is the other side: it starts such a process and waits for it.
"""

from __future__ import annotations

import gc
import json
import sys
from typing import Any

from engine.limits import MOMENT_MEMORY_MAX, MOMENT_S_MAX
from engine.live import checkpoint_file, moments
from engine.live.elsewhere import elsewhere, limit
from engine.live.moments import CannotOpen
from engine.live.slices import at_once

# --- in the process -----------------------------------------------------------------------------------


def main() -> int:
    limit(MOMENT_MEMORY_MAX, MOMENT_S_MAX)
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


def _memory() -> str:
    return f"It takes more than {MOMENT_MEMORY_MAX:,} bytes of memory. Export a moment with less behind it."


# --- in the host --------------------------------------------------------------------------------------


async def replay(data: bytes) -> tuple[dict[str, Any], bytes]:
    """What ``bring_back`` says, done elsewhere. Raises CannotOpen."""
    try:
        async with elsewhere("engine.live.replayer", seconds=MOMENT_S_MAX) as process:
            said, _ = await process.communicate(data)
    except TimeoutError:
        raise CannotOpen(
            "TOO_LARGE",
            f"Bringing it back takes more than {MOMENT_S_MAX:.0f} seconds here. Export a moment with less behind it.",
        ) from None
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
