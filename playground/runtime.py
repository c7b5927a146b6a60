"""The one thing that lives as long as the process: the hub and the line to the engine host.

``manage.py play`` makes it (and so do tests); views and consumers ask for it here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from playground.engine_client import EngineClient
from playground.hub import Hub
from playground.shell.sessions import Shells


@dataclass(slots=True)
class Runtime:
    hub: Hub
    client: EngineClient
    shells: Shells = field(default_factory=Shells)


_current: list[Runtime] = []


def install(runtime: Runtime | None) -> Runtime | None:
    """Returns the one that was installed before, so that a test can put it back."""
    before = _current[0] if _current else None
    _current[:] = [runtime] if runtime else []
    return before


def current() -> Runtime:
    if not _current:
        raise RuntimeError("There is no engine host here: start the playground with `python manage.py play`.")
    return _current[0]
