"""``bench``: workers take a second to come up, so all tests of the shell share theirs (and the test process)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.shell.bench import Bench, Shell


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "bench" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("shell"))


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.close()


@pytest.fixture
def shell(bench: Bench) -> Shell:
    return bench.shell()
