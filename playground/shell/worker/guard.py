"""The second wall around a worker. The first: bashkit has no files, processes or network of this machine.

What stands between them is Python: awscli could open a file or a connection if some parameter talked it into that.
So before the first line the process gives up what it does not need (limits of the system, where there are any), and an
audit hook refuses the rest for good: files outside its own libraries, any address but the sandbox's AWS endpoint,
other programs. A hook cannot be taken away again. Windows knows no such limits: there time alone is bounded,
by the web process (``LACKS``, which the page tells).
"""

from __future__ import annotations

import os
import socket
import sys
import sysconfig
from typing import Any
from urllib.parse import urlsplit

from playground.shell import limits

try:
    import resource
except ImportError:
    HAS_LIMITS = False  # Windows
else:
    HAS_LIMITS = True

LACKS = [] if HAS_LIMITS else ["cpu", "memory"]
FORBIDDEN = (
    "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.startfile", "pty.", "ctypes.",
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
    "os.kill", "os.listxattr", "os.setxattr", "shutil.", "tempfile.", "socket.bind", "sqlite3.", "webbrowser.",
    "ftplib.", "smtplib.", "urllib.", "winreg.", "msvcrt.", "mmap.",
)  # fmt: skip
ALLOWED_TO_RESOLVE = ("socket.getaddrinfo", "socket.gethostbyname")


class Forbidden(PermissionError):
    """Something only this machine's own programs may do."""


class Guard:
    """host, addresses: what may be looked up and connected to; nothing between lines."""

    def __init__(self) -> None:
        self.host = ""
        self.addresses: set[tuple[str, int]] = set()
        paths = {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()}
        own = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        # Code is imported when first needed; the texts of the shell are its own.
        self.readable = tuple(
            os.path.realpath(path) + os.sep
            for path in sorted({*paths, os.path.join(own, "shell"), "/usr/share/zoneinfo"})
            if len(os.path.realpath(path)) > 4  # "/" or "/usr" would be everything
        )

    def allow(self, url: str) -> None:
        """The sandbox's endpoint, until ``allow_nothing``."""
        parts = urlsplit(url)
        self.host = parts.hostname or ""
        found = socket.getaddrinfo(self.host, parts.port, type=socket.SOCK_STREAM)
        self.addresses = {(str(address[0]), int(address[1])) for *_, address in found}

    def allow_nothing(self) -> None:
        self.host, self.addresses = "", set()

    def close(self) -> None:
        """From here on nothing else can be opened."""
        if HAS_LIMITS:
            _limit_process()
        sys.dont_write_bytecode = True
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            self._file(*arguments)
        elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = arguments[1]
            if not isinstance(address, tuple) or tuple(address[:2]) not in self.addresses:
                raise Forbidden(1, "this shell reaches only the sandbox's AWS endpoint")
        elif event in ALLOWED_TO_RESOLVE:
            if not self.host or arguments[0] != self.host:
                raise Forbidden(1, "this shell reaches only the sandbox's AWS endpoint")
        elif event.startswith(FORBIDDEN):
            raise Forbidden(1, f"this shell may not do that ({event})")
        elif event in ("os.listdir", "os.scandir") and not self._inside(arguments[0]):
            raise Forbidden(1, "files of this machine are out of this shell's reach")

    def _file(self, path: Any, mode: Any, flags: Any) -> None:
        if isinstance(path, int):
            return  # a descriptor it has already
        writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        if flags & writes or not self._inside(path):
            raise Forbidden(1, "files of this machine are out of this shell's reach")

    def _inside(self, path: Any) -> bool:
        if path is None:
            return False
        return os.path.realpath(os.fsdecode(path)).startswith(self.readable)


def _limit_process() -> None:
    def lower(what: int, to: int) -> None:
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (to, to) if hard == resource.RLIM_INFINITY else (min(to, hard), min(to, hard)))

    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_FSIZE, 0)  # not one byte into any file
    lower(resource.RLIMIT_NOFILE, limits.WORKER_FILES_MAX)
    if sys.platform == "linux":  # macOS counts what every process maps there
        lower(resource.RLIMIT_AS, limits.WORKER_BYTES_MAX)


def keep_back(size: int) -> None:
    """From now on so much of the address space is out of reach: 0 gives it back."""
    if sys.platform == "linux":
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard != resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_AS, (max(0, hard - size), hard))


def allow_cpu(seconds: int) -> None:
    """From now on; at the end the system ends this process (SIGXCPU)."""
    if HAS_LIMITS:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        used = int(usage.ru_utime + usage.ru_stime) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))
