"""Who reads what: pure functions that a group's leader runs over everybody's wishes.

All take ``members``, {member: the topics it wants}; ``partitions``, {topic: how many partitions it
has}; and return {member: its partitions}, every partition of a wanted topic exactly once, members
without any included. ``previous`` is what each held before; only *sticky* looks at it. ``instances``
names static members: they sort by that name, before all others, so that a restart (which brings a
new member id) changes nothing (KIP-345). The same arguments give the same answer, whatever the
order of the dictionaries.

- **range**: topic by topic, members in order get consecutive ranges, the first ones one more when it
  does not come out even. Partition N of several topics meets at one member, which joins need; the
  price is that the first members carry the extras of every topic. (``RangeAssignor.java``; racks,
  KIP-881, are not looked at.)
- **roundrobin**: all partitions of all topics in one row, dealt out like cards.
  (``RoundRobinAssignor.java``.)
- **sticky**: as even as the wishes allow, then as few partitions as possible change hands. Kafka's
  (KIP-54) reaches the same two ends by another way, so single choices may differ.
- **cooperative-sticky**: the same, but what one member still holds and another is to have is nobody's for now: its
  holder gives it up, joins again, and in the next rebalance it is free (KIP-429).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engine.groups.protocol import TopicPartition

Wishes = Mapping[str, Sequence[str]]
Assignment = dict[str, list[TopicPartition]]


def range_assignor(
    members: Wishes,
    partitions: Mapping[str, int],
    previous: Mapping[str, Sequence[TopicPartition]] | None = None,
    instances: Mapping[str, str | None] | None = None,
) -> Assignment:
    order = _in_order(members, instances)
    assignment: Assignment = {member: [] for member in order}
    for topic in _wanted(members, partitions):
        readers = [member for member in order if topic in members[member]]
        share, extra = divmod(partitions[topic], len(readers))
        first = 0
        for number, member in enumerate(readers):
            after = first + share + (number < extra)
            assignment[member] += [(topic, partition) for partition in range(first, after)]
            first = after
    return assignment


def roundrobin_assignor(
    members: Wishes,
    partitions: Mapping[str, int],
    previous: Mapping[str, Sequence[TopicPartition]] | None = None,
    instances: Mapping[str, str | None] | None = None,
) -> Assignment:
    order = _in_order(members, instances)
    assignment: Assignment = {member: [] for member in order}
    turn = 0
    for topic, partition in _all(members, partitions):
        while topic not in members[order[turn % len(order)]]:
            turn += 1
        assignment[order[turn % len(order)]].append((topic, partition))
        turn += 1
    return assignment


def sticky_assignor(
    members: Wishes,
    partitions: Mapping[str, int],
    previous: Mapping[str, Sequence[TopicPartition]] | None = None,
    instances: Mapping[str, str | None] | None = None,
) -> Assignment:
    """Keep what was, give the rest to whoever has least, then even out along chains of handovers.

    If one member has two more than another that it can pass a partition to, perhaps through others
    in between, it does. When no such chain is left, no fairer assignment exists for these wishes.
    """
    order = _in_order(members, instances)
    todo = dict.fromkeys(_all(members, partitions))
    assignment: Assignment = {member: [] for member in order}
    for member in order:
        for held in (previous or {}).get(member, ()):
            if held in todo and held[0] in members[member]:  # claimed twice: the first in order keeps it
                del todo[held]
                assignment[member].append(held)
    for free in todo:
        poorest = min((m for m in order if free[0] in members[m]), key=lambda m: len(assignment[m]))
        assignment[poorest].append(free)
    while chain := _chain(order, members, assignment):
        for giver, taker in zip(chain, chain[1:], strict=False):
            passed = _passable(assignment[giver], members[taker], (previous or {}).get(giver, ()))
            assignment[giver].remove(passed)
            assignment[taker].append(passed)
    return {member: sorted(held) for member, held in assignment.items()}


def cooperative_sticky_assignor(
    members: Wishes,
    partitions: Mapping[str, int],
    previous: Mapping[str, Sequence[TopicPartition]] | None = None,
    instances: Mapping[str, str | None] | None = None,
) -> Assignment:
    """The only one whose result may leave partitions out: those on their way from one member to another."""
    wanted = sticky_assignor(members, partitions, previous, instances)
    holder = {held: member for member, all_held in (previous or {}).items() for held in all_held}
    return {member: [p for p in share if holder.get(p, member) == member] for member, share in wanted.items()}


COOPERATIVE = "cooperative-sticky"
ASSIGNORS = {"range": range_assignor, "roundrobin": roundrobin_assignor, "sticky": sticky_assignor}


def assignor_of(protocol: str) -> Callable[..., Assignment] | None:
    """Any of them, the cooperative one too; None if it is none of ours."""
    return cooperative_sticky_assignor if protocol == COOPERATIVE else ASSIGNORS.get(protocol)


def _in_order(members: Wishes, instances: Mapping[str, str | None] | None) -> list[str]:
    names = instances or {}
    return sorted(members, key=lambda member: (names.get(member) is None, names.get(member) or member, member))


def _wanted(members: Wishes, partitions: Mapping[str, int]) -> list[str]:
    """Topics that exist and that somebody wants, sorted."""
    topics = dict.fromkeys(topic for wishes in members.values() for topic in wishes)
    return sorted(topic for topic in topics if partitions.get(topic, 0) > 0)


def _all(members: Wishes, partitions: Mapping[str, int]) -> list[TopicPartition]:
    return [(topic, partition) for topic in _wanted(members, partitions) for partition in range(partitions[topic])]


def _chain(order: list[str], members: Wishes, assignment: Assignment) -> list[str]:
    """Members along which a partition each can be passed on so that the first, who has most, has one
    less and the last, who has at least two less than it, one more. Shortest first; [] if there is none.
    """
    for richest in sorted(order, key=lambda member: -len(assignment[member])):
        came_from = {richest: ""}
        reached = [richest]
        for giver in reached:
            topics = dict.fromkeys(topic for topic, _ in assignment[giver])
            for taker in order:
                if taker in came_from or not any(topic in topics for topic in members[taker]):
                    continue
                came_from[taker] = giver
                reached.append(taker)
        poorer = [member for member in reached if len(assignment[member]) <= len(assignment[richest]) - 2]
        if poorer:
            chain = [min(poorer, key=lambda member: len(assignment[member]))]
            while came_from[chain[0]]:
                chain.insert(0, came_from[chain[0]])
            return chain
    return []


def _passable(held: list[TopicPartition], wishes: Sequence[str], before: Sequence[TopicPartition]) -> TopicPartition:
    """What to give away: rather something it did not hold before, then the highest."""
    return max((it for it in held if it[0] in wishes), key=lambda it: (it not in before, it))
