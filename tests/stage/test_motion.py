"""Where things are on their way, when they set out, and how much of a busy way is shown: pure functions of the page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page


@pytest.fixture
def call(blank: Page) -> Any:
    """``call("motion/clock.js", "(m) => m.progress(...)")``: with a module of the page."""

    def call(module: str, act: str, argument: Any = None) -> Any:
        return blank.evaluate(f"async (given) => ({act})(await import('/static/js/{module}'), given)", argument)

    return call


def row(n: int, cause: int, sent: float, **more: Any) -> dict[str, Any]:
    base = {"n": n, "cause": cause, "sent_ms": sent, "at_ms": sent + 1, "from": "B1", "to": "B2", "api": "Fetch"}
    return {**base, "kind": "request", "step": n, "params": {}, **more}


def test_a_place_on_the_way_depends_on_nothing_but_sent_received_and_now(call: Any) -> None:
    parts = call(
        "motion/clock.js",
        "(m) => [0, 100, 150, 200, 900].map((now) => m.progress({sent: 100, received: 200}, now))",
    )
    assert parts == [0, 0, 0.5, 1, 1]


def test_the_clock_stands_still_when_stopped_and_runs_just_as_far_as_a_step_needs(call: Any) -> None:
    seen = call(
        "motion/clock.js",
        """(m) => {
          let wall = 1000;
          const clock = new m.Clock(() => wall);
          const seen = [clock.now];
          clock.stop(); wall += 500; seen.push(clock.now);
          clock.go(); wall += 50; seen.push(clock.now);
          clock.stop(); wall += 500; clock.goUntil(clock.now + 100); wall += 40; seen.push(clock.now, clock.still);
          wall += 400; seen.push(clock.now, clock.still);
          clock.go(); wall += 10; seen.push(clock.now);
          return seen;
        }""",
    )
    assert seen == [1000, 1000, 1050, 1090, False, 1150, True, 1160]


def test_what_arrives_while_a_picture_is_being_drawn_does_not_hang_in_the_air(call: Any) -> None:
    """A slow picture: when it began the flight was on its way, when it was done the step's time was over."""
    left = call(
        "flights.js",
        """async (m) => {
          const { Clock } = await import('/static/js/motion/clock.js');
          const frames = [];
          const ask = window.requestAnimationFrame;
          window.requestAnimationFrame = (act) => frames.push(act);
          const stage = {feed: {listen() {}}, past: {on: false}, view: {view: 'tapes'}};
          const flights = new m.Flights(document.createElement('canvas'), {}, stage);
          let wall = 0;
          flights.clock = new Clock(() => wall);
          flights.places = {of: () => null};
          const wipe = flights.wipe;
          flights.wipe = function () { wall += 16; return wipe.call(this); };
          flights.clock.stop();
          flights.add({from: 'B1', to: 'B2', sent: 0, received: 20});
          flights.land();
          flights.go();
          let drawn = 0;
          for (; frames.length && drawn < 100; drawn++) frames.shift()();
          window.requestAnimationFrame = ask;
          return [flights.flying.length, flights.told().still, drawn];
        }""",
    )
    assert left == [0, True, 3]


def test_causes_are_shown_before_their_effects_and_a_step_is_over_in_five_seconds(call: Any) -> None:
    act = """(m, [rows, pace]) => {
      const planned = m.schedule(rows, {now: 1000, pace, since: 0, arrivals: new Map()});
      return planned.map(({row, sent, received}) => [row.n, sent, received]);
    }"""
    chain = [row(1, 0, 10.0), row(2, 1, 11.0), row(3, 1, 11.0), row(4, 3, 12.0)]
    planned = {n: (sent, got) for n, sent, got in call("motion/schedule.js", act, [chain, {"paused": True}])}
    assert planned[2][0] >= planned[1][1] and planned[3][0] >= planned[1][1] and planned[4][0] >= planned[3][1]
    long = [row(n, n - 1, float(n)) for n in range(1, 60)]
    planned = {n: (sent, got) for n, sent, got in call("motion/schedule.js", act, [long, {"paused": True}])}
    assert max(got for _, got in planned.values()) <= 6000
    assert all(planned[n][0] >= planned[n - 1][1] - 0.001 for n in range(2, 60))


def test_five_records_a_second_fly_each_sixty_in_batches_and_more_are_a_stripe(call: Any) -> None:
    act = """(m, perSecond) => {
      const rates = new m.Rates();
      for (let i = 0; i <= 30; i++) {
        const partitions = [{id: 0, end: Math.floor(perSecond * i / 10)}];
        const topics = [{name: 't', partitions}];
        rates.hear({sandbox: 's', step: i, producers: [], groups: [], topics}, i * 100);
      }
      const samples = [0, 1900, 2000].map((now) => rates.sample('x', now));
      return [rates.kind('log t-0'), Math.round(rates.rate('log t-0')), ...samples];
    }"""
    for rate, kind in [(1, "each"), (5, "each"), (20, "batch"), (60, "batch"), (400, "stripe")]:
        found = call("motion/rates.js", act, rate)
        assert found == [kind, rate, True, False, True]


def test_an_election_and_a_rebalance_are_acts_whose_steps_are_their_events(call: Any) -> None:
    def event(n: int, code: str, **params: Any) -> dict[str, Any]:
        return {"n": n, "code": code, "at_ms": n, "step": n, "node": "", "cause": 0, "params": params}

    events = [
        event(1, "broker_crashed", broker=3, leads=2),
        event(2, "broker_fenced", broker=3, silent_ms=1500),
        event(3, "leader_elected", topic="t", partition=0, leader=1, was=3, isr=[1, 2], why="failover"),
        event(4, "leader_elected", topic="t", partition=1, leader=2, was=3, isr=[1, 2], why="failover"),
        event(
            5, "leader_elected", topic="__consumer_offsets", partition=1, leader=2, was=3, isr=[1, 2], why="failover"
        ),
        event(6, "rebalance_started", group="A", generation=2, why="joined", who="A-2", members=2),
        event(7, "assignment_made", group="A", generation=2, assignments={"A-1": ["t-0"]}, idle=[], partitions=1),
        event(8, "topic_created", topic="u", partitions=1, replication=1),
    ]
    act = """(m, events) => {
      const acts = new Map();
      m.stage(events, acts);
      return [...acts.values()].map((one) => [one.kind, one.steps.map((step) => [step.code, step.events.length])]);
    }"""
    assert call("motion/acts.js", act, events) == [
        ["election", [["broker_crashed", 1], ["broker_fenced", 1], ["leader_elected", 2]]],
        ["rebalance", [["rebalance_started", 1], ["assignment_made", 1]]],
    ]


def test_in_the_diagram_time_goes_down_what_is_at_one_moment_stands_on_one_line_and_long_gaps_are_cut(
    call: Any,
) -> None:
    rows = [
        row(1, 0, 0.0, **{"from": "a", "to": "b"}), row(2, 1, 1.0, **{"from": "b", "to": "a"}),
        row(3, 1, 1.0, **{"from": "b", "to": "c"}), row(4, 0, 500.0, **{"from": "a", "to": "c"}),
    ]  # fmt: skip
    act = """(m, rows) => m.plan(rows, ['a', 'b', 'c'], {width: 600, left: 100, right: 100, wide: () => 60})"""
    plan = call("requests/plan.js", act, rows)
    arrows = {arrow["row"]["n"]: arrow for arrow in plan["arrows"]}
    assert [arrows[1]["x0"], arrows[1]["x1"], arrows[4]["x1"]] == [100, 300, 500]
    assert all(arrow["y1"] > arrow["y0"] for arrow in arrows.values())
    assert arrows[2]["y0"] > arrows[1]["y1"], "what comes of it is written below it"
    assert arrows[2]["y0"] == arrows[3]["y0"], "two ways: their words do not meet"
    assert [cut["ms"] for cut in plan["cuts"]] == [498] and arrows[4]["y0"] > arrows[3]["y1"] + 40


def test_words_that_would_stand_on_each_other_are_put_one_below_the_other(call: Any) -> None:
    rows = [row(n, 0, 0.0, **{"from": name, "to": "c"}) for n, name in [(1, "a"), (2, "b")]]
    act = """(m, [rows, wide]) => m.plan(rows, ['a', 'b', 'c'], {width: 600, left: 100, right: 100, wide: () => wide})
      .arrows.map((one) => one.y0)"""
    first, second = call("requests/plan.js", act, [rows, 100])
    assert first == second
    first, second = call("requests/plan.js", act, [rows, 250])
    assert second >= first + 24
