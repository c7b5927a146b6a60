"""The tables: what travels in which version of which API, one file a family.

Written from Kafka's message descriptions (``clients/src/main/resources/common/message/*.json``).
"""

from __future__ import annotations

from engine.wire.schema import Api
from engine.wire.schemas import (
    cluster,
    configs,
    deletion,
    groups,
    membership,
    offsets,
    partitions,
    producers,
    records,
    topics,
)

_FAMILIES = (records, cluster, topics, partitions, configs, deletion, producers, membership, groups, offsets)
APIS: dict[int, Api] = {api.key: api for family in _FAMILIES for api in family.APIS}
