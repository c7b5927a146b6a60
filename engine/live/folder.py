"""The data folder, and its lock: two processes must never write the same journal."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import BinaryIO

from engine.live.journal import JournalError


class DataFolder:
    """``path`` is made if need be and locked until ``close``. Raises JournalError (DATA_FOLDER, DATA_IN_USE)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lock = path / "lock"
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = open(lock, "a+b")  # noqa: SIM115
        except OSError as error:
            raise JournalError(
                "DATA_FOLDER", f"The data folder {path} cannot be used: {error.strerror}. Give another with --data."
            ) from None
        try:
            _lock(self._file)
        except OSError:
            self._file.seek(0)
            who = self._file.read(20).decode("ascii", "replace").strip()
            self._file.close()
            process = f" (process {who})" if who else ""
            raise JournalError(
                "DATA_IN_USE",
                f"The data folder {path} is in use by another Riacho{process}. Stop it, or give another with --data.",
            ) from None
        with contextlib.suppress(OSError):
            self._file.truncate(0)
            self._file.write(str(os.getpid()).encode())
            self._file.flush()

    def sandbox(self, name: str) -> Path:
        """The folder of one sandbox, made if need be."""
        path = self.path / "sandboxes" / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def close(self) -> None:
        self._file.close()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(1_000)  # beyond the number of the process, which others may then still read
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
