"""The shell's page, /s/<sandbox>/shell/, and the one exception it needs from the rules for pages."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

View = Callable[..., Coroutine[Any, Any, HttpResponse]]


def relaxed(view: View) -> View:
    """For pages with a terminal alone: xterm writes ``<style>`` elements (a cell's size, the theme's colours).

    Scripts stay as everywhere: from our own files only.
    """

    @wraps(view)
    async def relaxing(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = await view(request, *args, **kwargs)
        csp_update({"style-src": [SELF, UNSAFE_INLINE]})(lambda _: response)(request)
        return response

    return relaxing


@relaxed
async def shell(request: HttpRequest, sandbox: str) -> HttpResponse:
    return render(request, "shell/page.html", {"sandbox": sandbox, "name": "CloudShell"})  # AWS's own, in each language
