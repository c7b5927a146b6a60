"""Plain data written down and read again: the same, with all its sharing, and nothing that is not data."""

import contextlib
import copy
from array import array
from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.world.canonical import KEPT_FROM, SLICE, Damaged, Kind, NotCanonical
from engine.world.canonical_read import Reader
from engine.world.canonical_write import Writer
from engine.world.plain import state_digest


class Colour(Enum):
    RED = 1
    BLUE = 2


class Pair(NamedTuple):
    left: object
    right: object


class Named(dict):
    pass


class Recent(deque):
    pass


@dataclass(slots=True)
class Point:
    x: object = 0
    y: object = 0


@dataclass(frozen=True, slots=True)
class Key:
    name: str
    number: int


class Loose:
    """Attributes of its own, some of which are no state."""

    DERIVED = ("cache",)

    def __init__(self):
        self.a = 1
        self.b = [2]
        self.cache = {"much": 1}


@dataclass(slots=True)
class Stranger:
    x: int = 0


class Registry:
    def __init__(self, *kinds):
        self.kinds = {kind.of: kind for kind in kinds}

    def kind(self, of):
        return self.kinds.get(of)

    def named(self, name):
        return next((kind for kind in self.kinds.values() if kind.name == name), None)

    def leaf(self, of):
        return None

    def leaf_named(self, name):
        return None


def registry(**changes):
    kinds = {
        "Colour": Kind("Colour", Colour, ("RED", "BLUE")),
        "Pair": Kind("Pair", Pair, ("left", "right")),
        "Named": Kind("Named", Named, ()),
        "Recent": Kind("Recent", Recent, ()),
        "Point": Kind("Point", Point, ("x", "y")),
        "Key": Kind("Key", Key, ("name", "number")),
        "Loose": Kind("Loose", Loose, ("a", "b"), fresh={"cache": dict}),
    }
    return Registry(*{**kinds, **changes}.values())


@dataclass
class Memory:
    """A Keep."""

    data: bytearray = field(default_factory=bytearray)
    known: dict = field(default_factory=dict)

    def find(self, key):
        return self.known.get(id(key), (None, None))[1]

    def put(self, key, data):
        joined = b"".join(data)
        place = (1, len(self.data), len(joined))
        self.data += joined
        self.know(key, place)
        return place

    def get(self, place):
        if place[0] != 1 or place[1] + place[2] > len(self.data):
            raise Damaged("gone")
        return bytes(self.data[place[1] : place[1] + place[2]])

    def know(self, key, place):
        self.known[id(key)] = (key, place)


def written(thing, keep=None, kinds=None):
    return b"".join(Writer(kinds or registry(), keep or Memory()).write(thing))


def read(data, keep=None, kinds=None, **limits):
    reader = Reader(kinds or registry(), keep or Memory(), data, **limits)
    for _ in reader.read():
        pass
    return reader.root


def through(thing):
    keep = Memory()
    return read(written(thing, keep), keep)


VALUES = [
    None, True, False, 0, 1, -1, 63, 64, -64, -65, 2**63, -(2**64), 3**500, 0.0, -0.0, 1.5, float("inf"), "", "ação",
    "\ud800", "a" * 5_000, b"", b"bytes", (), (1, ("two", (3.0,))), frozenset(), frozenset((3, 1, 2)), range(2, 9, 3),
    Colour.BLUE, Point, [1, [2, [3]]], {"a": 1, 2: "b", (3, "c"): None}, {1, 2, 3}, deque([1, 2], maxlen=5), deque(),
    bytearray(b"changing"), array("I", [1, 2, 2**32 - 1]), array("q", [-1]), Point(1, [2]), Pair(1, [2]),
    {Key("k", 1): Key("v", 2)}, {Colour.RED: 1},
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_every_kind_of_value_comes_back(value):
    again = through(value)
    assert type(again) is type(value)
    assert repr(again) == repr(value)
    if isinstance(value, deque):
        assert again.maxlen == value.maxlen


def test_subclasses_of_containers_come_back_as_what_they_were():
    recent = Recent([1], maxlen=3)
    again = through([Named(a=1), recent])
    assert type(again[0]) is Named and again[0] == {"a": 1}
    assert type(again[1]) is Recent and again[1].maxlen == 3


def test_views_come_back_as_views_of_their_bytes():
    short, long = memoryview(b"xshortx")[1:6], memoryview(bytes(range(256)) * 40)
    again = through([short, long])
    assert [type(view) for view in again] == [memoryview, memoryview]
    assert [bytes(view) for view in again] == [bytes(short), bytes(long)]


def test_a_stream_of_chance_goes_on_with_the_same_numbers():
    dice = Random("named")
    dice.random()
    again = through([dice])[0]
    assert [again.getrandbits(53) for _ in range(700)] == [dice.getrandbits(53) for _ in range(700)]


def test_what_is_shared_is_shared_again_and_what_is_only_equal_is_not():
    one, other = Point(1), Point(1)
    again = through([one, one, other, {"one": one}])
    assert again[0] is again[1] is again[3]["one"]
    assert again[0] is not again[2]


def test_cycles_of_every_kind_close_again():
    point, things, names, row = Point(), [], {}, deque()
    point.x, point.y = things, (names, row)
    things.append(point)
    names["point"] = point
    row.append(names)
    again = through(point)
    assert again.x[0] is again
    assert again.y[0]["point"] is again
    assert again.y[1][0] is again.y[0]


def test_a_dict_whose_key_holds_the_dict_itself_is_put_together_last():
    inner = {}
    outer = {Key("k", 1): inner}
    inner["outer"] = outer
    again = through([inner, outer])
    assert again[0]["outer"] is again[1]
    assert again[1][Key("k", 1)] is again[0]


def test_a_chain_of_a_hundred_thousand_objects_is_not_too_deep():
    head = None
    for number in range(100_000):
        head = Point(number, head)
    again = through(head)
    for _ in range(99_999):
        again = again.y
    assert (again.x, again.y) == (0, None)


def test_equal_states_give_equal_bytes_and_reading_changes_nothing():
    state = [Point("a", {"b": [1, 2]}), Loose(), {3, 1, 2}, Random(7)]
    other = copy.deepcopy(state)
    assert written(state) == written(other)
    assert written(through(state)) == written(state)
    assert state_digest(through(state)) == state_digest(state)


def test_what_is_no_state_is_left_out_and_begins_anew():
    loose = Loose()
    again = through(loose)
    assert (again.a, again.b, again.cache) == (1, [2], {})
    loose.cache["more"] = 2
    assert written(loose) == written(Loose())


def test_long_bytes_are_kept_elsewhere_once():
    keep = Memory()
    long = bytes(KEPT_FROM)
    first = written([long, Point(long), b"x" * (KEPT_FROM - 1)], keep)
    assert len(keep.data) == KEPT_FROM and len(first) < KEPT_FROM + 100
    written([long], keep)
    assert len(keep.data) == KEPT_FROM, "known from the checkpoint before"
    again = read(first, keep)
    assert again[0] is again[1].x and again[0] == long
    written(again, keep)
    assert len(keep.data) == KEPT_FROM, "known from reading"


def test_writing_and_reading_go_in_slices():
    state = [list(range(SLICE * 3)) for _ in range(4)]
    pieces = list(Writer(registry(), Memory()).write(state))
    assert len(pieces) >= 12
    assert max(map(len, pieces)) < SLICE * 12
    assert len(list(Reader(registry(), Memory(), b"".join(pieces)).read())) >= 12


# --- what is refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("thing", "why"),
    [
        (Stranger(), "Stranger is not in the listing"),
        (Stranger, "Stranger is not in the listing"),
        (lambda: 1, "function is not in the listing"),
        ([open], "is not in the listing"),
        ({1, "a"}, "cannot be sorted"),
    ],
)
def test_what_is_not_in_the_listing_cannot_be_written(thing, why):
    with pytest.raises(NotCanonical, match=why):
        written(thing)


def test_a_field_that_is_not_in_the_listing_cannot_be_written():
    loose = Loose()
    loose.surprise = 1
    with pytest.raises(NotCanonical, match="Loose has a field 'surprise'"):
        written(loose)


def test_a_field_without_a_value_cannot_be_written():
    loose = Loose()
    del loose.b
    with pytest.raises(NotCanonical, match="without a value.*'b'"):
        written(loose)


def test_tuples_too_deep_in_one_another_are_refused_both_ways():
    deep = ()
    for _ in range(100):
        deep = (deep,)
    with pytest.raises(NotCanonical, match="deep"):
        written(deep)
    with pytest.raises(Damaged, match="deep"):
        read(bytes([11, 1]) * 100)


# --- files of older versions ---------------------------------------------------------------------------


def test_a_field_that_was_added_since_has_its_default():
    old = written(Point(1, 2), kinds=registry(Point=Kind("Point", Point, ("x",))))
    now = registry(Point=Kind("Point", Point, ("x", "y"), defaults={"y": list}))
    points = [read(old, kinds=now) for _ in range(2)]
    assert points[0] == Point(1, [])
    assert points[0].y is not points[1].y


def test_a_field_that_was_added_without_a_default_is_refused_by_name():
    old = written(Point(1, 2), kinds=registry(Point=Kind("Point", Point, ("x",))))
    with pytest.raises(Damaged, match="Point lacks the field 'y'"):
        read(old)


def test_a_field_that_is_gone_is_passed_over():
    old = written(Point(1, [2]))
    now = registry(Point=Kind("Point", Point, ("x",), gone=frozenset(("y",)), defaults={}))
    again = read(old, kinds=now)
    assert again.x == 1 and not hasattr(again, "y")


def test_an_unknown_field_is_refused_by_name():
    with pytest.raises(Damaged, match="Point has no field 'y'"):
        read(written(Point(1, 2)), kinds=registry(Point=Kind("Point", Point, ("x",))))


def test_an_unknown_class_is_refused_by_name():
    with pytest.raises(Damaged, match="no class 'Point'"):
        read(written(Point()), kinds=Registry())


def test_a_class_keeps_its_name_when_its_code_has_moved():
    old = written(Point(1, 2))
    now = registry(Point=Kind("Point", Stranger, ("x",), gone=frozenset(("y",))))
    assert read(old, kinds=now) == Stranger(1)


# --- hostile bytes -------------------------------------------------------------------------------------


def test_a_named_class_of_another_sort_is_refused():
    """A file may not have a plain object made of a class that is an enumeration, a tuple, or a container."""
    data = written(Point(1, 2))
    for of in (Colour, Pair, Named, Recent):
        with pytest.raises(Damaged):
            read(data, kinds=registry(Point=Kind("Point", of, ("x", "y"))))


def test_announcing_more_than_there_is_takes_no_memory():
    for data in (b"\x12\x05\x00\xff\xff\xff\xff\x7f", b"\x07\xff\xff\xff\xff\xff\x7f", b"\x0b\xff\xff\x7f\x00"):
        with pytest.raises(Damaged):
            read(data)


def test_more_objects_than_allowed_are_refused():
    with pytest.raises(Damaged, match="more than 10 objects"):
        read(written([[] for _ in range(20)]), objects_max=10)


def test_a_number_without_end_is_refused():
    with pytest.raises(Damaged):
        read(b"\x03" + b"\xff" * 5_000 + b"\x01")


def test_what_follows_the_end_is_refused():
    with pytest.raises(Damaged, match="1 bytes follow"):
        read(written([1]) + b"\x00")


WHOLE = written([value for value in VALUES if value != 3**500 and value != "a" * 5_000])


@given(st.data())
def test_damaged_bytes_are_damaged_data_and_nothing_else(data):
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))
    for hostile in (bytes(damaged), bytes(damaged[:cut])):
        with contextlib.suppress(Damaged):
            read(hostile)


@given(st.binary(max_size=200))
def test_any_bytes_are_damaged_data_or_data(data):
    with contextlib.suppress(Damaged):
        read(data)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=4)
        | st.tuples(inner, inner)
        | st.builds(Point, inner, inner)
        | st.builds(deque, st.lists(inner, max_size=3))
    ),
    max_leaves=30,
)


@given(plain)
def test_any_plain_data_comes_back(thing):
    assert through([thing]) == [thing]
    assert state_digest(through([thing])) == state_digest([thing])
