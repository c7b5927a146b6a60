"""Each invariant bites: with one thing broken on purpose, the simulation finds it within a few seeds.

The first violation found must be of the invariant that the flaw is meant for (numbers as in
docs/invariants.md); where a flaw shows itself in several ways, it must be one of these. Number 0 is a
machine that fails by itself.

Those of storage are in test_storage_flaws.py; finding.py prints how many seeds each needs.
"""

import dataclasses

from engine.broker import broker as broker_module
from engine.broker import fetch, fetcher, groups, produce, replicas
from engine.groups import offsets as group_offsets
from engine.groups.assignors import ASSIGNORS
from engine.quorum import elections
from engine.quorum.controller import Controller
from engine.replication.leader import Leader
from engine.replication.partition import Partition
from engine.simulation.harness import simulate
from engine.storage.log import Log
from engine.wire import errors
from engine.wire.batch import Batch, split_batches
from engine.wire.messages import OffsetFetchRequest, ProduceRequest
from engine.wire.records import decode_records, encode_batch
from tests.simulation.finding import found
from tests.simulation.flaws import forgets_whom_it_lets_in

# --- 0: nothing fails -----------------------------------------------------------------------------


def test_0_a_machine_that_fails(monkeypatch):
    def fail(broker, now, partition, follower):
        raise KeyError("who?")

    monkeypatch.setattr(replicas, "expand", fail)
    found(0)
    assert "KeyError" in str(simulate(0).violation)


# --- 1: below the high watermark all in-sync replicas are equal -----------------------------------


def test_1_a_high_watermark_that_ignores_the_followers(monkeypatch):
    def careless(self, partition):
        moved = partition.log.log_end > partition.high_watermark
        partition.high_watermark = partition.log.log_end
        return moved

    monkeypatch.setattr(Leader, "move_high_watermark", careless)
    found(1)


def test_1_a_leader_that_counts_a_shrunken_isr_before_it_is_granted(monkeypatch):
    right = Leader.move_high_watermark

    def hasty(self, partition):
        isr, self.isr = self.isr, [partition.broker] if self.pending is not None else self.isr
        pending, self.pending = self.pending, None
        moved = right(self, partition)
        self.isr, self.pending = isr, pending
        return moved

    monkeypatch.setattr(Leader, "move_high_watermark", hasty)
    found(1, 7, 8, 13, kinds=("crash", "isolate"))


def test_1_a_follower_that_is_let_in_before_it_has_caught_up(monkeypatch):
    monkeypatch.setattr(
        Leader, "wants_in", lambda self, partition, broker: self.pending is None and broker not in self.isr
    )
    found(1, 8)


# --- 2: the leader is in sync ---------------------------------------------------------------------


def test_2_a_leader_from_outside_the_isr(monkeypatch):
    def anybody(image, was, isr, without=-1):
        return next((b for b in was.replicas if b != without and image.active(b)), -1)

    monkeypatch.setattr(elections, "_elect", anybody)
    found(2)


# --- 3: one leader an epoch -----------------------------------------------------------------------


def test_3_a_deposed_leader_that_goes_on_in_the_new_epoch(monkeypatch):
    right = Partition.become

    def stay(self, now, state):
        if self.leader is not None and state.leader >= 0:
            state = dataclasses.replace(state, leader=self.broker)
        return right(self, now, state)

    monkeypatch.setattr(Partition, "become", stay)
    found(3)


def test_3_a_new_leader_in_the_epoch_of_the_old(monkeypatch):
    right = elections._next

    def reuse(was, isr, leader):
        made = right(was, isr, leader)
        made.leader_epoch = was.leader_epoch
        return made

    monkeypatch.setattr(elections, "_next", reuse)
    found(3, 4)


# --- 4: epochs never decrease ---------------------------------------------------------------------


def test_4_a_decision_without_an_epoch_of_its_own(monkeypatch):
    right = elections._next

    def still(was, isr, leader):
        made = right(was, isr, leader)
        made.partition_epoch = was.partition_epoch
        return made

    monkeypatch.setattr(elections, "_next", still)
    found(4)


def test_4_an_epoch_that_falls_along_a_log(monkeypatch):
    right = Log.append_as_leader

    def fall(self, batches, epoch, now_ms):
        return right(self, batches, max(0, epoch - self.log_end % 2), now_ms)

    monkeypatch.setattr(Log, "append_as_leader", fall)
    found(4)


# --- 5: same offset and epoch, same past ----------------------------------------------------------


def test_5_a_follower_that_writes_something_else(monkeypatch):
    """A millisecond later, in the same batch."""
    right = Log.append_as_follower

    def forge(self, pieces, now_ms):
        forged = []
        for piece in pieces:
            for batch in [piece] if isinstance(piece, Batch) else split_batches(piece, check_crc=False):
                records = [dataclasses.replace(r, timestamp=r.timestamp + 1) for r in decode_records(batch)]
                made = encode_batch(
                    records, producer_id=batch.producer_id, producer_epoch=batch.producer_epoch,
                    base_sequence=batch.base_sequence,
                )  # fmt: skip
                forged.append(made.placed(batch.base_offset, batch.leader_epoch))
        right(self, forged, now_ms)

    monkeypatch.setattr(Log, "append_as_follower", forge)
    found(5)


def test_5_a_follower_that_keeps_what_its_leader_never_had(monkeypatch):
    monkeypatch.setattr(fetch, "_diverges", lambda partition, asked: None)
    found(0, 1, 5, 8, 13, 20)


# --- 6: the high watermark only rises -------------------------------------------------------------


def test_6_a_high_watermark_that_falls(monkeypatch):
    right = Leader.take

    def back(self, partition, state):
        moved = right(self, partition, state)
        partition.high_watermark = max(0, partition.high_watermark - 1)
        return moved

    monkeypatch.setattr(Leader, "take", back)
    found(6)


# --- 7: nothing committed is cut ------------------------------------------------------------------


def test_7_a_follower_that_begins_anew_instead_of_where_the_logs_part(monkeypatch):
    monkeypatch.setattr(fetcher, "cut_to", lambda log, diverging: 0)
    found(7)


# --- 8: all in sync, and all who are being let in, hold what is committed -------------------------


def test_8_a_leader_that_forgets_whom_it_is_letting_in(monkeypatch):
    forgets_whom_it_lets_in(monkeypatch)
    found(8, seeds=60, kinds=("pause",))


# --- 10: nothing acknowledged is lost -------------------------------------------------------------


def test_10_acks_all_answered_like_acks_1(monkeypatch):
    right = produce.produce

    def quick(broker, now, origin, request):
        right(broker, now, origin, dataclasses.replace(request, acks=1 if request.acks == -1 else request.acks))

    monkeypatch.setitem(broker_module.ROUTES, ProduceRequest, quick)
    found(10, kinds=("isolate",))


# --- 11: stale epochs are fenced ------------------------------------------------------------------


def test_11_fetches_of_another_epoch_that_are_served(monkeypatch):
    right = fetch._refusal

    def lenient(broker, partition, asked, follower):
        error = right(broker, partition, asked, follower)
        return 0 if error in (errors.FENCED_LEADER_EPOCH, errors.UNKNOWN_LEADER_EPOCH) else error

    monkeypatch.setattr(fetch, "_refusal", lenient)
    found(11, kinds=("isolate",))


def test_11_an_isr_change_of_a_deposed_leader_that_is_granted(monkeypatch):
    right = Controller._check_isr

    def lenient(self, broker, change):
        error = right(self, broker, change)
        return 0 if error == errors.FENCED_LEADER_EPOCH else error

    monkeypatch.setattr(Controller, "_check_isr", lenient)
    found(2, 11, kinds=("isolate",))


# --- 13: an offset means one value for ever -------------------------------------------------------


def test_13_consumers_that_are_shown_what_is_not_committed(monkeypatch):
    right = fetch._read

    def dirty(broker, request):
        held = [broker.partitions[p.topic, p.partition] for p in request.parts if request.replica < 0]
        marks = [partition.high_watermark for partition in held]
        for partition in held:
            partition.high_watermark = partition.log.log_end
        try:
            return right(broker, request)
        finally:
            for partition, mark in zip(held, marks, strict=True):
                partition.high_watermark = mark

    monkeypatch.setattr(fetch, "_read", dirty)
    monkeypatch.setattr(fetch, "_nothing_new", lambda broker, request: None)
    found(13, kinds=("isolate",))


# --- 16: each sequence once -----------------------------------------------------------------------


def test_16_a_retry_that_is_appended_twice(monkeypatch):
    monkeypatch.setattr(Log, "check_producer", lambda self, batch: None)
    found(16)


# --- 19: groups are sound -------------------------------------------------------------------------


def test_19_a_partition_with_two_owners(monkeypatch):
    def everything_to_all(right):
        def assign(*asked, **more):
            made = right(*asked, **more)
            everything = [partition for owned in made.values() for partition in owned]
            return {member: list(everything) for member in made}

        return assign

    for name, right in tuple(ASSIGNORS.items()):
        monkeypatch.setitem(ASSIGNORS, name, everything_to_all(right))
    found(19)


def test_19_a_commit_of_a_past_generation_that_is_taken(monkeypatch):
    monkeypatch.setattr(group_offsets, "may_commit", lambda group, request: 0)
    found(19, seeds=60, kinds=("consumer_pause", "consumers_change"))


# --- 20: when faults stop, all is well ------------------------------------------------------------


def test_20_an_isr_that_never_grows_again(monkeypatch):
    monkeypatch.setattr(replicas, "expand", lambda broker, now, partition, follower: None)
    found(20)


def test_20_a_coordinator_that_knows_no_offsets(monkeypatch):
    """Consumers find no place to begin at, for ever."""

    def nothing(broker, now, origin, request):
        broker.answer(origin, broker.groups.refusal(request, errors.COORDINATOR_LOAD_IN_PROGRESS))

    monkeypatch.setitem(broker_module.ROUTES, OffsetFetchRequest, nothing)
    assert groups.offset_fetch is not nothing
    found(20)
