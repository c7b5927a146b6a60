"""A stream of bytes is cut into the same frames however it arrives."""

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.live.frames import BadFrame, FrameSplitter


def framed(*frames: bytes) -> bytes:
    return b"".join(pack(">i", len(frame)) + frame for frame in frames)


def fed(splitter: FrameSplitter, stream: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({min(cut, len(stream)) for cut in cuts} | {0, len(stream)})
    chunks = [stream[a:b] for a, b in zip(places, places[1:], strict=False)]
    return [frame for chunk in chunks for frame in splitter.feed(chunk)]


@given(st.lists(st.binary(max_size=40), max_size=12), st.lists(st.integers(0, 500), max_size=30))
def test_any_chunking_gives_the_same_frames(frames, cuts):
    splitter = FrameSplitter(0, 100)
    assert fed(splitter, framed(*frames), cuts) == frames
    assert splitter.kept == 0


@given(st.lists(st.binary(max_size=10), min_size=1, max_size=5))
def test_frames_come_byte_by_byte(frames):
    stream = framed(*frames)
    assert fed(FrameSplitter(0, 10), stream, list(range(len(stream)))) == frames


def test_what_is_unfinished_is_kept_and_counted():
    splitter = FrameSplitter(0, 100)
    assert splitter.feed(framed(b"whole") + pack(">i", 9) + b"half") == [b"whole"]
    assert splitter.kept == 4
    assert splitter.feed(b" more") == [b"half more"]
    assert splitter.kept == 0


def test_a_large_frame_in_pieces_is_one_frame():
    large = bytes(range(256)) * 4096
    splitter = FrameSplitter(0, len(large))
    assert fed(splitter, framed(large, b"next"), list(range(0, len(large), 65_536))) == [large, b"next"]


@pytest.mark.parametrize("size", [-1, 7, 101, 2**31 - 1])
def test_a_length_outside_the_limits_is_refused_before_anything_is_kept(size):
    splitter = FrameSplitter(8, 100)
    with pytest.raises(BadFrame):
        splitter.feed(pack(">i", size))
    assert splitter.kept == 0


def test_only_the_first_frame_has_a_limit_of_its_own():
    splitter = FrameSplitter(0, 5, first=4)
    assert splitter.feed(framed(b"four", b"fives")) == [b"four", b"fives"]
    with pytest.raises(BadFrame):
        FrameSplitter(0, 5, first=4).feed(framed(b"fives"))


@pytest.mark.parametrize(
    ("start", "said"),
    [(b"GET / HTTP/1.1\r\n", "HTTP"), (b"\x16\x03\x01\x02\x00", "TLS"), (b"\x7f\xff\xff\xff", "2,147,483,647 bytes")],
)
def test_a_stranger_is_told_what_it_looks_like(start, said):
    with pytest.raises(BadFrame, match=said):
        FrameSplitter(8, 1 << 20).feed(start)
