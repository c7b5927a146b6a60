"""Real consumers of four makes, each in a group of its own, reading at once: what they got, and what went wrong.

A reader keeps ``values`` (in the order in which they came, by partition) and ``errors``: all that its
library reports as an error, not what it merely retries.
"""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

KAFKAJS = """
const { Kafka, logLevel } = require('kafkajs')
const given = JSON.parse(process.argv[2])
const out = line => process.stdout.write(JSON.stringify(line) + '\\n')
const logCreator = () => entry => out({ error: entry.namespace + ': ' + entry.log.message })
const kafka = new Kafka({ clientId: given.name, brokers: given.brokers, logLevel: logLevel.ERROR, logCreator })
const consumer = kafka.consumer({
  groupId: given.group, sessionTimeout: given.session_ms, heartbeatInterval: given.heartbeat_ms,
})
consumer.on(consumer.events.GROUP_JOIN, () => out({ joined: true }))
async function main() {
  await consumer.connect()
  await consumer.subscribe({ topic: given.topic, fromBeginning: true })
  await consumer.run({ eachMessage: async ({ partition, message }) => out([partition, message.value.toString()]) })
}
process.stdin.on('end', () => consumer.disconnect().then(() => process.exit(0)))
process.stdin.resume()
main().catch(error => out({ error: String(error) }))
"""


class Reader(threading.Thread, ABC):
    """name: its client id; the group is called after it."""

    def __init__(self, kafka: list[str], topic: str, name: str, session_ms: int) -> None:
        super().__init__(name=name, daemon=True)
        self.kafka, self.topic, self.session_ms = kafka, topic, session_ms
        self.heartbeat_ms = min(3_000, session_ms // 5)
        self.group = f"g-{name}"
        self.values: list[tuple[int, str]] = []
        self.errors: list[str] = []
        self.over = threading.Event()

    def got(self, partition: int, value: bytes | str) -> None:
        self.values.append((partition, value if isinstance(value, str) else value.decode()))

    def run(self) -> None:
        try:
            self.read()
        except Exception as error:
            self.errors.append(repr(error))

    @abstractmethod
    def read(self) -> None:
        """Hand all that comes to ``got``, until it is ``over``."""

    def end(self) -> None:
        """Once more is nothing; one that has not been started has nothing to end."""
        self.over.set()
        if self.is_alive():
            self.join(30)


class ConfluentReader(Reader):
    def read(self) -> None:
        from confluent_kafka import Consumer

        consumer = Consumer({
            "bootstrap.servers": ",".join(self.kafka), "client.id": self.name, "group.id": self.group,
            "auto.offset.reset": "earliest", "session.timeout.ms": self.session_ms, "log_level": 0,
            "heartbeat.interval.ms": self.heartbeat_ms, "error_cb": lambda error: self.errors.append(str(error)),
        })  # fmt: skip
        try:
            consumer.subscribe([self.topic])
            while not self.over.is_set():
                message = consumer.poll(0.1)
                if message is None:
                    continue
                if message.error() is not None:
                    self.errors.append(str(message.error()))
                else:
                    self.got(message.partition(), message.value())
        finally:
            consumer.close()


class KafkaPythonReader(Reader):
    def read(self) -> None:
        from kafka import KafkaConsumer

        with errors_of("kafka", self):
            consumer = KafkaConsumer(
                self.topic, bootstrap_servers=self.kafka, client_id=self.name, group_id=self.group,
                auto_offset_reset="earliest", session_timeout_ms=self.session_ms,
                heartbeat_interval_ms=self.heartbeat_ms,
            )  # fmt: skip
            try:
                while not self.over.is_set():
                    for messages in consumer.poll(100).values():
                        for message in messages:
                            self.got(message.partition, message.value)
            finally:
                consumer.close()


class AiokafkaReader(Reader):
    def read(self) -> None:
        with errors_of("aiokafka", self):
            asyncio.run(self._read())

    async def _read(self) -> None:
        from aiokafka import AIOKafkaConsumer

        consumer = AIOKafkaConsumer(
            self.topic, bootstrap_servers=self.kafka, client_id=self.name, group_id=self.group,
            auto_offset_reset="earliest", session_timeout_ms=self.session_ms, heartbeat_interval_ms=self.heartbeat_ms,
        )  # fmt: skip
        try:
            await consumer.start()
            while not self.over.is_set():
                for messages in (await consumer.getmany(timeout_ms=100)).values():
                    for message in messages:
                        self.got(message.partition, message.value)
        finally:
            await consumer.stop()


class KafkajsReader(Reader):
    """folder: where node finds kafkajs."""

    def __init__(self, kafka: list[str], topic: str, name: str, session_ms: int, node: str, folder: Any) -> None:
        super().__init__(kafka, topic, name, session_ms)
        self.node, self.folder = node, folder
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        given = {
            "brokers": self.kafka, "topic": self.topic, "name": self.name, "group": self.group,
            "session_ms": self.session_ms, "heartbeat_ms": self.heartbeat_ms,
        }  # fmt: skip
        self.process = subprocess.Popen(
            [self.node, "-e", KAFKAJS, "x", json.dumps(given)], cwd=self.folder, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        super().start()

    def read(self) -> None:
        assert self.process is not None and self.process.stdout is not None
        for line in self.process.stdout:
            try:
                said = json.loads(line)
            except ValueError:
                continue  # a warning of node's own
            if isinstance(said, list):
                self.got(*said)
            elif "error" in said:
                self.errors.append(said["error"])

    def end(self) -> None:
        if self.process is not None:
            assert self.process.stdin is not None
            self.process.stdin.close()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        super().end()


class _Into(logging.Handler):
    def __init__(self, reader: Reader) -> None:
        super().__init__(logging.ERROR)
        self.reader = reader

    def emit(self, record: logging.LogRecord) -> None:
        self.reader.errors.append(record.getMessage())


@contextmanager
def errors_of(library: str, reader: Reader) -> Iterator[None]:
    """What ``library`` logs as an error is kept with its reader: one of each library at a time."""
    handler, logger = _Into(reader), logging.getLogger(library)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
