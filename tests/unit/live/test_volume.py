"""Samples of how much was appended: their rates, their gaps, their thinning, their file."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engine.live.volume import SAMPLES_MAX, Volume
from engine.machine import SECOND


class Toy:
    """One topic of one partition whose log can be made longer or shorter."""

    def __init__(self, now=0):
        self.log = SimpleNamespace(log_end=0)
        topic = SimpleNamespace(name="t", internal=False, partitions={0: SimpleNamespace(leader=1)})
        broker = SimpleNamespace(partitions={("t", 0): SimpleNamespace(log=self.log)})
        self.world = SimpleNamespace(now=now)
        self.image = SimpleNamespace(topics={"t": topic})
        self.places = {1: None}
        self.broker = lambda number: broker
        self.clock = 0
        self.volume = Volume(self, clock=lambda: self.clock)

    def grow(self, seconds, rate):
        for _ in range(seconds):
            self.world.now += SECOND
            self.log.log_end += rate
            self.volume.sample()


def test_the_rate_between_two_samples_is_their_difference_over_their_distance():
    toy = Toy()
    toy.volume.sample()
    toy.grow(10, 5)
    toy.grow(10, 50)
    assert toy.volume.columns(0, 20 * SECOND, 4) == [5, 5, 50, 50]
    assert toy.volume.columns(0, 40 * SECOND, 4) == [5, 50, None, None], "the future is not known"


def test_a_log_that_was_cut_and_grows_again_counts_what_was_appended_twice():
    toy = Toy()
    toy.volume.sample()
    toy.grow(1, 10)
    toy.log.log_end = 4
    assert toy.volume.count() == 10
    toy.log.log_end = 9
    assert toy.volume.count() == 15


def test_what_was_there_before_the_first_look_is_no_growth():
    toy = Toy(now=5 * SECOND)
    toy.log.log_end = 1000
    toy.volume.sample()
    toy.grow(2, 3)
    assert toy.volume.appended == 6
    assert toy.volume.columns(0, 7 * SECOND, 7) == [None] * 5 + [3, 3]


def test_between_two_lives_nothing_was_measured_and_it_is_told_so(tmp_path):
    toy = Toy()
    toy.volume.sample()
    toy.grow(4, 10)
    toy.volume.save(tmp_path)
    later = Toy(now=8 * SECOND)  # four seconds were lived that nobody wrote down
    later.volume.load(tmp_path)
    later.volume.sample()
    later.grow(2, 20)
    assert later.volume.columns(0, 10 * SECOND, 10) == [10] * 4 + [None] * 4 + [20] * 2


def test_a_life_that_goes_on_where_the_last_one_ended_leaves_no_gap(tmp_path):
    toy = Toy()
    toy.volume.sample()
    toy.grow(4, 10)
    toy.volume.save(tmp_path)
    later = Toy(now=4 * SECOND)
    later.volume.load(tmp_path)
    later.volume.sample()
    later.grow(2, 20)
    assert later.volume.columns(0, 6 * SECOND, 6) == [10] * 4 + [20] * 2


@pytest.mark.parametrize("data", [b"", b"riacho volume 1\n", b"nonsense", b"riacho volume 1\n" + b"\xff" * 40])
def test_a_damaged_file_counts_as_none(tmp_path, data):
    (tmp_path / "volume").write_bytes(data)
    toy = Toy()
    toy.volume.load(tmp_path)
    assert len(toy.volume.times) == 0


def test_many_samples_are_thinned_where_they_are_old_and_the_sum_stays():
    toy = Toy()
    toy.volume.sample()
    toy.grow(2 * SAMPLES_MAX, 2)
    assert len(toy.volume.times) <= SAMPLES_MAX
    assert toy.volume.columns(0, toy.world.now, 8) == pytest.approx([2] * 8)


def test_of_a_branch_the_past_is_that_of_its_parent():
    toy = Toy()
    toy.volume.sample()
    toy.grow(6, 7)
    branch = Toy(now=4 * SECOND)
    branch.volume.sample()
    branch.volume.inherit(toy.volume)
    branch.grow(2, 1)
    assert branch.volume.columns(0, 6 * SECOND, 6) == [7] * 4 + [1] * 2


def test_reading_takes_no_more_than_its_share_of_the_time():
    toy = Toy()
    toy.volume.follow()
    toy.clock += 1
    samples = len(toy.volume.times)
    toy.volume._not_before = toy.clock + 1000
    toy.world.now += SECOND
    toy.volume.follow()
    assert len(toy.volume.times) == samples and toy.volume.due > toy.world.now
