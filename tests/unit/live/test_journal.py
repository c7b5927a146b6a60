"""The journal keeps inputs in their order and grouping, and survives being cut off anywhere."""

import errno
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.live.groups import SOURCES, Group, pack_group, unpack_group
from engine.live.journal import BEHAVIOUR, Header, Journal, JournalError, JournalFull
from engine.world.inputs import Input

HEADER = Header({"name": "demo", "brokers": 3}, 7)
LIMIT = 1 << 20
LARGE = bytes(range(256)) * 500


def inputs_at(step, at, held, *given_):
    return [Input(step, at, actor, source, payload, held) for actor, source, payload in given_]


ACCEPT = ("tcp", "accept", ["tcp:127.0.0.1:5000", "B1", "127.0.0.1:19092"])
FRAME = ("", "frame", (1, b"a frame"))
CLICK = ("web:ação", "command", {"id": "c1", "do": "crash_broker", "broker": 3})
GROUPS = [
    Group(0, 10, False, inputs_at(0, 10, False, ("host", "calendar", 1_789_990_000_000_000_000))),
    Group(4, 20, False, inputs_at(4, 20, False, ACCEPT)),
    Group(9, 30, False, inputs_at(9, 30, False, FRAME, FRAME, ("", "frame", (2, LARGE)), ("tcp", "close", 1))),
    Group(11, 31, False, []),
    Group(12, 31, True, inputs_at(12, 31, True, CLICK)),
]


def made(path, groups=GROUPS, limit=LIMIT):
    journal = Journal.create(path, HEADER, limit)
    for group in groups:
        journal.append(group.step, group.at, group.held, group.inputs)
        journal.flush()
    return journal


def read(path):
    journal = Journal.open(path, LIMIT)
    groups = [group for group, _ in journal.groups()]
    journal.close()
    return groups, journal


def test_what_was_written_is_read(tmp_path):
    made(tmp_path / "journal").close()
    groups, journal = read(tmp_path / "journal")
    assert groups == GROUPS
    assert (journal.header, journal.cut) == (HEADER, 0)


def test_groups_of_one_flush_are_still_groups(tmp_path):
    journal = Journal.create(tmp_path / "journal", HEADER, LIMIT)
    for group in GROUPS:
        journal.append(group.step, group.at, group.held, group.inputs)
    journal.close()
    assert read(tmp_path / "journal")[0] == GROUPS


def test_it_goes_on_where_it_ended(tmp_path):
    made(tmp_path / "journal", GROUPS[:2]).close()
    journal = Journal.open(tmp_path / "journal", LIMIT)
    assert len(list(journal.groups())) == 2
    for group in GROUPS[2:]:
        journal.append(group.step, group.at, group.held, group.inputs)
    journal.close()
    assert read(tmp_path / "journal")[0] == GROUPS


def test_cut_off_after_any_byte_it_ends_with_the_last_whole_group(tmp_path):
    path = tmp_path / "journal"
    small = [g for g in GROUPS if all(i.source != "frame" for i in g.inputs)]
    journal = Journal.create(path, HEADER, LIMIT)
    ends = [journal.size]
    for group in small:
        journal.append(group.step, group.at, group.held, group.inputs)
        journal.flush()
        ends.append(journal.size)
    journal.close()
    whole = path.read_bytes()
    for length in range(ends[0], len(whole) + 1):
        path.write_bytes(whole[:length])
        groups, journal = read(path)
        kept = [end for end in ends if end <= length]
        assert groups == small[: len(kept) - 1]
        assert journal.cut == length - kept[-1]
        assert path.stat().st_size == kept[-1]
        if journal.cut:
            assert (tmp_path / "journal.cut").read_bytes() == whole[kept[-1] : length]


def test_a_flipped_bit_ends_it_there_and_the_rest_is_kept_aside(tmp_path):
    path = tmp_path / "journal"
    made(path, GROUPS[:1]).close()
    good = path.stat().st_size
    made(path).close()
    data = bytearray(path.read_bytes())
    data[good + 20] ^= 4
    path.write_bytes(data)
    groups, journal = read(path)
    assert groups == GROUPS[:1]
    assert journal.cut == len(data) - good
    assert (tmp_path / "journal.cut").read_bytes() == data[good:]


def test_zeros_after_a_power_cut_are_cut_off(tmp_path):
    path = tmp_path / "journal"
    made(path).close()
    with open(path, "ab") as file:
        file.write(bytes(4096))
    groups, journal = read(path)
    assert (groups, journal.cut) == (GROUPS, 4096)


def test_after_a_cut_it_can_be_written_again(tmp_path):
    path = tmp_path / "journal"
    made(path).close()
    os.truncate(path, path.stat().st_size - 3)
    journal = Journal.open(path, LIMIT)
    assert [group for group, _ in journal.groups()] == GROUPS[:-1]
    journal.append(GROUPS[-1].step, GROUPS[-1].at, GROUPS[-1].held, GROUPS[-1].inputs)
    journal.close()
    assert read(path)[0] == GROUPS


@pytest.mark.parametrize("content", [b"", b"RIACHO", b"something else altogether", b"RIACHO-J" + bytes(30)])
def test_what_is_no_journal_is_refused_by_name_with_the_way_out(tmp_path, content):
    path = tmp_path / "journal"
    path.write_bytes(content)
    with pytest.raises(JournalError, match="Move that file away") as refused:
        Journal.open(path, LIMIT)
    assert refused.value.code == "NOT_A_JOURNAL"
    assert str(path) in refused.value.reason
    assert path.read_bytes() == content


def test_a_journal_of_another_behaviour_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "journal"
    made(path).close()
    before = path.read_bytes()
    with pytest.raises(JournalError, match="another version") as refused:
        Journal.open(path, LIMIT, BEHAVIOUR + 1)
    assert refused.value.code == "DIFFERENT_BEHAVIOUR"
    assert path.read_bytes() == before


def test_at_its_limit_it_takes_nothing_more_and_stays_whole(tmp_path):
    path = tmp_path / "journal"
    journal = made(path, GROUPS[:2])
    journal.limit = journal.size + 10
    journal.append(9, 30, False, GROUPS[2].inputs)
    with pytest.raises(JournalFull) as full:
        journal.flush()
    assert full.value.code == "JOURNAL_FULL"
    journal.close()
    assert read(path)[0] == GROUPS[:2]


def test_a_full_disk_leaves_no_half_group(tmp_path, monkeypatch):
    path = tmp_path / "journal"
    journal = made(path, GROUPS[:2])
    real = os.write

    def write_half(fd, data):
        real(fd, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    journal.append(12, 31, True, GROUPS[4].inputs)
    with monkeypatch.context() as broken:
        broken.setattr(os, "write", write_half)
        with pytest.raises(JournalFull, match="No space left") as full:
            journal.flush()
    assert full.value.code == "DISK_FULL"
    journal.close()
    groups, opened = read(path)
    assert (groups, opened.cut) == (GROUPS[:2], 0)


def test_a_disk_that_cannot_be_synced_is_said(tmp_path, monkeypatch):
    journal = made(tmp_path / "journal")
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", lambda fd: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error")))
        with pytest.raises(JournalFull, match="Input/output"):
            journal.sync()
    journal.close()


def test_a_write_that_takes_only_a_part_is_gone_on_with(tmp_path, monkeypatch):
    real = os.writev

    def write_some(fd, chunks):
        return real(fd, [memoryview(b"".join(chunks))[:70_000]])

    monkeypatch.setattr(os, "writev", write_some)
    groups = [Group(1, 2, False, inputs_at(1, 2, False, *[("", "frame", (1, LARGE))] * 3))]
    made(tmp_path / "journal", groups).close()
    assert read(tmp_path / "journal")[0] == groups


def test_a_group_of_thousands_of_frames_is_written_whole(tmp_path):
    groups = [Group(1, 2, False, inputs_at(1, 2, False, *[("", "frame", (n, LARGE[:17_000])) for n in range(2_500)]))]
    made(tmp_path / "journal", groups, limit=1 << 30).close()
    assert read(tmp_path / "journal")[0] == groups


def test_syncing_what_is_synced_does_nothing(tmp_path, monkeypatch):
    journal = made(tmp_path / "journal")
    journal.sync()
    monkeypatch.setattr(os, "fsync", lambda fd: pytest.fail("synced again"))
    journal.sync()


payloads = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**63) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
anything = st.one_of(
    st.tuples(st.just(""), st.just("frame"), st.tuples(st.integers(0, 2**60), st.binary(max_size=50))),
    st.tuples(st.just(""), st.just("frame"), st.tuples(st.just(1), st.just(LARGE))),
    st.tuples(st.text(max_size=10), st.sampled_from(SOURCES[1:]), payloads),
)


@given(st.integers(0, 2**60), st.integers(0, 2**60), st.booleans(), st.lists(anything, max_size=6))
def test_a_group_is_the_same_after_its_way_through_bytes(step, at, held, given_):
    inputs = inputs_at(step, at, held, *[("" if s == "frame" else a, s, p) for a, s, p in given_])
    assert unpack_group(b"".join(pack_group(step, at, held, inputs))) == Group(step, at, held, inputs)
