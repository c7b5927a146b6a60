"""The scenes of the lecture: each keeps what it promises, in both languages, and begins the same world."""

import pytest

from engine.cluster import Cluster
from engine.lessons.proof import prove
from playground import lecture
from playground.lessons import library, reading
from playground.lessons.taking import scenario

SCENES = library.scenes()
FIRST_MS, LAST_MS = 1_000, 60_000


def test_every_scene_stands_once_in_the_lecture():
    ordered = [name for part in reading.read(lecture.ORDER.read_bytes()).data["parts"] for name in part["scenes"]]
    assert sorted(ordered) == sorted(SCENES) and len(ordered) == len(set(ordered))
    files = {path.stem for path in lecture.ORDER.parent.glob("*.yaml")} - {lecture.ORDER.stem}
    assert files == set(SCENES), "a file that is no scene is in the log with the reason"


def test_what_a_scene_says_is_there_in_both_languages_and_short_enough_for_a_wall():
    for name, scene in SCENES.items():
        for key in ("title", "text", "sentence", "notes"):
            assert set(scene[key]) == {"pt-BR", "en"} and all(scene[key].values()), (name, key)
        for language in ("pt-BR", "en"):
            assert len(scene["text"][language]) <= 330 and len(scene["sentence"][language]) <= 120, name
            assert len(scene["title"][language]) <= 45 and "\n" in scene["notes"][language], name


@pytest.mark.parametrize("name", sorted(SCENES))
def test_what_a_scene_foretells_comes_true_and_exactly_one_answer_holds(name):
    assert [(step.what, step.findings) for step in prove(SCENES[name], Cluster) if not step.ok] == []
    assert all(FIRST_MS <= one["after_ms"] <= LAST_MS for one in lecture.predictions(SCENES[name]))


@pytest.mark.parametrize("name", sorted(SCENES))
def test_a_scene_begins_as_the_same_world_each_time(name):
    worlds = [Cluster(scenario(SCENES[name]), SCENES[name]["seed"]) for _ in range(2)]
    assert worlds[0].world.digest() == worlds[1].world.digest()
    assert worlds[0].state() == worlds[1].state()
