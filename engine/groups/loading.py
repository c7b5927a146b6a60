"""From records to groups: what a broker that begins to lead a partition of ``__consumer_offsets`` does.

Of each key the last record counts, a tombstone for nothing. Groups come back Empty or Stable, for
only those are ever written down: a rebalance under way is lost with its coordinator, and its members
find out by ILLEGAL_GENERATION or by their joins being refused. Where only offsets are left of a
group, it comes back as one that is only used for those. (Kafka: ``GroupMetadataManager.replay``,
``onLoaded``; ``OffsetMetadataManager.replay``.)
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.groups.group import Group
from engine.groups.records import GroupKey, OffsetKey, Record, decode_group, decode_key, decode_offset


def read(records: Iterable[Record]) -> dict[str, Group]:
    """The groups by id, in the order in which they were last written."""
    latest: dict[bytes, bytes] = {}
    for key, value in records:
        if key is not None:
            latest.pop(key, None)  # the last written goes last, so that order is the log's
            if value is not None:
                latest[key] = value
    groups: dict[str, Group] = {}
    offsets = []
    for key, value in latest.items():
        match decode_key(key):
            case GroupKey(group=name):
                group = decode_group(name, value)
                if group is not None:
                    groups[name] = group
            case OffsetKey() as where:
                offset = decode_offset(value)
                if offset is not None:
                    offsets.append((where, offset))
    for where, offset in offsets:
        group = groups.setdefault(where.group, Group(where.group))
        group.offsets[where.topic, where.partition] = offset
    return groups
