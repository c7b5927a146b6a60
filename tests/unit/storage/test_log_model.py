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
from engine.storage.segment import Segment
from engine.wire.batch import Batch
from engine.world.dice import Dice
from tests.unit.storage.making import TIME, a_batch, as_plain_bytes, durable_end, joined, reopened, summary
from tests.unit.storage.model import Model, Old, expected_deletions

# All scaled down by 64, so that little is enough to fill chunks and segments.
CHUNK_BITS, SMALL_BELOW, INDEX_INTERVAL = 10, 200, 300
sizes = st.sampled_from([1, 30, 120, 500])
limits = st.sampled_from([0, 1, 90, 180, 500, 1_000, 5_000, 1 << 20])
which = st.sampled_from([0, 1])


class Logs(RuleBasedStateMachine):
    """Two replicas that append, copy from each other, are cut, cleaned and opened again; and what a branch kept."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(segment, "CHUNK_BITS", CHUNK_BITS)
        self.patch.setattr(segment, "SMALL_BELOW", SMALL_BELOW)

    def teardown(self) -> None:
        self.patch.undo()

    @initialize(
        segment_bytes=st.sampled_from([700, 3_000, 1 << 30]),
        segment_ms=st.sampled_from([5, 20, 1 << 40]),
        first_sizes=st.lists(sizes, max_size=8),
        times=st.integers(0, 8),
        copied=st.integers(0, 10_000),
    )
    def begin(self, segment_bytes: int, segment_ms: int, first_sizes: list[int], times: int, copied: int) -> None:
        config = LogConfig(segment_bytes=segment_bytes, segment_ms=segment_ms, index_interval_bytes=INDEX_INTERVAL)
        self.logs = [Log(MemoryDisk(), "pedidos", 0, config) for _ in range(2)]
        self.models = [Model(), Model()]
        self.epoch = 0
        self.now = TIME + 60
        self.past: tuple[Log, dict[str, object]] | None = None
        for number, size in enumerate(first_sizes * times):
            self._append(0, [a_batch(1 + number % 3, size=size, time=TIME + number)])
            self.produce_in_order(0, producer=number % 5, epoch=0, count=1)
        self.replicate(1, copied, 0)

    # --- writing ----------------------------------------------------------------------------------

    @rule(log=which, count=st.integers(1, 12), size=sizes, records=st.integers(1, 3), time=st.integers(0, 50))
    def append(self, log: int, count: int, size: int, records: int, time: int) -> None:
        batch = a_batch(records, size=size, time=TIME + time)
        self._append(log, [batch] * count)

    @rule(log=which, producer=st.integers(1, 2), epoch=st.integers(0, 1), sequence=st.integers(0, 6))
    def produce(self, log: int, producer: int, epoch: int, sequence: int) -> None:
        batch = a_batch(producer=producer, epoch=epoch, sequence=sequence)
        entry = self.logs[log].producers.entries.get(producer)  # the model says below whether it is right
        known_epoch, marks = (entry.epoch, entry.marks[:]) if entry else (-1, [])
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
            entry = self.logs[log].producers.entries.get(producer)
            epoch = max(epoch, entry.epoch) if entry else epoch
            self.produce(log, producer, epoch, entry.marks[-1][1] + 1 if entry and epoch == entry.epoch else 0)

    def _append(self, log: int, batches: list[Batch]) -> None:
        model = self.models[log]
        first, last = self.logs[log].append_as_leader(batches, self.epoch, self.now)
        assert first == model.end
        for batch in batches:
            model.append(batch.placed(model.end, self.epoch))
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
                self.logs[follower].append_as_follower(pieces, self.now)
            return
        if any(b.leader_epoch < self.logs[follower].latest_epoch() for b in taken):
            return  # replication truncates first: a log's epochs never decrease
        self.logs[follower].append_as_follower(pieces, self.now)
        for batch in taken:
            if not data:
                break
            self.models[follower].append(batch)
            data = data[batch.size :]

    # --- cutting ----------------------------------------------------------------------------------

    @rule(log=which, data=st.data())
    def truncate(self, log: int, data: st.DataObject) -> None:
        model = self.models[log]
        target = data.draw(st.integers(min(model.whole_start, model.end), model.end))
        if target <= model.start and model.batches and model.batches[0].base_offset < model.start:
            return  # the epoch at the log's start would be forgotten, and found again when the log is opened
        was = model.end
        model.truncate(target)
        assert self.logs[log].truncate_to(target) == was - model.end

    @rule(log=which, offset=st.integers(0, 5))
    def begin_again(self, log: int, offset: int) -> None:
        self.logs[log].truncate_fully_and_start_at(offset)
        self.models[log] = Model(offset)

    @rule(log=which, data=st.data())
    def delete_records(self, log: int, data: st.DataObject) -> None:
        model = self.models[log]
        mark = data.draw(st.integers(model.start, model.end))
        offset = data.draw(st.integers(model.start, model.end))
        if offset > mark:
            with pytest.raises(OffsetOutOfRange):
                self.logs[log].increment_log_start(offset, mark)
        else:
            assert self.logs[log].increment_log_start(offset, mark) == (offset > model.start)
            model.start_at(offset)

    @rule(
        log=which,
        later=st.sampled_from([0, 0, 30]),
        retention_ms=st.sampled_from([-1, 20, 50]),
        retention_bytes=st.sampled_from([-1, 0, 900, 3_000]),
        back=st.integers(0, 5),
        policy=st.sampled_from(["delete", "delete", "compact"]),
    )
    def retain(self, log: int, later: int, retention_ms: int, retention_bytes: int, back: int, policy: str) -> None:
        one, model = self.logs[log], self.models[log]
        self.now += later
        one.config.retention_ms, one.config.retention_bytes = retention_ms, retention_bytes
        one.config.cleanup_policy = policy
        mark = max(one.log_start, one.log_end - back)
        ends = [s.base_offset for s in one.segments[1:]] + [one.log_end]
        old = [
            Old(s.base_offset, end, s.size, max((b.max_timestamp for b in s.batches(0)), default=-1))
            for s, end in zip(one.segments, ends, strict=True)
        ]
        wanted = expected_deletions(old, one.config, self.now, mark, one.log_start)
        gone = one.delete_old_segments(self.now, mark)
        assert [(g.base_offset, g.next_offset, g.reason) for g in gone] == wanted
        if gone:
            model.start_at(max(model.start, gone[-1].next_offset))
            model.delete_before(gone[-1].next_offset)

    # --- replacing segments -----------------------------------------------------------------------

    @rule(log=which, data=st.data(), crash=st.booleans())
    def clean(self, log: int, data: st.DataObject, crash: bool) -> None:
        """Some neighbours become one segment without some of their batches, as a cleaner does it."""
        one, model = self.logs[log], self.models[log]
        if len(one.segments) < 2:
            return
        first = data.draw(st.integers(0, len(one.segments) - 2))
        old = one.segments[first : data.draw(st.integers(first + 1, min(first + 3, len(one.segments) - 1)))]
        every = data.draw(st.integers(2, 4))
        new = one.cleaned_segment(old[0].base_offset, self.now)
        every_batch = [b for s in old for b in s.batches(0)]
        kept = [b for b in every_batch if b.producer_id >= 0 or b.base_offset % every or b is every_batch[-1]]
        roomy = LogConfig(segment_bytes=1 << 30, segment_ms=1 << 40, index_interval_bytes=INDEX_INTERVAL)
        assert new.append(kept, roomy, self.now) == len(kept)
        new.close()
        if crash:  # before anything was decided
            self._open(log)
            return
        for path in new.paths():
            one.disk.sync(path)
        one.replace_segments([new], old, self.now)
        model.keep(old[0].base_offset, one.segments[first + 1].base_offset, kept)

    # --- the end of a life ------------------------------------------------------------------------

    @rule(log=which, as_bytes=st.booleans())
    def crash(self, log: int, as_bytes: bool) -> None:
        end = self.logs[log].segments[-1].next_offset
        if as_bytes:
            as_plain_bytes(self.logs[log])
        self._open(log, end=end)

    def _open(self, log: int, clean: bool = False, end: int = -1) -> None:
        old, model = self.logs[log], self.models[log]
        end = end if end >= 0 else old.segments[-1].next_offset
        point, start = old.recovery_point, old.log_start
        new = reopened(old, recovery_point=point, log_start=start, clean=clean, now_ms=self.now)
        self.logs[log] = new
        if not model.reopen(end):
            begun, self.models[log] = model.begun, Model(start)
            self.models[log].begun = begun

    @rule(log=which)
    def stop_and_start(self, log: int) -> None:
        old = self.logs[log]
        for path in old.close():
            old.disk.sync(path)
        old.flushed()
        assert old.recovery_point == old.log_end
        assert old.unflushed(active=True) == []
        self._open(log, clean=True)

    @rule(log=which, count=st.integers(0, 5))
    def flush(self, log: int, count: int) -> None:
        """Some of the files that were asked for come to be on the platter."""
        one = self.logs[log]
        for path in one.unflushed()[:count]:
            one.disk.sync(path)
        one.flushed()
        assert one.recovery_point <= one.log_end

    @rule(log=which, seed=st.integers(0, 1_000))
    def power_cut(self, log: int, seed: int) -> None:
        """Invariant 14: what comes back is a prefix of what was there, and holds what was synced."""
        old, model = self.logs[log], self.models[log]
        durable = durable_end(old)
        old.disk.power_off(Dice(seed, "power"))
        model.forget()
        left = copy.deepcopy(old)  # without the epochs, which know where it began, all that is whole is taken
        left.disk.delete(f"{left.folder}/leader-epoch-checkpoint")
        physical = reopened(left, recovery_point=left.recovery_point, log_start=0).segments[-1].next_offset
        assert physical >= durable
        begun = model.begun
        model.truncate(physical)
        model.begun = begun  # the file of the epochs is durable at once: what fits is seen when the log is opened
        self._open(log, end=physical)

    @rule(log=which)
    def branch(self, log: int) -> None:
        """From here the branch goes on; what it came from must stay as it is."""
        past = self.logs[log]
        self.past = (past, summary(past))
        self.logs[log] = copy.deepcopy(past)

    # --- reading ----------------------------------------------------------------------------------

    @rule(log=which, data=st.data(), max_bytes=limits)
    def read(self, log: int, data: st.DataObject, max_bytes: int) -> None:
        model = self.models[log]
        offset = data.draw(st.integers(model.start, model.end))
        limit = data.draw(st.integers(model.start, model.end))
        assert joined(self.logs[log].read(offset, max_bytes, limit)) == model.read(offset, max_bytes, limit)
        found = self.logs[log].batch_at(offset)
        held = next((b for b in model.batches if b.last_offset >= offset), None)
        assert found == (held if held and held.base_offset <= offset else None)
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
        start = self.models[log].start
        wanted = next((stamp for stamp in stamps if stamp[1] >= TIME + time and stamp[0] >= start), None)
        assert self.logs[log].offset_for_time(TIME + time) == wanted

    # --- what always holds ------------------------------------------------------------------------

    @invariant()
    def it_is_what_the_list_says(self) -> None:
        for log, model in zip(getattr(self, "logs", []), getattr(self, "models", []), strict=True):
            held = [b for s in log.segments for b in s.batches(0)]
            assert held == model.batches
            assert (log.log_start, log.log_end) == (model.start, model.end)
            assert log.epochs.entries == model.epochs()
            self._producers_are_known(log, model)
            self._files_are_sound(log)

    def _producers_are_known(self, log: Log, model: Model) -> None:
        """A restart may leave of each only its last batch; never a wrong one, and nobody is forgotten."""
        sure, possible = model.producers()
        known = log.producers.entries
        assert set(sure) <= set(known) <= set(possible)
        for producer, entry in known.items():
            epoch, marks = possible[producer]
            assert (entry.epoch, entry.marks) == (epoch, marks[-len(entry.marks) :])
            assert entry.marks

    def _files_are_sound(self, log: Log) -> None:
        assert log.disk.used == sum(log.disk.size(path) for path in log.disk.paths())
        assert log.disk.read_all(f"{log.folder}/leader-epoch-checkpoint") == log.epochs.checkpoint()
        for one in log.segments:
            self._segment_is_sound(one)
        first = log.segments[0].base_offset
        waiting = [path for _, paths in log.deleted for path in paths]
        for path in log.disk.paths(log.folder):
            assert path in waiting or path.endswith("checkpoint") or int(path[10:30]) >= first, path

    def _segment_is_sound(self, one: Segment) -> None:
        batches = list(one.batches(0))
        assert one.max_timestamp == max((batch.max_timestamp for batch in batches), default=-1)
        assert one.first_timestamp == (batches[0].max_timestamp if batches else -1)
        positions, position, indexed = {}, 0, 0
        stamps: dict[int, int] = {}
        largest = -1
        for batch in batches:
            if position - indexed > INDEX_INTERVAL:
                positions[batch.last_offset] = indexed = position
            position += batch.size
            if batch.max_timestamp > largest:
                largest = stamps[batch.last_offset] = batch.max_timestamp
        assert one.size == position
        assert dict(one.index.entries()) == positions
        entries = one.times.entries()
        assert all(stamps.get(offset) == stamp for stamp, offset in entries)
        assert [stamp for stamp, _ in entries] == sorted({stamp for stamp, _ in entries})

    @invariant()
    def the_past_stays_as_it_was(self) -> None:
        if getattr(self, "past", None):
            log, was = self.past
            assert summary(log) == was


class Long(Logs):
    """The same, for hours if need be."""


TestLogs = Logs.TestCase
TestLogs.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestLongRuns = pytest.mark.full(pytest.mark.timeout(3_600)(Long.TestCase))
TestLongRuns.settings = settings(max_examples=2_000, stateful_step_count=60, deadline=None)
