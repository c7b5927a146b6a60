"""What a log refuses, each with the Kafka error code to answer with (DiskFull: engine/storage/disk.py)."""

from __future__ import annotations

from typing import ClassVar

from engine.wire import errors


class StorageError(Exception):
    """error: a code of engine/wire/errors.py."""

    error: ClassVar[int] = errors.UNKNOWN_SERVER_ERROR


class OffsetOutOfRange(StorageError):
    """Asked for an offset before the log's start or beyond its end."""

    error: ClassVar[int] = errors.OFFSET_OUT_OF_RANGE


class UnexpectedOffset(StorageError):
    """A follower was handed a batch that begins before its log end (``UnexpectedAppendOffsetException``)."""

    error: ClassVar[int] = errors.UNKNOWN_SERVER_ERROR


class OutOfOrderSequence(StorageError):
    """An idempotent producer left a gap, or sent something older than what is remembered of it."""

    error: ClassVar[int] = errors.OUT_OF_ORDER_SEQUENCE_NUMBER


class InvalidProducerEpoch(StorageError):
    """A newer instance of this producer has written here already."""

    error: ClassVar[int] = errors.INVALID_PRODUCER_EPOCH
