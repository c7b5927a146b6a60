"""A broker's folder: browsed, read a page at a time, and handed over whole for a zip.

=============  =========================================  ==================================================
ask            takes, besides "sandbox"                   result
=============  =========================================  ==================================================
"files"        broker                                     {"broker", "state", "used", "quota", "folders", "files"}
"folders"                                                 all brokers' folders: {"brokers": [{"folders", ...}]}
"file"         broker, path, from (0)                     a page: {"data", "items", "from", "next", ...}
"folder_take"  broker                                     {"token", "calendar_ms", "files": [{"path", "bytes"}]}
"folder_read"  token, number, from                        up to ``FOLDER_PIECE_BYTES`` bytes
=============  =========================================  ==================================================

The first four take step and ms too: then it is the folder as it was at that moment (time.py).

A folder is taken in one instant and read piece by piece while the cluster goes on: the pieces of a
file never change, so holding them costs a list (engine/storage/disk.py). Who makes a zip of it, and
whether packed, is the web process's business: nothing is compressed in the host.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from hashlib import blake2b
from os import urandom
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from engine.cluster import Cluster, files, folders
from engine.cluster.veiling import Veil, veil_of, veiled
from engine.commands import CommandRefused
from engine.limits import FOLDER_HELD_S, FOLDER_PIECE_BYTES, FOLDERS_HELD_MAX
from engine.live import sealing
from engine.live.asks.asking import Binary, Handler, Question, Refused, invalid
from engine.live.asks.time import cluster_at
from engine.machine import MILLISECOND
from engine.storage.disk import File

if TYPE_CHECKING:
    from engine.live.control import Facade


@dataclass(slots=True)
class Folder:
    """files: each with the parts it had when it was taken. until: by the machine's monotonic clock.

    veils: of those that hold values of an encrypted stream, by path: they leave sealed.
    """

    files: list[tuple[str, File]]
    until: float
    veils: dict[str, Veil]


class Held:
    """The folders that somebody is reading."""

    def __init__(self) -> None:
        self.folders: dict[str, Folder] = {}
        self._names = itertools.count(1)

    def take(self, cluster: Cluster, broker: int, key: bytes) -> str:
        now = time.monotonic()
        self.folders = {name: folder for name, folder in self.folders.items() if folder.until > now}
        if len(self.folders) >= FOLDERS_HELD_MAX:
            raise Refused(429, "TOO_MANY_REQUESTS", f"{FOLDERS_HELD_MAX} folders are being read; wait for one to end.")
        disk = files.disk_of(cluster, broker)
        name = f"folder-{next(self._names)}"
        kept, veils = [], {}
        for path in disk.paths():
            veil = veil_of(cluster, path.rpartition("/")[0], key) if files.kind_of(path)[0] == "log" else None
            if veil is not None:
                veils[path] = veil
            file, copy = disk.files[path], File()
            copy.parts, copy.size = file.parts[:], file.size
            kept.append((path, copy))
        if veils:
            kept.append((NOTE, _note(veils)))
        self.folders[name] = Folder(kept, now + FOLDER_HELD_S, veils)
        return name


NOTE = "SEALED-VALUES.txt"  # lies beside the files of a broker of which some leave sealed
_OTHERWISE = urandom(32)
_held: WeakKeyDictionary[Facade, Held] = WeakKeyDictionary()


async def listing(facade: Facade, question: Question) -> Any:
    cluster = await cluster_at(facade, question)
    found = files.listing(cluster, _broker(question, cluster))
    return {**found, "at_ms": cluster.world.now / MILLISECOND, "step": cluster.world.steps}


async def overview(facade: Facade, question: Question) -> Any:
    cluster = await cluster_at(facade, question)
    return {**folders.overview(cluster), "at_ms": cluster.world.now / MILLISECOND, "step": cluster.world.steps}


async def page(facade: Facade, question: Question) -> Any:
    path, start = question.get("path"), question.get("from", 0)
    if not isinstance(path, str) or type(start) is not int or start < 0:
        raise invalid("A page of a file has a path (text) and from (a byte's number, 0 for the first).")
    cluster = await cluster_at(facade, question)
    try:
        return files.page(cluster, _broker(question, cluster), path, start, _key(facade, question))
    except CommandRefused as missing:
        raise Refused(404, missing.code, missing.reason) from None


async def folder_take(facade: Facade, question: Question) -> Any:
    cluster = await cluster_at(facade, question)
    held = _held.setdefault(facade, Held())
    token = held.take(cluster, _broker(question, cluster), _key(facade, question))
    return {
        "token": token,
        "calendar_ms": (cluster.world.now + cluster.world.calendar_offset) // MILLISECOND,
        "files": [
            {"path": path, "bytes": file.size, **({"sealed": True} if path in held.folders[token].veils else {})}
            for path, file in held.folders[token].files
        ],
    }


def folder_read(facade: Facade, question: Question) -> Any:
    token, number, start = question.get("token"), question.get("number"), question.get("from", 0)
    held = _held.get(facade)
    folder = held.folders.get(token) if held is not None and isinstance(token, str) else None
    if folder is None:
        raise Refused(410, "NOT_FOUND", "This folder is held no longer: take it again.")
    if type(number) is not int or type(start) is not int or not 0 <= number < len(folder.files) or start < 0:
        raise invalid("A piece of a taken folder has the number of its file and from, a byte's number.")
    folder.until = time.monotonic() + FOLDER_HELD_S
    path, file = folder.files[number]
    end = min(file.size, start + FOLDER_PIECE_BYTES)
    if path in folder.veils:
        file, _ = veiled(file, start, end, folder.veils[path])
    if number == len(folder.files) - 1 and end == file.size:
        del held.folders[token]  # type: ignore[union-attr, arg-type]  # it has been read to its end
    return Binary({}, files.stretch(file, start, end))


def _note(veils: dict[str, Veil]) -> File:
    """What whoever opens the folder should know."""
    text = (
        "Os valores destes registros são de fluxos com criptografia do lado do servidor: estão cifrados aqui.\n"
        "The values of these records are of streams with server-side encryption: they are sealed here.\n\n"
        + "".join(f"{path}\n" for path in veils)
    )
    note, data = File(), text.encode()
    note.parts, note.size = [data], len(data)
    return note


def _key(facade: Facade, question: Question) -> bytes:
    """What values of encrypted streams are sealed with, where they are shown: made of the sandbox's own key."""
    try:
        return blake2b((facade.kept(question).folder / sealing.FILE).read_bytes(), digest_size=32).digest()
    except OSError:
        return _OTHERWISE  # nothing is kept of it on a disk


def _broker(question: Question, cluster: Cluster) -> int:
    broker = question.get("broker")
    if type(broker) is not int:
        raise invalid("A broker is a whole number.")
    if broker not in cluster.places:
        raise Refused(404, "NOT_FOUND", f"There is no broker {broker}.")
    return broker


ASKS: dict[str, Handler] = {
    "files": listing,
    "folders": overview,
    "file": page,
    "folder_take": folder_take,
    "folder_read": folder_read,
}
