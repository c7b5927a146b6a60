"""The snapshots of one sandbox: dense for the last ten minutes, sparse before, within a budget.

Theory of operation
-------------------
They are a cache. Any of them may be dropped: a moment is reached from the one before, only later. So
the oldest go first, and before that every other one of those that are no longer recent.

What a snapshot weighs: its own bytes; and the bytes of files that no longer exist as they were then,
because a log was cut, compacted, or deleted (``Hoard``). Those that the live sandbox holds as well cost
nothing. All sandboxes of a process share a ``Budget``; when it is spent, who holds most gives first.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from engine.cluster import Cluster
from engine.limits import HISTORY_PROCESS_BYTES, HISTORY_SANDBOX_BYTES
from engine.live.journal import Position
from engine.machine import SECOND
from engine.storage.chunk import Chunk
from engine.wire.batch import Batch
from engine.world.loop import FOREVER
from engine.world.snapshots import Frozen

RECENT_NS = 600 * SECOND
SPARSE_STEPS = 20_000  # between two of the older ones
SEALED_LATER = 32  # so many of the newest are looked through for batches that were sealed since


class Snapshot:
    """frozen: the cluster. position: in the journal, behind all that it was given until then.

    weight: bytes, as counted last.
    """

    __slots__ = ("frozen", "position", "step", "at", "weight")

    def __init__(self, frozen: Frozen[Cluster], position: Position) -> None:
        self.frozen, self.position = frozen, position
        self.step, self.at = frozen.step, frozen.at
        self.weight = frozen.size


class Hoard:
    """Bytes of files that only snapshots still hold.

    Lists of parts (engine/storage/disk.py) are told apart by identity: one that snapshots hold and that
    is not among the live ones died since. Its bytes are counted unless a live list holds the same objects.
    """

    def __init__(self) -> None:
        self.size = 0
        self._lists: dict[int, tuple[list[Any], int]] = {}  # by id: the list, in how many snapshots
        self._dead: list[int] = []

    def add(self, frozen: Frozen[Any]) -> None:
        for parts, _ in frozen.lists:
            _, count = self._lists.get(id(parts), (parts, 0))
            self._lists[id(parts)] = (parts, count + 1)

    def drop(self, frozen: Frozen[Any]) -> None:
        for parts, _ in frozen.lists:
            _, count = self._lists[id(parts)]
            if count > 1:
                self._lists[id(parts)] = (parts, count - 1)
            else:
                del self._lists[id(parts)]

    def weigh(self, newest: Frozen[Any]) -> None:
        """newest: what it holds counts as live."""
        live = {id(parts): parts for parts, _ in newest.lists}
        dead = [key for key in self._lists if key not in live]
        if dead != self._dead:
            self._dead = dead
            alive = {id(_data(part)) for parts in live.values() for part in parts} if dead else set()
            parts = [part for key in dead for part in self._lists[key][0]]
            only_here = {id(data): len(data) for part in parts if id(data := _data(part)) not in alive}
            self.size = sum(only_here.values())


def _data(part: Any) -> Any:
    """The bytes object that ``part`` keeps in memory."""
    if isinstance(part, Chunk):
        return part.data
    if isinstance(part, Batch):
        return part.records.obj if isinstance(part.records, memoryview) else part.records
    return part


class Budget:
    """What all histories of a process may weigh together."""

    def __init__(self, most: int = HISTORY_PROCESS_BYTES) -> None:
        self.most = most
        self.shelves: list[Shelf] = []

    @property
    def size(self) -> int:
        return sum([shelf.size for shelf in self.shelves])

    def keep(self) -> None:
        """See to it that it is kept."""
        while self.size > self.most:
            largest = max(self.shelves, key=lambda shelf: shelf.size)
            if not largest.give():
                return


class Shelf:
    """The snapshots of one sandbox, oldest first. most: bytes."""

    def __init__(self, budget: Budget, most: int = HISTORY_SANDBOX_BYTES) -> None:
        self.snapshots: list[Snapshot] = []
        self.most = most
        self._hoard = Hoard()
        self._own = 0  # bytes of the snapshots themselves
        self._old = 0  # so many of them are no longer recent
        self._new: list[Snapshot] = []  # of the newest, those that can still become smaller
        self._budget = budget
        budget.shelves.append(self)

    @property
    def size(self) -> int:
        return self._own + self._hoard.size

    def before(self, step: int, at: int = FOREVER) -> Snapshot | None:
        """The last snapshot from which that moment can be reached, None if there is none."""
        number = min(bisect_right(self.snapshots, step, key=_step), bisect_right(self.snapshots, at, key=_at))
        return self.snapshots[number - 1] if number else None

    def after(self, step: int) -> Snapshot | None:
        """The first snapshot of after that step."""
        number = bisect_right(self.snapshots, step, key=_step)
        return self.snapshots[number] if number < len(self.snapshots) else None

    def add(self, snapshot: Snapshot) -> None:
        """The newest."""
        self._insert(len(self.snapshots), snapshot)
        self._new.append(snapshot)
        self._hoard.weigh(snapshot.frozen)
        self._thin(snapshot.at - RECENT_NS)
        self._keep_budget()

    def put_back(self, snapshot: Snapshot) -> None:
        """One of before, made again: it stays if there is room."""
        number = bisect_right(self.snapshots, snapshot.step, key=_step)
        if number < len(self.snapshots) and not (number and self.snapshots[number - 1].step == snapshot.step):
            snapshot.frozen.pack()
            snapshot.weight = snapshot.frozen.size
            self._insert(number, snapshot)
            self._old += number <= self._old
            self._keep_budget()

    def tidy(self) -> None:
        """Make the newest smaller. Takes a millisecond."""
        for snapshot in self._new:
            snapshot.frozen.pack()
        self._new = [snapshot for snapshot in self._new[-SEALED_LATER:] if not snapshot.frozen.seal()]
        for snapshot in self.snapshots[-SEALED_LATER:]:
            self._own += snapshot.frozen.size - snapshot.weight
            snapshot.weight = snapshot.frozen.size

    def give(self) -> bool:
        """Give some memory back: every other of the old ones, or else the oldest. The newest stays."""
        if self._old > 2:
            gone = self.snapshots[1 : self._old : 2]
            del self.snapshots[1 : self._old : 2]
            self._old -= len(gone)
        elif len(self.snapshots) > 1:
            gone = self.snapshots[:1]
            del self.snapshots[:1]
            self._old = max(0, self._old - 1)
        else:
            return False
        self._gone(gone)
        return True

    def close(self) -> None:
        self.snapshots, self._new = [], []
        self._budget.shelves.remove(self)

    def _insert(self, number: int, snapshot: Snapshot) -> None:
        self.snapshots.insert(number, snapshot)
        self._hoard.add(snapshot.frozen)
        self._own += snapshot.weight

    def _thin(self, recent: int) -> None:
        """Of those that are no longer recent, one in SPARSE_STEPS is kept."""
        snapshots, gone = self.snapshots, []
        while self._old < len(snapshots) - 1 and snapshots[self._old].at < recent:
            if self._old and snapshots[self._old].step - snapshots[self._old - 1].step < SPARSE_STEPS:
                gone.append(snapshots.pop(self._old))
            else:
                self._old += 1
        self._gone(gone)

    def _gone(self, gone: list[Snapshot]) -> None:
        for snapshot in gone:
            self._hoard.drop(snapshot.frozen)
            self._own -= snapshot.weight
        if gone and self._hoard.size:
            self._hoard.weigh(self.snapshots[-1].frozen)

    def _keep_budget(self) -> None:
        while self.size > self.most and self.give():
            pass
        self._budget.keep()


def _step(snapshot: Snapshot) -> int:
    return snapshot.step


def _at(snapshot: Snapshot) -> int:
    return snapshot.at
