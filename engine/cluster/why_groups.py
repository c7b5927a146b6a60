"""The rules of groups (why_rules.py tells what a rule is)."""

from __future__ import annotations

from typing import Any

from engine.cluster.why_story import Because, Rule, Story, so, touches
from engine.quorum.topics import OFFSETS_TOPIC


def _joined(story: Story, at: int, event: Any) -> Because | None:
    client = event.client

    def led(e: Any) -> bool:
        if e.code == "consumer_added":
            return bool(e.consumer == client)
        if e.code == "consumer_changed":
            return bool(e.consumer == client and e.what == "started")
        return bool(getattr(e, "client", "") == client)

    cause = story.last(at, "consumer_added", "consumer_changed", "member_expired", "client_connected", of=led)
    if cause is None:
        return None
    again = story.event(cause).code == "member_expired"
    return so(cause, "via.joins-again" if again else "via.joins", group=event.group, client=client)


def _left(story: Story, at: int, event: Any) -> Because | None:
    did = story.last(at, "consumer_changed", consumer=event.client, of=lambda e: e.what in ("removed", "stopped"))
    if did is None:
        return None
    via = "via.goodbye" if story.event(did).what == "removed" else "via.walked-out"
    return so(did, via, group=event.group, client=event.client)


def _expired(story: Story, at: int, event: Any) -> Because | None:
    who = {"group": event.group, "client": event.client, "silent_ms": event.silent_ms}
    if event.why == "rebalance":
        return so(story.last(at, "rebalance_started", group=event.group), "via.absent", **who)
    if event.why == "patience":
        return so(story.last(at, "paused"), "via.own-clock", **who)

    def silenced(e: Any) -> bool:
        if e.code == "consumer_changed":
            return bool(e.consumer == event.client and e.what in ("crashed", "paused"))
        if e.code == "client_gone":
            return bool(e.client == event.client)
        return touches(e, event.client)

    return so(story.last(at, "consumer_changed", "client_gone", "link_cut", of=silenced), "via.session", **who)


def _rebalance(story: Story, at: int, event: Any) -> Because | None:
    who = {"group": event.group, "who": event.who, "why": event.why}
    match event.why:
        case "joined" | "left" | "expired":
            cause = story.last(at, f"member_{event.why}", group=event.group, client=event.who)
            return so(cause if cause is not None else story.last(at, f"member_{event.why}", group=event.group),
                       "via.rebalance", **who)  # fmt: skip
        case "failover":
            return so(story.last(at, "coordinator_moved", group=event.group), "via.rebalance", **who)
        case "metadata":
            return so(story.last(at, "topic_created", "topic_deleted"), "via.rebalance", **who)
        case _:
            return None


def _formed(story: Story, at: int, event: Any) -> Because | None:
    return so(story.last(at, "rebalance_started", group=event.group), "via.barrier", group=event.group)


def _assigned(story: Story, at: int, event: Any) -> Because | None:
    formed = story.last(at, "generation_formed", group=event.group, generation=event.generation)
    leader = story.event(formed).leader if formed is not None else ""
    return so(formed, "via.assigned", group=event.group, leader=leader)


def _emptied(story: Story, at: int, event: Any) -> Because | None:
    return so(story.last(at, "member_left", "member_expired", group=event.group), "via.emptied", group=event.group)


def _moved(story: Story, at: int, event: Any) -> Because | None:
    elected = story.last(at, "leader_elected", topic=OFFSETS_TOPIC, partition=event.partition)
    return so(elected, "via.coordinator", group=event.group, partition=event.partition)


GROUP_RULES: dict[str, Rule] = {
    "member_joined": _joined, "member_left": _left, "member_expired": _expired, "rebalance_started": _rebalance,
    "generation_formed": _formed, "assignment_made": _assigned, "group_emptied": _emptied, "coordinator_moved": _moved,
}  # fmt: skip
