"""A small sandbox without sockets: a cluster, people and real clients who do things to it, and what is written down."""

from __future__ import annotations

from random import Random

from engine.cluster import Cluster
from engine.live.groups import Group
from engine.live.history import History
from engine.live.journal import Position
from engine.live.replaying import replay_one
from engine.machine import MILLISECOND, SECOND
from engine.wire.codec import encode_request
from engine.wire.messages import ProducePart, ProduceRequest
from engine.wire.records import Record, encode_batch

SMALL = {
    "name": "small",
    "link_us": 500,
    "brokers": 3,
    "topics": [{"topic": "t", "partitions": 2, "replication": 3, "min_insync_replicas": 1}],
    "producers": [{"producer": "loja", "topic": "t", "rate": 4.0}],
    "groups": [{"group": "A", "topic": "t", "poll_ms": 500}],
}


class Paper:
    """A journal in memory."""

    def __init__(self):
        self.groups = []

    def tell(self):
        return Position(0, len(self.groups))

    def read(self, position=None):
        number = position.offset if position is not None else 0
        while number < len(self.groups):
            number += 1
            yield self.groups[number - 1], Position(0, number)


class Live:
    """now: a moment of the wall clock that only moves when told, for the history's share of the time."""

    def __init__(self, scenario=SMALL, seed=1, base=None, **more):
        self.scenario, self.seed = scenario, seed
        self.cluster = Cluster(scenario, seed)
        self.world = self.cluster.world
        self.paper = Paper()
        self.wall = 0
        self.history = History(self.cluster, self.paper, base, clock=self.clock, work=self.clock, **more)
        self.history.after_instant()
        self.commands = 0

    def clock(self):
        self.wall += 1
        return self.wall

    def give(self, *given, held=False):
        """Inputs: at once, or in the middle of the instant."""
        world = self.world
        inputs, results = world.admit(world.now if held else world.now + 1, list(given))
        if not held:
            world.finish_instant()
        self.paper.groups.append(Group(inputs[0].step, inputs[0].at, inputs[0].held, inputs))
        self._turned()
        return results

    def do(self, held=False, **command):
        self.commands += 1
        return self.give(("web", "command", {"id": f"c{self.commands}", **command}), held=held)[0]

    def client(self, broker=1):
        return self.give(("tcp", "accept", (f"tcp:10.0.0.1:{5000 + self.commands}", f"B{broker}", "h:1")))[0]

    def produce(self, connection, size=100, partition=0, held=False):
        data = encode_batch([Record(0, 1, None, bytes(size), [])]).to_bytes()
        self.commands += 1
        request = ProduceRequest(1, 30_000, [ProducePart("t", partition, data)])
        frame = encode_request(0, 9, self.commands, "kcat", request)
        self.give(("tcp", "frame", (connection, frame)), held=held)

    def run(self, ms):
        """In slices as the host does, with a mark now and then."""
        world = self.world
        until = world.now + ms * MILLISECOND
        while not world.advance(until, 100):
            self._turned()
        self.paper.groups.append(Group(world.steps, world.now, world.in_instant, []))
        self._turned()

    def step(self, count=1):
        for _ in range(count):
            self.world.step()
            self._turned()

    def _turned(self):
        self.wall += SECOND
        self.world.drain()
        self.history.after_instant()

    def anew(self, step=None, at=None):
        """A replay from the very beginning to a moment, as simple as can be."""
        cluster = Cluster(self.scenario, self.seed)
        world = cluster.world
        for group in self.paper.groups:
            if (step is not None and group.step > step) or (at is not None and group.at > at):
                break
            if group.inputs:
                replay_one(world, group)
        if step is not None:
            while world.steps < step:
                assert world.step()
            world.settle()
        if at is not None and (step is None or not (world.next_time() or at + 1) <= at):
            world.advance(at)
        return cluster


def lived(seed, turns=45, **more):
    """A sandbox in which a lot has happened."""
    live, dice = Live(seed=seed, **more), Random(seed)
    clients = []
    for _ in range(turns):
        what = dice.randrange(9)
        if what == 0:
            live.do(do="crash_broker", broker=dice.choice((1, 2, 3)))
        elif what == 1:
            live.do(do="start_broker", broker=dice.choice((1, 2, 3)))
        elif what == 2:
            clients.append(live.client(dice.choice((1, 2, 3))))
        elif what in (3, 4) and clients:
            live.produce(dice.choice(clients), dice.choice((10, 300, 9000)), dice.randrange(2))
        elif what == 5:
            live.step(dice.randrange(1, 30))  # paused: somewhere in the middle of an instant
            live.do(held=True, do="produce", topic="t", value=f"v{live.commands}")
            live.step(dice.randrange(1, 30))
            live.world.finish_instant()
        elif what == 6 and clients:
            live.give(("tcp", "close", clients.pop()))
        else:
            live.run(dice.choice((1, 50, 700, 4000)))
    live.run(500)
    return live
