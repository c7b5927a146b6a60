"""Temperatures: sensors in rooms, each with its own climate, now and then out of reach of the network."""

from __future__ import annotations

from typing import ClassVar

from engine.clients.sources.base import Made, Source, moment, step_towards, tenths
from engine.world.dice import Dice

# room, tenths of a degree, humidity in percent
ROOMS = (
    ("estufa", 274, 71), ("câmara fria", 34, 82), ("depósito", 221, 55), ("padaria", 312, 38), ("adega", 148, 68),
    ("sala de máquinas", 389, 29), ("escritório", 236, 48), ("varanda", 257, 63),
)  # fmt: skip
BATTERY_LASTS = 900  # readings a percent


class Temperatures(Source):
    """readings: by sensor, how many it has taken. now: by sensor, tenths of a degree and humidity."""

    name: ClassVar[str] = "temperatures"
    late: ClassVar[int] = 6
    repeated: ClassVar[int] = 3
    late_ms: ClassVar[tuple[int, int]] = (3_000, 40_000)
    few: ClassVar[tuple[int, ...]] = (1, 3, 5, 7, 10, 12, 16, 24)

    def __init__(self) -> None:
        self.readings: dict[int, int] = {}
        self.now: dict[int, tuple[int, int]] = {}

    def event(self, dice: Dice, keys: str, at_ms: int) -> Made | None:
        number = self.pick(dice, keys)
        room, home, humid = ROOMS[self.few.index(number) if number in self.few else number % len(ROOMS)]
        celsius, humidity = self.now.get(number, (home, humid))
        celsius = step_towards(dice, celsius, home, 4, 12)
        humidity = min(99, max(5, step_towards(dice, humidity, humid, 1, 8)))
        self.now[number] = celsius, humidity
        reading = self.readings[number] = self.readings.get(number, 0) + 1
        battery = max(3, 100 - number % 17 - reading // BATTERY_LASTS)
        name = f"sensor-{number:02}"
        value = (
            f'{{"sensor": "{name}", "local": "{room}", "leitura": {reading}, "celsius": {tenths(celsius)}, '
            f'"umidade": {humidity}, "bateria": {battery}, "medido_em": "{moment(at_ms)}"}}'
        )
        return None if keys == "none" else name.encode(), value.encode()
