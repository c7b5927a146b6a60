"""What simulated producers write about."""

from __future__ import annotations

import json
from collections import Counter

from engine.clients.purchases import purchase
from engine.wire.partitioners import murmur2, murmur2_partition
from engine.world.dice import Dice


def keys_of(kind: str, count: int = 2000) -> Counter[bytes | None]:
    dice = Dice(1, "loja")
    return Counter(purchase(dice, kind)[0] for _ in range(count))


def test_a_purchase_names_customer_product_and_price() -> None:
    key, value = purchase(Dice(1, "loja"), "few")
    bought = json.loads(value)
    assert sorted(bought) == ["cliente", "produto", "valor"]
    assert bought["cliente"].encode() == key and bought["valor"] > 0


def test_few_are_eight_customers() -> None:
    keys = [key for key in keys_of("few") if key is not None]
    assert len(keys) == 8
    assert len({(murmur2(key) & 0x7FFFFFFF) % 8 for key in keys}) == 8, "each has a hue of its own on the stage"
    assert sorted(Counter(murmur2_partition(key, 3) for key in keys).values()) == [2, 3, 3]


def test_many_are_a_thousand() -> None:
    assert 800 < len(keys_of("many", 4000)) <= 1000


def test_hot_is_one_customer_nine_times_out_of_ten() -> None:
    assert 1750 < keys_of("hot")[b"cliente-1"] < 1850


def test_without_keys_the_value_still_names_a_customer() -> None:
    key, value = purchase(Dice(1, "loja"), "none")
    assert key is None and "cliente-" in json.loads(value)["cliente"]


def test_the_same_dice_make_the_same_purchases() -> None:
    assert purchase(Dice(4, "loja"), "many") == purchase(Dice(4, "loja"), "many")
