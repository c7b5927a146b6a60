"""Invariant 11: who asks with another epoch is told so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.machine import Effects, Request, Response
from engine.quorum.messages import AlterPartitionRequest
from engine.simulation.invariants import Invariant
from engine.wire import errors
from engine.wire.messages import FetchRequest

if TYPE_CHECKING:
    from engine.simulation.watch import Watch


class StaleEpochsAreFenced(Invariant):
    """11: a request of another leader epoch gets an error, nothing else."""

    number = 11
    asks = (FetchRequest, AlterPartitionRequest)

    def answered(self, watch: Watch, broker: Any, request: Request, effects: Effects) -> None:
        body = request.body
        if body.__class__ is not FetchRequest:
            self._alter(watch, request, effects)
            return
        partitions = broker.partitions
        for part in body.parts:
            epoch = part.leader_epoch
            if epoch < 0:
                continue  # a consumer need not say what it believes
            partition = partitions.get((part.topic, part.partition))
            leader = partition.leader if partition is not None else None
            if leader is not None and epoch != leader.epoch:
                answer = _answer_to(request, effects)
                if answer is None or answer.parts[body.parts.index(part)].error not in (
                    errors.FENCED_LEADER_EPOCH, errors.UNKNOWN_LEADER_EPOCH,
                ):  # fmt: skip
                    raise self.fail(f"{part} was served by B{broker.broker}, leader of epoch {leader.epoch}")

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
