"""Four makes of real clients while time stands still: who bears it, who gives up, and what is lost (nothing)."""

import threading
import time
from contextlib import ExitStack

import pytest

from engine.live.thread import HostThread
from tests.support.readers import AiokafkaReader, ConfluentReader, KafkajsReader, KafkaPythonReader

SCENARIO = {"brokers": 3, "link_us": 200, "topics": [
    {"topic": "pedidos", "partitions": 3, "replication": 3, "min_insync_replicas": 2},
]}  # fmt: skip
RATE = 50


class Writer(threading.Thread):
    """An idempotent producer, acks=all."""

    def __init__(self, kafka):
        super().__init__(daemon=True)
        from confluent_kafka import Producer

        self.errors, self.acknowledged = [], []
        self.over = threading.Event()
        self.producer = Producer({
            "bootstrap.servers": ",".join(kafka), "client.id": "loja", "enable.idempotence": True, "log_level": 0,
            "error_cb": lambda error: self.errors.append(str(error)),
        })  # fmt: skip

    def run(self):
        number = 0
        while not self.over.wait(1 / RATE):
            self.producer.produce("pedidos", f"valor {number}", partition=number % 3, on_delivery=self._told)
            self.producer.poll(0)
            number += 1
        self.producer.flush(30)

    def _told(self, error, message):
        if error is not None:
            self.errors.append(str(error))
        else:
            self.acknowledged.append((message.partition(), message.value().decode()))


class Town:
    """A host with a writer and four readers that have all found their place."""

    def __init__(self, host, sessions_ms, node, folder):
        self.host = host
        host.call("watch")
        make = {"aiokafka": AiokafkaReader, "kafka-python": KafkaPythonReader, "confluent": ConfluentReader}
        self.readers = {
            name: make[name](host.kafka, "pedidos", name, ms) if name in make
            else KafkajsReader(host.kafka, "pedidos", name, ms, node, folder)
            for name, ms in sessions_ms.items()
        }  # fmt: skip
        self.writer = Writer(host.kafka)

    def begin(self):
        for thread in (self.writer, *self.readers.values()):
            thread.start()
        self.host.wait_for(lambda: len(self.generations()) == len(self.readers))
        self.until(lambda: all(reader.values for reader in self.readers.values()))

    def frame(self):
        return self.host.heard.frames[-1] if self.host.heard.frames else {"groups": []}

    def generations(self):
        """Of the groups in which somebody is at work."""
        return {g["id"][2:]: g["generation"] for g in self.frame()["groups"] if g["state"] == "Stable"}

    def until(self, holds, seconds=40):
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, (self.errors(), self.generations())
            time.sleep(0.05)

    def errors(self):
        return {who.name: list(who.errors) for who in (self.writer, *self.readers.values()) if who.errors}

    def told(self, code):
        return [told["params"] for told in self.host.heard.told if told["code"] == code]

    def pause(self, seconds):
        """Returns what the state says about patience before, and in the middle of the pause."""
        before = self.host.call("state")["pace"]
        self.host.do("pause")
        time.sleep(seconds / 2)
        during = self.host.call("state")["pace"]
        time.sleep(seconds / 2)
        self.host.do("resume")
        return before, during

    def close(self):
        """Returns what was acknowledged and never came, of each reader."""
        self.writer.over.set()
        self.writer.join()
        wanted = set(self.writer.acknowledged)
        self.until(lambda: all(wanted <= set(reader.values) for reader in self.readers.values()))
        for reader in self.readers.values():
            reader.end()
        return len(wanted)

    def leave(self):
        """However the test went: a client left behind would disturb those that come after it in this process."""
        if self.host.call("state")["pace"]["paused"]:
            self.host.do("resume")  # nobody can leave while time stands still
        self.writer.over.set()
        for reader in self.readers.values():
            reader.end()
        if self.writer.is_alive():
            self.writer.join(40)
        left = [one.name for one in (self.writer, *self.readers.values()) if one.is_alive()]
        assert left == [], "left behind"


@pytest.fixture
def town(node, kafkajs):
    with ExitStack() as after:

        def build(**sessions_ms):
            host = HostThread.start(SCENARIO)
            after.callback(host.stop)
            names = {name.replace("_", "-"): ms for name, ms in sessions_ms.items()}
            town = Town(host, names, node, kafkajs)
            after.callback(town.leave)
            town.begin()
            return town

        yield build


def of(rows, client):
    return [row for row in rows if row["client"] == client]


def nobody_minds(town, seconds):
    generations, rebalances = town.generations(), len(town.told("rebalance_started"))
    errors = town.errors()  # a group that is being found may say so before anything stands still
    before, during = town.pause(seconds)
    first = before["first_to_give_up"]
    assert (first["client"], first["patience_ms"], first["why"]) == ("aiokafka", 30_000, "session")
    assert during["first_to_give_up"]["client"] == "aiokafka"
    assert 30_000 - seconds * 500 - 7_000 < during["first_to_give_up"]["left_ms"] <= 30_000 - seconds * 500
    assert {row["client"] for row in during["patience"]} >= {"aiokafka", "confluent", "kafka-python", "kafkajs", "loja"}
    count = {name: len(reader.values) for name, reader in town.readers.items()}
    town.until(lambda: all(len(reader.values) > count[name] + 10 for name, reader in town.readers.items()))
    assert (town.generations(), len(town.told("rebalance_started"))) == (generations, rebalances), "no rebalance"
    assert town.told("client_gave_up") == [] and town.errors() == errors
    times = [len(set(reader.values)) - len(reader.values) for reader in town.readers.values()]
    assert times == [0] * 4, "nothing is read twice"


@pytest.mark.full
@pytest.mark.timeout(150)
def test_a_pause_shorter_than_all_patience_changes_nothing_and_a_longer_one_puts_out_who_was_named(town):
    it = town(aiokafka=30_000, kafkajs=31_000, kafka_python=40_000, confluent=45_000)
    nobody_minds(it, 2)
    it.readers["aiokafka"].end()

    hasty = it.readers["aiokafka"] = AiokafkaReader(it.host.kafka, "pedidos", "apressado", 2_000)
    hasty.start()
    it.until(lambda: hasty.values and "apressado" in it.generations())
    generations = it.generations()
    before, during = it.pause(4)
    assert (before["first_to_give_up"]["client"], before["first_to_give_up"]["patience_ms"]) == ("apressado", 2_000)
    assert all(row["why"] == "other" for row in of(during["patience"], "apressado")), "it has given up by then"
    assert it.told("client_gave_up") == [{"client": "apressado", "patience_ms": 2_000, "why": "session"}]
    it.until(lambda: it.generations().get("apressado", 0) > generations["apressado"])
    assert {**it.generations(), "apressado": 0} == {**generations, "apressado": 0}, "the others do not even notice"
    assert it.close() > RATE
    assert [who for who in it.errors() if who != "apressado"] == []


@pytest.mark.full
@pytest.mark.timeout(200)
def test_a_pause_of_20_seconds_changes_nothing_for_sessions_of_30(town):
    it = town(aiokafka=30_000, kafkajs=31_000, kafka_python=40_000, confluent=45_000)
    nobody_minds(it, 20)
    assert it.close() > RATE


@pytest.mark.full
@pytest.mark.timeout(240)
def test_with_their_own_defaults_the_least_patient_is_named_leaves_and_rejoins(town):
    """aiokafka 10 s, kafkajs 30 s, kafka-python and librdkafka 45 s."""
    it = town(aiokafka=10_000, kafkajs=30_000, kafka_python=45_000, confluent=45_000)
    generations = it.generations()
    before, _ = it.pause(14)
    assert before["first_to_give_up"]["client"] == "aiokafka"
    assert [told["client"] for told in it.told("client_gave_up")] == ["aiokafka"]
    it.until(lambda: it.generations().get("aiokafka", 0) > generations["aiokafka"])
    assert {**it.generations(), "aiokafka": 0} == {**generations, "aiokafka": 0}
    assert it.close() > RATE
