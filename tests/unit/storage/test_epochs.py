"""Where each leader epoch began, by the rules of LeaderEpochFileCache."""

from __future__ import annotations

import pytest

from engine.storage.epochs import UNDEFINED, LeaderEpochs


def epochs(*entries: tuple[int, int]) -> LeaderEpochs:
    made = LeaderEpochs()
    for entry in entries:
        assert made.assign(*entry)
    return made


def test_an_epoch_keeps_its_first_start():
    made = epochs((2, 6))
    assert not made.assign(2, 9)
    assert made.entries == [(2, 6)]
    assert made.latest == 2


def test_an_epoch_in_which_nothing_was_written_makes_room_for_the_next():
    made = epochs((2, 6), (3, 10), (4, 10))
    assert made.entries == [(2, 6), (4, 10)]


def test_an_entry_that_contradicts_later_ones_drops_them():
    assert epochs((1, 0), (3, 5), (4, 9), (2, 7)).entries == [(1, 0), (2, 7)]
    assert epochs((1, 5), (2, 9), (3, 2)).entries == [(3, 2)]


def test_negative_epochs_and_offsets_are_a_mistake():
    with pytest.raises(AssertionError):
        LeaderEpochs().assign(-1, 0)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (-1, UNDEFINED),  # a follower that has nothing
        (9, (9, 40)),  # the latest goes on up to the log's end
        (10, UNDEFINED),  # not heard of here
        (5, (5, 30)),
        (6, (5, 30)),  # nothing was written in 6: the one before it counts
        (2, (2, 20)),
        (0, (0, 10)),  # older than all: what it wrote is gone
    ],
)
def test_the_end_of_an_epoch_is_the_start_of_the_next(asked, answer):
    assert epochs((2, 10), (5, 20), (9, 30)).end_of(asked, 40) == answer


def test_without_epochs_every_end_is_undefined():
    assert LeaderEpochs().end_of(0, 40) == UNDEFINED
    assert LeaderEpochs().latest == -1


def test_truncation_forgets_epochs_that_began_there_or_later():
    made = epochs((2, 10), (5, 20), (9, 30))
    assert not made.truncate_from_end(31)
    assert made.truncate_from_end(20)
    assert (made.entries, made.latest) == ([(2, 10)], 2)
    assert made.truncate_from_end(0)
    assert made.latest == -1


def test_the_epoch_in_which_a_log_starts_begins_there():
    for start, left in [
        (9, [(2, 10), (5, 20), (9, 30)]),
        (10, [(2, 10), (5, 20), (9, 30)]),
        (11, [(2, 11), (5, 20), (9, 30)]),
        (20, [(5, 20), (9, 30)]),
        (29, [(5, 29), (9, 30)]),
        (99, [(9, 99)]),
    ]:
        made = epochs((2, 10), (5, 20), (9, 30))
        assert made.truncate_from_start(start) == (made.entries != [(2, 10), (5, 20), (9, 30)])
        assert (made.entries, made.latest) == (left, 9)


def test_the_epoch_of_an_offset_is_found():
    made = epochs((2, 10), (5, 20))
    assert [made.at(offset) for offset in (9, 10, 19, 20, 1000)] == [-1, 2, 2, 5, 5]


def test_where_the_first_begins_is_said_only_if_that_is_later():
    assert [epochs((2, 10), (5, 20)).start_after(end) for end in (0, 9, 10, 15, 30)] == [10, 10, 0, 0, 0]
    assert LeaderEpochs().start_after(0) == 0


def test_the_checkpoint_is_kafkas_text():
    assert epochs((2, 10), (5, 20)).checkpoint() == b"0\n2\n2 10\n5 20\n"
    assert LeaderEpochs().checkpoint() == b"0\n0\n"


def test_a_checkpoint_is_read_back():
    for made in (epochs((2, 10), (5, 20)), LeaderEpochs()):
        again = LeaderEpochs()
        again.restore(made.checkpoint())
        assert (again.entries, again.latest) == (made.entries, made.latest)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"0\n", b"0\n1\n", b"1\n0\n", b"0\n1\n5\n", b"0\n1\n5 x\n", b"0\n2\n5 1\n5 2\n", b"0\n2\n5 9\n6 2\n",
        b"0\n1\n-1 0\n",
    ],
)
def test_lines_that_are_no_epochs_are_refused(data):
    made = epochs((2, 10))
    with pytest.raises(ValueError):
        made.restore(data)
    assert made.entries == [(2, 10)]
