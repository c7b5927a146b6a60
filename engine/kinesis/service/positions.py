"""Where readers stand: the last shard iterator of each client and shard, for people to see."""

from __future__ import annotations

from dataclasses import dataclass

POSITIONS_MAX = 64  # of more the one that was moved longest ago is forgotten


@dataclass(slots=True)
class Position:
    """kind: how the first one was asked for. now: virtual ns when it was handed out. behind_ms: -1: not known."""

    kind: str
    offset: int
    now: int
    behind_ms: int = -1


def note(
    positions: dict[tuple[str, str, str], Position], client: str, stream: str, shard: str, position: Position
) -> None:
    key = (client, stream, shard)
    positions.pop(key, None)
    positions[key] = position
    if len(positions) > POSITIONS_MAX:
        del positions[next(iter(positions))]
