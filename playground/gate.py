"""Who may talk to us: rules over headers, the same for HTTP and WebSocket.

Riacho listens without a password, so three things are checked. The *Host* must be one of ours: a
page that makes its own name point at this machine (DNS rebinding) comes with another. The *Origin*,
when a browser sends one with anything that changes something, must be the very address asked: any
website may post to 127.0.0.1. And when bound to more than the loopback, whoever joins needs the *key*
that was printed at the start.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host

KEY_COOKIE = "riacho_key"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def host_allowed(host: str) -> bool:
    """host: the Host header, with or without a port."""
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def same_origin(origin: str | None, host: str) -> bool:
    """origin: the Origin header; programs send none, browsers always do where it matters."""
    if origin is None:
        return True
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def key_fits(key: str | None) -> bool:
    return bool(key) and hmac.compare_digest(str(key).encode(), settings.JOIN_KEY.encode())


def may_enter(*, cookie: str, authorization: str, query_key: str | None) -> bool:
    """By cookie (browsers), ``Authorization: Bearer KEY`` (programs) or ``?key=KEY``."""
    if not settings.JOIN_KEY:
        return True
    scheme, _, bearer = authorization.partition(" ")
    return (
        key_fits(parse_cookie(cookie).get(KEY_COOKIE))
        or (scheme.lower() == "bearer" and key_fits(bearer.strip()))
        or key_fits(query_key)
    )


def websocket_refusal(headers: Mapping[str, str], query_key: str | None) -> str:
    """Why this WebSocket may not be opened, "" if it may. headers: names in lower case."""
    host = headers.get("host", "")
    if not host_allowed(host):
        return "host"
    if not same_origin(headers.get("origin"), host):
        return "origin"
    entered = may_enter(
        cookie=headers.get("cookie", ""), authorization=headers.get("authorization", ""), query_key=query_key
    )
    return "" if entered else "key"
