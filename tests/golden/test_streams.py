"""Chance is the same on every machine, in every version of Python: the streams for named seeds, as constants.

A journal, a checkpoint and a link to a moment rely on it. If this fails, Python has changed what a seed
means, or how ``random()`` or ``getrandbits()`` count, and nothing from elsewhere can be replayed here.
"""

import random
from hashlib import blake2b

import pytest

from engine.world.dice import Dice

BITS = (1, 8, 32, 53, 64, 128)
# The first three of random(), as hexadecimal floats, and then one getrandbits() of each of BITS.
STREAMS = {
    "7/network": (
        ["0x1.29011027b1b28p-3", "0x1.119db398202a8p-1", "0x1.d9ee64df82000p-1"],
        [1, 3, 4249923734, 8442446385877749, 10716218182287810302, 268025583347249852328879419931663602305],
    ),
    "0/broker 1": (
        ["0x1.4613965b5299ep-2", "0x1.5195a3300f6c4p-2", "0x1.00109fb04c14fp-1"],
        [1, 166, 3834859053, 53197911596436, 4583518136388291493, 4157941980504697307276956131835586791],
    ),
    "2147483648/topic ids": (
        ["0x1.ff1039c872203p-1", "0x1.42f739dede816p-1", "0x1.dc3378ec53ca0p-1"],
        [1, 179, 1921659962, 5661579856594879, 12560293898350472237, 340157457842314968696236049838302098669],
    ),
}  # fmt: skip
# A hash over the first four thousand: beyond the 624 words after which the generator makes new ones.
FAR = {
    "7/network": "96bb151b0e9e7493082746b1292bc3d3",
    "0/broker 1": "20f637745489d455a567709641fb518b",
    "2147483648/topic ids": "bd8a18c1ab497585517bcfa58b3ebc25",
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_named_stream_begins_with_these_numbers(name):
    stream = random.Random(name)
    units, words = STREAMS[name]
    assert [stream.random().hex() for _ in units] == units
    assert [stream.getrandbits(bits) for bits in BITS] == words


@pytest.mark.parametrize("name", FAR)
def test_a_named_stream_goes_on_with_the_same_numbers(name):
    stream, hashed = random.Random(name), blake2b(digest_size=16)
    for number in range(2_000):
        hashed.update(f"{stream.random().hex()} {stream.getrandbits(1 + number % 128)};".encode())
    assert hashed.hexdigest() == FAR[name]


def test_what_is_built_on_them_is_the_same_too():
    dice = Dice(7, "network")
    assert dice.unit().hex() == "0x1.29011027b1b28p-3"
    assert [dice.below(1_000_000) for _ in range(4)] == [560365, 395274, 970611, 516224]
    assert [dice.between(-5, 5) for _ in range(6)] == [-5, -2, 4, -2, -4, -4]
    assert [dice.exponential(1_000_000_000) for _ in range(4)] == [1083407784, 1594905265, 1503672372, 336621436]
    assert [dice.chance(0.5) for _ in range(6)] == [False, True, False, True, False, True]
