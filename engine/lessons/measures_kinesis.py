"""What can be asked of a Kinesis stream, its shards and its readers (measures.py).

A stream's name may be a pattern: {stream: "*-meu-stream", put: 1} asks for one stream of such a name of which all of
the clause holds. What is counted (put, delivered, ...) counts from the beginning of the lesson, whoever did it: the
AWS command line, boto3, the console, a simulated application.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.kinesis.service.shard import number_of
from engine.lessons.conditions import Value
from engine.lessons.looking import Look
from engine.lessons.measuring import Fields, measure
from engine.machine import SECOND


def _books(look: Look, it: Fields, of: Callable[[Any], int]) -> int:
    return sum(of(book) for book in look.streams.books(it["stream"], it.get("shard")))


# --- how it is


@measure("stream", "exists", bool)
def exists(look: Look, it: Fields, _: Any) -> Value:
    """There is such a stream, in whatever status. With shard: there is such a shard, open or closed."""
    if "shard" in it:
        return bool(look.streams.shards(it["stream"], it["shard"]))
    return look.streams.find(it["stream"]) is not None


@measure("stream", "status", str)
def status(look: Look, it: Fields, _: Any) -> Value:
    """CREATING, ACTIVE, UPDATING or DELETING."""
    stream = look.streams.find(it["stream"])
    return stream.status if stream is not None else None


@measure("stream", "mode", str)
def mode(look: Look, it: Fields, _: Any) -> Value:
    """PROVISIONED or ON_DEMAND."""
    stream = look.streams.find(it["stream"])
    return stream.mode if stream is not None else None


@measure("stream", "encryption", str)
def encryption(look: Look, it: Fields, _: Any) -> Value:
    """NONE or KMS."""
    stream = look.streams.find(it["stream"])
    return stream.encryption if stream is not None else None


@measure("stream", "retention_hours")
def retention_hours(look: Look, it: Fields, _: Any) -> Value:
    """How long a record can be read, in hours."""
    stream = look.streams.find(it["stream"])
    return stream.retention_hours if stream is not None else None


@measure("stream", "consumers")
def consumers(look: Look, it: Fields, _: Any) -> Value:
    """Consumers registered for enhanced fan-out."""
    stream = look.streams.find(it["stream"])
    return len(stream.consumers) if stream is not None else None


@measure("stream", "shards")
def shards(look: Look, it: Fields, _: Any) -> Value:
    """Shards, the closed ones too."""
    return len(look.streams.shards(it["stream"])) if look.streams.find(it["stream"]) is not None else None


@measure("stream", "open_shards")
def open_shards(look: Look, it: Fields, _: Any) -> Value:
    """Shards that take records."""
    stream = look.streams.find(it["stream"])
    return stream.open_count() if stream is not None else None


@measure("stream", "open", bool, needs=("shard",))
def is_open(look: Look, it: Fields, _: Any) -> Value:
    """The shard takes records; a parent that was split or merged does not any more."""
    return next((shard.taking for shard in look.streams.shards(it["stream"], it["shard"])), None)


# --- what is in it


@measure("stream", "records")
def records(look: Look, it: Fields, _: Any) -> Value:
    """Records that can be read now. With shard: in that one."""
    if look.streams.find(it["stream"]) is None:
        return None
    return sum(
        end - start
        for shard in look.streams.shards(it["stream"], it.get("shard"))
        for start, end in [look.streams.readable(it["stream"], shard)]
    )


@measure("stream", "keyed", takes=("key", "records"))
def keyed(look: Look, it: Fields, argument: Any) -> Value:
    """Records with a partition key: {key: "1", records: 2}; without records: at least one. With shard: in that one."""
    wanted = str(argument["key"]).encode()
    return _count(look, it, "key", argument["key"], lambda record: bool(record.key == wanted))


@measure("stream", "data", takes=("value", "records"))
def data(look: Look, it: Fields, argument: Any) -> Value:
    """Records whose data are this text: {value: teste, records: 2}; without records: at least one. With shard: in that
    one. (The data themselves: not the base64 in which the API hands them over.)"""
    wanted = str(argument["value"]).encode()
    return _count(look, it, "value", argument["value"], lambda record: bool(record.value == wanted))


@measure("stream", "garbled")
def garbled(look: Look, it: Fields, _: Any) -> Value:
    """Records whose data are no text (not UTF-8), as when a plain text was taken for base64. With shard: in that."""
    return _count(look, it, "garbled", "", _is_garbled)


def _is_garbled(record: Any) -> bool:
    try:
        bytes(record.value or b"").decode()
    except UnicodeDecodeError:
        return True
    return False


def _count(look: Look, it: Fields, what: str, argument: str, wanted: Callable[[Any], bool]) -> int | None:
    total = 0
    for shard in look.streams.shards(it["stream"], it.get("shard")):
        found = look.streams.count(it["stream"], shard, what, argument, wanted)
        if found is None:
            return None
        total += found
    return total


# --- what was done to it since the lesson began


@measure("stream", "put")
def put(look: Look, it: Fields, _: Any) -> Value:
    """Records taken since the lesson began. With shard: by that one."""
    return _books(look, it, lambda book: book.put)


@measure("stream", "throttled")
def throttled(look: Look, it: Fields, _: Any) -> Value:
    """Records refused since the lesson began, because a shard had its 1,000 records or 1 MiB of that second. With
    shard: by that one."""
    return _books(look, it, lambda book: book.refused)


@measure("stream", "delivered")
def delivered(look: Look, it: Fields, _: Any) -> Value:
    """Records handed to readers since the lesson began, each time counted. With shard: of that one; with reader: to
    that simulated one."""
    if "reader" in it:
        return look.streams.handed(it["stream"], it["reader"])
    return _books(look, it, lambda book: book.delivered)


@measure("stream", "reads")
def reads(look: Look, it: Fields, _: Any) -> Value:
    """Answers to readers since the lesson began, empty ones too. With shard: of that one."""
    return _books(look, it, lambda book: book.reads)


@measure("stream", "empty")
def empty(look: Look, it: Fields, _: Any) -> Value:
    """Of these, those without a record. With shard: of that one."""
    return _books(look, it, lambda book: book.empty)


@measure("stream", "after_empty")
def after_empty(look: Look, it: Fields, _: Any) -> Value:
    """Records handed out of a shard after an empty answer of it. With shard: of that one."""
    return _books(look, it, lambda book: book.after_empty)


@measure("stream", "reads_throttled")
def reads_throttled(look: Look, it: Fields, _: Any) -> Value:
    """Reads refused since the lesson began, because a shard had its 5 GetRecords or 2 MiB of that second. With shard:
    by that one."""
    return _books(look, it, lambda book: book.reads_refused)


@measure("stream", "finished")
def finished(look: Look, it: Fields, _: Any) -> Value:
    """How often a reader was told that a closed shard is over (NextShardIterator is null). With shard: that one."""
    return _books(look, it, lambda book: book.finished)


@measure("stream", "ahead")
def ahead(look: Look, it: Fields, _: Any) -> Value:
    """Records handed out of a shard while a parent of it still held some that nobody had been handed. With shard: of
    that one."""
    return _books(look, it, lambda book: book.ahead)


@measure("stream", "quiet_s")
def quiet_s(look: Look, it: Fields, _: Any) -> Value:
    """Whole seconds since a shard refused a record or a read; if none did: since the lesson began."""
    if look.streams.find(it["stream"]) is None:
        return None
    books = look.streams.books(it["stream"], it.get("shard"))
    last = max((book.refused_at for book in books), default=-1)
    return int(look.cluster.world.now - max(last, look.began)) // SECOND


# --- a simulated reader


@measure("stream", "leases", needs=("reader",))
def leases(look: Look, it: Fields, _: Any) -> Value:
    """Shards that this simulated reader reads now; 0 if there is none of that name."""
    return len(look.streams.positions(it["stream"], it["reader"]))


@measure("stream", "readers")
def readers(look: Look, it: Fields, _: Any) -> Value:
    """Simulated readers that read some shard of it now."""
    return len(look.streams.readers(it["stream"]))


@measure("stream", "behind")
def behind(look: Look, it: Fields, _: Any) -> Value:
    """Records of the shards it reads that this simulated reader has not been handed yet; without reader: the one
    that is furthest behind. With shard: of that one."""
    names = [it["reader"]] if "reader" in it else look.streams.readers(it["stream"])
    return max((n for name in names if (n := _behind(look, it, name)) is not None), default=None)


def _behind(look: Look, it: Fields, reader: str) -> int | None:
    positions = look.streams.positions(it["stream"], reader)
    if not positions:
        return None
    total, all_shards = 0, look.streams.shards(it["stream"])
    for name, at in positions.items():
        if it.get("shard", name) == name:
            start, end = look.streams.readable(it["stream"], all_shards[number_of(name)])
            total += end - max(start, min(at, end))
    return total
