"""Whether the Kafka ports answer: each is really connected to. Nothing of it reaches a World.

=============  =========================================  ==================================================
ask            takes                                      result
=============  =========================================  ==================================================
"health"                                                  {"ok", "kafka": [{"address", "ok"}], "sandboxes", "problems"}
=============  =========================================  ==================================================
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

from engine.live.asks.asking import Handler, Question
from engine.live.sandbox import Sandbox

if TYPE_CHECKING:
    from engine.live.control import Facade

PROBE_S = 2.0


async def health(facade: Facade, question: Question) -> dict[str, Any]:
    """ok: the first sandbox works, and every port that is open answers. What is wrong with others is listed."""
    if facade.keeper is None:
        return {"ok": False, "kafka": [], "sandboxes": [], "problems": []}
    ok, ports, rows, problems = True, [], [], []
    for kept in list(facade.keeper.kept.values()):
        sandbox = kept.sandbox
        problem = sandbox.problem if sandbox is not None else kept.problem
        if problem is not None:
            problems.append({"sandbox": kept.entry.id, **problem})
        if kept.entry.id == facade.keeper.first and (sandbox is None or problem is not None):
            ok = False
        addresses = []
        for name in sandbox.listeners.names() if sandbox is not None else ():
            assert sandbox is not None
            answers = await _probe(sandbox, name)
            ok = ok and answers
            addresses.append(f"{name[0]}:{name[1]}")
            ports.append({"address": addresses[-1], "ok": answers})
        rows.append({"id": kept.entry.id, "kafka": addresses, "problem": problem})
    return {"ok": ok, "kafka": ports, "sandboxes": rows, "problems": problems}


async def _probe(sandbox: Sandbox, name: tuple[str, int]) -> bool:
    family = socket.AF_INET6 if ":" in name[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.setblocking(False)
        try:
            sock.bind((name[0], 0))
            host, port = sock.getsockname()[:2]
            peer = f"tcp:{host}:{port}"
            sandbox.reception.probes.add(peer)
            loop = asyncio.get_running_loop()
            try:
                async with asyncio.timeout(PROBE_S):
                    await loop.sock_connect(sock, name)
                    return await loop.sock_recv(sock, 1) == b""  # we are known, and let go
            finally:
                sandbox.reception.probes.discard(peer)
        except (OSError, TimeoutError):
            return False


ASKS: dict[str, Handler] = {"health": health}
