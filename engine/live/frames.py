"""Cutting a stream of bytes into frames: four bytes of length (big-endian), then as many bytes.

Kafka's protocol and our own control socket are framed alike. A stream arrives in chunks that know
nothing of frames: the usual one holds exactly one frame, a busy one holds dozens, and a frame of
many megabytes comes in pieces. Pieces are kept as they came and joined once, so a large frame is
copied once and not once a piece.

A length is checked before anything is kept for it, so that a stranger who speaks something else
(a browser, TLS) is told apart from a client by its first four bytes.
"""

from __future__ import annotations

from struct import Struct

_LENGTH = Struct(">i")


class BadFrame(Exception):
    """A length no frame may have: what it says, and what it looks like."""

    def __init__(self, size: int, most: int, start: bytes) -> None:
        self.size, self.most = size, most
        super().__init__(f"a frame of {size:,} bytes (the limit is {most:,}){_looks_like(start)}")


def _looks_like(start: bytes) -> str:
    if start[:4] in (b"GET ", b"POST", b"PUT ", b"HEAD", b"OPTI", b"PRI "):
        return ": this looks like HTTP, and this port speaks Kafka"
    if start[:2] == b"\x16\x03":
        return ": this looks like TLS, and this port speaks plain Kafka (security.protocol=PLAINTEXT)"
    return ""


class FrameSplitter:
    """One direction of one connection.

    least, most: the sizes a frame may have, without its length; first: what the first may have at most.
    kept: bytes of an unfinished frame held here.
    """

    __slots__ = ("_least", "_limit", "_missing", "_most", "_parts", "_sized", "kept")

    def __init__(self, least: int, most: int, first: int | None = None) -> None:
        self._least, self._most = least, most
        self._limit = most if first is None else first  # of the next frame
        self._parts: list[bytes] = []  # of the unfinished frame; without its length once that is known
        self._sized = False  # the length is known
        self._missing = 0  # bytes until the frame (or its length) is whole
        self.kept = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that ``data`` completes, in order. Raises BadFrame; the stream is of no use then."""
        frames: list[bytes] = []
        start = 0
        if self.kept or self._sized:
            missing = self._missing
            if len(data) < missing:
                self._parts.append(data)
                self.kept += len(data)
                self._missing = missing - len(data)
                return frames
            if self._sized:
                self._parts.append(data if len(data) == missing else data[:missing])
                frames.append(b"".join(self._parts))
                start = missing
            else:
                data = b"".join((*self._parts, data))
            self._parts.clear()
            self._sized = False
            self.kept = 0
        size = len(data)
        while size - start >= 4:
            length = _LENGTH.unpack_from(data, start)[0]
            if not self._least <= length <= self._limit:
                raise BadFrame(length, self._limit, data[start : start + 4])
            self._limit = self._most
            start += 4
            end = start + length
            if end > size:
                self._sized = True
                self._keep(data[start:], length)
                return frames
            frames.append(data[start:end])
            start = end
        if start < size:
            self._keep(data[start:], 4)
        return frames

    def _keep(self, rest: bytes, whole: int) -> None:
        self._parts.append(rest)
        self.kept = len(rest)
        self._missing = whole - self.kept
