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
LINGER_MS_MAX = 10_000
BURST_MAX, BURST_KEYS_MAX = 1_000, 50  # records of one burst, keys they take in turn
BURST_BYTES_MAX = 1_000_000  # keys and values of one burst together
MISHAPS_PERCENT_MAX = 90  # of a source's events: late ones, repeated ones
ROWS_MAX, ROWS_BYTES_MAX = 1_000, 200_000  # of somebody's own data, as CSV or JSON, that a producer sends
FAULT_MS_MAX = 60_000  # a broker's pause, a slow disk, a slow link
SKEW_MS_MAX, DRIFT_PPM_MAX = 600_000, 100_000  # of a broker's clock: how wrong, how much too fast
POLL_MS_MIN, POLL_MS_MAX = 10, 60_000
WORK_MS_MAX = 600_000  # a simulated application's, for one record
POLL_INTERVAL_MS_MIN, POLL_INTERVAL_MS_MAX = 100, 3_600_000  # its max.poll.interval.ms
COMMIT_MS_MIN, COMMIT_MS_MAX = 10, 600_000  # its auto.commit.interval.ms
METADATA_AGE_MS_MIN, METADATA_AGE_MS_MAX = 100, 3_600_000  # a simulated client's metadata.max.age.ms
RESET_MS_MAX = 7 * 86_400_000  # how far back offsets are reset by duration

# Of Kinesis streams (engine/kinesis/): one more is refused with LimitExceededException, in AWS's words.
SHARDS_MAX = 200  # open ones of all streams; AWS's is 20,000 in us-east-1
STREAM_SHARDS_MAX = 1_000  # of one stream in its life, for each is a partition that stays; AWS has no such limit
ON_DEMAND_STREAMS_MAX = 10  # AWS's is 50

# Kinesis: AWS's own limits stand with the service (engine/kinesis/); these are of the simulated applications.
PUT_RECORDS_MAX, READ_RECORDS_MAX = 500, 10_000  # of one PutRecords, one GetRecords
STREAM_PRODUCERS_MAX, STREAM_CONSUMERS_MAX = 20, 20  # one more is refused
STREAM_RATE_MAX = 5_000.0  # records/s of one simulated producer of a stream: more than two shards take
JSON_BYTES_MAX = 1 << 20  # the parameters of one ``call_aws`` command; more is refused

# Of what real clients can make of groups; Kafka limits neither. One member more is refused with
# GROUP_MAX_SIZE_REACHED; for one group more, an empty one without offsets goes, or else the same is said.
GROUP_SIZE_MAX = 250
GROUPS_PER_PARTITION_MAX = 1_000  # of __consumer_offsets

# Lessons (engine/lessons/document.py): a document with more is refused, with the place and the reason.
LESSON_BYTES_MAX, LESSON_DEPTH_MAX = 200_000, 20  # as JSON
CLAUSES_MAX = 40  # of one list
CLAUSES_TOTAL_MAX = 120  # that are looked at in each instant
PREDICTIONS_MAX = 10
SCRIPT_MAX = 100  # commands of a script, a solution, a wrong path
LESSON_MS_MAX = 3_600_000  # at_ms, for_ms, within_ms, after_ms
# Lived before anybody is let in: it is computed when the sandbox is made. With more steps in it, that is refused.
BEGIN_MS_MAX, BEGIN_STEPS_MAX = 300_000, 100_000
# Records looked through for a key in one instant ("spread"); of more it cannot be said yet.
SPREAD_RECORDS_MAX = 5_000
# Playing a lesson through for its author (engine/live/proving.py): beyond these it ends, and that is what is said.
PROOF_S_MAX = 120.0
PROOFS_AT_ONCE = 2  # one more is refused with BUSY
PROOF_MEMORY_MAX = 2 << 30  # bytes, where the system can say so
# Pairs of offsets in one list of the referee's book (engine/clients/ledger.py): of more the oldest are forgotten.
STRETCHES_MAX = 2_000
# Readers of a stream told apart in that of the streams (engine/kinesis/gateway/book.py): the oldest are forgotten.
BOOK_READERS_MAX = 64

# Numbered events kept a sandbox; a viewer who comes back later gets one resync event naming the gap.
EVENTS_MAX = 50_000
# Command ids remembered, so that one sent twice is carried out once; older ones are forgotten.
COMMAND_IDS_MAX = 1_000

# While real clients are attached over TCP, speed is held within what their own timers stand (engine.md).
SPEED_WITH_MEMBERS = (0.25, 1.5)
SPEED_WITH_CLIENTS = (1 / 64, 4.0)
# Paused: so long a real client that is no member of a group waits for an answer; then its connection is closed.
PATIENCE_MS = 30_000
# Paused: of each connection one read of at most so many bytes is kept; the rest stays in its socket.
PARKED_READ_BYTES = 64 << 10
# Paused: kept of all connections, those gone meanwhile included. Who would bring more is turned away.
PARKED_BYTES_MAX = 64 << 20

# The Kafka ports (engine/live/edge.py). A larger frame closes the connection, with a line in the log.
FIRST_FRAME_BYTES_MAX = 1 << 20  # until a client has made itself known
FRAME_BYTES_MAX = 100 << 20  # Kafka's socket.request.max.bytes
# A client that does not read its replies: from here on it is not read from either; at the second it is closed.
OUT_BYTES_HIGH = 4 << 20
OUT_BYTES_MAX = 256 << 20
CONNECTIONS_MAX = 1_000  # of one sandbox; one more is closed at once, with a line in the log
PORTS_PER_SANDBOX = 20  # broker n listens on the first port + n - 1

# The AWS port (engine/live/aws/). Longer heads and bodies are answered with 431 and 413, and the connection closed;
# one connection more is closed at once, with a line in the log; one that says nothing for so long is closed too.
AWS_HEADER_BYTES_MAX = 64 << 10
AWS_BODY_BYTES_MAX = 16 << 20  # PutRecords: 10 MiB in base64, and keys
AWS_CONNECTIONS_MAX = 1_000
AWS_IDLE_S = 350
# A call from the page waits so long for an answer, while time stands still or is slow; then it is refused with WAITS.
AWS_CALL_S = 20.0

# What is kept of a sandbox (engine/live/store.py). Once the journal is that large, or its oldest inputs that old, it
# is cut at a checkpoint: there history begins then. (``--keep-journal``: never.)
JOURNAL_BYTES_KEPT = 2 << 30
JOURNAL_AGE_KEPT_S = 7 * 86_400
# If no checkpoint could be made for so long: the sandbox stops where it is and takes nothing more.
JOURNAL_BYTES_MAX = 4 << 30
# A checkpoint is made after so much of the journal, or so many steps, since the last one: 30 s of replaying at most.
CHECKPOINT_BYTES = 64 << 20
CHECKPOINT_STEPS = 500_000
CHECKPOINTS_MAX = 32  # kept of one sandbox; of more, those go that leave the smallest gaps

# A page of a broker's file, as it is looked at (engine/cluster/files.py): the rest is on the next one.
FILE_PAGE_BYTES = 4096

# Segments of one partition on one broker in the overview of folders: the newest; how many there are is told.
SEGMENTS_SHOWN_MAX = 64

RACK_NAME_MAX = 40  # characters; a scenario with a longer one is refused

# Partitions of matrix topics whose last records somebody looks at (engine/live/framing.py): of one sandbox, by all
# who look. The others' are not told until one of them is let go.
DETAILS_MAX = 200

# Between web process and host, of bytes in one message (engine/live/asks): more is refused with TOO_LARGE.
BINARY_BYTES_MAX = 32 << 20

# Sandboxes (engine/live/keeper.py). One more is refused with TOO_MANY_SANDBOXES.
SANDBOXES_MAX = 32
SANDBOX_NAME_MAX = 60  # characters
# Worlds kept under a name (engine/live/worlds.py). One more, or more bytes, is refused with TOO_MANY_WORLDS.
WORLDS_MAX = 64
WORLDS_BYTES_MAX = 512 << 20
# Of distinct record bytes (each counted once, however many replicas hold it): from here on all disks of
# the sandbox are full, producers get KAFKA_STORAGE_ERROR; it ends when less than the second is left.
RECORD_BYTES_MAX = 1 << 30
RECORD_BYTES_FREE = RECORD_BYTES_MAX * 9 // 10
KEPT_PIECE_BYTES = 1 << 20  # of a sandbox's own folder, when it is downloaded
# A folder on its way into a zip (engine/live/asks/files.py): read in pieces, forgotten when nobody goes on.
FOLDER_PIECE_BYTES = 1 << 20
FOLDER_HELD_S = 60.0
FOLDERS_HELD_MAX = 4  # one more is refused with TOO_MANY_REQUESTS

# Snapshots in memory (engine/live/history.py): beyond it they get sparser, then the oldest go. What lies before them
# is executed again from further back, which takes longer.
HISTORY_SANDBOX_BYTES = 32 << 20
HISTORY_PROCESS_BYTES = 1 << 30
# Events of the past sent with one look at it; older ones are there to be asked for.
EVENTS_OF_THE_PAST = 20

# A film of the past (engine/live/asks/film.py): pictures of it, and bytes of them in one answer; more is refused. Of
# the records that can be looked at in it the newest are taken, and of the milestones before it the last.
FILM_PICTURES_MAX = 1_200
FILM_PIECE_BYTES = 4 << 20
FILM_RECORDS_MAX = 1_500
FILM_EVENTS = 200
# What people did, for the report of a run: so many commands, out of so much of the journal; of more, the newest.
DEEDS_MAX = 2_000
DEEDS_JOURNAL_BYTES_MAX = 128 << 20

# Parts in which one look at the timeline may ask for marks and volume; more is refused.
TIMELINE_COLUMNS_MAX = 1_200

# Requests and answers told at once (engine/live/asks/tracing.py): of more, the last. How far back from a moment.
REQUESTS_AT_ONCE_MAX = 300
REQUESTS_BACK_MS_MAX = 60_000

# Side by side (engine/live/asks/comparing.py): commands that make the difference; more are refused.
COMPARED_CHANGES_MAX = 8
# How far both go on at once, in virtual milliseconds; more is refused.
ADVANCE_MS_MAX = 60_000
# What was acknowledged and lost (engine/live/losses.py): of a longer life it is said that it is not known.
LOSSES_STEPS_MAX = 1_000_000
LOSSES_LISTED_MAX = 50  # the others are only counted

# A moment as a link or a file (engine/live/moments.py). Larger: a link is refused with TOO_LARGE (a file
# may still do), a file too (the folder of the sandbox can be downloaded whole).
LINK_CHARACTERS_MAX = 6_000
LINK_STEPS_MAX = 2_000_000  # done again whenever it is opened
LINK_JOURNAL_BYTES_MAX = 64 << 20  # read to see what a link would have to hold
MOMENT_BYTES_MAX = BINARY_BYTES_MAX
# What somebody brings is opened in a process of its own: beyond these it is refused with TOO_LARGE.
MOMENT_UNPACKED_MAX = 512 << 20  # bytes
MOMENT_INPUTS_MAX = 1_000_000
MOMENT_STEPS_MAX = 20_000_000  # to be done again
MOMENT_S_MAX = 50.0  # of work; then it is ended
MOMENT_MEMORY_MAX = 3 << 30  # bytes, where the system can say so
