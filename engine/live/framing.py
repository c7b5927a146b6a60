"""A sandbox's frames as bytes: what has changed since the one before, now and then a key, and what few look at.

Theory of operation
-------------------
Frames are numbered. A *delta* makes frame n of frame n - 1 (engine/cluster/changes.py). A *key* is frame n whole: it
goes out when there is nothing before it, and again when the deltas since the last one have grown to ``KEY_BYTES``,
so that whoever comes or has fallen behind needs little: a key and the deltas after it.

The last records of each partition (its *tail*) are in the frames while the topics are small. Those of a topic that is
drawn as a matrix are *details*: they are sent only of partitions somebody asked for, once for all who did, and
always whole, so that a missed one is no loss. All parts are JSON that is passed on to browsers as it is:

    {"n": 7, "made", "k": state}    {"n": 8, "made", "d": change}    {"n": 8, "tail": ["FIAP", 3, {"first", "keys"}]}

state: packed (engine/cluster/packing.py). made: when, by the wall clock in milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import orjson

from engine.cluster import Cluster
from engine.cluster.changes import applied, changes
from engine.cluster.packing import packed, unpacked
from engine.limits import DETAILS_MAX
from engine.quorum.streams import STREAMS

KEY_BYTES = 64 << 10
MATRIX = 16  # from so many partitions on a topic is drawn as a matrix (static/js/layout.js)
TAILS_IN_FRAMES = 24  # of so many partitions at most; the others' are details

Kind: TypeAlias = Literal["key", "delta", "detail"]
Place: TypeAlias = tuple[str, int]  # topic, partition


@dataclass(slots=True)
class Part:
    """A piece of a frame. channel: of a detail, "FIAP/3"; else ""."""

    kind: Kind
    number: int
    channel: str
    json: bytes


class Framer:
    """number: of the last frame made. wanted: partitions whose tails somebody looks at."""

    def __init__(self) -> None:
        self.number = 0
        self.wanted: dict[Place, None] = {}
        self._before: dict[str, Any] | None = None
        self._since_key = 0  # bytes of deltas
        self._told: dict[Place, Any] = {}  # the details as they were told last

    def begin(self) -> None:
        """The next frame is a key, and details are told again."""
        self._before = None
        self._told = {}

    @property
    def key_due(self) -> bool:
        """The next frame goes out whole, too."""
        return self._before is None or self._since_key > KEY_BYTES

    def want(self, places: Iterable[Place]) -> None:
        """These and no others; beyond ``DETAILS_MAX`` they are left out."""
        self.wanted = dict.fromkeys(list(places)[:DETAILS_MAX])
        self._told = {place: told for place, told in self._told.items() if place in self.wanted}

    def tails(self, cluster: Cluster) -> dict[Place, None]:
        """Whose last records the next state has to hold."""
        return {**self.wanted, **_in_frames(cluster)}

    def parts(self, cluster: Cluster, state: dict[str, Any], made: int) -> list[Part]:
        """The next frame, in the order in which it has to be passed on: details first. made: now, wall clock, ms."""
        self.number += 1
        state["frame"] = self.number
        parts = self._details(cluster, state)
        due = self.key_due
        before, self._before = self._before, state
        if before is not None:
            change = orjson.dumps({"n": self.number, "made": made, "d": changes(before, state)})
            parts.append(Part("delta", self.number, "", change))
            self._since_key += len(change)
        if due:
            self._since_key = 0
            key = orjson.dumps({"n": self.number, "made": made, "k": packed(state)})
            parts.append(Part("key", self.number, "", key))
        return parts

    def _details(self, cluster: Cluster, state: dict[str, Any]) -> list[Part]:
        """Takes out of the state what does not belong to all."""
        in_frames = _in_frames(cluster)
        parts: list[Part] = []
        if not self.wanted:
            return parts
        for topic in state["topics"]:
            for partition in topic["partitions"]:
                place = (topic["name"], partition["id"])
                if place in in_frames or place not in self.wanted:
                    continue
                tail = partition["tail"]
                partition["tail"] = {"first": 0, "keys": ""}
                if self._told.get(place) != tail:
                    self._told[place] = tail
                    part = orjson.dumps({"n": self.number, "tail": [*place, tail]})
                    parts.append(Part("detail", self.number, f"{place[0]}/{place[1]}", part))
        return parts


class Assembled:
    """The other end, as a browser does it (static/js/frames/frames.js): parts in, states out. For tests and tools."""

    def __init__(self) -> None:
        self.state: dict[str, Any] | None = None
        self.details: dict[Place, Any] = {}

    def heard(self, kind: Kind, part: dict[str, Any]) -> dict[str, Any] | None:
        """A new state, if the part makes one: a key after its own delta does not, nor what follows a gap."""
        if kind == "detail":
            self.details[part["tail"][0], part["tail"][1]] = part["tail"][2]
            return None
        if self.state is not None and self.state["frame"] == part["n"]:
            return None
        if kind == "key":
            self.state = unpacked(part["k"])
        elif self.state is not None and self.state["frame"] + 1 == part["n"]:
            self.state = applied(self.state, part["d"])
        else:
            return None
        return self.state


def _in_frames(cluster: Cluster) -> dict[Place, None]:
    """Partitions whose tails all who look are sent."""
    places: dict[Place, None] = {}
    for topic in cluster.image.topics.values():
        count = len(topic.partitions)
        hidden = topic.internal and not topic.name.startswith(STREAMS)
        if not hidden and count < MATRIX and len(places) + count <= TAILS_IN_FRAMES:
            places |= dict.fromkeys((topic.name, number) for number in topic.partitions)
    return places
