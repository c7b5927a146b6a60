"""Topic configs: which there are, what they may be, and how they are changed (KIP-339).

Names, defaults and limits are Kafka 4.0's (``TopicConfig.java``, ``LogConfig.java``), with one exception:
``segment.bytes`` may go down to 1 KiB, so that one can watch a log roll (Kafka 4.0 asks for 1 MiB, KIP-1030).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import events
from engine.quorum import streams
from engine.quorum.image import MetadataImage
from engine.quorum.records import ConfigRecord
from engine.wire import errors
from engine.wire.messages import (
    AlterConfigsRequest,
    AlteredConfigs,
    AlteredResource,
    IncrementalAlterConfigsRequest,
)
from engine.wire.messages.configs import APPEND, DELETE, SET, SUBTRACT

if TYPE_CHECKING:
    from engine.quorum.controller import Controller

INT32_MAX, INT64_MAX = 2**31 - 1, 2**63 - 1
SEGMENT_BYTES_MIN = 1024

# Topic configs that are acted on, with Kafka's defaults. Others are refused: INVALID_CONFIG.
TOPIC_CONFIGS: dict[str, str] = {
    "cleanup.policy": "delete",
    "compression.type": "producer",
    "delete.retention.ms": "86400000",
    "file.delete.delay.ms": "60000",
    "index.interval.bytes": "4096",
    "max.compaction.lag.ms": str(INT64_MAX),
    "max.message.bytes": "1048588",
    "message.timestamp.type": "CreateTime",
    "min.cleanable.dirty.ratio": "0.5",
    "min.compaction.lag.ms": "0",
    "min.insync.replicas": "1",
    "retention.bytes": "-1",
    "retention.ms": "604800000",
    "segment.bytes": "1073741824",
    "segment.index.bytes": "10485760",
    "segment.ms": "604800000",
    "unclean.leader.election.enable": "false",
}
NUMBERS = {
    "delete.retention.ms": (0, INT64_MAX),
    "file.delete.delay.ms": (0, INT64_MAX),
    "index.interval.bytes": (0, INT32_MAX),
    "max.compaction.lag.ms": (1, INT64_MAX),
    "max.message.bytes": (0, INT32_MAX),
    "min.compaction.lag.ms": (0, INT64_MAX),
    "min.insync.replicas": (1, INT32_MAX),
    "retention.bytes": (-1, INT64_MAX),
    "retention.ms": (-1, INT64_MAX),
    "segment.bytes": (SEGMENT_BYTES_MIN, INT32_MAX),
    "segment.index.bytes": (4, INT32_MAX),
    "segment.ms": (1, INT64_MAX),
}
CHOICES = {
    "cleanup.policy": ("delete", "compact", "compact,delete", "delete,compact"),
    "compression.type": ("producer",),  # the broker keeps batches as they came
    "message.timestamp.type": ("CreateTime", "LogAppendTime"),
    "unclean.leader.election.enable": ("true", "false"),
}
RATIOS = ("min.cleanable.dirty.ratio",)
LISTS = ("cleanup.policy",)
TOPIC = 2  # kind of config resource (ConfigResource.Type)


@dataclass(slots=True)
class Refusal(Exception):
    error: int
    message: str


def check(configs: dict[str, str | None]) -> dict[str, str]:
    """The given configs without nulls. Raises Refusal INVALID_CONFIG."""
    checked = {}
    for name, value in configs.items():
        if value is None:
            continue
        if name not in TOPIC_CONFIGS:
            raise Refusal(errors.INVALID_CONFIG, f"There is no topic config {name[:60]!r} here.")
        if name in CHOICES and value not in CHOICES[name]:
            raise Refusal(errors.INVALID_CONFIG, f"{name} must be one of {', '.join(CHOICES[name])}.")
        if name in NUMBERS:
            least, most = NUMBERS[name]
            if not re.fullmatch(r"-?\d{1,19}", value, re.ASCII) or not least <= int(value) <= most:
                raise Refusal(errors.INVALID_CONFIG, f"{name} must be a whole number from {least} to {most}.")
        if name in RATIOS and (not re.fullmatch(r"\d(\.\d{1,15})?", value, re.ASCII) or float(value) > 1):
            raise Refusal(errors.INVALID_CONFIG, f"{name} must be a number from 0 to 1, such as 0.5.")
        checked[name] = value
    least_lag, most_lag = (
        int(checked.get(name, TOPIC_CONFIGS[name])) for name in ("min.compaction.lag.ms", "max.compaction.lag.ms")
    )
    if least_lag > most_lag:
        raise Refusal(errors.INVALID_CONFIG, "min.compaction.lag.ms must not be more than max.compaction.lag.ms.")
    return checked


# --- changes


def alter(
    controller: Controller, body: AlterConfigsRequest | IncrementalAlterConfigsRequest, client: str
) -> list[AlteredConfigs]:
    """Change what can be changed; each resource by itself. client: who asks. Returns the answers in order."""
    results = []
    seen: dict[tuple[int, str], None] = {}
    for resource in body.resources:
        result = AlteredConfigs(resource.kind, resource.name)
        results.append(result)
        try:
            if (resource.kind, resource.name) in seen:
                raise Refusal(errors.INVALID_REQUEST, f"{resource.name[:60]!r} is named twice.")
            seen[resource.kind, resource.name] = None
            was = _configs(controller.image, resource, client)
            wanted = _incremental(was, resource) if isinstance(body, IncrementalAlterConfigsRequest) else _all(resource)
            records = _difference(resource.name, was, check(wanted))  # type: ignore[arg-type]
        except Refusal as refusal:
            result.error, result.message = refusal.error, refusal.message
            continue
        if records and not body.validate_only:
            controller.write([*records])
            controller.tell(events.TopicConfigured(resource.name, [_shown(record) for record in records]))
    return results


def _shown(record: ConfigRecord) -> str:
    return record.name if record.value is None else f"{record.name}={record.value}"


def _configs(image: MetadataImage, resource: AlteredResource, client: str) -> dict[str, str]:
    if resource.kind != TOPIC:
        raise Refusal(errors.INVALID_REQUEST, "Only the configs of topics (2) can be changed while they run.")
    topic = image.topics.get(resource.name)
    if topic is None:
        raise Refusal(errors.UNKNOWN_TOPIC_OR_PARTITION, f"There is no topic {resource.name[:60]!r}.")
    if resource.name.startswith(streams.STREAMS) and streams.forbidden(resource.name, client):
        raise Refusal(errors.INVALID_TOPIC_EXCEPTION, f"{resource.name[:60]} {streams.owner(resource.name)}.")
    return topic.configs


def _all(resource: AlteredResource) -> dict[str, str | None]:
    wanted: dict[str, str | None] = {}
    for change in resource.changes:
        if change.name in wanted:
            raise Refusal(errors.INVALID_REQUEST, f"{change.name[:60]!r} is given twice.")
        wanted[change.name] = change.value
    return wanted


def _incremental(was: dict[str, str], resource: AlteredResource) -> dict[str, str]:
    wanted = dict(was)
    names = [change.name for change in resource.changes]
    for change in resource.changes:
        name, value = change.name, change.value
        if names.count(name) > 1:
            raise Refusal(errors.INVALID_REQUEST, f"{name[:60]!r} is given twice.")
        if change.op == DELETE:
            wanted.pop(name, None)
        elif value is None:
            raise Refusal(errors.INVALID_REQUEST, f"{name[:60]!r} needs a value; to have the default back, delete it.")
        elif change.op == SET:
            wanted[name] = value
        elif change.op in (APPEND, SUBTRACT):
            wanted[name] = _list(name, was.get(name, TOPIC_CONFIGS.get(name, "")), value, change.op)
        else:
            raise Refusal(errors.INVALID_REQUEST, f"Operations are 0 to 3, not {change.op}.")
    return wanted


def _list(name: str, was: str, value: str, op: int) -> str:
    if name not in LISTS:
        raise Refusal(errors.INVALID_CONFIG, f"{name[:60]!r} is no list: nothing can be appended or subtracted.")
    have, named = was.split(","), value.split(",")
    if op == APPEND:
        return ",".join(have + [one for one in named if one not in have])
    return ",".join(one for one in have if one not in named)


def _difference(topic: str, was: dict[str, str], now: dict[str, str]) -> list[ConfigRecord]:
    gone = [ConfigRecord(topic, name, None) for name in was if name not in now]
    return gone + [ConfigRecord(topic, name, value) for name, value in now.items() if was.get(name) != value]
