"""The director: sets a scenario up in a World and carries out what people ask.

It holds what belongs to no machine: which brokers and clients there are and were, the sandbox's pace,
and which commands were carried out already. It is part of the World's state, plain data, copied with
it. The work is in the files around: actions.py and hands.py (what each command does), snapshot.py and readers.py (what
the stage draws), inspect.py (records), pace.py (speed).

Brokers keep their disk from life to life; it lives here between them.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from engine.broker import Broker
from engine.broker.outside import Connection
from engine.clients.admin import Admin
from engine.clients.composer import Composer
from engine.clients.consumer import Consumer
from engine.clients.ledger import Ledger
from engine.clients.producer import Producer
from engine.cluster import actions, edge, hands, inspect, kinesis, scenario, snapshot
from engine.cluster.pace import Pace
from engine.cluster.roster import Hand, Place
from engine.commands import CommandRefused, parse, signature
from engine.config import standing
from engine.kinesis.applications.worker import StreamConsumer
from engine.kinesis.applications.writer import StreamProducer
from engine.kinesis.gateway.gateway import Gateway
from engine.lessons import referee
from engine.lessons.referee import Referee
from engine.limits import BEGIN_STEPS_MAX, COMMAND_IDS_MAX
from engine.machine import MILLISECOND
from engine.quorum.controller import CONTROLLER, Controller
from engine.storage.disk import MemoryDisk
from engine.world.inputs import COMMAND, Input
from engine.world.world import World

ADMIN, COMPOSER = "admin", "composer"
RESERVED = 1 << 20  # bytes of a broker's disk that its logs may not fill
BOOT_STEP, BOOT_MAX = 50 * MILLISECOND, 60_000 * MILLISECOND


class Cluster:
    """data: a scenario (scenario.py). seed: of all chance in it.

    keep_record: simulated clients keep lists of what was acknowledged and delivered, for checks.
    world: the kind of World it stands in.
    """

    DERIVED = ("tails", "ledger", "referee")  # made for those who look; a node's machine, and what it reads

    def __init__(
        self, data: dict[str, Any], seed: int = 0, *, keep_record: bool = False, world: type[World] = World
    ) -> None:
        self.given = data
        plan = scenario.read(data)
        self.name, self.config, self.keep_record = plan.name, plan.config, keep_record
        self.places: dict[int, Place] = {}
        self.hands: dict[str, Hand] = {}  # by client id
        self.group_settings: dict[str, dict[str, Any]] = {}
        self.pace = Pace()
        self.done: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}  # by (actor, id)
        self.cluster_id = f"riacho-{seed & 0xFFFFFFFF:08x}"
        self.storage_full = False  # the sandbox holds as many bytes as it may (edge.py)
        self.ledger = Ledger() if plan.lesson is not None else None  # what clients were told: the referee's book
        self.referee: Referee | None = None
        self.tails = inspect.Tails()
        self.world = world(seed, plan.calendar_ms * MILLISECOND, link_ns=plan.link_us * 1000, director=self)
        self._boot(plan)

    # --- setting up

    def _boot(self, plan: scenario.Scenario) -> None:
        world = self.world
        world.add_node(CONTROLLER, Controller(1, self.config, world.dice("topic ids")))
        for broker in range(1, plan.brokers + 1):
            self.add_broker(broker)
        self._until(lambda: self.image.offset > 0 and all(self.image.active(b) for b in self.places))
        world.add_node(ADMIN, Admin(ADMIN, self.broker_names()))
        composer = Composer(COMPOSER, self.broker_names())
        composer.ledger = self.ledger
        world.add_node(COMPOSER, composer)
        for topic in plan.topics:  # one after the other: each is checked against those before it
            actions.carry_out(self, topic)
            self._until(lambda name=topic.topic: name in self.image.topics)
        if "streams" in self.given:  # an empty list: there are none yet, but the service is there
            kinesis.opened(self)
        for stream in plan.streams:
            kinesis.adopt(self, stream)
            self._until(lambda: kinesis.ready(self))
        for producer in plan.producers:
            actions.carry_out(self, producer)
        for group in plan.groups:
            actions.carry_out(self, group)
        for application in (*plan.stream_producers, *plan.stream_consumers):
            actions.carry_out(self, application)
        world.finish_instant()
        if plan.lesson is not None and self.ledger is not None:
            if not world.advance(world.now + plan.begin_ms * MILLISECOND, BEGIN_STEPS_MAX):
                raise CommandRefused(
                    "INVALID_REQUEST",
                    f"Too much happens in the lesson's begin_ms (more than {BEGIN_STEPS_MAX:,} steps): make it "
                    "shorter, or the rates smaller.",
                )
            self.referee = Referee(self, plan.lesson, self.ledger)
            world.last = world.add_node(referee.NODE, self.referee)
            world.finish_instant()

    def _until(self, there: Any) -> None:
        world = self.world
        while not there():
            if world.now >= BOOT_MAX:
                raise CommandRefused("INVALID_REQUEST", "With these settings the cluster does not come up in a minute.")
            world.advance(world.now + BOOT_STEP)

    def add_broker(self, broker: int) -> None:
        disk = MemoryDisk(0 if self.storage_full else self.config.disk_quota_bytes, RESERVED)
        place = self.places[broker] = Place(broker, disk, "running", self.world.now)
        self.world.add_node(f"B{broker}", self._broker(place))

    def start_broker(self, broker: int) -> None:
        place = self.places[broker]
        place.life += 1
        place.state, place.since = "running", self.world.now
        self.world.start_node(f"B{broker}", self._broker(place))

    def _broker(self, place: Place) -> Broker:
        was = self.broker(place.broker).logs if place.life > 1 else None
        config = standing(self.config, self.rack(place.broker))
        broker = Broker(
            place.broker, config, place.disk, self.world.dice(f"broker {place.broker}"), life=place.life,
            calendar_offset=self.world.calendar_offset, cluster_id=self.cluster_id, logs=was,
        )  # fmt: skip
        broker.ledger = self.ledger
        return broker

    # --- what others ask of it

    def rack(self, broker: int) -> str:
        """Where it stands: the scenario's racks go round the brokers, those added later too. "": it has none."""
        racks: list[str] = self.given.get("racks") or [""]
        return racks[(broker - 1) % len(racks)]

    @property
    def controller(self) -> Controller:
        machine = self.world.nodes[CONTROLLER].machine
        assert isinstance(machine, Controller)
        return machine

    @property
    def image(self) -> Any:
        return self.controller.image

    def broker(self, broker: int) -> Broker:
        machine = self.world.nodes[f"B{broker}"].machine
        assert isinstance(machine, Broker)
        return machine

    def brokers(self) -> list[Broker]:
        """All of them, the dead ones as they were when they died."""
        return [self.broker(b) for b in self.places]

    def alive(self, broker: int) -> bool:
        return self.world.nodes[f"B{broker}"].alive

    def broker_names(self) -> list[str]:
        return [f"B{b}" for b in self.places]

    def open_brokers(self) -> list[int]:
        """Brokers whose ports must be open: their process runs and serves."""
        return [b for b in self.places if self.alive(b) and not self.broker(b).fenced]

    def connections(self) -> list[tuple[Broker, Connection]]:
        """Connections of real clients to the brokers that run."""
        return [
            (self.broker(b), connection)
            for b in self.places
            if self.alive(b)
            for connection in self.broker(b).outside.connections.values()
        ]

    def open_kinesis(self) -> Gateway:
        """The gateway of its Kinesis streams; it is made when it is first asked for."""
        return kinesis.opened(self)

    @property
    def gateway(self) -> Gateway | None:
        """The same, None where nobody has asked for it."""
        return kinesis.gateway(self)

    def producers(self) -> list[Producer]:
        return [m for m in self._clients("producer") if isinstance(m, Producer)]

    def consumers(self) -> list[Consumer]:
        return [m for m in self._clients("consumer") if isinstance(m, Consumer)]

    def stream_producers(self) -> list[StreamProducer]:
        return [m for m in self._clients(kinesis.PRODUCER) if isinstance(m, StreamProducer)]

    def stream_consumers(self) -> list[StreamConsumer]:
        return [m for m in self._clients(kinesis.CONSUMER) if isinstance(m, StreamConsumer)]

    def _clients(self, kind: str) -> list[Any]:
        return [self.world.nodes[h.node].machine for h in self.hands.values() if h.kind == kind]

    def state(
        self, tails: Container[tuple[str, int]] | None = None, told: list[dict[str, Any]] | None = None
    ) -> dict[str, Any]:
        """The snapshot for stage and API; what may be left out of it is said in snapshot.py."""
        return snapshot.state(self, tails, told)

    def record(self, topic: str, partition: int, offset: int) -> dict[str, Any]:
        """One record, with all that is known of it. Raises CommandRefused when it is not there."""
        return inspect.record(self, topic, partition, offset)

    # --- a lesson's doings

    def hold(self) -> None:
        """Time stands still from this instant on."""
        self.pace.paused = self.world.halt = True

    def release(self) -> None:
        self.pace.paused = self.world.halt = False

    def move(self, command: dict[str, Any]) -> None:
        """Carry out a command of the lesson itself. Raises CommandRefused."""
        hands.tidy(self)
        given = parse(command)
        try:
            actions.carry_out(self, given)
        except CommandRefused as refused:
            kinesis.tell_refused(self, given, refused.code)
            raise
        self.world.halt = self.pace.paused

    # --- inputs

    def apply(self, world: World, given: Input) -> dict[str, Any] | None:
        """Carry out an input. Raises CommandRefused; what was refused has changed nothing."""
        hands.tidy(self)
        if given.source == COMMAND:
            return self._command(given)
        if given.source in edge.SOURCES:
            edge.apply(self, given)
        return None

    def _command(self, given: Input) -> dict[str, Any]:
        payload = given.payload
        command = parse(payload)
        name = payload.get("id")
        key = (given.actor, name) if isinstance(name, str) and name else None
        if key is not None and key in self.done:
            what, result = self.done[key]
            if what != signature(command):
                raise CommandRefused(
                    "DUPLICATE_ID", f"The id {name!r} was used for another command: give each command its own."
                )
            return {**result, "again": True}
        if self.referee is not None:
            self.referee.permit(command.do)
        result = {"ok": True, "step": given.step, "at_ms": self.world.now / MILLISECOND}
        result |= actions.carry_out(self, command)
        self.world.halt = self.pace.paused
        if self.referee is not None:
            self.referee.moved(self.world.now, command.do)
        if key is not None:
            self.done[key] = (signature(command), result)
            while len(self.done) > COMMAND_IDS_MAX:
                del self.done[next(iter(self.done))]
        return result
