"""The follower's side of a partition: it copies its leader, and cuts what the leader never had.

A follower sends along the epoch of its last record (KIP-595). When its log has left the leader's,
the leader answers with the place where that happened, (epoch, end offset) on the leader's side, and
the follower cuts back. It may take several rounds, each goes back by one epoch at least
(KIP-101, KIP-279). Records it cuts were never below the high watermark, unless an unclean election
was allowed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.storage.log import Log


class Follower:
    """leader: the broker it copies. epoch: that leader's epoch, sent along so that either side can be fenced.

    retry_at: virtual time before which it does not fetch again, after an error.
    """

    __slots__ = ("epoch", "leader", "retry_at")

    def __init__(self, leader: int, epoch: int) -> None:
        self.leader, self.epoch = leader, epoch
        self.retry_at = 0


def cut_to(log: Log, diverging: tuple[int, int]) -> int:
    """The offset to truncate to when the leader says where the logs parted.

    diverging: the largest epoch not above ours that the leader has, and where it ended there.
    """
    epoch, end = diverging
    own_epoch, own_end = log.epoch_end(epoch)
    if own_epoch < 0:  # we know of no epoch, or of none so late
        return min(end, log.log_end)
    return min(end, own_end, log.log_end)
