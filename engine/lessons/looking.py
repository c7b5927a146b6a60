"""The cluster as measures see it, in one instant: what is looked up often is looked up once.

Nothing is changed by looking, but for what the referee keeps of it for itself (counting.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.groups.partition import partition_for
from engine.groups.telling import parts_of
from engine.lessons.streams import ANY, Places, Streams
from engine.quorum.image import NO_LEADER
from engine.quorum.topics import OFFSETS_TOPIC

if TYPE_CHECKING:
    from engine.groups.group import Group
    from engine.lessons.counting import Counting
    from engine.quorum.records import PartitionRecord
    from engine.replication.partition import Partition

TopicPartition = tuple[str, int]


class Look:
    """cluster: the director (engine/cluster/). counting: what was acknowledged and handed over.

    generations: formed since the lesson began, by group. began: when that was. places: see streams.py.
    """

    def __init__(
        self, cluster: Any, counting: Counting, generations: dict[str, int], began: int, places: Places
    ) -> None:
        self.cluster, self.counting, self.generations, self.began = cluster, counting, generations, began
        self.streams = Streams(self, places)
        self.image = cluster.image
        self._groups: dict[str, Group | None] = {}
        self._parts: dict[str, dict[str, dict[str, list[int]]]] = {}
        self._sources: dict[TopicPartition, Partition | None] = {}

    def each(self, fields: dict[str, Any]) -> list[dict[str, Any]]:
        """What a clause's fields may mean: of a stream's pattern each stream it fits, if there is any."""
        pattern = fields.get("stream", "")
        if ANY not in pattern:
            return [fields]
        return [{**fields, "stream": name} for name in self.streams.like(pattern)] or [fields]

    # --- groups

    def group(self, name: str) -> Group | None:
        """As its coordinator knows it; None: there is none, or nobody coordinates it now."""
        if name not in self._groups:
            self._groups[name] = self._find(name)
        return self._groups[name]

    def _find(self, name: str) -> Group | None:
        topic = self.image.topics.get(OFFSETS_TOPIC)
        if topic is None or not topic.partitions:
            return None
        leader = topic.partitions[partition_for(name, len(topic.partitions))].leader
        if leader == NO_LEADER or not self.cluster.alive(leader):
            return None
        found: Group | None = self.cluster.broker(leader).groups.find(name)
        return found

    def parts(self, name: str) -> dict[str, dict[str, list[int]]]:
        """What each member of a group holds: {member id: {topic: partitions}}."""
        if name not in self._parts:
            group = self.group(name)
            self._parts[name] = {m.id: parts_of(group, m) for m in group.members.values()} if group is not None else {}
        return self._parts[name]

    def member_of(self, group: str, client: str) -> str | None:
        """The id of the member with this client id."""
        found = self.group(group)
        return next((m.id for m in found.members.values() if m.client == client), None) if found is not None else None

    def consumer(self, name: str) -> Any:
        """A simulated consumer's machine; None: there is none of that name."""
        return self._client(name, "consumer")

    def producer(self, name: str) -> Any:
        return self._client(name, "producer")

    def _client(self, name: str, kind: str) -> Any:
        hand = self.cluster.hands.get(name)
        if hand is None or hand.kind != kind:
            return None
        node = self.cluster.world.nodes.get(hand.node)
        return node.machine if node is not None and node.alive else None

    # --- partitions

    def partitions(self, topic: str, partition: int | None = None) -> list[PartitionRecord]:
        """The controller's picture of them; of one, or of all of a topic; none if there are none."""
        state = self.image.topics.get(topic)
        if state is None:
            return []
        if partition is None:
            return list(state.partitions.values())
        one = state.partitions.get(partition)
        return [one] if one is not None else []

    def all_partitions(self) -> list[PartitionRecord]:
        """Those of the people's topics."""
        return [p for topic in self.image.topics.values() if not topic.internal for p in topic.partitions.values()]

    def source(self, topic: str, partition: int) -> Partition | None:
        """The leader's replica; while there is none, the one that has most."""
        key = (topic, partition)
        if key not in self._sources:
            self._sources[key] = self._source(key)
        return self._sources[key]

    def _source(self, key: TopicPartition) -> Partition | None:
        state = self.image.partition(*key)
        if state is None:
            return None
        places = self.cluster.places
        if state.leader != NO_LEADER:
            leader: Partition | None = self.cluster.broker(state.leader).partitions.get(key)
            if leader is not None:
                return leader
        held = [p for b in state.replicas if b in places and (p := self.cluster.broker(b).partitions.get(key))]
        return max(held, key=lambda p: p.log.log_end, default=None)

    def compacts(self, topic: str) -> bool:
        state = self.image.topics.get(topic)
        return state is not None and "compact" in state.configs.get("cleanup.policy", "")

    # --- brokers and real clients

    def broker_state(self, number: int) -> str | None:
        """running, starting, stopping, stopped or crashed, as the snapshot says it."""
        place = self.cluster.places.get(number)
        if place is None:
            return None
        if self.cluster.alive(number):
            fenced = place.state == "running" and self.cluster.broker(number).fenced
            return "starting" if fenced else str(place.state)
        return "crashed" if place.state == "crashed" else "stopped"

    def connected(self, client: str) -> bool:
        """A real client with this client id; "*": any."""
        return any(c.software and client in ("*", c.client) for _, c in self.cluster.connections())
