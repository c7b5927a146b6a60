"""Segments replaced by others, so that a crash at any moment leaves either the old or the new ones.

As in ``LocalLog.replaceSegments``, by names alone:

1. The new segments are written beside the old ones, with the suffix ``.cleaned``, and synced.
2. They become ``.swap``, the last first. From the first ``.swap`` that has no ``.cleaned`` before it the
   decision stands.
3. The old ones become ``.deleted``.
4. The ``.swap`` lose their suffix. The ``.deleted`` go after ``file.delete.delay.ms``.

Opening a log finishes what it finds (``LogLoader.removeTempFilesAndCollectSwapFiles``): ``.deleted`` and
``.cleaned`` go, and so do ``.swap`` that follow a ``.cleaned`` (step 2 was not through). The other
``.swap`` take the place of all segments within their offsets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.storage.recovery import believe, recover_segment

if TYPE_CHECKING:
    from engine.storage.log import Log
    from engine.storage.segment import Segment

CLEANED, SWAP, DELETED = ".cleaned", ".swap", ".deleted"
SUFFIXES = (CLEANED, SWAP, DELETED)


def replace_segments(log: Log, new: list[Segment], old: list[Segment], now_ms: int) -> None:
    for _ in steps(log, new, old, now_ms):
        pass


def steps(log: Log, new: list[Segment], old: list[Segment], now_ms: int) -> Iterator[None]:
    """One rename at a time. ``old``: neighbours in the log, the active segment not among them.

    ``new`` reach from where these begin up to where they end, if need be with a batch without records:
    a hole between segments would be taken for damage.
    """
    assert new and old and old[-1] is not log.segments[-1], "the active segment is never replaced"
    first = log.segments.index(old[0])
    assert log.segments[first : first + len(old)] == old, "what is replaced lies side by side"
    begins = [segment.base_offset for segment in [*new, log.segments[first + len(old)]]]
    assert begins == [old[0].base_offset, *(segment.next_offset for segment in new)], "no hole between segments"
    for segment in new:
        for path in segment.paths():
            assert log.disk.files[path].synced == log.disk.size(path), f"{path} is to be synced before it is swapped in"
    for segment in reversed(new):
        yield from segment.change_suffix(SWAP)
    for segment in old:
        yield from segment.change_suffix(DELETED)
    for segment in new:
        yield from segment.change_suffix("")
    log.segments[first : first + len(old)] = new
    bases = [segment.base_offset for segment in new]
    for segment in old:
        _goes_later(log, segment, now_ms)
        if segment.base_offset not in bases:
            log.snapshots.delete(segment.base_offset)


def retire(log: Log, segments: list[Segment], now_ms: int) -> None:
    """They began the log, and were taken out of it: their files are renamed, and go later."""
    for segment in segments:
        for _ in segment.change_suffix(DELETED):
            pass
        _goes_later(log, segment, now_ms)
    log.snapshots.delete_before(log.segments[0].base_offset)


def _goes_later(log: Log, segment: Segment, now_ms: int) -> None:
    log.deleted.append((now_ms + log.config.file_delete_delay_ms, segment.paths()))


def delete_files(log: Log, now_ms: int) -> int:
    """Remove those whose time has come. Returns how many wait still."""
    for _, paths in [entry for entry in log.deleted if entry[0] <= now_ms]:
        for path in paths:
            log.disk.delete(path)
    log.deleted = [entry for entry in log.deleted if entry[0] > now_ms]
    return sum(len(paths) for _, paths in log.deleted)


def finish(log: Log) -> None:
    """Bring a folder in order in which a crash has left suffixes behind."""
    disk, folder = log.disk, log.folder
    passing = [path for path in disk.paths(folder) if path.endswith(SUFFIXES)]
    cleaned = [_base(path) for path in passing if path.endswith(CLEANED)]
    for path in passing:
        if not path.endswith(SWAP) or (cleaned and _base(path) >= min(cleaned)):
            disk.delete(path)
    swaps = sorted({_base(path): None for path in disk.paths(folder) if path.endswith(SWAP)})
    segments = [log.segment(base, suffix=SWAP) for base in swaps if disk.exists(f"{folder}/{base:020d}.log{SWAP}")]
    if segments:
        for segment in segments:
            if not believe(segment):
                recover_segment(segment)
        first, end = segments[0].base_offset, max(segment.next_offset for segment in segments)
        for path in disk.paths(folder):
            stem = path.rpartition("/")[2].partition(".")[0]
            if stem.isdecimal() and not path.endswith(SWAP) and first <= int(stem) < end:
                disk.delete(path)
    for path in disk.paths(folder):
        if path.endswith(SWAP):
            disk.rename(path, path.removesuffix(SWAP))


def _base(path: str) -> int:
    return int(path.rpartition("/")[2].partition(".")[0])
