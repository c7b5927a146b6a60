"""Kinesis streams are kept, looked back at and branched exactly as topics are: killed at any moment, and restored."""

from __future__ import annotations

import asyncio
from base64 import b64encode

import orjson
import pytest

from engine.live import history as histories
from engine.live import snapshots
from engine.machine import MILLISECOND, SECOND
from engine.world.inputs import ACCEPT, BRANCH, COMMAND, FRAME, KINESIS, RESTART
from engine.world.plain import copy, difference, state_digest
from tests.unit.live import past_toys
from tests.unit.live import test_store as kept

STREAMS = {
    "name": "streams", "link_us": 500, "brokers": 3,
    "streams": [{"stream": "s", "shards": 2}],
    "stream_producers": [
        {"producer": "um", "stream": "s", "rate": 10.0, "keys": "many"},
        {"producer": "lote", "stream": "s", "rate": 20.0, "batch": 10, "keys": "hot"},
    ],
    "stream_consumers": [
        {"consumer": "kcl", "stream": "s", "poll_ms": 400},
        {"consumer": "fan", "stream": "s", "fan_out": True},
    ],
}  # fmt: skip
BASE = {"scenario": STREAMS, "seed": 4}
MIDDLE = str(1 << 126)
# What is done, one a turn: calls of a real client, resharding, a leader that goes and comes back.
DEEDS = [
    {"do": "call_aws", "operation": "SplitShard",
     "parameters": {"StreamName": "s", "ShardToSplit": "shardId-000000000000", "NewStartingHashKey": MIDDLE}},
    {"do": "crash_broker", "broker": 1},
    {"do": "set_kinesis", "throttle": False},
    {"do": "start_broker", "broker": 1},
    {"do": "call_aws", "operation": "CreateStream", "parameters": {"StreamName": "t", "ShardCount": 3}},
    {"do": "crash_stream_consumer", "consumer": "fan"},
    {"do": "call_aws", "operation": "MergeShards",
     "parameters": {"StreamName": "s", "ShardToMerge": "shardId-000000000002",
                    "AdjacentShardToMerge": "shardId-000000000003"}},
    {"do": "add_stream_consumer", "consumer": "novo", "stream": "s", "start_at": "LATEST"},
]  # fmt: skip


def frame(operation, **parameters):
    return f"{operation} Boto3 1.40 turma\n".encode() + orjson.dumps(parameters)


def put(number):
    return frame("PutRecord", StreamName="s", PartitionKey=str(number), Data=b64encode(b"%d" % number).decode())


class Life(kept.Life):
    """Each turn a real client puts a record, and one more of the deeds is done."""

    def __init__(self, store):
        super().__init__(store)
        self.connection = -1

    def turn(self, ms=900):
        given = []
        if self.connection < 0:
            given = [("host", KINESIS, {}), ("tcp", ACCEPT, ("tcp:10.0.0.1:5000", "kinesis", "h:4566"))]
            self.connection = self._take(given, 1)[1]
            return
        self.turns += 1
        given = [("tcp", FRAME, (self.connection, put(self.turns)))]
        if self.turns <= len(DEEDS):
            given.append(("t", COMMAND, {**DEEDS[self.turns - 1], "id": f"{self.turns}"}))
        self._take(given, ms)

    def _take(self, given, ms):
        inputs, results = self.world.admit(self.world.now + ms * MILLISECOND, given)
        self.world.finish_instant()
        self.store.journal.append(inputs[0].step, inputs[0].at, inputs[0].held, inputs)
        self.store.journal.flush()
        return results


@pytest.fixture(scope="module")
def lived():
    """A World in the middle of it all: a shard is split, another stream is coming, a leader has crashed."""
    live = past_toys.Live(STREAMS, 4)
    for deed in DEEDS[:5]:
        live.do(**deed)
        live.run(900)
    return live


# --- kill -9 --------------------------------------------------------------------------------------


@pytest.mark.parametrize("turns", [3, 6, pytest.param(9, marks=pytest.mark.full)])
def test_a_sandbox_with_streams_that_is_killed_goes_on_where_it_was(tmp_path, turns):
    life = Life(kept.new(tmp_path / "s", BASE))
    for _ in range(turns):
        life.turn()
    life.mark()
    life.die()
    assert kept.same(life, kept.again(tmp_path / "s"))


@pytest.mark.parametrize("before", [2, 6])
def test_a_checkpoint_holds_streams_whole_in_the_middle_of_a_resharding(tmp_path, before):
    life = Life(kept.new(tmp_path / "s", BASE))
    life.turns_and_checkpoint(before)
    statuses = [stream.status for stream in life.cluster.gateway.account.streams.values()]
    assert any(status in ("UPDATING", "CREATING") for status in statuses)
    life.turn()
    life.turn()
    life.mark()
    life.die()
    store = kept.again(tmp_path / "s")
    assert store.restarted["inputs"] < life.turns + before
    assert kept.same(life, store)


# --- looking back ---------------------------------------------------------------------------------


def test_the_past_of_streams_is_what_a_replay_from_the_beginning_finds_there(monkeypatch):
    monkeypatch.setattr(histories, "DISTANCE_STEPS", 200)
    monkeypatch.setattr(snapshots, "SPARSE_STEPS", 2_000)
    live = past_toys.Live(STREAMS, 4)
    for deed in DEEDS[:5]:
        live.do(**deed)
        live.run(900)

    async def looked():
        for share in (3, 5, 8):
            step = live.world.steps * share // 9
            past, anew = (await live.history.past(step=step)).cluster, live.anew(step=step)
            assert difference(past, anew) == "" and state_digest(past) == state_digest(anew)
            assert past.state()["kinesis"] == anew.state()["kinesis"]

    asyncio.run(looked())


# --- branches -------------------------------------------------------------------------------------


def test_a_copy_of_a_world_with_streams_goes_the_same_way_as_the_original(lived):
    one, other = copy(lived.cluster), copy(lived.cluster)
    for cluster in (one, other):
        cluster.world.advance(cluster.world.now + 6 * SECOND)
    assert one.world.digest() == other.world.digest() and difference(one, other) == ""
    assert one.state()["kinesis"]["streams"][0]["shards"][0]["open"] is False


@pytest.mark.parametrize("source", [BRANCH, RESTART])
def test_a_branch_and_a_restart_begin_without_the_callers_but_with_all_else(lived, source):
    cluster = copy(lived.cluster)
    world = cluster.world
    (number,) = world.admit(world.now + 1, [("tcp", ACCEPT, ("tcp:10.0.0.1:5000", "kinesis", "h:4566"))])[1]
    world.admit(world.now + 1, [("tcp", FRAME, (number, frame("ListStreams")))])
    world.finish_instant()
    assert [c["client"] for c in cluster.state()["kinesis"]["clients"]] == ["turma"]
    before = [stream["shards"] for stream in cluster.state()["kinesis"]["streams"]]
    payload = {"cluster_id": "riacho-b", "of": "demo", "step": world.steps, "name": "b"} if source == BRANCH else {}
    world.admit(world.now + 1, [("host", source, payload)])
    world.finish_instant()
    after = cluster.state()["kinesis"]
    assert after["clients"] == [] and [stream["shards"] for stream in after["streams"]] == before


def test_what_two_branches_do_is_their_own(lived):
    one, other = copy(lived.cluster), copy(lived.cluster)
    delete = {"do": "call_aws", "operation": "DeleteStream",
              "parameters": {"StreamName": "s", "EnforceConsumerDeletion": True}}  # fmt: skip
    one.world.admit(one.world.now + 10 * SECOND, [("t", COMMAND, delete)])
    for cluster in (one, other):
        cluster.world.advance(lived.world.now + 20 * SECOND)
    assert [s["name"] for s in one.state()["kinesis"]["streams"]] == ["t"]
    assert [s["name"] for s in other.state()["kinesis"]["streams"]] == ["s", "t"]
