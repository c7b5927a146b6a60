"""The engine alone, in this process: no sockets, no journal, no client.

    python benchmarks/engine.py [--profile NAME]

Rates are a second of processor time, which a busy machine disturbs less than wall time; the best of a few
rounds counts. With --profile, where the time of one of them goes.

simulation  events (steps of the World) a second under faults, all invariants checked after each, of twelve seeds
append      batches of 1 KiB appended to one log, CRC checked (batches/s)
read        that log read in chunks of 1 MiB, views into what is there (GB/s)
burst       produce requests, replication 3, acks=all, 300 an instant: a deep pipeline (requests/s)
five        the same with an idempotent producer's five an instant
one         the same, one at a time
"""

from __future__ import annotations

import cProfile
import gc
import pstats
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # instead of this folder: its engine.py is not the engine

from house.venv import begin  # noqa: E402

ROUNDS = 5
SEEDS = range(12)
SECONDS = 30.0


def simulation() -> tuple[float, str]:
    from engine.simulation.harness import simulate

    def run() -> int:
        events = 0
        for seed in SEEDS:
            report = simulate(seed, SECONDS)
            assert report.violation is None, report.violation
            events += report.steps
        return events

    simulate(SEEDS[0], 5.0)  # what is imported when first used is no part of it
    return _rate(run, rounds=3), "events/s"


def append() -> tuple[float, str]:
    from engine.storage.disk import MemoryDisk
    from engine.storage.log import Log
    from engine.wire.batch import split_batches

    data = _batch(1024 - 71)
    count = 100_000

    def run() -> int:
        log = Log(MemoryDisk(), "t", 0)
        for _ in range(count):
            log.append_as_leader(split_batches(data), 0)
        return count

    return _rate(run), "batches/s"


def read() -> tuple[float, str]:
    from engine.storage.disk import MemoryDisk
    from engine.storage.log import Log
    from engine.wire.batch import split_batches
    from engine.wire.primitives import chunks_of

    log = Log(MemoryDisk(), "t", 0)
    data = _batch(1024 - 71)
    for _ in range(100_000):
        log.append_as_leader(split_batches(data), 0)

    def run() -> float:
        offset = size = 0
        while offset < log.log_end:
            pieces = log.read(offset, 1 << 20, log.log_end)
            chunks, found = chunks_of(pieces)
            b"".join(chunks)  # as a socket would: each byte is touched
            size += found
            offset = pieces[-1].last_offset + 1
        return size / 1e9

    return _rate(run), "GB/s"


def burst() -> tuple[float, str]:
    return _produce(300, 60_000), "requests/s"


def five() -> tuple[float, str]:
    return _produce(5, 20_000, idempotent=True), "requests/s"


def one() -> tuple[float, str]:
    return _produce(1, 10_000), "requests/s"


def _produce(an_instant: int, count: int, idempotent: bool = False) -> float:
    """Frames in, bytes out, through the World of three brokers with links of 0 ms."""
    from engine.cluster import Cluster
    from engine.wire.codec import encode_request
    from engine.wire.messages import ProducePart, ProduceRequest

    def run() -> int:
        topic = {"topic": "t", "partitions": 1, "replication": 3, "min_insync_replicas": 2}
        cluster = Cluster({"name": "benchmark", "link_us": 0, "brokers": 3, "topics": [topic]}, 1)
        world = cluster.world
        leader = cluster.image.topics["t"].partitions[0].leader
        accept = ("tcp", "accept", ("tcp:127.0.0.1:5555", f"B{leader}", "127.0.0.1:19092"))
        connection = world.admit(world.now + 1, [accept])[1][0]
        world.finish_instant()
        frames = []
        for number in range(count):
            data = _batch(100, number if idempotent else -1)
            frames.append(encode_request(0, 9, number, "b", ProduceRequest(-1, 30_000, [ProducePart("t", 0, data)])))
        answers = 0
        begun = process_time()
        for first in range(0, count, an_instant):
            world.admit(
                world.now + 1_000_000, [("tcp", "frame", (connection, f)) for f in frames[first : first + an_instant]]
            )
            world.finish_instant()
            for _, chunks in world.drain()[0]:
                answers += len(chunks)
        took.append(process_time() - begun)
        assert answers == count, (answers, count)
        return count

    took: list[float] = []
    for _ in range(ROUNDS):
        run()
    return count / min(took)


def _batch(size: int, sequence: int = -1) -> bytes:
    from engine.wire.records import Record, encode_batch

    record = Record(0, 1, None, bytes(size), [])
    if sequence < 0:
        return encode_batch([record]).to_bytes()
    return encode_batch([record], producer_id=7, producer_epoch=0, base_sequence=sequence).to_bytes()


def _rate(run: Callable[[], float], rounds: int = ROUNDS) -> float:
    """Units a second of processor time, of the best round."""
    best = 0.0
    for _ in range(rounds):
        begun = process_time()
        done = run()
        best = max(best, done / (process_time() - begun))
    return best


MEASURES = {m.__name__: m for m in (simulation, append, read, burst, five, one)}


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--profile"]:
        profile = cProfile.Profile()
        profile.runcall(MEASURES[arguments[1]])
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
        return 0
    gc.disable()  # as in the host
    for name, measure in MEASURES.items():
        if arguments and name not in arguments:
            continue
        figure, unit = measure()
        print(f"{name:12} {figure:12,.1f} {unit}" if figure < 100 else f"{name:12} {figure:12,.0f} {unit}", flush=True)
        gc.collect()
    return 0


if __name__ == "__main__":
    begin(dev=True)
    sys.exit(main(sys.argv[1:]))
