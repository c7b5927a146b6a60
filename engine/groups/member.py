"""One member of a group, as its coordinator knows it."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.machine import Origin

Protocols = list[tuple[str, bytes]]  # (assignor, metadata), in the member's order of preference


@dataclass(slots=True)
class Member:
    """id: given by the coordinator. instance: its own lasting name, for a *static* member (KIP-345).

    joining, syncing: the request that waits at the first or second barrier, if one does.
    new: it has not been in a generation yet; while it waits only ``deadline`` guards its place.
    deadline: when it is given up unless it is heard of, in virtual nanoseconds; None while it waits
    at a barrier, for then the coordinator owes it a word, not the other way round.
    heard_at: when it last said something; connection: on which, -1 if it has not since this coordinator leads.
    """

    id: str
    client: str
    host: str
    session_timeout_ms: int
    rebalance_timeout_ms: int
    protocols: Protocols
    instance: str | None = None
    assignment: bytes = b""
    joining: Origin | None = None
    syncing: Origin | None = None
    new: bool = False
    deadline: int | None = None
    heard_at: int = 0
    connection: int = -1
    names: tuple[str, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        self.wish(self.protocols)

    def wish(self, protocols: Protocols) -> None:
        """Replace what it wants. names: its assignors, each once."""
        self.protocols = protocols
        self.names = tuple(dict.fromkeys(name for name, _ in protocols))

    def metadata(self, protocol: str | None) -> bytes:
        """What it wants, in the words of ``protocol``."""
        return next((metadata for name, metadata in self.protocols if name == protocol), b"")

    @property
    def waits(self) -> bool:
        """It is at a barrier, so silence is not its fault. A new one may be gone all the same."""
        return not self.new and (self.joining is not None or self.syncing is not None)
