"""Invariants 14 and 15: logs that were opened again, and logs that were compacted."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from crc32c import crc32c

from engine.simulation.invariants import Invariant
from engine.simulation.shadow import Change, Key
from engine.wire.batch import CRC_START
from engine.wire.records import decode_records

if TYPE_CHECKING:
    from engine.simulation.watch import Watch


class ARecoveredLogIsAPrefix(Invariant):
    """14: of the log before the crash; and it holds what was durable: all that was written, or, if the power went,
    all that was fsynced. Only a flipped bit may take more, and never more than what comes after it."""

    number = 14

    def opened(self, watch: Watch, change: Change) -> None:
        shadow = change.shadow
        where = f"{shadow.key} on B{shadow.broker}"
        durable = watch.durable.pop((shadow.broker, shadow.key), change.was_end)
        if shadow.end > max(change.was_end, shadow.start) and change.before:
            raise self.fail(f"{where}: it ends at {shadow.end} now, before the crash at {change.was_end}")
        if shadow.end < durable:
            raise self.fail(f"{where}: it ends at {shadow.end} now; up to {durable} it was durable")
        for held in change.partition.log.batches(shadow.start, shadow.end):
            if crc32c(held.to_bytes()[CRC_START:]) != held.crc:
                raise self.fail(f"{where}: the checksum of what is at {held.base_offset} does not fit")
        if shadow.compacts:
            return  # a swap of segments that was under way may have been finished: 15 compares
        was = {batch.base: batch for batch in change.before}
        for batch in shadow.batches:
            before = was.get(batch.base)
            if not change.before or batch.base < change.before[0].base:
                continue
            if before is None or (before.last, before.epoch, before.crc) != (batch.last, batch.epoch, batch.crc):
                raise self.fail(f"{where}: {batch} was {before} before the crash")


Value = tuple[bytes | None, int, bool]


class CompactionKeepsTheLast(Invariant):
    """15: of each key the last committed value stays (a tombstone may go); offsets keep their order and meaning."""

    number = 15

    def __init__(self) -> None:
        # Committed records of compacted partitions, by offset: (key, CRC of the value, a tombstone?), leader epoch.
        self.truth: dict[Key, dict[int, tuple[Value, int]]] = {}
        self.ends: dict[tuple[int, Key], int] = {}

    def dropped(self, broker: int, key: Key) -> None:
        self.ends.pop((broker, key), None)

    def marked(self, watch: Watch, change: Change) -> None:
        shadow = change.shadow
        if not shadow.compacts:
            return
        name = (shadow.broker, shadow.key)
        start = self.ends.get(name, 0)
        if shadow.high_watermark > start:
            self._same(watch, change, start, shadow.high_watermark)
        self.ends[name] = shadow.high_watermark

    def forgiven(self, watch: Watch, key: Key, start: int, end: int) -> None:
        known = self.truth.get(key, {})
        for offset in [offset for offset in known if offset >= start]:
            del known[offset]
        for name in [name for name, seen in self.ends.items() if name[1] == key and seen > start]:
            self.ends[name] = start  # what leaders have there from now on is to be noted anew

    def cleaned(self, watch: Watch, change: Change) -> None:
        shadow = change.shadow
        found = self._same(watch, change, shadow.start, shadow.high_watermark)
        latest: dict[bytes | None, int] = {}
        truth = self.truth.get(shadow.key, {})
        for offset in sorted(truth):
            latest[truth[offset][0][0]] = offset
        # A replica that has just come back may not know any more how far all was committed: it has cleaned by it.
        for batch in change.partition.log.batches(shadow.high_watermark, shadow.end):
            found.update({record.key: record.offset for record in decode_records(batch)})
        for key, offset in latest.items():
            if watch.is_forgiven(shadow.key, offset) and not shadow.leads:
                continue
            (_, _, tombstone), epoch = truth[offset]
            if offset >= shadow.high_watermark and change.partition.log.epochs.at(offset) != epoch:
                continue  # what another leader wrote there, to be truncated: it is none of the committed
            if shadow.start <= offset < shadow.end and found.get(key, -1) < offset and not tombstone:
                raise self.fail(f"{shadow.key} on B{shadow.broker}: {key!r}@{offset} was its last value, and is gone")

    def _same(self, watch: Watch, change: Change, start: int, end: int) -> dict[bytes | None, int]:
        """The records there mean what they always did. Returns where each key stands last.

        Where a loss was forgiven only leaders say what the truth is now: others may hold what was there before,
        until they truncate.
        """
        shadow, log = change.shadow, change.partition.log
        truth = self.truth.setdefault(shadow.key, {})
        found: dict[bytes | None, int] = {}
        last = -1
        for batch in log.batches(start, end):
            for record in decode_records(batch):
                offset = record.offset
                if offset <= last:
                    raise self.fail(f"{shadow.key} on B{shadow.broker}: offset {offset} follows {last}")
                last = offset
                if not start <= offset < end:
                    continue
                found[record.key] = offset
                value = (record.key, crc32(record.value or b""), record.value is None)
                written = (value, batch.leader_epoch)
                if watch.is_forgiven(shadow.key, offset):
                    if shadow.leads:
                        truth[offset] = written
                elif (was := truth.setdefault(offset, written)[0]) != value:
                    raise self.fail(f"{shadow.key}@{offset} on B{shadow.broker} is {value}, it was {was}")
        return found
