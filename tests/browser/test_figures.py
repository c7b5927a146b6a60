"""Figures beside a scene: what they say is the sandbox's state, and what is pressed in them happens there."""

import json

import pytest
from playwright.sync_api import expect

from playground.lessons import library
from tests.browser import axe
from tests.browser.stage_page import PATIENCE_MS

FAST, SLOW = 16, 1 / 64


def by(stage, test_id):
    return stage.page.get_by_test_id(test_id)


def enter(stage, scene, figure):
    stage.page.goto(f"{stage.url}/lecture/{scene}/")
    expect(by(stage, figure)).to_be_visible()


def order(stage, **command):
    assert stage.page.evaluate("(command) => riacho.stage.line.command(command)", command)["ok"]


def predict(stage, option=0):
    by(stage, f"option-{option}").click()
    by(stage, "predict").click()
    expect(by(stage, "answered")).to_be_visible()


def sent(stage, name):
    """What that producer's application has given it so far."""
    (found,) = (one["sent"] for one in stage.snapshot["producers"] if one["id"] == name)
    return found


def running(stage, name):
    """Whether the producer and the group's consumer of that name run."""
    snapshot = stage.snapshot
    producers = [one["running"] for one in snapshot["producers"] if one["id"] == name]
    members = [m["running"] for group in snapshot["groups"] if group["id"] == name for m in group["members"]]
    return producers + members


def test_one_system_is_taken_down_in_the_drawing_and_in_the_sandbox_and_both_wirings_say_who_suffers(stage):
    enter(stage, "client-server", "wiring")
    direct, log = by(stage, "wiring-direct"), by(stage, "wiring-log")
    expect(direct).to_contain_text("15 ligações de 30 possíveis")
    expect(log).to_contain_text("11 ligações: 5 escrevem, 6 leem")
    by(stage, "wiring-everybody").click()
    expect(direct).to_have_attribute("data-count", "30")
    by(stage, "wiring-needed").click()

    # by keyboard, and it is really down
    order(stage, do="speed", speed=SLOW)
    stage.wait("(speed) => riacho.snapshot.pace.speed === speed", SLOW)
    before = sent(stage, "loja")
    by(stage, "log-estoque").focus()
    stage.page.keyboard.press("Enter")
    expect(by(stage, "log-estoque")).to_have_attribute("data-state", "down")
    assert running(stage, "estoque") == [False, False]
    expect(by(stage, "direct-estoque")).to_have_attribute("data-state", "down")
    hurt = stage.page.locator("[data-testid^=direct-][data-state=hurt]")
    assert sorted(hurt.evaluate_all("(all) => all.map((one) => one.dataset.testid)")) == [
        "direct-entrega", "direct-loja", "direct-painel",
    ]  # fmt: skip
    expect(stage.page.locator("[data-testid^=log-][data-state=hurt]")).to_have_count(0)
    order(stage, do="speed", speed=FAST)
    stage.wait("() => riacho.snapshot.groups.find((one) => one.id === 'estoque').lag >= 8")
    order(stage, do="pause")
    stage.wait("() => riacho.snapshot.pace.paused")
    lag = next(one["lag"] for one in stage.snapshot["groups"] if one["id"] == "estoque")
    expect(by(stage, "log-estoque")).to_have_attribute("data-badge", f"+{lag}")
    expect(by(stage, "log-told")).to_contain_text(f"{lag} registros esperam por estoque")
    # what would have been refused: all that the shop, whose news it needs, has written since
    expect(by(stage, "direct-told")).to_contain_text("loja chama estoque, e ninguém atende")
    expect(by(stage, "direct-told")).to_contain_text(f"{sent(stage, 'loja') - before} chamadas recusadas")
    assert axe.violations(stage.page, "[data-testid=scene-figure]") == []

    by(stage, "direct-estoque").click()
    order(stage, do="resume")
    stage.wait("(lag) => riacho.snapshot.groups.find((one) => one.id === 'estoque').lag < Math.min(10, lag)", lag)
    stage.wait("() => riacho.snapshot.producers.find((one) => one.id === 'estoque').running")
    assert running(stage, "estoque") == [True, True]
    expect(by(stage, "direct-told")).to_contain_text("não voltam")

    # one more, one less: a producer or a group of the sandbox
    by(stage, "wiring-more").click()
    expect(by(stage, "wiring")).to_have_attribute("data-systems", "7")
    assert "pontos" in [one["id"] for one in stage.snapshot["groups"]]


@pytest.mark.full
def test_the_table_is_made_from_the_records_of_the_tape_and_goes_back_with_them(stage):
    enter(stage, "the-log-state", "fold")
    end = stage.snapshot["topics"][0]["partitions"][0]["end"]
    read = "(offset) => riacho.stage.line.record('saldos', 0, offset).then(({ record }) => record.value.text)"
    history = [json.loads(stage.page.evaluate(read, offset)) for offset in range(end)]
    rows = stage.page.locator("[data-testid=table-fold] [data-key]")

    def shown():
        return dict(rows.evaluate_all("(all) => all.map((row) => [row.dataset.key, row.dataset.value])"))

    def folded(upto):
        return {one["conta"]: str(one["saldo"]) for one in history[:upto]}

    expect(rows).to_have_count(len(folded(end)))
    assert shown() == folded(end)
    by(stage, "fold-at").focus()
    stage.page.keyboard.press("Home")
    expect(rows).to_have_count(0)
    for upto in (1, 2, 3, 4):
        by(stage, "fold-on").click()
        expect(by(stage, "fold")).to_have_attribute("data-at", str(upto))
        assert shown() == folded(upto)
    expect(by(stage, "fold-told")).to_contain_text("O registro 3 diz: ana agora é 120")
    assert axe.violations(stage.page, "[data-testid=scene-figure]") == []


def test_the_history_is_walked_by_keyboard_and_whole_on_a_telephone(stage):
    page = stage.page
    page.goto(f"{stage.url}/history/")
    expect(by(stage, "history")).to_have_attribute("data-chosen", "linkedin")
    page.locator("[data-point=linkedin] button").focus()
    page.keyboard.press("ArrowRight")
    expect(by(stage, "history")).to_have_attribute("data-chosen", "open")
    page.keyboard.press("End")
    expect(by(stage, "history-told")).to_contain_text("Kafka 4.0")
    expect(page.locator("[data-point=v4] button")).to_be_focused()
    assert axe.violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("[data-point=v4]").get_by_text("O ZooKeeper sai de vez")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    links = set(page.locator("[data-point] a").evaluate_all("(all) => all.map((one) => one.getAttribute('href'))"))
    assert links <= {f"/lecture/{name}/" for name in library.scenes()}


@pytest.mark.full
def test_each_copy_of_the_log_makes_the_same_table_and_one_that_was_down_an_earlier_one(stage):
    enter(stage, "the-log-replicas", "copies")
    expect(by(stage, "copies")).to_have_attribute("data-same", "true")
    predict(stage)
    expect(by(stage, "copies")).to_have_attribute("data-same", "false")
    expect(by(stage, "table-3")).to_contain_text("fora do ar")
    order(stage, do="speed", speed=4)
    expect(by(stage, "copies")).to_have_attribute("data-same", "true", timeout=2 * PATIENCE_MS)
    assert axe.violations(stage.page, "[data-testid=scene-figure]") == []


@pytest.mark.full
def test_readers_at_one_offset_have_one_table(stage):
    enter(stage, "the-log-readers", "readers")
    predict(stage, 1)
    order(stage, do="speed", speed=8)
    expect(by(stage, "answered")).to_have_attribute("data-verdict", "right")
    expect(by(stage, "readers")).to_have_attribute("data-same", "true")


@pytest.mark.full
def test_one_destination_more_is_a_group_more_and_n_paths_more_where_each_is_joined_to_each(stage):
    enter(stage, "the-log-integration", "pipes")
    expect(by(stage, "pipes-each")).to_have_attribute("data-count", "9")
    by(stage, "sinks-more").click()
    expect(by(stage, "pipes-each")).to_have_attribute("data-count", "12")
    expect(by(stage, "pipes-log")).to_have_attribute("data-count", "7")
    assert "cobranca" in [one["id"] for one in stage.snapshot["groups"]]
    assert axe.violations(stage.page, "[data-testid=scene-figure]") == []


@pytest.mark.full
def test_a_compacted_log_has_holes_and_makes_the_same_table(stage):
    enter(stage, "the-log-compaction", "fold")
    order(stage, do="speed", speed=8)
    expect(by(stage, "predict")).to_be_visible()
    predict(stage, 1)
    expect(by(stage, "fold-gone")).to_be_visible(timeout=2 * PATIENCE_MS)
    expect(by(stage, "table-fold").locator("[data-key=nina]")).to_have_attribute("data-offset", "0")
    expect(by(stage, "table-fold")).to_have_attribute("data-rows", "5")
