"""Where replicas of a new topic go when brokers stand in racks (the rules of ``StripedReplicaPlacer``).

Racks take turns: the leader of each partition is in the next rack, its followers in the ones after that, so a
partition is in as many racks as it has replicas, or in all of them. Within a rack brokers take turns too. Racks count
alike, however many brokers stand in them: in a small rack each broker holds more.

Kafka throws dice for where turns begin; here they follow from ``start``, and are even from the first partition on.
"""

from __future__ import annotations


def spread(racks: list[list[int]], partitions: int, replication: int, start: int) -> list[list[int]]:
    """Replica lists. racks: active brokers by rack, ``replication`` of them at least; start: how far the turns are."""
    return [_replicas(racks, replication, number) for number in range(start, start + partitions)]


def _replicas(racks: list[list[int]], replication: int, number: int) -> list[int]:
    """Of one partition, the leader first. number: running, over all topics."""
    turn, first = divmod(number, len(racks))
    found: list[int] = []
    pick = 0
    while len(found) < replication:
        again, ahead = divmod(pick, len(racks))  # again: how often each rack has been asked before
        rack = racks[(first + ahead) % len(racks)]
        if again < len(rack):
            found.append(rack[(turn + ahead + again) % len(rack)])
        pick += 1
    return found
