"""The lessons that come with Riacho: levels/*.yaml and scenes/*.yaml.

A file is read when it is first wanted, and again when it has changed.

    library.levels()            documents in the order in which they are played
    library.scenes()            {id: document}
    library.level("groups-03-idle-member"), library.scene("opening")     one, None if there is none

A file that cannot be read or has the wrong shape is left out, with a line in the log that says where and why.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.conf import settings

from playground.lessons.checking import check

log = logging.getLogger(__name__)

Lesson = dict[str, Any]

# In the order of a course; within one, levels stand in the order of their ids.
CHAPTERS = ("start", "order", "offsets", "durability", "groups", "keys", "kinesis")
NOT_LESSONS = ("lecture.yaml",)  # the order of the scenes

_known: dict[Path, tuple[tuple[int, int], Lesson | None]] = {}


def levels() -> list[Lesson]:
    found = [one for one in _all("levels") if one["kind"] == "level"]
    return sorted(found, key=lambda one: (CHAPTERS.index(one["chapter"]), one["id"]))


def scenes() -> dict[str, Lesson]:
    """By id; the lecture has an order of its own (scenes/lecture.yaml)."""
    return {one["id"]: one for one in _all("scenes") if one["kind"] == "scene"}


def level(name: str) -> Lesson | None:
    return next((one for one in levels() if one["id"] == name), None)


def scene(name: str) -> Lesson | None:
    return scenes().get(name)


def text(name: str) -> str | None:
    """The file of a level or a scene as it was written, comments and all."""
    for folder, one in (("levels", level(name)), ("scenes", scene(name))):
        if one is not None:
            return (_folder(folder) / f"{one['id']}.yaml").read_text(encoding="utf-8")
    return None


def after(name: str) -> Lesson | None:
    """The level that follows."""
    listed = levels()
    at = next((n for n, one in enumerate(listed) if one["id"] == name), len(listed))
    return listed[at + 1] if at + 1 < len(listed) else None


def _all(folder: str) -> list[Lesson]:
    files = sorted(file for file in _folder(folder).glob("*.yaml") if file.name not in NOT_LESSONS)
    return [one for one in map(_read, files) if one is not None]


def _read(file: Path) -> Lesson | None:
    try:
        stands = file.stat()
        stamp = (stands.st_mtime_ns, stands.st_size)
        if file in _known and _known[file][0] == stamp:
            return _known[file][1]
        document, findings = check(file.read_bytes())
    except OSError as problem:
        log.error("%s cannot be read: %s", file.name, problem)
        return None
    lesson = document.data if document is not None and not findings else None
    for one in findings[:3]:
        log.error("%s, line %d, column %d: %s (%s)", file.name, one.line, one.column, one.reason, one.code)
    if lesson is not None and lesson["id"] != file.stem:
        log.error(
            "%s: its id is %r, so nobody would find it; call the file %s.yaml", file.name, lesson["id"], lesson["id"]
        )
        lesson = None
    _known[file] = (stamp, lesson)
    return lesson


def _folder(name: str) -> Path:
    return Path(settings.ROOT) / name
