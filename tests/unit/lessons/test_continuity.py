"""A lesson is part of the World: done again, copied, written down and read, it comes to the same."""

import os
import subprocess
import sys

import pytest

from engine.cluster import Cluster
from engine.live import checkpoint_file
from engine.live.slices import at_once
from engine.machine import MILLISECOND
from engine.world.plain import state_digest
from engine.world.replay import replay
from engine.world.snapshots import freeze
from tests.unit.lessons.playing import lesson

DOCUMENT = lesson(
    start={
        "brokers": 3, "topics": [{"topic": "t", "partitions": 2, "replication": 3}],
        "producers": [{"producer": "p", "topic": "t", "rate": 20, "acks": "1"}],
        "groups": [{"group": "g", "topic": "t", "consumers": 2, "poll_ms": 200}],
    },
    begin_ms=3_000,
    script=[{"at_ms": 8_000, "do": "crash_broker", "broker": 1}],
    predict=[
        {"ask": {}, "options": [{"holds": {"brokers": 2}}, {"holds": {"brokers": 3}}], "after_ms": 9_000},
        {"at_ms": 2_000, "ask": {}, "options": [{"holds": {"brokers": 2}}, {"holds": {"brokers": 3}}]},
    ],
    goal={
        "now": [{"group": "g", "members": 1}, {"group": "g", "delivered": "> 100"}, {"brokers": 2}], "for_ms": 500,
        "ever": [{"event": "leader_elected", "topic": "t", "why": "failover"}],
        "never": [{"record_lost": "> 100000"}],
    },
    misconceptions=[{"when": {"group": "g", "repeated": "> 0"}, "say": {}}],
)  # fmt: skip
# (virtual ms to wait before, the command)
DEEDS = [
    (0, {"do": "predict", "option": 0}), (2_500, {"do": "predict", "question": 1, "option": 1}),
    (1_500, {"do": "remove_consumer", "consumer": "g-2"}), (500, {"do": "set_producer", "producer": "p", "rate": 40}),
    (11_000, {"do": "speed", "speed": 2}),
]  # fmt: skip


some_moments = pytest.mark.parametrize(
    "at", [pytest.param(at, marks=[] if at in (1, 3) else [pytest.mark.full]) for at in range(len(DEEDS))]
)


def begin():
    return Cluster({**DOCUMENT["start"], "lesson": DOCUMENT}, 7)


def play(cluster, deeds, upon=lambda number: None):
    """Returns the inputs, as a journal would have them."""
    inputs, world = [], cluster.world
    for number, (wait, command) in enumerate(deeds):
        upon(number)
        world.advance(world.now + wait * MILLISECOND, heed=True)
        given, results = world.admit(world.now, [("p", "command", command)])
        assert isinstance(results[0], dict), results
        inputs += given
    world.finish_instant()
    return inputs


def ends(cluster):
    return cluster.world.digest(), cluster.world.steps, state_digest(cluster), cluster.state()["lesson"]


@pytest.fixture(scope="module")
def lived():
    cluster = begin()
    inputs = play(cluster, DEEDS)
    return inputs, ends(cluster)


def test_the_story_reaches_its_goal(lived):
    state = lived[1][3]
    assert state["phase"] == "reached" and state["moves"] == 2
    assert [one["held"] for one in state["predictions"]] == [[0], [0]]


def test_done_again_from_the_journal_it_is_the_same(lived):
    inputs, before = lived
    cluster = begin()
    replay(cluster.world, inputs)
    cluster.world.finish_instant()
    assert ends(cluster) == before


@some_moments
def test_a_snapshot_from_the_middle_goes_on_as_the_original_does(lived, at):
    cluster, frozen = begin(), []
    play(cluster, DEEDS, lambda number: frozen.append(freeze(cluster)))
    assert ends(cluster) == lived[1], "taking it changed nothing"
    thawed = frozen[at].thaw()
    play(thawed, DEEDS[at:])
    assert ends(thawed) == lived[1]


@some_moments
def test_a_checkpoint_from_the_middle_goes_on_as_the_original_does(lived, at):
    cluster, written = begin(), []
    play(cluster, DEEDS, lambda number: written.append(at_once(checkpoint_file.to_bytes(cluster))))
    read = at_once(checkpoint_file.from_bytes(written[at]))
    assert read.referee is read.world.nodes["lesson"].machine and read.world.last is read.world.nodes["lesson"]
    assert read.referee.counting.ledger is read.ledger
    play(read, DEEDS[at:])
    assert ends(read) == lived[1]


def test_who_looks_on_changes_nothing(lived):
    cluster = begin()

    def look(number):
        cluster.world.traced = True
        for _ in range(3):
            cluster.state()

    play(cluster, DEEDS, look)
    cluster.world.traced = False
    assert ends(cluster)[0] == lived[1][0] and ends(cluster)[3] == lived[1][3]


def test_how_texts_hash_does_not_matter(lived):
    program = (
        "from tests.unit.lessons.test_continuity import *\n"
        "cluster = begin()\nplay(cluster, DEEDS)\nprint(ends(cluster)[0], ends(cluster)[2])"
    )
    other = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": other}, check=True, text=True,
        capture_output=True,
    )  # fmt: skip
    assert done.stdout.split() == [lived[1][0], lived[1][2]]
