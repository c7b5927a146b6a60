"""The one event vocabulary: stage, narration, timeline, lesson checks and invariants read these.

Each type declares, in ``EVENTS``, whether it is a *milestone* (rare: always made, numbered in
the state, kept) or *traffic* (made only while somebody looks), and whether it is *meaningful*:
"step" runs to the next meaningful event. An event carries a code and parameters, never a sentence:
sentences are made from catalogues, one a language (static/i18n/*.json), keyed by ``code``.

Times in parameters are virtual nanoseconds when they end in ``_at``, milliseconds when in ``_ms``.
"""

from __future__ import annotations

from engine.events.base import EVENTS, Event, Told, to_json
from engine.events.brokers import (
    BrokerAdded,
    BrokerCrashed,
    BrokerFenced,
    BrokerStarted,
    BrokerStopped,
    BrokerStopping,
    BrokerUnfenced,
)
from engine.events.clients import (
    ClientConnected,
    ClientGone,
    ConsumerAdded,
    ConsumerChanged,
    ProducerAdded,
    ProducerChanged,
)
from engine.events.clock import (
    Paused,
    Rebased,
    Restarted,
    Resumed,
    SpeedSet,
)
from engine.events.groups import (
    AssignmentMade,
    Committed,
    CoordinatorMoved,
    GenerationFormed,
    GroupEmptied,
    MemberExpired,
    MemberJoined,
    MemberLeft,
    RebalanceStarted,
)
from engine.events.partitions import (
    Appended,
    Delivered,
    HighWatermarkMoved,
    IsrExpanded,
    IsrShrunk,
    LeaderElected,
    LeaderMissing,
    LogTruncated,
    ProduceRefused,
    Replicated,
)
from engine.events.topics import (
    TopicCreated,
    TopicDeleted,
    TopicRefused,
)

__all__ = [
    "Appended",
    "AssignmentMade",
    "BrokerAdded",
    "BrokerCrashed",
    "BrokerFenced",
    "BrokerStarted",
    "BrokerStopped",
    "BrokerStopping",
    "BrokerUnfenced",
    "ClientConnected",
    "ClientGone",
    "Committed",
    "ConsumerAdded",
    "ConsumerChanged",
    "CoordinatorMoved",
    "Delivered",
    "EVENTS",
    "Event",
    "GenerationFormed",
    "GroupEmptied",
    "HighWatermarkMoved",
    "IsrExpanded",
    "IsrShrunk",
    "LeaderElected",
    "LeaderMissing",
    "LogTruncated",
    "MemberExpired",
    "MemberJoined",
    "MemberLeft",
    "Paused",
    "ProduceRefused",
    "ProducerAdded",
    "ProducerChanged",
    "RebalanceStarted",
    "Rebased",
    "Replicated",
    "Restarted",
    "Resumed",
    "SpeedSet",
    "Told",
    "TopicCreated",
    "TopicDeleted",
    "TopicRefused",
    "to_json",
]
