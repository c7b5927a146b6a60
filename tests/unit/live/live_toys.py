"""Small stand-ins for what live/ drives: a machine that answers, a director, a clock, a transport."""

from __future__ import annotations

from engine.machine import Frame, Wake, Write
from engine.world.world import World

SECOND = 1_000_000_000


class Clock:
    def __init__(self):
        self.now = 100 * SECOND

    def __call__(self):
        return self.now


class Answerer:
    """Answers each frame with itself, at once; a frame that begins with "later" after a second."""

    def __init__(self):
        self.traced = False
        self.frames = []
        self.later = []

    def start(self, now):
        return ()

    def handle(self, now, message):
        if message.__class__ is Frame:
            self.frames.append((now, message.data))
            if message.data.startswith(b"later"):
                self.later.append(message)
                return [Wake(now + SECOND, "later")]
            return [Write(message.connection, [message.data])]
        if self.later:
            frame = self.later.pop(0)
            return [Write(frame.connection, [frame.data])]
        return ()

    def settle(self, now):
        return ()


class Director:
    """Keeps what it was given."""

    def __init__(self):
        self.given = []

    def apply(self, world, given):
        self.given.append((given.source, given.payload))
        return {"ok": True}


def answering_world():
    director = Director()
    world = World(1, director=director)
    world.add_node("B1", Answerer())
    return world, director


class Desk:
    """What connections report."""

    def __init__(self):
        self.heard = []

    def opened(self, connection):
        self.heard.append(("opened", connection))

    def received(self, connection, frames):
        self.heard.append(("received", connection, frames))

    def closed(self, connection):
        self.heard.append(("closed", connection))
