"""Whatever the members want: each partition is read by one who wants it, evenly, and sticky ones stay put."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.groups.assignors import (
    ASSIGNORS,
    COOPERATIVE,
    Assignment,
    assignor_of,
    cooperative_sticky_assignor,
    range_assignor,
    roundrobin_assignor,
    sticky_assignor,
)

TOPICS = ["t", "u", "v"]
wishes = st.dictionaries(st.sampled_from([f"m{n}" for n in range(8)]), st.lists(st.sampled_from(TOPICS), unique=True))
sizes = st.dictionaries(st.sampled_from(TOPICS), st.integers(0, 9))
assignors = pytest.mark.parametrize("assign", ASSIGNORS.values(), ids=ASSIGNORS)

Assignor = Callable[..., Assignment]


def everything(assignment: Assignment) -> list[tuple[str, int]]:
    return sorted(part for parts in assignment.values() for part in parts)


@assignors
@given(members=wishes, partitions=sizes)
def test_every_wanted_partition_is_assigned_once_to_one_who_wants_it(
    assign: Assignor, members: dict[str, list[str]], partitions: dict[str, int]
) -> None:
    assignment = assign(members, partitions)
    assert assignment.keys() == members.keys()
    wanted = {topic for topics in members.values() for topic in topics}
    expected = [(topic, number) for topic in wanted for number in range(partitions.get(topic, 0))]
    assert everything(assignment) == sorted(expected)
    assert all(topic in members[member] for member, parts in assignment.items() for topic, _ in parts)


@assignors
@given(members=wishes, partitions=sizes, seed=st.integers(0, 99))
def test_the_order_of_the_arguments_does_not_matter(
    assign: Assignor, members: dict[str, list[str]], partitions: dict[str, int], seed: int
) -> None:
    shuffled = list(members.items())
    random.Random(seed).shuffle(shuffled)
    assert assign(dict(shuffled), partitions) == assign(members, partitions)


@assignors
@given(count=st.integers(1, 8), partitions=sizes)
def test_members_who_want_the_same_topic_get_the_same_give_or_take_one(
    assign: Assignor, count: int, partitions: dict[str, int]
) -> None:
    members = {f"m{n}": ["t"] for n in range(count)}
    shares = sorted(len(parts) for parts in assign(members, partitions).values())
    assert shares[-1] - shares[0] <= 1


@assignors
def test_static_members_keep_their_place_under_a_new_member_id(assign: Assignor) -> None:
    partitions = {"t": 3, "u": 2}
    before = assign({"x-1": TOPICS, "y-1": TOPICS}, partitions, None, {"x-1": "one", "y-1": "two"})
    after = assign({"x-9": TOPICS, "a-9": TOPICS}, partitions, None, {"x-9": "one", "a-9": "two"})
    assert before == {"x-1": after["x-9"], "y-1": after["a-9"]}


def test_range_gives_consecutive_partitions_topic_by_topic() -> None:
    assert range_assignor({"b": ["t", "u"], "a": ["t", "u"]}, {"t": 3, "u": 3}) == {
        "a": [("t", 0), ("t", 1), ("u", 0), ("u", 1)],
        "b": [("t", 2), ("u", 2)],
    }


def test_roundrobin_deals_all_topics_in_one_row() -> None:
    assert roundrobin_assignor({"b": ["t", "u"], "a": ["t", "u"]}, {"t": 3, "u": 3}) == {
        "a": [("t", 0), ("t", 2), ("u", 1)],
        "b": [("t", 1), ("u", 0), ("u", 2)],
    }


def test_roundrobin_passes_over_who_does_not_want_the_topic() -> None:
    """The example in Kafka's RoundRobinAssignor."""
    members = {"c0": ["t0"], "c1": ["t0", "t1"], "c2": ["t0", "t1", "t2"]}
    assert roundrobin_assignor(members, {"t0": 1, "t1": 2, "t2": 3}) == {
        "c0": [("t0", 0)],
        "c1": [("t1", 0)],
        "c2": [("t1", 1), ("t2", 0), ("t2", 1), ("t2", 2)],
    }


def test_the_fourth_of_four_on_three_partitions_gets_nothing() -> None:
    members = {name: ["t"] for name in "abcd"}
    for assign in ASSIGNORS.values():
        assert assign(members, {"t": 3})["d"] == []


# --- sticky -----------------------------------------------------------------------------------------


@given(count=st.integers(1, 8), partitions=sizes)
def test_sticky_changes_nothing_when_nothing_changed(count: int, partitions: dict[str, int]) -> None:
    members = {f"m{n}": TOPICS for n in range(count)}
    first = sticky_assignor(members, partitions)
    assert sticky_assignor(members, partitions, first) == first


@given(before=st.integers(1, 8), after=st.integers(1, 8), total=st.integers(0, 20))
def test_sticky_moves_no_more_than_evenness_demands(before: int, after: int, total: int) -> None:
    first = sticky_assignor({f"m{n}": ["t"] for n in range(before)}, {"t": total})
    second = sticky_assignor({f"m{n}": ["t"] for n in range(after)}, {"t": total}, first)
    kept = sum(len({*second[m]} & {*first.get(m, ())}) for m in second)
    held = sorted((len(first[m]) for m in second if m in first), reverse=True)
    share, extra = divmod(total, after)
    quotas = [share + (n < extra) for n in range(after)]
    assert kept == sum(min(have, quota) for have, quota in zip(held, quotas, strict=False))


@given(
    members=st.dictionaries(
        st.sampled_from("abc"), st.lists(st.sampled_from("tu"), unique=True, min_size=1), min_size=1
    ),
    partitions=st.fixed_dictionaries({"t": st.integers(0, 3), "u": st.integers(0, 3)}),
    previous=st.dictionaries(st.sampled_from("abc"), st.lists(st.tuples(st.sampled_from("tu"), st.integers(0, 3)))),
)
def test_no_assignment_of_the_same_wishes_is_more_even_than_the_sticky_one(
    members: dict[str, list[str]], partitions: dict[str, int], previous: Assignment
) -> None:
    def unevenness(loads: list[int]) -> int:
        return sum(load * load for load in loads)

    got = sticky_assignor(members, partitions, previous)
    parts = everything(got)
    takers = [[member for member in members if topic in members[member]] for topic, _ in parts]
    best = min(unevenness([choice.count(member) for member in members]) for choice in product(*takers))
    assert unevenness([len(held) for held in got.values()]) == best


def test_sticky_believes_the_first_of_two_who_claim_the_same_partition() -> None:
    members = {"a": ["t"], "b": ["t"]}
    assert sticky_assignor(members, {"t": 2}, {"a": [("t", 1)], "b": [("t", 1)]}) == {"a": [("t", 1)], "b": [("t", 0)]}


def test_sticky_ignores_claims_to_what_is_gone_or_no_longer_wanted() -> None:
    members = {"a": ["u"], "b": ["t"]}
    previous = {"a": [("t", 0), ("u", 9)], "c": [("t", 1)]}
    assert sticky_assignor(members, {"t": 2, "u": 1}, previous) == {"a": [("u", 0)], "b": [("t", 0), ("t", 1)]}


@given(before=wishes, members=wishes, partitions=sizes)
def test_cooperative_gives_nobody_what_another_holds_and_soon_all_is_given(
    before: dict[str, list[str]], members: dict[str, list[str]], partitions: dict[str, int]
) -> None:
    held = {member: share for member, share in sticky_assignor(before, partitions).items() if member in members}
    wanted = sticky_assignor(members, partitions, held)
    first = cooperative_sticky_assignor(members, partitions, held)
    for member, share in first.items():
        assert set(share) <= set(wanted[member])
        assert not any(part in other for name, other in held.items() if name != member for part in share)
    assert all(set(held.get(member, ())) & set(share) <= set(first[member]) for member, share in wanted.items())
    rounds, share = 1, first
    while everything(share) != everything(wanted):  # what is free is planned anew, and may ask for another move
        rounds, share = rounds + 1, cooperative_sticky_assignor(members, partitions, share)
    assert rounds <= 3
    assert cooperative_sticky_assignor(members, partitions, share) == share


def test_an_assignor_is_known_by_its_protocol() -> None:
    assert [assignor_of(name) for name in ASSIGNORS] == list(ASSIGNORS.values())
    assert assignor_of(COOPERATIVE) is cooperative_sticky_assignor and assignor_of("racing") is None
