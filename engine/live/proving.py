"""Proving lessons in a process of its own: what is written by anybody may be made to take for ever.

    python -m engine.live.proving [--all] [--luck SEEDS]    < documents, a line of JSON each

For each document it writes lines of JSON: {"t": "step", "id", "what", "ok", "note", "ms", "findings"} as it goes on,
then {"t": "done", "id", "ok", "findings": [{"path", "code", "reason"}]}. --all: chance is tried too (engine/lessons/
luck.py). ``check`` is the other side: it starts such a process and waits for it, as long as anybody waits.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from time import perf_counter
from typing import Any

from engine.cluster import Cluster
from engine.lessons.luck import chance
from engine.lessons.proof import Step, prove
from engine.limits import PROOF_MEMORY_MAX, PROOF_S_MAX
from engine.live.elsewhere import elsewhere, limit

# --- in the process -----------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m engine.live.proving")
    parser.add_argument("--all", action="store_true", help="try chance, too")
    parser.add_argument("--luck", type=int, default=0, help="so many seeds of random commands")
    parser.add_argument("--limited", action="store_true", help="of somebody we do not know")
    given = parser.parse_args(arguments)
    if given.limited:
        limit(PROOF_MEMORY_MAX, PROOF_S_MAX)
    gc.disable()
    failed = 0
    for line in sys.stdin:
        if line.strip():
            failed += not _prove(json.loads(line), given.luck or (1 if given.all else 0))
            gc.collect()
    return 1 if failed else 0


def _prove(document: Any, luck: int) -> bool:
    name = str(document.get("id", "")) if isinstance(document, dict) else ""
    findings: list[dict[str, Any]] = []
    begun = perf_counter()
    try:
        for step in _steps(document, luck):
            ms = round((perf_counter() - begun) * 1000, 1)
            found = [asdict(one) for one in step.findings]
            findings += found
            _say({"t": "step", "id": name, "what": step.what, "ok": step.ok, "note": step.note, "ms": ms,
                  "findings": found})  # fmt: skip
            begun = perf_counter()
    except MemoryError:
        reason = f"playing it takes more than {PROOF_MEMORY_MAX:,} bytes of memory: let less happen in it"
        findings.append({"path": "", "code": "TOO_LARGE", "reason": reason})
    _say({"t": "done", "id": name, "ok": not findings, "findings": findings})
    return not findings


def _steps(document: Any, luck: int) -> Iterator[Step]:
    played = False
    for step in prove(document, Cluster):
        played = played or step.what == "solution"
        yield step
    if luck and played:
        yield from chance(document, Cluster, luck)


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


# --- in the host --------------------------------------------------------------------------------------


async def check(document: Any) -> dict[str, Any]:
    """{"ok", "findings", "steps": [{"what", "ok", "note", "ms"}]}, done elsewhere."""
    heard: list[dict[str, Any]] = []
    late = False
    try:
        async with elsewhere("engine.live.proving", "--limited", seconds=PROOF_S_MAX) as process:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(json.dumps(document).encode() + b"\n")
            process.stdin.close()
            while line := await process.stdout.readline():
                heard.append(json.loads(line))
    except TimeoutError:
        late = True
    steps = [{key: one[key] for key in ("what", "ok", "note", "ms")} for one in heard if one["t"] == "step"]
    findings = [found for one in heard if one["t"] == "step" for found in one["findings"]]
    done = next((one for one in heard if one["t"] == "done"), None)
    if done is not None:
        findings = done["findings"]
    elif late:
        reason = f"playing it through takes more than {PROOF_S_MAX:.0f} seconds here: let less happen in it"
        findings.append({"path": "", "code": "TOO_LONG", "reason": reason})
    else:
        findings.append({"path": "", "code": "BROKEN", "reason": "it broke the engine that was to play it through"})
    return {"ok": not findings, "findings": findings, "steps": steps}


if __name__ == "__main__":
    sys.exit(main())
