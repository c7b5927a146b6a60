"""manage.py on a bare machine: what it installs, when, and what it says when it cannot."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from house import venv
from house.venv import NotPossible


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A checkout without a .venv; the list fills with the commands run. Making a venv makes its Python."""
    monkeypatch.setattr(venv, "ROOT", tmp_path)
    monkeypatch.setattr(venv, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(venv, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(venv, "STAMP", tmp_path / ".venv" / "stamp.json")
    monkeypatch.setattr(venv.shutil, "which", lambda name: None)
    monkeypatch.setattr(venv, "_start_over", lambda argv: None)
    (tmp_path / "requirements.txt").write_text("a==1\n")
    (tmp_path / "requirements-dev.txt").write_text("a==1\nb==1\n")
    commands: list[list[str]] = []

    def run(command: list[str], **options: Any) -> SimpleNamespace:
        commands.append(command)
        if "venv" in command:
            venv.PYTHON.parent.mkdir(parents=True)
            venv.PYTHON.touch()
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(venv.subprocess, "run", run)
    return commands


def installs(commands: list[list[str]]) -> list[str]:
    return [Path(c[c.index("-r") + 1]).name for c in commands if "-r" in c]


def test_the_first_start_makes_the_venv_and_installs_by_hash_wheels_only(bare: list[list[str]]) -> None:
    venv.go_inside(["manage.py", "play"], dev=False)
    assert bare[0][:3] == [sys.executable, "-m", "venv"]
    assert bare[1][1:4] == ["-m", "pip", "install"]
    assert "--require-hashes" in bare[1] and bare[1][bare[1].index("--only-binary") + 1] == ":all:"
    assert installs(bare) == ["requirements.txt"]


def test_the_second_start_does_nothing(bare: list[list[str]]) -> None:
    venv.go_inside([], dev=False)
    done = len(bare)
    venv.go_inside([], dev=False)
    assert len(bare) == done


def test_playing_installs_no_test_dependency_and_testing_covers_playing(bare: list[list[str]]) -> None:
    venv.go_inside([], dev=False)
    venv.go_inside([], dev=True)
    venv.go_inside([], dev=False)
    assert installs(bare) == ["requirements.txt", "requirements-dev.txt"]


def test_changed_requirements_are_installed(bare: list[list[str]]) -> None:
    venv.go_inside([], dev=False)
    (venv.ROOT / "requirements.txt").write_text("a==2\n")
    venv.go_inside([], dev=False)
    assert installs(bare) == ["requirements.txt"] * 2


def test_an_interrupted_installation_starts_over(bare: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    fine = venv.subprocess.run

    def interrupted(command: list[str], **options: Any) -> Any:
        if "-r" in command:
            raise KeyboardInterrupt
        return fine(command, **options)

    monkeypatch.setattr(venv.subprocess, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        venv.go_inside([], dev=False)
    assert not venv.STAMP.exists()
    monkeypatch.setattr(venv.subprocess, "run", fine)
    venv.go_inside([], dev=False)
    assert installs(bare) == ["requirements.txt"]


def test_a_broken_stamp_is_no_stamp(bare: list[list[str]]) -> None:
    venv.go_inside([], dev=False)
    for nonsense in ("", "[]", "3", json.dumps({"requirements.txt": 7})):
        venv.STAMP.write_text(nonsense)
        venv.go_inside([], dev=False)
    assert installs(bare) == ["requirements.txt"] * 5


def test_what_cannot_be_installed_is_said_with_the_command(bare: list[list[str]], monkeypatch: Any) -> None:
    fine = venv.subprocess.run
    monkeypatch.setattr(
        venv.subprocess, "run", lambda c, **o: SimpleNamespace(returncode=1) if "-r" in c else fine(c, **o)
    )
    with pytest.raises(NotPossible, match="pip install"):
        venv.go_inside([], dev=False)
    assert not venv.STAMP.exists()


def test_a_python_that_cannot_make_venvs_is_given_the_remedy(bare: list[list[str]], monkeypatch: Any) -> None:
    monkeypatch.setattr(venv, "find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(NotPossible, match="venv"):
        venv.go_inside([], dev=False)
    assert bare == []


def test_uv_is_used_when_it_is_there(bare: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venv.shutil, "which", lambda name: "/bin/uv" if name == "uv" else None)
    venv.go_inside([], dev=False)
    assert [c[:2] for c in bare] == [["/bin/uv", "venv"], ["/bin/uv", "pip"]]


def test_two_at_once_wait_for_each_other(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from house.venv import locked\n"
        "with locked(Path(sys.argv[1]), waiting='waiting'): print('in', flush=True); sys.stdin.readline()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "lock")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as first:  # type: ignore[call-overload]
        assert first.stdout.readline() == "in\n"
        with subprocess.Popen(command, **pipes) as second:  # type: ignore[call-overload]
            assert second.stderr.readline() == "waiting\n"
            first.communicate("\n", timeout=20)
            assert second.communicate("\n", timeout=20)[0] == "in\n"


def test_an_older_python_is_told_what_is_needed() -> None:
    """manage.py itself must stay readable to Pythons it refuses."""
    source = (Path(__file__).resolve().parents[3] / "manage.py").read_text()
    program = f"import sys; sys.version_info = (3, 9, 2, 'final', 0); sys.argv = ['manage.py', 'play']\n{source}"
    done = subprocess.run([sys.executable, "-"], input=program, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1 and "needs Python 3.11 or newer; this is 3.9" in done.stderr
    assert not any(feature in source for feature in ('f"', ":=", "match ", "from __future__"))
