"""The observer of a simulated World: it notices what a step changed and asks the invariants.

It runs after every step, so it looks at no more than a step can have changed: after a broker's step at the
numbers and identities of its replicas (shadow.py), after a request at what invariants want to know of such
requests, after a decision at the controller's new records. Events are taken from the World's record.

What power cuts excuse
----------------------
Kafka does not fsync what it acknowledges; replication is its durability. A broker whose power went may come back
with less than it had: it is ``forgetful`` of a partition until it has caught up and is let into the ISR again.
As long as somebody else was in sync, nothing may be lost by that. If it alone was in sync when it was elected,
the partition goes on from what it has: the records after that are ``forgiven``, no invariant asks for them any
more. (With eligible leader replicas, KIP-966, fewer would be.)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from engine.broker import Broker
from engine.events import AssignmentMade, Event
from engine.machine import Effects, Request
from engine.quorum.controller import Controller
from engine.quorum.image import MetadataImage
from engine.quorum.records import PartitionRecord
from engine.replication.partition import Partition
from engine.simulation import invariants as i
from engine.simulation.fencing import StaleEpochsAreFenced
from engine.simulation.groups import GroupsAreSound
from engine.simulation.shadow import Chains, Key, Seen, Shadow, changed, look
from engine.simulation.storage import ARecoveredLogIsAPrefix, CompactionKeepsTheLast
from engine.storage.disk import MemoryDisk

if TYPE_CHECKING:
    from engine.cluster import Cluster

_last, _base = attrgetter("last"), attrgetter("base")
Rows = list[tuple[Shadow, Partition]]


class Watch:
    """Coverage counts what happened, by the code of the event: a run in which nothing happened proves nothing.

    before: the image before this step. chains: see shadow.py. durable: what must be there when a log is opened
    again, by (broker, partition). forgetful: from which offset on a replica has lost what it had.
    forgiven: by partition, stretches of offsets that may be lost. furthest, floors: where a log of it ever ended,
    where one ever began.
    """

    def __init__(self, cluster: Cluster, more: Sequence[i.Invariant] = ()) -> None:
        self.cluster = cluster
        self.shadows: dict[tuple[int, Key], Shadow] = {}
        self.before: dict[Key, PartitionRecord] = {}
        self.chains: Chains = {}
        self.durable: dict[tuple[int, Key], int] = {}
        self.forgetful: dict[tuple[int, Key], int] = {}
        self.forgiven: dict[Key, list[tuple[int, int]]] = {}
        self.furthest: dict[Key, int] = {}
        self.floors: dict[Key, int] = {}
        self.coverage: dict[str, int] = {}
        self._number = cluster.world.event_number
        self._offset = 0
        self._rows: dict[int, tuple[Broker, int, int, Rows]] = {}
        groups = GroupsAreSound()
        self.invariants: list[i.Invariant] = [
            i.BelowTheHighWatermarkAllInSyncReplicasAreEqual(),
            i.TheLeaderIsInSync(),
            i.OneLeaderAnEpoch(),
            i.EpochsNeverDecrease(),
            i.SameOffsetAndEpochMeanSamePrefix(),
            i.TheHighWatermarkOnlyRises(),
            i.NothingCommittedIsCut(),
            i.TheHighWatermarkIsHeldByAllInSync(),
            i.NothingAcknowledgedIsLost(),
            StaleEpochsAreFenced(),
            i.AnOffsetMeansOneValueForEver(),
            ARecoveredLogIsAPrefix(),
            CompactionKeepsTheLast(),
            groups,
            *more,
        ]
        self._appended, self._cut, self._marked, self._led, self._became, self._opened, self._cleaned, self._decided = (
            self._hooks(name)
            for name in ("appended", "cut", "marked", "led", "became", "opened", "cleaned", "decided")
        )
        self._dropped = self._hooks("dropped")
        self._answered: dict[type, list[Any]] = {}
        for invariant in self.invariants:
            for body in invariant.asks:
                self._answered.setdefault(body, []).append(invariant.answered)
        self._told: dict[type[Event], Callable[[Any], None]] = {AssignmentMade: groups.told}
        self.controller = cluster.controller
        self.image: MetadataImage = self.controller.image
        for broker in cluster.brokers():  # what is there already is not asked about: the others are not known yet
            for key, partition in broker.partitions.items():
                look(self.shadow(broker.broker, key), partition, broker.life, self.chains, self.floors.get(key, 0))
        for shadow in self.shadows.values():
            for batch in shadow.batches:
                self.chains[shadow.key, batch.base, batch.epoch] = batch.chain
            self.furthest[shadow.key] = max(self.furthest.get(shadow.key, 0), shadow.end)
        self._decisions(self.controller)

    def _hooks(self, name: str) -> list[Any]:
        return [getattr(one, name) for one in self.invariants if name in type(one).__dict__]

    def after(self, world: Any, node: Any, message: Any, effects: Effects) -> None:
        machine = node.machine
        if world.event_number != self._number:
            self._events(world)
        asks = self._answered.get(message.body.__class__) if message.__class__ is Request else None
        if machine.__class__ is Controller and asks is not None:  # by what it knew: an answer may lead to more
            for ask in asks:
                ask(self, machine, message, effects)
            asks = None
        if machine.__class__ is Broker:
            if effects or message is not None:
                self._broker(machine)
        elif machine.__class__ is Controller and machine.image.offset != self._offset:
            self._decisions(machine)
        for ask in asks or ():
            ask(self, machine, message, effects)

    def shadow(self, broker: int, key: Key) -> Shadow:
        shadow = self.shadows.get((broker, key))
        if shadow is None:
            shadow = self.shadows[broker, key] = Shadow(broker, key)
        return shadow

    def between(self, shadow: Shadow, start: int, end: int) -> list[Seen]:
        """Its batches from offset ``start`` up to, not including, ``end``."""
        batches = shadow.batches
        if batches and batches[-1].base < end:
            last = len(batches)  # the usual case: all there is
            if batches[-1].base <= start:
                return batches[-1:] if batches[-1].last >= start else []
        else:
            last = bisect_left(batches, end, key=_base)
        return batches[bisect_left(batches, start, key=_last) : last]

    # --- what may be lost

    def power_goes(self, broker: int) -> None:
        """To be called before: what is fsynced must be there when its logs are opened again."""
        partitions = self.cluster.broker(broker).partitions
        for number, key in [name for name in self.shadows if name[0] == broker]:
            if key in partitions:
                self.durable[number, key] = _synced_up_to(partitions[key])
            else:  # it has not opened its logs yet since it was killed
                before = self.durable.get((number, key), self.shadows[number, key].end)
                self.durable[number, key] = min(before, _synced_on(self.cluster.places[broker].disk, key))

    def bit_flips(self, broker: int, key: Key, offset: int) -> None:
        """One will be found in the log when it is opened again, not before ``offset``."""
        shadow = self.shadow(broker, key)
        self.durable[broker, key] = min(self.durable.get((broker, key), shadow.end), offset)

    def forgive(self, key: Key, start: int) -> None:
        end = self.furthest.get(key, 0)
        if end > start:
            self.forgiven.setdefault(key, []).append((start, end))
            self.coverage["forgiven"] = self.coverage.get("forgiven", 0) + 1
            for invariant in self.invariants:
                invariant.forgiven(self, key, start, end)

    def is_forgiven(self, key: Key, offset: int) -> bool:
        return any(start <= offset < end for start, end in self.forgiven.get(key, ()))

    # --- what changed

    def _events(self, world: Any) -> None:
        told = world.told
        for number in range(self._number - world.event_number, 0):
            event = told[number].event
            self.coverage[event.code] = self.coverage.get(event.code, 0) + 1
            heed = self._told.get(event.__class__)
            if heed is not None:
                heed(event)
        self._number = world.event_number

    def _broker(self, broker: Broker) -> None:
        known = self._rows.get(broker.broker)
        if (
            known is None
            or known[0] is not broker
            or known[1] != broker.image.offset
            or known[2] != len(broker.partitions)
        ):
            known = self._begin(broker)
        for shadow, partition in known[3]:
            # ``changed`` of shadow.py, written out: this is asked a few times a step
            log, role = partition.log, partition.role
            if (
                log.log_end != shadow.end
                or partition.high_watermark != shadow.high_watermark
                or role is not shadow.role
                or (shadow.leads and (role.isr is not shadow.isr or role.pending is not shadow.pending))
                or log.log_start != shadow.start
                or (shadow.compacts and log.segments != shadow.segments)
            ):
                self._change(shadow, partition, broker.life)

    def _begin(self, broker: Broker) -> tuple[Broker, int, int, Rows]:
        """It has other replicas than before, or is another one."""
        rows: Rows = []
        self._gone(broker)
        for key, partition in broker.partitions.items():
            shadow = self.shadow(broker.broker, key)
            shadow.compacts = getattr(partition.log.config, "compacts", False) and not key[0].startswith("__")
            rows.append((shadow, partition))
            if shadow.life != broker.life or changed(shadow, partition):
                self._change(shadow, partition, broker.life)
            else:
                for ask in self._became:  # its state may be another one
                    ask(self, look(shadow, partition, broker.life, self.chains, self.floors.get(key, 0)))
        known = self._rows[broker.broker] = (broker, broker.image.offset, len(broker.partitions), rows)
        return known

    def _gone(self, broker: Broker) -> None:
        """Replicas that were moved elsewhere: should one come back, it begins with nothing."""
        for number, key in [name for name in self.shadows if name[0] == broker.broker]:
            state = broker.image.partition(*key)
            if state is not None and number not in state.replicas and key not in broker.partitions:
                del self.shadows[number, key]
                self.durable.pop((number, key), None)
                self.forgetful.pop((number, key), None)
                for ask in self._dropped:
                    ask(number, key)

    def _change(self, shadow: Shadow, partition: Partition, life: int) -> None:
        mark, start, role = shadow.high_watermark, shadow.start, shadow.role
        isr, pending = shadow.isr, shadow.pending
        change = look(shadow, partition, life, self.chains, self.floors.get(shadow.key, 0))
        if shadow.start > self.floors.get(shadow.key, 0):
            self.floors[shadow.key] = shadow.start
        if change.new_life:
            if change.before and shadow.end < change.was_end:
                self.forgetful[shadow.broker, shadow.key] = shadow.end
            for ask in self._opened:
                ask(self, change)
        elif change.cut:
            for ask in self._cut:
                ask(self, change)
        if change.cleaned:
            for ask in self._cleaned:
                ask(self, change)
        if change.added:
            self.furthest[shadow.key] = max(self.furthest.get(shadow.key, 0), shadow.end)
            for ask in self._appended:
                ask(self, change)
        marked = change.new_life or mark != shadow.high_watermark or start != shadow.start
        became = change.new_life or role is not shadow.role
        if marked:
            for ask in self._marked:
                ask(self, change)
        if became:
            for ask in self._became:
                ask(self, change)
        if shadow.leads and (marked or became or isr is not shadow.isr or pending is not shadow.pending):
            for ask in self._led:
                ask(self, change)

    def _decisions(self, controller: Controller) -> None:
        for record in controller.log[self._offset - controller.log_start :]:
            if isinstance(record, PartitionRecord):
                key = (record.topic, record.partition)
                was = self.before.get(key)
                for ask in self._decided:
                    ask(self, was, record)
                for broker in record.isr:
                    if was is not None and broker not in was.isr:
                        self.forgetful.pop((broker, key), None)  # it has caught up: 1 has compared
                self.before[key] = record
        self._offset = controller.image.offset


def _synced_on(disk: MemoryDisk, key: Key) -> int:
    """The same, at least, of a log that nobody has opened: whole segments."""
    for path in disk.paths(f"{key[0]}-{key[1]}"):
        file = disk.files[path]
        if path.endswith(".log") and file.synced < file.size:
            return int(path.rpartition("/")[2].removesuffix(".log"))
    return 1 << 62


def _synced_up_to(partition: Partition) -> int:
    """The offset before which all is on the platter."""
    log = partition.log
    for segment in log.segments:
        file = segment.file
        if file.synced >= file.size:
            continue
        position, end = 0, segment.base_offset
        for batch in segment.batches(segment.base_offset):
            position += batch.size
            if position > file.synced:
                return end  # not where this batch begins: compaction may have left a gap before it
            end = batch.next_offset
    return log.log_end
