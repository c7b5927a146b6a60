"""Logs on disk: segments come and go, keys are compacted, disks fill up and fail.

Every replica cleans its own log; what a whole cluster would tell three times, only the leader tells.
"""

from __future__ import annotations

from engine.events.base import Event, event


@event("topic_configured", mark="topic")
class TopicConfigured(Event):
    """changes: "retention.ms=1000", or "retention.ms" where the default holds again."""

    topic: str
    changes: list[str]


@event("segment_rolled", milestone=False, meaningful=False)
class SegmentRolled(Event):
    """A new active segment begins at ``base``. segments: how many there are now."""

    topic: str
    partition: int
    broker: int
    base: int
    segments: int


@event("segments_deleted", mark="topic")
class SegmentsDeleted(Event):
    """Retention took whole segments. to: the log's first offset now. why: "time", "size" or "log start"."""

    topic: str
    partition: int
    broker: int
    segments: int
    was: int
    to: int
    bytes: int
    why: str


@event("records_deleted", mark="topic")
class RecordsDeleted(Event):
    """DeleteRecords: the log begins at ``to`` from now on, it began at ``was``."""

    topic: str
    partition: int
    broker: int
    was: int
    to: int


@event("log_compacted", mark="topic")
class LogCompacted(Event):
    """The cleaner went through. kept, removed: records. to: it is clean up to there. bytes: before and after."""

    topic: str
    partition: int
    broker: int
    to: int
    kept: int
    removed: int
    was_bytes: int
    bytes: int


@event("log_recovered", mark="fault")
class LogRecovered(Event):
    """After an unclean stop the end of a log could not be read and was cut; it is copied again from others."""

    topic: str
    partition: int
    broker: int
    cut_bytes: int
    log_end: int


@event("disk_full", mark="fault")
class DiskFull(Event):
    """A write did not fit any more: producers are told KAFKA_STORAGE_ERROR, followers fall behind."""

    broker: int
    used_bytes: int
    quota_bytes: int


@event("disk_has_room", mark="people")
class DiskHasRoom(Event):
    """After ``disk_full``: writes fit again."""

    broker: int
    used_bytes: int
    quota_bytes: int


@event("log_dir_failed", mark="fault")
class LogDirFailed(Event):
    """The disk could not make a file durable. A broker whose only log directory has failed ends its process."""

    broker: int
    file: str
    reason: str
