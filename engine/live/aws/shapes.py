"""AWS's own service models, as botocore carries them: which operations there are, and what each takes and gives.

They are read from botocore's data files without botocore's code: importing that takes a second and
33 MB, which every host would pay, while the files take 50 ms when somebody asks for the first time.
``Shape`` is what the walkers (validation.py, encodings.py) go by: names, types, constraints; no prose.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson

JAVA_NAME = "com.amazonaws.{service}.v{version}.{shape}"  # how AWS's texts call a structure


@dataclass(slots=True)
class Shape:
    """kind: string, blob, integer, long, float, double, boolean, timestamp, list, map, structure.

    members: of a structure, in the model's order; required: of those; member: of a list; key, value: of a map.
    low, high: least and most value of a number, length of anything else. java: its name in AWS's texts.
    """

    name: str
    kind: str
    java: str
    low: int | None = None
    high: int | None = None
    pattern: re.Pattern[str] | None = None
    pattern_text: str = ""
    enum: tuple[str, ...] = ()
    members: dict[str, Shape] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    member: Shape | None = None
    key: Shape | None = None
    value: Shape | None = None
    streams: bool = False  # an event stream
    is_error: bool = False


@dataclass(slots=True)
class Operation:
    """events: the member of the output that is an event stream, "" mostly. errors: codes it documents."""

    name: str
    input: Shape
    output: Shape
    errors: tuple[str, ...]
    method: str
    path: str
    events: str = ""


@dataclass(slots=True)
class Model:
    """protocol: "json" or "rest-json". target: prefix of X-Amz-Target."""

    name: str
    protocol: str
    target: str
    version: str
    operations: dict[str, Operation]


def data_folder() -> Path:
    """Where botocore keeps its models, found without importing it."""
    spec = find_spec("botocore")
    assert spec is not None and spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "data"


def load(name: str, operations: tuple[str, ...], required: dict[str, tuple[str, ...]]) -> Model:
    """The model of a service, newest version, of these operations only.

    required: members that are, besides those the model says, by the shape they are in.
    """
    folder = max(path for path in (data_folder() / name).iterdir() if path.is_dir())
    packed = folder / "service-2.json.gz"
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / "service-2.json").read_bytes()
    document = orjson.loads(text)
    about = document["metadata"]
    version = about["apiVersion"].replace("-", "")
    reader = _Reader(document["shapes"], required, JAVA_NAME.format(service=name, version=version, shape="{}"))
    found = {
        operation: reader.operation(document["operations"][operation])
        for operation in operations
        if operation in document["operations"]
    }
    return Model(name, about["protocol"], about.get("targetPrefix", ""), about["apiVersion"], found)


class _Reader:
    def __init__(self, shapes: dict[str, Any], required: dict[str, tuple[str, ...]], java: str) -> None:
        self._given, self._required, self._java = shapes, required, java
        self._made: dict[str, Shape] = {}

    def operation(self, given: dict[str, Any]) -> Operation:
        nothing = Shape("", "structure", "")
        output = self.shape(given["output"]["shape"]) if "output" in given else nothing
        return Operation(
            given["name"],
            self.shape(given["input"]["shape"]) if "input" in given else nothing,
            output,
            tuple(error["shape"] for error in given.get("errors", ())),
            given["http"]["method"],
            given["http"]["requestUri"],
            next((name for name, member in output.members.items() if member.streams), ""),
        )

    def shape(self, name: str) -> Shape:
        if made := self._made.get(name):
            return made
        given = self._given[name]
        pattern = given.get("pattern", "")
        shape = self._made[name] = Shape(
            name, given["type"], self._java.format(name), given.get("min"), given.get("max"),
            re.compile(pattern, re.ASCII) if pattern else None, _told(pattern), tuple(given.get("enum", ())),
            required=(*given.get("required", ()), *self._required.get(name, ())),
            streams=given.get("eventstream", False), is_error=given.get("exception", False),
        )  # fmt: skip
        for member, its in given.get("members", {}).items():
            shape.members[member] = self.shape(its["shape"])
        for part in ("member", "key", "value"):
            if part in given:
                setattr(shape, part, self.shape(given[part]["shape"]))
        return shape


def _told(pattern: str) -> str:
    """As AWS's texts show a pattern: the service's own, which has no anchors."""
    return pattern[2:-2] if pattern.startswith("^(") and pattern.endswith(")$") else pattern
