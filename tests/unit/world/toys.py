"""Machines small enough to see through."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.events import EVENTS, Appended, BrokerStarted, Paused
from engine.machine import (
    NOTHING,
    Alarm,
    Close,
    Closed,
    Connect,
    Opened,
    Order,
    Refused,
    Request,
    Response,
    Tell,
    Wake,
    Write,
)
from engine.world.dice import Dice
from engine.world.world import World

MS = 1_000_000
SECOND = 1_000_000_000

assert EVENTS  # the toys tell real ones
STARTED = BrokerStarted(1)
UNIMPORTANT = Paused()
APPENDED = Appended("FIAP", 0, 1, 0, 0, "loja", 0)


class Puppet:
    """Does what it is told: an Order carries the effects to return. Keeps all it was handed.

    answers: it answers requests with their own body. at_settle: effects for the next settles, one list each.
    """

    traced = False

    def __init__(self, *, answers: bool = False, first: list[Any] | None = None) -> None:
        self.got: list[tuple[int, Any]] = []
        self.answers = answers
        self.first = first or []
        self.settled: list[int] = []
        self.at_settle: list[list[Any]] = []
        self.lives = 0

    def start(self, now: int) -> list[Any]:
        self.lives += 1
        return self.first

    def handle(self, now: int, message: Any) -> Any:
        self.got.append((now, message))
        if message.__class__ is Order:
            return message.command
        if message.__class__ is Request and self.answers:
            return [Response(message.connection, message.correlation, message.body)]
        return NOTHING

    def settle(self, now: int) -> Any:
        self.settled.append(now)
        return self.at_settle.pop(0) if self.at_settle else NOTHING


def world_of(*names: str, link_ns: int = MS, answers: bool = True, seed: int = 7) -> World:
    """A World of puppets."""
    world = World(seed, link_ns=link_ns)
    for name in names:
        world.add_node(name, Puppet(answers=answers))
    world.finish_instant()
    return world


def do(world: World, name: str, *effects: Any) -> None:
    """Let a puppet return these effects now."""
    world.order(name, list(effects))
    world.finish_instant()


def got(world: World, name: str, kind: type | None = None) -> list[Any]:
    """What a puppet was handed (of one kind), orders left out."""
    messages = [message for _, message in world.nodes[name].machine.got if message.__class__ is not Order]
    return [m for m in messages if kind is None or m.__class__ is kind]


def got_at(world: World, name: str, kind: type) -> list[int]:
    """When."""
    return [at for at, message in world.nodes[name].machine.got if message.__class__ is kind]


def connected(world: World, asker: str, target: str) -> int:
    """A connection between two puppets, ready to be used."""
    before = len(got(world, asker, Opened))
    do(world, asker, Connect(target, 0))
    while len(got(world, asker, Opened)) == before:
        assert world.step()
    world.finish_instant()
    connection: int = got(world, asker, Opened)[-1].connection
    return connection


@dataclass(slots=True)
class Said:
    """A body that marks itself, as those with record batches do."""

    words: str
    parts: list[int] = field(default_factory=list)

    def mark(self) -> int:
        return len(self.words)


class Chatter:
    """A toy with a life of its own: asks others at random, answers, closes, tells, sets alarms.

    It never looks at more than it was handed, and all its chance comes from the dice it was given.
    """

    traced = False

    def __init__(self, name: str, others: list[str], dice: Dice, life: int = 0) -> None:
        self.name, self.others, self.dice = name, others, dice
        self.correlation = life << 32
        self.open: dict[int, str] = {}
        self.outside: dict[int, int] = {}
        self.heard: list[tuple[int, int]] = []
        self.dirty = 0

    def start(self, now: int) -> list[Any]:
        return [Wake(now + self.dice.below(3 * MS), "chat"), Tell(STARTED)]

    def handle(self, now: int, message: Any) -> Any:
        self.dirty += 1
        kind = message.__class__
        if kind is Alarm:
            return [*self._chat(), Wake(now + self.dice.exponential(2 * MS), "chat", message.token + 1)]
        if kind is Opened:
            self.open[message.connection] = message.peer
        elif kind is Closed:
            self.open.pop(message.connection, None)
            self.outside.pop(message.connection, None)
        elif kind is Request:
            self.heard.append((message.connection, message.correlation))
            if self.dice.chance(0.9):
                return [Response(message.connection, message.correlation, message.body), *self._traffic()]
        elif kind is Response:
            self.heard.append((message.connection, message.correlation))
        elif kind.__name__ == "Frame":
            self.outside[message.connection] = self.outside.get(message.connection, 0) + 1
            return [Write(message.connection, [bytes(message.data), memoryview(b"!")])]
        elif kind is Refused:
            return [Tell(UNIMPORTANT)]
        return NOTHING

    def settle(self, now: int) -> Any:
        if self.dirty > 3 and self.open and self.dice.chance(0.3):
            self.dirty = 0
            return self._chat()
        self.dirty = 0
        return NOTHING

    def _traffic(self) -> list[Any]:
        return [Tell(APPENDED)] if self.traced else []

    def _chat(self) -> list[Any]:
        if not self.open or self.dice.chance(0.1):
            return [Connect(self.dice.choice(self.others), self.dice.below(100))]
        connection = self.dice.choice(list(self.open))
        if self.dice.chance(0.1):
            del self.open[connection]
            return [Close(connection)]
        self.correlation += 1
        return [Request(connection, self.correlation, Said("bom dia", [1, 2]), self.name)]


def chat_world(seed: int, nodes: int = 4, link_ns: int = MS) -> World:
    """Chatters that know each other, one unknown and themselves."""
    world = World(seed, link_ns=link_ns)
    names = [f"n{number}" for number in range(nodes)]
    for name in names:
        world.add_node(name, new_chatter(world, name, [*names, "nobody"]))
    return world


def new_chatter(world: World, name: str, others: list[str]) -> Chatter:
    known = world.nodes.get(name)
    return Chatter(name, others, world.dice(f"chatter/{name}"), known.incarnation + 1 if known else 1)
