"""The clients: each load runs in a process of its own, and prints what it measured as JSON.

    python -m benchmarks.loads produce '{"address": "127.0.0.1:9092", "count": 60000, "size": 100}'

All but ``many`` are plain confluent-kafka, as people write it. A load that loses or fails a single
record is an error, never a figure.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from statistics import quantiles
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition

from benchmarks.many import many
from benchmarks.servers import TOPIC

PATIENCE_S = 120.0


def _producer(address: str, **settings: Any) -> Producer:
    def failed(error: Any, message: Any) -> None:
        raise SystemExit(f"a record was not delivered: {error}")

    return Producer(
        {
            "bootstrap.servers": address,
            "acks": "all",
            "queue.buffering.max.messages": 2_000_000,
            "queue.buffering.max.kbytes": 2_000_000,
            "delivery.report.only.error": True,
            "on_delivery": failed,
            "log_level": 0,
            **settings,
        }
    )


def _send(producer: Producer, count: int, size: int) -> float:
    """Seconds until ``count`` records are acknowledged. One before, so that everybody knows each other."""
    value = bytes(size)
    producer.produce(TOPIC, value, partition=0)
    _flush(producer)
    produce = producer.produce
    begun = time.perf_counter()
    for _ in range(count):
        produce(TOPIC, value, partition=0)
    _flush(producer)
    return time.perf_counter() - begun


def _flush(producer: Producer) -> None:
    if producer.flush(PATIENCE_S):
        raise SystemExit("records were not acknowledged in time")


def _check_end(address: str, count: int) -> None:
    """The log must hold what was acknowledged."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "end", "log_level": 0})
    _, end = consumer.get_watermark_offsets(TopicPartition(TOPIC, 0), timeout=PATIENCE_S)
    consumer.close()
    if end != count:
        raise SystemExit(f"{count} records were acknowledged, and the log ends at {end}")


def requests(address: str, count: int, idempotent: bool = False, check: bool = True) -> dict[str, float]:
    """One message a request, as many under way as the client likes (an idempotent one: five)."""
    producer = _producer(address, **{"linger.ms": 0, "batch.num.messages": 1, "enable.idempotence": idempotent})
    seconds = _send(producer, count, 100)
    if check:
        _check_end(address, count + 1)
    return {"rate": count / seconds}


def produce(address: str, count: int, size: int, check: bool = True) -> dict[str, float]:
    """An idempotent producer as it comes: it makes batches."""
    producer = _producer(address, **{"enable.idempotence": True})
    seconds = _send(producer, count, size)
    if check:
        _check_end(address, count + 1)
    return {"rate": count / seconds}


def consume(address: str, count: int) -> dict[str, float]:
    """Everything from the beginning, by assignment."""
    consumer = Consumer(
        {
            "bootstrap.servers": address,
            "group.id": "benchmark",
            "enable.auto.commit": False,
            "queued.min.messages": 10_000_000,  # with fewer, the client rests for a second whenever it has got ahead
            "queued.max.messages.kbytes": 2_000_000,
        }
    )
    consumer.assign([TopicPartition(TOPIC, 0, 0)])
    if not consumer.consume(1, PATIENCE_S):
        raise SystemExit("nothing came")
    found, begun = 1, time.perf_counter()
    until = begun + PATIENCE_S
    while found < count:
        messages = consumer.consume(10_000, 1.0)
        found += len(messages)
        if any(message.error() for message in messages):
            raise SystemExit("an error came instead of a record")
        if time.perf_counter() > until:
            raise SystemExit(f"only {found} of {count} records came")
    seconds = time.perf_counter() - begun
    consumer.close()
    return {"rate": count / seconds}


def latency(address: str, count: int) -> dict[str, float]:
    """One record at a time, each waited for: milliseconds."""
    producer = _producer(address, **{"linger.ms": 0})
    _send(producer, 200, 100)
    value, took = bytes(100), []
    for _ in range(count):
        begun = time.perf_counter()
        producer.produce(TOPIC, value, partition=0)
        _flush(producer)
        took.append((time.perf_counter() - begun) * 1e3)
    percents = quantiles(took, n=100)
    return {"p50": percents[49], "p99": percents[98]}


def steady(
    address: str, seconds: float, rate: int, size: int, topic: str = TOPIC, partitions: int = 3, linger_ms: int = 5
) -> dict[str, float]:
    """So many records a second, spread evenly over the partitions, for so long."""
    acknowledged = 0

    def delivered(error: Any, message: Any) -> None:
        nonlocal acknowledged
        if error is not None:
            raise SystemExit(f"a record was not delivered: {error}")
        acknowledged += 1

    producer = _producer(
        address, **{"delivery.report.only.error": False, "on_delivery": delivered, "linger.ms": linger_ms}
    )
    sent, value, begun = 0, bytes(size), time.perf_counter()
    while (passed := time.perf_counter() - begun) < seconds:
        for number in range(sent, int(passed * rate)):
            producer.produce(topic, value, partition=number % partitions)
        sent = int(passed * rate)
        producer.poll(0)
        time.sleep(0.005)
    _flush(producer)
    return {"acknowledged": acknowledged}


LOADS: dict[str, Callable[..., dict[str, float]]] = {
    "requests": requests, "produce": produce, "consume": consume, "latency": latency, "many": many,
    "steady": steady,
}  # fmt: skip

if __name__ == "__main__":
    print(json.dumps(LOADS[sys.argv[1]](**json.loads(sys.argv[2]))))
