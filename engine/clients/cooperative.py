"""A consumer of the cooperative protocol: a rebalance takes from it only what somebody else is to have (KIP-429).

Theory of operation (Kafka's ``ConsumerCoordinator`` with a cooperative assignor)
---------------------------------------------------------------------------------
An eager member gives everything up before it joins, so the whole group stands still until all have come. A
cooperative one says in its subscription what it holds, *keeps* it, and goes on reading while it joins. The leader
plans as sticky does, but hands out nothing that another still holds. So a move takes two rebalances:

1. The holder's new share lacks the partition. It commits, gives up that one and nothing else (``shed``), and joins
   again.
2. Now nobody holds it: it is given to somebody. (What is free is planned anew; where wishes differ, that may ask for
   another move, and a third rebalance.)

What is taken away in the middle of the application's work is given up when that work is done: in Kafka all this
happens in ``poll()``. A member that is expelled loses everything, as an eager one does.
"""

from __future__ import annotations

from typing import Any

from engine.clients.membership import ASSIGNING, JOINING, STABLE, SUMMONED, SYNCING
from engine.clients.positions import TopicPartition
from engine.clients.rebalancing import Rebalancing
from engine.clients.working import WorkingConsumer
from engine.machine import Effect

IN_BETWEEN = (JOINING, ASSIGNING, SYNCING)


class CooperativeRebalancing(Rebalancing):
    """Who was expelled holds nothing, and must not claim it."""

    def _expel(self, error: int) -> None:
        super()._expel(error)
        self.fresh = None
        self._held, self._held_in = [], -1


class CooperativeConsumer(WorkingConsumer):
    """shedding: what it gives up before it joins again."""

    fetches_in = (STABLE, SUMMONED, *IN_BETWEEN)

    def __init__(self, *given: Any, assignor: str, **settings: Any) -> None:
        super().__init__(*given, assignor=assignor, **settings)
        self.rebalancing = CooperativeRebalancing(
            self.membership, assignor, self.topics, self.metadata, self.coordinator, self.group_peers, self.join_peers
        )
        self.shedding: list[TopicPartition] = []

    def _act_upon_rebalancing(self, now: int, effects: list[Effect]) -> None:
        rebalancing = self.rebalancing
        if rebalancing.dropped:
            rebalancing.dropped = False
            self.shedding = []
            self._let_go(effects)
        if rebalancing.fresh is None or self.busy:
            return
        share, rebalancing.fresh = rebalancing.fresh, None
        held = list(self.positions.places)
        if not held:
            self.commits.begin(now)
        gained = [key for key in share if key not in held]
        if gained:
            self.positions.change([], gained)
        self.shedding = [key for key in held if key not in share]
        if self.shedding and self.membership.allows("shed"):  # otherwise another rebalance has begun already
            self.membership.step("shed")
            self.fetching.forget(self.shedding)
            self._commit_all(now + self.max_poll_interval)

    def _revoke(self, effects: list[Effect]) -> None:
        """All is committed: give up what goes to others. With nothing to give up, it only joins anew."""
        self.commits.give_up()
        self._shed()

    def _shed(self) -> None:
        if self.shedding:
            self.fetching.forget(self.shedding)
            self.positions.change(self.shedding, [])
            self.commits.keep(list(self.positions.places))
            self.shedding = []

    def _next_poll(self, now: int) -> int | None:
        if self.membership.state in IN_BETWEEN and self.running and not self.busy and self.fetching.buffer:
            return self._grid.at_or_after(max(now, self._polled_at + 1))
        return super()._next_poll(now)

    def _poll(self, now: int, effects: list[Effect]) -> None:
        if self.membership.state in IN_BETWEEN:  # no commit: the generation it would be of is ending
            self._polled_at = now
            self._receive(now, effects)
        else:
            super()._poll(now, effects)
