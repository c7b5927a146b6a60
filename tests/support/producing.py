"""A real producer in a process of its own, which writes down what it was told, and by whom nothing else is known.

    python -m tests.support.producing confluent BOOTSTRAP TOPIC FILE

Sends numbers, each its own way round the partitions, until its standard input closes; then it waits for
what is still under way, and ends. FILE: a line an acknowledgement, "partition offset value".
"""

from __future__ import annotations

import sys
import threading
import time
from typing import Any, TextIO

PARTITIONS = 3
PAUSE_S = 0.02
AT_ONCE = 8
FLUSH_S = 60


def main(library: str, bootstrap: str, topic: str, path: str) -> int:
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    with open(path, "a", buffering=1) as file:
        return {"confluent": confluent, "kafka-python": kafka_python}[library](bootstrap, topic, file, ended)


def confluent(bootstrap: str, topic: str, file: TextIO, ended: threading.Event) -> int:
    """Idempotent: what was sent twice is there once."""
    from confluent_kafka import Producer

    failed = []

    def told(error: Any, message: Any) -> None:
        if error is None:
            file.write(f"{message.partition()} {message.offset()} {message.value().decode()}\n")
        else:
            failed.append(error)

    producer = Producer({
        "bootstrap.servers": bootstrap, "enable.idempotence": True, "linger.ms": 2, "message.timeout.ms": 120_000,
        "reconnect.backoff.ms": 20, "reconnect.backoff.max.ms": 200, "log_level": 0,
    })  # fmt: skip
    number = 0
    while not ended.is_set():
        for _ in range(AT_ONCE):
            producer.produce(topic, f"confluent-{number}", partition=number % PARTITIONS, on_delivery=told)
            number += 1
        producer.poll(PAUSE_S)
    left = producer.flush(FLUSH_S)
    if left or failed:
        print(f"{left} without an answer; refused: {failed[:3]}", file=sys.stderr)
    return int(bool(left or failed))


def kafka_python(bootstrap: str, topic: str, file: TextIO, ended: threading.Event) -> int:
    """One request at a time: what is sent again can be there twice, but in order."""
    from kafka import KafkaProducer

    failed: list[Any] = []
    producer = KafkaProducer(
        bootstrap_servers=bootstrap.split(","), acks="all", enable_idempotence=False, retries=100_000,
        max_in_flight_requests_per_connection=1, linger_ms=2, retry_backoff_ms=50, reconnect_backoff_ms=20,
        reconnect_backoff_max_ms=200, request_timeout_ms=5_000, delivery_timeout_ms=120_000, max_block_ms=120_000,
    )  # fmt: skip

    def told(value: str) -> Any:
        return lambda meta: file.write(f"{meta.partition} {meta.offset} {value}\n")

    number = 0
    while not ended.is_set():
        for _ in range(AT_ONCE):
            value = f"kafka-python-{number}"
            sent = producer.send(topic, value.encode(), partition=number % PARTITIONS)
            sent.add_callback(told(value)).add_errback(failed.append)
            number += 1
        time.sleep(PAUSE_S)
    producer.flush(FLUSH_S)
    if failed:
        print(f"refused: {failed[:3]}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
