"""How much was written, over all of a sandbox's time: what the graph on the timeline is drawn from.

Theory of operation
-------------------
No machine is asked and nothing is counted by one for our sake: now and then the ends of the leaders' logs are
read, and by how much they have grown is added to a sum that only grows. (The end of a log goes back when
a replica is cut, or starts at zero with a new topic; what is appended after that counts again, for it was.)
A *sample* is that sum at a moment; between two of them the rate is their difference over their distance, and
nothing finer is claimed.

A sample is taken when an instant is over and a second of virtual time has passed since the last, but the
reading may take no more than one part in ``SHARE`` of the time: of a very large cluster, and at a high
speed, samples lie further apart. Of more than ``SAMPLES_MAX``, every other one of the older half goes.

They are no state of the World. They are kept in a small file beside the journal when the sandbox is closed;
whatever lies between the last of a file and the first of a later life was not measured, and is told so.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from engine.machine import MILLISECOND, SECOND

if TYPE_CHECKING:
    from engine.cluster import Cluster

SAMPLES_MAX = 8_192  # two hours of a sample a second; thinned beyond
DISTANCE_NS = SECOND
SHARE = 200  # reading may take one part in so many of the time
FILE = "volume"
HEAD = b"riacho volume 1\n"

Key = tuple[str, int]


class Volume:
    """Of one cluster. appended: records since the first sample. clock: wall time, in nanoseconds.

    times, sums: of the samples. gaps: times of those samples before which nothing was measured.
    """

    def __init__(self, cluster: Cluster, clock: Callable[[], int] = perf_counter_ns) -> None:
        self._cluster, self._world, self._clock = cluster, cluster.world, clock
        self.appended = 0
        self.times, self.sums = array("q"), array("q")
        self.gaps: list[int] = []
        self._ends: dict[Key, int] = {}
        self._begun = False  # the ends were read once: from then on, growth is growth
        self.due = 0  # virtual time of the next sample
        self._not_before = 0  # on the clock

    def follow(self) -> None:
        """To be called whenever an instant is over and ``due`` has come."""
        began = self._clock()
        if began < self._not_before:
            self.due = self._world.now + DISTANCE_NS // 4
            return
        self.sample()
        self._not_before = began + (self._clock() - began) * SHARE

    def sample(self) -> int:
        """Read now. Returns how much has been appended so far."""
        now, times = self._world.now, self.times
        grown = self._read()
        if not self._begun:  # what was there before we came is no growth
            self._begun, grown = True, 0
            if not times or now > times[-1]:
                self.gaps.append(now)
        self.appended += grown
        self.due = now + DISTANCE_NS
        if times and times[-1] >= now:
            self.sums[-1] = self.appended
        else:
            times.append(now)
            self.sums.append(self.appended)
            if len(times) > SAMPLES_MAX:
                self._thin()
        return self.appended

    def count(self) -> int:
        """The sum as of now, for those who look; no sample is kept."""
        if self._begun:
            self.appended += self._read()
        return self.appended

    def columns(self, start: int, end: int, count: int) -> list[float | None]:
        """Records a second, of ``count`` equal parts of the time from ``start`` to ``end``; None: not measured."""
        width, now = (end - start) / count, self._world.now
        edges = [min(start + round(i * width), max(now, start)) for i in range(count + 1)]
        sums = [self._sum_at(edge) for edge in edges]
        found: list[float | None] = []
        for i in range(count):
            left, right, before, after = edges[i], edges[i + 1], sums[i], sums[i + 1]
            if right <= left:  # not yet
                found.append(None)
            elif before is None or after is None or any(left < gap < right for gap in self.gaps):
                found.append(self._part(left, right))
            else:
                found.append((after - before) * SECOND / (right - left))
        return found

    # --- keeping ------------------------------------------------------------------------------------

    def save(self, folder: Path) -> None:
        """Raises OSError."""
        gaps = array("q", self.gaps)
        sizes = array("q", [len(self.times), len(gaps)])
        data = HEAD + sizes.tobytes() + self.times.tobytes() + self.sums.tobytes() + gaps.tobytes()
        (folder / FILE).write_bytes(data)

    def load(self, folder: Path) -> None:
        """What was kept, as far as it lies in the past of this World. A file that is damaged counts as none."""
        try:
            data = (folder / FILE).read_bytes()
        except OSError:
            return
        sizes = array("q")
        try:
            if not data.startswith(HEAD):
                return
            sizes.frombytes(data[len(HEAD) : len(HEAD) + 16])
            numbers = array("q")
            numbers.frombytes(data[len(HEAD) + 16 :])
            samples, gaps = sizes
            if samples < 0 or gaps < 0 or len(numbers) != 2 * samples + gaps:
                return
        except ValueError:
            return
        times, sums = numbers[:samples], numbers[samples : 2 * samples]
        if any(a >= b for a, b in zip(times, times[1:], strict=False)):
            return
        self._take(times, sums, list(numbers[2 * samples :]))

    def inherit(self, other: Volume) -> None:
        """A branch has the past of what it was branched off."""
        now = self._world.now
        there = other._sum_at(now)
        self._take(other.times, other.sums, other.gaps)
        if there is not None and (not self.times or self.times[-1] < now):
            self.times.append(now)
            self.sums.append(round(there))
            self.appended = round(there)

    # --- inside -------------------------------------------------------------------------------------

    def _take(self, times: array[int], sums: array[int], gaps: list[int]) -> None:
        known = bisect_right(times, self._world.now)
        self.times, self.sums = times[:known], sums[:known]
        self.gaps = [gap for gap in gaps if gap <= self._world.now]
        self.appended = self.sums[-1] if known else 0

    def _read(self) -> int:
        """By how much the leaders' logs have grown since they were read last."""
        cluster, ends, grown = self._cluster, self._ends, 0
        for topic in cluster.image.topics.values():
            if topic.internal:
                continue
            for number, partition in topic.partitions.items():
                if partition.leader not in cluster.places:
                    continue
                held = cluster.broker(partition.leader).partitions.get((topic.name, number))
                if held is None:
                    continue
                key, end = (topic.name, number), held.log.log_end
                before = ends.get(key, 0)
                if end > before:
                    grown += end - before
                if end != before or key not in ends:
                    ends[key] = end
        return grown

    def _sum_at(self, at: float) -> float | None:
        """The sum at a moment, between two samples in proportion. None: nothing was measured there."""
        times, sums = self.times, self.sums
        after = bisect_left(times, at)
        if after == len(times):
            if not times or at > self._world.now or not self._begun:
                return None
            distance = self._world.now - times[-1]  # the newest part, as it stands
            return sums[-1] + (self.appended - sums[-1]) * ((at - times[-1]) / distance if distance else 0.0)
        if times[after] == at:
            return float(sums[after])
        if after == 0 or times[after] in self.gaps:
            return None
        part = (at - times[after - 1]) / (times[after] - times[after - 1])
        return sums[after - 1] + (sums[after] - sums[after - 1]) * part

    def _part(self, left: float, right: float) -> float | None:
        """The rate of a column that was measured in part: of the measured part."""
        here = range(bisect_left(self.times, left), bisect_right(self.times, right))
        measured = grown = 0
        for i in here[1:]:
            if self.times[i] not in self.gaps:
                measured += self.times[i] - self.times[i - 1]
                grown += self.sums[i] - self.sums[i - 1]
        return grown * SECOND / measured if measured else None

    def _thin(self) -> None:
        half = len(self.times) // 2
        gaps = dict.fromkeys(self.gaps)
        # The ends of a stretch that was measured stay.
        ends = {i - 1 for i in range(1, half) if self.times[i] in gaps}
        kept = [i for i in range(len(self.times)) if i >= half or i % 2 == 0 or self.times[i] in gaps or i in ends]
        self.times = array("q", (self.times[i] for i in kept))
        self.sums = array("q", (self.sums[i] for i in kept))


def shown(volume: Volume, start: int, end: int, count: int) -> dict[str, Any]:
    """As it goes out: {"from_ms", "to_ms", "rates": [records a second, or null]}."""
    volume.count()
    rates = [None if rate is None else round(rate, 2) for rate in volume.columns(start, end, count)]
    return {"from_ms": start / MILLISECOND, "to_ms": end / MILLISECOND, "rates": rates}
