"""The texts of ``doctor.txt``, by which the paste doctor is tried."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple


class Case(NamedTuple):
    """repaired: None where the rule mends nothing."""

    name: str
    rule: str
    ill: str
    healthy: str
    repaired: str | None


def _read() -> tuple[list[Case], list[str]]:
    text = (Path(__file__).parent / "doctor.txt").read_text(encoding="utf-8")
    cases: list[Case] = []
    healthy: list[str] = []
    for part in re.split(r"^== ", text, flags=re.M)[1:]:
        rule, _, rest = part.partition("\n")
        sections = re.split(r"^-- (healthy|repaired)\n", rest.rstrip("\n") + "\n", flags=re.M)
        said = {name: _meant(body) for name, body in zip(["ill", *sections[1::2]], sections[::2], strict=True)}
        if rule == "nothing":
            healthy.append(said["ill"])
        else:
            number = sum(case.rule == rule for case in cases) + 1
            cases.append(Case(f"{rule}-{number}", rule, said["ill"], said["healthy"], said.get("repaired")))
    return cases, healthy


def _meant(body: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), body.rstrip("\n"))


CASES, HEALTHY = _read()
HERE: dict[str, Any] = {
    "bootstrap": ["127.0.0.1:19092"], "ports": ["19092", "19093", "19094"], "remote": False, "brokers": 3,
    "web": {"host": "127.0.0.1", "port": "8000"}, "topics": ["FIAP", "pedidos"], "groups": ["A"],
    "leaderless": [], "thin": [], "down": [], "paused": False,
}  # fmt: skip
