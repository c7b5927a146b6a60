"""Take the moving picture of the README anew: ``python -m tests.browser.moving`` (see --help).

The real stage in front of the real engine: records fly, the leader of a partition is killed by a click, another one is
elected, and the dead broker is started and catches up. Chromium hands over each picture it paints; they are put
together by ffmpeg, which has to be there (Debian, Ubuntu: apt-get install ffmpeg; macOS: brew install ffmpeg).
"""

from __future__ import annotations

import argparse
import base64
import bisect
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright

from tests.browser.stage_page import Stage, Watch

ROOT = Path(__file__).resolve().parents[2]
SIZE = {"width": 1120, "height": 700}
BYTES_MOST = 1_500_000
MORE_RATE = 3.0  # records a second: enough to see them fly
# A hand, since a headless browser shows none: it goes to a button, and presses it.
HAND = """() => {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.id = 'hand';
  svg.setAttribute('viewBox', '0 0 24 24');
  path.setAttribute('d', 'M4 2l15 11-7 1 4 7-3 1.500-4-7-5 5z');
  Object.assign(path.style, {fill: '#1b1b1b', stroke: '#fff', strokeWidth: '1.5'});
  Object.assign(svg.style, {position: 'fixed', left: '0', top: '0', width: '26px', height: '26px', zIndex: 99,
    pointerEvents: 'none', transform: 'translate(620px, 560px)', transition: 'transform .7s ease-in-out'});
  svg.append(path);
  document.body.append(svg);
}"""
POINT = """([x, y]) => {
  document.getElementById('hand').style.transform = `translate(${x - 4}px, ${y - 2}px)`;
}"""


@dataclass
class Film:
    """What Chromium painted, and when (seconds)."""

    frames: list[tuple[float, bytes]] = field(default_factory=list)

    def begin(self, line: CDPSession) -> None:
        line.on("Page.screencastFrame", lambda frame: self._take(line, frame))
        line.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})

    def _take(self, line: CDPSession, frame: dict[str, Any]) -> None:
        self.frames.append((frame["metadata"]["timestamp"], base64.b64decode(frame["data"])))
        line.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    def spread(self, folder: Path, rate: int) -> int:
        """One file for each tick: what was to be seen then."""
        begin, end = self.frames[0][0], self.frames[-1][0]
        times = [at for at, _ in self.frames]
        count = int((end - begin) * rate)
        for tick in range(count):
            at = bisect.bisect_right(times, begin + tick / rate) - 1
            (folder / f"{tick:04}.png").write_bytes(self.frames[max(0, at)][1])
        return count


def look(stage: Stage, seconds: float) -> None:
    """Time to read: here it is what the picture is about."""
    stage.page.wait_for_timeout(seconds * 1000)


def press(stage: Stage, test_id: str) -> None:
    button = stage.page.get_by_test_id(test_id)
    box = button.bounding_box()
    assert box
    stage.page.evaluate(POINT, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    look(stage, 0.9)
    button.click()


def story(stage: Stage) -> None:
    look(stage, 2.6)
    dead = stage.leader("FIAP", 1)
    press(stage, f"broker-{dead}-crash")
    stage.wait("(dead) => riacho.snapshot.topics[0].partitions.every((p) => p.leader !== dead && p.leader > 0)", dead)
    look(stage, 7.6)
    press(stage, f"broker-{dead}-start")
    stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.isr.length === 3)")
    look(stage, 3.2)


def filmed(browser: Browser, server: Any, language: str, theme: str) -> Film:
    server.begin()
    context = browser.new_context(viewport=SIZE, locale=language, timezone_id="America/Sao_Paulo")  # type: ignore[arg-type]
    stage = Stage(context.new_page(), Watch(context, server.url), server.url)
    stage.open(f"?theme={theme}")
    server.do("speed", speed=16)
    server.wait_for(lambda s: s["at_ms"] > 26_000)
    server.do("speed", speed=1)
    server.do("set_producer", producer="loja", rate=MORE_RATE)
    if stage.page.get_by_test_id("drawer-close").count():
        stage.page.get_by_test_id("drawer-close").click()
    stage.page.mouse.move(2, 2)
    stage.page.evaluate(HAND)
    look(stage, 2)
    film = Film()
    line = context.new_cdp_session(stage.page)
    film.begin(line)
    story(stage)
    line.send("Page.stopScreencast")
    stage.check()
    context.close()
    return film


def ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-hide_banner", "-loglevel", "error", "-y", *arguments], check=True)


def as_webp(folder: Path, rate: int, out: Path) -> None:
    ffmpeg("-framerate", str(rate), "-i", f"{folder}/%04d.png", "-c:v", "libwebp_anim", "-lossless", "0", "-q:v", "60",
           "-compression_level", "6", "-loop", "0", "-an", str(out))  # fmt: skip


def as_gif(folder: Path, rate: int, out: Path) -> None:
    colors = (
        "split[a][b];[a]palettegen=max_colors=96:stats_mode=full[p];[b][p]paletteuse=dither=none:diff_mode=rectangle"
    )
    ffmpeg("-framerate", str(rate), "-i", f"{folder}/%04d.png", "-filter_complex", colors, "-loop", "0", str(out))


MAKERS: dict[str, Callable[[Path, int, Path], None]] = {"webp": as_webp, "gif": as_gif}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="the folder; the smaller of both kinds stays")
    parser.add_argument("--rate", type=int, default=8, help="pictures a second")
    parser.add_argument("--language", default="en", help="en or pt-BR")
    parser.add_argument("--theme", default="light", choices=("light", "dark"))
    options = parser.parse_args()
    if shutil.which("ffmpeg") is None:
        sys.exit("ffmpeg is missing. Debian, Ubuntu: apt-get install ffmpeg; macOS: brew install ffmpeg.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    import django

    django.setup()
    from house import tools
    from tests.support.server import PlaygroundServer

    began = time.monotonic()
    server = PlaygroundServer()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tools.ensure("chromium"), args=["--no-sandbox"])
        film = filmed(browser, server, options.language, options.theme)
        browser.close()
    server.close()
    with tempfile.TemporaryDirectory() as name:
        count = film.spread(Path(name), options.rate)
        made = []
        for kind, make in MAKERS.items():
            path = options.out / f"riacho.{kind}"
            make(Path(name), options.rate, path)
            made.append(path)
    made.sort(key=lambda path: path.stat().st_size)
    for path in made:
        print(f"{path} {path.stat().st_size // 1000} kB, {count} of {len(film.frames)} pictures")
    for path in made[1:]:
        path.unlink()
    print(f"took {time.monotonic() - began:.0f} s")
    if made[0].stat().st_size > BYTES_MOST:
        sys.exit(
            f"{made[0].name} has more than {BYTES_MOST:,} bytes: fewer pictures a second (--rate), or a shorter story."
        )


if __name__ == "__main__":
    main()
