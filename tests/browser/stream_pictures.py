"""The pictures of streams: on the stage, in the console, in the shell (screenshots.py takes them)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.pictures import Act, Picture, run
from tests.browser.stage_page import PATIENCE_MS, Stage


def split(stage: Stage, server: Any) -> None:
    """One key is most of the traffic; its shard has been split, and it is still one shard's."""
    server.do("set_stream_producer", producer="gigante", rate=40.0)
    server.do("call_aws", operation="SplitShard", parameters={
        "StreamName": "pedidos", "ShardToSplit": "shardId-000000000003",
        "NewStartingHashKey": "297747071055821155530452781502797185024",
    })  # fmt: skip
    server.wait_for(lambda s: sum(shard["open"] for shard in s["kinesis"]["streams"][0]["shards"]) == 5)
    run(server, 12_000)


def streams(stage: Stage, server: Any) -> None:
    split(stage, server)
    stage.page.get_by_role("tab", name="Fluxos").click()
    expect(stage.page.locator('[data-stream="pedidos"]').first).to_be_visible()
    stage.page.wait_for_timeout(1_500)  # what the tab brought along has come to rest


def console(path: str, *, shell: str = "") -> Act:
    def act(stage: Stage, server: Any) -> None:
        server.do("call_aws", operation="EnableEnhancedMonitoring", parameters={
            "StreamName": "pedidos", "ShardLevelMetrics": ["ALL"],
        })  # fmt: skip
        page = stage.page
        query = urlsplit(page.url).query
        page.goto(f"{server.url}/s/demo/{path}{'&' if '?' in path else '?'}{query}")
        if shell:
            screen = page.locator(".xterm-screen").first
            expect(screen).to_be_visible(timeout=PATIENCE_MS)
            screen.click()
            page.keyboard.type(shell)
            page.keyboard.press("Enter")
        run(server, 25_000)

    return act


SAY = "aws kinesis list-shards --stream-name pedidos | jq -r '.Shards[].HashKeyRange.EndingHashKey'"

STREAMS = [
    Picture("streams-1440-dark", (1440, 900), "dark", docs=True, act=streams, scenario="kinesis"),
    Picture("streams-1440-light", (1440, 900), act=streams, scenario="kinesis"),
    Picture("streams-projector", (1920, 1080), query="&projector", act=streams, scenario="kinesis"),
    Picture("streams-390", (390, 844), act=streams, scenario="kinesis"),
    Picture("console-1440-light", (1440, 900), docs=True, act=console("kinesis/pedidos/?tab=monitoring"),
            scenario="kinesis"),
    Picture("console-1440-dark", (1440, 900), "dark", act=console("kinesis/pedidos/?tab=shards"), scenario="kinesis"),
    Picture("shell-1440-dark", (1440, 900), "dark", act=console("shell/", shell=SAY), scenario="kinesis"),
    Picture("shell-1440-light", (1440, 900), act=console("shell/", shell=SAY), scenario="kinesis"),
]  # fmt: skip
