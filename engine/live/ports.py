"""Finding and binding ports: one a broker, ``PORTS_PER_SANDBOX`` in a row a sandbox.

They lie under those the system hands out itself (32768 and up on Linux), or a client's outgoing
connection could sit on a broker's port.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys

from engine.limits import PORTS_PER_SANDBOX

BACKLOG = 1024
PORT_MAX = 32_768
_EPHEMERAL = (20_000, 32_000)  # where to look for a free range: under the ports the system hands out itself

ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # "all addresses", and one of them

Families = list[tuple[int, str]]


class PortTaken(Exception):
    """Somebody else listens there."""


def bind(family: int, address: str, port: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would let two processes share the port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if address == "::" else 1)
        sock.bind((address, port))
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


def resolve(host: str) -> Families:
    """Families and addresses of a name that can be bound here. Raises PortTaken when there is none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise PortTaken(f"{host} is no address of this machine: {error.strerror}.") from None
    families: Families = []
    for family, _, _, _, name in found:
        entry = (int(family), str(name[0]))
        if entry in families:
            continue
        with contextlib.suppress(OSError):
            bind(*entry, 0).close()
            families.append(entry)
    if not families:
        raise PortTaken(f"{host} is no address of this machine.")
    return families


def is_free(families: Families, first: int) -> bool:
    """Nobody listens on any of the ports of a range that begins at ``first``."""
    try:
        for port in range(first, first + PORTS_PER_SANDBOX):
            for family, address in families:
                bind(family, address, port).close()
    except OSError:
        return False
    return True


def free_range(families: Families) -> int:
    """The first of PORTS_PER_SANDBOX free ports in a row, anywhere."""
    least, most = _EPHEMERAL
    places = (most - least) // PORTS_PER_SANDBOX
    start = int.from_bytes(os.urandom(2), "big")
    for attempt in range(places):
        first = least + (start + attempt) % places * PORTS_PER_SANDBOX
        if is_free(families, first):
            return first
    raise PortTaken("There are no 20 free ports in a row.")


def next_range(families: Families, base: int, taken: list[int]) -> int:
    """The first free range after the one that begins at ``base`` and clear of those ``taken``. Raises PortTaken."""
    for first in range(base + PORTS_PER_SANDBOX, PORT_MAX - PORTS_PER_SANDBOX, PORTS_PER_SANDBOX):
        if all(abs(first - other) >= PORTS_PER_SANDBOX for other in taken) and is_free(families, first):
            return first
    raise PortTaken(
        f"There are no {PORTS_PER_SANDBOX} free ports in a row between {base} and {PORT_MAX} for another sandbox: "
        "delete one, or start Riacho with another --kafka-port."
    )
