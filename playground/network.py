"""Where the playground is reached: names, addresses and the key for more than this machine."""

from __future__ import annotations

import ipaddress
import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# No 0/O, 1/I/L: the key is read off a projector.
KEY_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"]


@dataclass(slots=True)
class Reach:
    """hosts: what a Host header may say. shown: the address to print. key: "" on the loopback."""

    hosts: list[str]
    shown: str
    key: str

    def url(self, port: int, path: str = "") -> str:
        """path: of a page, such as "/s/demo-2/"."""
        return f"http://{self.shown}:{port}{path}" + (f"{'' if path else '/'}?key={self.key}" if self.key else "")


def reach(*, host: str, advertise: str, data: Path) -> Reach:
    """host: the address bound to. advertise: a name others use for this machine, "" for none."""
    if is_loopback(host):
        return Reach([*LOOPBACK_NAMES, *_bracketed([host])], _bracketed([host])[0], "")
    everywhere = host in ("0.0.0.0", "::")
    addresses = own_addresses() if everywhere else [host]
    name = socket.gethostname().lower()
    hosts = [*LOOPBACK_NAMES, name, f"{name}.local", *addresses, *([advertise.lower()] if advertise else [])]
    shown = advertise or next((a for a in addresses if not is_loopback(a)), "127.0.0.1")
    return Reach(list(dict.fromkeys(_bracketed(hosts))), _bracketed([shown])[0], join_key(data))


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def own_addresses() -> list[str]:
    """This machine's addresses as far as it knows them."""
    found: list[str] = []
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        # Connecting a UDP socket sends nothing; it only asks which of our addresses would be used.
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))
            found.append(probe.getsockname()[0])
    with suppress(OSError):
        found += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None)]
    return list(dict.fromkeys(address.partition("%")[0] for address in found))


def join_key(data: Path) -> str:
    """The same key at each start, so that a class need not type a new one; only its owner can read the file."""
    path = data / "join-key"
    with suppress(OSError):
        if kept := path.read_text().strip():
            return kept
    key = "-".join("".join(secrets.choice(KEY_LETTERS) for _ in range(4)) for _ in range(2))
    data.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(key + "\n")
    return key


def _bracketed(hosts: list[str]) -> list[str]:
    return [f"[{host}]" if ":" in host else host for host in hosts]
