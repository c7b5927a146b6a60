"""``.venv`` brought up to date, with the standard library only.

A stamp in ``.venv`` remembers the hash of each requirements file that was installed. As long as the
one asked for still matches, this costs a millisecond; otherwise the packages are installed, checked
against their pinned hashes, as wheels only (nothing is compiled), and the stamp is written last: an
interrupted installation starts over. Two runs at once wait for each other at a lock.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "riacho-stamp.json"


class NotPossible(Exception):
    """Something people have to do themselves; the text says what, to the letter."""


def go_inside(argv: list[str], *, dev: bool) -> None:
    """Return when this very interpreter is the up-to-date ``.venv``'s; otherwise make it so and start over in it.

    dev: with what the tests need too.
    """
    if _stale(dev):
        with locked(ROOT / ".venv.lock", waiting="Waiting for another manage.py that is installing ..."):
            if _stale(dev):  # the other one may have done it meanwhile
                _install(dev)
    if Path(sys.prefix).resolve() != VENV.resolve():
        _start_over(argv)


def begin(*, dev: bool) -> None:
    """The first thing a program does: ``go_inside``, or end with what people have to do themselves."""
    try:
        go_inside(sys.argv, dev=dev)
    except NotPossible as problem:
        sys.exit(str(problem))


def _requirements(dev: bool) -> Path:
    return ROOT / ("requirements-dev.txt" if dev else "requirements.txt")


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _stamps() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError, TypeError):
        return {}


def _stale(dev: bool) -> bool:
    path = _requirements(dev)
    return not PYTHON.exists() or _stamps().get(path.name) != _hash(path)


def _install(dev: bool) -> None:
    uv = shutil.which("uv")
    say("Installing Python packages into .venv (the first time: about half a minute) ...")
    if not _works(PYTHON, pip=not uv):
        _make_venv(uv)
    path = _requirements(dev)
    environment = {k: v for k, v in os.environ.items() if k not in ("PIP_USER", "PIP_TARGET", "PIP_PREFIX")}
    pins = ["--require-hashes", "--only-binary", ":all:", "-r", str(path)]
    ways = [[str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *pins]]
    if uv:
        ways.insert(0, [uv, "pip", "install", "--quiet", "--python", str(PYTHON), *pins])
    for way in ways:
        if subprocess.run(way, env=environment).returncode == 0:
            break
    else:
        raise NotPossible(
            f"The packages could not be installed; what is written above says why. Again by hand:\n  {' '.join(way)}\n"
            "If that does not help either, delete the folder .venv and start over."
        )
    # What is in requirements.txt is in requirements-dev.txt too, with the same versions.
    stamps = {_requirements(False).name: _hash(_requirements(False))}
    if dev:
        stamps[path.name] = _hash(path)
    written = STAMP.with_suffix(".new")
    written.write_text(json.dumps(stamps))
    written.replace(STAMP)


def _works(python: Path, *, pip: bool) -> bool:
    """A venv whose own Python was uninstalled or upgraded is a folder of dead links; one made by uv has no pip."""
    if not python.exists():
        return False
    test = "import sys; assert sys.version_info >= (3, 11)" + ("; import pip" if pip else "")
    return subprocess.run([str(python), "-c", test], stderr=subprocess.DEVNULL).returncode == 0


def _make_venv(uv: str | None) -> None:
    if Path(sys.prefix).resolve() == VENV.resolve():
        raise NotPossible(f"{VENV} is broken: delete that folder and run this again.")
    if VENV.exists():
        shutil.rmtree(VENV)
    if uv and subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)]).returncode == 0:
        return
    # Debian and Ubuntu take both out of Python and put them into a package of their own.
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        raise NotPossible(_no_venv())
    try:
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True)
    except BaseException:  # Ctrl-C: a half-made one would be taken for a whole one the next time
        shutil.rmtree(VENV, ignore_errors=True)
        raise
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise NotPossible(_no_venv())


def _no_venv() -> str:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if Path("/etc/debian_version").exists():
        root = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
        return f"This Python cannot make virtual environments. Once:\n  {root}apt-get install python{version}-venv"
    return (
        f"This Python ({sys.executable}) cannot make virtual environments: its modules venv and ensurepip are missing "
        "or broken. Install them (on most systems: a package called python3-venv or python3-pip), or install uv."
    )


def _start_over(argv: list[str]) -> NoReturn:
    command = [str(PYTHON), *argv]
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    # Windows has no exec: a child does the work. Ctrl-C reaches both; only the child may act on it.
    import signal

    child = subprocess.Popen(command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(child.wait())


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def locked(path: Path, *, waiting: str) -> Iterator[None]:
    """One process at a time. waiting: what to say when somebody else is in."""
    with open(path, "a+") as file:
        if not _try_lock(file):
            say(waiting)
            _lock(file)
        yield  # closing the file lets go of the lock, and so does the end of the process, however it comes


if sys.platform == "win32":
    import msvcrt
    import time

    def _try_lock(file: IO[str]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _lock(file: IO[str]) -> None:
        while not _try_lock(file):
            time.sleep(0.2)

else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _lock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)
