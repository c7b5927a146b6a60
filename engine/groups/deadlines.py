"""What a coordinator waits for until when: the two barriers, members' sessions, ids handed out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.groups.group import Group
from engine.groups.membership import pending_passed, session_passed
from engine.groups.rebalance import join_deadline_passed, sync_deadline_passed
from engine.groups.turn import NEVER, Turn

JOIN, SYNC, SESSION, PENDING = "join", "sync", "session", "pending"


@dataclass(slots=True)
class Due:
    """who: the member's id, for SESSION and PENDING."""

    at: int
    group: Group
    kind: str
    who: str = ""


def due(groups: dict[str, Group], now: int) -> list[Due]:
    """What has come due, soonest first; at the same time in the order of groups and members."""
    return sorted((it for group in groups.values() for it in _of(group) if it.at <= now), key=lambda it: it.at)


def soonest(groups: dict[str, Group]) -> int:
    return min((it.at for group in groups.values() for it in _of(group)), default=NEVER)


def expire(turn: Turn, it: Due) -> None:
    """Let it have its consequence, unless something before it has made it void."""
    group = it.group
    if not any(still == it for still in _of(group)):
        return
    if it.kind == JOIN:
        join_deadline_passed(turn, group)
    elif it.kind == SYNC:
        sync_deadline_passed(turn, group)
    elif it.kind == PENDING:
        pending_passed(turn, group, it.who)
    else:
        session_passed(turn, group, group.members[it.who])


def _of(group: Group) -> Iterator[Due]:
    if group.join_deadline is not None:
        yield Due(group.join_deadline, group, JOIN)
    if group.sync_deadline is not None:
        yield Due(group.sync_deadline, group, SYNC)
    for member_id, at in group.pending.items():
        yield Due(at, group, PENDING, member_id)
    for member in group.members.values():
        if member.deadline is not None:
            yield Due(member.deadline, group, SESSION, member.id)
