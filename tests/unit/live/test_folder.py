"""A data folder belongs to one process at a time."""

import os

import pytest

from engine.live.folder import DataFolder
from engine.live.journal import JournalError


def test_a_folder_is_made_with_all_above_it(tmp_path):
    folder = DataFolder(tmp_path / "a" / "b")
    assert folder.sandbox("demo").is_dir()
    folder.close()


def test_a_second_one_is_refused_and_told_who_has_it(tmp_path):
    first = DataFolder(tmp_path)
    with pytest.raises(JournalError, match=f"in use by another Riacho .process {os.getpid()}.*--data") as refused:
        DataFolder(tmp_path)
    assert refused.value.code == "DATA_IN_USE"
    first.close()


def test_a_folder_that_was_left_can_be_taken(tmp_path):
    DataFolder(tmp_path).close()
    DataFolder(tmp_path).close()


def test_a_folder_that_cannot_be_made_is_refused_with_the_flag(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="--data") as refused:
        DataFolder(tmp_path / "file" / "data")
    assert refused.value.code == "DATA_FOLDER"
