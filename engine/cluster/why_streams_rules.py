"""Which milestone of a stream led to which (why_rules.py tells what a rule is)."""

from __future__ import annotations

from typing import Any

from engine.cluster.why_story import Because, Rule, Story
from engine.cluster.why_story import so as _so

RESHARDINGS = ("shards_split", "shards_merged", "shards_updated")


def _active(story: Story, at: int, event: Any) -> Because | None:
    last = story.last(at, "stream_created", *RESHARDINGS, "stream_changed", stream=event.stream)
    return _so(last, "via.stream-ready", stream=event.stream)


def _reshaped(story: Story, at: int, event: Any) -> Because | None:
    """A split or a merge is a step of UpdateShardCount, unless the stream has been ACTIVE since."""
    asked = story.last(at, "shards_updated", stream=event.stream)
    over = story.last(at, "stream_active", stream=event.stream)
    if asked is None or (over is not None and over > asked):
        asked = story.last(at, "stream_updating", stream=event.stream)
        return _so(asked, "via.resharding", stream=event.stream)
    return _so(asked, "via.even-shards", stream=event.stream)


def _closed(story: Story, at: int, event: Any) -> Because | None:
    return _so(story.last(at, "stream_updating", stream=event.stream), "via.shard-sealed", shard=event.shard)


def _leased(story: Story, at: int, event: Any) -> Because | None:
    split = story.last(at, "shards_split", stream=event.stream, of=lambda e: event.shard in e.children)
    merged = story.last(at, "shards_merged", stream=event.stream, child=event.shard)
    born = max((one for one in (split, merged) if one is not None), default=None)
    if born is not None:
        made = story.event(born)
        parents = [made.parent] if made.code == "shards_split" else made.parents
        done = story.last(at, "lease_done", stream=event.stream, consumer=event.consumer,
                          of=lambda e: e.shard in parents)  # fmt: skip
        if done is not None:
            return _so(done, "via.parent-read", shard=event.shard, consumer=event.consumer)
    added = story.last(at, "stream_consumer_added", "stream_consumer_changed", consumer=event.consumer)
    return _so(added, "via.worker-began", consumer=event.consumer)


def _lease_done(story: Story, at: int, event: Any) -> Because | None:
    return _so(story.last(at, "shard_closed", stream=event.stream, shard=event.shard), "via.shard-ended",
               shard=event.shard)  # fmt: skip


def _throttled(story: Story, at: int, event: Any) -> Because | None:
    """What made this caller faster last, or brought it here."""
    changed = story.last(at, "stream_producer_changed", "stream_producer_added", producer=event.client)
    return _so(changed, "via.too-fast", client=event.client)


def _read_throttled(story: Story, at: int, event: Any) -> Because | None:
    changed = story.last(at, "stream_consumer_changed", "stream_consumer_added", consumer=event.client)
    return _so(changed, "via.asks-too-often", client=event.client)


def _failed(story: Story, at: int, event: Any) -> Because | None:
    def behind(one: Any) -> bool:
        return bool(one.code != "leader_missing" or one.topic.endswith(f".{event.stream}"))

    fault = story.last(at, "leader_missing", "broker_crashed", "broker_powered_off", "broker_paused",
                       "broker_isolated", of=behind)  # fmt: skip
    return _so(fault, "via.brokers-behind", stream=event.stream)


STREAM_RULES: dict[str, Rule] = {
    "stream_active": _active, "shards_split": _reshaped, "shards_merged": _reshaped, "shard_closed": _closed,
    "lease_taken": _leased, "lease_done": _lease_done, "put_throttled": _throttled, "read_throttled": _read_throttled,
    "put_failed": _failed,
    "stream_deleted": lambda s, at, e: _so(s.last(at, "stream_deleting", stream=e.stream), "via.stream-emptied",
                                           stream=e.stream),
}  # fmt: skip
