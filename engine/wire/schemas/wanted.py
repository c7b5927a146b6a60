"""A topic asked for by name or by id, as Metadata (from v10) and DeleteTopics (v6) have it.

Our requests hold two lists, names and ids; Kafka's one array of both. The names are written first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine.wire.messages import NO_ID


@dataclass(slots=True)
class Wanted:
    name: str | None = None
    topic_id: bytes = NO_ID


def of_names_and_ids(names: Iterable[str], ids: Iterable[bytes]) -> list[Wanted]:
    return [Wanted(name) for name in names] + [Wanted(None, topic_id) for topic_id in ids]


def to_names_and_ids(wanted: list[Wanted], names: str) -> dict[str, Any]:
    """{names: [...], "topic_ids": [...]}. An id goes before a name, as Kafka has it; neither counts as the id 0."""
    by_name = [topic.name for topic in wanted if topic.name is not None and topic.topic_id == NO_ID]
    by_id = [topic.topic_id for topic in wanted if topic.name is None or topic.topic_id != NO_ID]
    return {names: by_name, "topic_ids": by_id}
