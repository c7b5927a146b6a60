"""Fixtures for all tests.

``playground_server``   the whole playground in this process, with a fresh engine (tests/support/server.py)
``kcat``, ``kafkajs``   real clients: the program's path; the folder in which node finds kafkajs
``page`` and the rest of pytest-playwright, driving the system's Chromium

Whatever is done in a browser is done once more, in the full run, by somebody who asked for less motion:
``pytest -m "" -k reduced-motion tests/browser tests/stage``.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from house import tools

if TYPE_CHECKING:
    from tests.support.server import PlaygroundServer

# Examples take what they take: this machine may be busy with other tests.
hypothesis.settings.register_profile("riacho", deadline=None)
hypothesis.settings.load_profile("riacho")

BROWSER_FIXTURES = {"page", "context", "browser", "new_context", "playwright"}


# The long files, which a run begins with, so that its workers end together: a unit test is never long.
FIRST = [Path(__file__).parent / name for name in ("test_house.py", "real", "browser", "web", "simulation", "stage")]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files go to whoever is free (``--dist loadfile``) in this order; within a folder it is chance's still."""
    items.sort(key=lambda item: next((n for n, at in enumerate(FIRST) if item.path.is_relative_to(at)), len(FIRST)))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """``@pytest.mark.moves("test_...")``: it is about motion itself, and that one is its counterpart without."""
    if "reduced_motion" not in metafunc.fixturenames:
        return
    ways = [pytest.param("no-preference", id=pytest.HIDDEN_PARAM)]
    moves = metafunc.definition.get_closest_marker("moves")
    if moves is None:
        ways.append(pytest.param("reduce", id="reduced-motion", marks=pytest.mark.full))
    elif not callable(getattr(metafunc.module, moves.args[0], None)):
        raise pytest.UsageError(f"{metafunc.definition.nodeid}: there is no {moves.args[0]} beside it")
    metafunc.parametrize("reduced_motion", ways)


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], reduced_motion: str) -> dict[str, Any]:
    """reduced_motion: of the two ways above the one of this test."""
    return {**browser_context_args, "reduced_motion": reduced_motion}


@pytest.fixture(autouse=True)
def no_event_loop_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """Playwright keeps "its" event loop running in this thread for the whole session, between its tests too.

    Others would find that ``asyncio.run`` is impossible; for them it is put out of sight.
    """
    loop = asyncio._get_running_loop()
    if loop is None or BROWSER_FIXTURES & set(request.fixturenames):
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


@pytest.fixture(scope="session")
def _server() -> Iterator[PlaygroundServer]:
    from tests.support.server import PlaygroundServer

    server = PlaygroundServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def _lent(_server: PlaygroundServer) -> Iterator[PlaygroundServer]:
    """To one file; what its last test left running would take time from those that need none of it."""
    yield _server
    _server.end()


@pytest.fixture
def playground_server(_lent: PlaygroundServer) -> PlaygroundServer:
    """Running the demo scenario; ``begin(scenario)`` gives it another."""
    _lent.begin()
    return _lent


@pytest.fixture(scope="session")
def kcat() -> str:
    return tools.ensure("kcat")


@pytest.fixture(scope="session")
def node() -> str:
    return tools.ensure("node")


@pytest.fixture(scope="session")
def kafkajs() -> Path:
    return tools.ensure_kafkajs()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, which asks nobody outside for anything."""
    quiet = ["background-networking", "component-update", "sync", "quic", "gpu", "default-apps", "extensions"]
    arguments = [f"--disable-{name}" for name in quiet] + ["--no-first-run"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # it refuses to be root otherwise
    return {**browser_type_launch_args, "executable_path": tools.ensure("chromium"), "args": arguments}
