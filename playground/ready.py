"""A text that is sent to many, made into a WebSocket frame once (RFC 6455, section 5.2; a server does not mask)."""

from __future__ import annotations

from functools import cached_property
from struct import pack

_TEXT = 0x81  # final, text


class ReadyText(str):
    """wire: its bytes on a WebSocket. Server.py writes them as they are; for anybody else it is a text."""

    @cached_property
    def wire(self) -> bytes:
        data = self.encode()
        size = len(data)
        if size < 126:
            return pack(">BB", _TEXT, size) + data
        if size < 1 << 16:
            return pack(">BBH", _TEXT, 126, size) + data
        return pack(">BBQ", _TEXT, 127, size) + data
