"""The listing: which classes a checkpoint may hold, and which fields each has (layout.json).

The code says what the fields are; the listing says what the *format* says. They must agree, and a test
holds them together: who changes the state of a machine changes what checkpoints look like, raises the
listing's version, and says what becomes of a file that was written before. The command for that is

    python -m engine.live.layout            compare; with --write: take what the code says, as a new version
    python -m engine.live.layout --again    the same under the version as it stands: nobody has files of it yet

In layout.json a class has: ``at``, where it is (its name in files stays when it moves); ``fields``, as they
are written; ``fresh``, attributes that are no state (see FRESH); ``added``, {field: default} for files that
lack it (null, number, text, [] or {}); ``gone``, fields that older files have. ``made`` holds, by version, a
checksum of the listing as it was then.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import json
import pkgutil
import sys
import textwrap
from collections import deque
from collections.abc import Callable, Iterator
from copy import deepcopy
from enum import Enum
from functools import cache, partial
from pathlib import Path
from typing import Any
from zlib import crc32

import engine
from engine.cluster.inspect import Tails
from engine.live.leaves import LEAVES
from engine.world.canonical import Kind, Leaf
from engine.world.performing import TRAFFIC_MAX, Record

LISTING = Path(__file__).with_name("layout.json")

# Not of the state: what drives and checks the engine, and what is made of the protocol's description.
_OUTSIDE = (
    "engine.live", "engine.simulation", "engine.wire.schema", "engine.wire.schemas",
    "engine.wire.primitives", "engine.wire.kinds", "engine.wire.compression",
    "engine.world.snapshots", "engine.world.plain", "engine.world.canonical", "engine.world.canonical_read",
    "engine.world.canonical_scan", "engine.world.canonical_write",
    "engine.cluster.files", "engine.cluster.inspect", "engine.cluster.veiling", "engine.world.trace",
    "engine.kinesis.service.calling", "engine.kinesis.service.catalogue", "engine.kinesis.service.operations",
    "engine.kinesis.service.sequence", "engine.kinesis.service.tokens",
    "engine.lessons.attempt", "engine.lessons.clauses", "engine.lessons.conditions", "engine.lessons.document",
    "engine.lessons.findings", "engine.lessons.looking", "engine.lessons.luck", "engine.lessons.measures",
    "engine.lessons.measuring", "engine.lessons.measures_groups", "engine.lessons.measures_kinesis",
    "engine.lessons.parts", "engine.lessons.proof", "engine.lessons.streams",
)  # fmt: skip

# What is no state (``DERIVED``), and what it is in a World that was just read. Who adds one adds it here.
FRESH: dict[str, dict[str, Callable[[], Any]]] = {
    "world.performing.Performer": {
        "outbox": list, "traffic": partial(Record, maxlen=TRAFFIC_MAX), "meaningful": int, "observer": lambda: None,
        "halt": bool, "_traced": bool, "_settles": int,
    },
    "world.connections.Connections": {"closed_outside": list},
    "world.dice.Dice": {"_words": bytes, "_place": int, "_unused": bool},
    "wire.batch.Batch": {"sealed": lambda: None},
    "cluster.cluster.Cluster": {"tails": Tails},
    "lessons.referee.Referee": {"traced": bool, "_plan": lambda: None, "_places": dict},
}  # fmt: skip
# No state either, but written all the same: history that people look at; what would take long to find again.
# The referee's book, and the ways to it: the book itself counts where the referee has it.
WRITTEN = {
    "world.performing.Performer": ("told", "last"), "storage.chunk.Chunk": ("positions", "ends"),
    "cluster.cluster.Cluster": ("ledger", "referee"), "broker.broker.Broker": ("ledger",),
    "clients.client.Client": ("ledger",), "clients.fetching.Stretch": ("epoch",),
}  # fmt: skip


class Layout:
    """The registry of the format: see engine/world/canonical.py."""

    def __init__(self, listing: dict[str, Any]) -> None:
        self.version: int = listing["version"]
        self._named = {name: _kind(name, entry) for name, entry in listing["classes"].items()}
        self._kinds = {kind.of: kind for kind in self._named.values()}
        self._leaves = {leaf.of: leaf for leaf in LEAVES}
        self._leaves_named = {leaf.name: leaf for leaf in LEAVES}

    def kind(self, of: type) -> Kind | None:
        return self._kinds.get(of)

    def named(self, name: str) -> Kind | None:
        return self._named.get(name)

    def leaf(self, of: type) -> Leaf | None:
        return self._leaves.get(of)

    def leaf_named(self, name: str) -> Leaf | None:
        return self._leaves_named.get(name)


_layout: Layout | None = None


def layout() -> Layout:
    """The listing as it stands in layout.json. Only modules named there are imported."""
    global _layout
    if _layout is None:
        _layout = Layout(json.loads(LISTING.read_text()))
    return _layout


def _kind(name: str, entry: dict[str, Any]) -> Kind:
    module, _, path = entry["at"].partition(":")
    of: Any = importlib.import_module(module)
    for part in path.split("."):
        of = getattr(of, part)
    defaults: dict[str, Callable[[], Any]] = {}
    for field, value in entry.get("added", {}).items():
        defaults[field] = partial(deepcopy, value)
    fresh = _fresh(of)
    return Kind(
        name, of, tuple(entry["fields"]), defaults, frozenset(entry.get("gone", ())),
        {field: fresh.get(field, bool) for field in entry.get("fresh", ())},
    )  # fmt: skip


def _fresh(of: type) -> dict[str, Callable[[], Any]]:
    fresh: dict[str, Callable[[], Any]] = {}
    for kind in reversed(of.__mro__):
        fresh |= FRESH.get(name_of(kind), {})
    return fresh


# --- what the code says --------------------------------------------------------------------------------


def name_of(of: type) -> str:
    return f"{of.__module__.removeprefix('engine.')}.{of.__qualname__}"


def classes() -> Iterator[type]:
    """All classes of the engine that can be part of a state."""
    for found in pkgutil.walk_packages(engine.__path__, "engine."):
        if any(found.name == out or found.name.startswith(f"{out}.") for out in _OUTSIDE):
            continue
        module = importlib.import_module(found.name)
        for thing in vars(module).values():
            if isinstance(thing, type) and thing.__module__ == found.name and _is_data(thing):
                yield thing


def _is_data(of: type) -> bool:
    if issubclass(of, BaseException) or getattr(of, "_is_protocol", False):
        return False
    return issubclass(of, Enum | tuple | list | deque | dict) or bool(fields_of(of)) or "__slots__" in vars(of)


def fields_of(of: type) -> tuple[str, ...]:
    """What is written of an object of this class, in order: slots from the base class on, then attributes by name."""
    if issubclass(of, Enum):
        return tuple(of.__members__)
    if issubclass(of, tuple):
        return tuple(getattr(of, "_fields", ()))
    fresh = ["traced", *_fresh(of)]
    slots, attributes = _slots_and_attributes(of)  # type: ignore[arg-type]  # a class is hashable
    return tuple(name for name in (*slots, *sorted(attributes)) if name not in fresh)


def fresh_of(of: type) -> list[str]:
    """What is not written of an object of this class. ``traced`` is no state wherever it stands."""
    traced = any("traced" in names for names in _slots_and_attributes(of))
    return [*_fresh(of), *(["traced"] if traced else [])]


def forgotten(of: type) -> list[str]:
    """What the class says is no state, and FRESH and WRITTEN know nothing of."""
    known = set(_fresh(of))
    for kind in of.__mro__:
        known.update(WRITTEN.get(name_of(kind), ()))
    return [name for kind in of.__mro__ for name in vars(kind).get("DERIVED", ()) if name not in known]


@cache
def _slots_and_attributes(of: type) -> tuple[list[str], list[str]]:
    slots: dict[str, None] = {}
    attributes: dict[str, None] = {}
    for kind in reversed(of.__mro__):
        if not kind.__module__.startswith("engine."):
            continue
        if "__slots__" in vars(kind):
            own = vars(kind)["__slots__"]
            slots.update(dict.fromkeys((own,) if isinstance(own, str) else own))
        else:
            attributes.update(dict.fromkeys(_assigned(kind)))
    for name in ("__dict__", "__weakref__"):
        slots.pop(name, None)
    return list(slots), [name for name in attributes if name not in slots]


@cache
def _assigned(kind: type) -> list[str]:
    """Attributes that methods of a class without slots give to ``self``, and the fields of a dataclass."""
    found = list(getattr(kind, "__dataclass_fields__", ()))
    properties = [name for name, value in vars(kind).items() if isinstance(value, property)]
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(kind)))):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        while targets:
            target = targets.pop(0)
            if isinstance(target, ast.Tuple):
                targets += target.elts
            elif (
                isinstance(target, ast.Attribute)
                and isinstance(target.value, ast.Name)
                and target.value.id == "self"
                and target.attr not in properties
            ):
                found.append(target.attr)
    return found


# --- the listing, kept up to date ----------------------------------------------------------------------


def listed(before: dict[str, Any]) -> dict[str, Any]:
    """The listing that the code asks for, with what ``before`` says of older files."""
    places = {entry["at"]: name for name, entry in before.get("classes", {}).items()}
    entries: dict[str, Any] = {}
    for of in classes():
        at = f"{of.__module__}:{of.__qualname__}"
        name = places.get(at, name_of(of))
        old = before.get("classes", {}).get(name, {})
        entry: dict[str, Any] = {"at": at, "fields": list(fields_of(of))}
        if fresh := fresh_of(of):
            entry["fresh"] = fresh
        entries[name] = entry | {key: old[key] for key in ("added", "gone") if key in old}
    kept = {"version": before.get("version", 1), "made": before.get("made", {})}
    return kept | {"classes": dict(sorted(entries.items()))}


def checksum(listing: dict[str, Any]) -> int:
    return crc32(json.dumps(listing["classes"], sort_keys=True).encode())


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Sentences."""
    old, new = before["classes"], now["classes"]
    found = [f"{name} is new." for name in new if name not in old]
    found += [f"{name} is gone." for name in old if name not in new]
    for name in new:
        if name in old:
            was, has = old[name]["fields"], new[name]["fields"]
            found += [f"{name} has a new field {field!r}." for field in has if field not in was]
            found += [f"{name} has no field {field!r} any more." for field in was if field not in has]
            if was != has and sorted(was) == sorted(has):
                found.append(f"{name} has its fields in another order.")
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m engine.live.layout", description="The listing of checkpoints.")
    parser.add_argument("--write", action="store_true", help="take what the code says as a new version")
    parser.add_argument("--again", action="store_true", help="take it under the version as it stands")
    given = parser.parse_args(arguments)
    before = json.loads(LISTING.read_text()) if LISTING.exists() else {"version": 1, "made": {}, "classes": {}}
    now = listed(before)
    changes = differences(before, now)
    print("\n".join(changes) or "The listing says what the code says.")
    if given.write and changes:
        now["version"] += 1
    if (given.write and changes) or given.again:
        now["made"][str(now["version"])] = checksum(now)
        lines = [f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in now["classes"].items()]
        head = f'{{\n"version": {now["version"]},\n"made": {json.dumps(now["made"])},\n"classes": {{\n'
        LISTING.write_text(head + ",\n".join(lines) + "\n}\n}\n")
        print(f"{LISTING} is version {now['version']}.")
        if given.write:
            print("Say in it what becomes of older files: a default in `added`, or the old name in `gone`.")
    return 1 if changes and not (given.write or given.again) else 0


if __name__ == "__main__":
    sys.exit(main())
