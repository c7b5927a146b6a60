"""The pages. What moves on them comes over the WebSocket (consumers.py)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language


def page(request: HttpRequest) -> dict[str, object]:
    """What every template may use. language: as browsers and the catalogues in static/i18n write it."""
    code = get_language() or settings.LANGUAGE_CODE
    return {"language": "pt-BR" if code.startswith("pt") else "en", "path": request.get_full_path()}


async def stage(request: HttpRequest) -> HttpResponse:
    return render(request, "stage.html", {"sandbox": "demo"})
