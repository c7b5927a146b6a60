"""OffsetCommit and OffsetFetch: where a group has got to.

Behaviour
- A commit is taken from a member of the current generation, except while an assignment is awaited
  (REBALANCE_IN_PROGRESS): nobody owns a partition then. It counts as a sign of life.
- A commit of generation -1 comes from a *simple* consumer that assigns its partitions itself, or
  from an admin. It is taken while the group is Empty (and makes a group that is only used for
  offsets), refused with UNKNOWN_MEMBER_ID while there are members.
- Metadata longer than 4,096 characters is refused partition by partition (OFFSET_METADATA_TOO_LARGE).
- OffsetFetch answers offset -1 for what was never committed, without an error, and knows no
  unknown groups. It shows what is applied; the broker holds the answer back until that is committed.
- Whether a partition exists is the broker's to check before it hands a commit here, as in Kafka.
- A commit of a generation to a group that does not exist is answered with ILLEGAL_GENERATION at every
  version (Kafka: GROUP_ID_NOT_FOUND from v9 on; clients treat both the same).
(Kafka: ``OffsetMetadataManager.java``, ``ClassicGroup.validateOffsetCommit``.)
"""

from __future__ import annotations

from engine.groups import telling
from engine.groups.group import Group, Offset
from engine.groups.state import COMPLETING, EMPTY
from engine.groups.turn import Turn
from engine.limits import NAME_MAX
from engine.machine import Origin
from engine.wire import errors
from engine.wire.messages import (
    CommittedPart,
    FetchedOffset,
    FetchedOffsets,
    OffsetCommitRequest,
    OffsetCommitResponse,
    OffsetFetchGroup,
)


def may_commit(group: Group | None, request: OffsetCommitRequest) -> int:
    """An error code for the whole request."""
    if group is None:
        return errors.NONE if request.generation < 0 else errors.ILLEGAL_GENERATION
    if request.generation < 0 and group.state == EMPTY:
        return errors.NONE
    if request.generation < 0 and not request.member and request.instance is None:
        return errors.UNKNOWN_MEMBER_ID
    if error := group.check(request.member, request.instance):
        return error
    if request.generation != group.generation:
        return errors.ILLEGAL_GENERATION
    return errors.REBALANCE_IN_PROGRESS if group.state == COMPLETING else errors.NONE


def commit(turn: Turn, group: Group, origin: Origin, request: OffsetCommitRequest) -> None:
    """``may_commit`` has been asked."""
    member = group.members.get(request.member)
    if member is not None:
        turn.heard(member, origin)
    answers = []
    for part in request.parts:
        metadata = part.metadata or ""
        if len(part.topic) > NAME_MAX:
            answers.append(CommittedPart(part.topic, part.partition, errors.UNKNOWN_TOPIC_OR_PARTITION))
            continue
        if len(metadata) > turn.settings.metadata_max:
            answers.append(CommittedPart(part.topic, part.partition, errors.OFFSET_METADATA_TOO_LARGE))
            continue
        offset = Offset(part.offset, part.leader_epoch, metadata, turn.calendar_ms)
        group.offsets[part.topic, part.partition] = offset
        turn.write_offset(group, part.topic, part.partition, offset)
        telling.committed(turn, group, origin.client, part)
        answers.append(CommittedPart(part.topic, part.partition))
    turn.answer(origin, OffsetCommitResponse(answers), refusal(request, errors.COORDINATOR_NOT_AVAILABLE))


def refusal(request: OffsetCommitRequest, error: int) -> OffsetCommitResponse:
    return OffsetCommitResponse([CommittedPart(part.topic, part.partition, error) for part in request.parts])


def fetch(group: Group | None, wanted: OffsetFetchGroup) -> FetchedOffsets:
    """group None: there is none of that name; all its offsets are -1."""
    known = {} if group is None else group.offsets
    parts = []
    for topic, partition in sorted(known) if wanted.parts is None else wanted.parts:
        found = known.get((topic, partition))
        if found is None:
            parts.append(FetchedOffset(topic, partition))
        else:
            parts.append(FetchedOffset(topic, partition, found.offset, found.leader_epoch, found.metadata))
    return FetchedOffsets(wanted.group, parts)


def unfetched(wanted: OffsetFetchGroup, error: int) -> FetchedOffsets:
    """The error for the group and, for versions that know no other place, for each partition."""
    parts = [FetchedOffset(topic, partition, error=error) for topic, partition in wanted.parts or ()]
    return FetchedOffsets(wanted.group, parts, error)


def forget_topic(turn: Turn, group: Group, topic: str) -> None:
    """The topic is deleted: so are offsets in it. The group stays, as in Kafka."""
    for key in [key for key in group.offsets if key[0] == topic]:
        del group.offsets[key]
        turn.write_offset(group, *key, None)
