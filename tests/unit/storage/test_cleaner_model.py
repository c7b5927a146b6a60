"""Invariant 15: whatever happens to a compacted log, each key's last value is there, and offsets keep their order.

The model is the list of all records that were ever appended. The log may lack a record only if the model
says why: a later one has its key, it is a tombstone whose time had come, or it has no key.
"""

from __future__ import annotations

import copy

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.storage import cleaner
from engine.storage.cleaner import DONE, GIVEN_UP, SYNC
from engine.storage.disk import DiskFull, MemoryDisk
from engine.storage.log import Log, LogConfig
from engine.wire.batch import split_batches
from engine.wire.records import Record, decode_records, encode_batch

keys = st.sampled_from([b"a", b"b", b"c", b"d" * 40, None])
values = st.sampled_from([b"1", b"22" * 40, None])
pairs = st.lists(st.tuples(keys, values), min_size=1, max_size=4)
DELETE_RETENTION = 100


class CompactedLog(RuleBasedStateMachine):
    @initialize(segment_bytes=st.sampled_from([300, 1000, 100_000]), interval=st.sampled_from([0, 100, 4096]))
    def begin(self, segment_bytes: int, interval: int) -> None:
        self.config = LogConfig(
            segment_bytes=segment_bytes, index_interval_bytes=interval, delete_retention_ms=DELETE_RETENTION,
            cleanup_policy="compact",
        )  # fmt: skip
        self.log = Log(MemoryDisk(), "t", 0, self.config)
        self.model: list[tuple[bytes | None, bytes | None, int]] = []  # key, value, timestamp; by offset
        self.clean_to = 0
        self.round: cleaner.Round | None = None
        self.now = 1_000
        self.sequences = {1: 0, 2: 0}

    @rule(records=pairs, producer=st.sampled_from([-1, 1, 2]), codec=st.sampled_from([0, 0, 4]))
    def append(self, records: list[tuple[bytes | None, bytes | None]], producer: int, codec: int) -> None:
        made = [Record(i, self.now + i, key, value) for i, (key, value) in enumerate(records)]
        numbered = {}
        if producer > 0:
            numbered = {"producer_id": producer, "producer_epoch": 0, "base_sequence": self.sequences[producer]}
            self.sequences[producer] += len(made)
        self.log.append_as_leader([encode_batch(made, compression=codec, **numbered)], 0, self.now)
        self.model += [(record.key, record.value, record.timestamp) for record in made]

    @rule()
    def roll(self) -> None:
        if self.log.segments[-1].size:
            self.log.roll(self.now)

    @rule(by=st.sampled_from([1, 50, 200]))
    def time_passes(self, by: int) -> None:
        self.now += by

    @precondition(lambda self: self.round is None)
    @rule(keys_max=st.sampled_from([1, 2, 1000]), behind=st.sampled_from([0, 0, 3]))
    def begin_to_clean(self, keys_max: int, behind: int) -> None:
        mark = self.batch_end(max(0, self.log.log_end - behind))
        found = cleaner.dirt(self.log, self.clean_to, mark, self.now)
        if found.end > found.start:
            self.round = cleaner.begin(found, self.now, keys_max)

    def batch_end(self, offset: int) -> int:
        """A high watermark is always between two batches."""
        return max([b.next_offset for b in self.log.batches(0, offset) if b.next_offset <= offset], default=0)

    @precondition(lambda self: self.round is not None)
    @rule(budget=st.sampled_from([1, 700, 100_000]), full=st.booleans())
    def go_on(self, budget: int, full: bool) -> None:
        this = self.round
        assert this is not None
        if full:
            self.log.disk.fill(150)
        try:
            cleaner.work(self.log, this, budget)
        except DiskFull:
            cleaner.give_up(this)
        self.log.disk.free()
        if this.state == SYNC and this.copy is not None:
            for path in this.copy.paths():
                self.log.disk.sync(path)
            cleaner.swap(self.log, this, self.now)
        if this.state == DONE:
            self.clean_to = this.end
        if this.state in (DONE, GIVEN_UP):
            self.round = None

    @rule(clean=st.booleans(), torn=st.booleans())
    def open_again(self, clean: bool, torn: bool) -> None:
        """The process ended and was started again; the files may have been read back as plain bytes."""
        point = self.log.log_end if clean else self.log.recovery_point
        disk = copy.deepcopy(self.log.disk)
        if torn:
            for path in disk.paths():
                data = disk.read_all(path)
                disk.files[path].parts = [data] if data else []
        self.round = None
        self.log = Log(disk, "t", 0, self.config, recovery_point=point, clean=clean, now_ms=self.now)

    # --- what must hold

    def held(self) -> list[tuple[int, bytes | None, bytes | None, int]]:
        found = []
        for batch in self.log.batches(self.log.log_start, self.log.log_end):
            records = decode_records(batch) if batch.count else []
            assert len(records) == batch.count
            assert all(batch.base_offset <= record.offset <= batch.last_offset for record in records)
            found += [(record.offset, record.key, record.value, record.timestamp) for record in records]
        return found

    @invariant()
    def offsets_keep_their_order_and_their_records(self) -> None:
        held = self.held()
        assert [record[0] for record in held] == sorted({record[0] for record in held})
        assert all(self.model[offset] == record for offset, *rest in held for record in [tuple(rest)])
        assert self.log.log_end == len(self.model)

    @invariant()
    def each_keys_last_value_is_there(self) -> None:
        last = {key: offset for offset, (key, _, _) in enumerate(self.model) if key is not None}
        held = {record[0] for record in self.held()}
        for key, offset in last.items():
            assert offset in held or self.model[offset][1] is None, (key, offset)

    @invariant()
    def a_tombstone_stays_for_delete_retention_at_least(self) -> None:
        last = {key: offset for offset, (key, _, _) in enumerate(self.model) if key is not None}
        held = {record[0] for record in self.held()}
        for offset in last.values():
            assert offset in held or self.model[offset][2] + DELETE_RETENTION <= self.now + 4

    @invariant()
    def what_was_cleaned_holds_each_key_once(self) -> None:
        if self.round is None:
            clean = [key for offset, key, value, _ in self.held() if offset < self.clean_to and value is not None]
            assert len(clean) == len(set(clean))
            assert None not in clean

    @invariant()
    def every_batch_is_sound(self) -> None:
        for batch in self.log.batches(0, self.log.log_end):
            assert split_batches(batch.to_bytes(), compacted=True)[0] == batch

    @invariant()
    def producers_are_known_by_their_last_sequence(self) -> None:
        for producer, following in self.sequences.items():
            entry = self.log.producers.entries.get(producer)
            assert (entry.marks[-1][1] if entry is not None and entry.marks else -1) == following - 1


CompactedLog.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestCompactedLog = CompactedLog.TestCase
