"""What the page costs a browser: how smoothly it is drawn, what it weighs, how soon there is a picture.

    python benchmarks/stage.py               headless Chromium, half a minute a scene
    python benchmarks/stage.py --quick       eight seconds a scene

Starts ``play`` and looks at two sandboxes, one after the other, to each of which a real client (confluent-kafka, a
process of its own) writes records of 100 bytes, and which a simulated group reads: 3 brokers x 6 partitions x 3
replicas with 5,000 records/s, and 12 x 100 x 3 with 20,000. Client, engine, web server and browser share this
machine's cores, and Chromium paints without a graphics card.

A frame's time is the time from one animation frame to the next, counted by a loop that asks for each of them (60 a
second when nothing is late); besides, how long the page's own work in one of them takes. The page's weight is what
came over the wire, compressed, until the picture stood; "first picture" is from the click to the painted cluster.

The exit code is 0 iff all goals below are reached.
"""

from __future__ import annotations

import platform
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # instead of this folder: its engine.py is not the engine

from house.venv import begin  # noqa: E402

P95_MS_MOST, WEIGHT_MOST, FIRST_MS_MOST, RATE_LEAST = 20.0, 600_000, 1_500, 0.95
WARM_S = 4.0
SCENES = [
    ("3 x 6 x 3, 5,000 records/s", {"brokers": 3, "partitions": 6}, 5_000, 4_096),
    ("12 x 100 x 3, 20,000 records/s", {"brokers": 12, "partitions": 100, "consumers": 6}, 20_000, 20_480),
]
# Runs before the page's own scripts and is not bound by its policy.
INIT = """
window.measured = {first: 0, frames: [], work: []};
new MutationObserver((_, watch) => {
  if (!document.documentElement.dataset.frame) return;
  watch.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => { measured.first = performance.now(); }));
}).observe(document, {attributes: true, subtree: true, attributeFilter: ['data-frame']});
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (act) => ask((now) => {
  const began = performance.now();
  act(now);
  measured.work.push(performance.now() - began);
});
window.measure = () => {
  measured.frames = [];
  measured.work = [];
  let last = performance.now();
  const tick = (now) => { measured.frames.push(now - last); last = now; ask(tick); };
  ask(tick);
};
"""


def main(arguments: list[str]) -> int:
    parser = ArgumentParser(description="Frame times, weight and first picture of the stage, in headless Chromium.")
    parser.add_argument("--quick", action="store_true", help="eight seconds a scene")
    given = parser.parse_args(arguments)
    seconds = 8.0 if given.quick else 30.0
    from playwright.sync_api import sync_playwright

    from benchmarks.playing import Playing, scenario
    from house import tools

    good = True
    with Playing() as play, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tools.ensure("chromium"), args=["--no-sandbox"])
        print(f"Chromium {browser.version}, headless, 1440 x 900; Python {platform.python_version()}")
        play.ask("/api/sandboxes/demo/commands", {"do": "pause"})
        weight, first = opening(browser, f"{play.url}/")
        good &= weight <= WEIGHT_MOST and first <= FIRST_MS_MOST
        print(f"page weight        {weight / 1000:8,.0f} KB   (at most {WEIGHT_MOST / 1000:,.0f})")
        print(f"first picture      {first:8,.0f} ms   (at most {FIRST_MS_MOST:,})")
        for title, settings, rate, bytes_most in SCENES:
            sandbox = play.sandbox(scenario(**settings))
            with play.busy(sandbox, rate=rate, partitions=settings["partitions"]):
                good &= watch(play, browser, title, sandbox, rate, bytes_most, seconds)
            play.ask(f"/api/sandboxes/{sandbox}/commands", {"do": "pause"})
        browser.close()
    print("reached" if good else "NOT reached")
    return 0 if good else 1


def opening(browser: Any, url: str) -> tuple[int, float]:
    """Bytes on the wire, milliseconds until the first picture (the median of three), each with an empty cache."""
    weights, firsts = [], []
    for _ in range(3):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="pt-BR")
        context.add_init_script(INIT)
        page = context.new_page()
        line = context.new_cdp_session(page)
        sizes: list[int] = []
        line.on("Network.loadingFinished", lambda event, sizes=sizes: sizes.append(event["encodedDataLength"]))
        line.send("Network.enable")
        page.goto(url)
        page.wait_for_function("() => measured.first > 0")
        page.wait_for_timeout(500)
        weights.append(sum(sizes))
        firsts.append(page.evaluate("measured.first"))
        context.close()
    return max(weights), median(firsts)


def watch(play: Any, browser: Any, title: str, sandbox: str, asked: int, bytes_most: int, seconds: float) -> bool:
    from benchmarks.playing import written

    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="pt-BR")
    context.add_init_script(INIT)
    page = context.new_page()
    sizes: list[int] = []

    def heard(text: Any) -> None:
        if isinstance(text, str) and text.startswith('{"t":"frame"') and '"k":' not in text[:60]:
            sizes.append(len(text))

    page.on("websocket", lambda socket: socket.on("framereceived", heard))
    page.goto(f"{play.url}/s/{sandbox}/")
    page.wait_for_function("() => measured.first > 0")
    page.wait_for_timeout(WARM_S * 1_000)
    sizes.clear()
    before, began = play.state(sandbox), time.monotonic()
    page.evaluate("measure()")
    page.wait_for_timeout(seconds * 1_000)
    found = page.evaluate("measured")
    after, wall = play.state(sandbox), time.monotonic() - began
    context.close()
    frames, work = sorted(found["frames"]), sorted(found["work"])
    rate = (written(after) - written(before)) / wall
    virtual = (after["at_ms"] - before["at_ms"]) / 1_000 / wall
    p95 = frames[int(len(frames) * 0.95)]
    print(title)
    print(f"  frame p95        {p95:8.1f} ms   (at most {P95_MS_MOST:.0f}); p50 {median(frames):.1f}, p99 "
          f"{frames[int(len(frames) * 0.99)]:.1f}, {len(frames) / wall:.0f} a second")  # fmt: skip
    print(f"  work at a time   {work[int(len(work) * 0.95)]:8.1f} ms   p95; p50 {median(work):.1f}, "
          f"{len(work) / wall:.0f} a second")  # fmt: skip
    print(f"  bytes a frame    {max(sizes):8,}      largest (at most {bytes_most:,}); p50 {median(sizes):,.0f}, "
          f"{len(sizes) / wall:.1f} a second")  # fmt: skip
    print(f"  records/s        {rate:8,.0f}      at {virtual:.2f} of the wall clock")
    return p95 <= P95_MS_MOST and max(sizes) <= bytes_most and rate >= RATE_LEAST * asked


if __name__ == "__main__":
    begin(dev=True)
    sys.exit(main(sys.argv[1:]))
