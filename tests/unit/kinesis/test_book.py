"""What the gateway writes down for a lesson: put, refused, handed out, and what came before its time."""

from __future__ import annotations

from engine.kinesis.gateway.book import Book, ShardBook
from engine.limits import BOOK_READERS_MAX

STREAM, PARENT, CHILD = "pedidos", "shardId-000000000000", "shardId-000000000001"
UNREAD = [(PARENT, 0, 5)]


def shard(book: Book, name: str = PARENT) -> ShardBook:
    return book.streams[STREAM].shards[name]


def test_what_was_put_and_what_was_refused_is_counted_by_shard() -> None:
    book = Book()
    book.put(STREAM, PARENT, 3)
    book.put(STREAM, CHILD, 1)
    book.refused(70, STREAM, PARENT, 2)
    book.read_refused(90, STREAM, CHILD)
    assert (shard(book).put, shard(book).refused, shard(book).refused_at) == (3, 2, 70)
    assert (shard(book, CHILD).put, shard(book, CHILD).reads_refused, shard(book, CHILD).refused_at) == (1, 1, 90)


def test_an_empty_answer_is_an_answer_and_what_follows_it_is_known() -> None:
    book = Book()
    book.read(STREAM, PARENT, "a", 0, 2, [])
    book.read(STREAM, PARENT, "a", 2, 0, [])
    book.read(STREAM, PARENT, "a", 2, 3, [])
    found = shard(book)
    assert (found.reads, found.empty, found.delivered, found.after_empty, found.upto) == (3, 1, 5, 3, 5)
    assert book.streams[STREAM].readers == {"a": 5}


def test_a_child_is_ahead_until_its_parent_was_handed_out_whole() -> None:
    book = Book()
    book.read(STREAM, CHILD, "a", 0, 2, UNREAD)
    book.read(STREAM, PARENT, "a", 0, 4, [])
    book.read(STREAM, CHILD, "a", 2, 1, UNREAD)
    book.read(STREAM, PARENT, "b", 4, 1, [])
    book.read(STREAM, CHILD, "a", 3, 4, UNREAD)
    assert shard(book, CHILD).ahead == 3


def test_a_parent_without_records_is_waited_for_by_nobody() -> None:
    book = Book()
    book.read(STREAM, CHILD, "a", 0, 2, [(PARENT, 5, 5)])
    assert shard(book, CHILD).ahead == 0


def test_the_lesson_begins_with_nothing_counted_but_knows_how_far_was_read() -> None:
    book = Book()
    book.read(STREAM, PARENT, "a", 0, 5, [])
    book.put(STREAM, PARENT, 5)
    book.begin()
    assert (shard(book).put, shard(book).delivered, book.streams[STREAM].readers) == (0, 0, {})
    book.read(STREAM, CHILD, "a", 0, 1, UNREAD)
    assert shard(book, CHILD).ahead == 0


def test_a_stream_that_was_deleted_is_forgotten() -> None:
    book = Book()
    book.put(STREAM, PARENT, 5)
    book.finished(STREAM, PARENT)
    book.forget(STREAM)
    book.forget(STREAM)
    assert book == Book()


def test_of_more_readers_than_fit_the_one_who_read_longest_ago_is_forgotten() -> None:
    book = Book()
    for number in range(BOOK_READERS_MAX + 1):
        book.read(STREAM, PARENT, "0" if number == 3 else str(number), number, 1, [])
    readers = book.streams[STREAM].readers
    assert len(readers) == BOOK_READERS_MAX and readers["0"] == 2 and "1" in readers
