"""A sandbox's whole state in a file: it goes on as if nothing had happened, and a damaged one is refused."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cluster import Cluster
from engine.live import checkpoint_file
from engine.live.checkpoint_file import from_bytes, to_bytes
from engine.live.journal import Position
from engine.live.layout import layout
from engine.live.packs import Inline
from engine.live.slices import at_once
from engine.machine import MILLISECOND
from engine.world.canonical import Damaged
from engine.world.inputs import ACCEPT, COMMAND, FRAME
from engine.world.plain import difference

SCENARIO = {
    "brokers": 3, "link_us": 300, "topics": [{"topic": "t", "partitions": 1, "replication": 3}],
    "producers": [{"topic": "t", "producer": "loja", "rate": 400.0}],
    "groups": [{"group": "A", "topic": "t", "poll_ms": 100, "consumers": 2}],
}  # fmt: skip


def lived(ms=2_000):
    """A cluster in the middle of an instant, with all that can be under way."""
    cluster = Cluster(SCENARIO, 3)
    world = cluster.world
    world.advance(world.now + ms * MILLISECOND)
    world.admit(world.now + 1, [("t", COMMAND, {"do": "crash_broker", "broker": 2, "id": "c"})])
    world.advance(world.now + 30 * MILLISECOND)
    given_ = [("tcp", ACCEPT, ("tcp:127.0.0.1:1", "B1", "127.0.0.1:19092"))]
    connection = world.admit(world.now + 1, given_)[1][0]
    world.admit(world.now + 1, [("", FRAME, (connection, bytes.fromhex("00120000000000010001610000")))])
    world.step()
    assert world.in_instant
    return cluster


@pytest.fixture(scope="module")
def cluster():
    return lived()


def test_what_comes_back_is_the_same_state_and_runs_on_to_the_same_end():
    one = lived()
    other = at_once(from_bytes(at_once(to_bytes(one))))
    assert difference(one, other) == ""
    for each in (one, other):
        each.world.admit(each.world.now, [("t", COMMAND, {"do": "start_broker", "broker": 2, "id": "s"})])
        each.world.advance(each.world.now + 3_000 * MILLISECOND)
    assert one.world.digest() == other.world.digest()
    assert difference(one, other) == ""
    assert list(one.world.told) == list(other.world.told)


def test_writing_changes_nothing_and_gives_the_same_bytes_each_time(cluster):
    first = at_once(to_bytes(cluster))
    assert at_once(to_bytes(cluster)) == first
    assert at_once(to_bytes(at_once(from_bytes(first)))) == first


def test_replicas_share_the_bytes_of_their_records_again(cluster):
    again = at_once(from_bytes(at_once(to_bytes(cluster))))
    shared = {}
    chunks = 0
    for place in again.places.values():
        for path, file in place.disk.files.items():
            for part in file.parts:
                if hasattr(part, "data"):
                    chunks += 1
                    shared.setdefault((path, part.base_offset), set()).add(id(part.data))
    assert chunks >= 3 and all(len(ids) == 1 for ids in shared.values())


def test_looking_does_not_show_in_a_checkpoint():
    one, other = lived(), lived()
    other.world.traced = True
    other.state()
    assert at_once(to_bytes(one)) == at_once(to_bytes(other))


def test_the_head_tells_what_it_is(cluster, tmp_path):
    path = tmp_path / "x"
    head = checkpoint_file.head_of(cluster)
    head.position, head.packs = Position(5, 77), {5: 1_000}
    path.write_bytes(checkpoint_file.head_bytes(head))
    with open(path, "rb") as file:
        again = checkpoint_file.read_head(file)
    assert (again.step, again.at, again.digest) == (cluster.world.steps, cluster.world.now, cluster.world.digest())
    assert (again.position, again.packs, again.layout) == (Position(5, 77), {5: 1_000}, layout().version)


@pytest.mark.parametrize("hostile", [b"", b"RIACHO-C", pickle.dumps(print), b"RIACHO-J" + bytes(100), b"\0" * 5_000])
def test_what_is_no_checkpoint_is_refused(hostile):
    with pytest.raises(Damaged):
        at_once(from_bytes(hostile))


def test_a_file_of_a_later_format_is_refused_by_number(cluster, monkeypatch):
    monkeypatch.setattr(checkpoint_file, "FORMAT", 9)
    later = at_once(to_bytes(cluster))
    monkeypatch.undo()
    with pytest.raises(Damaged, match="format 9; this Riacho reads 1"):
        at_once(from_bytes(later))


def test_cut_off_anywhere_it_is_refused(cluster):
    whole = at_once(to_bytes(cluster))
    for length in range(0, len(whole) - 1, len(whole) // 20):
        with pytest.raises(Damaged):
            at_once(from_bytes(whole[:length]))


WHOLE = at_once(to_bytes(lived(1_000)))


@settings(max_examples=60)
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 7))
def test_a_flipped_bit_is_noticed(offset, bit):
    damaged = bytearray(WHOLE)
    damaged[offset] ^= 1 << bit
    with pytest.raises(Damaged):
        at_once(from_bytes(bytes(damaged)))


def test_a_state_that_says_another_digest_than_its_head_is_refused(cluster):
    head = checkpoint_file.head_of(cluster)
    head.digest = "0" * 32
    data = at_once(to_bytes(cluster))
    true = checkpoint_file.head_bytes(checkpoint_file.head_of(cluster))
    with pytest.raises(Damaged, match="another state"):
        at_once(from_bytes(checkpoint_file.head_bytes(head) + data[len(true) :]))


def test_something_else_than_a_sandbox_is_refused(cluster):
    head = checkpoint_file.head_bytes(checkpoint_file.head_of(cluster))
    keep = Inline()
    blocks = at_once(checkpoint_file.write(cluster.world, keep))
    with pytest.raises(Damaged, match="does not hold a sandbox"):
        at_once(from_bytes(head + blocks + keep.data.getvalue()))
