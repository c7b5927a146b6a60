"""Moves a group's committed offsets, as ``kafka-consumer-groups --reset-offsets --execute`` does: a client of one job.

Theory of operation
-------------------
Three questions, one after the other, each asked again after a back-off until its answer is there or
``default.api.timeout.ms`` is over:

    READING     what the group has committed (OffsetFetch, at its coordinator)
    LISTING     where the logs begin and end, and what came after the moment asked for (ListOffsets, at the leaders)
    COMMITTING  the new offsets, as nobody's member (OffsetCommit of generation -1)

The coordinator takes such a commit only while the group has no members; otherwise each of them would go on from where
it is and commit that. So there it ends with NON_EMPTY_GROUP. ``DONE`` is the end: one event has told what came of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.clients import coordinator, metadata
from engine.clients.client import Client
from engine.clients.timing import Backoff
from engine.commands import ResetOffsets
from engine.events import OffsetsRefused, OffsetsReset
from engine.machine import SECOND, Effect, Tell
from engine.peers import Answer
from engine.wire import errors
from engine.wire.messages import (
    EARLIEST,
    LATEST,
    CommitPart,
    ListOffsetsPart,
    ListOffsetsRequest,
    OffsetCommitRequest,
    OffsetFetchGroup,
    OffsetFetchRequest,
)

READING, LISTING, COMMITTING, DONE = "offset_fetch", "list_offsets", "offset_commit", "done"
API_TIMEOUT = 60 * SECOND  # default.api.timeout.ms
FINAL = (errors.UNKNOWN_MEMBER_ID, errors.GROUP_AUTHORIZATION_FAILED, errors.UNKNOWN_TOPIC_OR_PARTITION)

Question = tuple[str, int, int]  # topic, partition, timestamp


class Resetting(Client):
    """command: what is to be done. timestamp: in milliseconds since 1970, for "duration" and "datetime"; else -1."""

    def __init__(
        self, name: str, command: ResetOffsets, timestamp: int, bootstrap: list[str], *, calendar_offset: int, life: int
    ) -> None:
        super().__init__(name, bootstrap, calendar_offset=calendar_offset, life=life)
        self.command, self.timestamp = command, timestamp
        self.coordinator = coordinator.CoordinatorFinder(command.group, self.metadata)
        self.stage = READING
        self.was: dict[tuple[str, int], int] = {}
        self.listed: dict[Question, int] = {}
        self._deadline = 0
        self._error = errors.REQUEST_TIMED_OUT
        self._under_way = 0
        self._backoff = Backoff()

    @property
    def idle(self) -> bool:
        return self.stage == DONE

    # --- the client's part --------------------------------------------------------------------------

    def _started(self, now: int, effects: list[Effect]) -> None:
        self._deadline = now + API_TIMEOUT
        if self.command.topic is not None:
            self.metadata.want(self.command.topic)

    def _due(self, now: int) -> Iterable[int | None]:
        if self.stage == DONE:
            return ()
        return (self._deadline, self._backoff.until, self.metadata.due(), self.coordinator.due())

    def _go_on(self, now: int, effects: list[Effect]) -> None:
        if self.stage == DONE:
            return
        if now >= self._deadline:
            self._refused(self._error, "It could not be done within a minute.", effects)
            return
        self.coordinator.go_on(now, self.peers, effects)
        if self._under_way or not self._backoff.ready(now):
            return
        if self.stage == LISTING:
            self._list(now, effects)
        elif self.coordinator.node is not None:
            self._ask_coordinator(now, self.coordinator.node, effects)

    def _answered(self, now: int, answer: Answer, effects: list[Effect]) -> None:
        if answer.tag[0] == metadata.TAG:
            self.metadata.answered(now, answer)
        elif answer.tag[0] == coordinator.TAG:
            self.coordinator.answered(now, answer)
        elif self.stage != DONE:
            self._under_way -= 1
            {READING: self._read, LISTING: self._found, COMMITTING: self._committed}[self.stage](now, answer, effects)

    # --- asking -------------------------------------------------------------------------------------

    def _ask_coordinator(self, now: int, node: str, effects: list[Effect]) -> None:
        group = self.command.group
        body: object = OffsetFetchRequest([OffsetFetchGroup(group)], require_stable=True)
        if self.stage == COMMITTING:
            parts = [CommitPart(*key, offset) for key, offset in self._aims().items()]
            body = OffsetCommitRequest(group, -1, "", parts)
        self._under_way = 1
        effects += self.peers.ask(now, node, body, (self.stage,))

    def _targets(self) -> list[tuple[str, int]]:
        topic, partition = self.command.topic, self.command.partition
        if topic is None:
            return [key for key in self.was if partition is None or key[1] == partition]
        known = range(self.metadata.partitions(topic))
        return [(topic, number) for number in known if partition is None or number == partition]

    def _list(self, now: int, effects: list[Effect]) -> None:
        times = (EARLIEST, LATEST, self.timestamp) if self.timestamp >= 0 else (EARLIEST, LATEST)
        targets = self._targets()
        if not targets:
            return  # the topic is not known yet
        asked: dict[str, list[ListOffsetsPart]] = {}
        for key in targets:
            node = self.metadata.leader(*key)
            for time in times:
                if node is not None and (*key, time) not in self.listed:
                    asked.setdefault(f"{node} {time}", []).append(ListOffsetsPart(*key, time))
        for name, parts in asked.items():  # a leader is asked for each of the times by itself
            self._under_way += 1
            node = name.split(" ")[0]
            effects += self.peers.ask(now, node, ListOffsetsRequest(parts), (LISTING, parts[0].timestamp))

    # --- answers ------------------------------------------------------------------------------------

    def _failed(self, now: int, error: int) -> None:
        self._error = error
        self._backoff.failed(now)
        self.metadata.refresh()
        if self.stage != LISTING:
            self.coordinator.lost()

    def _read(self, now: int, answer: Answer, effects: list[Effect]) -> None:
        group = answer.body.groups[0] if answer.body is not None else None
        if group is None or group.error:
            self._failed(now, errors.NETWORK_EXCEPTION if group is None else group.error)
            return
        self.was = {(part.topic, part.partition): part.offset for part in group.parts if part.offset >= 0}
        if self.command.topic is None:
            for topic, _ in self.was:
                self.metadata.want(topic)
            if not self._targets():
                self._refused(errors.GROUP_ID_NOT_FOUND, "It has committed nothing: name a topic.", effects)
                return
        self.stage = LISTING

    def _found(self, now: int, answer: Answer, effects: list[Effect]) -> None:
        for part in answer.body.parts if answer.body is not None else ():
            if part.error:
                self._error = part.error
            else:
                self.listed[part.topic, part.partition, answer.tag[1]] = part.offset
        kinds = 3 if self.timestamp >= 0 else 2
        if len(self.listed) < kinds * len(self._targets()):
            if not self._under_way:
                self._failed(now, self._error)
            return
        missing = [key for key in self._targets() if key not in self.was] if self.command.to == "shift" else []
        if missing:
            topic, partition = missing[0]
            reason = f"Nothing is committed for {topic}-{partition}: there is nothing to shift."
            self._refused(errors.INVALID_REQUEST, reason, effects)
            return
        self._backoff.succeeded()
        self.stage = COMMITTING

    def _aims(self) -> dict[tuple[str, int], int]:
        """Where each partition shall stand: within its log."""
        aims = {}
        for key in self._targets():
            low, high = self.listed[*key, EARLIEST], self.listed[*key, LATEST]
            found = self.listed.get((*key, self.timestamp), -1)
            wanted = {
                "earliest": low, "latest": high, "offset": self.command.offset or 0,
                "shift": self.was.get(key, 0) + (self.command.offset or 0),
            }.get(self.command.to, found if found >= 0 else high)  # fmt: skip
            aims[key] = min(max(wanted, low), high)
        return aims

    def _committed(self, now: int, answer: Answer, effects: list[Effect]) -> None:
        parts = answer.body.parts if answer.body is not None else []
        error = next((part.error for part in parts if part.error), errors.NONE if parts else errors.NETWORK_EXCEPTION)
        if error == errors.UNKNOWN_MEMBER_ID:
            self._refused(errors.NON_EMPTY_GROUP, "It has members: they would go on from where they are.", effects)
        elif error in FINAL:
            self._refused(error, "", effects)
        elif error:
            self._failed(now, error)
        else:
            self.stage = DONE
            aims = self._aims()
            for topic in dict.fromkeys(topic for topic, _ in aims):
                offsets = {str(p): offset for (t, p), offset in aims.items() if t == topic}
                was = {p: self.was.get((topic, int(p)), -1) for p in offsets}
                effects.append(Tell(OffsetsReset(self.command.group, topic, self.command.to, was, offsets)))

    def _refused(self, error: int, reason: str, effects: list[Effect]) -> None:
        self.stage = DONE
        name = errors.error_name(error)
        effects.append(Tell(OffsetsRefused(self.command.group, self.command.topic or "", name, reason)))
