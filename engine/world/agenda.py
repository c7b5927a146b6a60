"""What will happen, in exactly one order: by time, then by the order in which it was put down.

Theory of operation
-------------------
An entry is a tuple ``(time, sequence, node, life, message, end, cause)``. Sequence numbers are
unique, so comparing two entries never looks further than them.

A heap alone would do. But most messages of a busy instant are due in the same instant, and pushing
them through a heap costs a quarter of the CPU. So what is due *now* stands in a plain FIFO, and only
the future is a heap. The order is the same: when an instant begins, its entries move from the heap
to the FIFO by sequence; whatever is put down for ``now`` after that has a higher sequence, and goes
to the end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from copy import deepcopy
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from engine.world.connections import End
    from engine.world.node import Node

Entry: TypeAlias = "tuple[int, int, Node, int, Any, End | None, int]"

# In place of a life: the World itself has a hand in the delivery (see World._arrive).
ANY_LIFE = -2


class Agenda:
    """``now``, the last sequence number given out, and what is to come.

    heap: entries later than now. fifo: entries due now, in order. held: entries that were due but
    wait for their node, by its number.
    """

    __slots__ = ("now", "sequence", "heap", "fifo", "held")

    def __init__(self) -> None:
        self.now = 0
        self.sequence = 0
        self.heap: list[Entry] = []
        self.fifo: deque[Entry] = deque()
        self.held: dict[int, list[Entry]] = {}

    def push(self, at: int, node: Node, life: int, message: Any, end: End | None, cause: int) -> None:
        """Put a message down for ``at``; what should have happened in the past happens now."""
        self.sequence += 1
        if at > self.now:
            heappush(self.heap, (at, self.sequence, node, life, message, end, cause))
        else:
            self.fifo.append((self.now, self.sequence, node, life, message, end, cause))

    def begin(self, now: int) -> None:
        """Let the instant ``now`` begin: nothing may be left of the one before."""
        assert now >= self.now and not self.fifo
        self.now = now
        heap, fifo = self.heap, self.fifo
        while heap and heap[0][0] == now:
            fifo.append(heappop(heap))

    def hold(self, entry: Entry) -> None:
        """Its node takes nothing now: keep an entry just taken out until ``release``."""
        self.held.setdefault(entry[2].number, []).append(entry)

    def release(self, node: Node) -> None:
        """What was held for ``node`` is due now, as it came, and before all that is still to come now."""
        for entry in reversed(self.held.pop(node.number, [])):
            self.fifo.appendleft((self.now, *entry[1:]))

    def __len__(self) -> int:
        return len(self.heap) + len(self.fifo)

    def __deepcopy__(self, memo: dict[int, Any]) -> Agenda:
        other = Agenda()
        other.now, other.sequence = self.now, self.sequence
        other.heap = _copied(self.heap, memo)
        other.fifo = deque(_copied(self.fifo, memo))
        other.held = {number: _copied(entries, memo) for number, entries in self.held.items()}
        return other


def _copied(entries: Iterable[Entry], memo: dict[int, Any]) -> list[Entry]:
    """The same entries for a copied World. Messages are shared: nobody changes one that was sent."""
    return [
        (at, sequence, deepcopy(node, memo), life, message, deepcopy(end, memo), cause)
        for at, sequence, node, life, message, end, cause in entries
    ]
