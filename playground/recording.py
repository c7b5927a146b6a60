"""A recording: a stretch of a sandbox's past as one HTML file, the stage included, for a course page or an e-mail.

    GET /api/sandboxes/demo/recording?from_ms=12000&to_ms=72000&title=A+queda&theme=dark

The file asks nobody for anything. In it are the modules and styles of the stage, with those that speak to a server
exchanged for ones that speak to a film (static/js/recording/); the texts of both languages; and the film itself.
"""

from __future__ import annotations

import asyncio
import gzip
import re
from base64 import b64encode
from functools import lru_cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.translation import get_language, override

from playground import bundling, selectors
from playground.api import endpoint
from playground.engine_client import Refused
from playground.sandboxes import download, milliseconds

INSTEAD = {name: f"recording/{name}" for name in ("socket.js", "api.js", "past.js", "tools.js")}
PICTURES_A_SECOND, PICTURES_MAX = 10.0, 600  # of a longer stretch they lie further apart
DENSE_S = 6.0  # of a stretch as short as this they lie closer: short ones are for slow motion
TITLE_MAX = 120  # characters; the rest is left out
FILM_BYTES_MAX = 96 << 20  # before it is packed
BYTES_MAX = 8 << 20  # of the file: a larger one is refused with TOO_LARGE
FOLDERS = ("streams",)  # of texts that the page loads when they are first needed
STYLESHEET = re.compile(r'href="[^"]*/(css/[\w-]+\.css)"')
LANGUAGES = {"pt": ("pt-br", "pt-BR"), "en": ("en", "en")}


@endpoint("GET")
async def recording(request: HttpRequest, sandbox: str) -> HttpResponse:
    begin, end = milliseconds(request.GET.get("from_ms")), milliseconds(request.GET.get("to_ms"))
    if begin is None or end is None or end <= begin:
        raise Refused(422, "INVALID_REQUEST", "A recording has from_ms and to_ms, the second after the first.")
    title = request.GET.get("title", "").strip()[:TITLE_MAX]
    lines = await film(sandbox, begin, end)
    about = {"sandbox": sandbox, "title": title, "theme": request.GET.get("theme", ""), "from_ms": begin, "to_ms": end}
    page = await asyncio.to_thread(written, lines, about, _language(request))
    if len(page) > BYTES_MAX:
        reason = f"This recording would have {len(page):,} bytes, and may have {BYTES_MAX:,}: choose a shorter stretch."
        raise Refused(413, "TOO_LARGE", reason)
    response = HttpResponse(page, content_type="text/html; charset=utf-8")
    return download(response, f"riacho-{slugify(title)[:60] or sandbox}.html")


async def film(sandbox: str, begin: float, end: float) -> list[bytes]:
    """Its lines: pictures, then records."""
    seconds = (end - begin) / 1000
    wanted = seconds * PICTURES_A_SECOND if seconds > DENSE_S else max(60.0, seconds * 50)
    pictures = max(2, min(PICTURES_MAX, round(wanted) + 1))
    stretch = {"from_ms": begin, "to_ms": end, "pictures": pictures}
    found: list[bytes] = []
    size = 0
    for ask, fields in (("film", stretch), ("film_records", {"at_ms": end})):
        async for piece in selectors.pieces(ask, sandbox=sandbox, **fields):
            found.append(piece["data"])
            size += len(piece["data"])
            if size > FILM_BYTES_MAX:
                raise Refused(413, "TOO_LARGE", "So much happened there that it is too much for a file: choose less.")
    return found


def written(lines: list[bytes], about: dict[str, Any], language: str) -> bytes:
    """The whole file."""
    django_code, code = LANGUAGES[language]
    packed = b64encode(gzip.compress(b"".join(lines), 9, mtime=0)).decode()
    with override(django_code):
        page = render_to_string("recording.html", {**about, **parts(), "language": code, "film": packed})
    return page.encode()


@lru_cache(maxsize=1)
def _parts() -> dict[str, str]:
    sheets = STYLESHEET.findall(render_to_string("stage/styles.html"))
    modules = bundling.modules("main.js", INSTEAD)
    return {
        "styles": bundling.styles([*sheets, "css/recording.css"]),
        "early": (bundling.STATIC / "js/early.js").read_text(encoding="utf-8"),
        "modules": orjson.dumps(bundling.import_map(modules)).decode(),
        "texts_pt": _texts("pt-BR"),
        "texts_en": _texts("en"),
        "icon": bundling.file_url("favicon.svg"),
    }


def _texts(language: str) -> str:
    """The page's catalogue with those folders of texts in it whose pictures a recording shows."""
    found = orjson.loads((bundling.STATIC / f"i18n/{language}.json").read_bytes())
    for folder in FOLDERS:
        more = orjson.loads((bundling.STATIC / f"i18n/{folder}/{language}.json").read_bytes())
        for section, texts in more.items():
            found[section] = {**found.get(section, {}), **texts}
    return bundling.data_url(orjson.dumps({**found, "folders": FOLDERS}), ".json")


def parts() -> dict[str, str]:
    """What is the same in every recording. While pages are worked on, made anew each time."""
    from django.conf import settings

    if settings.DEBUG:
        _parts.cache_clear()
    return _parts()


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")[:2].lower()
    return asked if asked in LANGUAGES else (get_language() or "pt")[:2]
