"""The referee's book against what every client wrote down for itself, in clusters that break in every way."""

import pytest

from engine.clients.consumer import Consumer
from engine.clients.writing import WritingClient
from engine.cluster import Cluster
from engine.lessons.attempt import Attempt
from engine.live.losses import Contents
from engine.world.dice import Dice
from tests.unit.lessons.playing import lesson, value

DOCUMENT = lesson(
    start={
        "brokers": 3, "topics": [{"topic": "t", "partitions": 2, "replication": 3}],
        "producers": [
            {"producer": "fast", "topic": "t", "rate": 40, "acks": "1"},
            {"producer": "safe", "topic": "t", "rate": 10, "acks": "all"},
        ],
        "groups": [{"group": "g", "topic": "t", "consumers": 2, "poll_ms": 100}],
    },
    goal={"now": [{"brokers": 99}], "never": [{"record_lost": "> 1000000"}]},
)  # fmt: skip


class Witness:
    """Keeps the lists of clients that are gone, too."""

    def __init__(self, cluster):
        self.cluster, self.writers, self.readers = cluster, {}, {}

    def look(self):
        for node in self.cluster.world.nodes.values():
            if isinstance(node.machine, WritingClient):
                self.writers[id(node.machine)] = node.machine
            elif isinstance(node.machine, Consumer):
                self.readers[id(node.machine)] = node.machine

    def lost(self):
        logs = {}
        lost = 0
        for writer in self.writers.values():
            for topic, partition, offset, crc in writer.acknowledged:
                there = logs.setdefault((topic, partition), None) or Contents(self.cluster, topic, partition)
                logs[topic, partition] = there
                lost += not there.has(offset, crc)
        return lost

    def handed(self):
        """(records handed over, different ones, those more than once). What comes after a cut is another record."""
        times = {}
        for reader in self.readers.values():
            for record in reader.delivered_log:
                times[record] = times.get(record, 0) + 1
        return sum(times.values()), len(times), sum(count > 1 for count in times.values())


def faults(dice):
    broker = 1 + dice.below(3)
    yield dice.choice([
        {"do": "crash_broker", "broker": broker}, {"do": "power_off_broker", "broker": broker},
        {"do": "isolate_broker", "broker": broker}, {"do": "stop_broker", "broker": broker},
        {"do": "cut_link", "source": f"B{broker}", "target": f"B{1 + broker % 3}"},
        {"do": "delay_link", "source": f"B{broker}", "target": "fast", "ms": 300},
        {"do": "crash_consumer", "consumer": "g-1"}, {"do": "add_consumer", "group": "g"},
    ])  # fmt: skip


def live(seed):
    dice = Dice(seed, "exactness")
    playing = Attempt(lambda scenario, given: Cluster(scenario, given, keep_record=True), DOCUMENT, seed=seed)
    witness = Witness(playing.cluster)
    for _ in range(6):
        playing.go(playing.ms + 500 + dice.below(2_500))
        for command in faults(dice):
            witness.look()
            playing.command(command)
        playing.go(playing.ms + dice.below(3_000))
        playing.command({"do": "heal_links"})
        for broker in (1, 2, 3):
            playing.command({"do": "start_broker", "broker": broker})
        witness.look()
        playing.go(playing.ms + 12_000)
        witness.look()
        if all(p.leader > 0 for p in playing.cluster.image.topics["t"].partitions.values()):
            assert value(playing, {"record_lost": 0}) == witness.lost()
    found = [value(playing, {"group": "g", name: 0}) for name in ("delivered", "processed", "repeated")]
    return found, list(witness.handed()), value(playing, {"record_lost": 0})


@pytest.mark.parametrize("seed", range(1))
def test_the_book_says_what_the_clients_know(seed):
    book, clients, _ = live(seed)
    assert book == clients


@pytest.mark.full
@pytest.mark.parametrize("seed", range(1, 40))
def test_the_book_says_what_the_clients_know_in_many_clusters(seed):
    book, clients, _ = live(seed)
    assert book == clients


@pytest.mark.full
def test_some_of_these_clusters_lose_records_and_hand_some_over_again():
    found = [live(seed) for seed in range(8)]
    assert any(lost for _, _, lost in found) and any(book[2] for book, _, _ in found)
