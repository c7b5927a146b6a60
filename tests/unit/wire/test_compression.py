"""What the clients' libraries pack is unpacked here, and the other way round, within a limit."""

from __future__ import annotations

import contextlib
import gzip

import cramjam
import pytest
from aiokafka import codec as aiokafka
from hypothesis import given
from hypothesis import strategies as st

from engine.wire.batch import CorruptRecord
from engine.wire.compression import GZIP, LZ4, NAMES, NONE, SNAPPY, ZSTD, compress, decompress

CODECS = [GZIP, SNAPPY, LZ4, ZSTD]
data = st.binary(max_size=2_000) | st.binary(max_size=20).map(lambda piece: piece * 10_000)
THEIRS = {
    GZIP: (aiokafka.gzip_encode, aiokafka.gzip_decode),
    SNAPPY: (aiokafka.snappy_encode, aiokafka.snappy_decode),
    LZ4: (aiokafka.lz4_encode, aiokafka.lz4_decode),
    ZSTD: (aiokafka.zstd_encode, aiokafka.zstd_decode),
}


@given(data, st.sampled_from([NONE, *CODECS]))
def test_what_was_packed_is_unpacked(plain, codec):
    assert decompress(codec, compress(codec, plain)) == plain


@given(data.filter(bool), st.sampled_from(CODECS))
def test_aiokafka_packs_and_unpacks_the_same(plain, codec):
    pack, unpack = THEIRS[codec]
    assert decompress(codec, memoryview(pack(plain))) == plain
    assert bytes(unpack(compress(codec, plain))) == plain


def test_snappy_without_xerials_frame_is_read_too():
    assert decompress(SNAPPY, bytes(cramjam.snappy.compress_raw(b"librdkafka" * 50))) == b"librdkafka" * 50


def test_gzip_of_several_members_is_read():
    assert decompress(GZIP, gzip.compress(b"one") + gzip.compress(b"two")) == b"onetwo"


@pytest.mark.parametrize("codec", CODECS)
def test_more_than_the_limit_is_refused_before_it_fills_the_memory(codec):
    bomb = compress(codec, bytes(1_000_000))
    with pytest.raises(CorruptRecord, match=f"{NAMES[codec]}.*more than 500,000 bytes"):
        decompress(codec, bomb, limit=500_000)
    assert len(decompress(codec, bomb, limit=1_000_000)) == 1_000_000


def test_a_snappy_block_that_declares_gigabytes_is_refused():
    with pytest.raises(CorruptRecord, match="more than"):
        decompress(SNAPPY, b"\xff\xff\xff\xff\x07" + bytes(10))


@pytest.mark.parametrize("codec", CODECS)
def test_what_is_cut_short_is_corrupt(codec):
    whole = compress(codec, bytes(range(256)) * 20)
    for length in (1, 7, 20, len(whole) // 2, len(whole) - 9):
        with pytest.raises(CorruptRecord):
            decompress(codec, whole[:length])


@given(st.binary(max_size=200), st.sampled_from(CODECS), st.booleans())
def test_any_bytes_are_unpacked_or_corrupt(damage, codec, keep_start):
    packed = compress(codec, b"a record or two " * 10)
    with contextlib.suppress(CorruptRecord):
        decompress(codec, packed[:8] + damage if keep_start else damage, limit=100_000)
