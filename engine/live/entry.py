"""What is known of a sandbox without opening it: ``sandbox.json`` in its folder.

{
  "format": 1, "id": "sala-3", "name": "Sala 3", "owner": "...", "created_ms": 1760000000000,
  "first_port": 19112, "scenario": {...} or null,
  "parent": "demo", "parent_name": "demo", "parent_step": 4711, "parent_ms": 48120
}

first_port: of broker 1; 0: not chosen yet. scenario: what it begins from when it is begun anew; null if
that is not known. parent: "" unless it is a branch, made when the parent had taken so many steps and lived so
many virtual milliseconds; it may be gone by now, and no id is given out again
while somebody calls it parent.
"""

from __future__ import annotations

import json
import os
import re
import time
import unicodedata
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from engine.live.blocks import sync_folder

FORMAT = 1
FILE = "sandbox.json"
ID_MAX = 40

_NO_SLUG = re.compile(r"[^a-z0-9]+")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(slots=True)
class Entry:
    """As in the file."""

    id: str
    name: str
    owner: str = ""
    created_ms: int = 0
    first_port: int = 0
    scenario: dict[str, Any] | None = None
    parent: str = ""
    parent_name: str = ""
    parent_step: int = 0
    parent_ms: int = 0

    def save(self, folder: Path) -> None:
        """Whole and durable, or not at all. Raises OSError."""
        making = folder / f"{FILE}.new"
        with open(making, "w", encoding="utf-8") as file:
            json.dump({"format": FORMAT, **asdict(self)}, file, indent=1, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(making, folder / FILE)
        sync_folder(folder)


def load(folder: Path) -> Entry:
    """The entry in ``folder``. A folder without one (an older Riacho's) is called by its name. Raises ValueError."""
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Entry(folder.name, folder.name, created_ms=int(folder.stat().st_mtime * 1000))
    except (OSError, ValueError) as problem:
        raise ValueError(f"{folder / FILE} cannot be read: {problem}.") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"{folder / FILE} is not of format {FORMAT}.")
    known = {field.name: data[field.name] for field in fields(Entry) if field.name in data}
    entry = Entry(**{"id": folder.name, "name": folder.name, **known})
    for field in fields(Entry):
        kind = {"str": str, "int": int}.get(str(field.type), (dict, type(None)))
        if not isinstance(getattr(entry, field.name), kind):
            raise ValueError(f"{folder / FILE} has a strange {field.name!r}.")
    entry.id = folder.name
    return entry


def is_id(name: str) -> bool:
    return bool(_ID.fullmatch(name))


def new_id(name: str, taken: list[str]) -> str:
    """A name for the address line, made from what people call it: "Sala 3 (manhã)" is sala-3-manha."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = _NO_SLUG.sub("-", plain).strip("-")[: ID_MAX - 4].strip("-") or "sandbox"
    found, number = slug, 1
    while found in taken:
        number += 1
        found = f"{slug}-{number}"
    return found


def now_ms() -> int:
    return time.time_ns() // 1_000_000
