"""Runs with Kinesis streams: writers, workers, resharding under load, throttles, and all that happens to brokers.

The brokers are those of every other run, with every fault of theirs, and the invariants of replication hold; beside
them stand those of streams (stream_checks.py). Nothing else is written in the cluster: its load is the streams'.
"""

from __future__ import annotations

from typing import Any, ClassVar

from engine import commands as c
from engine.kinesis.service.shard import OPEN
from engine.kinesis.service.stream import Stream
from engine.quorum.streams import GATEWAY
from engine.simulation import checks, faults, stream_checks
from engine.simulation.faults import Fault
from engine.simulation.invariants import Invariant
from engine.simulation.plan import CONFIG
from engine.simulation.rig import Rig
from engine.world.dice import Dice

STREAM, EXTRA = "vendas", "extra"
OPEN_MAX, SHARDS_MAX = 5, 24
LAST_KEY = (1 << 128) - 1
HOT_RATE, HOT_BATCH = 2_500.0, 250


class StreamRig(Rig):
    """A cluster whose load is a stream's. Administrators of Kafka are not at work in it."""

    FAULTS: ClassVar[dict[str, Fault]] = {}  # below, as the next
    USUAL: ClassVar[tuple[str, ...]] = ()

    def __init__(self, seed: int, *, wired: bool = False, grows: bool | None = None) -> None:
        super().__init__(seed, wired=wired, grows=False)

    def plan(self, dice: Dice, brokers: int) -> dict[str, Any]:
        return {
            "name": "simulation",
            "link_us": dice.choice((0, 200, 1_000, 3_000)),
            "brokers": brokers,
            "config": CONFIG,
            "streams": [{"stream": STREAM, "shards": dice.between(1, 3)}],
            "stream_producers": [
                {"producer": "um", "stream": STREAM, "rate": 8.0, "keys": "few"},
                {"producer": "lote", "stream": STREAM, "rate": 50.0, "batch": 20, "keys": "many"},
                {"producer": "quente", "stream": STREAM, "rate": 5.0, "batch": 5, "keys": "hot"},
            ],
            "stream_consumers": [
                {"consumer": "kcl", "stream": STREAM, "poll_ms": 600},
                {"consumer": "pouco", "stream": STREAM, "poll_ms": 450, "limit": 250},
                {"consumer": "fan", "stream": STREAM, "fan_out": True},
            ],
        }

    def invariants(self) -> list[Invariant]:
        return [stream_checks.NoChildBeforeItsParentsEnd()]

    def quiet(self) -> None:
        for producer in self.cluster.stream_producers():
            self.do(c.SetStreamProducer(producer.name, running=False))

    def unrest(self) -> str:
        return checks.unrest(self) or stream_checks.unrest(self)

    def close(self) -> None:
        stream_checks.Ledger(self).close()

    def acknowledged(self) -> int:
        return sum(len(p.acknowledged) for p in self.cluster.stream_producers())

    @property
    def stream(self) -> Stream:
        gateway = self.cluster.gateway
        assert gateway is not None
        return gateway.account.streams[STREAM]

    def call(self, operation: str, **parameters: Any) -> bool:
        return self.attempt(c.CallAws(operation, parameters, "simulation"))


# --- what happens to streams


def split(rig: Rig, dice: Dice) -> bool:
    """A shard is split, in the middle or somewhere else."""
    assert isinstance(rig, StreamRig)
    shards = [s for s in rig.stream.shards if s.state == OPEN and s.high > s.low]
    if not 0 < len(shards) < OPEN_MAX or len(rig.stream.shards) >= SHARDS_MAX:
        return False
    shard = dice.choice(shards)
    where = shard.low + 1 + (shard.high - shard.low - 1) * dice.choice((1, 1, 2, 3)) // 4
    return rig.call("SplitShard", StreamName=STREAM, ShardToSplit=shard.id, NewStartingHashKey=str(where))


def merge(rig: Rig, dice: Dice) -> bool:
    """Two neighbours become one."""
    assert isinstance(rig, StreamRig)
    shards = sorted((s for s in rig.stream.shards if s.state == OPEN), key=lambda s: s.low)
    if len(shards) < 2 or len(rig.stream.shards) >= SHARDS_MAX:
        return False
    first = dice.below(len(shards) - 1)
    one, other = shards[first], shards[first + 1]
    return rig.call("MergeShards", StreamName=STREAM, ShardToMerge=one.id, AdjacentShardToMerge=other.id)


def update_count(rig: Rig, dice: Dice) -> bool:
    """UpdateShardCount: several splits and merges, one after the other."""
    assert isinstance(rig, StreamRig)
    count = sum(s.state == OPEN for s in rig.stream.shards)
    if len(rig.stream.shards) >= SHARDS_MAX:
        return False
    others = [n for n in range(max(1, (count + 1) // 2), min(OPEN_MAX, 2 * count) + 1) if n != count]
    wanted = dice.choice(others or [2])
    return rig.call("UpdateShardCount", StreamName=STREAM, TargetShardCount=wanted, ScalingType="UNIFORM_SCALING")


def hot_shard(rig: Rig, dice: Dice) -> bool:
    """For a moment more is put in one shard than it takes."""
    if not rig.attempt(c.SetStreamProducer("quente", rate=HOT_RATE, batch=HOT_BATCH)):
        return False
    rig.after(dice.between(300, 800), c.SetStreamProducer("quente", rate=5.0, batch=5))
    return True


def worker_crash(rig: Rig, dice: Dice) -> bool:
    """A worker's process is killed; it goes on from its checkpoints."""
    return rig.attempt(c.CrashStreamConsumer(dice.choice(("kcl", "pouco", "fan"))))


def gateway_cut(rig: Rig, dice: Dice) -> bool:
    """What goes from the gateway to a broker waits, or what comes back, or both."""
    one, other = GATEWAY, f"B{dice.choice(list(rig.cluster.places))}"
    if dice.chance(0.5):
        one, other = other, one
    rig.do(c.CutLink(one, other, dice.chance(0.5)))
    rig.after(dice.between(100, 5_000), c.HealLinks(GATEWAY))
    return True


def gateway_reset(rig: Rig, dice: Dice) -> bool:
    """The gateway's connections break, with what is on its way: written maybe, the answer lost."""
    for _ in range(dice.between(1, 3)):
        rig.do(c.ResetConnections(GATEWAY, f"B{dice.choice(list(rig.cluster.places))}"))
    return True


def extra_stream(rig: Rig, dice: Dice) -> bool:
    """Another stream comes, or goes again."""
    assert isinstance(rig, StreamRig)
    if dice.chance(0.5):
        return rig.call("CreateStream", StreamName=EXTRA, ShardCount=dice.between(1, 3))
    return rig.call("DeleteStream", StreamName=EXTRA)


ABOUT_STREAMS: dict[str, Fault] = {
    f.__name__: f
    for f in (split, merge, update_count, hot_shard, worker_crash, gateway_cut, gateway_reset, extra_stream)
}
OF_CONSUMERS = ("consumer_crash", "consumers_change", "consumer_stuck", "consumer_pause")
OF_BROKERS = {name: fault for name, fault in faults.FAULTS.items() if name not in OF_CONSUMERS}
StreamRig.FAULTS = {**OF_BROKERS, **ABOUT_STREAMS}
# Resharding is rare among so many faults: it is named three times.
StreamRig.USUAL = (*OF_BROKERS, *ABOUT_STREAMS, "split", "split", "merge", "merge", "update_count", "hot_shard")


def kind_of(streams: bool) -> type[Rig]:
    """Of runs there are two kinds."""
    return StreamRig if streams else Rig
