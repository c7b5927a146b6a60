"""What is shown of a simulated consumer: read off its parts, which others change."""

from __future__ import annotations

from engine.clients.client import Client
from engine.clients.commits import Commits
from engine.clients.membership import LEFT, Membership
from engine.clients.positions import Positions, TopicPartition


class Shown(Client):
    """work_ms: what its application takes for a record. commit: when positions are committed, as commands name it."""

    membership: Membership
    positions: Positions
    commits: Commits
    delivered: int
    work_ms = 0
    commit = "auto"

    @property
    def member(self) -> str:
        """Its member id, "" before it has one."""
        return self.membership.member

    @property
    def assigned(self) -> dict[str, list[int]]:
        return self.positions.assigned()

    @property
    def position(self) -> dict[TopicPartition, int]:
        """The offset of the next record the application will be handed, where that is known yet."""
        return self.positions.known()

    @property
    def committed(self) -> dict[TopicPartition, int]:
        return dict(self.commits.committed)

    @property
    def processed(self) -> int:
        """Records that the application is done with."""
        return self.delivered

    @property
    def working(self) -> list[tuple[str, int, int]]:
        """(topic, partition, offset) of what it was handed and is not done with."""
        return []

    @property
    def busy(self) -> bool:
        """It is at work and does not poll."""
        return False

    @property
    def left(self) -> bool:
        """It has left its group for good, or given up trying: it can be removed."""
        return self.membership.state == LEFT

    @property
    def idle(self) -> bool:
        """Nothing will come of it any more: it can be removed."""
        return self.left
