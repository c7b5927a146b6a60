"""The offset index has Kafka's bytes: relative offset and position, about every 4 KiB."""

from __future__ import annotations

import struct

from tests.unit.storage.making import a_batch, a_log, filled


def test_an_entry_is_made_after_each_4_KiB_with_the_last_offset_of_the_batch_there():
    log = filled(300)
    segment = log.segments[0]
    entries = segment.index.entries()
    assert len(entries) == len(segment.index) == segment.size // 4096
    size = a_batch().size
    for (offset, position), before in zip(entries, [(0, 0), *entries], strict=False):
        assert position == offset * size
        assert 4096 < position - before[1] <= 4096 + size
    data = log.disk.read_all("pedidos-0/00000000000000000000.index")
    assert [struct.unpack(">II", data[i : i + 8]) for i in range(0, len(data), 8)] == entries


def test_lookup_gives_the_last_entry_at_or_before_an_offset():
    index = filled(300).segments[0].index
    first, second = index.entries()[:2]
    assert index.lookup(first[0] - 1) == (0, 0)
    assert index.lookup(first[0]) == index.lookup(second[0] - 1) == first


def test_offsets_are_relative_to_the_segment():
    log = filled(400, segment_bytes=10_000)
    segment = log.segments[2]
    (entry, *_) = segment.index.entries()
    assert entry[0] > segment.base_offset > 0
    data = log.disk.read_all(segment.index_path)
    assert struct.unpack_from(">I", data)[0] == entry[0] - segment.base_offset


def test_a_full_index_begins_a_segment():
    log = filled(300, index_bytes=16)
    assert len(log.segments) > 2
    assert all(len(segment.index) <= 2 for segment in log.segments)


def test_a_relative_offset_never_exceeds_31_bits():
    log = a_log()
    log.truncate_fully_and_start_at(0)
    first = a_batch()
    log.append_as_follower([first.placed(0, 0)])
    log.append_as_follower([first.placed(2**31 - 1, 0)])
    log.append_as_follower([first.placed(2**31, 0)])
    assert [segment.base_offset for segment in log.segments] == [0, 2**31]


def test_truncation_takes_back_the_entries_behind_it():
    log = filled(300)
    same = filled(120)
    log.truncate_to(120)
    assert log.segments[0].index.entries() == same.segments[0].index.entries()
    assert log.segments[0].index.indexed_at == same.segments[0].index.indexed_at
