"""On a desk all is on one screen; a projector is read from the last row; a telephone shows one thing below another."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.stage.conftest import Show, Shown

ROOT = Path(__file__).resolve().parents[2]
DESK, PROJECTOR, PHONE = (1440, 900), (1920, 1080), (390, 844)
TEXTS = """() => [...document.querySelectorAll('header *, main *, footer *')].filter(node => {
  const hasText = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
  if (node.closest('.visually-hidden') || !hasText) return false;
  const box = node.getBoundingClientRect();
  return box.width > 0 && box.height > 0;
}).map(node => {
  const size = parseFloat(getComputedStyle(node).fontSize) * (node.getScreenCTM?.().a ?? 1);
  return [node.textContent.trim().slice(0, 30), Math.round(10 * size) / 10];
})"""
TARGETS = """() => [
  ...document.querySelectorAll('button, input, select, [role=button], [role=slider], [role=tab]')
].filter(node => {
  const box = node.getBoundingClientRect();
  return box.width > 0 && !node.closest('.visually-hidden, p, dd, li');
}).map(node => {
  const box = (node.querySelector('.reach') || node).getBoundingClientRect();
  const [width, height] = [box.width, box.height].map(size => Math.round(size * 10) / 10);
  return [node.getAttribute('aria-label') || node.textContent.slice(0, 30), width, height];
})"""


def too_small(shown: Shown, least: float) -> list[Any]:
    return [target for target in shown.page.evaluate(TARGETS) if min(target[1:]) < least]


@pytest.mark.parametrize("scene", ["wide", *(pytest.param(one, marks=pytest.mark.full) for one in ("demo", "crashed"))])
def test_three_brokers_and_up_to_six_partitions_need_no_scrolling_on_a_desk(show: Show, scene: str) -> None:
    shown = show(scene, size=DESK)
    hidden = shown.page.evaluate("(s => s.scrollHeight - s.clientHeight)(document.querySelector('.scroll'))")
    assert hidden <= 0
    assert shown.page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_a_projector_shows_labels_of_24_pixels_and_captions_of_32(show: Show) -> None:
    shown = show("idle", query="?projector", size=PROJECTOR)
    assert [text for text in shown.page.evaluate(TEXTS) if text[1] < 24] == []
    assert float(shown.by("say").evaluate("node => parseFloat(getComputedStyle(node).fontSize)")) >= 32
    for p in shown.snapshot["topics"][0]["partitions"]:
        assert shown.cell("FIAP", p["id"], p["leader"], p["hw"] - 1) is not None
    expect(shown.by("tape-FIAP-2")).to_be_in_viewport(ratio=1)


def test_a_projector_has_targets_of_44_pixels_and_is_light_unless_asked(show: Show) -> None:
    shown = show("idle", query="?projector", size=PROJECTOR)
    assert too_small(shown, 44) == []
    expect(shown.page.locator("html")).to_have_attribute("data-theme", "light")


def test_on_a_desk_targets_have_24_pixels(show: Show) -> None:
    assert too_small(show("idle", size=DESK), 24) == []


@pytest.mark.parametrize("scene", ["crashed", pytest.param("big", marks=pytest.mark.full)])
def test_a_telephone_never_scrolls_sideways_and_keeps_the_brake_at_hand(show: Show, scene: str) -> None:
    shown = show(scene, size=PHONE)
    assert shown.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(shown.by("pause")).to_be_in_viewport()
    expect(shown.by("say")).to_be_in_viewport()
    assert too_small(shown, 24) == []


@pytest.mark.full
def test_on_a_telephone_records_are_drawn_after_scrolling_to_them(show: Show) -> None:
    shown = show("crashed", size=PHONE)
    shown.by("tape-FIAP-2").scroll_into_view_if_needed()
    shown.page.wait_for_timeout(200)
    p = shown.snapshot["topics"][0]["partitions"][2]
    cell = shown.cell("FIAP", 2, p["leader"], p["hw"] - 1)
    assert cell is not None
    assert shown.color(cell) == cell["color"].lower()


@pytest.mark.full
def test_the_theme_is_kept(show: Show) -> None:
    shown = show("demo")
    expect(shown.page.locator("html")).to_have_attribute("data-theme", "light")
    shown.by("theme").click()
    expect(shown.page.locator("html")).to_have_attribute("data-theme", "dark")
    p = shown.snapshot["topics"][0]["partitions"][1]
    cell = shown.cell("FIAP", 1, p["leader"], p["hw"] - 1)
    assert cell is not None
    assert shown.color(cell) == cell["color"].lower() == "#e8e8e8"
    shown.page.reload()
    expect(shown.page.locator("html")).to_have_attribute("data-theme", "dark")


def test_whoever_asked_for_less_motion_gets_no_flights(show: Show) -> None:
    shown = show("demo", frozen=False)
    shown.page.emulate_media(reduced_motion="reduce")
    cluster = shown.server.cluster
    cluster.tick(500)
    shown.server.push()
    expect(shown.by("producer-loja")).to_contain_text("último: FIAP-")


def tokens(theme: str) -> dict[str, str]:
    text = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")
    light, dark = text.split(':root[data-theme="dark"]')
    found = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-fA-F]{6})", light.split(":root {")[1]))
    return (
        found
        if theme == "light"
        else found | dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-fA-F]{6})", dark.split("}")[0]))
    )


def contrast(a: str, b: str) -> float:
    def luminance(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_stand_out_from_what_they_stand_on(theme: str) -> None:
    token = tokens(theme)
    pairs = [(word, ground) for word in ("ink", "soft", "river", "amber", "red", "ok") for ground in ("card", "paper")]
    pairs += [
        ("ink", "rail"),
        ("soft", "rail"),
        ("ink", "river-soft"),
        ("on-river", "river"),
        ("ink", "red-soft"),
        ("ink", "k-none"),
    ]
    pairs += [(f"c{k}", f"k{k}") for k in range(8)]
    assert {
        pair: round(contrast(token[pair[0]], token[pair[1]]), 2)
        for pair in pairs
        if contrast(token[pair[0]], token[pair[1]]) < 4.5
    } == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_key_colours_and_the_edges_of_fields_stand_out_from_the_card(theme: str) -> None:
    token = tokens(theme)
    graphics = [f"k{k}" for k in range(8)] + ["edge", "soft", "hatch-line"]
    assert {
        name: round(contrast(token[name], token["card"]), 2)
        for name in graphics
        if contrast(token[name], token["card"]) < 3
    } == {}


def test_files_of_the_page_stay_short() -> None:
    files = [*ROOT.glob("static/js/*.js"), *ROOT.glob("static/css/*.css"), *ROOT.glob("templates/stage/*.html")]
    assert {f.name: n for f in files if (n := len(f.read_text(encoding="utf-8").splitlines())) > 300} == {}


def test_nothing_in_the_page_asks_another_address() -> None:
    files = [
        *ROOT.glob("static/js/*.js"),
        *ROOT.glob("static/css/*.css"),
        *ROOT.glob("templates/stage*.html"),
        *ROOT.glob("templates/stage/*.html"),
    ]
    allowed = {"http://www.w3.org/2000/svg"}
    found = {
        m
        for f in files
        for m in re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s'\"`)]*", f.read_text(encoding="utf-8"))
    }
    assert found <= allowed, json.dumps(sorted(found - allowed))


def test_no_script_writes_markup() -> None:
    for file in ROOT.glob("static/js/*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function",
            file.read_text(encoding="utf-8"),
        ), file
