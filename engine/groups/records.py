"""What a coordinator writes down, in Kafka's own bytes: the records of ``__consumer_offsets``.

Key and value each begin with a version (int16). The key's version tells what it is: 0 and 1 a
committed offset of (group, topic, partition), 2 a group. A record without a value (a tombstone)
takes back what its key said. We write what Kafka 4.0 writes, OffsetCommitValue v3 and
GroupMetadataValue v3, and read 0 to 4 (``group-coordinator/.../common/message/*.json``). Keys of
other versions (the KIP-848 protocol's) and unreadable values are skipped, as Kafka does.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from engine.groups.group import Group, Offset
from engine.groups.member import Member
from engine.groups.state import STABLE
from engine.wire.errors import MalformedRequest
from engine.wire.primitives import INT16, INT32, INT64, Reader, Writer

Record = tuple[bytes | None, bytes | None]

OFFSET_KEY_VERSION, GROUP_KEY_VERSION = 1, 2
VALUE_VERSION = 3
FLEXIBLE_VERSION = 4  # values from here on are flexible (KIP-482) and end in tagged fields


@dataclass(slots=True)
class OffsetKey:
    group: str
    topic: str
    partition: int


@dataclass(slots=True)
class GroupKey:
    group: str


# --- writing ----------------------------------------------------------------------------------------


def offset_record(group: str, topic: str, partition: int, offset: Offset | None) -> Record:
    """offset None: a tombstone."""
    key = _writer(OFFSET_KEY_VERSION)
    key.string(group)
    key.string(topic)
    key.number(INT32, partition)
    if offset is None:
        return bytes(key.out), None
    value = _writer(VALUE_VERSION)
    value.number(INT64, offset.offset)
    value.number(INT32, offset.leader_epoch)
    value.string(offset.metadata)
    value.number(INT64, offset.at_ms)
    return bytes(key.out), bytes(value.out)


def group_record(group: Group) -> Record:
    """The group as it is: generation, members, each with its wish and its part."""
    value = _writer(VALUE_VERSION)
    value.string(group.protocol_type or "")
    value.number(INT32, group.generation)
    value.string(group.protocol)
    value.string(group.leader)
    value.number(INT64, group.changed_at_ms)
    value.count(len(group.members))
    for member in group.members.values():
        value.string(member.id)
        value.string(member.instance)
        value.string(member.client)
        value.string(member.host)
        value.number(INT32, member.rebalance_timeout_ms)
        value.number(INT32, member.session_timeout_ms)
        value.bytes_(member.metadata(group.protocol))
        value.bytes_(member.assignment)
    return _group_key(group.id), bytes(value.out)


def group_tombstone(group: str) -> Record:
    return _group_key(group), None


def _group_key(group: str) -> bytes:
    key = _writer(GROUP_KEY_VERSION)
    key.string(group)
    return bytes(key.out)


def _writer(version: int) -> Writer:
    writer = Writer(version, flexible=False)
    writer.number(INT16, version)
    return writer


# --- reading ----------------------------------------------------------------------------------------


def decode_key(data: bytes) -> OffsetKey | GroupKey | None:
    try:
        reader = _reader(data)
        if reader.version in (0, OFFSET_KEY_VERSION):
            return OffsetKey(reader.string() or "", reader.string() or "", reader.number(INT32))
        if reader.version == GROUP_KEY_VERSION:
            return GroupKey(reader.string() or "")
    except (MalformedRequest, struct.error):
        pass
    return None


def decode_offset(data: bytes) -> Offset | None:
    try:
        reader = _reader(data)
        offset = reader.number(INT64)
        leader_epoch = reader.number(INT32) if reader.version >= 3 else -1
        return Offset(offset, leader_epoch, reader.string() or "", reader.number(INT64))
    except (MalformedRequest, struct.error):
        return None


def decode_group(group: str, data: bytes) -> Group | None:
    """The group as it was written down: Empty or Stable, for nothing else is."""
    try:
        reader = _reader(data)
        found = Group(group, protocol_type=reader.string() or None)
        found.generation = reader.number(INT32)
        found.protocol = reader.string()
        leader = reader.string()
        if reader.version >= 2:
            found.changed_at_ms = reader.number(INT64)
        for _ in range(reader.count(2)):
            found.add(_read_member(reader, found.protocol or ""), found.protocol_type or "")
    except (MalformedRequest, struct.error):
        return None
    if found.members:
        found.state = found.previous = STABLE
        found.leader = leader if leader in found.members else found.leader
    return found


def _read_member(reader: Reader, protocol: str) -> Member:
    member_id = reader.string() or ""
    instance = reader.string() if reader.version >= 3 else None
    client, host = reader.string() or "", reader.string() or ""
    rebalance_timeout_ms = reader.number(INT32) if reader.version >= 1 else -1
    session_timeout_ms = reader.number(INT32)
    subscription, assignment = reader.bytes_() or b"", reader.bytes_() or b""
    if reader.flexible:
        reader.skip_tags()
    return Member(
        member_id,
        client,
        host,
        session_timeout_ms,
        session_timeout_ms if rebalance_timeout_ms < 0 else rebalance_timeout_ms,
        [(protocol, subscription)],
        instance,
        assignment,
    )


def _reader(data: bytes) -> Reader:
    reader = Reader(data, 0, 0, flexible=False)
    reader.version = reader.number(INT16)
    reader.flexible = reader.version >= FLEXIBLE_VERSION
    if not 0 <= reader.version <= FLEXIBLE_VERSION:
        raise MalformedRequest(f"version {reader.version}")
    return reader
