"""What a sandbox starts from. A scenario is plain data (JSON): the base of a journal names nothing else.

{
  "name": "demo", "link_us": 1000, "brokers": 3, "racks": ["a", "b", "c"], "config": {"num_partitions": 3},
  "topics": [create_topic's fields],
  "streams": [{"stream": "vendas", "shards": 4, "mode": "PROVISIONED", "retention_hours": 24}],
  "producers": [add_producer's], "groups": [add_group's],
  "stream_producers": [add_stream_producer's], "stream_consumers": [add_stream_consumer's],
  "calendar_ms": 1790000000000
}
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import Any

from engine.commands import (
    AddGroup,
    AddProducer,
    AddStreamConsumer,
    AddStreamProducer,
    CommandRefused,
    CreateTopic,
    parse,
)
from engine.config import Config
from engine.lessons import document
from engine.limits import BROKERS_MAX, PARTITIONS_MAX, RACK_NAME_MAX

DEMO: dict[str, Any] = {
    "name": "demo",
    "link_us": 1000,
    "brokers": 3,
    "topics": [{"topic": "FIAP", "partitions": 3, "replication": 3, "min_insync_replicas": 2}],
    "producers": [{"producer": "loja", "topic": "FIAP", "rate": 1.0}],
    "groups": [
        {"group": "A", "topic": "FIAP", "poll_ms": 1000},
        {"group": "B", "topic": "FIAP", "poll_ms": 5000},
    ],
}
CALENDAR_MS_MAX = 4_102_444_800_000  # the year 2100
STREAM = {"stream": "", "shards": 4, "mode": "PROVISIONED", "retention_hours": 24}
STREAM_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,128}")
MAY_BE_0 = ("group_initial_rebalance_delay_ms",)
KNOWN = ("name", "link_us", "brokers", "racks", "config", "topics", "producers", "groups", "calendar_ms", "lesson",
         "streams", "stream_producers", "stream_consumers")


@dataclass(slots=True)
class Scenario:
    """racks: where brokers stand (Kafka's broker.rack), in turn: broker 1 in the first. None: no broker has one.

    link_us: one-way latency between any two nodes, in microseconds.

    lesson: the document of one that is held there (engine/lessons/document.py); None: there is none.

    calendar_ms: what the calendar shows at virtual time 0, in milliseconds since 1970. A host says when it makes a
    sandbox: the first records are written before it can set the calendar otherwise.
    """

    name: str = "sandbox"
    link_us: int = 1000
    brokers: int = 3
    config: Config = field(default_factory=Config)
    topics: list[CreateTopic] = field(default_factory=list)
    producers: list[AddProducer] = field(default_factory=list)
    groups: list[AddGroup] = field(default_factory=list)
    calendar_ms: int = 0
    racks: list[str] = field(default_factory=list)
    lesson: dict[str, Any] | None = None
    begin_ms: int = 0  # the lesson's
    streams: list[dict[str, Any]] = field(default_factory=list)
    stream_producers: list[AddStreamProducer] = field(default_factory=list)
    stream_consumers: list[AddStreamConsumer] = field(default_factory=list)


def read(data: dict[str, Any]) -> Scenario:
    """Make a scenario from JSON. Raises CommandRefused with the reason."""
    unknown = [key for key in data if key not in KNOWN]
    if unknown:
        raise CommandRefused("INVALID_REQUEST", f"A scenario has no {unknown[0]!r}; it has {', '.join(KNOWN)}.")
    brokers, link_us = data.get("brokers", 3), data.get("link_us", 1000)
    if type(brokers) is not int or not 1 <= brokers <= BROKERS_MAX:
        raise CommandRefused("INVALID_REQUEST", f"A scenario has 1 to {BROKERS_MAX} brokers.")
    if type(link_us) is not int or not 0 <= link_us <= 10_000_000:
        raise CommandRefused("INVALID_REQUEST", "link_us is a whole number from 0 to 10,000,000.")

    calendar_ms = data.get("calendar_ms", 0)
    if type(calendar_ms) is not int or not 0 <= calendar_ms <= CALENDAR_MS_MAX:
        raise CommandRefused("INVALID_REQUEST", "calendar_ms is a time in milliseconds since 1970.")

    def commands(key: str, do: str) -> list[Any]:
        given = data.get(key, [])
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise CommandRefused("INVALID_REQUEST", f"A scenario's {key} are a list of objects.")
        return [parse({**one, "do": do}) for one in given]

    name, config = data.get("name", "sandbox"), data.get("config", {})
    if not isinstance(name, str) or not isinstance(config, dict):
        raise CommandRefused("INVALID_REQUEST", "A scenario's name is a text, its config an object.")
    return Scenario(
        name, link_us, brokers, _config(config),
        commands("topics", "create_topic"), commands("producers", "add_producer"), commands("groups", "add_group"),
        calendar_ms, _racks(data.get("racks", [])), data.get("lesson"), _lesson(data.get("lesson")),
        _streams(data.get("streams", [])), commands("stream_producers", "add_stream_producer"),
        commands("stream_consumers", "add_stream_consumer"),
    )  # fmt: skip


def _lesson(given: Any) -> int:
    """It must be one that can be played. Returns how long its World lives before it begins, in milliseconds."""
    if given is None:
        return 0
    try:
        return document.read(given).begin_ms
    except document.LessonRefused as refused:
        raise CommandRefused("INVALID_REQUEST", str(refused)) from None


def _streams(given: Any) -> list[dict[str, Any]]:
    """Kinesis streams, ACTIVE from the beginning. Left out: as many shards as a stream on demand begins with."""
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise CommandRefused("INVALID_REQUEST", "A scenario's streams are a list of objects.")
    read: list[dict[str, Any]] = []
    for one in given:
        unknown = [key for key in one if key not in STREAM]
        stream = {**STREAM, **one}
        name, shards, hours = stream["stream"], stream["shards"], stream["retention_hours"]
        fits = type(shards) is int and 1 <= shards <= PARTITIONS_MAX and type(hours) is int and 24 <= hours <= 8_760
        if unknown or not fits or stream["mode"] not in ("PROVISIONED", "ON_DEMAND"):
            raise CommandRefused(
                "INVALID_REQUEST",
                f"A scenario's stream has stream (a name), shards (1 to {PARTITIONS_MAX}), mode (PROVISIONED or "
                "ON_DEMAND) and retention_hours (24 to 8760).",
            )
        if not isinstance(name, str) or not STREAM_NAME.fullmatch(name) or name in [s["stream"] for s in read]:
            raise CommandRefused(
                "INVALID_REQUEST", "A stream has a name of its own: 1 to 128 of a-z, A-Z, 0-9, '.', '_' and '-'."
            )
        read.append(stream)
    return read


def _racks(given: Any) -> list[str]:
    fit = isinstance(given, list) and len(given) <= BROKERS_MAX
    if not fit or not all(isinstance(rack, str) and 1 <= len(rack) <= RACK_NAME_MAX for rack in given):
        raise CommandRefused(
            "INVALID_REQUEST",
            f"racks are at most {BROKERS_MAX} names of 1 to {RACK_NAME_MAX} characters; they go round the brokers.",
        )
    return list(given)


def _config(given: dict[str, Any]) -> Config:
    defaults = dataclasses.asdict(Config())
    for name, value in given.items():
        if name not in defaults or type(value) is not type(defaults[name]):
            raise CommandRefused("INVALID_REQUEST", f"There is no setting {name!r} that takes {value!r:.40}.")
        if type(value) is int and value < (name not in MAY_BE_0):
            raise CommandRefused("INVALID_REQUEST", f"{name} is 1 or more, not {value}.")
    return Config(**{**defaults, **given})
