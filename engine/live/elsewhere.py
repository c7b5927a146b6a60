"""A process of its own for what comes from somebody we do not know: it may be made to take for ever, or all memory.

``limit`` is said in it, ``elsewhere`` by whoever waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator


def limit(memory: int, seconds: float) -> None:
    """Memory and time, where the system can limit them; and everybody else goes first."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(5)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        most = int(seconds) + 10
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))


@contextlib.asynccontextmanager
async def elsewhere(module: str, *arguments: str, seconds: float) -> AsyncIterator[Process]:
    """A process that runs ``module``, and is ended when nobody waits for it any more. Raises TimeoutError."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, *arguments, stdin=PIPE, stdout=PIPE)
    try:
        async with asyncio.timeout(seconds):
            yield process
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await process.wait()
