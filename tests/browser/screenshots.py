"""Take the pictures of docs/ anew: ``python -m tests.browser.screenshots`` (see --help).

Each is the real stage in front of the real engine, after the same clicks (pictures.py). The engine's run is the same
each time; only the wall clock's time in it differs.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from engine.cluster.builtin import BUILTIN
from tests.browser.lesson_pictures import LESSONS
from tests.browser.pictures import PICTURES, Picture, run
from tests.browser.stage_page import Stage, Watch
from tests.browser.stream_pictures import STREAMS

ROOT = Path(__file__).resolve().parents[2]
HURRIED_MS, CALM_MS = 32_000, 6_500  # at 16 times the speed, then at its own


def take(picture: Picture, browser: Browser, server: Any, out: Path) -> Path:
    server.begin(BUILTIN[picture.scenario])
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale=picture.language, timezone_id="America/Sao_Paulo"
    )  # fmt: skip
    try:
        stage = Stage(context.new_page(), Watch(context, server.url), server.url)
        stage.open(f"?theme={picture.theme}{picture.query}")
        server.do("speed", speed=16)
        run(server, HURRIED_MS)
        server.do("speed", speed=1)
        run(server, CALM_MS)
        picture.act(stage, server)
        if stage.page.evaluate("window.riacho?.stage.sandbox === 'demo' && !riacho.stage.past.on"):
            stage.wait("(step) => riacho.snapshot.step >= step", server.state()["step"])
        stage.page.mouse.move(2, 2)
        path = out / f"{picture.name}.png"
        stage.page.screenshot(path=path)
        stage.check()
        return path
    finally:
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only pictures whose name contains one of these")
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    parser.add_argument("--all", action="store_true", help="those too that are only to be looked at")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    import django

    django.setup()
    from house import tools
    from tests.support.server import PlaygroundServer

    options.out.mkdir(parents=True, exist_ok=True)
    wanted = [p for p in [*PICTURES, *LESSONS, *STREAMS] if p.docs or options.all or options.names]
    if options.names:
        wanted = [p for p in wanted if any(name in p.name for name in options.names)]
    server = PlaygroundServer()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tools.ensure("chromium"), args=["--no-sandbox"])
        for picture in wanted:
            path = take(picture, browser, server, options.out)
            print(f"{path} {path.stat().st_size // 1024} KB", flush=True)
        browser.close()
    server.close()


if __name__ == "__main__":
    main()
