"""State is plain data: copied, written down and compared without asking its owner."""

import copy
import pickle
import threading
from array import array
from collections import OrderedDict, deque
from dataclasses import dataclass
from enum import IntEnum

import pytest

from engine.world.dice import Dice
from engine.world.plain import NotPlainData, difference, state_digest
from engine.world.plain import copy as plain_copy


class Bag:
    def __init__(self, **what):
        self.__dict__.update(what)


@dataclass(slots=True)
class Slotted:
    first: int
    second: object = None


class Cached:
    __slots__ = ("kept", "cache", "traced", "missing")
    DERIVED = ("cache",)

    def __init__(self, kept, cache, traced=False):
        self.kept, self.cache, self.traced = kept, cache, traced


class MoreCached(Cached):
    __slots__ = ("__own", "other_cache")
    DERIVED = ("other_cache",)

    def __init__(self, kept, cache, own, other_cache):
        super().__init__(kept, cache)
        self.__own, self.other_cache = own, other_cache


class Colour(IntEnum):
    RED = 1


DIFFERENT = [
    None, True, False, 0, 1, -1, 1 << 80, 0.0, 1.0, "", "1", b"", b"1", (), (1,), [], [1], [[1]], [1, 2], [2, 1], {},
    {1: 2}, {2: 1}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, frozenset({1}), {1, 2}, array("q", [1]), array("b", [1]),
    Slotted(1), Slotted(2), Slotted(1, [1]), Bag(a=1), Bag(b=1), Colour.RED, int, str, [(), ()], [[], []], "é",
    Dice(1, "a"), Dice(2, "a"), ["ab", "c"], ["a", "bc"],
]  # fmt: skip


def test_different_states_have_different_digests():
    digests = {}
    for thing in DIFFERENT:
        other = digests.setdefault(state_digest(thing), thing)
        assert other is thing, f"{thing!r} and {other!r}"


def test_copies_have_the_same_digest():
    for thing in DIFFERENT:
        assert state_digest(copy.deepcopy(thing)) == state_digest(thing)
        assert state_digest(pickle.loads(pickle.dumps(thing))) == state_digest(thing)


def test_bytes_are_bytes_whatever_holds_them():
    assert state_digest(b"abc") == state_digest(memoryview(b"abc")) == state_digest(bytearray(b"abc"))


def test_the_order_of_a_set_is_no_part_of_it():
    one, other = {"a", "b", "c", "d"}, set()
    for letter in "dcba":
        other.add(letter)
    assert state_digest(one) == state_digest(other)


def test_lists_and_deques_hash_their_items_in_order():
    assert state_digest(deque([1, 2])) == state_digest([1, 2])
    assert state_digest(OrderedDict(a=1)) == state_digest({"a": 1})


def test_what_is_derived_or_only_watched_is_left_out():
    assert state_digest(Cached(1, 2, True)) == state_digest(Cached(1, 3, False))
    assert state_digest(Cached(1, 2)) != state_digest(Cached(2, 2))


def test_what_a_subclass_derives_is_left_out_too_and_private_slots_are_found():
    assert state_digest(MoreCached(1, 2, 3, 4)) == state_digest(MoreCached(1, 9, 3, 9))
    assert state_digest(MoreCached(1, 2, 3, 4)) != state_digest(MoreCached(1, 2, 9, 4))


def test_attributes_count_whatever_the_order_in_which_they_were_set():
    one, other = Bag(a=1, b=2), Bag(b=2, a=1)
    assert state_digest(one) == state_digest(other)


def test_state_may_have_cycles():
    ring = [1]
    ring.append([2, ring])
    assert state_digest(ring) == state_digest(copy.deepcopy(ring))
    other = [1]
    other.append([2, other[:1]])
    assert state_digest(ring) != state_digest(other)


def test_what_is_reached_twice_counts_by_its_content():
    shared = [1]
    assert state_digest([shared, shared]) == state_digest([[1], [1]]) != state_digest([shared, [2]])


def test_a_state_of_much_sharing_is_walked_once():
    ladder = [1]
    for _ in range(60):
        ladder = [ladder, ladder]  # two to the 60 ways to the bottom
    assert state_digest(ladder) == state_digest(copy.deepcopy(ladder))


def test_the_place_where_two_states_differ_is_found():
    one = Bag(nodes={"B1": Slotted(1, [Slotted(2)]), "B2": Slotted(3)})
    other = copy.deepcopy(one)
    assert difference(one, other) == ""
    other.nodes["B1"].second[0].first = 7
    assert difference(one, other) == "nodes.'B1'.second.0"
    assert difference(1, 2) == difference([1], [2]) == "it"


CLOSED_OVER = {
    "closure": lambda: 1,
    "builtin method": [].append,
    "generator": (n for n in ()),
    "lock": threading.Lock(),
    "bare object": object(),
    "iterator": iter([]),
    "bound method": Dice(1, "x").below,
    "function": state_digest,
}


@pytest.mark.parametrize("thing", CLOSED_OVER.values(), ids=CLOSED_OVER)
def test_what_cannot_be_copied_or_written_down_is_refused_by_its_place(thing):
    with pytest.raises(NotPlainData, match=r"second\.inner is a "):
        state_digest(Slotted(1, Bag(inner=thing)))


def test_a_view_is_copied_and_pickled_as_its_bytes():
    view = memoryview(b"hello")[1:4]
    assert bytes(plain_copy([view])[0]) == b"ell"
    assert bytes(pickle.loads(pickle.dumps(view))) == b"ell"
