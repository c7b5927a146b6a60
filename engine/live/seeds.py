"""What a new sandbox begins with: a scenario that begins now, and a seed."""

from __future__ import annotations

import os
from typing import Any

from engine.live.entry import now_ms
from engine.live.store import Base


def new_seed() -> int:
    return int.from_bytes(os.urandom(4), "big")


def seed_for(scenario: dict[str, Any]) -> int:
    """A lesson brings its own: what its author saw is what happens."""
    lesson = scenario.get("lesson")
    seed = lesson.get("seed") if isinstance(lesson, dict) else None
    return seed if type(seed) is int and seed >= 0 else new_seed()


def new_cluster_id() -> str:
    return f"riacho-{os.urandom(4).hex()}"


def beginning(scenario: dict[str, Any], seed: int) -> Base:
    """A scenario that begins now."""
    return {"scenario": {**scenario, "calendar_ms": now_ms()}, "seed": seed}
