"""Whatever is done to logs, they are what a plain list of batches says they are."""

from __future__ import annotations

import copy

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine.storage import segment
from engine.storage.disk import MemoryDisk
from engine.storage.errors import InvalidProducerEpoch, OffsetOutOfRange, OutOfOrderSequence, UnexpectedOffset
from engine.storage.log import Log, LogConfig
from engine.wire.batch import Batch
from tests.unit.storage.making import TIME, a_batch, content, joined, summary

# All scaled down by 64, so that little is enough to fill chunks and segments.
CHUNK_BITS, SMALL_BELOW, INDEX_INTERVAL = 10, 200, 300
sizes = st.sampled_from([1, 30, 120, 500])
limits = st.sampled_from([0, 1, 90, 180, 500, 1_000, 5_000, 1 << 20])
which = st.sampled_from([0, 1])


class Model:
    """A log as a list: everything is looked up by going through it."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.start = 0

    @property
    def end(self) -> int:
        return self.batches[-1].next_offset if self.batches else self.start

    def read(self, offset: int, max_bytes: int, limit: int) -> bytes:
        found: list[Batch] = []
        for batch in self.batches:
            if batch.last_offset >= offset:
                if batch.last_offset >= limit or (found and sum(b.size for b in found) + batch.size > max_bytes):
                    break
                found.append(batch)
        return b"".join(batch.to_bytes() for batch in found) if offset < limit else b""

    def truncate(self, offset: int) -> None:
        self.batches = [batch for batch in self.batches if batch.last_offset < offset]

    def epochs(self) -> list[tuple[int, int]]:
        begun: list[tuple[int, int]] = []
        for batch in self.batches:
            if not begun or batch.leader_epoch != begun[-1][0]:
                begun.append((batch.leader_epoch, batch.base_offset))
        return begun

    def producers(self) -> dict[int, tuple[int, list[tuple[int, int, int, int]], int]]:
        known: dict[int, tuple[int, list[tuple[int, int, int, int]], int]] = {}
        for batch in self.batches:
            if batch.producer_id >= 0:
                epoch, marks, first = known.get(batch.producer_id, (batch.producer_epoch, [], batch.base_offset))
                if epoch != batch.producer_epoch:
                    marks = []
                mark = (batch.base_sequence, batch.last_sequence, batch.base_offset, batch.last_offset)
                known[batch.producer_id] = (batch.producer_epoch, [*marks, mark][-5:], first)
        return known


class Logs(RuleBasedStateMachine):
    """Two replicas that append, copy from each other, truncate and are opened again; and what a branch kept."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(segment, "CHUNK_BITS", CHUNK_BITS)
        self.patch.setattr(segment, "SMALL_BELOW", SMALL_BELOW)

    def teardown(self) -> None:
        self.patch.undo()

    @initialize(
        segment_bytes=st.sampled_from([700, 3_000, 1 << 30]),
        first_sizes=st.lists(sizes, max_size=8),
        times=st.integers(0, 8),
        copied=st.integers(0, 10_000),
    )
    def begin(self, segment_bytes: int, first_sizes: list[int], times: int, copied: int) -> None:
        config = LogConfig(segment_bytes=segment_bytes, index_interval_bytes=INDEX_INTERVAL)
        self.logs = [Log(MemoryDisk(), "pedidos", 0, config) for _ in range(2)]
        self.models = [Model(), Model()]
        self.epoch = 0
        self.past: tuple[Log, dict[str, object]] | None = None
        for number, size in enumerate(first_sizes * times):
            self._append(0, [a_batch(1 + number % 3, size=size, time=TIME + number)])
            self.produce_in_order(0, producer=number % 5, epoch=0, count=1)
        self.replicate(1, copied, 0)

    @rule(log=which, count=st.integers(1, 12), size=sizes, records=st.integers(1, 3), time=st.integers(0, 50))
    def append(self, log: int, count: int, size: int, records: int, time: int) -> None:
        batch = a_batch(records, size=size, time=TIME + time)
        self._append(log, [batch] * count)

    @rule(log=which, producer=st.integers(1, 2), epoch=st.integers(0, 1), sequence=st.integers(0, 6))
    def produce(self, log: int, producer: int, epoch: int, sequence: int) -> None:
        batch = a_batch(producer=producer, epoch=epoch, sequence=sequence)
        known_epoch, marks, _ = self.models[log].producers().get(producer, (-1, [], 0))
        try:
            again = self.logs[log].check_producer(batch)
        except InvalidProducerEpoch:
            assert epoch < known_epoch
        except OutOfOrderSequence:
            assert epoch >= known_epoch >= 0
            assert sequence != (marks[-1][1] + 1 if epoch == known_epoch else 0)
            assert epoch > known_epoch or (sequence, sequence) not in [mark[:2] for mark in marks]
        else:
            if again:
                assert (sequence, sequence, *again) in marks
            else:
                assert known_epoch == -1 or sequence == (marks[-1][1] + 1 if epoch == known_epoch else 0)
                self._append(log, [batch])

    @rule(log=which, producer=st.integers(1, 2), epoch=st.integers(0, 1), count=st.integers(1, 6))
    def produce_in_order(self, log: int, producer: int, epoch: int, count: int) -> None:
        for _ in range(count):
            known_epoch, marks, _ = self.models[log].producers().get(producer, (-1, [], 0))
            epoch = max(epoch, known_epoch)
            sequence = marks[-1][1] + 1 if epoch == known_epoch else 0
            self.produce(log, producer, epoch, sequence)

    def _append(self, log: int, batches: list[Batch]) -> None:
        model = self.models[log]
        first, last = self.logs[log].append_as_leader(batches, self.epoch)
        assert first == model.end
        for batch in batches:
            model.batches.append(batch.placed(model.end, self.epoch))
        assert last == model.end - 1

    @rule()
    def next_epoch(self) -> None:
        self.epoch += 1

    @rule(follower=which, max_bytes=limits, back=st.integers(0, 3))
    def replicate(self, follower: int, max_bytes: int, back: int) -> None:
        leader, end = self.logs[1 - follower], self.logs[follower].log_end
        if not leader.log_start <= end <= leader.log_end:
            with pytest.raises(OffsetOutOfRange):
                leader.read(end, max_bytes, leader.log_end)
            return
        limit = leader.log_end - back
        pieces = leader.read(end, max_bytes, limit)
        taken = [b for b in self.models[1 - follower].batches if b.last_offset >= end]
        data = joined(pieces)
        assert data == self.models[1 - follower].read(end, max_bytes, limit)
        if data and taken[0].base_offset < end:
            with pytest.raises(UnexpectedOffset):
                self.logs[follower].append_as_follower(pieces)
            return
        if any(b.leader_epoch < self.logs[follower].latest_epoch() for b in taken):
            return  # replication truncates first: a log's epochs never decrease
        self.logs[follower].append_as_follower(pieces)
        for batch in taken:
            if not data:
                break
            self.models[follower].batches.append(batch)
            data = data[batch.size :]

    @rule(log=which, data=st.data())
    def truncate(self, log: int, data: st.DataObject) -> None:
        target = data.draw(st.integers(self.models[log].start, self.models[log].end))
        was = self.models[log].end
        self.models[log].truncate(target)
        assert self.logs[log].truncate_to(target) == was - self.models[log].end

    @rule(log=which, offset=st.integers(0, 5))
    def begin_again(self, log: int, offset: int) -> None:
        self.logs[log].truncate_fully_and_start_at(offset)
        self.models[log] = Model()
        self.models[log].start = offset

    @rule(log=which, as_bytes=st.booleans())
    def open_again(self, log: int, as_bytes: bool) -> None:
        old = self.logs[log]
        if as_bytes:
            for old_segment in old.segments:
                data = old.disk.read_all(old_segment.path)
                old.disk.replace(old_segment.file, [data] if data else [], len(data))
        self.logs[log] = Log(old.disk, old.topic, old.partition, old.config)

    @rule(log=which)
    def branch(self, log: int) -> None:
        """From here the branch goes on; what it came from must stay as it is."""
        past = self.logs[log]
        self.past = (past, summary(past))
        self.logs[log] = copy.deepcopy(past)

    @rule(log=which, data=st.data(), max_bytes=limits)
    def read(self, log: int, data: st.DataObject, max_bytes: int) -> None:
        model = self.models[log]
        offset = data.draw(st.integers(model.start, model.end))
        limit = data.draw(st.integers(model.start, model.end))
        assert joined(self.logs[log].read(offset, max_bytes, limit)) == model.read(offset, max_bytes, limit)
        found = self.logs[log].batch_at(offset)
        assert found == next((b for b in model.batches if b.base_offset <= offset <= b.last_offset), None)
        assert list(self.logs[log].batches(offset, limit)) == [
            b for b in model.batches if b.last_offset >= offset and b.base_offset < limit
        ]

    @rule(log=which, time=st.integers(0, 55))
    def look_up_time(self, log: int, time: int) -> None:
        stamps = (
            (b.base_offset + i, b.base_timestamp + i, b.leader_epoch)
            for b in self.models[log].batches
            for i in range(b.count)
        )
        wanted = next((stamp for stamp in stamps if stamp[1] >= TIME + time), None)
        assert self.logs[log].offset_for_time(TIME + time) == wanted

    @invariant()
    def it_is_what_the_list_says(self) -> None:
        for log, model in zip(getattr(self, "logs", []), getattr(self, "models", []), strict=True):
            assert content(log) == b"".join(batch.to_bytes() for batch in model.batches)
            assert (log.log_start, log.log_end) == (model.start, model.end)
            assert log.epochs.entries == model.epochs()
            known = {p: (e.epoch, e.marks, e.first_offset) for p, e in log.producers.entries.items()}
            assert known == model.producers()
            assert list(known) == list(model.producers())
            self._files_are_sound(log)

    def _files_are_sound(self, log: Log) -> None:
        assert log.disk.used == sum(log.disk.size(path) for path in log.disk.paths())
        for one in log.segments:
            assert one.max_timestamp == max((batch.max_timestamp for batch in one.batches(0)), default=-1)
            positions, position, indexed = {}, 0, 0
            for batch in one.batches(0):
                if position - indexed > INDEX_INTERVAL:
                    positions[batch.last_offset] = indexed = position
                position += batch.size
            assert one.size == position
            assert dict(one.index.entries()) == positions

    @invariant()
    def the_past_stays_as_it_was(self) -> None:
        if getattr(self, "past", None):
            log, was = self.past
            assert summary(log) == was


TestLogs = Logs.TestCase
TestLogs.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
