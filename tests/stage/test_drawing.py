"""One snapshot in, one picture out: the words, the pixels and the names of the stage say what the snapshot says."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.stage.conftest import Show
from tests.stage.scenes import SCENES, fixture

TWINS = ("big", "crashed", "streams")  # of all scenes the three that have least in common


def positions(state: dict[str, Any], topic: str, partition: int) -> list[str]:
    return [
        f"{member['id']}@{member['position'][topic][str(partition)]}"
        for group in state["groups"] for member in group["members"]
        if str(partition) in member["position"].get(topic, {})
    ]  # fmt: skip


@pytest.mark.parametrize(
    "scene", [one if one in TWINS else pytest.param(one, marks=pytest.mark.full) for one in sorted(SCENES)]
)
def test_the_textual_twin_says_what_the_snapshot_says(show: Show, scene: str) -> None:
    state: Any = fixture(scene)["state"]
    rows = (
        show(scene)
        .page.locator("#twin-partitions tbody tr")
        .evaluate_all("rows => rows.map(row => ({...row.dataset}))")
    )
    expected = [
        {
            "topic": topic["name"], "partition": str(p["id"]), "leader": str(p["leader"]), "epoch": str(p["epoch"]),
            "isr": ",".join(map(str, p["isr"])), "start": str(p["start"]), "hw": str(p["hw"]), "end": str(p["end"]),
            "positions": " ".join(positions(state, topic["name"], p["id"])),
        }
        for topic in state["topics"] for p in topic["partitions"]
    ]  # fmt: skip
    assert [{k: row[k] for k in expected[0]} for row in rows] == expected if expected else rows == []


def test_a_record_below_the_high_watermark_is_filled_and_one_past_it_only_outlined(show: Show) -> None:
    shown = show("crashed")
    partition = shown.snapshot["topics"][0]["partitions"][0]
    assert partition["hw"] < partition["end"]
    filled = shown.cell("FIAP", 0, partition["leader"], partition["hw"] - 1)
    outlined = shown.cell("FIAP", 0, partition["leader"], partition["hw"])
    assert filled is not None and outlined is not None
    assert (filled["open"], outlined["open"]) == (False, True)
    assert shown.color(filled) == filled["color"].lower()
    card = shown.page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--card').trim()")
    assert shown.color(outlined) == card


@pytest.mark.full
def test_every_cell_of_a_leader_has_its_keys_colour(show: Show) -> None:
    shown = show("wide")
    checked = 0
    for topic in shown.snapshot["topics"]:
        for p in topic["partitions"]:
            for offset in range(p["tail"]["first"], p["hw"]):
                cell = shown.cell(topic["name"], p["id"], p["leader"], offset)
                if cell is not None:
                    assert cell["mark"] == str(int(p["tail"]["keys"][offset - p["tail"]["first"]]) + 1)
                    assert shown.color(cell) == cell["color"].lower(), (p["id"], offset)
                    checked += 1
    assert checked > 80


def test_lanes_are_aligned_by_offset_and_a_lagging_replica_is_simply_shorter(show: Show) -> None:
    shown = show("crashed")
    partition = shown.snapshot["topics"][0]["partitions"][2]
    lagging = next(r for r in partition["replicas"] if r["broker"] == 3)
    leader = shown.cell("FIAP", 2, partition["leader"], lagging["end"] - 1)
    follower = shown.cell("FIAP", 2, 3, lagging["end"] - 1)
    beyond = shown.cell("FIAP", 2, 3, lagging["end"])
    assert leader is not None and follower is not None and beyond is not None
    assert leader["x"] == follower["x"] and leader["h"] > 2 * follower["h"]
    assert follower["color"] is not None and beyond["color"] is None


def test_a_dead_broker_stays_in_its_place_with_a_cross_and_offers_to_be_started(show: Show) -> None:
    shown = show("crashed")
    cards = shown.page.locator("[data-broker][class^=broker]")
    assert cards.evaluate_all("cards => cards.map(card => card.dataset.broker)") == ["1", "2", "3"]
    expect(shown.by("broker-3")).to_have_attribute("data-state", "crashed")
    expect(shown.by("broker-3")).to_contain_text("✕")
    expect(shown.by("broker-3-start")).to_be_enabled()
    expect(shown.by("tape-FIAP-0")).to_contain_text("B3 ✕")


def test_a_partition_without_a_leader_says_so(show: Show) -> None:
    shown = show("leaderless")
    expect(shown.by("tape-unica-1")).to_contain_text("sem líder")
    expect(shown.by("tape-unica-0")).not_to_contain_text("sem líder")


@pytest.mark.full
def test_who_got_no_partition_is_told_and_why(show: Show) -> None:
    shown = show("idle")
    expect(shown.by("member-a4")).to_contain_text("sem partição")
    shown.by("member-a4").click()
    expect(shown.by("why-idle")).to_contain_text("Há 3 partições e 4 membros")


def test_a_real_clients_position_is_drawn_dashed_and_called_fetched(show: Show) -> None:
    shown = show("idle")
    assert shown.page.locator("[data-testid=tape-FIAP-0] .tag.fetched").count() == 1
    shown.by("member-rdkafka").click()
    expect(shown.by("drawer-page")).to_contain_text("Já buscou até")


@pytest.mark.full
def test_the_same_snapshot_gives_the_same_picture(show: Show) -> None:
    shown = show("demo")
    shown.page.evaluate("() => document.fonts.ready")
    pictures = []
    for frame in (998, 999):
        shown.server.push(frame=frame)
        shown.page.wait_for_selector(f"html[data-frame='{frame}']", state="attached")
        painted = shown.page.evaluate("document.getElementById('cells').toDataURL()")
        pictures.append((painted, shown.page.locator("#tapes .cards").inner_html()))
    assert pictures[0] == pictures[1]


def test_the_drawing_above_the_canvas_stays_small(show: Show) -> None:
    assert show("big").page.evaluate("riacho.elements()") <= 500


def test_a_big_topic_is_a_matrix_whose_columns_open_tapes(show: Show) -> None:
    shown = show("big")
    matrix = shown.by("matrix-cliques")
    matrix.focus()
    for _ in range(3):
        matrix.press("ArrowRight")
    expect(matrix).to_have_attribute("aria-valuenow", "3")
    matrix.press("Enter")
    expect(shown.by("tape-cliques-3")).to_be_attached()


@pytest.mark.full
def test_internal_topics_are_folded_until_asked_for(show: Show) -> None:
    shown = show("demo")
    expect(shown.by("tape-__consumer_offsets-0")).to_have_count(0)
    shown.by("topic-__consumer_offsets").get_by_role("button", name=re.compile("Abrir")).click()
    expect(shown.by("tape-__consumer_offsets-0")).to_be_attached()


def test_names_from_the_cluster_are_only_ever_text(show: Show) -> None:
    shown = show("demo", frozen=False)
    shown.server.cluster.add_producer("FIAP", "<img src=x onerror=document.title='broken'>{topic}**")
    shown.server.push()
    expect(shown.page.get_by_text("<img src=x").first).to_be_visible()
    assert shown.page.locator("main img").count() == 0
    expect(shown.by("say")).to_contain_text("{topic}**")


def test_of_a_shard_that_is_leased_and_not_yet_read_the_twin_says_so_in_words(show: Show) -> None:
    shown = show("streams")
    kinesis: Any = shown.snapshot["kinesis"]
    shard = kinesis["streams"][0]["shards"][5]["id"]
    kinesis["consumers"][0]["leases"][shard] = {"position": -1, "checkpoint": "TRIM_HORIZON", "done": False}
    shown.server.push(kinesis=kinesis)
    readers = shown.page.locator(f"#twin-streams [data-shard='{shard}'] td").last
    expect(readers).to_have_text("painel: ainda não leu nada, alertas @ 10")
    shown.by("language-en").click()
    expect(readers).to_have_text("painel: has read nothing yet, alertas @ 10")
    expect(shown.page.locator("#twin-streams")).not_to_contain_text("-1")
