"""``python manage.py simulate``: clusters under faults on all cores, invariants checked after every step.

The work is done by ``engine.live.swarm`` in processes of its own; here its messages become a progress bar and
sentences. ``--open SEED`` starts ``play`` at the moment before that seed fails.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from playground import narration

BAR = 24  # characters
SHOWN = (
    ("leader_elected", "leader changes"), ("log_truncated", "truncations"), ("rebalance_started", "rebalances"),
    ("acknowledged", "acknowledged"),
)  # fmt: skip
SHOWN_OF_STREAMS = (
    ("leader_elected", "leader changes"), ("log_truncated", "truncations"), ("shards_split", "splits"),
    ("shards_merged", "merges"), ("put_throttled", "throttles"), ("acknowledged", "acknowledged"),
)  # fmt: skip


class Command(BaseCommand):
    help = "Breaks simulated clusters in every way there is and checks, after every step, what must always hold."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seeds", type=int, default=100, help="how many clusters")
        parser.add_argument("--first", type=int, default=0, help="the first seed; a soak goes on where it is")
        parser.add_argument("--seconds", type=float, default=30.0, help="virtual seconds of each")
        parser.add_argument("--faults", default="", help="only these, by name, with commas; see docs/invariants.md")
        parser.add_argument("--streams", action="store_true", help="with Kinesis streams: shards, writers, workers")
        parser.add_argument("--open", type=int, metavar="SEED", help="play at the moment before this seed fails")
        parser.add_argument("--soak", type=Path, metavar="FILE", help="on and on, 5 to 120 s each; totals in FILE")
        parser.add_argument("--minutes", type=float, default=0.0, help="of a soak: end after so long")
        parser.add_argument("--cores", type=int, default=0, help="processes (all cores if left out)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["open"] is not None:
            self._open(options)
            return
        given = ["--seeds", "--first", "--seconds", "--faults", "--soak", "--minutes", "--cores"]
        arguments = [f"{name}={value}" for name in given if (value := options[name[2:]])]
        arguments += ["--streams"] * options["streams"]
        shown = Shown(self)
        code = run(arguments, shown.take)
        shown.line("")
        if code:
            raise SystemExit(code)

    def _open(self, options: dict[str, Any]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"seed-{options['open']}.riacho"
            arguments = [f"--export={options['open']}", f"--seconds={options['seconds']}", f"--to={file}"]
            arguments += [f"--faults={options['faults']}", *["--streams"] * options["streams"]]
            if run(arguments, Shown(self).take):
                raise SystemExit(1)
            call_command("play", open=file)


def run(arguments: list[str], take: Any) -> int:
    """The swarm, its messages handed to ``take`` one by one. Returns its exit code."""
    command = [sys.executable, "-m", "engine.live.swarm", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while True:
            try:
                for line in process.stdout:
                    take(json.loads(line))
                return process.wait()
            except KeyboardInterrupt:
                continue  # the swarm got it too: let it have the last word


class Shown:
    """What people see: one line that is written over, and all the rest below it."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.live = command.stdout.isatty()

    def line(self, text: str, end: str = "\n") -> None:
        self.command.stdout.write(("\r\x1b[K" if self.live else "") + text, ending=end)
        self.command.stdout.flush()

    def take(self, message: dict[str, Any]) -> None:
        kind = message["t"]
        if kind == "progress" and self.live:
            self.line(bar(message), end="")
        elif kind == "done":
            self.line(bar(message))
            self.line(coverage(message))
        elif kind == "failure":
            self._failure(message)
        elif kind == "refused":
            raise CommandError(message["reason"])
        elif kind == "exported":
            self.line(f"Seed {message['seed']}, step {message['step']:,}: one step more and {message['violation']}.")

    def _failure(self, message: dict[str, Any]) -> None:
        self.line(f"\nSeed {message['seed']} fails after {message['at_ms'] / 1000:.3f} s: {message['violation']}")
        self._story(message["story"])
        smallest = message["smallest"]
        if smallest is not None:
            faults = [f"    {one.pop('at_ms') / 1000:9.3f}  {json.dumps(one)}" for one in smallest["faults"]]
            self.line(f"  It also fails with only these faults, after {smallest['at_ms'] / 1000:.3f} s:")
            self.line("\n".join(faults) or "    none")
        again = ["--streams"] * message["streams"] + [f"--open {message['seed']} --seconds {message['seconds']:g}"]
        again += [f"--faults {','.join(message['kinds'])}"] * bool(message["kinds"])
        self.line(f"  See it: python manage.py simulate {' '.join(again)}")

    def _story(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            sentence = narration.render(event, "en").replace("**", "")
            self.line(f"  {event['at_ms'] / 1000:9.3f}  {event['node']:14} {sentence}")


def bar(message: dict[str, Any]) -> str:
    done, of = (message["events"], message["goal"]) if message["goal"] else (message["seeds"], message["wanted"])
    share = min(done / max(of, 1), 1.0)
    filled = "█" * int(share * BAR)
    speed = f"{message['seeds_per_s']:.1f} seeds/s, {message['events_per_s']:,.0f} events/s"
    failed = f", {len(message['failures'])} failed" if message["failures"] else ""
    return f"{filled:░<{BAR}} {share:4.0%}  {message['seeds']:,} seeds, {message['events']:,} events, {speed}{failed}"


def coverage(message: dict[str, Any]) -> str:
    """Per million events: where nothing happened, nothing was proved."""
    events = max(message["events"], 1)
    shown = SHOWN_OF_STREAMS if message["streams"] else SHOWN
    counts = [f"{message['coverage'].get(code, 0) * 1e6 / events:,.0f} {words}" for code, words in shown]
    one_core = message["events"] / max(message["cpu_seconds"], 1e-9)
    lines = [
        f"per million events: {', '.join(counts)}; {message['faults']:,} faults in all",
        f"{message['twice']:,} seeds ran under two hash seeds; {one_core:,.0f} events a second of one core",
    ]
    if message["short_of"]:
        lines.append(f"too little happened to prove anything: {', '.join(message['short_of'])}")
    return "\n".join(lines)
