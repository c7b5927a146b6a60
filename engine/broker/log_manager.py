"""What a broker keeps in mind of its logs, besides the logs (``LogManager``, ``LogCleanerManager``).

State only; what is done with it stands in upkeep.py (what happens at every append), retention.py, flushing.py
and cleaning.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.broker.timetable import Key, Timetable
from engine.machine import MILLISECOND
from engine.storage.checkpoints import Offsets
from engine.storage.retention import age_ms

if TYPE_CHECKING:
    from engine.config import Config
    from engine.storage.cleaner import Round


JUMPS_MAX = 64  # of the calendar; of more, the oldest count as time lived


@dataclass(slots=True)
class Flush:
    """Files of a log that are being made durable. waiting: how many are not yet.

    copy: the number of the cleaner's round whose copy it is, 0 for closed segments. again: more were closed meanwhile.
    """

    key: Key
    waiting: int
    copy: int = 0
    again: bool = False


class LogManager:
    """calendar_offset: of the calendar now. was: what the broker's last life kept in mind, if it had one."""

    def __init__(self, config: Config, calendar_offset: int, was: LogManager | None = None) -> None:
        self.calendar_offset: int = was.calendar_offset if was is not None else calendar_offset
        # When the calendar was moved and by how much, in its milliseconds: retention counts time lived.
        self.jumps: list[tuple[int, int]] = list(was.jumps) if was is not None else []
        self.full = False  # the last write did not fit on the disk
        # from the last life
        self.clean = False  # it ended in good order
        self.recovery_points: Offsets = {}
        self.log_starts: Offsets = {}
        # retention
        self.retentions = Timetable("retention", config.log_retention_check_interval_ms * MILLISECOND)
        # flushing
        self.flushes: dict[int, Flush] = {}  # under way, by token
        self.flushing: dict[Key, int] = {}  # the token of a log's
        self.flushes_begun = 0
        self.alarms: dict[str, None] = {}  # of checkpoints that will be written
        # cleaning
        self.cleanings = Timetable("cleaner", config.log_cleaner_backoff_ms * MILLISECOND)
        self.dirty: dict[Key, None] = {}  # whose turn has come
        self.cleaned: Offsets = {}  # up to where
        self.round: tuple[Key, Round] | None = None  # under way
        self.rounds_begun = 0

    def calendar_set(self, now: int, offset: int) -> None:
        """From ``now`` on timestamps are now + offset."""
        by = (offset - self.calendar_offset) // MILLISECOND
        if by:
            self.jumps.append(((now + self.calendar_offset) // MILLISECOND, by))
            del self.jumps[:-JUMPS_MAX]
        self.calendar_offset = offset

    def age_ms(self, now: int, stamp_ms: int) -> int:
        """How much time was lived since ``stamp_ms``."""
        return age_ms((now + self.calendar_offset) // MILLISECOND, stamp_ms, self.jumps)
