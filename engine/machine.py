"""The contract between a machine and the World. The ground floor: it imports nothing of ours.

Theory of operation
-------------------
A machine is handed ``(now, message)`` and returns effects. It never sleeps, reads a clock, opens a
socket or a file. Whatever it wants to happen it returns; the World makes it happen and hands back
what came of it. So the same machine runs live, paused, stepped, replayed and in simulation.

What travels on a connection is the same object at both ends: a machine that *returns* a ``Request``
sends it, a machine that is *handed* a ``Request`` has received it. Nobody changes a message once it
was sent. Messages and effects are plain dataclasses with slots, not frozen: freezing costs a sixth
of the CPU, and tests freeze them to prove the rule.

Time is an integer count of virtual nanoseconds. A machine's state is plain data (no closure, bound
method, generator, file, lock): it can be copied, compared and written down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from engine.events import Event

MILLISECOND = 1_000_000
SECOND = 1_000_000_000


# --- on a connection: sent when returned, received when handed in ---------------------------------


@dataclass(slots=True)
class Request:
    """A question on ``connection``; its answer carries the same ``correlation``.

    body: a request dataclass (engine/wire/messages/, engine/quorum/messages.py).
    client: the client id as Kafka means it: a name chosen by the client, for people and quotas.
    """

    connection: int
    correlation: int
    body: Any
    client: str = ""


@dataclass(slots=True)
class Response:
    """The answer to the request with the same ``correlation`` on the same ``connection``."""

    connection: int
    correlation: int
    body: Any


# --- what a machine is handed besides requests and responses ---------------------------------------


@dataclass(slots=True)
class Alarm:
    """A ``Wake`` has come due. Alarms cannot be cancelled: an old ``token`` is ignored by its owner."""

    name: str
    token: int


@dataclass(slots=True)
class Opened:
    """The connection asked for with ``Connect`` stands."""

    connection: int
    peer: str
    token: int


@dataclass(slots=True)
class Refused:
    """The connection asked for with ``Connect`` did not come about: nobody listens at ``peer``."""

    peer: str
    token: int


@dataclass(slots=True)
class Accepted:
    """Somebody has connected to this machine.

    peer: a node's name, or ``tcp:HOST:PORT`` for a real client outside the World.
    address: ``HOST:PORT`` by which an outside client came in ("" for a node of the World).
    """

    connection: int
    peer: str
    address: str = ""


@dataclass(slots=True)
class Closed:
    """The connection is gone: closed by the peer, reset, or lost. Nothing more comes on it."""

    connection: int


@dataclass(slots=True)
class Frame:
    """One whole Kafka request as an outside client sent it, without its four bytes of length.

    data: never changed by anyone; record batches are kept as views of it.
    """

    connection: int
    data: bytes


@dataclass(slots=True)
class Synced:
    """A ``Sync`` has ended. error: "" or what the disk said."""

    file: str
    token: int
    error: str = ""


@dataclass(slots=True)
class CalendarSet:
    """Timestamps are ``now + offset`` nanoseconds since 1970 from here on (timers stay on ``now``)."""

    offset: int


@dataclass(slots=True)
class Order:
    """A command (engine/commands/) for this very machine: "produce this", "poll every 5 s"."""

    command: Any


Message: TypeAlias = (
    Request | Response | Alarm | Opened | Refused | Accepted | Closed | Frame | Synced | CalendarSet | Order
)


# --- effects ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Write:
    """Bytes for an outside client: whole responses, in the order of its requests."""

    connection: int
    chunks: list[bytes | memoryview]


@dataclass(slots=True)
class Connect:
    """Ask for a connection to the node named ``peer``: answered with ``Opened`` or ``Refused``."""

    peer: str
    token: int


@dataclass(slots=True)
class Close:
    """Close ``connection``. What was sent before still arrives; the peer is then handed ``Closed``."""

    connection: int


@dataclass(slots=True)
class Wake:
    """Hand me ``Alarm(name, token)`` at ``at`` (this machine's own clock)."""

    at: int
    name: str
    token: int = 0


@dataclass(slots=True)
class Sync:
    """Make ``file`` durable: answered with ``Synced`` after the disk's latency.

    Writes themselves are immediate in the machine's MemoryDisk, which is part of its state.
    """

    file: str
    token: int


@dataclass(slots=True)
class Tell:
    """A typed event for people, checks and invariants. It never changes state.

    Milestones are always told; traffic only while ``machine.traced`` is set.
    """

    event: Event


@dataclass(slots=True)
class Halt:
    """This machine's process ends in good order: what was sent still arrives, connections are closed."""


Effect: TypeAlias = Request | Response | Write | Connect | Close | Wake | Sync | Tell | Halt
Effects: TypeAlias = Sequence[Effect]
NOTHING: tuple[Effect, ...] = ()


@runtime_checkable
class Machine(Protocol):
    """All that the World knows of brokers, controllers and simulated clients.

    traced: somebody looks: tell traffic too. It is no part of the state: setting it changes no
    later step, so it is left out of copies' digests.
    """

    traced: bool

    def start(self, now: int) -> Effects:
        """Begin a life (after a crash: a new machine on the old disk)."""

    def handle(self, now: int, message: Message) -> Effects:
        """Take one message."""

    def settle(self, now: int) -> Effects:
        """Called once at the end of each instant in which the machine was touched."""


@dataclass(slots=True)
class Origin:
    """Where a request came from, so that its answer finds the way back, maybe much later.

    host: the client's address as DescribeGroups shows it.
    """

    connection: int
    correlation: int
    client: str = ""
    host: str = ""


@dataclass(slots=True)
class Answered:
    """An answer ready to go: ``response``, or ``failure`` if the records it depends on were not kept."""

    origin: Origin
    response: Any
    failure: Any = None


@dataclass(slots=True)
class Result:
    """What a coordinator decided: it has applied ``records`` to its own state already.

    partition: of the coordinator's log. records: (key, value) to append there. answers: released
    once the high watermark has passed the records (at once if there are none).
    """

    partition: int
    records: list[tuple[bytes | None, bytes | None]]
    answers: list[Answered]
    events: list[Event]
