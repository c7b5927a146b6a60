"""A day in a sandbox: people, real clients, a crash, groups. The same in every process.

As a program it prints what came of it: ``python -m tests.simulation.day``.
"""

from __future__ import annotations

from engine.wire import messages as m
from engine.wire.records import Record, encode_batch
from engine.world.plain import state_digest
from tests.unit.cluster.sandbox import BUSY, RealClient, Sandbox


def morning(seed: int = 3) -> Sandbox:
    """Up to the middle of the day: a real producer writes, a broker has just crashed, a group rebalances."""
    it = Sandbox(BUSY, seed)
    it.pass_ms(2_500)
    client = it.client(it.topic()["partitions"][0]["leader"])
    for n in range(5):
        client.send(produce(f"real {n}", acks=-1))
        it.pass_ms(7)
    it.do("add_consumer", group="A", id="c1")
    it.client(it.coordinator("real"), "member", port=6000).join("real")
    it.do("crash_broker", broker=1)
    it.pass_ms(900)
    return it


def evening(it: Sandbox) -> Sandbox:
    """From there to the end."""
    it.pass_ms(1_200)
    it.do("crash_consumer", consumer="A-1")
    it.do("start_broker", broker=1)
    it.pass_ms(3_000)
    client = RealClient(it, 2, "late", "10.0.0.9", 7000)
    client.send(m.FetchRequest(500, 1, [m.FetchPart("pedidos", 0, 0), m.FetchPart("pedidos", 1, 0)]))
    it.do("stop_broker", broker=3)
    it.pass_ms(4_000)
    return it


def produce(value: str, acks: int) -> m.ProduceRequest:
    data = encode_batch([Record(0, 0, b"k", value.encode(), [])]).to_bytes()
    return m.ProduceRequest(acks, 1_000, [m.ProducePart("pedidos", 0, data)])


def digests(it: Sandbox) -> tuple[str, str]:
    return it.world.digest(), state_digest(it.world)


if __name__ == "__main__":
    from engine.simulation.harness import simulate

    print(*digests(evening(morning())))
    for seed in range(4):
        print(seed, simulate(seed, 10.0).digest)
