"""Frames of ``application/vnd.amazon.eventstream``: a prelude, headers, a payload, two checksums.

    total length (4) | headers' length (4) | CRC32 of those 8 (4) | headers | payload | CRC32 of all before (4)
    header: name's length (1) | name | type 7, a text (1) | value's length (2) | value

See "Event stream encoding" in the Smithy specification. The first frame of an answer is ``initial-response``.
"""

from __future__ import annotations

from struct import pack
from zlib import crc32

CONTENT_TYPE = "application/vnd.amazon.eventstream"
_TEXT = 7


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    head = b"".join(_header(name, value) for name, value in headers.items())
    prelude = pack(">II", 16 + len(head) + len(payload), len(head))
    whole = b"".join((prelude, pack(">I", crc32(prelude)), head, payload))
    return whole + pack(">I", crc32(whole))


def event(kind: str, content_type: str, payload: bytes) -> bytes:
    """One event; a kind that ends in Exception is told as one, and ends the stream for the client."""
    what = "exception" if kind.endswith("Exception") else "event"
    return frame({f":{what}-type": kind, ":content-type": content_type, ":message-type": what}, payload)


def _header(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return pack(">B", len(key)) + key + pack(">BH", _TEXT, len(text)) + text
