"""Where operations wait: for a condition, or for their patience to end.

Theory of operation
-------------------
A long poll waits for bytes, a produce with acks=all waits for the high watermark. Both are the same
thing: an operation that is ready when something it watches has changed enough, and that gives up
at its deadline. Kafka calls the place a purgatory (``DelayedOperationPurgatory``).

What keeps it small and fast:

- Operations that are equally patient expire in the order in which they came: one queue a patience,
  and one alarm for its head. An alarm that was set is never moved; when it rings early, it is set
  anew. Those that ended meanwhile are dropped when they have reached the head.
- Many changes may happen in one instant. ``touch`` only notes what changed; ``settle``, called once
  at the end of the instant, asks each watcher once.
- Where operations on a key become ready in the order in which they came (``in_order``: a high
  watermark passes lower offsets first), asking stops at the first that is not.

The purgatory never acts by itself: it returns the operations that ended, and its owner answers
them. An operation is plain data, never a closure: a snapshot copies it and a branch must not share
it with the past. So whether one is ready is a question the owner brings along to ``settle``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from engine.machine import Wake


@dataclass(slots=True, eq=False)
class Operation:
    """Something that waits: subclass it with what its owner needs to answer it.

    keys: what it watches. deadline: set when it begins to wait. done: it has ended, by whichever way.
    """

    keys: tuple[Hashable, ...]
    deadline: int = field(default=0, init=False)
    done: bool = field(default=False, init=False)


T = TypeVar("T", bound=Operation)


class Purgatory(Generic[T]):
    """alarm: name of the alarms that belong here. limit: how many may wait; one more is refused.

    touched: keys that have changed in this instant, and are watched.
    """

    def __init__(self, alarm: str, limit: int = 10_000, *, in_order: bool = False) -> None:
        assert limit > 0
        self.alarm, self.limit, self.in_order = alarm, limit, in_order
        self._queues: dict[int, deque[T]] = {}  # by patience; its alarm is set while it is here
        self._watchers: dict[Hashable, dict[T, None]] = {}
        self.touched: dict[Hashable, None] = {}  # a dict, not a set: its order is part of the result
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def full(self) -> bool:
        return self._count >= self.limit

    def wait(self, now: int, operation: T, patience: int) -> Wake | None:
        """Let ``operation`` wait at most ``patience`` nanoseconds.

        Returns the alarm the owner must set, or None when it is set already. Asserts that there is
        room: ask ``full`` before.
        """
        assert self._count < self.limit, f"{self.limit} operations wait already"
        operation.deadline = now + patience
        self._count += 1
        for key in operation.keys:
            watchers = self._watchers.get(key)
            if watchers is None:
                self._watchers[key] = {operation: None}
            else:
                watchers[operation] = None
        queue = self._queues.get(patience)
        if queue is not None:
            while queue and queue[0].done:
                queue.popleft()
            queue.append(operation)
            return None
        self._queues[patience] = deque((operation,))
        return Wake(operation.deadline, self.alarm, patience)

    def touch(self, key: Hashable) -> None:
        """What ``key`` stands for has changed. Cheap: may be called for every append."""
        if key in self._watchers:
            self.touched[key] = None

    def settle(self, ready: Callable[[T], bool]) -> list[T]:
        """The operations that became ready in this instant, in the order in which keys were touched.

        ready: free of side effects.
        """
        if not self.touched:
            return []
        touched, self.touched = self.touched, {}
        ended: list[T] = []
        for key in touched:
            found = []
            for operation in self._watchers.get(key, ()):
                if ready(operation):
                    found.append(operation)
                elif self.in_order:
                    break
            for operation in found:
                self.end(operation)
            ended += found
        return ended

    def ring(self, now: int, patience: int) -> tuple[list[T], Wake | None]:
        """The alarm with token ``patience`` rang: who ran out of patience, and the alarm to set next."""
        queue = self._queues.get(patience)
        if queue is None:
            return [], None
        expired: list[T] = []
        while queue and (queue[0].done or queue[0].deadline <= now):
            head = queue.popleft()
            if not head.done:
                self.end(head)
                expired.append(head)
        if queue:
            return expired, Wake(queue[0].deadline, self.alarm, patience)
        del self._queues[patience]
        return expired, None

    def watching(self, key: Hashable) -> list[T]:
        """Who waits for ``key``, longest first."""
        return list(self._watchers.get(key, ()))

    def end(self, operation: T) -> None:
        """Take it out: it was answered, or nobody waits for the answer any more."""
        assert not operation.done
        operation.done = True
        self._count -= 1
        for key in operation.keys:
            watchers = self._watchers[key]
            del watchers[operation]
            if not watchers:
                del self._watchers[key]
