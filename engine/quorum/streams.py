"""The topics under Kinesis streams (engine/kinesis/): who may make, change and delete them.

How many there may be, and of how many partitions, is the gateway's affair too: it keeps AWS's limits, not Kafka's here
(engine/limits.py: SHARDS_MAX, STREAM_SHARDS_MAX).
"""

from __future__ import annotations

STREAMS = "__kinesis."  # what their names begin with
GATEWAY = "kinesis"  # the node of the gateway, and the name under which it asks the controller


def forbidden(topic: str, client: str) -> bool:
    """Whether ``client`` must leave this topic alone: it is the brokers' own, or the gateway's."""
    if topic.startswith(STREAMS):
        return client != GATEWAY
    return topic.startswith("__")


def owner(topic: str) -> str:
    """Whose it is, for who is refused."""
    return "is a Kinesis stream's" if topic.startswith(STREAMS) else "belongs to the brokers"
