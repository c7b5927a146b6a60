"""Record bytes that checkpoints refer to: each written once, found again by place, and checked when read."""

import pytest

from engine.live.packs import Inline, Packs
from engine.world.canonical import Damaged

LONG = bytes(range(256)) * 40


def packs_with(tmp_path, *things, step=7):
    packs = Packs(tmp_path / "chunks")
    packs.begin(step)
    places = [packs.put(thing, [thing[:5], memoryview(thing)[5:]]) for thing in things]
    packs.end()
    return packs, places


def test_what_was_put_is_read_from_its_place(tmp_path):
    packs, places = packs_with(tmp_path, LONG, b"short")
    assert [place[0] for place in places] == [7, 7]
    assert [packs.get(place) for place in places] == [LONG, b"short"]
    packs.close()
    assert Packs(tmp_path / "chunks").get(places[0]) == LONG


def test_a_thing_is_known_by_what_it_is_not_by_what_it_is_like(tmp_path):
    packs, (place, _) = packs_with(tmp_path, LONG, b"short")
    packs.begin(8)
    assert packs.find(LONG) == place
    assert packs.find(bytes(bytearray(LONG))) is None
    assert packs.used == {7: len(LONG)}


def test_what_a_checkpoint_did_not_need_is_held_on_to_no_longer(tmp_path):
    packs, _ = packs_with(tmp_path, LONG, b"short")
    packs.begin(8)
    packs.find(LONG)
    packs.end()
    packs.begin(9)
    assert packs.find(b"short") is None and packs.find(LONG) is not None


def test_a_checkpoint_that_was_not_made_leaves_nothing(tmp_path):
    packs, (place,) = packs_with(tmp_path, LONG)
    packs.begin(8)
    packs.put(b"new", [b"new"])
    packs.abandon()
    assert sorted(path.name for path in (tmp_path / "chunks").iterdir()) == ["00000000000000000007.pack"]
    packs.begin(8)
    assert packs.find(LONG) == place


def test_nothing_new_makes_no_file(tmp_path):
    packs, _ = packs_with(tmp_path, LONG)
    packs.begin(8)
    packs.find(LONG)
    packs.end()
    assert packs.numbers() == [7]


def test_two_of_the_same_step_have_files_of_their_own(tmp_path):
    packs, _ = packs_with(tmp_path, LONG)
    packs.begin(7)
    assert packs.put(b"more", [b"more"])[0] == 8
    packs.end()
    assert packs.numbers() == [7, 8]


def test_sweeping_deletes_what_nobody_needs(tmp_path):
    packs, _ = packs_with(tmp_path, LONG)
    packs.begin(9)
    packs.put(b"more", [b"more"])
    packs.end()
    packs.sweep([9])
    assert packs.numbers() == [9]


@pytest.mark.parametrize("place", [(8, 20, 10), (7, 0, 10), (7, 1 << 40, 10), (7, 40, 1 << 40)])
def test_a_place_where_nothing_is_is_damage(tmp_path, place):
    packs, _ = packs_with(tmp_path, LONG)
    with pytest.raises(Damaged):
        packs.get(place)


def test_a_flipped_bit_is_damage_and_named(tmp_path):
    packs, (place,) = packs_with(tmp_path, LONG)
    data = bytearray(packs.path(7).read_bytes())
    data[-1] ^= 1
    packs.path(7).write_bytes(data)
    with pytest.raises(Damaged, match="0007.pack is damaged at byte"):
        packs.get(place)


def test_inline_bytes_are_found_and_checked_too():
    keep = Inline()
    places = [keep.put(thing, [thing]) for thing in (LONG, b"short")]
    assert keep.find(LONG) == places[0]
    data = bytearray(keep.data.getvalue())
    again = Inline(bytes(data))
    assert [again.get(place) for place in places] == [LONG, b"short"]
    data[20] ^= 1
    for place in (places[0], (1, 0, 5), (0, 1 << 40, 5)):
        with pytest.raises(Damaged):
            Inline(bytes(data)).get(place)
