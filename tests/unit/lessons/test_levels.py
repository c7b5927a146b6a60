"""Every level and every scene that comes with Riacho holds what it promises.

Their solutions pass, of each prediction exactly one option holds, ten virtual minutes of nothing pass nowhere, each
wrong path gets its message, every text is there in every language; chance breaks none, and does not pass what takes
three moves or more.
"""

from pathlib import Path

import pytest

from engine.cluster import Cluster
from engine.lessons import luck
from engine.lessons.proof import prove
from playground.lessons.library import CHAPTERS, NOT_LESSONS
from playground.lessons.reading import read

ROOT = Path(__file__).resolve().parents[3]
FILES = {
    path.stem: path
    for folder in ("levels", "scenes")
    for path in sorted((ROOT / folder).glob("*.yaml"))
    if path.name not in NOT_LESSONS
}
LEVELS = [name for name, path in FILES.items() if path.parent.name == "levels"]
PLAYERS = 50  # of which one may be lucky

every_lesson = pytest.mark.parametrize("name", FILES)
every_level = pytest.mark.parametrize("name", LEVELS)


def document(name):
    return read(FILES[name].read_text(encoding="utf-8")).data


@every_lesson
def test_it_holds_what_it_promises(name):
    found = [(step.what, one.path, one.reason) for step in prove(document(name), Cluster) for one in step.findings]
    assert found == []


@every_lesson
def test_its_file_is_named_as_it_is(name):
    assert document(name)["id"] == name
    assert document(name)["kind"] == ("level" if name in LEVELS else "scene")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.full] if number % 6 else []) for number, name in enumerate(LEVELS)]
)
def test_random_commands_never_break_it(name):
    luck.play(document(name), Cluster, 1)


@pytest.mark.full
@pytest.mark.timeout(900)
@every_level
def test_what_takes_three_moves_is_not_passed_by_chance(name):
    found = [(step.what, step.note) for step in luck.chance(document(name), Cluster, PLAYERS) if not step.ok]
    assert found == []


def test_every_chapter_has_levels():
    assert {document(name)["chapter"] for name in LEVELS} == set(CHAPTERS)
