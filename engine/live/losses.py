"""Acknowledged, then lost: which records a producer was told are safe, and are not there any more.

No log can answer that, for a record that is cut leaves nothing behind; only the producer knew. So what was done is
done once more, unseen, in a past (past.py) whose simulated producers write down each acknowledgement; when it has
come to the present, the lists are laid beside the logs. The next question goes on from there.

A producer with ``acks=0`` is told nothing, so nothing it sends was ever acknowledged. Of real clients only they
themselves know what they were told.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.clients.writing import WritingClient
from engine.limits import LOSSES_LISTED_MAX, LOSSES_STEPS_MAX
from engine.live.past import Past
from engine.wire.batch import CorruptRecord
from engine.wire.records import decode_records, fingerprint
from engine.world.loop import FOREVER

if TYPE_CHECKING:
    from engine.cluster import Cluster
    from engine.live.history import History

Acknowledged = tuple[str, int, int, int]


@dataclass(slots=True)
class Losses:
    """acknowledged: how many records, since ``since`` (virtual ns). lost: of those. listed: some of them, in order."""

    since: int
    acknowledged: int = 0
    lost: int = 0
    listed: list[dict[str, Any]] = field(default_factory=list)


class TooMuch(Exception):
    """More would have to be done again than anybody waits for."""


class Ledger:
    """Of one history. Kept between two questions; ``close`` gives its memory back."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._past: Past | None = None
        self._since = 0
        self._one = asyncio.Lock()  # at a time: the second question goes on from the first
        self._heard: list[tuple[str, list[Acknowledged]]] = []  # of every producer there was: its name, its list

    async def ask(self) -> Losses:
        """As of now. Raises TooMuch, and as ``History.past``."""
        history = self._history
        async with self._one, history.room:
            step, now = history.step, history.now
            past, self._past = self._past, None
            if past is None or not past.comes_before(step, now):
                if past is not None:
                    past.close()
                begins, _ = history.horizon()
                if step - begins > LOSSES_STEPS_MAX:
                    raise TooMuch
                past = await history.begin(None, begins, FOREVER)
                self._since = past.now
                self._heard = []
            try:
                self._listen(past.cluster)
                await history.drive(past, past.go(step, now), self._noting(past), leave=False)
            except BaseException:
                past.close()
                raise
            found = self._compare(past.cluster)
            if past.done:  # it was settled where the live one may not be: it cannot go on from here
                past.close()
            else:
                self._past = past
            return found

    def close(self) -> None:
        if self._past is not None:
            self._past.close()
            self._past = None

    def _noting(self, past: Past) -> Callable[[], bool]:
        """Producers come and go on the way."""

        def look() -> bool:
            self._listen(past.cluster)
            return False

        return look

    def _listen(self, cluster: Cluster) -> None:
        for node in cluster.world.nodes.values():
            client = node.machine
            if isinstance(client, WritingClient) and not client.keep_record:
                client.keep_record = True
                self._heard.append((client.name, client.acknowledged))

    def _compare(self, cluster: Cluster) -> Losses:
        found = Losses(self._since)
        logs: dict[tuple[str, int], Contents] = {}
        for name, acknowledged in self._heard:
            for topic, partition, offset, crc in acknowledged:
                found.acknowledged += 1
                key = (topic, partition)
                there = logs.get(key)
                if there is None:
                    there = logs[key] = Contents(cluster, *key)
                if there.has(offset, crc):
                    continue
                found.lost += 1
                if len(found.listed) < LOSSES_LISTED_MAX:
                    found.listed.append({"producer": name, "topic": topic, "partition": partition, "offset": offset})
        return found


class Contents:
    """What the leader's log of a partition holds; without a leader, that of the replica that knows most.

    What lies before its start was deleted as it should be, what compaction took too, and so was all of a
    topic that is gone: none of that is lost.
    """

    def __init__(self, cluster: Cluster, topic: str, partition: int) -> None:
        self._values: dict[int, int] = {}  # by offset: the fingerprint
        self._start = self._end = 0
        self._compacted = False
        state = cluster.image.partition(topic, partition)
        self._deleted = state is None
        held = [
            p for b in (state.replicas if state is not None else ())
            if b in cluster.places and (p := cluster.broker(b).partitions.get((topic, partition))) is not None
        ]  # fmt: skip
        if state is None or not held:
            return
        source = next((p for p in held if p.broker == state.leader), max(held, key=lambda p: p.log.log_end))
        log = source.log
        self._start, self._end = log.log_start, log.log_end
        self._compacted = "compact" in cluster.image.topics[topic].configs.get("cleanup.policy", "")
        for batch in log.batches(log.log_start, log.log_end):
            with contextlib.suppress(CorruptRecord):
                for record in decode_records(batch):
                    self._values[record.offset] = fingerprint(record)

    def has(self, offset: int, crc: int) -> bool:
        if self._deleted or offset < self._start:
            return True
        there = self._values.get(offset)
        return there == crc or (there is None and self._compacted and offset < self._end)
