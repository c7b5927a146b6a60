"""Both hashes put a key where the clients that use them put it."""

from __future__ import annotations

import zlib

import pytest
from aiokafka.partitioner import murmur2 as aiokafka_murmur2
from hypothesis import given
from hypothesis import strategies as st

from engine.wire.partitioners import explain, murmur2, murmur2_partition


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_murmur2_is_that_of_kafkas_own_tests(key, expected):
    assert murmur2(key) == expected & 0xFFFFFFFF


@given(st.binary(max_size=40))
def test_murmur2_is_aiokafkas(key):
    assert murmur2(key) == aiokafka_murmur2(key) & 0xFFFFFFFF


@given(st.binary(max_size=40), st.integers(1, 100))
def test_both_stay_within_the_partitions(key, partitions):
    found = explain(key, partitions)
    assert found["murmur2"] == murmur2_partition(key, partitions) < partitions
    assert found["crc32"] == zlib.crc32(key) % partitions


def test_the_two_agree_on_some_keys_only():
    places = [explain(b"cliente-%d" % i, 3) for i in range(100)]
    assert 10 < sum(place["murmur2"] == place["crc32"] for place in places) < 60
