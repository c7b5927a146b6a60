"""Trades on an exchange that does not exist: prices walk a few cents a trade, each symbol by itself."""

from __future__ import annotations

from typing import ClassVar

from engine.clients.sources.base import Made, Source, cents, moment
from engine.world.dice import Dice

# Symbols of the "few", by number, with the price they open at, in cents.
SYMBOLS = {
    1: ("AGUA3", 1842), 2: ("BOIA4", 975), 3: ("CAFE3", 6230), 4: ("NAVE3", 2718), 5: ("PONT3", 1410),
    6: ("SERR4", 3355), 7: ("VALE9", 6871), 8: ("VENT3", 1198),
}  # fmt: skip
LOT, LOTS_MAX = 100, 20
_LETTERS = "ABCDEFGHIJKLMNOPRSTUVXZ"


class Ticks(Source):
    """prices: by number of the symbol, in cents. trades: how many there were."""

    name: ClassVar[str] = "ticks"
    late: ClassVar[int] = 1
    repeated: ClassVar[int] = 1
    late_ms: ClassVar[tuple[int, int]] = (200, 3_000)
    few: ClassVar[tuple[int, ...]] = tuple(SYMBOLS)

    def __init__(self) -> None:
        self.prices: dict[int, int] = {}
        self.trades = 0

    def event(self, dice: Dice, keys: str, at_ms: int) -> Made | None:
        number = self.pick(dice, keys)
        symbol, opened = SYMBOLS.get(number) or symbol_of(number)
        price = self.prices.get(number, opened)
        stride = max(1, price // 700)
        price = max(50, price + dice.between(-stride, stride) + (price < opened // 2) - (price > opened * 2))
        self.prices[number] = price
        self.trades += 1
        side = ("compra", "venda")[dice.below(2)]
        value = (
            f'{{"ativo": "{symbol}", "negocio": {self.trades}, "preco": {cents(price)}, '
            f'"quantidade": {LOT * (1 + dice.below(LOTS_MAX))}, "lado": "{side}", "hora": "{moment(at_ms)}"}}'
        )
        return None if keys == "none" else symbol.encode(), value.encode()


def symbol_of(number: int) -> tuple[str, int]:
    """One of the many: four letters and a digit, each number its own."""
    rest, letters = number * 7_919, ""
    for _ in range(4):
        rest, letter = divmod(rest, len(_LETTERS))
        letters += _LETTERS[letter]
    return f"{letters}{3 + number % 2}", 500 + number * 37 % 9_000
