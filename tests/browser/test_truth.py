"""What is on the screen equals the engine: words against state and paint at known cells, after random commands at
random moments, the past included, whatever the angle."""

from __future__ import annotations

import pytest
from playwright.sync_api import TimeoutError

from tests.browser import canvas, truth
from tests.browser.stage_page import Stage
from tests.support.server import PlaygroundServer

VIEWS = ("tapes", "brokers", "groups", "files")
# Shelves of all scales and many widths, each with a lane of all keys, half of them committed, as the view paints them.
SHELVES = """async ([fullInset, openInset, step]) => {
  const { paintShelf } = await import('/static/js/views/shelf_paint.js');
  const { shelfLayout } = await import('/static/js/views/shelves.js');
  const { palette } = await import('/static/js/palette.js');
  await document.fonts.load('650 12px "JetBrains Mono Variable"', '7');
  const topic = {name: 't', internal: false};
  const tail = {first: 0, keys: '01234567'.repeat(5)};
  const partition = {id: 0, end: 40, hw: 30, start: 0, leader: 1, replicas: [], tail};
  const replica = {broker: 1, start: 0, end: 40, alive: true, in_sync: true};
  const held = [true, false, true].map((leader) => ({topic, partition, replica, leader, dead: false, out: false}));
  const found = [];
  const look = (scale, u, width) => {
    const layout = shelfLayout([{topic, held}], width, scale, u, {open: new Set()});
    if (!layout.rows) return;
    const paper = new OffscreenCanvas(Math.ceil(width), Math.ceil(layout.height));
    const lens = paper.getContext('2d', {willReadFrequently: true});
    lens.fillStyle = palette().card;
    lens.fillRect(0, 0, paper.width, paper.height);
    paintShelf(lens, layout, palette());
    const {data} = lens.getImageData(0, 0, paper.width, paper.height);
    for (const {leader, x0, first, count, cell, gap, middle} of layout.items) {
      for (let offset = first; offset < Math.min(leader ? 40 : 30, first + count); offset++) {
        const full = offset < 30;
        const x = x0 + (offset - first) * cell + (cell - gap) * (full ? fullInset : openInset);
        const at = 4 * (Math.floor(middle) * paper.width + Math.floor(x));
        const color = [0, 1, 2].map((i) => data[at + i].toString(16).padStart(2, '0')).join('');
        found.push([leader, full, offset % 8, `#${color}`, `${scale} ${u} ${width}`]);
      }
    }
  };
  for (const scale of [1.75, 1.5, 1.25, 1, 0.88, 0.76]) {
    for (const u of [1, 1.9]) for (let wide = 150; wide < 600; wide += step) look(scale, u, wide * u);
  }
  return found;
}"""


def turn(stage: Stage, view: str) -> None:
    """By its key, as somebody who presents would."""
    stage.page.evaluate("document.activeElement?.blur()")
    stage.page.keyboard.press(str(["tapes", "brokers", "groups", "requests", "files"].index(view) + 1))
    stage.wait("(view) => document.documentElement.dataset.view === view", view)
    stage.wait("() => !document.querySelector('#view [data-testid=coming]')")


LONG = [pytest.mark.full, pytest.mark.timeout(1200)]


@pytest.mark.parametrize(
    ("commands", "every", "seed"), [(36, 6, 11), *(pytest.param(200, 1, seed, marks=LONG) for seed in range(12, 17))]
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
        except (AssertionError, TimeoutError) as wrong:
            where = f"{number}. at {stage.page.url}, seen as {view}"
            raise AssertionError(f"After {story[-6:]}, {where}: {wrong}") from wrong
    assert looked > 20 * commands / every


@pytest.mark.full
@pytest.mark.parametrize(("step", "least"), [(22.6, 5_000), pytest.param(11.3, 10_000, marks=pytest.mark.full)])
def test_where_paint_is_read_is_nothing_but_paint(stage: Stage, step: float, least: int) -> None:
    """No digit, outline or edge of a record comes to the point at which the test above looks, whatever the room."""
    keys, card = canvas.KEYS["light"].lower().split(), canvas.CARD["light"]
    found = stage.page.evaluate(SHELVES, [truth.FULL_INSET, truth.OPEN_INSET, step])
    assert len(found) > least
    for leader, full, key, color, where in found:
        right = (keys[key] if leader else canvas.mixed(keys[key], card, 0.62)) if full else card
        assert canvas.close(color, right), (where, leader, full, key, color)


def look_back(stage: Stage, server: PlaygroundServer, then: dict[str, object], view: str) -> int:
    """Through the page's address, as somebody who was sent a link; then back to the present."""
    # it tells the way back a little later (deeplink.js); to ask for what it still says would be no change of it
    stage.wait("(step) => !location.hash.split(/[#&]/).includes(`step=${step}`)", then["step"])
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
