"""The lab task in Chromium: the exercise leads to the shell, and sees there, by the state, what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.shell_page import ShellPage
from tests.browser.stage_page import Watch
from tests.support.server import PlaygroundServer

NAME, SHARD = "xy-meu-stream", "shardId-000000000000"
PUT = "aws kinesis put-record --stream-name {} --partition-key 1 --data {}"
ITERATOR = "aws kinesis get-shard-iterator --stream-name {} --shard-id {} --shard-iterator-type {} --output text"


@pytest.fixture
def level(new_context: Callable[..., BrowserContext], playground_server: PlaygroundServer) -> Iterator[Page]:
    """Somebody's exercise, its question answered: time runs four times as fast."""
    context = new_context()
    watch = Watch(context, playground_server.url)
    page = context.new_page()
    page.add_init_script("try { localStorage.setItem('riacho.tour', 'seen') } catch {}")
    page.goto(f"{playground_server.url}/levels/kinesis-01-meu-stream/")
    page.get_by_test_id("option-0").click()
    page.get_by_test_id("predict").click()
    expect(page.get_by_test_id("question")).to_have_attribute("data-verdict", "open")
    page.evaluate("riacho.stage.order({do: 'speed', speed: 4})")
    yield page
    assert watch.faults == []


def shell_of(level: Page, server: PlaygroundServer) -> ShellPage:
    """The tab that the link of the lesson opens."""
    with level.context.expect_page() as opened:
        level.get_by_test_id("offer-shell").click()
    tab = opened.value
    expect(tab.locator("html[data-ready]")).to_be_attached()
    return ShellPage(tab, Watch(level.context, server.url), server).at_prompt()


@pytest.mark.full
def test_the_lab_task_is_done_in_the_shell_that_the_exercise_leads_to(
    level: Page, playground_server: PlaygroundServer
) -> None:
    shell = shell_of(level, playground_server)
    clauses = level.get_by_test_id("clause")
    expect(clauses.filter(has_text="existe e está ACTIVE")).to_contain_text("falta")
    shell.run(f"aws kinesis create-stream --stream-name {NAME} --shard-count 1")
    expect(clauses.filter(has_text="existe e está ACTIVE")).to_contain_text("feito", timeout=30_000)

    assert "Invalid base64" in shell.run(PUT.format(NAME, "teste")), "version 2 wants base64"
    shell.run(PUT.format(NAME, "testdata"))
    expect(level.get_by_test_id("met")).to_contain_text("O registro que entrou não é texto")
    shell.run(PUT.format(NAME, "$(echo -n teste | base64)"))

    shell.run(f"IT=$({ITERATOR.format(NAME, SHARD, 'LATEST')} --query ShardIterator)")
    shell.run("aws kinesis get-records --shard-iterator $IT")
    expect(level.get_by_test_id("met")).to_contain_text("A resposta veio vazia, e o registro está lá")
    shell.run(f"IT=$({ITERATOR.format(NAME, SHARD, 'TRIM_HORIZON')} --query ShardIterator)")
    said = shell.run("aws kinesis get-records --shard-iterator $IT | jq -r '.Records[1].Data' | base64 -d; echo")
    assert said.strip() == "teste"
    expect(clauses.filter(has_text="o registro foi lido")).to_contain_text("feito")

    shell.run(f"aws kinesis delete-stream --stream-name {NAME}")
    expect(level.get_by_test_id("reached")).to_contain_text("Foi um cliente de verdade que chegou lá", timeout=30_000)
    expect(level.get_by_test_id("question")).to_have_attribute("data-verdict", "wrong")
    expect(level.get_by_test_id("par")).to_contain_text("você: 0")
