"""The states of a group, and what may lead from one to another.

Theory of operation
-------------------
A group agrees on who reads what in two barriers. At the first (JoinGroup) everybody says which
topics it wants; when all known members have come, or the rebalance timeout has run out on the rest,
a new *generation* is formed and its leader told who is in. At the second (SyncGroup) the leader
hands in the assignment it computed and everybody is told its part. So:

- **Empty**: no members. Committed offsets stay; a group that is only used for those is always here.
- **PreparingRebalance**: the first barrier. Members of the generation before are told by their
  heartbeats to come; they may still commit under it.
- **CompletingRebalance**: the second barrier. The generation is formed, its assignment awaited;
  commits are refused, for nobody owns anything.
- **Stable**: everybody knows its part. Any change of members or of their wishes starts over.
- **Dead**: deleted, or coordinated elsewhere from here on. Nothing leads out of it.

The table is the whole truth: a step that is not in it is a bug of ours, reported as one clear
error. (Kafka: ``ClassicGroupState.java``; h11's manner of writing it down.)
"""

from __future__ import annotations

EMPTY = "Empty"
PREPARING = "PreparingRebalance"
COMPLETING = "CompletingRebalance"
STABLE = "Stable"
DEAD = "Dead"

# What happens to a group: the steps.
REBALANCE = "rebalance"  # somebody came, left, failed or changed its wishes
FORM = "form"  # the first barrier is passed with members: a generation is formed
VACATE = "vacate"  # the first barrier is passed with nobody left
ASSIGN = "assign"  # the leader has handed in the assignment
BURY = "bury"  # the group is deleted, or this broker coordinates it no more

TRANSITIONS: dict[str, dict[str, str]] = {
    EMPTY: {REBALANCE: PREPARING, BURY: DEAD},
    PREPARING: {FORM: COMPLETING, VACATE: EMPTY, BURY: DEAD},
    COMPLETING: {ASSIGN: STABLE, REBALANCE: PREPARING, BURY: DEAD},
    STABLE: {REBALANCE: PREPARING, BURY: DEAD},
    DEAD: {},
}


class IllegalTransition(Exception):
    """A step that the table does not know from this state: a bug in the coordinator."""

    def __init__(self, group: str, state: str, step: str) -> None:
        super().__init__(f"group {group!r} is {state}: there is no step {step!r} from there")
        self.group, self.state, self.step = group, state, step


def after(group: str, state: str, step: str) -> str:
    """The state that ``step`` leads to from ``state``. group: its id, for the error."""
    try:
        return TRANSITIONS[state][step]
    except KeyError:
        raise IllegalTransition(group, state, step) from None
