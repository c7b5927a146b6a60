"""Run snippets as their reader would: in a shell, with Python, with node; and stop the endless ones with Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE_S = 60


class Runner:
    """kafkajs: the folder in which node finds it."""

    def __init__(self, folder: Path, node: str, kafkajs: Path) -> None:
        self.folder, self.node, self.kafkajs = folder, node, kafkajs
        self.count = 0

    def command(self, made: dict[str, Any]) -> tuple[list[str], Path]:
        self.count += 1
        form, text = made["form"], made["text"]
        if made["language"] == "shell":
            return ["bash", "-c", text], self.folder
        if form == "python":
            path = self.folder / f"{self.count}-{made['file']}"
            path.write_text(text)
            return [sys.executable, str(path)], self.folder
        # as `node file.js` in a folder with kafkajs in it
        return [self.node, "-e", text], self.kafkajs

    def run(self, made: dict[str, Any]) -> str:
        """What it prints; it has to end well."""
        command, where = self.command(made)
        done = subprocess.run(
            command, cwd=where, capture_output=True, text=True, timeout=PATIENCE_S, env=_environment()
        )
        assert done.returncode == 0, f"{made['text']}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def until(self, made: dict[str, Any], seen: Callable[[str], Any]) -> str:
        """Run an endless one until ``seen(what it has printed)`` holds; then Ctrl-C, and it has to end."""
        command, where = self.command(made)
        out = self.folder / f"{self.count}.out"
        with out.open("w") as file:
            process = subprocess.Popen(
                command, cwd=where, stdout=file, stderr=subprocess.STDOUT, start_new_session=True, env=_environment()
            )
        try:
            end = time.monotonic() + PATIENCE_S
            while not seen(out.read_text()):
                assert process.poll() is None, f"it has ended: {out.read_text()}"
                assert time.monotonic() < end, f"it did not come to that: {out.read_text()}"
                time.sleep(0.05)
            os.killpg(process.pid, signal.SIGINT)
            process.wait(PATIENCE_S)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        return out.read_text()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1"}
