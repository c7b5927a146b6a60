"""Every limit a person can run into, in one place, each with what happens at it."""

from __future__ import annotations

# Commands: one more is refused with the reason (engine/commands/, engine/cluster/).
NAME_MAX = 249  # Kafka's own for topics (Topic.java), kept for all names
KEY_BYTES_MAX = 10_000
VALUE_BYTES_MAX = 100_000
HEADERS_MAX = 50
BROKERS_MAX = 12
PARTITIONS_MAX = 100  # of one topic
REPLICATION_MAX = 12
TOPICS_MAX = 100
PARTITIONS_TOTAL_MAX = 1_000
PRODUCERS_MAX = 20
GROUPS_MAX = 20
CONSUMERS_PER_GROUP_MAX = 20
RATE_MAX = 1_000.0  # records/s of one simulated producer
POLL_MS_MIN, POLL_MS_MAX = 10, 60_000

# Of what real clients can make of groups; Kafka limits neither. One member more is refused with
# GROUP_MAX_SIZE_REACHED; for one group more, an empty one without offsets goes, or else the same is said.
GROUP_SIZE_MAX = 250
GROUPS_PER_PARTITION_MAX = 1_000  # of __consumer_offsets

# Numbered events kept a sandbox; a viewer who comes back later gets one resync event naming the gap.
EVENTS_MAX = 50_000
# Command ids remembered, so that one sent twice is carried out once; older ones are forgotten.
COMMAND_IDS_MAX = 1_000

# While real clients are attached over TCP, speed is held within what their own timers stand (engine.md).
SPEED_WITH_MEMBERS = (0.25, 1.5)
SPEED_WITH_CLIENTS = (1 / 64, 4.0)

# The Kafka ports (engine/live/edge.py). A larger frame closes the connection, with a line in the log.
FIRST_FRAME_BYTES_MAX = 1 << 20  # until a client has made itself known
FRAME_BYTES_MAX = 100 << 20  # Kafka's socket.request.max.bytes
# A client that does not read its replies: from here on it is not read from either; at the second it is closed.
OUT_BYTES_HIGH = 4 << 20
OUT_BYTES_MAX = 256 << 20
CONNECTIONS_MAX = 1_000  # of one sandbox; one more is closed at once, with a line in the log
PORTS_PER_SANDBOX = 20  # broker n listens on the first port + n - 1

# The journal (engine/live/journal.py): full, the sandbox stops where it is and takes nothing more.
JOURNAL_BYTES_MAX = 2 << 30
