"""ListOffsets (key 2) and OffsetForLeaderEpoch (key 23): questions about a partition's offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.machine import Origin
from engine.replication.partition import Partition
from engine.storage.log import Log
from engine.wire import errors
from engine.wire.batch import CorruptRecord
from engine.wire.messages import (
    EARLIEST,
    LATEST,
    MAX_TIMESTAMP,
    EpochEnd,
    ListedOffset,
    ListOffsetsPart,
    ListOffsetsRequest,
    ListOffsetsResponse,
    OffsetForLeaderEpochRequest,
    OffsetForLeaderEpochResponse,
)

if TYPE_CHECKING:
    from engine.broker.broker import Broker

CONSUMER = -1  # a replica id; -2 is somebody who looks into it, and sees all there is


def _led(broker: Broker, topic: str, partition: int, epoch: int) -> tuple[Partition | None, int]:
    """The partition if this broker leads it in the asker's epoch, or the error."""
    found = broker.partitions.get((topic, partition))
    role = found.leader if found is not None else None
    if found is None or role is None:
        known = broker.image.partition(topic, partition) is not None
        return None, errors.NOT_LEADER_OR_FOLLOWER if known else errors.UNKNOWN_TOPIC_OR_PARTITION
    if epoch >= 0 and epoch != role.epoch:
        return None, errors.FENCED_LEADER_EPOCH if epoch < role.epoch else errors.UNKNOWN_LEADER_EPOCH
    return found, 0


def list_offsets(broker: Broker, now: int, origin: Origin, request: ListOffsetsRequest) -> None:
    broker.answer(origin, ListOffsetsResponse([_listed(broker, asked, request) for asked in request.parts]))


def _listed(broker: Broker, asked: ListOffsetsPart, request: ListOffsetsRequest) -> ListedOffset:
    listed = ListedOffset(asked.topic, asked.partition)
    partition, listed.error = _led(broker, asked.topic, asked.partition, asked.leader_epoch)
    if partition is None:
        return listed
    role, log = partition.leader, partition.log
    assert role is not None
    consumer = request.replica == CONSUMER
    # KIP-207: a new leader may know a lower high watermark than the old one told; wait, do not go back.
    lagging = consumer and partition.high_watermark < role.start
    end = partition.high_watermark if consumer else log.log_end
    if asked.timestamp == LATEST:
        if lagging:
            listed.error = errors.OFFSET_NOT_AVAILABLE
        else:
            listed.offset, listed.leader_epoch = end, role.epoch
    elif asked.timestamp == EARLIEST:
        # The epoch of what stands there, not the leader's: librdkafka may ask again in the midst of reading,
        # and takes an answer with another epoch for another place to begin at.
        listed.offset, listed.leader_epoch = log.log_start, log.epochs.at(log.log_start)
    elif asked.timestamp == MAX_TIMESTAMP or asked.timestamp >= 0:
        try:
            found = _by_time(log, asked.timestamp)
        except CorruptRecord as corrupt:  # a client may send what nobody can read
            listed.error = corrupt.error
            return listed
        if found is not None and found[0] < end:
            listed.offset, listed.timestamp, listed.leader_epoch = found
        elif lagging:
            listed.error = errors.OFFSET_NOT_AVAILABLE
    else:
        listed.error = errors.UNSUPPORTED_VERSION  # -4, -5: tiered storage
    return listed


def _by_time(log: Log, timestamp: int) -> tuple[int, int, int] | None:
    return log.offset_of_max_time() if timestamp == MAX_TIMESTAMP else log.offset_for_time(timestamp)


def epoch_ends(broker: Broker, now: int, origin: Origin, request: OffsetForLeaderEpochRequest) -> None:
    ends = []
    for asked in request.parts:
        end = EpochEnd(asked.topic, asked.partition)
        partition, end.error = _led(broker, asked.topic, asked.partition, asked.current_epoch)
        if partition is not None:
            end.leader_epoch, end.end_offset = partition.log.epoch_end(asked.leader_epoch)
        ends.append(end)
    broker.answer(origin, OffsetForLeaderEpochResponse(ends))
