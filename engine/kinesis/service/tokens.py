"""Shard iterators and NextTokens: texts that mean something to the service only, and for five minutes only.

They are sealed with a keyed hash, so that what was made up, cut off, quoted or changed is told from what was handed
out. The key is no secret: whoever reads it here gains nothing that a call would not give.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import blake2b
from struct import Struct

_VERSION = bytes((0, 0, 0, 0, 0, 0, 0, 1))  # AWS's begin with AAAAAAAAAAE too
_MAC = 16
_PART = Struct(">qqqIqqB")
_LEAST = 120  # bytes in all: AWS's are about as long
KINDS = ("TRIM_HORIZON", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "TOKEN")


class NoToken(ValueError):
    """The text was never handed out here."""


@dataclass(slots=True)
class Token:
    """now: virtual ns when it was handed out; calendar_ms: on the calendar. created_ms: which stream of that name.

    place: the offset it stands at, or where a listing goes on. seen_ms: until when, on the calendar, the shard has been
    looked through. kind: how its first ancestor was asked for.
    """

    stream: str
    created_ms: int
    shard: int
    place: int
    kind: str
    now: int
    calendar_ms: int
    seen_ms: int = 0


def seal(account: str, token: Token) -> str:
    plain = _PART.pack(
        token.now, token.calendar_ms, token.created_ms, token.shard, token.place, token.seen_ms,
        KINDS.index(token.kind),
    )  # fmt: skip
    plain += token.stream.encode()
    plain += bytes(max(0, _LEAST - len(_VERSION) - _MAC - len(plain)))
    mac = blake2b(plain, digest_size=_MAC, key=account.encode()).digest()
    return b64encode(_VERSION + mac + _veiled(mac, plain)).decode()


def unseal(account: str, text: str) -> Token:
    """Raises ``NoToken``. That it has expired is for the caller to see."""
    try:
        raw = b64decode(text, validate=True)
    except ValueError:
        raise NoToken(text) from None
    mac, plain = raw[8:24], raw[24:]
    if raw[:8] != _VERSION or len(raw) < _LEAST or b64encode(raw).decode() != text:
        raise NoToken(text)
    plain = _veiled(mac, plain)
    if blake2b(plain, digest_size=_MAC, key=account.encode()).digest() != mac:
        raise NoToken(text)
    now, calendar_ms, created_ms, shard, place, seen_ms, kind = _PART.unpack_from(plain)
    name = plain[_PART.size :].rstrip(b"\0").decode()
    return Token(name, created_ms, shard, place, KINDS[kind], now, calendar_ms, seen_ms)


def _veiled(mac: bytes, data: bytes) -> bytes:
    """``data`` made unreadable, or readable again."""
    size = len(data)
    veil = b"".join(blake2b(mac, salt=n.to_bytes(16, "big")).digest() for n in range((size + 63) // 64))
    return (int.from_bytes(data, "big") ^ int.from_bytes(veil[:size], "big")).to_bytes(size, "big")
