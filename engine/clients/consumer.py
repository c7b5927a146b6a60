"""A simulated consumer: a member of a group that polls at an even pace, as Kafka's Java consumer would.

Theory of operation
-------------------
Two things go on side by side. In the background the consumer keeps its membership (heartbeats), knows
its coordinator and fetches ahead. The *application* polls every ``poll_ms``; only in a poll does it take
part in a rebalance, commit, and receive records, at most ``max_poll_records``. Most polls would find
nothing to do; these are not made, but everything happens exactly on the grid on which they would be:
``_next_poll`` says at which one there is something to do.

A *stopped* consumer is one stuck in its work: it polls no more, while its heartbeats go on. So its
group believes in it, until ``max.poll.interval.ms`` (5 minutes) have passed since its last poll: then
it leaves the group by itself. Started again, it polls at once.

``RemoveConsumer`` makes it commit, leave the group properly and be ``left``: idle for good. Consumers whose
applications take time for their records are in working.py, those of the cooperative protocol in cooperative.py.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.clients import commits, coordinator, fetching, metadata, positions, rebalancing
from engine.clients.client import REQUEST_TIMEOUT
from engine.clients.fetching import Handed
from engine.clients.membership import BEATING, HOLDING, LEAVING, OUT, REVOKING, STABLE, SUMMONED, Membership
from engine.clients.shown import Shown
from engine.clients.timing import Grid
from engine.commands import RemoveConsumer, SetConsumer, StartConsumer, StopConsumer
from engine.commands.clients import METADATA_AGE_MS
from engine.events import ConsumerChanged, Delivered
from engine.machine import MILLISECOND, NOTHING, SECOND, Effect, Effects, Message, Tell
from engine.peers import Answer, Peers

SESSION_MS = 45_000  # session.timeout.ms
HEARTBEAT_MS = 3_000  # heartbeat.interval.ms
MAX_POLL_INTERVAL_MS = 300_000  # max.poll.interval.ms, also the rebalance timeout
CLOSE_TIMEOUT = REQUEST_TIMEOUT  # how long a goodbye may take (Consumer.close)
JOIN_EXTRA = 5 * SECOND  # patience with a JoinGroup beyond the rebalance timeout


class Consumer(Shown):
    """name: of the consumer; its node may be called otherwise. topics: what it subscribes to.

    running: the application polls. delivered: records handed to it. delivered_log, if ``keep_record``:
    (topic, partition, offset, fingerprint) of each, in the order in which they were handed over. fetches_in: states of
    its membership in which it fetches.
    """

    fetches_in: tuple[str, ...] = (STABLE, SUMMONED)

    def __init__(
        self, name: str, group: str, topics: list[str], bootstrap: list[str], *, poll_ms: int = 1_000,
        max_poll_records: int = 500, assignor: str = "range", start_at: str = "earliest",
        session_ms: int = SESSION_MS, heartbeat_ms: int = HEARTBEAT_MS,
        max_poll_interval_ms: int = MAX_POLL_INTERVAL_MS, calendar_offset: int = 0, life: int = 0,
        running: bool = True, keep_record: bool = False, metadata_max_age_ms: int = METADATA_AGE_MS,
    ) -> None:  # fmt: skip
        super().__init__(
            name, bootstrap, calendar_offset=calendar_offset, life=life, metadata_max_age_ms=metadata_max_age_ms
        )
        self.group, self.topics = group, list(topics)
        self.poll_ms, self.max_poll_records = poll_ms, max_poll_records
        self.assignor, self.start_at = assignor, start_at
        self.running = running
        self.delivered = 0
        self.keep_record = keep_record
        self.delivered_log: list[tuple[str, int, int, int]] = []
        self.max_poll_interval = max_poll_interval_ms * MILLISECOND

        join_patience = self.max_poll_interval + JOIN_EXTRA
        self.group_peers = Peers(name, REQUEST_TIMEOUT, life, "peers.group", 1)
        self.join_peers = Peers(name, join_patience, life, "peers.join", 2)
        self.fetch_peers = Peers(name, REQUEST_TIMEOUT, life, "peers.fetch", 3)
        self.membership = Membership(
            name, group, session_ms=session_ms, rebalance_ms=max_poll_interval_ms, heartbeat_ms=heartbeat_ms
        )
        self.coordinator = coordinator.CoordinatorFinder(group, self.metadata)
        self.rebalancing = rebalancing.Rebalancing(
            self.membership, assignor, self.topics, self.metadata, self.coordinator, self.group_peers, self.join_peers
        )
        self.positions = positions.Positions(
            group, start_at, self.metadata, self.coordinator, self.peers, self.group_peers
        )
        self.commits = commits.Commits(self.membership, self.positions, self.coordinator, self.group_peers)
        self.fetching = fetching.Fetching(self.positions, self.metadata, self.fetch_peers, keep_record=keep_record)
        self._grid = Grid(0, poll_ms * MILLISECOND)
        self._polled_at = -1
        self._leave_until: int | None = None

    # --- the Machine --------------------------------------------------------------------------------

    def handle(self, now: int, message: Message) -> Effects:
        return NOTHING if self.left else super().handle(now, message)

    def _lines(self) -> tuple[Peers, ...]:
        return (self.peers, self.group_peers, self.join_peers, self.fetch_peers)

    def _started(self, now: int, effects: list[Effect]) -> None:
        for topic in self.topics:
            self.metadata.want(topic)
        self._grid.start, self._polled_at = now, now - 1

    def _ordered(self, now: int, command: object, effects: list[Effect]) -> None:
        if isinstance(command, StartConsumer) and not self.running:
            self.running = True
            self._grid = Grid(now, self.poll_ms * MILLISECOND)
            self._tell("started", "", effects)
        elif isinstance(command, StopConsumer) and self.running:
            self.running = False
            if not self.busy:
                self._polled_at = max(self._polled_at, self._grid.at_or_before(now))
            self._tell("stopped", "", effects)
        elif isinstance(command, SetConsumer):
            self._set(now, command, effects)
        elif isinstance(command, RemoveConsumer) and self.membership.allows("leave"):
            self._leave(now, effects)

    def _set(self, now: int, command: SetConsumer, effects: list[Effect]) -> None:
        if command.poll_ms is not None and command.poll_ms != self.poll_ms:
            self.poll_ms = command.poll_ms
            self._grid = Grid(self._grid.at_or_before(now), command.poll_ms * MILLISECOND)
            self._tell("poll_ms", str(command.poll_ms), effects)
        if command.max_poll_records is not None and command.max_poll_records != self.max_poll_records:
            self.max_poll_records = command.max_poll_records
            self._tell("max_poll_records", str(command.max_poll_records), effects)

    def _tell(self, what: str, value: str, effects: list[Effect]) -> None:
        effects.append(Tell(ConsumerChanged(self.group, self.name, what, value)))

    def _answered(self, now: int, answer: Answer, effects: list[Effect]) -> None:
        what = answer.tag[0]
        if what == metadata.TAG:
            self.metadata.answered(now, answer)
        elif what == coordinator.TAG:
            self.coordinator.answered(now, answer)
        elif what == fetching.FETCH:
            self.fetching.answered(now, answer)
        elif what == positions.LIST:
            self.positions.list_answered(now, answer)
        elif what == positions.OFFSETS:
            error, committed = self.positions.offsets_answered(now, answer)
            self.commits.committed |= committed
            self.rebalancing.heed(error)
        elif what == commits.COMMIT:
            self.rebalancing.heed(self.commits.answered(now, answer))
        else:
            self.rebalancing.answered(now, answer)

    # --- going on -----------------------------------------------------------------------------------

    def _go_on(self, now: int, effects: list[Effect]) -> None:
        self._act_upon_rebalancing(now, effects)
        self._go_on_behind(now, effects)
        if (at := self._next_poll(now)) is not None and at <= now:
            self._poll(now, effects)
            self._go_on_behind(now, effects)

    def _go_on_behind(self, now: int, effects: list[Effect]) -> None:
        """All that needs no poll."""
        member = self.membership
        self._check_poll_interval(now, effects)
        self.commits.go_on(now, effects)
        if member.state == REVOKING and self.commits.flushed(now):
            self._revoke(effects)
            member.step("revoked")
        elif member.state == LEAVING:
            self._go_on_leaving(now, effects)
        if self.left:
            self._let_go(effects)
            return
        self.rebalancing.go_on(now, effects)
        if member.state in (STABLE, SUMMONED):
            self.positions.go_on(now, effects)
        if member.state in self.fetches_in and self.running:
            self.fetching.go_on(now, effects)
        self.coordinator.go_on(now, self.peers, effects)

    def _due(self, now: int) -> Iterable[int | None]:
        if self.left:
            return ()
        return (
            self.metadata.due(),
            self.coordinator.due(),
            self._next_poll(now),
            self._leave_until,
            self._poll_interval_over(),
            *self.membership.due(),
            *self.commits.due(),
            *self.positions.due(),
            *self.fetching.due(),
        )

    def _act_upon_rebalancing(self, now: int, effects: list[Effect]) -> None:
        rebalancing = self.rebalancing
        if rebalancing.dropped:
            rebalancing.dropped = False
            self._let_go(effects)
        if rebalancing.fresh is not None:
            self.positions.hold(rebalancing.fresh)
            self.commits.begin(now)
            rebalancing.fresh = None

    def _revoke(self, effects: list[Effect]) -> None:
        """Before it joins anew: the eager protocol gives everything up."""
        self._let_go(effects)

    def _let_go(self, effects: list[Effect]) -> None:
        """Hold nothing any more."""
        effects += self.fetching.stop()
        self.positions.hold([])
        self.commits.give_up()

    # --- the application ----------------------------------------------------------------------------

    def _next_poll(self, now: int) -> int | None:
        """The next poll that will find something to do, as far as one can know now."""
        if not self.running:
            return None
        state = self.membership.state
        if state in (OUT, SUMMONED) or (state == STABLE and self.fetching.buffer):
            return self._grid.at_or_after(max(now, self._polled_at + 1))
        if state == STABLE and self.commits.dirty():
            return self.commits.due_at(self._grid, max(now - 1, self._polled_at))
        return None

    def _poll(self, now: int, effects: list[Effect]) -> None:
        self._polled_at = now
        member = self.membership
        if member.state in (OUT, SUMMONED):
            member.step("poll")
            if member.state == REVOKING:
                self._commit_all(now + self.max_poll_interval)
            return
        self.commits.polled(now, self._grid, effects)
        self._receive(now, effects)

    def _receive(self, now: int, effects: list[Effect]) -> list[Handed]:
        """The application gets its records. Returns them."""
        found = self.fetching.poll(self.max_poll_records)
        for handed in found:
            self.delivered += len(handed.offsets)
            if self.traced:
                first, last = handed.offsets[0], handed.offsets[-1]
                effects.append(Tell(Delivered(handed.topic, handed.partition, self.group, self.name, first, last)))
            if self.ledger is not None:
                key = (handed.topic, handed.partition)
                self.ledger.hand(self.group, self.name, key, handed.epoch, len(handed.offsets))
            for offset, check in zip(handed.offsets, handed.checks, strict=False):  # checks only if records are kept
                self.delivered_log.append((handed.topic, handed.partition, offset, check))
        self._done_with(found)
        return found

    def _done_with(self, found: list[Handed]) -> None:
        """The application is done with them: at once, for one that takes no time."""
        if self.ledger is not None:
            for handed in found:
                self.ledger.done(self.group, (handed.topic, handed.partition), handed.epoch, handed.offsets)

    def _commit_all(self, deadline: int) -> None:
        """What is held is about to be given up: commit the positions."""
        self.commits.flush(deadline)

    def _poll_interval_over(self) -> int | None:
        return None if self.running else self._interval_end()

    def _interval_end(self) -> int | None:
        return self._polled_at + self.max_poll_interval if self.membership.state in BEATING else None

    def _check_poll_interval(self, now: int, effects: list[Effect]) -> None:
        over = self._poll_interval_over()
        if over is not None and now >= over and self.membership.state != REVOKING:
            self._walk_out(now, effects)

    def _walk_out(self, now: int, effects: list[Effect]) -> None:
        self.rebalancing.walk_out(now, effects)
        self._act_upon_rebalancing(now, effects)

    # --- leaving ------------------------------------------------------------------------------------

    def _leave(self, now: int, effects: list[Effect]) -> None:
        self._tell("removed", "", effects)
        self.running = False
        self._leave_until = now + CLOSE_TIMEOUT
        if self.membership.state in HOLDING:
            self._commit_all(self._leave_until)
        self.membership.step("leave")
        effects += self.fetching.stop()

    def _go_on_leaving(self, now: int, effects: list[Effect]) -> None:
        assert self._leave_until is not None
        if now >= self._leave_until:
            self.membership.step("left")
        elif self.commits.flushed(now):
            self.rebalancing.goodbye(now, effects)
