"""Every transcript beside this file is played again and must come out as it is written, line by line.

When behaviour was changed on purpose, ``RIACHO_REWRITE_SCENARIOS=1 pytest tests/scenarios`` writes them anew; read
the difference before you keep it.
"""

import os
from pathlib import Path

import pytest

from tests.scenarios import transcript
from tests.scenarios.playing import Play

HERE = Path(__file__).parent
SCENARIOS = sorted(HERE.glob("*.txt"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_transcript_comes_out_as_it_is_written(path):
    written = path.read_text(encoding="utf-8")
    played = Play(transcript.read(written)).play()
    if os.environ.get("RIACHO_REWRITE_SCENARIOS"):
        path.write_text(played, encoding="utf-8")
    else:
        assert played.splitlines() == written.splitlines()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_transcript_opens_with_its_story_and_ends_with_how_it_ended(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    story = lines[: next(n for n, line in enumerate(lines) if not line.startswith("#"))]
    assert 3 <= len(story) <= 6
    assert lines[-1].startswith("holds")


def test_there_are_transcripts():
    assert len(SCENARIOS) >= 8
