"""The house rules, as tests: one red line here is as red as any other."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str) -> None:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.fail(f"{' '.join(command)}\n{done.stdout}{done.stderr}", pytrace=False)


def test_the_linter_finds_nothing() -> None:
    run("-m", "ruff", "check", ".")


@pytest.mark.timeout(300)
def test_the_type_checker_finds_nothing() -> None:
    run("-m", "mypy")


def test_every_import_points_downwards() -> None:
    run("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_by_hash_and_names_no_registry(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text and "--index" not in text and "--find-links" not in text
    for entry in re.split(r"\n(?=[a-z])", text.strip()):
        assert re.match(r"[a-z0-9.-]+(\[[a-z,]+\])?==[^\s]+ .*--hash=sha256:[0-9a-f]{64}", entry, re.S), entry


def test_what_players_install_is_part_of_what_testers_install() -> None:
    """manage.py takes an installation for testing as one for playing too."""
    players, testers = (
        set(re.findall(r"^[a-z].*==\S+", (ROOT / name).read_text(), re.M))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert players and players <= testers


def test_npm_lock_names_no_registry() -> None:
    text = (ROOT / "tests/node/package-lock.json").read_text()
    assert "://" not in text and '"integrity"' in text
