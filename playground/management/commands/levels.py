"""``python manage.py levels``: plays lessons through and says whether they hold what they promise.

The work is done by ``engine.live.proving`` in a process of its own; here YAML becomes documents, and what it says a
table.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from playground.lessons.library import NOT_LESSONS
from playground.lessons.reading import Unreadable, read

FOLDERS = ("levels", "scenes")


class Command(BaseCommand):
    help = "Proves levels and scenes: their solution, their predictions, their wrong paths, doing nothing, chance."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("lessons", nargs="*", help="ids or files; all of levels/ and scenes/ if left out")
        parser.add_argument("--luck", type=int, default=0, metavar="SEEDS", help="random players, 200 commands each")

    def handle(self, *args: Any, **options: Any) -> None:
        files = [_file(name) for name in options["lessons"]] or sorted(_all())
        documents, unread = [], 0
        for file in files:
            try:
                documents.append(read(file.read_text()).data)
            except Unreadable as refusal:
                unread += 1
                self.stdout.write(f"{file}: {refusal}")
        code = self._prove(documents, options["luck"])
        if code or unread:
            raise SystemExit(1)

    def _prove(self, documents: list[Any], luck: int) -> int:
        command = [sys.executable, "-m", "engine.live.proving", "--luck", str(luck)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None and process.stdout is not None
            lines = "".join(json.dumps(document) + "\n" for document in documents)
            threading.Thread(target=_feed, args=(process.stdin, lines), daemon=True).start()
            for line in process.stdout:
                self._show(json.loads(line))
        return process.returncode

    def _show(self, told: dict[str, Any]) -> None:
        if told["t"] == "done":
            self.stdout.write(f"{told['id']:<34} {'ok' if told['ok'] else 'NOT OK'}\n\n")
            return
        mark = "ok" if told["ok"] else "--"
        self.stdout.write(f"{told['id']:<34} {told['what']:<14} {mark:<3} {told['ms']:>8.0f} ms  {told['note']}\n")
        for found in told["findings"]:
            self.stdout.write(f"    {found['path']}: {found['reason']} [{found['code']}]\n")


def _feed(pipe: Any, lines: str) -> None:
    with pipe:
        pipe.write(lines)


def _all() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (path for path in (settings.ROOT / folder).glob("*.yaml") if path.name not in NOT_LESSONS)


def _file(name: str) -> Path:
    for path in (Path(name), *(Path(settings.ROOT) / folder / f"{name}.yaml" for folder in FOLDERS)):
        if path.is_file():
            return path
    raise CommandError(f"There is no lesson {name!r}: give an id of levels/ or scenes/, or a file.")
