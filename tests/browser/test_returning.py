"""A viewer who slept, whose network went away without a word, or whose server was started again: on its return it
shows the truth within two seconds, and has missed no numbered event (or was told of the gap, once)."""

import os
import signal
import threading
import time

import pytest
from playwright.sync_api import expect

from playground import selectors
from tests.browser.test_connections import whole
from tests.support.hole import Hole
from tests.support.play import free_ports, played

TRUTH_S = 2.0
BUSY_S = 10.0  # on a machine that has more to do than it can


def patience():
    return TRUTH_S if os.getloadavg()[0] < (os.cpu_count() or 1) else BUSY_S


class Sleeper:
    """A page whose process the system stops and wakes, as it does when a laptop is shut and opened again."""

    def __init__(self, stage):
        line = stage.page.context.browser.new_browser_cdp_session()
        found = line.send("SystemInfo.getProcessInfo")["processInfo"]
        self.processes = [process["id"] for process in found if process["type"] == "renderer"]
        assert self.processes

    def sleep(self):
        self.asleep = time.monotonic()
        for process in self.processes:
            os.kill(process, signal.SIGSTOP)

    def wake(self):
        """When it was. A page that has slept for less than three seconds does not notice."""
        while time.monotonic() < self.asleep + 3.0:
            threading.Event().wait(0.05)
        self.end()
        return time.monotonic()

    def end(self):
        for process in self.processes:
            os.kill(process, signal.SIGCONT)


@pytest.fixture
def sleeper():
    """``sleeper(stage)``: a Sleeper, which is awake again whatever happens."""
    made = []

    def make(stage):
        made.append(Sleeper(stage))
        return made[-1]

    yield make
    for one in made:
        one.end()


def much(server, events):
    """Minutes of virtual time, with so many numbered events in them; then time stands still."""
    before = server.state()["at_ms"]
    server.do("speed", speed=64)
    for number in range(events):
        server.do("set_producer", producer="loja", rate=1.0 + number)
    server.wait_for(lambda s: s["at_ms"] > before + 60_000)
    server.do("speed", speed=1)
    server.do("pause")
    return server.state()


def shows(stage, state, since):
    """The page tells what the engine does, soon enough."""
    stage.wait("(step) => riacho.snapshot?.step === step", state["step"])
    took = time.monotonic() - since
    assert took < patience(), f"it took {took:.1f} s"
    mine = stage.page.evaluate(
        "() => riacho.snapshot.topics.map((t) => t.partitions.map((p) => [p.leader, p.hw, p.end]))"
    )
    assert mine == [[[p["leader"], p["hw"], p["end"]] for p in t["partitions"]] for t in state["topics"]]
    stage.wait("(n) => seen.numbers.includes(n)", state["event"])


def test_a_page_that_slept_while_much_happened_has_missed_nothing(stage, playground_server, sleeper):
    before = whole(stage)
    page = sleeper(stage)
    page.sleep()
    state = much(playground_server, 30)
    shows(stage, state, page.wake())
    assert whole(stage)[0] == before[0]


@pytest.mark.full
def test_a_line_that_only_looked_open_is_replaced_and_nothing_is_missed(visit, playground_server, sleeper):
    with Hole(playground_server.server.port) as hole:
        stage = visit(hole.url)
        before = whole(stage)
        page = sleeper(stage)
        page.sleep()
        hole.swallow()
        playground_server.do("crash_broker", broker=3)
        playground_server.do("pause")
        state = playground_server.state()
        assert state["event"] > before[-1]
        shows(stage, state, page.wake())
        assert whole(stage)[0] == before[0]
        assert stage.page.evaluate("seen.helloes") == 2


def test_who_was_away_for_too_many_events_is_told_of_the_gap_once(visit, playground_server, monkeypatch, sleeper):
    monkeypatch.setattr(selectors, "EVENTS_AT_ONCE_MAX", 20)
    monkeypatch.setattr(selectors, "HELLO_EVENTS", 10)
    with Hole(playground_server.server.port) as hole:
        stage = visit(hole.url)
        known = whole(stage)[-1]
        page = sleeper(stage)
        page.sleep()
        hole.swallow()
        for number in range(40):
            playground_server.do("set_producer", producer="loja", rate=1.0 + number)
        playground_server.do("pause")
        state = playground_server.state()
        shows(stage, state, page.wake())
        seen = stage.page.evaluate("seen.numbers")
        gaps = [one for one in seen if isinstance(one, str)]
        assert len(gaps) == 1
        first, last = map(int, gaps[0].removeprefix("gap ").split("-"))
        assert first > known and last == state["event"] - 10
        numbers = [one for one in seen if not isinstance(one, str)]
        assert {*numbers, *range(first, last + 1)} == set(range(min(numbers), state["event"] + 1))


def test_while_the_engine_starts_its_progress_is_shown_and_then_the_truth(stage, playground_server):
    banner = stage.page.get_by_test_id("banner")
    stage.watch.expected.append("503 (Service Unavailable)")  # the timeline asks over HTTP
    playground_server.end()
    expect(banner).to_contain_text("O motor parou")
    client = playground_server.client
    playground_server.loop.call_soon_threadsafe(lambda: client.set_state("starting", progress=0.4))
    expect(banner).to_contain_text("40 %")
    playground_server.begin()
    ready = time.monotonic()
    playground_server.do("pause")
    shows(stage, playground_server.state(), ready)
    expect(banner).to_have_count(0)


def test_a_server_that_is_started_again_is_followed_without_a_gap(visit, tmp_path):
    ports = {"--port": free_ports(6), "--data": tmp_path / "data"}
    ports["--kafka-port"] = ports["--port"] + 1
    options = [str(each) for pair in ports.items() for each in pair]
    with played(*options) as play:
        stage = visit(play.url)
        stage.watch.expected += ["WebSocket connection to", "Failed to load resource"]
        play.command(do="add_producer", topic="FIAP", producer="rapido", rate=1000.0)
        play.command(do="crash_broker", broker=3)
        stage.wait("() => riacho.snapshot.producers.some((p) => p.id === 'rapido' && p.acked > 500)")
        before = whole(stage)
        play.end(signal.SIGKILL)
        expect(stage.page.get_by_text("Reconectando…")).to_be_visible()
    with played(*options) as again:
        again.printed("web ")
        again.until(lambda: again.get("/healthz")[0] == 200)
        ready = time.monotonic()
        again.command(do="pause")
        shows(stage, again.get("/api/sandboxes/demo/state")[1], ready)
        expect(stage.page.get_by_test_id("banner")).to_have_count(0)
        assert whole(stage)[0] == before[0]
