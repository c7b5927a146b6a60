"""Levels and scenes as files: read once, read again when they change, left out when they are wrong."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from playground.lessons import library

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = (ROOT / "static/i18n/author/example.en.yaml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """levels/ of a house with two levels."""
    monkeypatch.setattr(library, "_folder", lambda name: tmp_path / name)
    (tmp_path / "scenes").mkdir()
    levels = tmp_path / "levels"
    levels.mkdir()
    for name, chapter in (("keys-01-first", "keys"), ("groups-02-second", "groups"), ("groups-01-first", "groups")):
        write(
            levels / f"{name}.yaml",
            EXAMPLE.replace("my-first-exercise", name).replace("chapter: groups", f"chapter: {chapter}"),
        )
    return levels


def write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    stands = file.stat()
    os.utime(file, ns=(stands.st_atime_ns, stands.st_mtime_ns + 1))


def ids() -> list[str]:
    return [one["id"] for one in library.levels()]


def test_levels_stand_in_the_order_of_the_course(folder: Path) -> None:
    assert ids() == ["groups-01-first", "groups-02-second", "keys-01-first"]
    after = library.after("groups-02-second")
    assert after is not None and after["id"] == "keys-01-first" and library.after("keys-01-first") is None


def test_a_file_that_changes_is_read_again(folder: Path) -> None:
    before = library.level("keys-01-first")
    assert before is not None and library.level("keys-01-first") is before
    file = folder / "keys-01-first.yaml"
    write(file, file.read_text(encoding="utf-8").replace("par: 1", "par: 12"))
    after = library.level("keys-01-first")
    assert after is not None and after["par"] == 12


def test_a_wrong_file_is_left_out_and_the_log_says_where(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(
        folder / "groups-01-first.yaml",
        EXAMPLE.replace("my-first-exercise", "groups-01-first").replace("par: 1", "par: x"),
    )
    with caplog.at_level(logging.ERROR):
        assert ids() == ["groups-02-second", "keys-01-first"]
    assert "groups-01-first.yaml, line 57, column 6:" in caplog.text and "WRONG_KIND" in caplog.text


def test_a_level_is_found_by_the_name_of_its_file(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "groups-01-first.yaml").rename(folder / "other.yaml")
    with caplog.at_level(logging.ERROR):
        assert "groups-01-first" not in ids()
    assert "groups-01-first.yaml" in caplog.text
