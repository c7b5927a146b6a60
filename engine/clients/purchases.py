"""What simulated producers write about: purchases in a shop, as JSON that looks like the real thing.

Keys decide how evenly a topic's partitions fill: "few" customers show that a key stays in its
partition, "many" spread well, "hot" is one customer who buys nine times out of ten, "none" leaves
the choice of the partition to the producer.
"""

from __future__ import annotations

import json
from functools import lru_cache

from engine.world.dice import Dice

# The "few": murmur2 gives each a hue of its own on the stage, and puts three, three and two of them into the
# partitions of a topic that has three.
REGULARS = (1, 2, 3, 5, 10, 12, 13, 17)
MANY = 1_000
PRODUCTS = (
    ("café", 1890), ("açúcar", 549), ("pão de queijo", 1250), ("goiabada", 999), ("feijão", 879), ("arroz", 2790),
    ("leite", 629), ("manteiga", 1380), ("rapadura", 720), ("queijo minas", 3490), ("farinha", 650),
    ("doce de leite", 1590),
)  # fmt: skip
TIMES = 5


def purchase(dice: Dice, keys: str) -> tuple[bytes | None, bytes]:
    """(key, value) of the next record. The same dice make the same purchases."""
    if keys == "many":
        number = 1 + dice.below(MANY)
    elif keys == "hot":
        number = REGULARS[0 if dice.below(10) < 9 else 1 + dice.below(len(REGULARS) - 1)]
    else:
        number = REGULARS[dice.below(len(REGULARS))]
    product = dice.below(len(PRODUCTS))
    key, value = _written(number, product, 1 + dice.below(TIMES))
    return (None if keys == "none" else key), value


@lru_cache(maxsize=MANY * len(PRODUCTS) * TIMES)  # all there are; a pure function, so no state
def _written(number: int, product: int, times: int) -> tuple[bytes, bytes]:
    name = f"cliente-{number}"
    what, cents = PRODUCTS[product]
    value = json.dumps({"cliente": name, "produto": what, "valor": cents * times / 100}, ensure_ascii=False)
    return name.encode(), value.encode()
