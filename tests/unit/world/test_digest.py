"""One number for a whole run."""

import os
import subprocess
import sys
from pathlib import Path

from engine.machine import (
    Accepted,
    CalendarSet,
    Closed,
    Frame,
    Opened,
    Order,
    Refused,
    Request,
    Synced,
    Tell,
    Wake,
)
from engine.world import digest as digests
from engine.world.digest import Digest, describe
from tests.unit.world.toys import MS, STARTED, Said, chat_world, connected, do, world_of

ROOT = Path(__file__).resolve().parents[3]


def run_of(*effects):
    world = world_of("a", "b")
    connected(world, "a", "b")
    do(world, "a", *effects)
    world.advance(20 * MS)
    return world.digest()


def test_the_same_run_has_the_same_digest_and_another_seed_another():
    assert run_of(Request(1, 1, "x")) == run_of(Request(1, 1, "x"))
    assert world_of("a", seed=1).digest() != world_of("a", seed=2).digest()


def test_it_tells_apart_what_matters():
    runs = [
        run_of(),
        run_of(Request(1, 1, "x")),
        run_of(Request(1, 2, "x")),
        run_of(Request(1, 1, b"x")),
        run_of(Request(1, 1, Said("x"))),
        run_of(Request(1, 1, Said("xx"))),
        run_of(Wake(5 * MS, "x")),
        run_of(Wake(5 * MS + 1, "x")),
        run_of(Wake(5 * MS, "y")),
        run_of(Wake(5 * MS, "x", 1)),
        run_of(Tell(STARTED)),
    ]
    assert len(set(runs)) == len(runs)


def test_every_kind_of_message_is_told_apart():
    messages = [
        Opened(1, "B1", 2), Refused("B1", 2), Accepted(1, "B1"), Closed(1), Frame(1, b"x"), Synced("00.log", 1),
        CalendarSet(5), Order(3), object(), Frame(1, b"y"), Synced("00.log", 1, "EIO"), Accepted(1, "B2"),
    ]  # fmt: skip
    assert len({describe(message) for message in messages}) == len(messages)


def test_a_long_frame_is_told_by_its_head_and_length():
    assert describe(Frame(1, b"x" * 1000)) != describe(Frame(1, b"x" * 1001))
    assert describe(Frame(1, memoryview(b"x" * 1000))) == describe(Frame(1, b"x" * 1000))


def test_asking_for_it_changes_nothing_wherever_the_pieces_end(monkeypatch):
    monkeypatch.setattr("engine.world.loop.PIECE", 40)
    asked, not_asked = chat_world(seed=2), chat_world(seed=2)
    while asked.now < 30 * MS:
        asked.step()
        asked.digest()
    not_asked.run(asked.steps)
    assert asked.digest() == not_asked.digest()


def test_numbers_of_more_than_64_bits_are_taken_too():
    one, other = Digest(1), Digest(1)
    one.pending += (1, 1 << 70 | 5)
    other.pending += (1, 1 << 70 | 6)
    assert one.value() != other.value()
    one.fold()
    assert one.pending == []


def test_names_have_the_same_number_in_every_process():
    assert digests.number_of("session") == 3494172116


SCRIPT = """
from engine.world.plain import state_digest
from tests.unit.world.toys import chat_world
world = chat_world(seed=4)
world.advance(150_000_000)
world.links.cut("n0", "n1")
world.crash_node("n2")
world.advance(300_000_000)
print(world.digest(), world.steps, state_digest(world))
"""


def test_two_processes_with_different_hash_seeds_agree():
    results = []
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        results.append(ran.stdout)
    assert results[0] == results[1]
    assert len(results[0].split()) == 3
