"""Records on their way, as many as can be seen: the traffic of one frame.

An *edge* leads from whoever writes to a partition, from a leader to a follower, or from a partition to whoever reads;
with streams, from whoever puts to a shard, and from a shard to whoever reads it.
While up to ``EACH`` records a second pass it, each is told as it was; up to ``TOGETHER``, those of one frame together
("records": how many); above it the edge flows: one real record is told every ``SAMPLE_S`` seconds, with the "rate"
of its edge in records a second (else 0). The rate is what was really counted; of a frame whose traffic was told only
in part (it is cut off at high rates, sandbox.py) the part that was told counts, with the time it covers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine import events
from engine.cluster.snapshot import FLYING
from engine.events import Told
from engine.machine import SECOND

EACH, TOGETHER = 5.0, 60.0
SAMPLE_S = 2.0
AVERAGED_S = 1.0
FIRST_S = 0.2  # what is first seen of an edge is counted as if it had taken that long at least
TOLD_MAX = 12  # a frame; of more, those whose edge was shown longest ago
EDGES_MAX = 4_000  # remembered; then all are forgotten
BY_HAND = ("composer", "console")  # what people write themselves is never left out

Name = tuple[Any, ...]
Group = list[Any]  # of Told, all of one edge


@dataclass(slots=True)
class Edge:
    """rate: records a second, averaged. shown: when something of it was told last. at: of its last count."""

    rate: float
    shown: float
    at: float


class Flow:
    """One sandbox's edges."""

    def __init__(self) -> None:
        self._edges: dict[Name, Edge] = {}

    def told(
        self, traffic: Iterable[Told], *, now: float, since: int, until: int, speed: float, whole: bool,
        few: bool = False,
    ) -> list[dict[str, Any]]:  # fmt: skip
        """What is told of a frame's traffic, oldest first.

        now: wall clock, seconds. since, until: the virtual time it covers. whole: nothing of it is missing.
        few: only of edges where each record counts; this frame is large already.
        """
        groups: dict[Name, Group] = {}
        last = since
        for one in traffic:
            event: Any = one.event
            if event.code in FLYING and not getattr(event, "topic", "").startswith("__"):
                groups.setdefault(_edge(event), []).append(one)
            last = one.at
        seconds = max(((until if whole else last) - since) / SECOND / speed, 0.001)
        if len(self._edges) > EDGES_MAX:
            self._edges.clear()
        due: list[tuple[float, Edge, Group]] = []
        for name, group in groups.items():
            edge = self._edges.get(name)
            if edge is None:
                edge = self._edges[name] = Edge(0.0, -SAMPLE_S, now - seconds)
            _count(edge, _records(group), seconds, now)
            if few and edge.rate > EACH and name[1] not in BY_HAND:
                continue
            if edge.rate <= TOGETHER or now - edge.shown >= SAMPLE_S:
                due.append((-2 * SAMPLE_S if name[1] in BY_HAND else edge.shown, edge, group))
        due.sort(key=lambda one: one[0])
        chosen: list[dict[str, Any]] = []
        for _, edge, group in due:
            if len(chosen) >= TOLD_MAX:
                break
            edge.shown = now
            chosen += _rows(edge, group)
        return sorted(chosen[:TOLD_MAX], key=lambda data: data["at_ms"])


def _edge(event: Any) -> Name:
    match event.code:
        case "appended":
            return ("appended", event.producer, event.broker, event.topic, event.partition)
        case "replicated":
            return ("replicated", event.leader, event.broker, event.topic, event.partition)
        case "record_put" | "records_read":
            return (event.code, event.client, event.stream, event.shard)
    return ("delivered", event.group, event.consumer, event.topic, event.partition)


def _count(edge: Edge, records: int, seconds: float, now: float) -> None:
    """A moving average; the time in which nothing passed counts too."""
    quiet = max(0.0, now - edge.at - seconds)
    edge.rate *= max(0.0, 1 - quiet / AVERAGED_S)
    if edge.rate == 0.0:  # new, or silent for long: all there is to go by
        edge.rate = records / max(seconds, FIRST_S)
    else:
        edge.rate += (records / seconds - edge.rate) * min(1.0, seconds / AVERAGED_S)
    edge.at = now


def _rows(edge: Edge, group: Group) -> list[dict[str, Any]]:
    """Each, or all together, or one record of them."""
    if edge.rate <= EACH:
        return [_row(one, _records([one])) for one in group]
    if edge.rate > TOGETHER:
        row = _row(group[-1], 1, round(edge.rate))
        if "first" in row["params"]:
            row["params"]["first"] = row["params"]["last"]
        return [row]
    row = _row(group[-1], _records(group))
    params = row["params"]
    if "first" not in params:
        return [row]
    for one in reversed(group[:-1]):  # as far back as they follow each other
        if one.event.last + 1 != params["first"]:
            break
        params["first"] = one.event.first
    return [row]


def _row(told: Told, records: int, rate: int = 0) -> dict[str, Any]:
    data = events.to_json(told)
    return {
        "code": data["code"], "at_ms": data["at_ms"], "params": data["params"], "records": records, "rate": rate,
    }  # fmt: skip


def _records(group: Group) -> int:
    """A record that is put is told by itself."""
    return sum(one.event.last - one.event.first + 1 if hasattr(one.event, "first") else 1 for one in group)
