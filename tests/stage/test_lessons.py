"""A level beside the stage: what it says of each state of a lesson, and what a learner can do there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stage.conftest import PATIENCE_MS, Shown, trouble
from tests.stage.fake.lessons import LEVELS, FakeLesson, begun
from tests.stage.harness import StageServer

SURPRISE = "O último não recebeu nenhuma: há 3 partições e 4 membros."


@dataclass
class Level(Shown):
    cluster: FakeLesson

    def now(self, **changes: Any) -> None:
        """What the cluster's lesson has become is sent."""
        self.cluster.lesson.update(changes)
        self.server.push()

    def answer(self, option: int) -> None:
        self.by(f"option-{option}").click()
        self.by("predict").click()
        expect(self.by("question")).to_have_attribute("data-verdict", "open")

    def kept(self) -> Any:
        return json.loads(self.page.evaluate("localStorage.getItem('riacho.progress')") or "{}")


@pytest.fixture
def level(page: Page) -> Iterator[Callable[..., Level]]:
    opened: list[Level] = []

    def open_level(*, size: tuple[int, int] = (1440, 900), **changes: Any) -> Level:
        cluster = begun()
        cluster.document.update(changes)
        server = StageServer(cluster).start()
        server.answers = {
            "/api/sandboxes/demo/lesson": {"lesson": cluster.document}, "/api/levels": {"levels": LEVELS},
        }  # fmt: skip
        page.route("**/reset", lambda route: route.fulfill(json={"ok": True}))
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.append(said.text) if trouble(said) else None)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.add_init_script("try { localStorage.setItem('riacho.tour', 'seen') } catch {}")
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        page.goto(server.url)
        opened.append(Level(page, server, troubles, cluster))
        expect(opened[-1].by("missing")).to_be_attached()
        return opened[-1]

    yield open_level
    page.goto("about:blank")
    for one in opened:
        one.server.stop()
        assert one.troubles == []


def test_a_level_says_what_it_is_what_is_asked_and_what_is_missing(level: Callable[..., Level]) -> None:
    shown = level()
    expect(shown.by("lesson-title")).to_have_text("Consumidor ocioso")
    expect(shown.page.locator("#lesson-head")).to_contain_text("Exercício 2 de 3 · Grupos")
    expect(shown.by("par")).to_have_text("meta: 2 ações · você: 0")
    expect(shown.by("steps")).to_have_attribute("data-of", "5")
    expect(shown.by("lesson").get_by_role("radio")).to_have_count(3)
    assert [line.text_content() for line in shown.by("clause").all()][:4] == [
        "…falta: o grupo A tem 4 membros2", "…falta: o grupo A tem um membro ociosonenhum",
        "…falta: o grupo A está com atraso 0atraso 14", "…falta: tudo isso junto fica assim por 500 ms",
    ]  # fmt: skip
    shown.by("language-en").click()
    expect(shown.by("missing")).to_contain_text("the group A has 4 members")
    expect(shown.by("lesson")).to_contain_text("Before you touch anything")


def test_a_prediction_is_locked_and_shown_against_what_happened_at_its_object(level: Callable[..., Level]) -> None:
    shown = level()
    shown.by("predict").click(force=True)
    assert shown.commands() == [], "nothing is chosen yet"
    shown.answer(0)
    shown.sent({"do": "predict", "question": 0, "option": 0})
    expect(shown.by("lesson").get_by_role("radio")).to_have_count(0)
    expect(shown.by("callout")).to_be_hidden()
    shown.cluster.judge(1)
    shown.now()
    expect(shown.by("callout")).to_contain_text(SURPRISE)
    expect(shown.by("callout")).to_have_attribute("data-kind", "wrong")
    expect(shown.page.locator("[data-testid=group-A]")).to_have_attribute("data-spoken", "")
    expect(shown.by("option-0")).to_contain_text("sua previsão")
    expect(shown.by("option-1")).to_contain_text("foi o que aconteceu")
    expect(shown.page.locator("#lesson-said")).to_contain_text(SURPRISE)
    shown.by("callout-close").click()
    expect(shown.by("callout")).to_be_hidden()
    shown.by("outcome-where").click()
    expect(shown.by("callout")).to_contain_text(SURPRISE)
    assert shown.kept()["levels"]["groups-03-idle-member"]["guesses"] == [False]


def test_while_a_question_is_open_nothing_else_is_taken(level: Callable[..., Level]) -> None:
    shown = level()
    for control in (shown.by("resume"), shown.by("group-A-more"), shown.page.locator("#compose")):
        expect(control).to_have_attribute("aria-disabled", "true")
        control.click(force=True)
    expect(shown.by("toast").last).to_contain_text("Primeiro a sua previsão")
    assert shown.commands() == []


def test_only_what_is_allowed_is_lit_and_the_rest_says_why(level: Callable[..., Level]) -> None:
    shown = level()
    shown.answer(1)
    shown.by("broker-1-crash").click(force=True)
    expect(shown.by("toast").last).to_contain_text("só: acrescentar um consumidor e produzir um registro")
    shown.by("group-A-more").click()
    shown.sent({"do": "add_consumer", "group": "A"})
    assert {"do": "crash_broker", "broker": 1} not in shown.commands()


def test_no_control_of_the_stage_gives_a_command_that_is_not_allowed(level: Callable[..., Level]) -> None:
    """Whatever can be pressed is pressed: on the stage, and on each page of the drawer."""
    shown = level(allow=[])
    shown.cluster.add_stream("s", 2)
    shown.cluster.add_stream_producer("s", "caixa")
    shown.cluster.add_stream_consumer("s", "painel")
    shown.answer(1)
    shown.page.evaluate("riacho.stage.change({view: 'streams'})")
    expect(shown.by("stream-s")).to_be_visible()
    pages: list[dict[str, Any]] = [
        {"kind": "compose"}, {"kind": "compose", "mode": "burst"}, {"kind": "new-topic"}, {"kind": "new-producer"},
        {"kind": "new-group"}, {"kind": "group", "id": "A"}, {"kind": "member", "group": "A", "id": "a1"},
        {"kind": "producer", "id": "loja"}, {"kind": "topic", "topic": "FIAP"},
        {"kind": "partition", "topic": "FIAP", "partition": 0}, {"kind": "faults", "node": "B1"},
        {"kind": "faults", "from": "B1", "to": "B2"}, {"kind": "faults", "client": "a1"},
        {"kind": "stream", "stream": "s"}, {"kind": "shard", "stream": "s", "shard": "shardId-000000000000"},
        {"kind": "stream-producer", "id": "caixa"}, {"kind": "stream-consumer", "id": "painel"}, {"kind": "put"},
        {"kind": "new-stream"}, {"kind": "connect-aws"},
    ]  # fmt: skip
    press = """async (pages) => {
      const sent = [];
      riacho.stage.line.command = (command) => { sent.push(command.do); return Promise.resolve({ ok: true }); };
      const soon = () => new Promise((done) => setTimeout(done, 60));
      const inside = (where) => [...document.querySelectorAll(where)].filter((one) => one.getClientRects().length);
      for (const page of [null, ...pages]) {
        if (page) { riacho.stage.select(page); await soon(); await soon(); }
        const where = page ? '#drawer-page' : ':is(main .side, main .cluster, #faults)';
        for (const one of inside(`${where} select:enabled`)) one.dispatchEvent(new Event('change', { bubbles: true }));
        for (const one of inside(`${where} button`)) {
          if (!one.isConnected || one.disabled) continue;
          one.click();
          if (page && document.querySelector('#drawer-page') === null) { riacho.stage.select(page); await soon(); }
        }
        for (const one of inside(`${where} form`)) one.requestSubmit();
        await soon();
      }
      return sent;
    }"""
    assert shown.page.evaluate(press, pages) == []


def test_a_reached_goal_says_what_was_seen_and_leads_on_and_is_kept(level: Callable[..., Level]) -> None:
    shown = level()
    shown.answer(1)
    shown.cluster.judge(1)
    shown.cluster.reach(moves=3)
    shown.now()
    expect(shown.by("reached")).to_contain_text("Você usou 3 ações; a meta era 2")
    expect(shown.by("reached")).to_contain_text("quem passa do número de partições fica de reserva")
    expect(shown.by("next")).to_have_attribute("href", "/levels/groups-04-slow/")
    entry = shown.kept()["levels"]["groups-03-idle-member"]
    assert (entry["solved"], entry["best"], entry["guesses"]) == (True, 3, [True])


def test_a_level_reached_after_its_solution_was_shown_is_not_solved(level: Callable[..., Level]) -> None:
    shown = level()
    shown.answer(1)
    shown.by("solution-show").click()
    assert {"do": "show_solution"} not in shown.commands(), "it is asked once more"
    shown.by("solution-show").click()
    expect(shown.by("solution-step")).to_have_count(2)
    expect(shown.by("solution-step").first).to_contain_text("Acrescentar um consumidor")
    shown.by("solution-code").locator("summary").click()
    expect(shown.by("solution-code").get_by_test_id("code")).to_contain_text("kcat")
    shown.by("solution-do").click()
    shown.sent({"do": "add_consumer", "group": "A"})
    expect(shown.by("solution-step").nth(1)).to_have_attribute("aria-current", "step")
    shown.cluster.reach(shown=True)
    shown.now()
    expect(shown.by("reached")).to_contain_text("com a solução à vista")
    entry = shown.kept()["levels"]["groups-03-idle-member"]
    assert (entry["solved"], entry["shown"]) == (False, True)


def test_a_failure_says_which_clause_and_why_and_a_hint_becomes_due(level: Callable[..., Level]) -> None:
    shown = level()
    shown.answer(1)
    shown.by("hint").click(force=True)
    expect(shown.by("toast").last).to_contain_text("depois de outra tentativa")
    shown.cluster.fail()
    shown.now()
    expect(shown.by("failed-why")).to_have_text("Um registro confirmado se perdeu.")
    shown.by("hint").click()
    expect(shown.by("hints")).to_contain_text("O botão +1 do grupo acrescenta um.")
    with shown.page.expect_request("**/api/sandboxes/demo/reset") as asked:
        shown.by("ended-anew").click()
    assert asked.value.method == "POST"
    shown.page.reload()
    expect(shown.by("failed")).to_be_visible()
    assert shown.kept()["levels"]["groups-03-idle-member"]["fails"] == 1, "a reload is no other failure"


def test_a_misconception_is_told_when_it_is_met_and_a_real_client_when_it_acts(level: Callable[..., Level]) -> None:
    shown = level()
    shown.answer(1)
    shown.now(met=[0], by="client")
    expect(shown.by("callout")).to_contain_text("Mais partições dão lugar a mais leitores")
    expect(shown.page.locator("[data-testid=topic-FIAP]")).to_have_attribute("data-spoken", "")
    expect(shown.by("met")).to_be_visible()
    expect(shown.by("by-client")).to_contain_text("Quem mexeu agora foi um cliente de verdade")
    shown.by("lab").locator("summary").click()
    expect(shown.by("lab-command")).to_have_text("kcat -b 127.0.0.1:19092 -G A FIAP")


def test_on_a_telephone_the_panel_is_a_sheet_that_folds_when_there_is_something_to_watch(
    level: Callable[..., Level],
) -> None:
    shown = level(size=(390, 844))
    expect(shown.by("lesson-fold")).to_have_attribute("aria-expanded", "true")
    shown.by("option-0").click()
    shown.by("predict").click()
    expect(shown.by("lesson-fold")).to_have_attribute("aria-expanded", "false")
    expect(shown.by("missing")).to_be_hidden()
    shown.by("lesson-fold").click()
    expect(shown.by("missing")).to_be_visible()
    assert shown.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nonsense_in_the_memory_of_the_browser_is_left_out_and_that_of_a_newer_page_is_left_alone(
    level: Callable[..., Level],
) -> None:
    shown = level()
    after = """async (kept) => {
      const { note, progress } = await import('/static/js/lesson/progress.js');
      localStorage.setItem('riacho.progress', kept);
      const before = progress();
      note('start-01-first-record', () => ({ solved: true, best: 1 }));
      return [before, JSON.parse(localStorage.getItem('riacho.progress'))];
    }"""
    for kept in ("", "null", "[1]", "{", '{"version": 1, "levels": 7}', '{"version": 1, "levels": [{"solved": true}]}',
                 '{"version": 1, "levels": {"../x": {"solved": true}, "abc": 3, "abcd": null}}'):  # fmt: skip
        before, then = shown.page.evaluate(after, kept)
        assert before == {} and list(then["levels"]) == ["start-01-first-record"], kept
    wild = '{"solved": "yes", "best": -4, "fails": -1, "guesses": [1, true, "x"], "at": "now"}'
    before, _ = shown.page.evaluate(after, f'{{"version": 1, "levels": {{"abc": {wild}}}}}')
    nothing = {"solved": False, "best": None, "shown": False, "fails": 0, "at": 0}
    assert before["abc"] == {**nothing, "guesses": [None, True, None]}
    many = {f"level-{n}": {"solved": True, "at": n} for n in range(1000)}
    before, _ = shown.page.evaluate(after, json.dumps({"version": 1, "levels": many}))
    assert len(before) == 500 and "level-999" in before and "level-0" not in before
    newer = {"version": 2, "levels": {"x": 1}}
    assert shown.page.evaluate(after, json.dumps(newer)) == [{}, newer]


def test_a_lesson_about_streams_says_so_in_words_and_leads_to_shell_and_console(level: Callable[..., Level]) -> None:
    never = [{"stream": "*-meu-stream", "ahead": "> 0"}]
    now = [
        {"stream": "*-meu-stream", "data": {"value": "teste", "records": 2}},
        {"stream": "s", "shard": "shardId-000000000003", "open": False},
        {"stream": "s", "reader": "b", "behind": "<= 3"},
    ]
    lab = {"text": {"pt-BR": "No seu terminal.", "en": "In your terminal."}, "aws": "aws kinesis list-streams"}
    shown = level(goal={"now": now, "never": never, "for_ms": 500}, lab=lab, offers=["shell", "console"])
    said = [line.text_content() for line in shown.by("clause").all()]
    assert [one.split(": ", 1)[1] for one in said][:3] == [
        "o fluxo *-meu-stream guarda 2 registros com os dados teste2",
        "o shard shardId-000000000003 de s não aceita mais registros0",
        "o leitor b de s está atrasado em no máximo 3 registros14",
    ]
    expect(shown.by("missing")).to_contain_text("o fluxo *-meu-stream entregou registros antes do fim do pai")
    expect(shown.by("offer-shell")).to_have_attribute("href", "/s/demo/shell/")
    expect(shown.by("offer-console")).to_have_attribute("href", "/s/demo/kinesis/")
    shown.by("lab").locator("summary").click()
    expect(shown.by("lab")).to_contain_text("Endereço e chaves")
    expect(shown.by("lab-command")).to_have_text("aws kinesis list-streams")
    shown.by("language-en").click()
    expect(shown.by("missing")).to_contain_text("the reader b of s is behind by at most 3 records")
