"""The journal keeps inputs in their order and grouping, and survives being cut off anywhere."""

import errno
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.live.groups import SOURCES, Group, pack_group, unpack_group
from engine.live.journal import BEHAVIOUR, Header, Journal, JournalError, JournalFull, Position
from engine.world import inputs
from engine.world.inputs import Input

HEADER = Header({"scenario": {"name": "demo", "brokers": 3}, "seed": 7})
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
    groups = [group for group, _ in journal.read()]
    journal.close()
    return groups, journal


def file_of(folder):
    """The segment written last."""
    return sorted(folder.glob("*.journal"))[-1]


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
    assert len(list(journal.read())) == 2
    for group in GROUPS[2:]:
        journal.append(group.step, group.at, group.held, group.inputs)
    journal.close()
    assert read(tmp_path / "journal")[0] == GROUPS


def test_cut_off_after_any_byte_it_ends_with_the_last_whole_group(tmp_path):
    small = [g for g in GROUPS if all(i.source != "frame" for i in g.inputs)]
    journal = Journal.create(tmp_path / "journal", HEADER, LIMIT)
    path = journal.path
    ends = [journal.size]
    for group in small:
        journal.append(group.step, group.at, group.held, group.inputs)
        journal.flush()
        ends.append(journal.size)
    journal.close()
    whole = path.read_bytes()
    for length in range(ends[0], len(whole) + 1):
        path.write_bytes(whole[:length])
        groups, journal = read(tmp_path / "journal")
        kept = [end for end in ends if end <= length]
        assert groups == small[: len(kept) - 1]
        assert journal.cut == length - kept[-1]
        assert path.stat().st_size == kept[-1] == journal.size
        if journal.cut:
            assert journal.aside.read_bytes() == whole[kept[-1] : length]


def test_a_flipped_bit_in_the_last_group_cuts_it_off(tmp_path):
    made(tmp_path / "journal", GROUPS[:1]).close()
    path = file_of(tmp_path / "journal")
    good = path.stat().st_size
    made(tmp_path / "journal", GROUPS[:2]).close()
    data = bytearray(path.read_bytes())
    data[good + 20] ^= 4
    path.write_bytes(data)
    groups, journal = read(tmp_path / "journal")
    assert groups == GROUPS[:1]
    assert journal.cut == len(data) - good
    assert journal.aside.read_bytes() == data[good:]


@pytest.mark.parametrize("offset", [2, 6, 20])  # the size, the CRC, the content
def test_a_flipped_bit_that_whole_groups_follow_is_damage_and_nothing_is_cut(tmp_path, offset):
    made(tmp_path / "journal", GROUPS[:1]).close()
    path = file_of(tmp_path / "journal")
    good = path.stat().st_size
    made(tmp_path / "journal").close()
    data = bytearray(path.read_bytes())
    data[good + offset] ^= 4
    path.write_bytes(data)
    with pytest.raises(JournalError, match=f"damaged at byte {good:,}.*Move that file away") as refused:
        Journal.open(tmp_path / "journal", LIMIT)
    assert refused.value.code == "JOURNAL_DAMAGED"
    assert path.read_bytes() == data


def test_a_page_that_a_power_cut_lost_is_no_damage_though_whole_groups_follow_it(tmp_path):
    group = Group(1, 2, False, inputs_at(1, 2, False, *[("", "frame", (1, LARGE[:1_000]))] * 3))
    made(tmp_path / "journal", [group] * 4).close()
    path = file_of(tmp_path / "journal")
    data = bytearray(path.read_bytes())
    data[4_096:8_192] = bytes(4_096)
    path.write_bytes(data)
    groups, journal = read(tmp_path / "journal")
    assert groups == [group]
    assert journal.cut > 8_192


def test_zeros_after_a_power_cut_are_cut_off(tmp_path):
    made(tmp_path / "journal").close()
    with open(file_of(tmp_path / "journal"), "ab") as file:
        file.write(bytes(4096))
    groups, journal = read(tmp_path / "journal")
    assert (groups, journal.cut) == (GROUPS, 4096)


def test_after_a_cut_it_can_be_written_again(tmp_path):
    path = tmp_path / "journal"
    made(path).close()
    os.truncate(file_of(path), file_of(path).stat().st_size - 3)
    journal = Journal.open(path, LIMIT)
    assert [group for group, _ in journal.read()] == GROUPS[:-1]
    journal.append(GROUPS[-1].step, GROUPS[-1].at, GROUPS[-1].held, GROUPS[-1].inputs)
    journal.close()
    assert read(path)[0] == GROUPS


@pytest.mark.parametrize("content", [b"", b"RIACHO", b"something else altogether", b"RIACHO-J" + bytes(30)])
def test_what_is_no_journal_is_refused_by_name_with_the_way_out(tmp_path, content):
    path = tmp_path / "00000000000000000000.journal"
    path.write_bytes(content)
    with pytest.raises(JournalError, match="Move that file away") as refused:
        Journal.open(tmp_path, LIMIT)
    assert refused.value.code == "NOT_A_JOURNAL"
    assert str(path) in refused.value.reason
    assert path.read_bytes() == content


def test_a_journal_of_the_first_version_is_a_file_and_refused(tmp_path):
    (tmp_path / "journal").write_bytes(b"RIACHO-J and more")
    with pytest.raises(JournalError, match="older version.*Move that file away") as refused:
        Journal.open(tmp_path / "journal", LIMIT)
    assert refused.value.code == "DIFFERENT_BEHAVIOUR"


def test_a_folder_without_a_journal_is_told_from_a_damaged_one(tmp_path):
    with pytest.raises(JournalError) as refused:
        Journal.open(tmp_path, LIMIT)
    assert refused.value.code == "NO_JOURNAL"


def test_a_journal_of_another_behaviour_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "journal"
    made(path).close()
    before = file_of(path).read_bytes()
    with pytest.raises(JournalError, match="another version") as refused:
        Journal.open(path, LIMIT, BEHAVIOUR + 1)
    assert refused.value.code == "DIFFERENT_BEHAVIOUR"
    assert file_of(path).read_bytes() == before


# --- segments ------------------------------------------------------------------------------------------


def in_segments(path):
    """Three of them, of one, three and one group; and the positions before and behind each group."""
    journal = Journal.create(path, HEADER, LIMIT)
    positions = [journal.tell()]
    for number, group in enumerate(GROUPS):
        if number in (1, 4):
            journal.roll(group.step, group.at)
        journal.append(group.step, group.at, group.held, group.inputs)
        positions.append(journal.tell())
    journal.flush()
    return journal, positions


def test_a_journal_in_segments_reads_as_one(tmp_path):
    in_segments(tmp_path / "journal")[0].close()
    assert [path.stem.lstrip("0") for path in sorted((tmp_path / "journal").iterdir())] == ["", "4", "12"]
    groups, journal = read(tmp_path / "journal")
    assert groups == GROUPS
    assert journal.header.previous == (4, journal.segments[1].size)


def test_it_can_be_read_from_every_position_that_it_told(tmp_path):
    journal, positions = in_segments(tmp_path / "journal")
    for number, position in enumerate(positions):
        assert [group for group, _ in journal.read(position)] == GROUPS[number:]
    assert [behind for _, behind in journal.read()] == positions[1:]
    assert positions == sorted(positions)
    assert [group for group, _ in journal.read(Position(4, 0))] == GROUPS[1:], "0 is where a segment begins"
    journal.close()


def test_reading_and_writing_take_turns(tmp_path):
    journal = Journal.create(tmp_path / "journal", HEADER, LIMIT)
    reading = journal.read()
    for group in GROUPS:
        journal.append(group.step, group.at, group.held, group.inputs)
        journal.flush()
        assert next(reading)[0] == group
        if group.step == 9:
            journal.roll(10, 31)
    assert list(reading) == []
    journal.close()


def test_what_was_appended_but_not_written_is_read_too(tmp_path):
    journal = Journal.create(tmp_path / "journal", HEADER, LIMIT)
    journal.append(GROUPS[0].step, GROUPS[0].at, GROUPS[0].held, GROUPS[0].inputs)
    assert [group for group, _ in journal.read()] == GROUPS[:1]
    journal.close()


def test_distances_count_what_is_left_to_read(tmp_path):
    journal, positions = in_segments(tmp_path / "journal")
    assert journal.distance(positions[-1]) == 0
    assert journal.distance(positions[0]) == journal.size - sum(segment.start for segment in journal.segments)
    assert journal.distance(positions[3]) > journal.distance(positions[4]) > 0
    journal.close()


def test_an_empty_segment_is_not_followed_by_another(tmp_path):
    journal = Journal.create(tmp_path / "journal", HEADER, LIMIT)
    assert journal.roll(5, 5) == journal.tell() == journal.start
    journal.append(5, 5, False, [])
    here = journal.roll(5, 6)
    assert len(journal.segments) == 2 and here == Position(5, journal.segments[1].start)
    journal.append(5, 6, True, GROUPS[4].inputs)
    assert journal.roll(5, 6) == journal.tell(), "its file's name is taken: the segment goes on"
    journal.close()
    assert len(read(tmp_path / "journal")[0]) == 2


def test_segments_before_a_step_can_be_forgotten_and_the_rest_is_still_whole(tmp_path):
    journal, positions = in_segments(tmp_path / "journal")
    size = journal.size
    for path in journal.forget(4):
        size -= path.stat().st_size
        path.unlink()
    assert journal.size == size
    assert journal.start == Position(4, journal.segments[0].start) and journal.holds(positions[2])
    assert not journal.holds(positions[0])
    with pytest.raises(JournalError) as gone:
        list(journal.read(positions[0]))
    assert gone.value.code == "HISTORY_GONE"
    journal.close()
    assert read(tmp_path / "journal")[0] == GROUPS[1:]


def test_a_missing_segment_is_a_gap_before_which_nothing_is_replayed(tmp_path):
    in_segments(tmp_path / "journal")[0].close()
    sorted((tmp_path / "journal").iterdir())[1].unlink()
    groups, journal = read(tmp_path / "journal")
    assert groups == GROUPS[4:] and journal.start.segment == 12


def test_a_segment_that_is_shorter_than_its_successor_says_is_a_gap_too(tmp_path):
    in_segments(tmp_path / "journal")[0].close()
    middle = sorted((tmp_path / "journal").iterdir())[1]
    os.truncate(middle, middle.stat().st_size - 1)
    assert read(tmp_path / "journal")[0] == GROUPS[4:]


def test_damage_in_an_older_segment_is_met_by_whoever_reads_there(tmp_path):
    in_segments(tmp_path / "journal")[0].close()
    middle = sorted((tmp_path / "journal").iterdir())[1]
    data = bytearray(middle.read_bytes())
    data[-30] ^= 1
    middle.write_bytes(data)
    journal = Journal.open(tmp_path / "journal", LIMIT)
    with pytest.raises(JournalError) as damaged:
        list(journal.read())
    assert damaged.value.code == "JOURNAL_DAMAGED" and str(middle) in damaged.value.reason
    assert [group for group, _ in journal.read(journal.tell())] == []
    journal.close()


def test_a_new_segment_without_content_after_a_power_cut_is_taken_away(tmp_path):
    journal, _ = in_segments(tmp_path / "journal")
    journal.roll(99, 99)
    journal.close()
    file_of(tmp_path / "journal").write_bytes(bytes(200))
    groups, journal = read(tmp_path / "journal")
    assert groups == GROUPS and journal.start.segment == 0


def test_rolling_without_room_for_a_file_goes_on_with_the_old_one(tmp_path, monkeypatch):
    from engine.live import journal as journals

    journal = made(tmp_path / "journal", GROUPS[:2])
    with monkeypatch.context() as broken:
        broken.setattr(journals, "make_segment", lambda *_, **__: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
        with pytest.raises(JournalFull, match="full"):
            journal.roll(8, 29)
    journal.append(9, 30, False, GROUPS[2].inputs)
    journal.close()
    assert read(tmp_path / "journal")[0] == GROUPS[:3]


def test_a_sync_makes_the_segments_before_durable_too(tmp_path, monkeypatch):
    journal, _ = in_segments(tmp_path / "journal")
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(os.readlink(f"/proc/self/fd/{fd}")), real(fd)))
    journal.sync()
    files = [str(segment.path) for segment in journal.segments]
    assert sorted(synced) == sorted([*files, str(tmp_path / "journal")])
    synced.clear()
    journal.sync()
    assert synced == []
    journal.close()


# --- limits --------------------------------------------------------------------------------------------


def test_at_its_limit_it_takes_nothing_more_and_stays_whole(tmp_path):
    path = tmp_path / "journal"
    journal = made(path, GROUPS[:2])
    journal.limit = journal.size + 10
    journal.append(9, 30, False, GROUPS[2].inputs)
    with pytest.raises(JournalFull) as full:
        journal.flush()
    assert full.value.code == "JOURNAL_FULL" and str(journal.path) in full.value.reason
    journal.limit = LIMIT
    journal.append(12, 31, True, GROUPS[4].inputs)
    with pytest.raises(JournalFull):
        journal.flush()  # what was lost before must not be followed by anything
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


def test_every_source_has_its_number():
    assert SOURCES[:7] == ("frame", "accept", "close", "command", "calendar", "restart", "rebase")
    named = [value for name, value in vars(inputs).items() if name.isupper() and isinstance(value, str)]
    assert sorted(named) == sorted(SOURCES)


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
