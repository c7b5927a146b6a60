"""Whose sandbox it is: a name nobody can guess, in a signed cookie of the browser's.

It is no login. It keeps a class from renaming and deleting each other's sandboxes by mistake: only the
browser that made one may, besides whoever is in charge: a program that sends the key in ``Authorization``,
or anybody where Riacho listens to this machine alone, which then is one person's.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypedDict

from asgiref.sync import markcoroutinefunction
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase, parse_cookie

from playground import gate

COOKIE = "riacho_owner"
AGE_SECONDS = 365 * 24 * 3600


class Asker(TypedDict):
    """Who wants to change a sandbox. all: may change every one."""

    owner: str
    all: bool


def owner_of(request: HttpRequest) -> str:
    """"" for a browser that has no cookie yet, and for programs."""
    return _unsigned(request.COOKIES.get(COOKIE, ""))


def is_in_charge(request: HttpRequest) -> bool:
    """May rename, begin anew and delete every sandbox."""
    return _has_key(request.headers.get("authorization", ""))


def asker(request: HttpRequest) -> Asker:
    return {"owner": owner_of(request), "all": is_in_charge(request)}


def asker_of(headers: Mapping[str, str]) -> Asker:
    """The same of a WebSocket. headers: names in lower case."""
    cookies = parse_cookie(headers.get("cookie", ""))
    return {"owner": _unsigned(cookies.get(COOKIE, "")), "all": _has_key(headers.get("authorization", ""))}


def _unsigned(cookie: str) -> str:
    try:
        return str(_signer().unsign(cookie))
    except signing.BadSignature:
        return ""


def _has_key(authorization: str) -> bool:
    if not settings.JOIN_KEY:
        return True
    scheme, _, bearer = authorization.partition(" ")
    return scheme.lower() == "bearer" and gate.key_fits(bearer.strip())


def known(request: HttpRequest) -> tuple[Asker, bool]:
    """Who asks, and whether that had to be made up just now: then the answer has to ``remember`` it.

    For addresses that make something for a visitor who may have seen no page yet.
    """
    who = asker(request)
    if who["owner"]:
        return who, False
    return {**who, "owner": _new_owner()}, True


def remember(response: HttpResponseBase, owner: str) -> None:
    """Give the browser its cookie."""
    value = _signer().sign(owner)
    response.set_cookie(COOKIE, value, max_age=AGE_SECONDS, httponly=True, samesite="Lax")


def kept_secret(data: Path) -> str:
    """What cookies are signed with: the same at each start; only its owner can read the file. Raises OSError."""
    path = data / "cookie-secret"
    try:
        if kept := path.read_text().strip():
            return kept
    except FileNotFoundError:
        pass
    data.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_urlsafe(48)
    path.touch(mode=0o600)
    path.write_text(secret + "\n")
    return secret


class OwnerCookie:
    """Gives every browser that is shown a page its cookie."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = await self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html") and response.status_code == 200
        if is_page and not owner_of(request):
            remember(response, _new_owner())
        return response


def _new_owner() -> str:
    return secrets.token_urlsafe(12)


def _signer() -> signing.Signer:
    return signing.Signer(salt="riacho.owner")
