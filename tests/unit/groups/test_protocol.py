"""What consumers tell each other, byte by byte; and what cannot be read is None, never an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.groups.protocol import (
    Subscription,
    decode_assignment,
    decode_subscription,
    encode_assignment,
    encode_subscription,
)

names = st.text(max_size=10)
parts = st.lists(st.tuples(st.sampled_from(["t", "u"]), st.integers(0, 9)), unique=True).map(sorted)


@given(topics=st.lists(names), data=st.none() | st.binary(), owned=parts, generation=st.integers(-1, 99), rack=names)
def test_a_subscription_comes_back_as_it_went(
    topics: list[str], data: bytes | None, owned: list[tuple[str, int]], generation: int, rack: str
) -> None:
    went = Subscription(sorted(topics), data, owned, generation, rack)
    assert decode_subscription(encode_subscription(went)) == went


@pytest.mark.parametrize(
    ("version", "kept"),
    [
        (0, Subscription(["t"], b"x")),
        (1, Subscription(["t"], b"x", [("t", 1)])),
        (2, Subscription(["t"], b"x", [("t", 1)], 4)),
        (3, Subscription(["t"], b"x", [("t", 1)], 4, "r")),
    ],
)
def test_each_version_adds_something(version: int, kept: Subscription) -> None:
    full = Subscription(["t"], b"x", [("t", 1)], 4, "r")
    assert decode_subscription(encode_subscription(full, version)) == kept


def test_a_version_yet_to_come_is_read_as_far_as_we_know_it() -> None:
    raw = encode_subscription(Subscription(["t"]))
    assert decode_subscription(b"\0\x09" + raw[2:] + b"more") == Subscription(["t"])


def test_the_bytes_are_those_of_kafka() -> None:
    assert encode_subscription(Subscription(["t"]), 0).hex() == "0000" + "00000001" + "000174" + "ffffffff"
    assert (
        encode_assignment([("t", 2)], b"", 0).hex() == "0000" + "00000001" + "000174" + "0000000100000002" + "00000000"
    )


@given(assigned=parts)
def test_an_assignment_comes_back_as_it_went(assigned: list[tuple[str, int]]) -> None:
    assert decode_assignment(encode_assignment(assigned)) == assigned


def test_no_bytes_at_all_are_no_partitions() -> None:
    assert decode_assignment(b"") == []


@given(noise=st.binary(max_size=60))
def test_noise_is_none_or_something_but_never_an_error(noise: bytes) -> None:
    decode_subscription(noise)
    decode_assignment(noise)


def test_a_count_larger_than_the_data_is_not_believed() -> None:
    assert decode_assignment(bytes.fromhex("0000" + "7fffffff")) is None
    assert decode_subscription(bytes.fromhex("ffff" + "00000000")) is None
