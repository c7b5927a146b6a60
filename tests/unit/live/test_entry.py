"""What is known of a sandbox without opening it."""

import json

import pytest

from engine.live.entry import Entry, is_id, load, new_id

WHOLE = Entry("sala-3", "Sala 3", "ana", 17, 19112, {"brokers": 1}, "demo", "Demo", 4711, 48120)


def test_an_entry_is_read_as_it_was_written(tmp_path):
    folder = tmp_path / "sala-3"
    folder.mkdir()
    WHOLE.save(folder)
    assert load(folder) == WHOLE
    assert [path.name for path in folder.iterdir()] == ["sandbox.json"]


def test_a_folder_without_an_entry_is_called_by_its_name(tmp_path):
    (tmp_path / "demo").mkdir()
    entry = load(tmp_path / "demo")
    assert (entry.id, entry.name, entry.owner, entry.first_port, entry.scenario) == ("demo", "demo", "", 0, None)
    assert entry.created_ms > 0


def test_a_folder_that_was_copied_is_another_sandbox(tmp_path):
    folder = tmp_path / "copy"
    folder.mkdir()
    WHOLE.save(folder)
    assert load(folder).id == "copy"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", '{"format": 9}', '{"format": 1, "name": 7}', '{"format": 1, "first_port": "x"}',
     '{"format": 1, "scenario": []}'],
)  # fmt: skip
def test_what_is_no_entry_is_a_value_error_that_names_the_file(tmp_path, text):
    (tmp_path / "sandbox.json").write_text(text)
    with pytest.raises(ValueError, match="sandbox.json"):
        load(tmp_path)


def test_what_a_later_version_adds_is_passed_over(tmp_path):
    (tmp_path / "sandbox.json").write_text(json.dumps({"format": 1, "name": "x", "color": "red"}))
    assert load(tmp_path).name == "x"


@pytest.mark.parametrize(
    ("name", "taken", "found"),
    [
        ("Sala 3", [], "sala-3"),
        ("  Ação & reação! ", [], "acao-reacao"),
        ("sala-3", ["sala-3"], "sala-3-2"),
        ("sala-3", ["sala-3", "sala-3-2"], "sala-3-3"),
        ("教室", [], "sandbox"),
        ("---", ["sandbox"], "sandbox-2"),
        ("x" * 100, [], "x" * 36),
        ("../../etc", [], "etc"),
    ],
)
def test_an_id_is_made_from_the_name(name, taken, found):
    assert new_id(name, taken) == found
    assert is_id(found)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-a", "A", "a b", ".gone-x-1", "x" * 41])
def test_no_other_folder_is_taken_for_a_sandbox(name):
    assert not is_id(name)
