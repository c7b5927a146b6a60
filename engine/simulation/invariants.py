"""What must always hold, a small class each, named after what it says; the numbers are those of docs/invariants.md.

An invariant looks at what one step changed and raises ``Violated``. It may use everything: the true
controller's image, every broker's memory, dead ones included. It never changes anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.machine import Effects, Request, Response
from engine.quorum.image import NO_LEADER
from engine.quorum.messages import AlterPartitionRequest
from engine.quorum.records import PartitionRecord
from engine.simulation.shadow import Change, Key, Seen
from engine.wire import errors
from engine.wire.messages import FetchRequest

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
    """number: in docs/invariants.md."""

    number = 0

    def replica(self, watch: Watch, change: Change) -> None:
        """One replica changed."""

    def decided(self, watch: Watch, was: PartitionRecord | None, now: PartitionRecord) -> None:
        """The controller decided about a partition."""

    def answered(self, watch: Watch, broker: Any, request: Request, effects: Effects) -> None:
        """A machine was handed a request and returned ``effects``."""

    def fail(self, what: str) -> Violated:
        return Violated(self.number, type(self).__name__, what)


class BelowTheHighWatermarkAllInSyncReplicasAreEqual(Invariant):
    """1, and 13's first half: what a leader once called committed is what it is for ever, on every in-sync replica."""

    number = 1

    def __init__(self) -> None:
        self.committed: dict[Key, list[Seen]] = {}

    def replica(self, watch: Watch, change: Change) -> None:
        key, partition = change.shadow.key, change.partition
        true = watch.image.partition(*key)
        if true is None or change.leader is None or true.leader_epoch != change.leader.epoch:
            return
        high_watermark = partition.high_watermark
        known = self.committed.setdefault(key, [])
        end = known[-1].last + 1 if known else 0
        if high_watermark > end:
            fresh = watch.between(change.shadow, end, high_watermark)
            known += fresh
            for broker in true.isr:
                self._compare(watch, key, broker, fresh)

    def decided(self, watch: Watch, was: PartitionRecord | None, now: PartitionRecord) -> None:
        key = (now.topic, now.partition)
        for broker in now.isr:
            if was is not None and broker not in was.isr:
                self._compare(watch, key, broker, self.committed.get(key, []))

    def _compare(self, watch: Watch, key: Key, broker: int, expected: list[Seen]) -> None:
        if not expected:
            return
        held = {b.base: b for b in watch.between(watch.shadow(broker, key), expected[0].base, expected[-1].last + 1)}
        for batch in expected:
            found = held.get(batch.base)
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

    def replica(self, watch: Watch, change: Change) -> None:
        if change.leader is not None:
            key, broker = (change.shadow.key, change.leader.epoch), change.shadow.broker
            first = self.leaders.setdefault(key, broker)
            if first != broker:
                raise self.fail(f"{key[0]} epoch {key[1]}: both B{first} and B{broker} lead")


class EpochsNeverDecrease(Invariant):
    """4: neither on a node nor along a log."""

    number = 4

    def __init__(self) -> None:
        self.epochs: dict[tuple[int, Key], int] = {}

    def replica(self, watch: Watch, change: Change) -> None:
        batches = change.shadow.batches
        start = len(batches) - len(change.added)
        for before, after in zip(batches[max(0, start - 1) :], batches[start or 1 :], strict=False):
            if after.epoch < before.epoch:
                raise self.fail(f"{change.shadow.key} on B{change.shadow.broker}: epoch {after.epoch} follows {before}")
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
    """5: log matching."""

    number = 5

    def __init__(self) -> None:
        self.chains: dict[tuple[Key, int, int], int] = {}

    def replica(self, watch: Watch, change: Change) -> None:
        for batch in change.added:
            name = (change.shadow.key, batch.base, batch.epoch)
            if self.chains.setdefault(name, batch.chain) != batch.chain:
                raise self.fail(f"{name} on B{change.shadow.broker} has another content or another past than elsewhere")


class TheHighWatermarkOnlyRises(Invariant):
    """6: within one leader epoch, and it is at most the log end."""

    number = 6

    def replica(self, watch: Watch, change: Change) -> None:
        mark, end = change.partition.high_watermark, change.partition.log.log_end
        if mark > end:
            raise self.fail(f"{change.shadow.key} on B{change.shadow.broker}: high watermark {mark} past the end {end}")
        leader = change.leader
        same = leader is not None and not change.new_life and leader.epoch == change.was_leader_epoch
        if same and mark < change.was_high_watermark:
            where = f"{change.shadow.key} on its leader B{change.shadow.broker}"
            raise self.fail(f"{where}: high watermark {mark} after {change.was_high_watermark}")


class NothingCommittedIsCut(Invariant):
    """7: a replica never truncates below its own high watermark (unclean elections are off)."""

    number = 7

    def replica(self, watch: Watch, change: Change) -> None:
        if change.cut and not change.new_life and change.cut[-1].base < change.was_high_watermark:
            raise self.fail(
                f"{change.shadow.key}: B{change.shadow.broker} cuts {change.cut[-1].base}, "
                f"its high watermark was {change.was_high_watermark}"
            )


class TheHighWatermarkIsHeldByAllInSync(Invariant):
    """8: it is at most the least log end over the ISR and the ISR being asked for."""

    number = 8

    def replica(self, watch: Watch, change: Change) -> None:
        leader = change.leader
        true = watch.image.partition(*change.shadow.key)
        if leader is None or true is None or true.leader_epoch != leader.epoch:
            return
        mark = change.partition.high_watermark
        for broker in dict.fromkeys((*leader.isr, *(leader.pending or ()))):
            end = watch.shadow(broker, change.shadow.key).end
            if end < mark:
                raise self.fail(f"{change.shadow.key}: high watermark {mark}, but B{broker} ends at {end}")


class StaleEpochsAreFenced(Invariant):
    """11: a request of another leader epoch gets an error, nothing else."""

    number = 11

    def answered(self, watch: Watch, broker: Any, request: Request, effects: Effects) -> None:
        body = request.body
        if body.__class__ is FetchRequest:
            for i, part in enumerate(body.parts):
                if part.leader_epoch < 0:
                    continue  # a consumer need not say what it believes
                partition = broker.partitions.get((part.topic, part.partition))
                leader = partition.leader if partition is not None else None
                if leader is not None and part.leader_epoch != leader.epoch:
                    answer = _answer_to(request, effects)
                    if answer is None or answer.parts[i].error not in (
                        errors.FENCED_LEADER_EPOCH, errors.UNKNOWN_LEADER_EPOCH,
                    ):  # fmt: skip
                        raise self.fail(f"{part} was served by B{broker.broker}, leader of epoch {leader.epoch}")
        elif body.__class__ is AlterPartitionRequest:
            self._alter(watch, request, effects)

    def _alter(self, watch: Watch, request: Request, effects: Effects) -> None:
        answer = _answer_to(request, effects)
        for i, change in enumerate(request.body.changes):
            before = watch.before.get((change.topic, change.partition))
            stale = before is None or before.leader_epoch != change.leader_epoch or before.leader != request.body.broker
            if stale and (answer is None or not (answer.error or answer.errors[i])):
                raise self.fail(f"{change} was granted; the controller knew {before}")


def _answer_to(request: Request, effects: Effects) -> Any:
    for effect in effects:
        if effect.__class__ is Response and effect.correlation == request.correlation:
            return effect.body
    return None


class AnOffsetMeansOneValueForEver(Invariant):
    """13: what was committed at an offset is never followed by something else there."""

    number = 13

    def __init__(self) -> None:
        self.values: dict[tuple[Key, int], tuple[int, int]] = {}
        self.ends: dict[tuple[int, Key], int] = {}

    def replica(self, watch: Watch, change: Change) -> None:
        """Any replica, in the truth or behind it, that calls something committed."""
        name = (change.shadow.broker, change.shadow.key)
        start = 0 if change.new_life else self.ends.get(name, 0)
        mark = change.partition.high_watermark
        for batch in watch.between(change.shadow, min(start, mark), mark):
            value = self.values.setdefault((change.shadow.key, batch.base), (batch.crc, batch.last))
            if value != (batch.crc, batch.last):
                raise self.fail(f"{change.shadow.key}@{batch.base} on B{change.shadow.broker} is not what it was")
        self.ends[name] = mark
