"""docs/invariants.md names every invariant that is checked, and every flaw that proves that it bites."""

import re
from pathlib import Path

import pytest

from engine.simulation import fencing, groups, invariants, storage, stream_checks
from engine.simulation.faults import FAULTS
from engine.simulation.streams import ABOUT_STREAMS

ROOT = Path(__file__).resolve().parents[2]
DOC = (ROOT / "docs/invariants.md").read_text(encoding="utf-8")
TOLD = {int(part.split(".")[0]): " ".join(part.split()) for part in re.split(r"\n\n\*\*(?=\d+\. )", DOC)[1:]}
BROKEN = "".join(path.read_text() for path in sorted((ROOT / "tests/simulation").glob("test_*flaws.py")))
FLAWS = re.findall(r"^def test_(\d+)_(\w+)\(", BROKEN, re.MULTILINE)
IN_THE_END = [(ROOT / f"engine/simulation/{name}.py").read_text() for name in ("harness", "checks", "stream_checks")]
FAULTS_TOLD = set(re.findall(r"^\| `(\w+)` \|", DOC, re.MULTILINE))


def test_every_number_that_is_checked_is_told_and_no_other():
    modules = (invariants, fencing, storage, groups, stream_checks)
    kinds = [kind for module in modules for kind in vars(module).values() if isinstance(kind, type)]
    each = {kind.number for kind in kinds if issubclass(kind, invariants.Invariant)} - {0}
    in_the_end = {int(number) for text in IN_THE_END for number in re.findall(r"Violated\((\d+),", text)}
    assert each | in_the_end == set(TOLD)


@pytest.mark.parametrize(("number", "flaw"), FLAWS)
def test_a_flaw_stands_with_its_invariant(number, flaw):
    name = flaw.replace("_", " ").replace("acks all", "acks=all").replace("acks 1", "acks=1")
    assert re.search(rf"\*Found when broken:\*.*\b{name}[;.]", TOLD[int(number)])


def test_every_invariant_has_a_flaw_that_proves_that_it_bites():
    assert {int(number) for number, _ in FLAWS} == set(TOLD)


def test_every_fault_is_told_and_no_other():
    assert {*FAULTS, *ABOUT_STREAMS} == FAULTS_TOLD
