"""The Kinesis console in a browser, as a person uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.stage_page import Watch
from tests.support.server import PlaygroundServer

HOME = "/s/demo/kinesis/"
STREAM = "ftf-meu-stream"
SHARD_3 = "shardId-000000000003"
TABS = ("monitoring", "configuration", "fanout", "viewer", "shards", "put")
SIZES = {"desk": (1440, 900), "phone": (390, 844), "projector": (1920, 1080)}


class Console:
    def __init__(self, page: Page, watch: Watch, server: PlaygroundServer) -> None:
        self.page, self.watch, self.server = page, watch, server

    def open(self, path: str = HOME) -> Console:
        self.page.goto(self.server.url + path)
        expect(self.page.locator("html[data-ready=kinesis]")).to_be_attached()
        return self

    def by(self, test: str) -> Locator:
        return self.page.get_by_test_id(test)

    def tab(self, name: str) -> None:
        self.by(f"tab-{name}").click()
        expect(self.by(f"panel-{name}")).to_be_visible()

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Past the page, as a program would."""
        done: dict[str, Any] = self.server.ask(
            "aws_call", operation=operation, parameters=parameters, client="test", owner="", all=True
        )
        assert done["status"] == 200, done
        return done

    def begin(self, name: str = STREAM, **more: Any) -> Console:
        """With a stream that is there already, and its page open."""
        self.call("CreateStream", StreamName=name, ShardCount=4)
        self.until(lambda stream: stream and stream["status"] == "ACTIVE", name)
        return self.open(f"{HOME}{name}/?tab={more.get('tab', 'monitoring')}")

    def stream(self, name: str = STREAM) -> dict[str, Any] | None:
        streams = (self.server.state().get("kinesis") or {}).get("streams", [])
        return next((one for one in streams if one["name"] == name), None)

    def until(self, holds: Callable[[dict[str, Any] | None], Any], name: str = STREAM) -> None:
        self.server.wait_for(lambda _: holds(self.stream(name)))


def consoles(new_context: Callable[[], BrowserContext], server: PlaygroundServer) -> Iterator[Console]:
    """For a fixture: the console of the demo, in a hurry, and watched until the test is over."""
    server.do("speed", speed=8)
    context = new_context()
    watch = Watch(context, server.url)
    console = Console(context.new_page(), watch, server).open()
    yield console
    watch.faults += [f"security policy: {one}" for one in console.page.evaluate("window.seen?.violations ?? []")]
    assert watch.faults == []
