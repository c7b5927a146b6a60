"""Who asks too often or too much, in virtual time, is told so, as AWS tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service import demand
from engine.kinesis.service.errors import LIMIT, THROUGHPUT, KinesisError
from engine.kinesis.service.outcomes import Announce, PutPart
from engine.kinesis.service.quotas import IN_BYTES, IN_RECORDS, ITERATOR_CALLS, OUT_BYTES, OUT_CALLS, RATES
from engine.kinesis.service.shard import Shard
from engine.kinesis.service.stream import ON_DEMAND, Stream
from engine.machine import MILLISECOND, SECOND

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account


def rate_text(account: Account, stream: Stream, shard: Shard) -> str:
    return f"Rate exceeded for shard {shard.id} in stream {stream.name} under account {account.account_id}."


def calls(account: Account, now: int, operation: str, stream: Stream | None) -> None:
    """One more call of the control plane. Raises LimitExceededException."""
    rate = RATES.get(operation)
    if rate is None or not account.throttling:
        return
    most, seconds, whose = rate
    held = stream.calls if whose == "stream" and stream is not None else account.calls
    times = held.get(operation)
    if times is None:
        times = held[operation] = []
    # By the second that it is, as the shards are; a day's calls are counted back from now.
    begin = now // SECOND * SECOND if seconds == 1 else now - seconds * SECOND + 1
    while times and times[0] < begin:
        del times[0]
    if len(times) >= most:
        if seconds > 1:
            text = f"The limit of {most} successful {operation} calls in a rolling 24-hour period was reached"
            raise KinesisError(LIMIT, f"{text} for stream {stream.name if stream else ''} under account "
                                      f"{account.account_id}.", stream=stream.name if stream else "")  # fmt: skip
        if stream is not None:
            text = f"Rate exceeded for stream {stream.name} under account {account.account_id}."
            raise KinesisError(LIMIT, text, stream=stream.name)
        raise KinesisError(LIMIT, f"Rate exceeded for account {account.account_id}.")
    if seconds == 1:
        times.append(now)


def done(account: Account, now: int, operation: str, stream: Stream) -> None:
    """A call of which so many a day may succeed has succeeded."""
    if account.throttling:
        stream.calls.setdefault(operation, []).append(now)


def put(account: Account, now: int, stream: Stream, shard: Shard, part: PutPart, client: str) -> list[int]:
    """Count what goes in. What is too much is taken out of ``part``; its places in the call are returned."""
    gauge = shard.inward
    second = now // SECOND
    if second != gauge.second:
        gauge.turn(second, IN_BYTES if account.throttling else 0)
        if stream.mode == ON_DEMAND:
            demand.look(account, now, stream, shard)
    count = len(part.keys)
    if not account.throttling or (
        gauge.count + count <= IN_RECORDS and gauge.debt + gauge.bytes + part.size <= IN_BYTES
    ):
        gauge.count += count
        gauge.bytes += part.size
        return []
    return _thinned(account, now, stream, shard, part, client)


def _thinned(account: Account, now: int, stream: Stream, shard: Shard, part: PutPart, client: str) -> list[int]:
    gauge = shard.inward
    kept: list[int] = []
    refused: list[int] = []
    why = "records"
    for place in range(len(part.keys)):
        size = len(part.keys[place]) + len(part.values[place])
        used = gauge.debt + gauge.bytes
        if gauge.count >= IN_RECORDS:
            refused.append(place)
        elif used + size > IN_BYTES and used:  # a record larger than that goes when nothing else did
            refused.append(place)
            why = "bytes"
        else:
            gauge.count += 1
            gauge.bytes += size
            kept.append(place)
    places = [part.indexes[place] for place in refused]
    part.size = sum(len(part.keys[place]) + len(part.values[place]) for place in kept)
    part.indexes = [part.indexes[place] for place in kept]
    part.keys = [part.keys[place] for place in kept]
    part.values = [part.values[place] for place in kept]
    if places:
        shard.throttled_in += len(places)
        shard.throttled_ms = now // MILLISECOND
        fields = {"stream": stream.name, "shard": shard.id, "client": client, "why": why, "records": len(places)}
        account.pending.append(Announce("put_throttled", fields))
    return places


def get(account: Account, now: int, stream: Stream, shard: Shard, client: str) -> None:
    """One more GetRecords. Raises ProvisionedThroughputExceededException."""
    gauge = shard.outward
    gauge.turn(now // SECOND, OUT_BYTES if account.throttling else 0)
    if account.throttling:
        why = "calls" if gauge.count >= OUT_CALLS else "bytes" if gauge.debt + gauge.bytes >= OUT_BYTES else ""
        if why:
            shard.throttled_out += 1
            shard.throttled_ms = now // MILLISECOND
            fields: dict[str, object] = {"stream": stream.name, "shard": shard.id, "client": client, "why": why}
            account.pending.append(Announce("read_throttled", fields))
            text = rate_text(account, stream, shard)
            raise KinesisError(THROUGHPUT, text, stream=stream.name, shard=shard.id)
    gauge.count += 1


def got(account: Account, now: int, shard: Shard, size: int) -> None:
    """So much went out."""
    gauge = shard.outward
    gauge.turn(now // SECOND, OUT_BYTES if account.throttling else 0)
    gauge.bytes += size


def iterator(account: Account, now: int, stream: Stream, shard: Shard) -> None:
    """One more GetShardIterator. Raises ProvisionedThroughputExceededException."""
    gauge = shard.asked
    gauge.turn(now // SECOND, 0)
    if account.throttling and gauge.count >= ITERATOR_CALLS:
        text = rate_text(account, stream, shard)
        raise KinesisError(THROUGHPUT, text, stream=stream.name, shard=shard.id)
    gauge.count += 1
