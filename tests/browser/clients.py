"""Real clients beside the browser: confluent-kafka, at the playground's own address."""

from __future__ import annotations

import threading
import time
from typing import Any

from confluent_kafka import Consumer, Message, Producer, TopicPartition

PATIENCE_S = 30.0


class Writer:
    """A producer at a steady pace, in a thread. acknowledged: (partition, offset); failed: what it was told."""

    def __init__(self, bootstrap: list[str], *, rate: float = 50.0, topic: str = "FIAP") -> None:
        self.producer = producer(bootstrap)
        self.acknowledged: list[tuple[int, int]] = []
        self.failed: list[str] = []
        self._pace, self._topic = 1 / rate, topic
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Writer:
        self._thread.start()
        end = time.monotonic() + PATIENCE_S
        while not self.acknowledged:
            assert time.monotonic() < end, "it cannot write"
            time.sleep(0.02)
        return self

    def __exit__(self, *_: Any) -> None:
        self._over.set()
        self._thread.join(PATIENCE_S)

    def _run(self) -> None:
        number = 0
        while not self._over.wait(self._pace):
            self.producer.produce(self._topic, f"valor-{number}", key=f"cliente-{number % 8}", on_delivery=self._told)
            self.producer.poll(0)
            number += 1
        self.producer.flush(PATIENCE_S)

    def _told(self, error: Any, message: Message) -> None:
        if error is not None:
            self.failed.append(str(error))
        else:
            self.acknowledged.append((message.partition(), message.offset()))


def producer(bootstrap: list[str], **more: Any) -> Producer:
    """Idempotent, acks=all, and it sends each record at once. A broker that is down is nothing to write about."""
    return Producer({
        "bootstrap.servers": ",".join(bootstrap), "client.id": "turma", "enable.idempotence": True, "linger.ms": 0,
        "log_level": 2, **more,
    })  # fmt: skip


def read(bootstrap: list[str], topic: str, partition: int, offset: int) -> Message:
    """One record, as a real consumer gets it."""
    consumer = Consumer({"bootstrap.servers": ",".join(bootstrap), "group.id": "leitura", "enable.auto.commit": False})
    try:
        consumer.assign([TopicPartition(topic, partition, offset)])
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            message = consumer.poll(1.0)
            if message is not None and message.error() is None:
                return message
        raise AssertionError(f"{topic}-{partition} @ {offset} cannot be read")
    finally:
        consumer.close()
