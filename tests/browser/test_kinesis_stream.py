"""A stream's page in the Kinesis console: shards, configuration, consumers, graphs; by keyboard, and at every size."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import axe
from tests.browser.console_page import HOME, SHARD_3, SIZES, STREAM, TABS, Console, consoles
from tests.support.server import PlaygroundServer


@pytest.fixture
def console(new_context: Callable[[], BrowserContext], playground_server: PlaygroundServer) -> Iterator[Console]:
    yield from consoles(new_context, playground_server)


@pytest.mark.full
def test_a_shard_is_split_and_its_children_are_read_after_it(console: Console) -> None:
    page, by = console.page, console.by
    console.begin(tab="shards")
    console.call("PutRecord", StreamName=STREAM, PartitionKey="1", Data="dGVzdGU=")
    by(f"box-{SHARD_3}").focus()
    page.keyboard.press("Enter")
    expect(by("split-hash")).to_have_value(str((3 << 126) + (1 << 125)))
    by("split-send").click()
    expect(by(f"row-{SHARD_3}")).to_have_attribute("data-open", "false")
    expect(by("row-shardId-000000000005")).to_be_visible()
    expect(by("lineage").locator(".tie")).to_have_count(2)
    console.until(lambda stream: stream and stream["status"] == "ACTIVE")
    console.tab("viewer")
    by("viewer-shard").select_option(SHARD_3)
    by("viewer-read").click()
    expect(by("note-ended")).to_contain_text("os pais antes dos filhos")
    by("read-child").first.click()
    expect(by("viewer-count")).to_contain_text("shardId-000000000004")


@pytest.mark.full
def test_what_can_be_changed_of_a_stream_is_changed_in_its_configuration(console: Console) -> None:
    by = console.by
    console.begin(tab="configuration")
    by("set-hours").fill("48")
    expect(by("config-retention-twin-text")).to_contain_text("increase-stream-retention-period")
    by("config-retention-send").click()
    expect(by("config-retention-now")).to_contain_text("48")
    console.until(lambda stream: stream and stream["status"] == "ACTIVE" and stream["retention_hours"] == 48)
    console.page.locator(".k-toggle:has([data-testid=set-IncomingBytes])").click()
    by("config-metrics-send").click()
    console.until(lambda stream: stream and stream["metrics"] == ["IncomingBytes"])
    console.until(lambda stream: stream and stream["status"] == "ACTIVE")
    by("set-shards").fill("2")
    by("config-capacity-send").click()
    console.until(
        lambda stream: stream and stream["status"] == "ACTIVE" and sum(s["open"] for s in stream["shards"]) == 2
    )
    console.tab("monitoring")
    expect(by("graph-in_bytes").locator(".k-by-shard li").first).to_be_visible()


@pytest.mark.full
def test_a_consumer_is_registered_and_removed(console: Console) -> None:
    by = console.by
    console.begin(tab="fanout")
    by("consumer-name").fill("painel")
    by("consumer-send").click()
    expect(by("consumer-painel").get_by_test_id("status")).to_have_attribute("data-status", "ACTIVE")
    by("consumer-painel").get_by_role("button", name="painel", exact=True).click()
    expect(by("subscribe-twin-text")).to_contain_text("kinesis.subscribe_to_shard(")
    by("deregister").click()
    expect(by("no-consumers")).to_be_visible()


@pytest.mark.full
def test_the_graphs_follow_what_goes_in(console: Console) -> None:
    console.begin()
    console.server.do("add_stream_producer", stream=STREAM, rate=50.0, keys="many")
    graph = console.by("graph-in_records")
    expect(graph).not_to_have_attribute("data-now", "0")
    expect(graph.locator(".k-graph .line")).to_be_attached()
    expect(graph.get_by_role("img")).to_have_attribute("aria-label", re.compile("Registros que entram: agora"))
    known = "riachoKinesis.series.of(riachoKinesis.place.stream, 'in_records').length"
    console.page.wait_for_function(f"() => {known} > 2")
    console.page.reload()
    console.page.wait_for_function("() => window.riachoKinesis?.snapshot")
    assert console.page.evaluate(known) > 1, "who comes later sees what went in before"


@pytest.mark.full
def test_what_was_copied_is_the_command_and_the_way_back_works(console: Console) -> None:
    page, by = console.page, console.by
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    console.begin()
    console.tab("shards")
    console.tab("put")
    by("put-twin-copy").click()
    expect(page.get_by_text("Copiado.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == by("put-twin-text").inner_text()
    page.go_back()
    expect(by("panel-shards")).to_be_visible()
    page.go_back()
    expect(by("panel-monitoring")).to_be_visible()


@pytest.mark.full
def test_everything_is_reached_by_keyboard_alone(console: Console) -> None:
    page, by = console.page, console.by
    console.begin()
    by("tab-monitoring").focus()
    page.keyboard.press("ArrowRight")
    expect(by("tab-configuration")).to_be_focused()
    expect(by("panel-configuration")).to_be_visible()
    page.keyboard.press("End")
    expect(by("panel-put")).to_be_visible()
    by("put-key").focus()
    page.keyboard.press("Enter")
    expect(by("put-result")).to_be_visible()
    by("delete").focus()
    page.keyboard.press("Enter")
    expect(by("delete-name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#removal")).not_to_be_visible()
    expect(by("delete")).to_be_focused()


@pytest.mark.full
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_on_any_page_of_the_console(console: Console, size: str) -> None:
    page = console.page
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    found = []
    console.begin()
    console.call("RegisterStreamConsumer", StreamARN=console.stream()["arn"], ConsumerName="painel")  # type: ignore[index]
    console.call("PutRecord", StreamName=STREAM, PartitionKey="1", Data="dGVzdGU=")
    places = ["", "create/", *(f"{STREAM}/?tab={tab}" for tab in TABS)]
    for theme in ("light", "dark"):
        for place in places:
            mark = "&" if "?" in place else "?"
            console.open(f"{HOME}{place}{mark}theme={theme}{'&projector' if size == 'projector' else ''}")
            if "viewer" in place:
                console.by("viewer-shard").select_option(SHARD_3)
                console.by("viewer-read").click()
                expect(console.by("record")).to_have_count(1)
            page.evaluate("scrollTo(0, document.body.scrollHeight)")  # what the shell's bar covers is scrolled free
            found += [f"{place} {theme}: {one}" for one in axe.violations(page)]
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{place} scrolls sideways"
    assert "\n".join(found) == ""
