"""``file://`` and ``fileb://``: of the shell's own files, wherever awscli takes them.

awscli keeps its readers in one dictionary, which every place that understands such a value looks into: parameters,
shorthand (``Data@=file://...``), ``--cli-input-json``. So exchanging them there is enough. What begins with http://
is a plain value, as in version 2: its readers are taken away.
"""

from __future__ import annotations

import posixpath
from typing import Any

from awscli import paramfile


class Files:
    """context: of the ``aws`` command that is running (bashkit's): its files, folder and standard input."""

    def __init__(self) -> None:
        self.context: Any = None

    def install(self) -> None:
        paramfile.LOCAL_PREFIX_MAP.clear()
        paramfile.LOCAL_PREFIX_MAP.update(
            {"file://": (self._read, {"mode": "r"}), "fileb://": (self._read, {"mode": "rb"})}
        )
        paramfile.REMOTE_PREFIX_MAP.clear()

    def _read(self, prefix: str, path: str, mode: str) -> str | bytes:
        data = self._bytes(path[len(prefix) :], path)
        if mode == "rb":
            return data
        try:
            return data.decode()
        except UnicodeDecodeError:
            raise paramfile.ResourceLoadingError(
                f"Unable to load paramfile ({path[len(prefix) :]}), text contents could not be decoded.  If this is a "
                "binary file, please use the fileb:// prefix instead of the file:// prefix."
            ) from None

    def _bytes(self, name: str, whole: str) -> bytes:
        if self.context is None:
            raise paramfile.ResourceLoadingError(f"Unable to load paramfile {whole}: no files here")
        if name in ("/dev/stdin", "-"):
            return str(self.context.stdin or "").encode()
        if name == "~" or name.startswith("~/"):
            name = str(self.context.env.get("HOME", "/home/cloudshell-user")) + name[1:]
        place = posixpath.normpath(posixpath.join(str(self.context.cwd), name))
        files = self.context.fs
        try:
            if not files.exists(place):
                raise FileNotFoundError
            return bytes(files.read_file(place))
        except FileNotFoundError:
            why = f"[Errno 2] No such file or directory: '{name}'"
        except Exception as problem:  # a folder, for one; bashkit says what
            why = str(problem)
        raise paramfile.ResourceLoadingError(f"Unable to load paramfile {whole}: {why}")
