"""Batches and chunks as record bytes: they come back as they were, and bytes that lie are refused."""

import pytest

from engine.live.leaves import LEAVES
from engine.storage.chunk import Chunk, seal
from engine.wire.batch import SMALL_BELOW, Batch, split_batches
from engine.wire.records import Record, encode_batch
from engine.world.canonical import Damaged
from engine.world.plain import difference

CHUNK, BATCH = ({leaf.name: leaf for leaf in LEAVES}[name] for name in ("chunk", "batch"))


def batch(offset=0, size=100):
    (made,) = split_batches(encode_batch([Record(0, 1_000, b"k", bytes(size))]).to_bytes())
    return made.placed(offset, 4)


def chunk():
    return seal([batch(offset, 50 + offset) for offset in range(9)])


def kept(leaf, thing):
    return b"".join(leaf.dump(thing))


def test_a_chunk_comes_back_with_all_its_batches():
    one = chunk()
    other = CHUNK.load(kept(CHUNK, one))
    assert type(other) is Chunk and difference(one, other) == ""
    assert (other.positions, other.ends) == (one.positions, one.ends)
    assert [b.base_offset for b in other.batches()] == list(range(9))


def test_another_replica_shares_its_bytes_but_is_another_object():
    one = CHUNK.load(kept(CHUNK, chunk()))
    other = CHUNK.again(one)
    assert other is not one and other.data is one.data and other.positions is one.positions
    assert CHUNK.key(one) is CHUNK.key(other)


def test_only_large_batches_are_record_bytes():
    small, large = batch(), batch(3, SMALL_BELOW)
    assert BATCH.key(small) is None and BATCH.key(large) is large
    again = BATCH.load(kept(BATCH, large))
    assert type(again) is Batch and difference(large, again) == ""
    assert BATCH.again(again) is not again and difference(large, BATCH.again(again)) == ""


@pytest.mark.parametrize("offset", [0, 3, 11, 35, 39, 40, 44, 60, 76, 80])
def test_a_chunk_whose_places_lie_is_refused(offset):
    lying = bytearray(kept(CHUNK, chunk()))
    lying[offset] ^= 0x40
    with pytest.raises((Damaged, ValueError)):
        CHUNK.load(bytes(lying))


@pytest.mark.parametrize("bytes_", [b"", b"short", bytes(40)])
def test_too_few_bytes_are_refused(bytes_):
    with pytest.raises(Damaged):
        CHUNK.load(bytes_)
    with pytest.raises(Damaged):
        BATCH.load(bytes_)
