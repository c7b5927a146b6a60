"""The transaction index: aborted transactions of a segment, in Kafka's bytes."""

from __future__ import annotations

import struct

import pytest

from engine.storage.disk import MemoryDisk
from engine.storage.txnindex import ENTRY_BYTES, AbortedTransaction, TransactionIndex
from tests.unit.storage.making import a_batch, a_log, filled, reopened

A = AbortedTransaction(7, 100, 120, 90)
B = AbortedTransaction(8, 90, 140, 150)
C = AbortedTransaction(7, 150, 160, 165)


def an_index(*entries: AbortedTransaction) -> TransactionIndex:
    index = TransactionIndex(MemoryDisk(), "t-0/0.txnindex", 100)
    for entry in entries:
        index.append(entry)
    return index


def test_an_entry_has_34_bytes():
    index = an_index(A, B)
    assert index.disk.read_all(index.path) == struct.pack(">hqqqq", 0, *A) + struct.pack(">hqqqq", 0, *B)
    assert ENTRY_BYTES == 34
    assert index.entries() == [A, B]


def test_there_is_no_file_before_the_first_entry():
    assert not an_index().disk.exists("t-0/0.txnindex")
    assert an_index().entries() == []
    assert an_index().open()
    assert "txnindex" not in str(filled(10).disk.paths())


@pytest.mark.parametrize(
    ("asked", "found", "complete"),
    [
        ((0, 90), [], True),
        ((0, 100), [B], True),
        ((95, 101), [A, B], True),
        ((121, 140), [B], True),
        ((141, 150), [], True),
        ((141, 200), [C], False),
        ((161, 200), [], False),
    ],
)
def test_a_reader_is_handed_the_transactions_that_overlap(asked, found, complete):
    assert an_index(A, B, C).collect(*asked) == (found, complete)


def test_truncation_drops_transactions_that_end_there_or_later():
    for offset, left in [(120, []), (121, [A]), (140, [A]), (141, [A, B])]:
        index = an_index(A, B, C)
        index.truncate_to(offset)
        assert index.entries() == left
    an_index().truncate_to(5)


def test_a_file_that_cannot_be_right_is_not_believed():
    assert an_index(A, B, C).open()
    assert not an_index(B, A).open()
    assert not an_index(AbortedTransaction(7, 10, 50, 60)).open()
    torn = an_index(A)
    torn.disk.truncate(torn.path, 20)
    assert not torn.open()
    strange = an_index()
    strange.disk.append(strange.path, struct.pack(">hqqqq", 1, *A))
    assert not strange.open()


def test_it_goes_where_its_segment_goes():
    log = a_log(segment_bytes=200, retention_bytes=0)
    for _ in range(6):
        log.append_as_leader([a_batch()], 0)
    log.segments[0].aborted.append(AbortedTransaction(1, 0, 1, 1))
    path = log.segments[0].aborted.path
    assert path.endswith("00000000000000000000.txnindex")
    log = reopened(log)
    assert log.segments[0].aborted.entries() == [AbortedTransaction(1, 0, 1, 1)]
    log.delete_old_segments(0, log.log_end)
    assert log.disk.exists(path + ".deleted") and not log.disk.exists(path)
    log.delete_files(60_000)
    assert not log.disk.exists(path + ".deleted")


def test_cutting_a_segment_cuts_it_too():
    log = filled(10)
    log.segments[0].aborted.append(AbortedTransaction(1, 0, 1, 1))
    log.segments[0].aborted.append(AbortedTransaction(2, 4, 6, 6))
    log.truncate_to(5)
    assert log.segments[0].aborted.entries() == [AbortedTransaction(1, 0, 1, 1)]
