"""A moment as bytes: small enough for an address if little has happened, and the same wherever it is brought back."""

import io
import json
import os
import subprocess
import sys
import zlib
from dataclasses import replace
from functools import cache

import pytest

from engine.cluster import Cluster
from engine.limits import LINK_CHARACTERS_MAX
from engine.live import checkpoint_file, moments
from engine.live.blocks import pack_block, read_block
from engine.live.journal import BEHAVIOUR
from engine.live.moments import MAGIC, CannotOpen, Moment, bring_back, from_link, groups_of, link_of, pack, unpack
from engine.live.slices import at_once
from tests.support.replaying import ROOT, replayed
from tests.unit.cluster.sandbox import BUSY, Sandbox

SCENARIO = {**BUSY, "name": "sala"}


@cache
def lived():
    """A sandbox with people's commands, a crash and a real client behind it."""
    it = Sandbox(SCENARIO, seed=7)
    it.pass_ms(2_000)
    it.do("crash_broker", broker=2)
    client = it.client(1, "kcat")
    it.pass_ms(2_500)
    it.do("start_broker", broker=2)
    client.close()
    it.do("pause")
    return it


@cache
def moment():
    world = lived().world
    base = {"scenario": SCENARIO, "seed": 7}
    groups = groups_of(lived().inputs)
    return Moment(world.steps, world.now, world.digest(), base, groups=groups, name="sala")


@cache
def with_checkpoint():
    return replace(moment(), base={}, groups=[], checkpoint=at_once(checkpoint_file.to_bytes(lived().cluster)))


def refused(data):
    with pytest.raises(CannotOpen) as problem:
        at_once(bring_back(unpack(data)))
    assert problem.value.reason.endswith(".")
    return problem.value.code


def packed(header, rest=b""):
    return MAGIC + zlib.compress(pack_block(json.dumps(header).encode()) + rest)


def header_of(data):
    content = zlib.decompress(data[len(MAGIC) :])
    file = io.BytesIO(content)
    return json.loads(read_block(file, len(content))), content[file.tell() :]


@pytest.mark.parametrize("make", [moment, with_checkpoint])
def test_what_is_packed_is_unpacked_and_brought_back_as_it_was(make):
    again = unpack(pack(make()))
    assert pack(again) == pack(make()) and (again.step, again.name) == (make().step, "sala")
    world = at_once(bring_back(again)).world
    assert (world.steps, world.digest()) == (lived().world.steps, lived().world.digest())
    world.run(500)
    there = at_once(bring_back(unpack(pack(moment())))).world
    there.run(500)
    assert world.digest() == there.digest(), "and it goes on as it would have gone on"


def test_few_inputs_fit_into_an_address():
    link = link_of(pack(moment()))
    assert link is not None and len(link) < 1_500
    assert from_link(link) == from_link("http://127.0.0.1:8000" + link) == pack(moment())


def test_many_do_not():
    noise = replace(moment(), name=os.urandom(LINK_CHARACTERS_MAX).hex())
    assert link_of(pack(noise)) is None


def test_a_moment_in_between_is_brought_back_too():
    world = Cluster(SCENARIO, 7).world
    while world.steps < 900:
        world.run(1)
    groups = [group for group in moment().groups if group.step <= 900]
    between = replace(moment(), step=900, digest="", groups=groups)
    with pytest.raises(CannotOpen, match="another moment"):
        at_once(bring_back(between))


# --- what is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"RIACHO-C" + bytes(100), b"PK\x03\x04" + bytes(64)])
def test_what_is_no_moment_is_called_so(data):
    assert refused(data) == "NOT_A_MOMENT"


@pytest.mark.parametrize("make", [moment, with_checkpoint])
def test_a_damaged_one_is_refused_wherever_the_damage_is(make):
    data = pack(make())
    for place in range(len(MAGIC), len(data), max(1, len(data) // 40)):
        flipped = bytearray(data)
        flipped[place] ^= 0x10
        assert refused(bytes(flipped)) in ("DAMAGED", "DIVERGED")
        assert refused(data[:place]) == "DAMAGED", "cut off"


@pytest.mark.parametrize(
    "change",
    [
        {"base": {"scenario": {"brokers": 0}, "seed": 1}}, {"base": {"scenario": 5, "seed": 1}}, {"base": []},
        {"base": {"checkpoint": 50}}, {"step": -1}, {"step": "1"}, {"groups": 1_000}, {"digest": None}, {"name": 3},
    ],
)  # fmt: skip
def test_a_header_that_makes_no_sense_is_damage(change):
    header, rest = header_of(pack(moment()))
    assert refused(packed({**header, **change}, rest)) == "DAMAGED"


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_nonsense_in_the_header_s_place_is_damage(content):
    assert refused(MAGIC + zlib.compress(pack_block(content) if content else b"")) == "DAMAGED"


def test_of_another_behaviour_it_is_refused_if_anything_has_to_be_done_again():
    assert refused(pack(replace(moment(), behaviour=BEHAVIOUR + 1))) == "DIFFERENT_BEHAVIOUR"
    header, rest = header_of(pack(moment()))
    assert refused(packed({**header, "format": 2}, rest)) == "DIFFERENT_BEHAVIOUR"


def test_one_that_does_not_come_to_the_same_is_refused():
    other = replace(moment(), base={"scenario": SCENARIO, "seed": 8})
    assert refused(pack(other)) == "DIVERGED"
    assert refused(pack(replace(moment(), digest="0" * 32))) == "DIVERGED"
    assert refused(pack(replace(with_checkpoint(), step=moment().step + 1))) == "DIVERGED"


def test_one_that_grows_without_end_when_it_is_unpacked_is_too_large(monkeypatch):
    monkeypatch.setattr(moments, "MOMENT_UNPACKED_MAX", 1 << 20)
    assert refused(MAGIC + zlib.compress(bytes(2 << 20), 9)) == "TOO_LARGE"


def test_each_limit_is_kept(monkeypatch):
    data = pack(moment())
    for name, most in (("MOMENT_BYTES_MAX", 100), ("MOMENT_INPUTS_MAX", 2), ("MOMENT_STEPS_MAX", 100)):
        with monkeypatch.context() as patched:
            patched.setattr(moments, name, most)
            assert refused(data) == "TOO_LARGE"


def test_a_link_that_was_cut_is_damaged():
    link = link_of(pack(moment()))
    with pytest.raises(CannotOpen, match="once more"):
        unpack(from_link(link[: len(link) // 2]))
    with pytest.raises(CannotOpen, match="not whole"):
        from_link("/open#m=A")


# --- elsewhere ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", ["1", "2024"])
def test_another_process_under_another_hash_seed_comes_to_the_same(seed):
    about, checkpoint = replayed(sys.executable, from_link(link_of(pack(moment()))), PYTHONHASHSEED=seed)
    assert (about["ok"], about["step"], about["digest"]) == (True, moment().step, moment().digest)
    cluster = at_once(checkpoint_file.from_bytes(checkpoint))
    assert cluster.world.digest() == moment().digest and cluster.pace.paused


def test_what_cannot_be_brought_back_is_said_and_nothing_else():
    about, checkpoint = replayed(sys.executable, b"nonsense")
    assert (about["ok"], about["code"], checkpoint) == (False, "NOT_A_MOMENT", b"")
    done = subprocess.run(
        [sys.executable, "-m", "engine.live.replayer"], input=pack(moment())[:-9], capture_output=True, cwd=ROOT
    )
    assert done.stderr == b"" and json.loads(done.stdout)["code"] == "DAMAGED"
