"""The partitions a consumer holds and its position in each: where a position comes from, and where it is.

A partition that has just been assigned has no position. It is asked for in two steps, each only if
need be: the group's committed offset (OffsetFetch, at the coordinator), else the log's start or end as
``auto.offset.reset`` says (ListOffsets, at the leader). The second step also follows OFFSET_OUT_OF_RANGE.

``position`` is the offset of the next record the application will be handed; ``fetch_from`` runs ahead
of it by what is buffered. So the position of a simulated consumer is exactly known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.clients.coordinator import CoordinatorFinder
from engine.clients.metadata import Metadata
from engine.clients.timing import Backoff
from engine.machine import Effect
from engine.peers import Answer, Peers
from engine.wire import errors
from engine.wire.messages import (
    EARLIEST,
    LATEST,
    FetchedOffsets,
    ListOffsetsPart,
    ListOffsetsRequest,
    ListOffsetsResponse,
    OffsetFetchGroup,
    OffsetFetchRequest,
)

TopicPartition = tuple[str, int]
COMMITTED, RESET, VALID = "committed", "reset", "valid"  # what is to be asked next; nothing
OFFSETS, LIST = "offset_fetch", "list_offsets"


@dataclass(slots=True)
class Place:
    """One partition held. needs: where its position is still to come from. asked: for that, under way."""

    topic: str
    partition: int
    needs: str = COMMITTED
    position: int = -1
    fetch_from: int = -1
    asked: bool = False
    backoff: Backoff = field(default_factory=Backoff)

    def begin(self, offset: int) -> None:
        self.needs, self.position, self.fetch_from = VALID, offset, offset


class Positions:
    """start_at: "earliest" or "latest", for partitions without a committed offset."""

    def __init__(
        self, group: str, start_at: str, metadata: Metadata, coordinator: CoordinatorFinder, peers: Peers,
        group_peers: Peers,
    ) -> None:  # fmt: skip
        self.group, self.metadata, self.coordinator = group, metadata, coordinator
        self.peers, self.group_peers = peers, group_peers
        self.reset_to = EARLIEST if start_at == "earliest" else LATEST
        self.places: dict[TopicPartition, Place] = {}
        self._tenure = 0  # raised whenever what is held changes: answers to older questions are dropped
        self._offsets_backoff = Backoff()
        self._offsets_asked = False

    def hold(self, partitions: list[TopicPartition]) -> None:
        """These and no others from now on, without a position yet."""
        self.places = {key: Place(*key) for key in sorted(partitions)}
        self._tenure += 1
        self._offsets_asked = False
        self._offsets_backoff.succeeded()

    def change(self, lost: list[TopicPartition], gained: list[TopicPartition]) -> None:
        """Some go, some come without a position yet; the others stay where they are."""
        kept = {key: place for key, place in self.places.items() if key not in lost}
        for place in kept.values():
            place.asked = False
        kept |= {key: Place(*key) for key in gained}
        self.places = {key: kept[key] for key in sorted(kept)}
        self._tenure += 1
        self._offsets_asked = False
        self._offsets_backoff.succeeded()

    def assigned(self) -> dict[str, list[int]]:
        held: dict[str, list[int]] = {}
        for topic, partition in self.places:
            held.setdefault(topic, []).append(partition)
        return held

    def known(self) -> dict[TopicPartition, int]:
        """Where a position is known: the offset of the next record to be handed out."""
        return {key: place.position for key, place in self.places.items() if place.position >= 0}

    def out_of_range(self, now: int, place: Place) -> None:
        """What it would fetch is not there (any more): begin anew where the reset policy says."""
        place.needs, place.asked = RESET, False
        if place.backoff.attempts:  # not for the first time since something was fetched
            place.backoff.failed(now)
        place.backoff.attempts = max(place.backoff.attempts, 1)

    # --- asking -------------------------------------------------------------------------------------

    def go_on(self, now: int, effects: list[Effect]) -> None:
        self._ask_committed(now, effects)
        self._ask_listed(now, effects)

    def due(self) -> Iterator[int]:
        yield self._offsets_backoff.until
        for place in self.places.values():
            yield place.backoff.until

    def _ask_committed(self, now: int, effects: list[Effect]) -> None:
        node = self.coordinator.node
        if node is None or self._offsets_asked or not self._offsets_backoff.ready(now):
            return
        parts = [key for key, place in self.places.items() if place.needs == COMMITTED]
        if parts:
            self._offsets_asked = True
            body = OffsetFetchRequest([OffsetFetchGroup(self.group, parts)], require_stable=True)
            effects += self.group_peers.ask(now, node, body, (OFFSETS, self._tenure))

    def _ask_listed(self, now: int, effects: list[Effect]) -> None:
        by_node: dict[str, list[Place]] = {}
        for place in self.places.values():
            if place.needs == RESET and not place.asked and place.backoff.ready(now):
                node = self.metadata.leader(place.topic, place.partition)
                if node is not None:
                    by_node.setdefault(node, []).append(place)
        for node, places in by_node.items():
            parts = []
            for place in places:
                place.asked = True
                epoch = self.metadata.epoch(place.topic, place.partition)
                parts.append(ListOffsetsPart(place.topic, place.partition, self.reset_to, epoch))
            keys = tuple((place.topic, place.partition) for place in places)
            effects += self.peers.ask(now, node, ListOffsetsRequest(parts), (LIST, self._tenure, keys))

    # --- answers ------------------------------------------------------------------------------------

    def offsets_answered(self, now: int, answer: Answer) -> tuple[int, dict[TopicPartition, int]]:
        """Take the answer to OffsetFetch. Returns (error to heed, what is committed)."""
        if answer.tag[1] != self._tenure:
            return errors.NONE, {}
        self._offsets_asked = False
        if answer.body is None:
            self._offsets_backoff.failed(now)
            return errors.NETWORK_EXCEPTION, {}
        group: FetchedOffsets = answer.body.groups[0]
        bad = group.error or next((part.error for part in group.parts if part.error), errors.NONE)
        committed: dict[TopicPartition, int] = {}
        for part in group.parts:
            place = self.places.get((part.topic, part.partition))
            if group.error or part.error or place is None or place.needs != COMMITTED:
                continue
            if part.offset >= 0:
                place.begin(part.offset)
                committed[part.topic, part.partition] = part.offset
            else:
                place.needs = RESET
        if bad:
            self._offsets_backoff.failed(now)
        else:
            self._offsets_backoff.succeeded()
        return bad, committed

    def list_answered(self, now: int, answer: Answer) -> None:
        _, tenure, keys = answer.tag
        if tenure != self._tenure:
            return
        body: ListOffsetsResponse | None = answer.body
        told = {(part.topic, part.partition): part for part in body.parts} if body is not None else {}
        for key in keys:
            place = self.places[key]
            place.asked = False
            part = told.get(key)
            if place.needs != RESET:
                continue
            if part is None or part.error or part.offset < 0:
                self.metadata.refresh()
                place.backoff.failed(now)
            else:
                place.begin(part.offset)
