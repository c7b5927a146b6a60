"""What is on the screen equals the engine: words against state and paint at known cells, after random commands at
random moments, the past included, whatever the angle."""

from __future__ import annotations

import pytest

from tests.browser import truth
from tests.browser.stage_page import Stage
from tests.support.server import PlaygroundServer

VIEWS = ("tapes", "brokers", "groups", "files")


def turn(stage: Stage, view: str) -> None:
    """By its key, as somebody who presents would."""
    stage.page.evaluate("document.activeElement?.blur()")
    stage.page.keyboard.press(str(["tapes", "brokers", "groups", "requests", "files"].index(view) + 1))
    stage.wait("(view) => document.documentElement.dataset.view === view", view)
    stage.wait("() => !document.querySelector('#view [data-testid=coming]')")


@pytest.mark.parametrize(
    ("commands", "every", "seed"),
    [(60, 6, 11), pytest.param(1000, 1, 12, marks=[pytest.mark.full, pytest.mark.timeout(3600)])],
)
def test_the_screen_equals_the_engine(
    stage: Stage, playground_server: PlaygroundServer, commands: int, every: int, seed: int
) -> None:
    """every: after so many commands the screen is compared, and at as many moments of the past."""
    server = playground_server
    hands = truth.Hands(server, seed)
    # seeds repeat the commands, not the moments: how far a run gets while it is waited for is the machine's affair
    server.do("speed", speed=32)
    server.do("pause")
    known: list[dict[str, object]] = []
    looked, story = 0, []
    for number in range(1, commands + 1):
        story.append(hands.do())
        known.append(server.state())  # with the command: a moment of the past is one after all that was done in it
        state = hands.wait()
        if number % every:
            continue
        view = hands.dice.choice(VIEWS)
        turn(stage, view)
        try:
            stage.wait(
                "([step, event]) => riacho.snapshot.step === step && riacho.snapshot.event === event",
                [state["step"], state["event"]],
            )
            if view == "files":
                truth.folders(stage, server, state)
            looked += truth.agrees(stage, state, "tapes" if view == "files" else view) if view != "files" else 1
            then = hands.dice.choice(known[-40:])
            if then["step"] != state["step"]:
                looked += look_back(stage, server, then, view)
        except AssertionError as wrong:
            raise AssertionError(f"After {story[-6:]}, seen as {view}: {wrong}") from wrong
    assert looked > 20 * commands / every


def look_back(stage: Stage, server: PlaygroundServer, then: dict[str, object], view: str) -> int:
    """Through the page's address, as somebody who was sent a link; then back to the present."""
    stage.page.evaluate(
        "(step) => { location.hash = location.hash.replace(/[#&]step=\\d+/, '') + `&step=${step}` }", then["step"]
    )
    stage.wait(
        "(step) => document.documentElement.hasAttribute('data-past') && riacho.snapshot.step === step", then["step"]
    )
    past = server.ask("look", step=then["step"])["state"]
    exactly = server.ask("look", step=then["step"], ms=then["at_ms"])["state"]
    truth.same(truth.words(exactly), truth.words(then), "past")  # looking back finds what was there
    found = 1
    if view == "files":
        truth.folders(stage, server, past)
    else:
        found = truth.agrees(stage, past, view)
    stage.page.keyboard.press("l")
    stage.wait("() => !document.documentElement.hasAttribute('data-past')")
    return found
