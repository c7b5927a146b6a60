"""The machine: its state, and which message goes where.

The files around this one hold the functions, one side of the work each; what they share is the
state below. They append effects to ``out``, answer through ``answer``, and keep no state of their own.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from engine import events
from engine.broker import (
    accounting,
    cleaning,
    deletion,
    fetch,
    fetcher,
    flushing,
    group_log,
    membership,
    produce,
    replicas,
    retention,
)
from engine.broker.inside import Inside
from engine.broker.log_manager import LogManager
from engine.broker.outside import Outside
from engine.broker.routes import ROUTES
from engine.clients.ledger import Ledger
from engine.commands import StopBroker
from engine.config import Config
from engine.groups.coordinator import GroupCoordinator
from engine.groups.membership import EndSessions
from engine.machine import (
    MILLISECOND,
    NOTHING,
    SECOND,
    Accepted,
    Alarm,
    CalendarSet,
    Close,
    Closed,
    Effect,
    Effects,
    Frame,
    Message,
    Opened,
    Order,
    Origin,
    Refused,
    Request,
    Response,
    Synced,
    Tell,
)
from engine.peers import Peers
from engine.quorum.image import MetadataImage
from engine.quorum.messages import IsrChange
from engine.replication.partition import Partition
from engine.replication.purgatory import Purgatory
from engine.storage.disk import MemoryDisk
from engine.world.dice import Dice

WAITING_MAX = 100_000  # produces and fetches that wait at once; beyond, a client is told REQUEST_TIMED_OUT


class Broker:
    """broker: its id. disk: what it finds from its previous lives. life: larger in each life.

    dice: for member ids. calendar_offset: timestamps are now + this, in nanoseconds. logs: what its last life kept
    in mind of the calendar.
    """

    DERIVED = ("ledger",)  # a way to what belongs to the referee

    def __init__(
        self,
        broker: int,
        config: Config,
        disk: MemoryDisk,
        dice: Dice,
        *,
        life: int = 1,
        calendar_offset: int = 0,
        cluster_id: str = "riacho",
        logs: LogManager | None = None,
    ) -> None:
        self.traced = False
        self.broker, self.config, self.disk, self.life = broker, config, disk, life
        self.calendar_offset, self.cluster_id = calendar_offset, cluster_id
        self.name = f"B{broker}"
        self.out: list[Effect] = []
        self.outside = Outside(f"B{broker}")
        self.inside = Inside()
        # membership
        self.epoch = -1
        self.image = MetadataImage()
        self.fenced = True
        self.stopping = False
        self.heartbeat_under_way = False
        self.control = Peers(self.name, SECOND, life, "control", 0)
        self.metadata = Peers(self.name, 30 * SECOND, life, "metadata", 1)
        # replicas
        self.partitions: dict[tuple[str, int], Partition] = {}
        self.isr_alarm = False  # it is set
        self.isr_again: list[IsrChange] = []  # asked of the controller, without an answer
        self.checkpointed: dict[tuple[str, int], int] = {}
        self.fetching = Peers(self.name, 30 * SECOND, life, "fetching", 2)
        self.rounds: dict[int, int] = {}  # by leader: running number of the fetch that counts
        self.refetch_alarm = False
        # who waits
        self.acks: Purgatory[produce.PartWait] = Purgatory("acks", WAITING_MAX, in_order=True)
        self.polls: Purgatory[fetch.FetchWait] = Purgatory("polls", WAITING_MAX)
        self.deletes: Purgatory[deletion.DeleteWait] = Purgatory("deletes", WAITING_MAX)
        self.logs = LogManager(config, calendar_offset, logs)
        # producer ids
        self.ids: tuple[int, int] = (0, 0)  # next, end of the block
        self.ids_asked = False
        self.waiting_for_ids: deque[Origin] = deque()
        # groups
        self.groups = GroupCoordinator(
            broker,
            dice,
            initial_rebalance_delay_ms=config.group_initial_rebalance_delay_ms,
            min_session_ms=config.group_min_session_timeout_ms,
            max_session_ms=config.group_max_session_timeout_ms,
            calendar_offset=calendar_offset,
        )
        self.groups_alarm_at = -1
        self.appended = 0  # records appended as a leader
        self.ledger: Ledger | None = None  # what real clients were told, where a lesson is going on

    # --- the machine's three calls

    def start(self, now: int) -> Effects:
        self.tell(events.BrokerStarted(self.broker))
        self.logs.calendar_set(now, self.calendar_offset)
        flushing.read(self)
        membership.register(self, now)
        return self.take()

    def handle(self, now: int, message: Message) -> Effects:
        kind = message.__class__
        if kind is Frame:
            asked = self.outside.read(message, self.out)  # type: ignore[arg-type]
            if asked is not None:
                if self.ledger is not None:
                    accounting.asked(self, now, asked[1])
                ROUTES[asked[1].__class__](self, now, *asked)
            elif message.connection not in self.outside.connections:  # type: ignore[union-attr]
                self._forget_fetches(message.connection)  # type: ignore[union-attr]
        elif kind is Request:
            origin = Origin(message.connection, message.correlation, message.client)  # type: ignore[union-attr]
            line = self.inside.lines.get(origin.connection)
            if line is not None:
                line.asked.append(origin.correlation)
            ROUTES[message.body.__class__](self, now, origin, message.body)  # type: ignore[union-attr]
        elif kind is Response:
            if message.connection in self.fetching.connections:  # type: ignore[union-attr]
                answer = self.fetching.answered(message)  # type: ignore[arg-type]
                if answer is not None:
                    fetcher.answered(self, now, answer)
            else:
                membership.answers(self, now, self.control.on(now, message, self.out))
                membership.answers(self, now, self.metadata.on(now, message, self.out))
        elif kind is Alarm:
            self._alarm(now, message)  # type: ignore[arg-type]
        else:
            self._other(now, message)
        return self.take() if self.out else NOTHING

    def settle(self, now: int) -> Effects:
        if self.acks.touched:
            produce.settle(self)
        if self.polls.touched:
            fetch.settle(self, now)
        if self.deletes.touched:
            deletion.settle(self)
        if self.outside.ready:
            self.outside.flush(self.out)
        return self.take() if self.out else NOTHING

    def take(self) -> list[Effect]:
        out, self.out = self.out, []
        return out

    # --- what the other files use

    def answer(self, origin: Origin, response: Any) -> None:
        """Let ``response`` go back to where the request came from."""
        if origin.connection in self.outside.connections:
            self.outside.answer(origin, response)
        elif origin.connection in self.inside.lines:
            self.inside.answer(origin, response, self.out)
        elif response is not None:
            self.out.append(Response(origin.connection, origin.correlation, response))

    def hang_up(self, connection: int) -> None:
        """Close a client's connection; what was answered on it before still goes out."""
        if connection in self.outside.connections:
            self.outside.hang_up(connection, self.out)
            self._forget_fetches(connection)
        else:
            self.inside.close(connection)
            self.out.append(Close(connection))

    def tell(self, event: events.Event) -> None:
        self.out.append(Tell(event))

    def calendar_ms(self, now: int) -> int:
        return (now + self.calendar_offset) // MILLISECOND

    @property
    def running(self) -> bool:
        """It serves clients: registered, caught up, and not on its way out."""
        return not self.fenced

    # --- routing

    def _alarm(self, now: int, alarm: Alarm) -> None:
        match alarm.name:
            case "acks":
                produce.expire(self, now, alarm.token)
            case "polls":
                fetch.expire(self, now, alarm.token)
            case "deletes":
                deletion.expire(self, now, alarm.token)
            case "retention":
                retention.ring(self, now, alarm.token)
            case "cleaner":
                cleaning.ring(self, now, alarm.token)
            case "clean":
                cleaning.work(self, now, alarm.token)
            case "recovery-points":
                flushing.write_recovery_points(self)
            case "log-starts":
                flushing.write_log_starts(self)
            case "heartbeat":
                membership.heartbeat(self, now)
            case "reregister":
                membership.register(self, now)
            case "refetch":
                fetcher.fetch_again(self, now)
            case "isr":
                replicas.shrink(self, now)
            case "isr-again":
                replicas.ask_isr_again(self, now)
            case "checkpoint":
                flushing.write_high_watermarks(self, now)
            case "groups":
                group_log.ring(self, now, alarm.token)
            case "metadata-again":
                membership.fetch_metadata(self, now)
            case _:
                self._connection_news(now, alarm)

    def _other(self, now: int, message: Message) -> None:
        match message:
            case Accepted():
                if message.peer.startswith("tcp:"):
                    self.outside.accept(message)
                elif not message.peer.startswith("B"):
                    if self.running:
                        self.inside.accept(message.connection)
                    else:
                        self.out.append(Close(message.connection))
            case Closed():
                self.inside.close(message.connection)
                if self.outside.close(message.connection, self.out):
                    self._forget_fetches(message.connection)
                else:
                    self._connection_news(now, message)
            case CalendarSet():
                self.calendar_offset = message.offset
                self.logs.calendar_set(now, message.offset)
                self.groups.calendar_offset = message.offset
            case Opened() | Refused():
                self._connection_news(now, message)
            case Synced():
                flushing.synced(self, now, message)
            case Order(command=StopBroker()):
                membership.stop(self, now)
            case Order(command=EndSessions(connection)):
                group_log.end_sessions(self, now, connection)

    def _forget_fetches(self, connection: int) -> None:
        for partition in self.partitions.values():
            partition.fetched_by.pop(connection, None)

    def _connection_news(self, now: int, message: Message) -> None:
        for answer in self.fetching.on(now, message, self.out):
            fetcher.answered(self, now, answer)
        membership.answers(self, now, self.control.on(now, message, self.out))
        membership.answers(self, now, self.metadata.on(now, message, self.out))
