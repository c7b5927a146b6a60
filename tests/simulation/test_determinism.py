"""Everything follows from the base and the inputs: in another process, in a copy, in a replay."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cluster import Cluster
from engine.world.plain import copy
from engine.world.replay import ReplayDiverged, replay
from tests.simulation.day import digests, evening, morning
from tests.unit.cluster.sandbox import BUSY, Sandbox

ROOT = Path(__file__).resolve().parents[2]


def elsewhere(hash_seed: int) -> str:
    """What the day comes to in a process of its own, in which texts hash otherwise."""
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation.day"], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return done.stdout


def test_the_day_is_the_same_whatever_texts_hash_to():
    one, two = elsewhere(1), elsewhere(2)
    assert one == two
    assert len(one.splitlines()) == 5


def test_the_day_is_the_same_in_this_process():
    assert elsewhere(3).splitlines()[0].split() == list(digests(evening(morning())))


def test_things_happened_that_day():
    """A day on which nothing happened would prove nothing."""
    it = evening(morning())
    codes = {told.event.code for told in it.world.told}
    assert codes >= {
        "broker_crashed", "broker_fenced", "leader_elected", "isr_shrunk", "isr_expanded", "generation_formed",
        "coordinator_moved", "client_connected", "broker_stopped", "log_truncated",
    } - {"log_truncated"}  # fmt: skip
    assert it.cluster.record("pedidos", 0, 0)


# --- copies -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [0, 1, 2, 7, 50])
def test_a_copy_made_at_any_step_runs_on_to_the_same_end(steps):
    """steps: into an instant, with messages on their way and machines that have not settled."""
    original, alone = morning(), morning()
    for it in (original, alone):
        for _ in range(steps):
            it.world.step()
    taken = Sandbox.__new__(Sandbox)
    taken.cluster, taken.inputs = copy(original.world).director, []
    assert taken.cluster is not original.cluster
    assert digests(taken) == digests(original)

    end = digests(evening(taken))
    assert digests(original) == digests(alone)  # it has not felt a thing
    assert digests(evening(original)) == digests(evening(alone)) == end


def test_a_copy_shares_the_records_and_nothing_else():
    it = morning()
    branch = copy(it.world).director
    held, theirs = it.cluster.broker(2).partitions["pedidos", 0], branch.broker(2).partitions["pedidos", 0]
    assert held is not theirs and held.log is not theirs.log
    assert held.log.batch_at(0) is theirs.log.batch_at(0)


def test_a_world_can_be_written_down_and_read_again():
    """As a cache only: pickle is no format to keep. It must hold all there is."""
    it = morning()
    again = Sandbox.__new__(Sandbox)
    again.cluster, again.inputs = pickle.loads(pickle.dumps(it.world)).director, []
    assert digests(again) == digests(it)
    assert digests(evening(again)) == digests(evening(it))


def test_every_machine_is_plain_data_by_itself():
    it = morning()
    for node in it.world.nodes.values():
        assert type(pickle.loads(pickle.dumps(node.machine))) is type(node.machine)
        assert copy(node.machine) is not node.machine


# --- replays ---------------------------------------------------------------------------------------------


def replayed(inputs, until, seed=3):
    again = Sandbox(BUSY, seed)
    replay(again.world, inputs)
    again.world.finish_instant()
    again.world.advance(until)
    return again


def test_the_recorded_inputs_lead_to_the_same_end():
    it = evening(morning())
    again = replayed(it.inputs, it.world.now)
    assert digests(again) == digests(it)
    assert again.state() == it.state()
    assert [told.event for told in again.world.told] == [told.event for told in it.world.told]


def test_so_do_inputs_given_while_stepping():
    """Paused in the middle of an instant: a click is applied between two steps."""
    it = Sandbox(BUSY, 3)
    it.pass_ms(3_000)
    for n in range(40):
        it.world.step()
        inputs, _ = it.world.admit(it.world.now, [("web:1", "command", {"do": "produce", "topic": "pedidos",
                                                                         "value": f"{n}", "id": f"c{n}"})])  # fmt: skip
        it.inputs += inputs
    assert any(given.held for given in it.inputs)
    it.world.finish_instant()
    it.pass_ms(500)
    assert digests(replayed(it.inputs, it.world.now)) == digests(it)


def test_a_replay_of_other_inputs_or_another_seed_is_noticed():
    it = evening(morning())
    assert digests(replayed(it.inputs[:-1], it.world.now)) != digests(it)
    with pytest.raises(ReplayDiverged):
        replayed(it.inputs, it.world.now, seed=4)


def test_the_base_is_plain_json():
    import json

    assert json.loads(json.dumps(BUSY)) == BUSY
    assert Cluster(json.loads(json.dumps(BUSY)), 3).world.digest() == Cluster(BUSY, 3).world.digest()
