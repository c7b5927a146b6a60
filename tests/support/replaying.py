"""A moment brought back by another Python process (engine/live/replayer.py)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def replayed(python: str, data: bytes, **environment: str) -> tuple[dict[str, Any], bytes]:
    """What is said of it, and the checkpoint. python: the interpreter's path. environment: on top of ours."""
    done = subprocess.run(
        [python, "-m", "engine.live.replayer"], input=data, capture_output=True, timeout=110, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    line, _, checkpoint = done.stdout.partition(b"\n")
    assert line, done.stderr.decode()
    about: dict[str, Any] = json.loads(line)
    return about, checkpoint
