"""The engine is a pure function of its inputs: what import contracts (pyproject.toml) cannot see."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parents[2] / "engine"
MODULES = sorted(p for p in ENGINE.rglob("*.py") if ENGINE / "live" not in p.parents)

# Built-in functions that reach outside, or whose answer differs from run to run.
FORBIDDEN_CALLS = {"open", "input", "print", "eval", "exec", "id", "hash", "breakpoint", "__import__"}
# Calls by their last two names, and names that give a clock or the system away.
FORBIDDEN_ATTRIBUTES = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("importlib", "import_module"),
}  # fmt: skip
# The walk over a state asks whether it has met an object before; it numbers them by the order of meeting.
# Snapshots ask the same of lists they share; nothing they hold says the number.
EXEMPT = {("world/plain.py", "id()"), ("world/canonical_write.py", "id()"), ("world/snapshots.py", "id()")}
FORBIDDEN_NAMES = {"time", "os", "uuid", "asyncio", "threading", "socket", "subprocess", "secrets"}


def offences(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            yield f"line {node.lineno}: {node.func.id}()"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if (owner, node.attr) in FORBIDDEN_ATTRIBUTES:
                yield f"line {node.lineno}: {owner}.{node.attr}"
        for target in iterated(node):
            if isinstance(target, ast.Set | ast.SetComp) or (
                isinstance(target, ast.Call)
                and isinstance(target.func, ast.Name)
                and target.func.id in ("set", "frozenset")
            ):
                yield f"line {target.lineno}: the order of a set is nobody's to know"


def iterated(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.For | ast.comprehension):
        yield node.iter


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ENGINE)))
def test_a_module_reaches_for_nothing_outside(path: Path) -> None:
    tree = ast.parse(path.read_text())
    where = str(path.relative_to(ENGINE))
    assert [found for found in offences(tree) if (where, found.split(": ")[1]) not in EXEMPT] == []
    assert sorted(FORBIDDEN_NAMES.intersection(imports(tree))) == []
    if ENGINE / "world" not in path.parents:
        assert "random" not in set(imports(tree))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ENGINE)))
def test_annotations_are_lazy_everywhere(path: Path) -> None:
    source = path.read_text()
    body = ast.parse(source).body
    if any(not isinstance(n, ast.Expr) for n in body):
        assert "from __future__ import annotations" in source


def test_every_folder_of_the_engine_is_a_package() -> None:
    """Otherwise the import contracts would not see it."""
    folders = {path.parent for path in ENGINE.rglob("*.py")}
    assert [str(f) for f in sorted(folders) if not (f / "__init__.py").exists()] == []


@pytest.mark.parametrize(
    "source",
    [
        "open('x')", "datetime.now()", "datetime.datetime.now(UTC)", "__import__('time')", "id(self)", "hash('x')",
        "for x in {1, 2}: pass", "[x for x in set(y)]", "importlib.import_module('os')",
    ],
)  # fmt: skip
def test_the_check_finds_what_it_is_for(source: str) -> None:
    assert list(offences(ast.parse(source)))
