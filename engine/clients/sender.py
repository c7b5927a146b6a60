"""Records on their way to the leaders: sent, answered, sent again, given up (Kafka's ``Sender``).

Theory of operation
-------------------
``offer`` takes a record, ``go_on`` sends what can be sent, ``answered`` takes an answer. Each request
to a leader carries at most one batch a partition, and at most five requests to a leader are under
way. A batch ends in exactly one of two ways, which ``outcomes`` reports once:

- acknowledged: by the leader alone (acks=1), by all in-sync replicas (acks=all), or just sent (acks=0);
- failed: refused for good, or not acknowledged ``delivery.timeout.ms`` after its first record was
  made. A failed record may have been appended all the same: the answer may be what was lost.

Everything in between is sent again after a back-off, to whoever leads then.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from engine.clients.accumulator import Accumulator, ProducerBatch, TopicPartition, Unplaced
from engine.clients.client import REQUEST_TIMEOUT_MS
from engine.clients.endings import Endings
from engine.clients.metadata import Metadata
from engine.clients.outcomes import NO, RETRIABLE, STALE, Outcome
from engine.clients.partitioning import PARTITIONERS
from engine.clients.sequences import Sequences
from engine.clients.timing import Backoff, backoff
from engine.machine import SECOND, Effect
from engine.peers import Answer, Peers
from engine.wire import errors
from engine.wire.messages import (
    ApiVersionsRequest,
    InitProducerIdRequest,
    InitProducerIdResponse,
    ProducedPart,
    ProducePart,
    ProduceRequest,
)
from engine.wire.records import Record, encode_batch

DELIVERY_TIMEOUT = 120 * SECOND  # delivery.timeout.ms
IN_FLIGHT_MAX = 5  # max.in.flight.requests.per.connection: requests, each a leader
ACKS = {"0": 0, "1": 1, "all": -1}
PRODUCE, IDENTIFY, REACH = "produce", "init_producer_id", "reach"


@dataclass(slots=True)
class InFlight:
    node: str
    batches: dict[TopicPartition, ProducerBatch]


class Sender(Endings):
    """acks: "0", "1" or "all". Idempotence needs "all", as in Kafka; with less it is off."""

    def __init__(
        self, metadata: Metadata, peers: Peers, acks: str, idempotent: bool, partitioner: str = "murmur2"
    ) -> None:
        self.metadata, self.peers = metadata, peers
        self.acks = acks
        self.wants_idempotence = idempotent
        self.accumulator = Accumulator()
        self.partitioner = PARTITIONERS[partitioner](metadata, self.accumulator)
        self.sequences = Sequences()
        self.outcomes: list[Outcome] = []  # since last drained
        self._requests: dict[int, InFlight] = {}
        self._number = 0
        self._identifying = False
        self._identify_again = Backoff()
        self._placed_version = 0  # of the metadata by which ``unplaced`` was last looked through
        self._expires_at = 0  # nothing is too old before
        self._reaching: dict[str, None] = {}  # acks=0: nodes to which a connection is being opened

    @property
    def idempotent(self) -> bool:
        return self.wants_idempotence and self.acks == "all"

    @property
    def waiting(self) -> int:
        """Records without an outcome."""
        return self.accumulator.count

    def unanswered(self) -> list[Record]:
        """The records without an outcome, in the order in which they were made."""
        batches = self._under_way()
        batches += [batch for queue in self.accumulator.queues.values() for batch in queue]
        batches.sort(key=lambda batch: (batch.created_at, batch.sequence < 0, batch.sequence))
        return [record for batch in batches for record in batch.records] + [
            it.record for it in self.accumulator.unplaced
        ]

    def _under_way(self) -> list[ProducerBatch]:
        return [batch for request in self._requests.values() for batch in request.batches.values() if not batch.done]

    # --- taking records -----------------------------------------------------------------------------

    def offer(self, now: int, topic: str, record: Record, partition: int | None = None) -> bool:
        """Take one record to send. False: the accumulator is full, it was not taken."""
        if not self.accumulator.admit():
            return False
        self.metadata.want(topic)
        it = Unplaced(topic, now, record, partition)
        if not self._place(it):
            self.accumulator.unplaced.append(it)
        return True

    def _place(self, it: Unplaced) -> bool:
        """Choose the partition. False: the topic is not known yet."""
        count = self.metadata.partitions(it.topic)
        if not count:
            return False
        chosen = self.partitioner.choose(it.topic, it.record, count) if it.partition is None else it.partition
        if 0 <= chosen < count:
            self.accumulator.append((it.topic, chosen), it.record, it.created_at)
        else:
            self.end(it.topic, chosen, [it.record], errors.UNKNOWN_TOPIC_OR_PARTITION)
        return True

    # --- sending ------------------------------------------------------------------------------------

    def go_on(self, now: int, effects: list[Effect]) -> None:
        """Give up what is too old, then send all that can be sent."""
        if now >= self._expires_at:
            self.give_up(now - DELIVERY_TIMEOUT, self._under_way())
        if self._placed_version != self.metadata.version:
            self._placed_version = self.metadata.version
            unplaced = self.accumulator.unplaced
            self.accumulator.unplaced = deque(it for it in unplaced if not self._place(it))
        if self.idempotent:
            self.sequences.mend()
            if self.sequences.producer_id < 0:
                self._identify(now, effects)
                return
        while self.accumulator.any_queued() and (batches := self._ready(now)):
            for node, parts in batches.items():
                self._send(now, node, parts, effects)
        if not self.waiting:
            self.metadata.forget_missing()

    def due(self, now: int) -> list[int]:
        """When there is more to do, should no answer come."""
        found = [self._identify_again.until]
        oldest = self.accumulator.oldest()
        for request in self._requests.values():
            for batch in request.batches.values():
                if oldest is None or batch.created_at < oldest:
                    oldest = batch.created_at
        if oldest is None:
            self._expires_at = 0
        else:
            self._expires_at = oldest + DELIVERY_TIMEOUT
            found.append(self._expires_at)
        for queue in self.accumulator.queues.values():
            if queue and queue[0].ready_at > now:
                found.append(queue[0].ready_at)
        return found

    def _ready(self, now: int) -> dict[str, dict[TopicPartition, ProducerBatch]]:
        """Take the first sendable batch of each partition, by the node that leads it."""
        found: dict[str, dict[TopicPartition, ProducerBatch]] = {}
        for key, queue in self.accumulator.queues.items():
            if not queue or queue[0].ready_at > now:
                continue
            node = self.metadata.leader(*key)
            if node is None or node in self._reaching or self._in_flight(node) >= IN_FLIGHT_MAX:
                continue
            if self.idempotent and not (self.sequences.may_send(queue[0]) and self._alone(key, node)):
                continue
            found.setdefault(node, {})[key] = queue.popleft()
        return found

    def _alone(self, key: TopicPartition, node: str) -> bool:
        """Whether nothing of this partition is under way to another node.

        What its old leader appended may have reached the new one. If newer batches overtook it there,
        a broker, which remembers five, could not tell the repetition from a gap any more.
        """
        return all(request.node == node or key not in request.batches for request in self._requests.values())

    def _in_flight(self, node: str) -> int:
        return sum(1 for request in self._requests.values() if request.node == node)

    def _send(self, now: int, node: str, batches: dict[TopicPartition, ProducerBatch], effects: list[Effect]) -> None:
        for batch in batches.values():
            if self.idempotent:
                self.sequences.number(batch)
            if batch.encoded is None:
                batch.encoded = encode_batch(
                    batch.records, producer_id=batch.producer_id, producer_epoch=batch.producer_epoch,
                    base_sequence=batch.sequence,
                )  # fmt: skip
        parts = [ProducePart(b.topic, b.partition, [b.encoded]) for b in batches.values()]
        body = ProduceRequest(ACKS[self.acks], REQUEST_TIMEOUT_MS, parts)
        if self.acks == "0":
            self._send_and_forget(now, node, batches, body, effects)
            return
        self._number += 1
        for batch in batches.values():
            batch.on_wire = True
        self._requests[self._number] = InFlight(node, batches)
        effects += self.peers.ask(now, node, body, (PRODUCE, self._number))

    def _send_and_forget(
        self, now: int, node: str, batches: dict[TopicPartition, ProducerBatch], body: ProduceRequest,
        effects: list[Effect],
    ) -> None:  # fmt: skip
        """acks=0: no answer will come. What is on the wire counts as acknowledged."""
        posted = self.peers.post(node, body)
        if posted is None:  # no connection stands: open one, as Kafka's client does, by asking for the API versions
            for batch in batches.values():
                self.accumulator.put_back(batch)
            self._reaching[node] = None
            effects += self.peers.ask(now, node, ApiVersionsRequest("riacho"), (REACH, node))
            return
        effects += posted
        for batch in batches.values():
            self.acknowledge(batch, -1)

    def _identify(self, now: int, effects: list[Effect]) -> None:
        if not self._identifying and self._identify_again.ready(now) and self.waiting:
            self._identifying = True
            effects += self.peers.ask(now, self.metadata.anyone(), InitProducerIdRequest(), (IDENTIFY,))

    # --- answers ------------------------------------------------------------------------------------

    def answered(self, now: int, answer: Answer) -> None:
        what = answer.tag[0]
        if what == IDENTIFY:
            self._identified(now, answer)
        elif what == REACH:
            del self._reaching[answer.tag[1]]
            if answer.body is None:
                self._lost(now, answer.tag[1])
        else:
            self._produced(now, answer)

    def _identified(self, now: int, answer: Answer) -> None:
        self._identifying = False
        body: InitProducerIdResponse | None = answer.body
        if body is None:
            self.metadata.unreachable()
        if body is None or body.error:
            self._identify_again.failed(now)
            return
        self._identify_again.succeeded()
        self.sequences.identify(body.producer_id, body.producer_epoch)

    def _produced(self, now: int, answer: Answer) -> None:
        request = self._requests.pop(answer.tag[1])
        told: dict[TopicPartition, ProducedPart] = {}
        if answer.body is not None:
            told = {(part.topic, part.partition): part for part in answer.body.parts}
        for key, batch in request.batches.items():
            batch.on_wire = False
            part = told.get(key) or ProducedPart(*key, errors.NETWORK_EXCEPTION)
            if not batch.done:
                self._take(now, batch, part, request.node)

    def _take(self, now: int, batch: ProducerBatch, part: ProducedPart, node: str) -> None:
        error = part.error
        if error in (errors.NONE, errors.DUPLICATE_SEQUENCE_NUMBER):
            self.acknowledge(batch, part.base_offset, node)
            return
        if error in STALE:
            self.metadata.refresh()
        again = error in RETRIABLE
        if batch.sequence >= 0:
            again = self.sequences.sends_again(batch, error, part.log_start) or again
        if not again:
            if batch.sequence >= 0:
                self.sequences.refused(batch)
            self.fail(batch, error)
            return
        if error in NO:
            self.outcomes.append(Outcome(batch.topic, batch.partition, batch.records, error=error, final=False))
        self._again(now, batch, error)

    def _again(self, now: int, batch: ProducerBatch, error: int) -> None:
        batch.error = error
        batch.attempts += 1
        batch.ready_at = now + backoff(batch.attempts)
        self.accumulator.put_back(batch)

    def _lost(self, now: int, node: str) -> None:
        """No connection to ``node`` came about: what waits for it waits a little longer."""
        self.metadata.refresh()
        for key, queue in self.accumulator.queues.items():
            if queue and self.metadata.leader(*key) == node:
                queue[0].attempts += 1
                queue[0].ready_at = now + backoff(queue[0].attempts)
