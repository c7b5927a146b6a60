"""What the coordinator writes is Kafka's own bytes, and what it cannot read it passes over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.groups.group import Group, Offset
from engine.groups.member import Member
from engine.groups.records import (
    GroupKey,
    OffsetKey,
    decode_group,
    decode_key,
    decode_offset,
    group_record,
    group_tombstone,
    offset_record,
)

int32, int64 = st.integers(-(2**31), 2**31 - 1), st.integers(-(2**63), 2**63 - 1)
# The same offset, epoch 3, metadata "m", time 4 and (version 1 only) expiry 5, in all versions of Kafka's schema.
OFFSET = {
    0: "0000000000000000000900016d0000000000000004",
    1: "0001000000000000000900016d00000000000000040000000000000005",
    2: "0002000000000000000900016d0000000000000004",
    3: "000300000000000000090000000300016d0000000000000004",
    4: "0004000000000000000900000003026d000000000000000400",
}
GROUP = {
    0: "0000" "000163" "00000002" "000172" "00016d" "00000001"
       "00016d" "000161" "00012f" "00000007" "0000000173" "0000000174",
    1: "0001" "000163" "00000002" "000172" "00016d" "00000001"
       "00016d" "000161" "00012f" "00000006" "00000007" "0000000173" "0000000174",
    2: "0002" "000163" "00000002" "000172" "00016d" "0000000000000008" "00000001"
       "00016d" "000161" "00012f" "00000006" "00000007" "0000000173" "0000000174",
    3: "0003" "000163" "00000002" "000172" "00016d" "0000000000000008" "00000001"
       "00016d" "000169" "000161" "00012f" "00000006" "00000007" "0000000173" "0000000174",
    4: "0004" "0263" "00000002" "0272" "026d" "0000000000000008" "02"
       "026d" "0269" "0261" "022f" "00000006" "00000007" "0273" "0274" "00" "00",
}  # fmt: skip


def a_group() -> Group:
    group = Group("g", generation=2, protocol="r", changed_at_ms=8, state="Stable", previous="Stable")
    group.add(Member("m", "a", "/", 7, 6, [("r", b"s")], "i", b"t"), "c")
    return group


def test_a_commit_is_written_as_kafka_writes_it() -> None:
    key, value = offset_record("g", "t", 1, Offset(9, 3, "m", 4))
    assert key is not None and key.hex() == "000100016700017400000001"
    assert value is not None and value.hex() == OFFSET[3]


@pytest.mark.parametrize("version", OFFSET)
def test_commits_of_all_versions_are_read(version: int) -> None:
    found = decode_offset(bytes.fromhex(OFFSET[version]))
    assert found == Offset(9, 3 if version >= 3 else -1, "m", 4)


def test_a_group_is_written_as_kafka_writes_it() -> None:
    key, value = group_record(a_group())
    assert key is not None and key.hex() == "0002000167"
    assert value is not None and value.hex() == GROUP[3]


@pytest.mark.parametrize("version", GROUP)
def test_groups_of_all_versions_are_read(version: int) -> None:
    found = decode_group("g", bytes.fromhex(GROUP[version]))
    expected = a_group()
    if version < 3:
        expected.static.clear()
        expected.members["m"].instance = None
    if version < 2:
        expected.changed_at_ms = -1
    if version < 1:
        expected.members["m"].rebalance_timeout_ms = 7  # there was none: the session timeout serves for both
    assert found == expected


def test_a_group_without_members_comes_back_empty() -> None:
    _, value = group_record(Group("g", generation=4, protocol_type="consumer"))
    assert value is not None
    found = decode_group("g", value)
    assert found is not None
    assert (found.state, found.generation, found.protocol_type, found.leader) == ("Empty", 4, "consumer", None)


def test_a_tombstone_has_a_key_only() -> None:
    key, value = group_tombstone("g")
    assert key is not None and decode_key(key) == GroupKey("g") and value is None
    assert offset_record("g", "t", 0, None)[1] is None


@given(group=st.text(), topic=st.text(), partition=int32, offset=int64, epoch=int32, metadata=st.text(), at=int64)
def test_any_commit_comes_back_as_it_went(
    group: str, topic: str, partition: int, offset: int, epoch: int, metadata: str, at: int
) -> None:
    went = Offset(offset, epoch, metadata, at)
    key, value = offset_record(group, topic, partition, went)
    assert key is not None and value is not None
    assert decode_key(key) == OffsetKey(group, topic, partition)
    assert decode_offset(value) == went


@pytest.mark.parametrize("key", ["", "00", "0003000167", "ffff", "0001000167", "00027fff"])
def test_a_key_of_another_kind_or_cut_off_is_passed_over(key: str) -> None:
    assert decode_key(bytes.fromhex(key)) is None


@given(noise=st.binary(max_size=80))
def test_noise_is_none_or_something_but_never_an_error(noise: bytes) -> None:
    decode_key(noise)
    decode_offset(noise)
    decode_group("g", noise)
    decode_group("g", b"\0\3" + noise)
