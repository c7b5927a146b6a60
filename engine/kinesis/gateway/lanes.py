"""Puts on their way to the leaders: one lane a partition, one batch of it under way at a time.

Theory of operation
-------------------
What is put while a batch is under way goes with the next one, so lanes fill up by themselves when much is put, and a
lone caller waits for nobody. A batch is sent again, with the same numbers, until a leader says what became of it: it is
written once (KIP-98), and nothing of its partition overtakes it. So the order of a shard is the order of the calls, and
when a lane is quiet nothing of it can still turn up in the log: that is what closing a shard waits for.

A caller does not wait so long: after ``PATIENCE`` its records count as failed. Those that were never sent are taken out
of the lane. What was sent may be written all the same; its caller was told that nobody knows, as AWS's are.

The partition is the caller's; nothing is chosen here (engine/clients/sender.py does that for Kafka's producers, with
five batches under way).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from engine.clients.metadata import Metadata
from engine.clients.outcomes import RETRIABLE, STALE
from engine.clients.timing import Backoff, backoff
from engine.kinesis.gateway.batches import encode
from engine.kinesis.gateway.callers import Call
from engine.kinesis.service.outcomes import Put, PutPart
from engine.machine import MILLISECOND, SECOND, Effect, Wake
from engine.peers import Answer, Peers
from engine.wire import errors
from engine.wire.batch import SEQUENCE_MAX, Batch
from engine.wire.messages import InitProducerIdRequest, ProducedPart, ProducePart, ProduceRequest

PATIENCE = 10 * SECOND
ANSWER_WITHIN = 3 * SECOND  # a leader's; then another attempt is made
BATCH_RECORDS, BATCH_BYTES = 2_000, 1 << 20  # a batch that has so much takes no further call along
EPOCH_MAX = 0x7FFF
ALARM, PUT, IDENTIFY = "puts", "put", "identify"
# Its numbers are not what the leader remembers: it begins anew under the next epoch (engine/clients/sequences.py).
RENEW = frozenset((errors.OUT_OF_ORDER_SEQUENCE_NUMBER, errors.UNKNOWN_PRODUCER_ID, errors.INVALID_PRODUCER_EPOCH))
# Who says so has not written it. (A leader that was deposed since may have, and says NOT_LEADER_OR_FOLLOWER.)
UNWRITTEN = frozenset((errors.NOT_ENOUGH_REPLICAS, errors.UNKNOWN_TOPIC_OR_PARTITION, errors.KAFKA_STORAGE_ERROR))


@dataclass(slots=True, eq=False)
class Ticket:
    """One put. results: (offset of the first, error) by part, offset -1 where there is none. left: parts open."""

    call: Call
    put: Put
    deadline: int
    left: int
    results: list[tuple[int, int]]
    done: bool = False


@dataclass(slots=True, eq=False)
class Riding:
    """One part of it in a lane."""

    ticket: Ticket
    number: int
    part: PutPart


@dataclass(slots=True, eq=False)
class Lane:
    """flight: what is in ``batch``. asked: it is on the wire. sequence: of the batch under way, or of the next.

    unsure: a leader may have written it, and nobody has said so.
    """

    topic: str
    partition: int
    queue: deque[Riding] = field(default_factory=deque)
    flight: list[Riding] = field(default_factory=list)
    batch: Batch | None = None
    records: int = 0
    asked: bool = False
    unsure: bool = False
    producer_id: int = -1
    epoch: int = 0
    sequence: int = 0
    attempts: int = 0
    ready_at: int = 0

    @property
    def quiet(self) -> bool:
        return not self.flight and not self.queue


class Lanes:
    """finished: tickets since last drained. eager: lanes that have something to send."""

    def __init__(self, metadata: Metadata, peers: Peers) -> None:
        self.metadata, self.peers = metadata, peers
        self.lanes: dict[tuple[str, int], Lane] = {}
        self.eager: dict[tuple[str, int], None] = {}
        self.finished: list[Ticket] = []
        self._tickets: deque[Ticket] = deque()
        self._alarm_set = False
        self._requests: dict[int, list[Lane]] = {}
        self._number = 0
        self._producer_id = -1
        self._identifying = False
        self._identify_again = Backoff()

    def offer(self, now: int, call: Call, put: Put, effects: list[Effect]) -> None:
        parts = put.parts
        ticket = Ticket(call, put, now + PATIENCE, len(parts), [(-1, errors.REQUEST_TIMED_OUT)] * len(parts))
        for number, part in enumerate(parts):
            key = (put.topic, part.partition)
            lane = self.lanes.get(key)
            if lane is None:
                lane = self.lanes[key] = Lane(*key)
                self.metadata.want(put.topic)
            lane.queue.append(Riding(ticket, number, part))
            self.eager[key] = None
        tickets = self._tickets
        while tickets and tickets[0].done:  # as the alarm would: what is over must not be kept in memory so long
            tickets.popleft()
        tickets.append(ticket)
        if not self._alarm_set:
            self._alarm_set = True
            effects.append(Wake(ticket.deadline, ALARM))

    def quiet(self, topic: str, partition: int) -> bool:
        """Nothing of it is waiting, or on its way, or may turn up later."""
        lane = self.lanes.get((topic, partition))
        return lane is None or lane.quiet

    def drop(self, topic: str) -> None:
        """The topic is going: what was to be written there is not."""
        for key in [key for key in self.lanes if key[0] == topic]:
            lane = self.lanes.pop(key)
            self.eager.pop(key, None)
            for riding in (*lane.flight, *lane.queue):
                self._settled(riding, -1, errors.UNKNOWN_TOPIC_OR_PARTITION)

    # --- sending

    def go_on(self, now: int, effects: list[Effect]) -> None:
        """Send what can be sent now; lanes that cannot go on stay eager."""
        if self._producer_id < 0:
            self._identify(now, effects)
            return
        chosen: dict[str, list[Lane]] = {}
        for key in list(self.eager):
            lane = self.lanes[key]
            if lane.asked or not (lane.flight or lane.queue):
                del self.eager[key]  # its answer, or the next put, makes it eager again
                continue
            if lane.ready_at > now:
                continue
            node = self.metadata.leader(*key)
            if node is None:
                continue
            del self.eager[key]
            if lane.flight and not lane.unsure and all(riding.ticket.done for riding in lane.flight):
                self._landed(lane)  # nobody waits for it any more, and no leader has it
            if not (lane.flight or self._load(lane)):
                continue
            chosen.setdefault(node, []).append(lane)
        for node, lanes in chosen.items():
            parts = []
            for lane in lanes:
                parts.append(ProducePart(lane.topic, lane.partition, [lane.batch]))
                lane.asked = True
            self._number += 1
            self._requests[self._number] = lanes
            body = ProduceRequest(-1, (ANSWER_WITHIN - SECOND // 2) // MILLISECOND, parts)
            effects += self.peers.ask(now, node, body, (PUT, self._number))

    def _load(self, lane: Lane) -> bool:
        """Make a batch of what waits. False: nothing does."""
        queue, records, size = lane.queue, 0, 0
        while queue and records < BATCH_RECORDS and size < BATCH_BYTES:
            riding = queue[0]
            if not riding.ticket.done:
                if records and size + riding.part.size > BATCH_BYTES:
                    break
                lane.flight.append(riding)
                records += len(riding.part.keys)
                size += riding.part.size
            queue.popleft()
        lane.records = records
        if not records:
            return False
        self._number_anew(lane)
        return True

    def _number_anew(self, lane: Lane) -> None:
        if lane.producer_id != self._producer_id:
            lane.producer_id, lane.epoch, lane.sequence = self._producer_id, 0, 0
        parts = [(riding.ticket.put.arrival_ms, riding.part.keys, riding.part.values) for riding in lane.flight]
        lane.batch = encode(parts, lane.producer_id, lane.epoch, lane.sequence)

    def _identify(self, now: int, effects: list[Effect]) -> None:
        if self.eager and not self._identifying and self._identify_again.ready(now):
            self._identifying = True
            effects += self.peers.ask(now, self.metadata.anyone(), InitProducerIdRequest(), (IDENTIFY,))

    def due(self, now: int) -> int | None:
        """When there is more to do, should nobody say anything."""
        if not self.eager:
            return None
        if self._producer_id < 0:
            return self._identify_again.until or None
        return min([at for key in self.eager if (at := self.lanes[key].ready_at) > now], default=None)

    # --- answers

    def answered(self, now: int, answer: Answer) -> None:
        if answer.tag[0] == IDENTIFY:
            self._identified(now, answer)
            return
        lanes = self._requests.pop(answer.tag[1])
        told: list[ProducedPart] = answer.body.parts if answer.body is not None else []
        for number, lane in enumerate(lanes):
            lane.asked = False
            if self.lanes.get((lane.topic, lane.partition)) is not lane:
                continue  # its topic has gone
            part = told[number] if told else ProducedPart(lane.topic, lane.partition, errors.NETWORK_EXCEPTION)
            lane.unsure = lane.unsure or (part.error not in UNWRITTEN and answer.why != "refused")
            self._take(now, lane, part)
            if lane.flight or lane.queue:
                self.eager[lane.topic, lane.partition] = None

    def _identified(self, now: int, answer: Answer) -> None:
        self._identifying = False
        if answer.body is None:
            self.metadata.unreachable()
        if answer.body is None or answer.body.error:
            self._identify_again.failed(now)
            return
        self._identify_again.succeeded()
        self._producer_id = answer.body.producer_id

    def _take(self, now: int, lane: Lane, part: ProducedPart) -> None:
        error = part.error
        if error == errors.NONE:
            base = part.base_offset
            for riding in lane.flight:
                self._settled(riding, base, 0)
                base += len(riding.part.keys)
            lane.sequence = (lane.sequence + lane.records) & SEQUENCE_MAX
            self._landed(lane)
            return
        if error in STALE:
            self.metadata.refresh()
        if error in RENEW:
            if lane.epoch == EPOCH_MAX:
                self._producer_id = -1
            lane.epoch, lane.sequence = lane.epoch + 1, 0
            self._number_anew(lane)
        elif error not in RETRIABLE:
            for riding in lane.flight:
                self._settled(riding, -1, error)
            self._landed(lane)
            return
        lane.attempts += 1
        lane.ready_at = now + backoff(lane.attempts)

    def _landed(self, lane: Lane) -> None:
        lane.flight, lane.batch, lane.records, lane.unsure = [], None, 0, False
        lane.attempts = lane.ready_at = 0

    def _settled(self, riding: Riding, offset: int, error: int) -> None:
        ticket = riding.ticket
        if ticket.done:
            return
        ticket.results[riding.number] = (offset, error)
        ticket.left -= 1
        if not ticket.left:
            ticket.done = True
            self.finished.append(ticket)

    def expire(self, now: int, effects: list[Effect]) -> None:
        """The alarm rang: who has waited too long is told so."""
        tickets = self._tickets
        while tickets and (tickets[0].done or tickets[0].deadline <= now):
            ticket = tickets.popleft()
            if not ticket.done:
                ticket.done = True
                self.finished.append(ticket)
        self._alarm_set = bool(tickets)
        if tickets:
            effects.append(Wake(tickets[0].deadline, ALARM))
