"""When the loop looks and looks, and when it sleeps: on a clock that goes on with each look."""

from __future__ import annotations

import asyncio
import selectors
import socket

import pytest

from engine.live import lookout
from engine.live.lookout import CLOSE_NS, GIVE_WAY_NS, PUSHED_NS, HostLoop, Lookout, lookout_of

TICK = 10_000  # what a look takes


class Watched:
    """A lookout over one end of a pair of sockets. timeouts: what the system was asked; None would have slept."""

    def __init__(self, monkeypatch, cores=2):
        self.now, self.timeouts, self.at_look = 1_000_000_000, [], {}
        self.lookout = Lookout(cores)
        self.ours, self.theirs = socket.socketpair()
        self.lookout.register(self.ours, selectors.EVENT_READ)
        select = selectors.DefaultSelector.select

        def watched(selector, timeout=None):
            self.timeouts.append(timeout)
            self.at_look.get(len(self.timeouts), lambda: None)()
            return select(selector, 0)

        monkeypatch.setattr(selectors.DefaultSelector, "select", watched)
        monkeypatch.setattr(lookout, "monotonic_ns", self.tick)

    def tick(self):
        self.now += TICK
        return self.now

    def heard(self, *gaps):
        for gap in gaps:
            self.now += gap
            self.lookout.heard(self.now)

    def select(self, timeout=None):
        self.timeouts.clear()
        return [key.fileobj for key, _ in self.lookout.select(timeout)]


@pytest.fixture
def watched(monkeypatch):
    it = Watched(monkeypatch)
    yield it
    it.lookout.close()
    it.ours.close()
    it.theirs.close()


def test_without_requests_it_sleeps_as_any_selector_does(watched):
    assert watched.select() == [] and watched.timeouts == [None]
    watched.heard(0)  # one alone says nothing of a next
    assert watched.select(0.5) == [] and watched.timeouts == [0.5]


def test_a_client_that_asks_and_asks_is_found_without_a_sleep(watched):
    watched.heard(0, CLOSE_NS // 2)
    watched.at_look[7] = lambda: watched.theirs.send(b"x")
    assert watched.select() == [watched.ours] and watched.timeouts == [0] * 7


def test_when_it_asks_no_more_the_loop_sleeps_and_stays_asleep(watched):
    watched.heard(0, CLOSE_NS // 2)
    assert watched.select() == []
    assert watched.timeouts[-1] is None and set(watched.timeouts[:-1]) == {0}
    assert len(watched.timeouts) <= CLOSE_NS // TICK + 1
    assert watched.select() == [] and watched.timeouts == [None]


def test_requests_far_apart_never_keep_it_awake(watched):
    watched.heard(0, CLOSE_NS, CLOSE_NS, 10 * CLOSE_NS)
    assert watched.select() == [] and watched.timeouts == [None]


def test_a_timer_that_is_due_is_not_kept_waiting(watched):
    watched.heard(0, CLOSE_NS // 2)
    assert watched.select(20 * TICK / 1e9) == [] and 15 < len(watched.timeouts) < 25
    watched.at_look[3] = lambda: watched.theirs.send(b"x")
    assert watched.select() == [watched.ours] and watched.timeouts == [0, 0, 0]  # it is expected still


def test_who_is_pushed_off_the_core_gives_way_for_a_while(watched):
    watched.heard(0, CLOSE_NS // 2)
    watched.at_look[4] = lambda: watched.tick() and setattr(watched, "now", watched.now + PUSHED_NS)
    assert watched.select() == [] and watched.timeouts == [0, 0, 0, 0, None]
    watched.heard(0, CLOSE_NS // 2)
    assert watched.select() == [] and watched.timeouts == [None]
    watched.heard(GIVE_WAY_NS, CLOSE_NS // 2)
    assert watched.select() == [] and watched.timeouts[0] == 0


def test_with_one_core_it_always_sleeps(monkeypatch):
    it = Watched(monkeypatch, cores=1)
    it.heard(0, 1_000, 1_000)
    assert it.select() == [] and it.timeouts == [None]
    it.lookout.close()


def test_a_hosts_loop_has_one_and_others_have_none():
    with asyncio.Runner(loop_factory=HostLoop) as runner:
        assert isinstance(lookout_of(runner.get_loop()), Lookout)
        assert runner.run(asyncio.sleep(0, "done")) == "done"
    with asyncio.Runner() as runner:
        assert lookout_of(runner.get_loop()) is None
