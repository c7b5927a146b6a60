"""Each invariant of streams bites: with one thing broken on purpose, a few seeds find it.

Numbers as in docs/invariants.md. Where a flaw shows itself in several ways, it must be one of these.
"""

from copy import deepcopy as copy
from dataclasses import replace

import pytest

from engine.kinesis.applications import leases
from engine.kinesis.applications.leases import Lease, Leases
from engine.kinesis.applications.worker import StreamConsumer
from engine.kinesis.gateway import jobs, lanes, serving
from engine.kinesis.gateway.callers import Call
from engine.kinesis.gateway.lanes import Lanes
from engine.kinesis.service import throttling
from engine.kinesis.service.operations import putting
from engine.simulation.harness import simulate
from engine.simulation.streams import StreamRig
from tests.simulation.flaws import passes_over_the_last

SEEDS = 25
UNDER_LOAD = ("split", "merge", "update_count", "hot_shard", "gateway_cut", "gateway_reset", "crash_leader", "pause")


def found(*numbers, seeds=SEEDS, kinds=UNDER_LOAD):
    """Over a few seeds, the invariant that is violated first is one of these."""
    for seed in range(seeds):
        report = simulate(seed, 15.0, kinds, kind=StreamRig)
        if report.violation is not None:
            assert report.violation.number in numbers, str(report.violation)
            return
    pytest.fail(f"{seeds} seeds found nothing")


# --- 21: no child before its parents' end ---------------------------------------------------------


@pytest.mark.full
def test_21_a_shard_that_is_closed_with_puts_on_their_way(monkeypatch):
    monkeypatch.setattr(Lanes, "quiet", lambda self, topic, partition: True)
    found(21, 23)


def test_21_a_worker_that_reads_children_at_once(monkeypatch):
    def take(self):
        taken = [Lease(name, leases.TRIM_HORIZON) for name in self.parents if name not in self.held]
        self.held.update({lease.shard: lease for lease in taken})
        return taken

    right = StreamConsumer._read

    def look_again(self, now, lease, body, effects):
        right(self, now, lease, body, effects)
        self._list = True

    monkeypatch.setattr(Leases, "take", take)
    monkeypatch.setattr(StreamConsumer, "_read", look_again)
    found(21, kinds=("split", "hot_shard", "gateway_cut"))


# --- 22: nothing put is lost ----------------------------------------------------------------------


@pytest.mark.full
def test_22_a_put_that_is_answered_before_it_is_replicated(monkeypatch):
    right = lanes.ProduceRequest
    monkeypatch.setattr(lanes, "ProduceRequest", lambda acks, ms, parts: right(1, ms, parts))
    found(10, 22, 23, kinds=("crash_leader", "power_off_leader", "isolate", "gateway_reset"), seeds=80)


def test_22_a_put_that_failed_and_is_told_to_be_there(monkeypatch):
    def careless(self, now, lane, part):
        for riding in lane.flight:
            self._settled(riding, max(0, part.base_offset), 0)
        self._landed(lane)

    monkeypatch.setattr(Lanes, "_take", careless)
    found(22, 24)


@pytest.mark.full
def test_22_records_of_one_batch_that_are_told_one_offset(monkeypatch):
    right = Lanes._settled

    def same(self, riding, offset, error):
        first = self.lanes[riding.ticket.put.topic, riding.part.partition].flight[0]
        return right(self, riding, offset if riding is first else offset - 1, error)

    monkeypatch.setattr(Lanes, "_settled", same)
    found(22)


# --- 23: a shard is read as it is -----------------------------------------------------------------


def test_23_a_record_that_reading_passes_over(monkeypatch):
    passes_over_the_last(monkeypatch)
    found(20, 23)


@pytest.mark.full
def test_23_an_end_that_is_told_too_early(monkeypatch):
    right = serving.log_said

    def early(g, now, effects):
        for outcome in g.jobs.outcomes:
            if outcome.job.what == jobs.FIND and outcome.offset > 3:
                outcome.offset -= 3
        right(g, now, effects)

    monkeypatch.setattr(serving, "log_said", early)
    found(21, 23)


# --- 24: nothing twice, and nothing that was refused ----------------------------------------------


@pytest.mark.full
def test_24_a_retry_that_is_written_again(monkeypatch):
    right = Lanes._take

    def anew(self, now, lane, part):
        right(self, now, lane, part)
        if part.error and lane.flight:
            lane.epoch, lane.sequence = lane.epoch + 1, 0
            self._number_anew(lane)

    monkeypatch.setattr(Lanes, "_take", anew)
    found(24, 23, kinds=("gateway_reset", "gateway_cut", "crash_leader"), seeds=60)


@pytest.mark.full
def test_24_a_throttled_record_that_is_written_all_the_same(monkeypatch):
    right, offer = throttling.put, Lanes.offer
    refused = []

    def keep(account, now, stream, shard, part, client):
        whole = copy(part)
        places = right(account, now, stream, shard, part, client)
        if places:
            at = [whole.indexes.index(place) for place in places]
            keys, values = [whole.keys[i] for i in at], [whole.values[i] for i in at]
            refused.append(replace(whole, indexes=list(range(len(at))), keys=keys, values=values))
        return places

    def write(self, now, call, put, effects):
        offer(self, now, call, put, effects)
        parts = [refused.pop() for _ in range(len(refused))]
        for part in parts:
            nobody = Call(-2, 0, "PutRecords", "")
            offer(self, now, nobody, replace(put, parts=[part], failed=[], count=len(part.keys), many=True), effects)

    monkeypatch.setattr(putting.throttling, "put", keep)
    monkeypatch.setattr(Lanes, "offer", write)
    found(24, kinds=("hot_shard",))
