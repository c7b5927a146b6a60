"""The gate (gate.py) in front of every HTTP request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext_noop as _

from playground import gate
from playground.errors import refusal

# Whoever has no key yet may see how we look, and monitors whether we live.
OPEN_PATHS = ("/static/", "/healthz")


class Gate:
    """Refuses a foreign Host (400), a foreign Origin (403) and, where a key is needed, whoever has none (403)."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        host = request.headers.get("host", "")
        if not gate.host_allowed(host):
            return refusal(request, 400, "HOST_NOT_ALLOWED", _("This playground does not answer to this name."))
        if request.method not in gate.SAFE_METHODS and not gate.same_origin(request.headers.get("origin"), host):
            return refusal(request, 403, "FOREIGN_ORIGIN", _("Another website may not do this."))
        if settings.JOIN_KEY and not request.path.startswith(OPEN_PATHS):
            query_key = request.GET.get("key")
            entered = gate.may_enter(
                cookie=request.headers.get("cookie", ""),
                authorization=request.headers.get("authorization", ""),
                query_key=query_key,
            )
            if not entered:
                code = "KEY_WRONG" if query_key else "KEY_NEEDED"
                reason = "The key that was printed where the playground was started is needed."
                return refusal(request, 403, code, reason, template="join.html")
            if query_key and not request.path.startswith("/api/"):
                return self._remember(request, query_key)
        return await self.get_response(request)

    @staticmethod
    def _remember(request: HttpRequest, key: str) -> HttpResponseBase:
        """Into a cookie with it, out of the address line: that ends up on projectors."""
        rest = request.GET.copy()
        del rest["key"]
        response = HttpResponseRedirect(request.path + ("?" + rest.urlencode() if rest else ""))
        response.set_cookie(gate.KEY_COOKIE, key, httponly=True, samesite="Lax", max_age=30 * 24 * 3600)
        return response
