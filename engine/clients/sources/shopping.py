"""Purchases (engine/clients/purchases.py) as a source: those that are late and repeated, too."""

from __future__ import annotations

from typing import ClassVar

from engine.clients.purchases import purchase
from engine.clients.sources.base import Made, Source
from engine.world.dice import Dice


class Purchases(Source):
    """They say nothing of their moment: only the record's timestamp does."""

    name: ClassVar[str] = "purchases"
    __slots__ = ()  # no state of its own, but it stands in that of a feed

    def event(self, dice: Dice, keys: str, at_ms: int) -> Made | None:
        return purchase(dice, keys)
