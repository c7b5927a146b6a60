"""A producer's requests are alike: but for correlation, partition and records, the same bytes again and again.

So once one was decoded by the rules (produce.py), the next are compared with it instead. What does not
match is decoded by the rules: the outcome is the same, a test sees to that.
"""

from __future__ import annotations

from struct import Struct

from engine.wire.errors import MalformedRequest
from engine.wire.messages import ProducePart, ProduceRequest
from engine.wire.primitives import read_uvarint
from engine.wire.versions import FLEXIBLE, PRODUCE

_INT16, _INT32, _PARTITION_SIZE = Struct(">h"), Struct(">i"), Struct(">ii")
_TAGS = b"\0\0\0"  # none: of the partition, the topic, the request


class Pattern:
    """What a Produce request for one partition begins with, up to the partition: its correlation aside."""

    __slots__ = (
        "acks", "at", "client", "compact", "kind", "rest", "timeout_ms", "topic", "transactional_id", "version",
    )  # fmt: skip

    def __init__(self, version: int, client: str, frame: bytes, at: int, request: ProduceRequest) -> None:
        self.version, self.client = version, client
        self.compact = version >= FLEXIBLE[PRODUCE]
        self.at, self.kind, self.rest = at, frame[:4], frame[8:at]
        self.acks, self.timeout_ms, self.topic = request.acks, request.timeout_ms, request.parts[0].topic
        self.transactional_id = request.transactional_id

    def read(self, frame: bytes) -> tuple[int, ProduceRequest] | None:
        """Correlation and request, if ``frame`` is of this pattern."""
        at = self.at
        if frame[8:at] != self.rest or frame[:4] != self.kind or len(frame) < at + 8:
            return None
        if self.compact:
            size, start = frame[at + 4], at + 5
            if size < 0x80:
                pass
            elif frame[start] < 0x80:
                size, start = size & 0x7F | frame[start] << 7, start + 1
            else:
                try:
                    size, start = read_uvarint(frame, at + 4)
                except MalformedRequest:
                    return None
            stop = start + size - 1
            if not size or frame[stop:] != _TAGS:
                return None
            partition = _INT32.unpack_from(frame, at)[0]
        else:
            partition, size = _PARTITION_SIZE.unpack_from(frame, at)
            start, stop = at + 8, at + 8 + size
            if size < 0 or stop != len(frame):
                return None
        part = ProducePart(self.topic, partition, memoryview(frame)[start:stop])
        request = ProduceRequest(self.acks, self.timeout_ms, [part], self.transactional_id)
        return _INT32.unpack_from(frame, 4)[0], request


def pattern_of(version: int, client: str, frame: bytes, at: int, request: ProduceRequest) -> Pattern | None:
    """The pattern of ``client``'s ``request``, just decoded from ``frame`` with its body starting ``at``.

    None if it is not for one partition, or otherwise unusual.
    """
    if len(request.parts) != 1:
        return None
    if version >= FLEXIBLE[PRODUCE]:
        size, at = read_uvarint(frame, at)
        at += max(0, size - 1) + 6  # transactional id, acks and timeout
        at += 1  # one topic
        size, at = read_uvarint(frame, at)
        at += size - 1 + 1  # its name, one partition
    else:
        if version >= 3:
            at += 2 + max(0, _INT16.unpack_from(frame, at)[0])
        at += 6 + 4
        at += 2 + _INT16.unpack_from(frame, at)[0] + 4
    pattern = Pattern(version, client, frame, at, request)
    return pattern if pattern.read(frame) is not None else None
