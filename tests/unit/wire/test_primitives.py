"""Varints, tagged fields, sized values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.wire.errors import MalformedRequest
from engine.wire.primitives import Reader, Writer, chunks_of, read_uvarint, skip_tags, uvarint


@given(st.integers(0, 2**32 - 1), st.binary(max_size=3), st.binary(max_size=3))
def test_a_varint_comes_back(value: int, before: bytes, after: bytes) -> None:
    data = before + uvarint(value) + after
    assert read_uvarint(data, len(before)) == (value, len(data) - len(after))


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff\xff\xff\xff\x1f", b"\x80\x80\x80\x80\x80\x01"])
def test_a_varint_that_is_cut_off_or_too_long_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedRequest):
        read_uvarint(data, 0)


def test_tagged_fields_are_written_in_order_and_skipped_whole() -> None:
    writer = Writer(1, flexible=True)
    writer.tags([(0, b"one"), (300, b"")])
    assert bytes(writer.out) == b"\x02\x00\x03one\xac\x02\x00"
    assert skip_tags(bytes(writer.out), 0) == len(writer.out)


@pytest.mark.parametrize("data", [b"\x01", b"\x01\x00", b"\x01\x00\x05abc", b"\x7f\x00\x00"])
def test_tagged_fields_that_are_cut_off_are_malformed(data: bytes) -> None:
    with pytest.raises(MalformedRequest):
        skip_tags(data, 0)


@pytest.mark.parametrize("flexible", [False, True])
def test_null_is_not_the_same_as_empty(flexible: bool) -> None:
    writer = Writer(0, flexible)
    for value in (None, "", "é"):
        writer.string(value)
    for raw in (None, b"", b"x"):
        writer.bytes_(raw)
    reader = Reader(bytes(writer.out), 0, 0, flexible)
    assert [reader.string() for _ in range(3)] == [None, "", "é"]
    assert [reader.bytes_() for _ in range(3)] == [None, b"", b"x"]
    assert reader.remaining() == 0


def test_a_string_that_is_not_utf8_is_malformed() -> None:
    with pytest.raises(MalformedRequest, match="UTF-8"):
        Reader(b"\0\1\xff", 0, 0, False).string()


def test_an_array_cannot_be_longer_than_its_bytes() -> None:
    data = b"\0\0\0\3" + bytes(11)
    assert Reader(data, 0, 0, False).count(3) == 3
    with pytest.raises(MalformedRequest):
        Reader(data, 0, 0, False).count(4)


def test_records_are_taken_in_pieces_of_any_kind() -> None:
    assert chunks_of(None) == ([], 0)
    assert chunks_of(b"abc") == ([b"abc"], 3)
    view = memoryview(b"view")
    pieces, size = chunks_of([b"abc", view])
    assert pieces[1] is view and size == 7
