"""The observer of a simulated World: it notices what a step changed and asks the invariants."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from engine.broker import Broker
from engine.machine import Effects, Request, Tell
from engine.quorum.controller import Controller
from engine.quorum.image import MetadataImage
from engine.quorum.records import PartitionRecord
from engine.simulation import invariants as i
from engine.simulation.groups import GroupsAreSound
from engine.simulation.shadow import Key, Seen, Shadow, look

if TYPE_CHECKING:
    from engine.cluster import Cluster


class Watch:
    """Coverage counts what happened, by the code of the event: a run in which nothing happened proves nothing."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.shadows: dict[tuple[int, Key], Shadow] = {}
        self.before: dict[Key, PartitionRecord] = {}  # the image before this step
        self._offset = 0
        self.coverage: dict[str, int] = {}
        self.recent: list[Any] = []
        self.invariants: list[i.Invariant] = [
            i.BelowTheHighWatermarkAllInSyncReplicasAreEqual(),
            i.TheLeaderIsInSync(),
            i.OneLeaderAnEpoch(),
            i.EpochsNeverDecrease(),
            i.SameOffsetAndEpochMeanSamePrefix(),
            i.TheHighWatermarkOnlyRises(),
            i.NothingCommittedIsCut(),
            i.TheHighWatermarkIsHeldByAllInSync(),
            i.StaleEpochsAreFenced(),
            i.AnOffsetMeansOneValueForEver(),
            GroupsAreSound(),
        ]
        for broker in cluster.brokers():
            for key, partition in broker.partitions.items():
                look(self.shadow(broker.broker, key), partition, broker.life)

    @property
    def image(self) -> MetadataImage:
        image: MetadataImage = self.cluster.image
        return image

    def after(self, world: Any, node: Any, message: Any, effects: Effects) -> None:
        machine = node.machine
        for effect in effects:
            if effect.__class__ is Tell:
                code = effect.event.code
                self.coverage[code] = self.coverage.get(code, 0) + 1
        if machine.__class__ is Broker:
            self._broker(machine)
        if message.__class__ is Request:
            self._request(machine, message, effects)
        if machine.__class__ is Controller and machine.image.offset != self._offset:
            self._controller(machine)

    def shadow(self, broker: int, key: Key) -> Shadow:
        shadow = self.shadows.get((broker, key))
        if shadow is None:
            shadow = self.shadows[broker, key] = Shadow(broker, key)
        return shadow

    def between(self, shadow: Shadow, start: int, end: int) -> list[Seen]:
        """Its batches from offset ``start`` up to, not including, ``end``."""
        batches = shadow.batches
        first = bisect_left(batches, start, key=lambda b: b.last)
        last = bisect_left(batches, end, key=lambda b: b.base)
        return batches[first:last]

    # --- what changed

    def _broker(self, broker: Broker) -> None:
        for key, partition in broker.partitions.items():
            shadow = self.shadow(broker.broker, key)
            change = look(shadow, partition, broker.life)
            if change is not None:
                for invariant in self.invariants:
                    invariant.replica(self, change)

    def _request(self, machine: Any, message: Request, effects: Effects) -> None:
        for invariant in self.invariants:
            invariant.answered(self, machine, message, effects)

    def _controller(self, controller: Controller) -> None:
        image = controller.image
        for record in controller.log[self._offset - controller.log_start :]:
            if isinstance(record, PartitionRecord):
                key = (record.topic, record.partition)
                for invariant in self.invariants:
                    invariant.decided(self, self.before.get(key), record)
                self.before[key] = record
        self._offset = image.offset
