"""What is kept of a sandbox: from wherever it is restored, it is the same sandbox."""

import asyncio
import errno
import os
import shutil
import time

import pytest

from engine.cluster import Cluster
from engine.limits import JOURNAL_AGE_KEPT_S
from engine.live import checkpoint_file, checkpoints, restoring
from engine.live import store as stores
from engine.live.checkpoint_file import to_bytes
from engine.live.journal import Journal, JournalError
from engine.live.replaying import replay
from engine.live.slices import at_leisure, at_once
from engine.live.store import CheckpointFailed, Store
from engine.machine import MILLISECOND
from engine.storage.chunk import Chunk
from engine.wire.batch import SMALL_BELOW, Batch
from engine.world.inputs import COMMAND
from engine.world.plain import difference

SCENARIO = {
    "brokers": 3, "link_us": 300, "topics": [{"topic": "t", "partitions": 1, "replication": 3}],
    "producers": [{"topic": "t", "producer": "loja", "rate": 300.0}],
}  # fmt: skip
LOUD = {**SCENARIO, "producers": [{"topic": "t", "producer": "loja", "rate": 1_000.0}]}
BASE = {"scenario": SCENARIO, "seed": 11}


def restored(store):
    for _ in store.restore():
        pass
    return store


def new(folder, base=BASE, **options):
    return restored(Store.create(folder, base, **options))


def again(folder, **options):
    return restored(Store.open(folder, **options))


class Life:
    """Lets a sandbox live without a host: each turn one command, written down before anything else."""

    def __init__(self, store):
        self.store, self.cluster, self.world = store, store.cluster, store.cluster.world
        self.turns = 0

    def turn(self, ms=250):
        self.turns += 1
        do = {"do": "crash_broker" if self.turns % 2 else "start_broker", "broker": 3, "id": f"{self.world.steps}"}
        inputs, _ = self.world.admit(self.world.now + ms * MILLISECOND, [("t", COMMAND, do)])
        self.world.finish_instant()
        self.store.journal.append(inputs[0].step, inputs[0].at, inputs[0].held, inputs)
        self.store.journal.flush()

    def turns_and_checkpoint(self, turns=1):
        for _ in range(turns):
            self.turn()
        return at_once(self.store.checkpoint())

    def mark(self):
        """As when something has left the process."""
        self.store.journal.append(self.world.steps, self.world.now, self.world.in_instant, ())
        self.store.journal.flush()

    def die(self):
        """As by kill -9: nothing more is done, and what was written is there."""
        self.store.journal._pen.close()
        return self


def same(life, store):
    if not life.world.in_instant:
        store.cluster.world.finish_instant()  # as the host does: of the last instant only the inputs are written down
    assert difference(life.cluster, store.cluster) == ""
    assert store.cluster.world.digest() == life.world.digest()
    return True


def from_the_first_input(folder):
    """The whole journal replayed, as if there were no checkpoints."""
    journal = Journal.open(folder / "journal", None)
    cluster = Cluster(journal.header.base["scenario"], journal.header.base["seed"])
    for _ in replay(cluster.world, journal):
        pass
    journal.close()
    cluster.world.finish_instant()
    return cluster


# --- from a checkpoint or from the start ---------------------------------------------------------------


def test_without_a_checkpoint_it_is_replayed_from_the_start(tmp_path):
    life = Life(new(tmp_path / "s"))
    for _ in range(3):
        life.turn()
    life.die()
    store = again(tmp_path / "s")
    assert same(life, store)
    assert store.restarted["inputs"] == 3 and store.restarted["away_ms"] > 0
    assert store.notes == []


def test_from_a_checkpoint_it_is_the_state_that_a_replay_from_the_first_input_gives(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turns_and_checkpoint(2)
    life.turns_and_checkpoint(2)
    life.turn()
    life.turn()
    life.mark()
    life.die()
    store = again(tmp_path / "s")
    assert store.restarted["inputs"] == 2, "only what came after the checkpoint"
    assert same(life, store)
    assert difference(life.cluster, from_the_first_input(tmp_path / "s")) == ""


def test_a_checkpoint_in_the_middle_of_an_instant_goes_on_there(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turn()
    while not life.world.in_instant:
        life.world.step()
    at_once(life.store.checkpoint())
    life.turn()
    life.die()
    assert same(life, again(tmp_path / "s"))


def test_many_lives_one_after_the_other_are_one_history(tmp_path):
    store = new(tmp_path / "s")
    for number in range(4):
        life = Life(store)
        life.turn()
        if number % 2:
            at_once(store.checkpoint())
        life.turn()
        life.mark()
        if number == 2:
            store.close()
        else:
            life.die()
        store = again(tmp_path / "s")
        assert same(life, store)
    store.journal.close()
    assert difference(store.cluster, from_the_first_input(tmp_path / "s")) == ""


def test_after_a_clean_end_nothing_is_replayed(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turn()
    life.store.close()
    store = again(tmp_path / "s")
    assert store.restarted["inputs"] == 0 and same(life, store)
    assert len(store.checkpoints.kept) == 1
    store.close()
    assert len(again(tmp_path / "s").checkpoints.kept) == 1, "nothing has happened: there is no need for another"


def test_an_end_in_doubt_writes_no_state_down(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turn()
    life.store.close(checkpoint=False)
    store = again(tmp_path / "s")
    assert store.checkpoints.kept == [] and same(life, store)


def test_the_sandbox_goes_on_while_it_is_written_down(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turn()
    work = life.store.checkpoint()
    next(work)
    steps = life.world.steps
    for job in work:
        if job is not None:
            job()
        life.turn(1)
    assert life.world.steps > steps
    assert [checkpoint.step for checkpoint in life.store.checkpoints.kept] == [steps]
    life.die()
    assert same(life, again(tmp_path / "s"))


def test_written_down_at_leisure_it_is_the_same(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turn()
    assert asyncio.run(at_leisure(life.store.checkpoint(), rest_s=0)).step == life.world.steps
    life.turn()
    life.die()
    assert same(life, again(tmp_path / "s"))


def test_one_checkpoint_at_a_time(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turn()
    work = life.store.checkpoint()
    next(work)
    assert at_once(life.store.checkpoint()) is None and not life.store.due()
    assert at_once(work) is not None


# --- when a checkpoint is due --------------------------------------------------------------------------


def test_it_is_due_after_so_many_steps_or_bytes(tmp_path):
    store = new(tmp_path / "s")
    life = Life(store)
    assert not store.due()
    life.turn()
    store.checkpoint_steps = life.world.steps - store._last[0]
    assert store.due()
    at_once(store.checkpoint())
    assert not store.due()
    store.checkpoint_bytes = 50
    life.turn()
    assert store.due()


def test_a_restart_counts_what_it_had_to_replay(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turns_and_checkpoint(1)
    for _ in range(3):
        life.turn()
    life.die()
    store = again(tmp_path / "s")
    store.checkpoint_steps = life.world.steps - store.checkpoints.newest.step
    assert store.due()


def test_without_room_it_is_tried_again_later_and_nothing_is_left_over(tmp_path, monkeypatch):
    store = new(tmp_path / "s")
    life = Life(store)
    store.checkpoint_steps = 1_000
    life.turns_and_checkpoint(4)
    before = sorted(path for path in (tmp_path / "s").rglob("*") if path.suffix != ".journal")
    life.turn(1_000)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", lambda fd: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
        with pytest.raises(CheckpointFailed, match="No space left"):
            at_once(store.checkpoint())
    assert sorted(path for path in (tmp_path / "s").rglob("*") if path.suffix != ".journal") == before
    assert not store.due()
    life.turn(1_500)
    assert store.due()
    assert life.turns_and_checkpoint(1).step == life.world.steps
    life.turn()
    life.die()
    assert same(life, again(tmp_path / "s"))


# --- damage --------------------------------------------------------------------------------------------


def test_a_damaged_newest_checkpoint_is_set_aside_and_the_one_before_it_taken(tmp_path):
    life = Life(new(tmp_path / "s"))
    first = life.turns_and_checkpoint(1)
    newest = life.turns_and_checkpoint(1)
    life.turn()
    life.die()
    data = bytearray(newest.path.read_bytes())
    data[len(data) // 2] ^= 1
    newest.path.write_bytes(data)
    store = again(tmp_path / "s")
    assert same(life, store)
    assert store.restarted["inputs"] == 2
    assert [checkpoint.step for checkpoint in store.checkpoints.kept] == [first.step]
    assert str(newest.path) in store.notes[0] and newest.path.with_suffix(".damaged").read_bytes() == data


@pytest.mark.parametrize("what", ["head", "pack"])
def test_whatever_of_it_is_damaged_the_state_before_is_taken(tmp_path, what):
    life = Life(new(tmp_path / "s", {"scenario": LOUD, "seed": 1}))
    life.turn(2_000)
    newest = at_once(life.store.checkpoint())
    life.turn()
    life.die()
    assert newest.head.packs, "there is a chunk by now"
    path = newest.path if what == "head" else newest.path.parents[1] / "chunks" / f"{newest.step:020d}.pack"
    data = bytearray(path.read_bytes())
    data[12 if what == "head" else len(data) - 5] ^= 1
    path.write_bytes(data)
    store = again(tmp_path / "s")
    assert same(life, store) and store.restarted["inputs"] == 2
    assert len(store.notes) == 1


def test_what_a_killed_process_left_half_done_is_taken_away(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turns_and_checkpoint(1)
    life.die()
    for name in ("checkpoints/00000000000000099999.checkpoint.new", "chunks/00000000000000099999.pack.new"):
        (tmp_path / "s" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "s" / name).write_bytes(b"half")
    (tmp_path / "s" / "chunks" / "00000000000000099999.pack").write_bytes(b"nobody needs it")
    assert same(life, again(tmp_path / "s"))
    assert list((tmp_path / "s").rglob("*99999*")) == []


def damage(path, offset):
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(data)


def test_damage_in_the_journal_before_the_checkpoint_does_not_matter(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turns_and_checkpoint(3)
    life.turn()
    life.die()
    damage(sorted((tmp_path / "s" / "journal").iterdir())[0], -40)
    assert same(life, again(tmp_path / "s"))


def test_damage_in_the_journal_after_the_checkpoint_is_refused_with_the_way_out(tmp_path):
    life = Life(new(tmp_path / "s"))
    newest = life.turns_and_checkpoint(3)
    for _ in range(3):
        life.turn()
    life.die()
    segment = sorted((tmp_path / "s" / "journal").iterdir())[1]
    damage(segment, newest.position.offset + 20)
    with pytest.raises(JournalError, match="Move that file away") as refused:
        again(tmp_path / "s")
    assert refused.value.code == "JOURNAL_DAMAGED" and str(segment) in refused.value.reason
    segment.rename(tmp_path / "away")  # the way out
    store = again(tmp_path / "s")
    assert store.cluster.world.steps == newest.step
    assert "goes on from its checkpoint" in store.notes[0]
    assert store.begins() == (newest.step, newest.head.at), "history begins there"
    life = Life(store)
    life.turn()
    life.die()
    assert same(life, again(tmp_path / "s"))


def test_a_journal_that_is_gone_leaves_the_newest_checkpoint(tmp_path):
    life = Life(new(tmp_path / "s"))
    newest = life.turns_and_checkpoint(2)
    life.die()
    shutil.rmtree(tmp_path / "s" / "journal")
    store = again(tmp_path / "s")
    assert (store.cluster.world.steps, store.restarted["inputs"]) == (newest.step, 0)
    assert len(store.checkpoints.kept) == 1 and "is not there" in store.notes[0]
    assert same(life, store)


def test_without_any_base_it_is_refused_with_the_way_out(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turns_and_checkpoint(2)
    life.turn()
    life.die()
    sorted((tmp_path / "s" / "journal").iterdir())[0].unlink()
    shutil.rmtree(tmp_path / "s" / "checkpoints")
    with pytest.raises(JournalError, match="move .* away: the sandbox then begins anew") as refused:
        again(tmp_path / "s")
    assert refused.value.code == "NO_BASE"


def test_a_torn_tail_is_said(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turn()
    life.die()
    with open(life.store.journal.path, "ab") as file:
        file.write(b"\0\0\1\0half a group")
    store = again(tmp_path / "s")
    assert same(life, store) and "cut off" in store.notes[0]


def test_a_folder_that_cannot_be_written_is_refused_with_the_way_out(tmp_path):
    (tmp_path / "s").write_text("a file")
    with pytest.raises(JournalError, match="Make room there, or give another folder") as refused:
        new(tmp_path / "s")
    assert refused.value.code == "DATA_FOLDER"


# --- another behaviour ---------------------------------------------------------------------------------


def in_the_next_version(monkeypatch, behaviour=99):
    for module in (checkpoint_file, restoring):
        monkeypatch.setattr(module, "BEHAVIOUR", behaviour)


def test_after_a_clean_end_another_behaviour_goes_on_from_the_state_and_says_so(tmp_path, monkeypatch):
    life = Life(new(tmp_path / "s"))
    life.turns_and_checkpoint(2)
    life.turn()
    life.store.close()
    in_the_next_version(monkeypatch)
    store = again(tmp_path / "s")
    assert same(life, store)
    assert "another version" in store.notes[0] and store.begins()[0] == life.world.steps
    assert len(store.checkpoints.kept) == 1
    life = Life(store)
    life.turn()
    life.die()
    store = again(tmp_path / "s")
    assert same(life, store) and store.notes == []


def test_after_a_crash_another_behaviour_is_refused_for_what_follows_would_be_lost(tmp_path, monkeypatch):
    life = Life(new(tmp_path / "s"))
    life.turns_and_checkpoint(2)
    life.turn()
    life.die()
    in_the_next_version(monkeypatch)
    with pytest.raises(JournalError, match="another version.*Move that file away") as refused:
        again(tmp_path / "s")
    assert refused.value.code == "DIFFERENT_BEHAVIOUR"
    monkeypatch.undo()
    assert same(life, again(tmp_path / "s"))


# --- branches and imports ------------------------------------------------------------------------------


def test_a_sandbox_can_begin_as_the_state_of_another(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turn()
    branch = Life(new(tmp_path / "b", {"cluster": at_once(_copy(life.cluster))}))
    assert same(life, branch.store)
    assert branch.store.begins() == (life.world.steps, life.world.now)
    branch.turn()
    branch.die()
    store = again(tmp_path / "b")
    assert same(branch, store) and store.restarted["inputs"] == 1


def test_a_sandbox_can_begin_as_an_exported_checkpoint(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turn()
    store = new(tmp_path / "i", {"checkpoint": at_once(to_bytes(life.cluster))})
    assert same(life, store)
    store.close()
    assert same(life, again(tmp_path / "i"))


def test_a_damaged_export_is_refused(tmp_path):
    with pytest.raises(JournalError) as refused:
        new(tmp_path / "i", {"checkpoint": b"RIACHO-C nonsense"})
    assert refused.value.code == "DAMAGED"


def test_a_branch_whose_making_was_interrupted_goes_on_from_its_checkpoint(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turn()
    store = new(tmp_path / "b", {"cluster": at_once(_copy(life.cluster))})
    store.journal.close()
    shutil.rmtree(tmp_path / "b" / "journal")
    assert same(life, again(tmp_path / "b"))


def _copy(cluster):
    from engine.live.checkpoint_file import from_bytes

    return (yield from from_bytes((yield from to_bytes(cluster))))


def test_there_is_something_or_there_is_not(tmp_path):
    assert not Store.exists(tmp_path / "s")
    store = new(tmp_path / "s")
    assert Store.exists(tmp_path / "s")
    assert store.size() == store.journal.size > 0


# --- looking back --------------------------------------------------------------------------------------


def reached(store, step, at=1 << 62):
    *pauses, found = store.restore_at(step, at)
    assert all(pause is None for pause in pauses)
    return found


def test_the_nearest_state_before_a_moment_is_found(tmp_path):
    life = Life(new(tmp_path / "s"))
    begins = life.store.begins()
    one = life.turns_and_checkpoint(2)
    two = life.turns_and_checkpoint(2)
    life.turn()
    assert begins == life.store.begins()
    for step, expected in ((begins[0], begins[0]), (one.step - 1, begins[0]), (one.step, one.step),
                           (two.step - 1, one.step), (1 << 60, two.step)):  # fmt: skip
        cluster, position = reached(life.store, step)
        assert cluster.world.steps == expected
        for _ in replay(cluster.world, life.store.journal, position):
            pass
        cluster.world.finish_instant()
        assert difference(life.cluster, cluster) == ""
    assert reached(life.store, 1 << 60, two.head.at - 1)[0].world.steps == one.step


def test_a_damaged_checkpoint_on_the_way_back_is_passed_over(tmp_path):
    life = Life(new(tmp_path / "s"))
    one = life.turns_and_checkpoint(1)
    two = life.turns_and_checkpoint(1)
    damage(two.path, -20)
    assert reached(life.store, 1 << 60)[0].world.steps == one.step


# --- what is kept --------------------------------------------------------------------------------------


def test_more_checkpoints_than_wanted_are_thinned_evenly(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "CHECKPOINTS_MAX", 4)
    life = Life(new(tmp_path / "s"))
    made = [life.turns_and_checkpoint(1) for _ in range(8)]
    kept = [checkpoint.step for checkpoint in life.store.checkpoints.kept]
    assert len(kept) == 4 and kept[0] == made[0].step and kept[-2:] == [made[-2].step, made[-1].step]
    assert sorted(int(path.stem) for path in (tmp_path / "s" / "checkpoints").iterdir()) == kept


def test_a_long_journal_is_cut_at_a_checkpoint_and_history_begins_there(tmp_path, monkeypatch):
    life = Life(new(tmp_path / "s"))
    made = [life.turns_and_checkpoint(2) for _ in range(5)]
    monkeypatch.setattr(stores, "JOURNAL_BYTES_KEPT", life.store.journal.distance(made[2].position) + 10)
    made.append(life.turns_and_checkpoint(2))
    assert life.store.begins() == (made[3].step, made[3].head.at)
    assert [c.step for c in life.store.checkpoints.kept] == [c.step for c in made[3:]]
    assert sorted(int(path.stem) for path in (tmp_path / "s" / "journal").iterdir()) == [c.step for c in made[3:]]
    with pytest.raises(JournalError, match=f"begins at step {made[3].step:,}") as gone:
        reached(life.store, made[3].step - 1)
    assert gone.value.code == "HISTORY_GONE"
    life.turn()
    life.die()
    assert same(life, again(tmp_path / "s"))


def test_an_old_journal_is_cut_too_but_two_checkpoints_stay(tmp_path):
    life = Life(new(tmp_path / "s"))
    made = [life.turns_and_checkpoint(1) for _ in range(4)]
    old = time.time() - JOURNAL_AGE_KEPT_S - 10
    for segment in life.store.journal.segments:
        os.utime(segment.path, (old, old))
    made.append(life.turns_and_checkpoint(1))
    assert [c.step for c in life.store.checkpoints.kept] == [c.step for c in made[-2:]]
    assert life.store.begins()[0] == made[-2].step


def test_with_the_limit_off_nothing_is_ever_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(stores, "JOURNAL_BYTES_KEPT", 1)
    life = Life(new(tmp_path / "s", cut=False))
    begins = life.store.begins()
    for _ in range(4):
        life.turns_and_checkpoint(1)
    assert life.store.begins() == begins and life.store.journal.limit is None
    life.die()
    assert difference(life.cluster, from_the_first_input(tmp_path / "s")) == ""


def test_record_bytes_are_written_once_and_deleted_with_the_last_checkpoint_that_needs_them(tmp_path, monkeypatch):
    life = Life(new(tmp_path / "s", {"scenario": LOUD, "seed": 1}))
    life.turn(3_000)
    first = at_once(life.store.checkpoint())
    life.turn(3_000)
    second = at_once(life.store.checkpoint())
    packs = sorted((tmp_path / "s" / "chunks").iterdir())
    assert [int(path.stem) for path in packs] == [first.step, second.step]
    assert second.head.packs[first.step] > 0.95 * first.head.packs[first.step], "nothing of it was written again"
    chunks = [
        part for place in life.cluster.places.values() for file in place.disk.files.values() for part in file.parts
        if isinstance(part, Chunk) or (isinstance(part, Batch) and part.size >= SMALL_BELOW)
    ]  # fmt: skip
    distinct = {id(part.data if isinstance(part, Chunk) else part): part.size for part in chunks}
    assert sum(distinct.values()) < sum(path.stat().st_size for path in packs) < 1.2 * sum(distinct.values()) + 5_000
    assert len(chunks) > 2 * len(distinct), "the replicas share them"


def test_a_pack_that_is_mostly_garbage_is_written_anew(tmp_path):
    life = Life(new(tmp_path / "s", {"scenario": LOUD, "seed": 1}))
    life.turn(4_000)
    first = at_once(life.store.checkpoint())
    assert first.head.packs[first.step] > 150_000
    for place in life.cluster.places.values():
        for file in place.disk.files.values():
            if any(isinstance(part, Chunk) for part in file.parts):
                file.parts = file.parts[-1:]  # as retention would
    for _ in range(5):
        life.world.advance(life.world.now + 100 * MILLISECOND)
        last = at_once(life.store.checkpoint())
    assert first.step not in last.head.packs
    life.store.checkpoints.forget(life.store.checkpoints.kept[:-1])
    life.store.checkpoints.sweep()()
    assert not (tmp_path / "s" / "chunks" / f"{first.step:020d}.pack").exists()
    assert at_once(life.store.checkpoints.read(last)).world.steps == last.step


def test_a_closed_sandbox_writes_nothing_more_into_its_folder(tmp_path):
    life = Life(new(tmp_path / "s"))
    life.turn()
    work = life.store.checkpoint()
    next(work)
    life.store.close(checkpoint=False)
    before = sorted((tmp_path / "s").rglob("*"))
    with pytest.raises(CheckpointFailed, match="closed meanwhile"):
        at_once(work)
    assert sorted((tmp_path / "s").rglob("*")) == before
