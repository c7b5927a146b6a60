"""Refusals: JSON under /api/, a page elsewhere, the same status and reason."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext_noop as _

from playground.engine_client import Refused
from playground.replies import json_reply


def refusal(request: HttpRequest, status: int, code: str, reason: str, *, template: str = "error.html") -> HttpResponse:
    """code: for programs. reason: for people, in English; the pages translate it if it is in the catalogue."""
    if request.path.startswith("/api/"):
        return refused(Refused(status, code, reason))
    # What is refused at the gate comes before LocaleMiddleware.
    with override(get_language_from_request(request)):
        return render(request, template, {"status": status, "code": code, "reason": reason}, status=status)


def refused(error: Refused) -> HttpResponse:
    response = json_reply({"ok": False, "error": error.to_json()}, status=error.status)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would write each 503 into the log as an error
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal(request, 400, "BAD_REQUEST", _("This request cannot be understood."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal(request, 403, "FORBIDDEN", _("This is not allowed."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal(request, 404, "NOT_FOUND", _("There is nothing at this address."))


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    return refusal(request, 500, "INTERNAL_ERROR", _("Something broke here; the log says what."))
