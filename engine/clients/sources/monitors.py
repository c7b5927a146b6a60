"""Monitors at hospital beds: pulse, oxygen and pressure walk; now and then one of them runs away for a while."""

from __future__ import annotations

from typing import ClassVar

from engine.clients.sources.base import Made, Source, moment, step_towards, tenths
from engine.world.dice import Dice

CALM = (78, 97, 122, 366)  # beats a minute, oxygen in percent, systolic pressure, tenths of a degree
# What an episode pulls them to, and how an alarm of it is called.
EPISODES = ((138, 96, 134, 371), (86, 86, 118, 367), (96, 95, 168, 366), (104, 95, 126, 391))
EPISODE_EACH, EPISODE_LASTS = 140, 24  # readings


class Monitors(Source):
    """now: by bed, the four values, the episode it is in (-1: none), and how many readings that still lasts."""

    name: ClassVar[str] = "monitors"
    late: ClassVar[int] = 2
    repeated: ClassVar[int] = 1
    late_ms: ClassVar[tuple[int, int]] = (1_000, 12_000)
    few: ClassVar[tuple[int, ...]] = (1, 2, 4, 6, 10, 16, 17, 26)

    def __init__(self) -> None:
        self.now: dict[int, tuple[int, int, int, int, int, int]] = {}

    def event(self, dice: Dice, keys: str, at_ms: int) -> Made | None:
        bed = self.pick(dice, keys)
        age = bed % 9
        pulse, oxygen, pressure, warmth, episode, left = self.now.get(
            bed, (CALM[0] - 4 + age, CALM[1], CALM[2] - 6 + 2 * age, CALM[3], -1, 0)
        )
        if left:
            left -= 1
        elif episode >= 0:
            episode = -1
        elif dice.below(EPISODE_EACH) == 0:
            episode, left = dice.below(len(EPISODES)), EPISODE_LASTS
        home = EPISODES[episode] if episode >= 0 else CALM
        pulse = step_towards(dice, pulse, home[0], 2, 5)
        oxygen = min(100, step_towards(dice, oxygen, home[1], 1, 3))
        pressure = step_towards(dice, pressure, home[2], 2, 6)
        warmth = step_towards(dice, warmth, home[3], 1, 6)
        self.now[bed] = pulse, oxygen, pressure, warmth, episode, left
        name, alarm = f"leito-{bed}", alarm_of(pulse, oxygen, pressure, warmth)
        value = (
            f'{{"leito": "{name}", "bpm": {pulse}, "spo2": {oxygen}, "pressao": "{pressure}/{pressure * 5 // 8}", '
            f'"temperatura": {tenths(warmth)}, "alarme": {alarm}, "medido_em": "{moment(at_ms)}"}}'
        )
        return None if keys == "none" else name.encode(), value.encode()


def alarm_of(pulse: int, oxygen: int, pressure: int, warmth: int) -> str:
    """As JSON: what the monitor would ring for, or null."""
    if oxygen < 90:
        return '"saturação baixa"'
    if pulse > 120:
        return '"taquicardia"'
    if pressure > 155:
        return '"pressão alta"'
    return '"febre"' if warmth >= 385 else "null"
