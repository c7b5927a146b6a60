"""A broker's folder, for people: what lies in it, and any file a page at a time with its fields named.

It only looks: the disk in memory (engine/storage/disk.py) is read where it lies, nothing is written,
made or timed. What the bytes mean stands in anatomy.py.

A page is a stretch of the file, at most ``FILE_PAGE_BYTES`` long, and every item that touches it. A
segment's file knows where its batches begin, so a page in the middle of a gigabyte costs no more than
the first; where storage holds damaged bytes (a torn write, a flipped bit before recovery has cut it)
they are read one batch after the other, as recovery would.
"""

from __future__ import annotations

import base64
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from engine.cluster import anatomy
from engine.cluster.anatomy import Item
from engine.cluster.veiling import veil_of, veiled
from engine.commands import CommandRefused
from engine.limits import FILE_PAGE_BYTES
from engine.storage.chunk import Chunk
from engine.storage.disk import File, MemoryDisk
from engine.wire.batch import Batch

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

TEXT_BYTES_MAX = 1 << 20  # of a file of lines; of a larger one only bytes are shown

# What a file is, by its name; the first that fits.
KINDS = [
    (re.compile(r"\d{20}\.log$"), "log"),
    (re.compile(r"\d{20}\.index$"), "index"),
    (re.compile(r"\d{20}\.timeindex$"), "timeindex"),
    (re.compile(r"\d{20}\.txnindex$"), "txnindex"),
    (re.compile(r"\d{20}\.snapshot$"), "snapshot"),
    (re.compile(r"leader-epoch-checkpoint$"), "epochs"),
    (re.compile(r"replication-offset-checkpoint$"), "high-watermarks"),
    (re.compile(r"recovery-point-offset-checkpoint$"), "recovery-points"),
    (re.compile(r"log-start-offset-checkpoint$"), "log-starts"),
    (re.compile(r"cleaner-offset-checkpoint$"), "cleaned-upto"),
    (re.compile(r"meta\.properties$"), "meta"),
    (re.compile(r"partition\.metadata$"), "partition"),
    (re.compile(r"\.kafka_cleanshutdown$"), "clean-shutdown"),
]
# What Kafka appends to a name while a file is being replaced or taken away.
PASSING = (".cleaned", ".swap", ".deleted", ".tmp")
_OFFSETS = ("topic", "partition", "offset")
_CHECKPOINT = ("version", "entries")
_FOLDER = re.compile(r"(?P<topic>.+)-(?P<partition>\d+)$")


def kind_of(path: str) -> tuple[str, str]:
    """(what it is, what is happening to it): ("log", "") or ("index", "swap"); "other" for what nobody knows."""
    name = path.rsplit("/", 1)[-1]
    passing = next((end for end in PASSING if name.endswith(end)), "")
    bare = name.removesuffix(passing)
    return next((kind for known, kind in KINDS if known.match(bare)), "other"), passing[1:]


def listing(cluster: Cluster, broker: int) -> dict[str, Any]:
    """All files of a broker, sorted by path; folders of partitions with what they are."""
    disk = disk_of(cluster, broker)
    folders: dict[str, dict[str, Any]] = {}
    files = []
    for path in disk.paths():
        file = disk.files[path]
        kind, passing = kind_of(path)
        files.append({"path": path, "bytes": file.size, "synced": file.synced, "kind": kind, "passing": passing})
        folder = path.rpartition("/")[0]
        if folder and folder not in folders:
            folders[folder] = folder_of(cluster, broker, folder)
    return {
        "broker": broker, "alive": cluster.alive(broker), "state": cluster.places[broker].state, "used": disk.used,
        "quota": disk.quota, "folders": list(folders.values()), "files": files,
    }  # fmt: skip


def folder_of(cluster: Cluster, broker: int, folder: str) -> dict[str, Any]:
    """{"name", "topic", "partition", "leader"}; topic "" for a folder that is no partition's, or no longer."""
    named = _FOLDER.match(folder)
    state = cluster.image.partition(named["topic"], int(named["partition"])) if named else None
    if named is None or state is None:
        return {"name": folder, "topic": "", "partition": -1, "leader": False}
    number = int(named["partition"])
    return {"name": folder, "topic": named["topic"], "partition": number, "leader": state.leader == broker}


def disk_of(cluster: Cluster, broker: int) -> MemoryDisk:
    """Raises CommandRefused."""
    place = cluster.places.get(broker)
    if place is None:
        raise CommandRefused("BROKER_ID_NOT_REGISTERED", f"There is no broker {broker}.")
    return place.disk


def page(cluster: Cluster, broker: int, path: str, start: int = 0, key: bytes = b"") -> dict[str, Any]:
    """A stretch of a file from byte ``start`` on, with the items that touch it. Raises CommandRefused.

    {"path", "kind", "passing", "bytes", "synced", "from", "next", "data", "items"}; data in base64; next:
    where the following page begins, -1 when there is none. With "sealed" where values are an encrypted stream's: they
    are shown as they would lie there, sealed with ``key`` (veiling.py).
    """
    file = disk_of(cluster, broker).files.get(path)
    if file is None:
        raise CommandRefused("NOT_FOUND", f"Broker {broker} has no file {path!r}: it may have been deleted since.")
    synced = file.synced
    start = max(0, min(start, file.size - 1)) // FILE_PAGE_BYTES * FILE_PAGE_BYTES
    end = min(start + FILE_PAGE_BYTES, file.size)
    kind, passing = kind_of(path)
    sealed, veil = False, veil_of(cluster, path.rpartition("/")[0], key) if kind == "log" else None
    if veil is not None:
        file, sealed = veiled(file, start, end, veil)
    return {
        "path": path, "kind": kind, "passing": passing, "bytes": file.size, "synced": synced, "from": start,
        "next": end if end < file.size else -1, "data": base64.b64encode(stretch(file, start, end)).decode(),
        "items": list(_items(kind, file, start, end)), **({"sealed": True} if sealed else {}),
    }  # fmt: skip


def stretch(file: File, start: int, end: int) -> bytes:
    """The bytes from ``start`` up to ``end``; whole pieces before it are skipped without looking into them."""
    found: list[bytes | memoryview] = []
    at = 0
    for part in file.parts:
        if at >= end:
            break
        size = len(part) if isinstance(part, bytes) else part.size
        if at + size > start:
            whole = part if isinstance(part, bytes) else part.to_bytes()
            found.append(memoryview(whole)[max(0, start - at) : end - at])
        at += size
    return b"".join(found)


def _items(kind: str, file: File, start: int, end: int) -> Iterator[Item]:
    match kind:
        case "log":
            yield from _batches(file, start, end)
        case "index":
            yield from _entries("index-entry", anatomy.INDEX, file, start, end)
        case "timeindex":
            yield from _entries("time-entry", anatomy.TIME_INDEX, file, start, end)
        case "txnindex":
            yield from _entries("aborted", anatomy.ABORTED, file, start, end)
        case "snapshot":
            yield from _snapshot(file, start, end)
        case _ if file.size <= TEXT_BYTES_MAX:
            whole = stretch(file, 0, file.size)
            yield from (it for it in _text(kind, whole) if it["at"] < end and it["at"] + it["size"] > start)


def _entries(kind: str, layout: anatomy.Layout, file: File, start: int, end: int, head: int = 0) -> Iterator[Item]:
    """Entries of one size after ``head`` bytes; those that touch the page, whole."""
    size = anatomy.width(layout)
    number = max(0, start - head) // size
    first = head + number * size
    last = head + -(-(end - head) // size) * size
    yield from anatomy.entries(kind, layout, stretch(file, first, last), first, number)


def _snapshot(file: File, start: int, end: int) -> Iterator[Item]:
    head = anatomy.width(anatomy.SNAPSHOT_HEAD)
    if start < head:
        if file.size < head:
            yield anatomy.damaged(0, file.size, "cut")
            return
        fields = anatomy.fields(anatomy.SNAPSHOT_HEAD, stretch(file, 0, head), 0)
        yield anatomy.item("snapshot-head", 0, head, {}, fields)
    yield from _entries("producer", anatomy.SNAPSHOT_ENTRY, file, start, end, head)


def _text(kind: str, data: bytes) -> Iterator[Item]:
    if kind == "epochs":
        return anatomy.lines(data, ("epoch", "startOffset"), _CHECKPOINT)
    if kind in ("high-watermarks", "recovery-points", "log-starts", "cleaned-upto"):
        return anatomy.lines(data, _OFFSETS, _CHECKPOINT)
    if kind in ("meta", "partition"):
        return anatomy.properties(data)
    return iter(()) if anatomy.text(data) is None else anatomy.lines(data, ("text",))


def _batches(file: File, start: int, end: int) -> Iterator[Item]:
    at = 0
    loose: list[bytes] = []  # plain bytes in a row: damaged, or not looked at by recovery yet
    for part in file.parts:
        if at >= end:
            break
        if isinstance(part, bytes):
            loose.append(part)
            at += len(part)
            continue
        if loose:
            yield from _loose(b"".join(loose), at, start, end)
            loose = []
        if at + part.size > start:
            yield from _sound(part, at, start, end)
        at += part.size
    if loose:
        yield from _loose(b"".join(loose), at, start, end)


def _sound(part: Batch | Chunk, at: int, start: int, end: int) -> Iterator[Item]:
    if isinstance(part, Batch):
        yield anatomy.batch(part.to_bytes(), at, start, end)
        return
    number = max(0, bisect_right(part.positions, start - at) - 1)
    while number < len(part) and at + part.position(number) < end:
        begin, stop = part.position(number), part.position(number + 1)
        yield anatomy.batch(part.data[begin:stop], at + begin, start, end)
        number += 1


def _loose(data: bytes, stop: int, start: int, end: int) -> Iterator[Item]:
    """data: plain bytes up to ``stop``. A batch is shown if it is whole, though its CRC may not fit."""
    at = stop - len(data)
    position = 0
    while position < len(data) and at + position < end:
        if why := anatomy.why_not(data, position):
            yield anatomy.damaged(at + position, len(data) - position, why)
            return
        size = anatomy.batch_size(data, position)
        if at + position + size > start:
            yield anatomy.batch(data[position : position + size], at + position, start, end)
        position += size
