"""The keys by which AWS clients reach a sandbox: one pair each, in a file of its folder that only its owner reads.

    <data>/sandboxes/<id>/aws-key.json      {"access_key": "AKIARIACHO...", "secret_key": "..."}

They open nothing but the sandbox, and look like what they are: fake. No link, export or branch has them in it (a
branch gets its own), and no input: the World is told the name of a client, never a key. Begun anew, a sandbox keeps
them: whoever has them in a terminal goes on.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FILE = "aws-key.json"
FILES = (FILE, f"{FILE}.new")  # in no download of a sandbox's folder
PREFIX = "AKIARIACHO"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # as AWS's access keys
_SECRET = "RiachoPlaygroundKey/"  # how every secret begins: nobody takes it for a real one
_SECRET_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_ACCESS = re.compile(rf"{PREFIX}[A-Z2-7]{{10}}")
_LONG = re.compile(r"[A-Za-z0-9/+]{40}")


@dataclass(slots=True)
class Key:
    access_key: str
    secret_key: str


def new_key() -> Key:
    return Key(
        PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(10)),
        _SECRET + "".join(secrets.choice(_SECRET_LETTERS) for _ in range(40 - len(_SECRET))),
    )


def load(folder: Path) -> Key | None:
    """The key in a sandbox's folder; None: there is none that can be used."""
    try:
        data = json.loads((folder / FILE).read_text())
        key = Key(data["access_key"], data["secret_key"])
        return key if _ACCESS.fullmatch(key.access_key) and _LONG.fullmatch(key.secret_key) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save(folder: Path, key: Key) -> None:
    """Whole, and for its owner's eyes only. Raises OSError."""
    making = folder / f"{FILE}.new"
    with contextlib.suppress(FileNotFoundError):
        making.unlink()
    with open(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"access_key": key.access_key, "secret_key": key.secret_key}, file)
    os.replace(making, folder / FILE)


class Keys:
    """Of all sandboxes. folders: by sandbox, of those there are. A key is made when somebody asks for it first."""

    def __init__(self, folders: Callable[[], dict[str, Path]]) -> None:
        self._folders = folders
        self._of: dict[str, Key] = {}  # by sandbox
        self._sandboxes: dict[str, str] = {}  # by access key

    def of(self, sandbox: str) -> Key:
        """The key of a sandbox, made if it has none. Raises OSError, KeyError (no such sandbox)."""
        key = self._of.get(sandbox)
        if key is None:
            folder = self._folders()[sandbox]
            key = load(folder)
            if key is None:
                key = new_key()
                save(folder, key)
            self._know(sandbox, key)
        return key

    def find(self, access_key: str) -> tuple[str, Key] | None:
        """(sandbox, its key) that an access key belongs to."""
        sandbox = self._sandboxes.get(access_key)
        if sandbox is None and _ACCESS.fullmatch(access_key):
            self.look()
            sandbox = self._sandboxes.get(access_key)
        return None if sandbox is None else (sandbox, self._of[sandbox])

    def keep(self, sandbox: str) -> None:
        """It has begun anew, in another folder: its key stays, for as long as the host lives at least."""
        key = self._of.get(sandbox)
        if key is not None:
            with contextlib.suppress(OSError):
                save(self._folders()[sandbox], key)

    def forget(self, sandbox: str) -> None:
        """It is deleted: its key opens nothing any more."""
        key = self._of.pop(sandbox, None)
        if key is not None:
            self._sandboxes.pop(key.access_key, None)

    def look(self) -> None:
        """Learn the keys of those sandboxes that nobody has asked for in this life of the host."""
        for sandbox, folder in self._folders().items():
            if sandbox not in self._of and (key := load(folder)) is not None:
                self._know(sandbox, key)

    def _know(self, sandbox: str, key: Key) -> None:
        self._of[sandbox] = key
        self._sandboxes[key.access_key] = sandbox
