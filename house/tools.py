"""What the tests need besides Python: a browser, kcat, Node.js with kafkajs and the AWS SDK, the AWS command line.

Installed where that can be done without asking (root on Debian); elsewhere the exact command is
named and the tests fail. They never skip: a skipped test looks like a passed one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from house.venv import ROOT, NotPossible, locked, say

NODE = ROOT / "tests" / "node"

# tool -> (names to look for, Debian's packages, Homebrew's)
TOOLS: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    # The shell is the same browser without a desktop's window around each page, which costs as much as the page.
    "chromium": (
        ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome"),
        ("chromium-headless-shell",), "--cask chromium",
    ),  # fmt: skip
    "kcat": (("kcat", "kafkacat"), ("kcat",), "kcat"),
    "node": (("node",), ("nodejs", "npm"), "node"),
    # Version 2 of the AWS command line; by its path, since version 1 may be found first.
    "aws2": (("/usr/bin/aws", "/opt/homebrew/bin/aws", "/usr/local/bin/aws"), ("awscli",), "awscli"),
    "npm": (("npm",), ("nodejs", "npm"), "node"),
}
MAC_CHROMES = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")


def find(tool: str) -> str | None:
    """Where ``tool`` is. The environment variable RIACHO_<TOOL> goes first."""
    named = os.environ.get(f"RIACHO_{tool.upper()}")
    if named:
        return named
    for name in TOOLS[tool][0]:
        if path := shutil.which(name):
            return path
    if tool == "chromium" and sys.platform == "darwin":
        return next((str(p) for app in MAC_CHROMES if (p := Path("/Applications", app)).exists()), None)
    return None


def ensure(tool: str) -> str:
    """The path of ``tool``, installed first if need be. Raises NotPossible with the command to type."""
    if path := find(tool):
        return path
    _install([tool])
    path = find(tool)
    if path is None:
        raise NotPossible(f"{tool} was installed, but it is not on the PATH.")
    return path


def ensure_kafkajs() -> Path:
    """The folder in which ``node`` finds kafkajs and AWS's SDK, in the versions tests/node/package-lock.json pins."""
    ensure("node")
    npm = ensure("npm")
    lock, installed = NODE / "package-lock.json", NODE / "node_modules" / ".riacho-lock"
    with locked(ROOT / ".venv.lock", waiting="Waiting for another run that is installing ..."):
        if not installed.exists() or installed.read_bytes() != lock.read_bytes():
            command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
            if subprocess.run(command, cwd=NODE).returncode != 0:
                missing = "kafkajs and axe-core could not be installed"
                raise NotPossible(f"{missing}. By hand:\n  cd {NODE} && npm ci")
            installed.write_bytes(lock.read_bytes())
    return NODE


def ensure_axe() -> Path:
    """axe-core, which says what of WCAG a page misses: the script to run in it."""
    return ensure_kafkajs() / "node_modules" / "axe-core" / "axe.min.js"


def ensure_all() -> None:
    """Everything at once: one apt-get run instead of four."""
    missing = [tool for tool in TOOLS if find(tool) is None]
    if missing:
        _install(missing)
    ensure_kafkajs()


def _install(tools: list[str]) -> None:
    packages = list(dict.fromkeys(p for tool in tools for p in TOOLS[tool][1]))
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", *packages]
    if not _root_on_debian():
        raise NotPossible(f"The tests need {', '.join(tools)}. Once:\n  {_by_hand(tools, packages)}")
    say(f"Installing {', '.join(packages)} for the tests ...")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with locked(ROOT / ".venv.lock", waiting="Waiting for another run that is installing ..."):
        for command in (["apt-get", "update"], install):
            done = subprocess.run(command, env=environment, capture_output=True, text=True)
            if done.returncode != 0:
                raise NotPossible(f"{' '.join(command)} failed:\n{done.stderr or done.stdout}")


def _root_on_debian() -> bool:
    try:
        release = Path("/etc/os-release").read_text()
    except OSError:
        return False
    # Not Ubuntu: its chromium is a stub that wants snap.
    return "\nID=debian" in "\n" + release and os.geteuid() == 0


def _by_hand(tools: list[str], packages: list[str]) -> str:
    if sys.platform == "darwin":
        return " && ".join(dict.fromkeys(f"brew install {TOOLS[tool][2]}" for tool in tools))
    if sys.platform == "win32":
        return "run the tests in WSL: kcat has no build for Windows"
    return f"sudo apt-get update && sudo apt-get install --yes {' '.join(packages)}"
