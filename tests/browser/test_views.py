"""The same cluster from another angle: by tab, by key and by address; what is selected stays selected, and each angle
shows what the engine says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import truth
from tests.browser.stage_page import Stage, Watch
from tests.support.server import PlaygroundServer

RACKS = {
    "name": "racks", "brokers": 6, "racks": ["sp-a", "sp-b", "sp-c"],
    "topics": [
        {"topic": "pedidos", "partitions": 6, "replication": 3},
        {"topic": "parado", "partitions": 2, "replication": 2, "configs": {"segment.bytes": "1024"}},
    ],
    "producers": [{"producer": "loja", "topic": "pedidos", "rate": 6.0, "keys": "few"}],
    "groups": [{"group": "estoque", "topic": "pedidos", "consumers": 3, "poll_ms": 500}],
}  # fmt: skip


@pytest.fixture
def racks(playground_server: PlaygroundServer, visit: Callable[[str], Stage]) -> Stage:
    """Six machines in three racks, a moment into their life, time standing still."""
    playground_server.begin(RACKS)
    for number in range(30):
        playground_server.do("produce", topic="parado", key="k", partition=0, value=f"{number} " + "x" * 200)
    playground_server.do("speed", speed=32)
    playground_server.wait_for(lambda s: s["groups"][0]["state"] == "Stable" and s["at_ms"] > 9_000)
    playground_server.do("pause")
    stage = visit(playground_server.url)
    seen(stage, playground_server)
    return stage


def seen(stage: Stage, server: PlaygroundServer) -> dict[str, Any]:
    state = server.state()
    stage.wait("(step) => riacho.snapshot.step === step", state["step"])
    return state


def show(stage: Stage, view: str) -> None:
    stage.page.get_by_test_id(f"view-{view}").click()
    expect(stage.page.get_by_test_id(f"view-{view}")).to_have_attribute("aria-selected", "true")
    expect(stage.page.get_by_test_id("coming")).to_have_count(0)


def test_views_are_turned_to_by_tab_by_key_and_by_address_and_the_selection_stays(
    racks: Stage, playground_server: PlaygroundServer
) -> None:
    page = racks.page
    show(racks, "brokers")
    board = page.get_by_test_id("shelf-1")
    board.focus()
    board.press("Home")
    board.press("Enter")
    expect(page.get_by_test_id("partition-title")).to_have_text("pedidos-0")
    expect(page.locator("#view .chosen")).to_have_count(3)  # on each machine that holds it
    expect(page).to_have_url(
        re.compile("view=brokers.*select=partition/pedidos/0|select=partition/pedidos/0.*view=brokers")
    )
    page.keyboard.press("3")
    expect(page.locator("html")).to_have_attribute("data-view", "groups")
    expect(page.get_by_test_id("board-estoque").locator(".chosen")).to_have_count(1)
    expect(page.get_by_test_id("partition-title")).to_have_text("pedidos-0")
    page.get_by_test_id("view-groups").press("ArrowRight")
    expect(page.get_by_test_id("view-requests")).to_be_focused()
    page.get_by_test_id("view-requests").press("End")
    expect(page.locator("html")).to_have_attribute("data-view", "files")
    expect(page).to_have_url(re.compile("view=files"))
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-view", "files")
    page.keyboard.press("1")
    expect(page.get_by_test_id("tape-pedidos-0")).to_be_visible()
    expect(page).not_to_have_url(re.compile("view="))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("mostra o cluster de outro ângulo")


def test_machines_stand_in_racks_and_no_rack_holds_a_partition_twice(
    racks: Stage, playground_server: PlaygroundServer
) -> None:
    page = racks.page
    show(racks, "brokers")
    state = playground_server.state()
    where = {b["id"]: b["rack"] for b in state["brokers"]}
    for rack in ("sp-a", "sp-b", "sp-c"):
        inside = page.get_by_test_id(f"rack-{rack}").locator("[data-broker]")
        shown = inside.evaluate_all("(all) => all.map((one) => Number(one.dataset.broker))")
        assert shown == [b for b in where if where[b] == rack]
    for p in next(t for t in state["topics"] if t["name"] == "pedidos")["partitions"]:
        assert len({where[r["broker"]] for r in p["replicas"]}) == 3
    assert truth.agrees(racks, state, "brokers") > 40


@pytest.mark.full
def test_a_machine_is_crashed_in_its_rack_and_what_it_led_is_led_elsewhere(
    racks: Stage, playground_server: PlaygroundServer
) -> None:
    page, server = racks.page, playground_server
    show(racks, "brokers")
    page.get_by_test_id("broker-2-crash").click()
    server.do("resume")
    server.wait_for(lambda s: all(p["leader"] not in (-1, 2) for t in s["topics"] for p in t["partitions"]))
    server.do("pause")
    state = seen(racks, server)
    expect(page.get_by_test_id("broker-2")).to_have_attribute("data-state", "crashed")
    expect(page.get_by_test_id("rack-sp-b")).to_contain_text("✕")
    truth.agrees(racks, state, "brokers")
    shelf = page.get_by_test_id("shelf-2")
    shelf.focus()
    expect(shelf).to_have_attribute("aria-valuetext", re.compile("num broker fora do ar"))
    page.get_by_test_id("broker-2-start").click()
    server.do("resume")
    expect(page.get_by_test_id("broker-2")).to_have_attribute("data-state", "running")


def test_the_groups_view_says_who_owns_what_who_is_idle_and_what_nobody_reads(
    racks: Stage, playground_server: PlaygroundServer
) -> None:
    page, server = racks.page, playground_server
    show(racks, "groups")
    assert truth.agrees(racks, server.state(), "groups") == 6
    unread = page.get_by_test_id("unread").locator("[data-topic]")
    assert unread.evaluate_all("(all) => all.map((one) => one.dataset.topic)") == ["parado"]
    for _ in range(4):
        server.do("add_consumer", group="estoque")
    server.do("resume")
    server.wait_for(lambda s: s["groups"][0]["state"] == "Stable" and len(s["groups"][0]["members"]) == 7)
    server.do("pause")
    state = seen(racks, server)
    truth.agrees(racks, state, "groups")
    idle = [m["id"] for m in state["groups"][0]["members"] if not m["assigned"].get("pedidos")]
    assert len(idle) == 1
    expect(page.get_by_test_id(f"owner-{idle[0]}")).to_contain_text("sem partição")
    page.get_by_test_id(f"owner-{idle[0]}").click()
    expect(racks.drawer).to_contain_text("Há 6 partições e 7 membros")


def test_the_files_view_shows_each_segment_and_leads_to_it(racks: Stage, playground_server: PlaygroundServer) -> None:
    page, server = racks.page, playground_server
    show(racks, "files")
    truth.folders(racks, server, server.state())
    held = server.ask("folders")["brokers"]
    holder = next(b for b in held if any(f["name"] == "parado-0" for f in b["folders"]))
    folder = next(f for f in holder["folders"] if f["name"] == "parado-0")
    assert len(folder["segments"]) >= 4 and folder["segments"][0]["base"] == 0
    board = page.get_by_test_id(f"segments-{holder['broker']}")
    board.focus()
    for _ in range(40):
        said = board.get_attribute("aria-valuetext") or ""
        if "parado-0: segmento que começa no offset 0," in said:
            break
        board.press("ArrowRight")
        expect(board).not_to_have_attribute("aria-valuetext", said)  # the next picture has said where it is now
    board.press("Enter")
    expect(page).to_have_url(re.compile(f"select=segment/{holder['broker']}/parado/0/0"))
    page.get_by_test_id(f"folder-{holder['broker']}").click()
    page.wait_for_url(f"**/s/demo/files/#{holder['broker']}/")
    expect(page.get_by_test_id("file-tree")).to_contain_text("parado-0/")


def test_views_stay_whole_with_less_motion_and_on_a_telephone(
    playground_server: PlaygroundServer, new_context: Callable[..., BrowserContext]
) -> None:
    playground_server.do("pause")
    state = playground_server.state()
    context = new_context()
    stage = Stage(context.new_page(), Watch(context, playground_server.url), playground_server.url)
    stage.page.emulate_media(reduced_motion="reduce")
    stage.page.set_viewport_size({"width": 390, "height": 844})
    stage.open()
    for view in ("brokers", "groups", "files", "tapes"):
        show(stage, view)
        assert stage.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
        if view in ("brokers", "groups"):
            truth.agrees(stage, state, view)
    stage.check()
