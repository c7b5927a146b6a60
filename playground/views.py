"""The pages. What moves on them comes over the WebSocket (consumers.py) and the HTTP API (api.py, files.py)."""

from __future__ import annotations

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override


def page(request: HttpRequest) -> dict[str, object]:
    """What every template may use. language: as browsers and the catalogues in static/i18n write it."""
    code = get_language() or settings.LANGUAGE_CODE
    return {"language": "pt-BR" if code.startswith("pt") else "en", "path": request.get_full_path()}


async def stage(request: HttpRequest, sandbox: str = "demo") -> HttpResponse:
    """The stage of a sandbox. Whether there is one the page hears on its WebSocket, and says."""
    if "embed" in request.GET:
        return embedded(request, sandbox)
    return render(request, "stage.html", {"sandbox": sandbox})


def embedded(request: HttpRequest, sandbox: str) -> HttpResponse:
    """The stage alone, as part of another page: of ours, or of a website that ``EMBED_FROM`` names.

    Somebody else's page has a language of its own: ``?lang=en`` goes before the reader's."""
    asked = request.GET.get("lang", "")
    known = {code[:2]: code for code, _ in settings.LANGUAGES}
    with override(known.get(asked[:2].lower(), get_language())):
        shown = render(request, "stage.html", {"sandbox": sandbox, "embed": True})
    csp_update({"frame-ancestors": settings.EMBED_FROM})(lambda _: shown)(request)
    return shown


async def files(request: HttpRequest, sandbox: str) -> HttpResponse:
    """A broker's folder, its files in hex with their fields named."""
    return render(request, "files.html", {"sandbox": sandbox})


async def open_moment(request: HttpRequest) -> HttpResponse:
    """Where links to a moment lead: it stands in the address after the #, which only the browser sees."""
    return render(request, "open.html")


async def history(request: HttpRequest) -> HttpResponse:
    """Kafka's history along the years, drawn by the page itself."""
    return render(request, "history.html")
