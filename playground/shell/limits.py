"""What a shell may use, and what happens there.

Everything here is per line or per session; nobody's line can use up what another's needs.
"""

from __future__ import annotations

LINE_CHARACTERS_MAX = 16_384  # a longer one is refused before it runs
OUTPUT_CHARACTERS_MAX = 256 * 1024  # shown of one line; there it is stopped, and says so. In a pipe: PIPE_BYTES_MAX
PIPE_BYTES_MAX = 16 * 1024 * 1024  # of one ``aws`` command: GetRecords' 10 MiB, as base64
LINE_SECONDS = 30.0  # of a line, waiting included; there it is stopped
LINE_CPU_SECONDS = 10  # of a line; there the system ends its worker, and the shell is as before the line
GRACE_SECONDS = 2.0  # between asking a line to stop and ending its worker
WORKER_BYTES_MAX = 1024 * 1024 * 1024  # of address space; there allocations fail, and the worker may end
KEPT_BACK_BYTES = 128 * 1024 * 1024  # of that, while what a line leaves is packed: the next line needs some more
WORKER_FILES_MAX = 64  # open at once
WORKER_LINES_MAX = 1_000  # then a worker is replaced by a fresh one
COMMANDS_MAX = 20_000  # of a line: bashkit stops it
LOOPS_MAX = 10_000  # rounds of one loop: the same
VARIABLE_BYTES_MAX = 4 * 1024 * 1024  # of all variables together: the same
STATE_BYTES_MAX = 8 * 1024 * 1024  # of a session (files, packed); a line that leaves more is undone, and says so

WORKERS_MAX = 6  # lines at once; more wait for their turn
WORKERS_KEPT = 2  # that wait for work while shells are open
IDLE_SECONDS = 60.0  # without any shell open the workers end
SESSIONS_MAX = 64  # of all; a new one ends the one that has been left for longest, or is refused if none has been
SESSIONS_OF_ONE_MAX = 8  # of one browser: the same among its own
KEPT_SECONDS = 15 * 60.0  # a session whose tab has gone; then its files are gone
HISTORY_MAX = 500  # lines remembered; the oldest go
NAMES_MAX = 300  # files, and variables, offered for completion
UNREAD_CHARACTERS_MAX = 64 * 1024  # sent to a browser that has not said it has shown them; the rest waits here
