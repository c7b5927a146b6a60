"""The stage's modules, styles and fonts as parts of one HTML file that opens from anywhere, without a server.

The modules stay what they are: in each, the names it imports from are made names of an import map, and the map
leads to ``data:`` addresses. So they run as on the page, in the same order, cycles and all. Some are exchanged
for others on the way (``instead``): what speaks to a server, for what speaks to a film.
"""

from __future__ import annotations

import posixpath
import re
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
PREFIX = "riacho/"
# import ... from './x.js'; import './x.js'; import('./x.js'). Not in comments: those of ours begin with * or /.
IMPORT = re.compile(
    r"""^(?P<before>[^\n]*?(?:\bfrom|\bimport)\s*\(?\s*)(?P<mark>['"])(?P<path>\.{1,2}/[^'"\n]+)(?P=mark)""", re.M
)
COMMENT = re.compile(r"^\s*(\*|/\*|//)")
FONT = re.compile(r"url\((?:\.\./)*(fonts/[\w.-]+)\)")
SKIPPED_FONTS = ("latin-ext",)  # both languages do without
KINDS = {".js": "text/javascript", ".json": "application/json", ".woff2": "font/woff2", ".svg": "image/svg+xml"}


class Missing(Exception):
    """A file that another needs is not there."""


def modules(entry: str, instead: Mapping[str, str] | None = None) -> dict[str, str]:
    """{"riacho/main.js": source, ...}: ``entry`` and all that it needs, now or later.

    instead: {"socket.js": "recording/socket.js"}: whoever asks for the first gets the second. A part that would be
    fetched later and is not there is left out: the page says so where it would be.
    """
    swapped = instead or {}
    found: dict[str, str] = {}
    waiting = [entry]
    later: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        try:
            source = _read(f"js/{swapped.get(path, path)}")
        except Missing:
            if path in later:
                continue
            raise
        needs: list[str] = []
        here = posixpath.dirname(swapped.get(path, path))
        found[path] = _renamed(source, here, needs, later)
        waiting += needs
    return {PREFIX + path: source for path, source in sorted(found.items())}


def _renamed(source: str, folder: str, needs: list[str], later: set[str]) -> str:
    """The source with names of the map in place of relative ones; those are added to ``needs``, and to ``later``
    if they are imported when they are needed."""

    def replace(match: re.Match[str]) -> str:
        if COMMENT.match(match["before"]):
            return match[0]
        path = posixpath.normpath(posixpath.join(folder, match["path"]))
        needs.append(path)
        if match["before"].rstrip().endswith("("):
            later.add(path)
        return f"{match['before']}{match['mark']}{PREFIX}{path}{match['mark']}"

    changed = IMPORT.sub(replace, source)
    while changed != source:  # two in one line
        source, changed = changed, IMPORT.sub(replace, changed)
    return changed


def import_map(found: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {"imports": {name: data_url(source.encode(), ".js") for name, source in found.items()}}


def styles(paths: list[str]) -> str:
    """Style sheets one after the other, with the fonts in them."""

    def font(match: re.Match[str]) -> str:
        if any(part in match[1] for part in SKIPPED_FONTS):
            return "url(data:,)"
        return f"url({file_url(match[1])})"

    return "\n".join(FONT.sub(font, _read(path)) for path in paths)


def file_url(path: str) -> str:
    try:
        return data_url((STATIC / path).read_bytes(), posixpath.splitext(path)[1])
    except OSError:
        raise Missing(path) from None


def data_url(data: bytes, ending: str) -> str:
    return f"data:{KINDS[ending]};base64,{b64encode(data).decode()}"


def _read(path: str) -> str:
    try:
        return (STATIC / path).read_text(encoding="utf-8")
    except OSError:
        raise Missing(path) from None
