"""Chance is a function of a seed and a name, the same on every machine."""

import copy
import pickle

import pytest

from engine.world.dice import Dice
from engine.world.plain import state_digest

# Made once with CPython 3.11. If these differ, every journal and every failing seed is lost.
FRACTIONS = [0.17557868022273027, 0.4983906475894073, 0.8964573753617388, 0.29790248226812965]
BITS = [754104702, 2339612141, 2140571547, 1614473636]
BETWEEN = [0, -1, 0, 2, 0, -2, 3, -1]
EXPONENTIAL = [1606068151, 224784839, 300889762, 230181329]
CHOICE = ["b", "a", "a", "c", "a", "a"]
CHANCE = [True, True, False, True, True, False]


def test_the_stream_of_fractions_is_pinned():
    dice = Dice(1, "network")
    assert [dice.unit() for _ in range(4)] == FRACTIONS


def test_the_stream_of_bits_is_pinned():
    dice = Dice(1, "network")
    assert [dice.below(2**32) for _ in range(4)] == BITS


def test_what_is_made_of_them_is_pinned_too():
    dice = Dice("demo", "keys")
    assert [dice.between(-3, 3) for _ in range(8)] == BETWEEN
    assert [dice.exponential(1_000_000_000) for _ in range(4)] == EXPONENTIAL
    assert [dice.choice("abcde") for _ in range(6)] == CHOICE
    assert [dice.chance(0.5) for _ in range(6)] == CHANCE


def test_each_name_and_each_seed_has_a_stream_of_its_own():
    firsts = {Dice(seed, name).unit() for seed in (1, 2) for name in ("network", "keys")}
    assert len(firsts) == 4


def test_every_face_comes_up_and_none_beyond():
    dice = Dice(1, "die")
    for faces in (1, 2, 3, 6, 8, 9):
        throws = [dice.below(faces) for _ in range(200)]
        assert sorted(set(throws)) == list(range(faces))


def test_both_ends_of_a_range_are_in_it():
    dice = Dice(1, "range")
    assert {dice.between(5, 7) for _ in range(100)} == {5, 6, 7}
    assert dice.between(4, 4) == 4


def test_nothing_lies_below_zero():
    with pytest.raises(AssertionError, match="nothing lies below 0"):
        Dice(1, "die").below(0)


def test_waiting_times_have_the_mean_and_the_shape_they_should():
    dice = Dice(1, "arrivals")
    mean = 1_000_000
    times = sorted(dice.exponential(mean) for _ in range(20_000))
    assert abs(sum(times) / len(times) / mean - 1) < 0.03
    assert abs(times[len(times) // 2] / mean - 0.6931) < 0.03  # the median is ln 2
    assert abs(sum(t > 3 * mean for t in times) / len(times) - 0.0498) < 0.006  # e to the -3
    assert times[0] >= 0


def test_a_certain_thing_draws_like_an_uncertain_one():
    sure, unsure = Dice(1, "x"), Dice(1, "x")
    assert sure.chance(1) and not unsure.chance(0)
    assert sure.unit() == unsure.unit()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda dice: pickle.loads(pickle.dumps(dice))])
def test_a_copy_goes_on_with_the_same_numbers_on_its_own(copied):
    dice = Dice(1, "network")
    dice.unit()
    other = copied(dice)
    assert state_digest(other) == state_digest(dice)
    ahead = [other.below(1000) for _ in range(5)]
    assert state_digest(other) != state_digest(dice)
    assert [dice.below(1000) for _ in range(5)] == ahead
