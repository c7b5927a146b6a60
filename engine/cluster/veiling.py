"""Records of an encrypted stream, as they look in a broker's files: their values sealed, all else in the open.

In the World they are plaintext, as in a service's memory; here they are made unreadable for who looks at a segment, or
takes it along. A value keeps its length, so offsets, indexes and sizes stay true; the batch gets the CRC that fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from engine.quorum.streams import STREAMS
from engine.storage.chunk import Chunk
from engine.storage.disk import File
from engine.wire.batch import Batch
from engine.wire.records import decode_records, encode_batch

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

_BLOCK = 64


@dataclass(slots=True)
class Veil:
    """Of one partition's files. spans: [from, to) in calendar ms with encryption on, to -1 while it lasts.

    key: what it is made unreadable with; who has it could read it again.
    """

    name: str
    spans: list[list[int]]
    key: bytes

    def covers(self, batch: Batch) -> bool:
        first, last = batch.base_timestamp, batch.max_timestamp
        return any(begin <= last and (end < 0 or first < end) for begin, end in self.spans)

    def batch(self, batch: Batch) -> Batch:
        """The same batch, the values of what was encrypted sealed."""
        records = decode_records(batch)
        for record in records:
            at = record.timestamp
            if record.value and any(begin <= at and (end < 0 or at < end) for begin, end in self.spans):
                record.value = self._sealed(record.value, record.offset)
        return encode_batch(
            records, producer_id=batch.producer_id, producer_epoch=batch.producer_epoch,
            base_sequence=batch.base_sequence, base_offset=batch.base_offset, leader_epoch=batch.leader_epoch,
        )  # fmt: skip

    def _sealed(self, value: bytes, offset: int) -> bytes:
        stream = b"".join(
            blake2b(b"%s@%d/%d" % (self.name.encode(), offset, n), digest_size=_BLOCK, key=self.key).digest()
            for n in range(-(-len(value) // _BLOCK))
        )
        return bytes(a ^ b for a, b in zip(value, stream, strict=False))


def veil_of(cluster: Cluster, folder: str, key: bytes) -> Veil | None:
    """Of the files in ``folder``, ``<topic>-<partition>``; None where nothing is, or was, encrypted."""
    topic = folder.rpartition("-")[0]
    gateway = cluster.gateway if topic.startswith(STREAMS) else None
    if gateway is None:
        return None
    stream = gateway.account.streams.get(topic.removeprefix(STREAMS))
    if stream is None or not stream.sealed_spans:
        return None
    return Veil(folder, [list(span) for span in stream.sealed_spans], key[:_BLOCK])


def veiled(file: File, start: int, end: int, veil: Veil) -> tuple[File, bool]:
    """The file with what touches bytes ``start`` up to ``end`` sealed, and whether anything was."""
    shown, at, any_sealed = File(), 0, False
    shown.size = file.size
    for part in file.parts:
        size = len(part) if isinstance(part, bytes) else part.size
        touched = at < end and at + size > start
        at += size
        batches = [] if isinstance(part, bytes) or not touched else list(_batches(part))
        if any(veil.covers(batch) for batch in batches):
            any_sealed = True
            shown.parts += [veil.batch(batch) if veil.covers(batch) else batch for batch in batches]
        else:
            shown.parts.append(part)
    return shown, any_sealed


def _batches(part: Any) -> Any:
    return part.batches() if isinstance(part, Chunk) else (part,)
