"""Which milestone led to which: one rule for each kind, as Kafka's own protocols have it.

A rule is handed an event and looks back through those before it. It answers ``Because(cause, via)``: the number of the
earlier milestone in the list, and how the one led to the other, as a code of the catalogues (section "why", "via.*")
with its parameters. Or None: it began here. No rule guesses by nearness in time alone: what it names must concern
the same broker, partition, group or client, and must not have been undone before.
"""

from __future__ import annotations

from typing import Any

from engine.cluster.why_groups import GROUP_RULES
from engine.cluster.why_story import Because, Rule, Story
from engine.cluster.why_story import so as _so
from engine.cluster.why_story import touches as _touches
from engine.cluster.why_streams_rules import STREAM_RULES
from engine.machine import MILLISECOND


def _fault_of(story: Story, at: int, broker: int) -> int | None:
    """What last kept a broker from talking, unless it was undone before."""
    name = f"B{broker}"

    def about(event: Any) -> bool:
        if event.code in ("link_cut", "link_delayed"):
            return _touches(event, name)
        return bool(getattr(event, "broker", None) == broker)

    codes = ("broker_crashed", "broker_powered_off", "broker_paused", "broker_isolated", "log_dir_failed",
             "link_cut", "link_delayed", "broker_stopped", "clock_skewed")  # fmt: skip
    fault = story.last(at, *codes, of=about)
    if fault is None:
        return None
    if story.event(fault).code in ("link_cut", "link_delayed", "broker_isolated"):
        healed = story.last(at, "links_healed", of=lambda e: e.node in ("", name) and not getattr(e, "other", ""))
        if healed is not None and healed > fault and story.told[at].at - story.told[healed].at > _patience(story):
            return None
    if story.event(fault).code == "broker_paused":
        awake = story.told[fault].at + story.event(fault).ms * MILLISECOND
        if story.told[at].at - awake > _patience(story):
            return None
    return fault


def _patience(story: Story) -> int:
    """So long after its end a fault can still show."""
    return max(story.config.broker_session_timeout_ms, story.config.replica_lag_time_max_ms) * MILLISECOND


# --- brokers


def _fenced(story: Story, at: int, event: Any) -> Because | None:
    return _so(_fault_of(story, at, event.broker), "via.silence", session_ms=story.config.broker_session_timeout_ms,
               heartbeat_ms=story.config.broker_heartbeat_interval_ms, broker=event.broker)  # fmt: skip


def _unfenced(story: Story, at: int, event: Any) -> Because | None:
    started = story.last(at, "broker_started", "broker_added", broker=event.broker)
    healed = story.last(at, "links_healed", of=lambda e: e.node in ("", f"B{event.broker}"))
    fenced = story.last(at, "broker_fenced", broker=event.broker)
    if healed is not None and (started is None or healed > started) and (fenced is None or healed > fenced):
        return _so(healed, "via.reached", broker=event.broker)
    if fenced is not None and (started is None or fenced > started):
        return _so(fenced, "via.awake", broker=event.broker)
    return _so(started, "via.registered", broker=event.broker)


def _recovered(story: Story, at: int, event: Any) -> Because | None:
    return _so(story.last(at, "broker_powered_off", "broker_crashed", "bit_flipped", "log_dir_failed",
                          broker=event.broker), "via.damage", broker=event.broker)  # fmt: skip


def _dir_failed(story: Story, at: int, event: Any) -> Because | None:
    return _so(story.last(at, "disk_broken", broker=event.broker), "via.fsync", broker=event.broker)


def _disk_full(story: Story, at: int, event: Any) -> Because | None:
    return _so(story.last(at, "disk_filled", "storage_full", broker=event.broker), "via.no-room", broker=event.broker)


def _disk_room(story: Story, at: int, event: Any) -> Because | None:
    return _so(story.last(at, "disk_freed", "storage_freed", "segments_deleted", "topic_deleted", broker=event.broker),
               "via.room", broker=event.broker)  # fmt: skip


# --- partitions


def _elected(story: Story, at: int, event: Any) -> Because | None:
    where = {"topic": event.topic, "partition": event.partition}
    match event.why:
        case "created":
            return _so(story.last(at, "topic_created", topic=event.topic), "via.created", **where)
        case "shutdown":
            return _so(story.last(at, "broker_stopping", broker=event.was), "via.handover", **where, was=event.was)
        case "returned":
            back = story.last(at, "broker_unfenced", "isr_expanded", of=lambda e: _is_back(e, event))
            return _so(back, "via.returned", **where, leader=event.leader)
        case "preferred":
            back = story.last(at, "isr_expanded", **where, of=lambda e: event.leader in e.back)
            return _so(back, "via.preferred", **where, leader=event.leader,
                       every_ms=story.config.leader_imbalance_check_interval_ms)  # fmt: skip
        case "moved":
            return _so(story.last(at, "replicas_moving", **where), "via.moved", **where, was=event.was)
        case "unclean":
            missing = story.last(at, "leader_missing", **where)
            fenced = story.last(at, "broker_fenced", broker=event.was) if missing is None else missing
            return _so(fenced, "via.unclean", **where, leader=event.leader)
        case _:
            fenced = story.last(at, "broker_fenced", "broker_started", broker=event.was)
            before = story.last(at, "isr_shrunk", "isr_expanded", "leader_elected", **where)
            if before is not None and event.leader not in story.event(before).isr:
                return _so(fenced, "via.unclean", **where, leader=event.leader)
            return _so(fenced, "via.failover", **where, leader=event.leader, was=event.was, isr=event.isr)


def _is_back(event: Any, elected: Any) -> bool:
    if event.code == "broker_unfenced":
        return bool(event.broker == elected.leader)
    return (event.topic, event.partition) == (elected.topic, elected.partition) and elected.leader in event.back


def _missing(story: Story, at: int, event: Any) -> Because | None:
    gone = story.last(at, "broker_fenced", "broker_stopping", of=lambda e: e.broker in event.isr)
    return _so(gone, "via.last-of-isr", topic=event.topic, partition=event.partition, isr=event.isr)


def _shrunk(story: Story, at: int, event: Any) -> Because | None:
    where = {"topic": event.topic, "partition": event.partition, "out": event.out}
    if event.why == "fenced":
        return _so(story.last(at, "broker_fenced", of=lambda e: e.broker in event.out), "via.fenced-out", **where)
    if event.why == "shutdown":
        return _so(story.last(at, "broker_stopping", of=lambda e: e.broker in event.out), "via.stopping-out", **where)
    codes = ("broker_paused", "link_cut", "link_delayed", "broker_isolated", "disk_filled", "disk_full", "storage_full",
             "broker_crashed", "broker_powered_off")  # fmt: skip
    names = [f"B{b}" for b in event.out]

    def slow(e: Any) -> bool:
        if e.code in ("link_cut", "link_delayed"):
            return any(_touches(e, name) for name in names)
        return getattr(e, "broker", event.out[0]) in event.out

    fault = story.last(at, *codes, of=slow)
    if fault is not None and story.told[at].at - story.told[fault].at > 3 * _patience(story):
        fault = None
    return _so(fault, "via.lag", **where, lag_max_ms=story.config.replica_lag_time_max_ms)


def _expanded(story: Story, at: int, event: Any) -> Because | None:
    where = {"topic": event.topic, "partition": event.partition, "back": event.back}
    out = story.last(at, "isr_shrunk", topic=event.topic, partition=event.partition,
                     of=lambda e: any(b in e.out for b in event.back))  # fmt: skip
    names = ["", *(f"B{b}" for b in event.back)]

    def helps(e: Any) -> bool:
        if e.code == "links_healed":
            return e.node in names
        return getattr(e, "broker", event.back[0]) in event.back

    moving = story.last(at, "replicas_moving", topic=event.topic, partition=event.partition,
                        of=lambda e: any(b in e.adding for b in event.back))  # fmt: skip
    if moving is not None and (out is None or moving > out):
        return _so(moving, "via.copied", **where)
    freed = story.last(at, "broker_unfenced", "links_healed", "disk_freed", "disk_has_room", of=helps)
    if freed is not None and (out is None or freed > out):
        return _so(freed, "via.caught-up", **where)
    return _so(out, "via.caught-up", **where)


def _moved(story: Story, at: int, event: Any) -> Because | None:
    where = {"topic": event.topic, "partition": event.partition}
    moving = story.last(at, "replicas_moving", **where)
    came = story.last(at, "isr_expanded", **where)
    if moving is not None and came is not None and came > moving:
        return _so(came, "via.all-came", **where)
    return _so(moving, "via.move", **where)


def _truncated(story: Story, at: int, event: Any) -> Because | None:
    elected = story.last(at, "leader_elected", topic=event.topic, partition=event.partition,
                         of=lambda e: e.epoch <= event.epoch)  # fmt: skip
    return _so(elected, "via.truncated", topic=event.topic, partition=event.partition, broker=event.broker)


def _refused(story: Story, at: int, event: Any) -> Because | None:
    where = {"topic": event.topic, "partition": event.partition}
    match event.error:
        case "NOT_ENOUGH_REPLICAS" | "NOT_ENOUGH_REPLICAS_AFTER_APPEND":
            return _so(story.last(at, "isr_shrunk", **where), "via.not-enough", **where)
        case "KAFKA_STORAGE_ERROR":
            leader = _leader_then(story, at, event)
            full = story.last(at, "disk_full", "disk_filled", "storage_full", "disk_broken",
                              of=lambda e: leader is None or getattr(e, "broker", leader) == leader)  # fmt: skip
            return _so(full, "via.storage", **where)
        case "UNKNOWN_TOPIC_OR_PARTITION":
            return _so(story.last(at, "topic_deleted", topic=event.topic), "via.deleted", **where)
        case _:
            own = story.last(at, "link_cut", of=lambda e: _touches(e, event.producer))
            missing = story.last(at, "leader_missing", **where)
            leader = _leader_then(story, at, event)
            fault = _fault_of(story, at, leader) if leader is not None else None
            gone = max((one for one in (own, missing, fault) if one is not None), default=None)
            return _so(gone, "via.no-answer", **where, error=event.error)


def _leader_then(story: Story, at: int, event: Any) -> int | None:
    """Who led the partition when this happened, as far as elections tell."""
    elected = story.last(at, "leader_elected", topic=event.topic, partition=event.partition)
    return story.event(elected).leader if elected is not None else None


def _retention(story: Story, at: int, event: Any) -> Because | None:
    return _so(story.last(at, "topic_configured", topic=event.topic), "via.configured", topic=event.topic)


RULES: dict[str, Rule] = {
    "broker_fenced": _fenced, "broker_unfenced": _unfenced, "log_recovered": _recovered, "log_dir_failed": _dir_failed,
    "disk_full": _disk_full, "disk_has_room": _disk_room,
    "broker_stopped": lambda s, at, e: _so(s.last(at, "broker_stopping", broker=e.broker), "via.stopped",
                                           broker=e.broker),
    "leader_elected": _elected, "leader_missing": _missing, "isr_shrunk": _shrunk, "isr_expanded": _expanded,
    "log_truncated": _truncated, "produce_refused": _refused, "segments_deleted": _retention,
    "replicas_moved": _moved, "move_cancelled": _moved,
    "log_compacted": _retention,
    **GROUP_RULES,
    **STREAM_RULES,
}  # fmt: skip


def because(story: Story, at: int) -> Because | None:
    """What led to the milestone at this place of the story."""
    rule = RULES.get(story.told[at].event.code)
    return rule(story, at, story.event(at)) if rule is not None else None
