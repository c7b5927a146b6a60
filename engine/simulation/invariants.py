"""What must always hold, a small class each, named after what it says; the numbers are those of docs/invariants.md.

An invariant looks at what one step changed and raises ``Violated``. It may use everything: the true
controller's image, every broker's memory, dead ones included. It never changes anything. Watch asks
only those that say something about the kind of change at hand: an invariant has the hooks it needs.

Here stand those of replication; what requests may be answered is in fencing.py, those of storage are in storage.py,
of groups in groups.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from engine.machine import Effects, Request
from engine.quorum.image import NO_LEADER
from engine.quorum.records import PartitionRecord
from engine.simulation.shadow import Change, Key, Seen

if TYPE_CHECKING:
    from engine.simulation.watch import Watch


@dataclass(slots=True)
class Violated(Exception):
    """number, name: of the invariant. what: what was found, for people."""

    number: int
    name: str
    what: str

    def __str__(self) -> str:
        return f"invariant {self.number} ({self.name}): {self.what}"


class Invariant:
    """number: in docs/invariants.md. asks: the requests that ``answered`` wants to see.

    Hooks, each called only where a class has its own: ``appended`` (batches came), ``cut`` (batches went from the
    end), ``marked`` (the high watermark of a replica is another one, or the log's start), ``led`` (that, or the role
    or the ISR, of a leader), ``became`` (its role or its state), ``opened`` (a log after a start), ``cleaned`` (a log
    changed in its middle), ``decided``, ``answered``, ``dropped``.
    """

    number = 0
    asks: ClassVar[tuple[type, ...]] = ()

    def appended(self, watch: Watch, change: Change) -> None: ...

    def cut(self, watch: Watch, change: Change) -> None: ...

    def marked(self, watch: Watch, change: Change) -> None: ...

    def led(self, watch: Watch, change: Change) -> None: ...

    def became(self, watch: Watch, change: Change) -> None: ...

    def opened(self, watch: Watch, change: Change) -> None: ...

    def cleaned(self, watch: Watch, change: Change) -> None: ...

    def decided(self, watch: Watch, was: PartitionRecord | None, now: PartitionRecord) -> None:
        """The controller decided about a partition."""

    def answered(self, watch: Watch, broker: Any, request: Request, effects: Effects) -> None:
        """A machine was handed a request and returned ``effects``."""

    def forgiven(self, watch: Watch, key: Key, start: int, end: int) -> None:
        """What was committed from ``start`` up to ``end`` may be lost (see Watch.forgive)."""

    def dropped(self, broker: int, key: Key) -> None:
        """The replica is not there any more."""

    def fail(self, what: str) -> Violated:
        return Violated(self.number, type(self).__name__, what)


class BelowTheHighWatermarkAllInSyncReplicasAreEqual(Invariant):
    """1, and 13's first half: what a leader once called committed is what it is for ever, on every in-sync replica."""

    number = 1

    def __init__(self) -> None:
        self.committed: dict[Key, list[Seen]] = {}

    def led(self, watch: Watch, change: Change) -> None:
        shadow = change.shadow
        if shadow.compacts:
            return
        key = shadow.key
        known = self.committed.setdefault(key, [])
        end = known[-1].last + 1 if known else 0
        if shadow.high_watermark > end:
            true = watch.image.partition(*key)
            if true is None or true.leader_epoch != shadow.role_epoch:
                return
            fresh = watch.between(shadow, end, shadow.high_watermark)
            known += fresh
            for broker in true.isr:
                if broker != shadow.broker:
                    self._compare(watch, key, broker, fresh)

    def decided(self, watch: Watch, was: PartitionRecord | None, now: PartitionRecord) -> None:
        key = (now.topic, now.partition)
        for broker in now.isr:
            if was is not None and broker not in was.isr:
                self._compare(watch, key, broker, self.committed.get(key, []))

    def forgiven(self, watch: Watch, key: Key, start: int, end: int) -> None:
        known = self.committed.get(key, [])
        while known and known[-1].last >= start:
            known.pop()

    def _compare(self, watch: Watch, key: Key, broker: int, expected: list[Seen]) -> None:
        if (broker, key) in watch.forgetful:
            return  # the controller will learn of it with its next registration
        shadow = watch.shadow(broker, key)
        if not expected:
            return
        held = {b.base: b for b in watch.between(shadow, expected[0].base, expected[-1].last + 1)}
        for batch in expected:
            found = held.get(batch.base)
            if found is None and batch.last < shadow.start:
                continue  # retention has taken it
            if found is None or (found.epoch, found.crc) != (batch.epoch, batch.crc):
                raise self.fail(f"{key}: {batch} is committed, but in-sync B{broker} has {found}")


class TheLeaderIsInSync(Invariant):
    """2: the leader is in the ISR, or there is none."""

    number = 2

    def decided(self, watch: Watch, was: PartitionRecord | None, now: PartitionRecord) -> None:
        if now.leader != NO_LEADER and now.leader not in now.isr:
            raise self.fail(f"{now.topic}-{now.partition}: leader {now.leader}, isr {now.isr}")
        if not now.isr:
            raise self.fail(f"{now.topic}-{now.partition}: an empty isr")


class OneLeaderAnEpoch(Invariant):
    """3: no two brokers ever lead a partition in the same epoch."""

    number = 3

    def __init__(self) -> None:
        self.leaders: dict[tuple[Key, int], int] = {}

    def became(self, watch: Watch, change: Change) -> None:
        shadow = change.shadow
        if shadow.leads and shadow.role_epoch != change.was_leader_epoch:
            first = self.leaders.setdefault((shadow.key, shadow.role_epoch), shadow.broker)
            if first != shadow.broker:
                raise self.fail(f"{shadow.key} epoch {shadow.role_epoch}: both B{first} and B{shadow.broker} lead")


class EpochsNeverDecrease(Invariant):
    """4: neither on a node nor along a log."""

    number = 4

    def __init__(self) -> None:
        self.epochs: dict[tuple[int, Key], int] = {}

    def appended(self, watch: Watch, change: Change) -> None:
        batches = change.shadow.batches
        start = len(batches) - len(change.added)
        before = batches[start - 1] if start else change.added[0]
        for after in change.added:
            if after.epoch < before.epoch:
                raise self.fail(f"{change.shadow.key} on B{change.shadow.broker}: epoch {after.epoch} follows {before}")
            before = after

    def became(self, watch: Watch, change: Change) -> None:
        name = (change.shadow.broker, change.shadow.key)
        epoch = change.partition.state.leader_epoch
        if epoch < self.epochs.get(name, -1):
            raise self.fail(f"{name}: epoch {epoch} after {self.epochs[name]}")
        self.epochs[name] = epoch

    def decided(self, watch: Watch, was: PartitionRecord | None, now: PartitionRecord) -> None:
        if was is not None and (now.leader_epoch < was.leader_epoch or now.partition_epoch <= was.partition_epoch):
            raise self.fail(f"{now} follows {was}")
        if was is not None and now.leader not in (was.leader, NO_LEADER) and now.leader_epoch == was.leader_epoch:
            raise self.fail(f"{now}: a new leader in the epoch of {was.leader}")


class SameOffsetAndEpochMeanSamePrefix(Invariant):
    """5: log matching. (Compacted logs are compared record by record instead: 15.)"""

    number = 5

    def appended(self, watch: Watch, change: Change) -> None:
        shadow = change.shadow
        if shadow.compacts:
            return
        chains = watch.chains
        for batch in change.added:
            name = (shadow.key, batch.base, batch.epoch)
            if batch.chain >= 0 and chains.setdefault(name, batch.chain) != batch.chain:
                raise self.fail(f"{name} on B{shadow.broker} has another content or another past than elsewhere")


class TheHighWatermarkOnlyRises(Invariant):
    """6: within one leader epoch; it is at most the log end and at least the log's start."""

    number = 6

    def marked(self, watch: Watch, change: Change) -> None:
        shadow = change.shadow
        mark = shadow.high_watermark
        if not shadow.start <= mark <= shadow.end:
            where = f"{shadow.key} on B{shadow.broker}"
            raise self.fail(f"{where}: high watermark {mark}, the log is {shadow.start}..{shadow.end}")
        same = shadow.leads and not change.new_life and shadow.role_epoch == change.was_leader_epoch
        if same and mark < change.was_high_watermark:
            where = f"{shadow.key} on its leader B{shadow.broker}"
            raise self.fail(f"{where}: high watermark {mark} after {change.was_high_watermark}")


class NothingCommittedIsCut(Invariant):
    """7: a replica never truncates below its own high watermark (unclean elections are off)."""

    number = 7

    def cut(self, watch: Watch, change: Change) -> None:
        base, mark = change.cut[-1].base, change.was_high_watermark
        if base < mark and not watch.is_forgiven(change.shadow.key, base):
            raise self.fail(
                f"{change.shadow.key}: B{change.shadow.broker} cuts {base}, its high watermark was {mark}"
            )


class TheHighWatermarkIsHeldByAllInSync(Invariant):
    """8: it is at most the least log end over the ISR and the ISR being asked for."""

    number = 8

    def led(self, watch: Watch, change: Change) -> None:
        shadow = change.shadow
        true = watch.image.partition(*shadow.key)
        if true is None or true.leader_epoch != shadow.role_epoch:
            return
        mark = shadow.high_watermark
        for broker in (*shadow.isr, *(shadow.pending or ())):
            end = watch.shadow(broker, shadow.key).end
            if end < mark and (broker, shadow.key) not in watch.forgetful:
                raise self.fail(f"{shadow.key}: high watermark {mark}, but B{broker} ends at {end}")


class NothingAcknowledgedIsLost(Invariant):
    """10, its cause: a replica that lost committed records with the power leads only if nobody else was in sync.

    Then Kafka without eligible leader replicas (KIP-966) loses them, and so may we. That each acknowledged record
    is there in the end is checked in harness.py.
    """

    number = 10

    def decided(self, watch: Watch, was: PartitionRecord | None, now: PartitionRecord) -> None:
        key = (now.topic, now.partition)
        lost = watch.forgetful.get((now.leader, key))
        if lost is None or was is None or now.leader == was.leader:
            return
        if was.isr != [now.leader]:
            raise self.fail(f"{key}: B{now.leader} lost all from {lost} on, {was.isr} were in sync, and it leads")
        watch.forgive(key, lost)
        del watch.forgetful[now.leader, key]  # what it has is what there is


class AnOffsetMeansOneValueForEver(Invariant):
    """13: what was committed at an offset is never followed by something else there."""

    number = 13

    def __init__(self) -> None:
        self.values: dict[tuple[Key, int], tuple[int, int]] = {}
        self.ends: dict[tuple[int, Key], int] = {}

    def dropped(self, broker: int, key: Key) -> None:
        self.ends.pop((broker, key), None)

    def marked(self, watch: Watch, change: Change) -> None:
        """Any replica, in the truth or behind it, that calls something committed."""
        shadow = change.shadow
        if shadow.compacts:
            return
        name = (shadow.broker, shadow.key)
        start = 0 if change.new_life else self.ends.get(name, 0)
        mark = shadow.high_watermark
        if mark == start:
            return
        for batch in watch.between(shadow, min(start, mark), mark):
            value = self.values.setdefault((shadow.key, batch.base), (batch.crc, batch.last))
            if value != (batch.crc, batch.last) and not watch.is_forgiven(shadow.key, batch.base):
                raise self.fail(f"{shadow.key}@{batch.base} on B{shadow.broker} is not what it was")
        self.ends[name] = mark
