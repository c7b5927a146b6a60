"""A group lives where Kafka would put it."""

from __future__ import annotations

import pytest

from engine.groups.partition import java_hash, partition_for


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", 0),
        ("a", 97),
        ("hello", 99162322),
        ("Hello World", -862545276),
        ("Hello, World!", 1498789909),
        ("polygenelubricants", -(1 << 31)),
        ("é", 233),
        ("😀", 1772899),
    ],
)
def test_it_hashes_as_java_does(text: str, value: int) -> None:
    assert java_hash(text) == value


def test_the_one_hash_without_a_positive_counterpart_is_partition_0() -> None:
    assert partition_for("polygenelubricants", 50) == 0


def test_negative_hashes_count_by_their_absolute_value() -> None:
    assert partition_for("Hello World", 50) == 862545276 % 50
