"""The lecture's Kinesis part in the browser's shell, and the shell as a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import BrowserContext, expect

from tests.browser import axe
from tests.browser.shell_page import ShellPage
from tests.browser.stage_page import Watch
from tests.support.server import PlaygroundServer

STREAM = "ftf-meu-stream"
RANGES = [  # as on the slide
    ("0", "85070591730234615865843651857942052863"),
    ("85070591730234615865843651857942052864", "170141183460469231731687303715884105727"),
    ("170141183460469231731687303715884105728", "255211775190703847597530955573826158591"),
    ("255211775190703847597530955573826158592", "340282366920938463463374607431768211455"),
]
SHARD = "shardId-000000000003"
LECTURE = yaml.safe_load((Path(__file__).parents[1] / "support/lecture_aws.yaml").read_text(encoding="utf-8"))
HINTS = {  # on what a slide's literal text has wrong
    "dashes": ("travessão", "shardId-00000000003 tem 11 algarismos"),
    "space": ("Há um espaço depois de --",),
    "base64": ('Invalid base64: "teste"', "--data é base64"),
}


@pytest.fixture
def shells(
    new_context: Callable[[], BrowserContext], playground_server: PlaygroundServer
) -> Iterator[Callable[[], ShellPage]]:
    """``shells()``: one more tab of the same browser, with a shell."""
    context = new_context()
    watch = Watch(context, playground_server.url)
    opened: list[ShellPage] = []

    def open_one() -> ShellPage:
        opened.append(ShellPage(context.new_page(), watch, playground_server))
        return opened[-1].open()

    yield open_one
    for shell in opened:
        shell.check()


@pytest.fixture
def shell(shells: Callable[[], ShellPage]) -> ShellPage:
    return shells()


def test_the_lectures_commands_run(shell: ShellPage, playground_server: PlaygroundServer) -> None:
    playground_server.do("speed", speed=8)  # CREATING takes its time
    for step in LECTURE:
        if "literal" in step:  # pasted from the slide
            told = shell.run(step["literal"])
            assert [hint for hint in HINTS[step["mistake"]] if hint not in told] == [], step["id"]
        said = shell.run(step.get("command") or step["v2"])
        assert re.search(step["prints"], said.strip()), (step["id"], said)
        if step["id"] == "describe":
            ranges = [shard["HashKeyRange"] for shard in json.loads(said)["StreamDescription"]["Shards"]]
            assert [(one["StartingHashKey"], one["EndingHashKey"]) for one in ranges] == RANGES
        if step.get("waits"):
            playground_server.wait_for(lambda s: [one["status"] for one in s["kinesis"]["streams"]] == ["ACTIVE"])
    playground_server.wait_for(lambda s: s["kinesis"]["streams"] == [])


@pytest.mark.full
def test_the_arrow_brings_the_repaired_line_and_latest_after_the_put_is_explained(
    shell: ShellPage, playground_server: PlaygroundServer
) -> None:
    playground_server.do("speed", speed=8)
    shell.run(f"aws kinesis create-stream --stream-name {STREAM} --shard-count 1")
    playground_server.wait_for(lambda s: [one["status"] for one in s["kinesis"]["streams"]] == ["ACTIVE"])
    shell.run(f"aws kinesis put-record --stream-name {STREAM} --partition-key 1 --data teste")
    shell.press("ArrowUp")
    shell.press("Enter")
    shell.at_prompt()
    assert '"ShardId": "shardId-000000000000"' in shell.text
    iterator = f"aws kinesis get-shard-iterator --stream-name {STREAM} --shard-id shardId-000000000000"
    shell.run(f"IT=$({iterator} --shard-iterator-type LATEST --query ShardIterator --output text)")
    assert "LATEST mostra só o que chega depois" in shell.run("aws kinesis get-records --shard-iterator $IT")
    shell.run(f"IT=$({iterator} --shard-iterator-type TRIM_HORIZON --query ShardIterator)")
    assert "veio com as aspas do JSON" in shell.run("aws kinesis get-records --shard-iterator $IT")
    assert (
        shell.run("aws kinesis get-records --shard-iterator ${IT//\\\"/} | jq -r '.Records[].Data' | base64 -d")
        == "teste\n"
    )


@pytest.mark.full
def test_lines_are_edited_remembered_and_completed(shell: ShellPage) -> None:
    shell.run("echo um")
    shell.type("echo tres")
    for _ in "tres":
        shell.press("ArrowLeft")
    shell.type("dois ")
    shell.press("Home")
    shell.press("Control+k")
    shell.press("Control+y")
    shell.press("End")
    shell.press("Control+w")
    shell.press("Enter")
    shell.at_prompt()
    assert "\ndois\n" in shell.text
    shell.press("ArrowUp")
    shell.press("ArrowUp")
    shell.press("Enter")
    shell.at_prompt()
    assert shell.text.count("\num\n") == 2
    shell.type("aws kin")
    shell.press("Tab")
    shell.page.wait_for_timeout(300)
    shell.type("list-str")
    shell.press("Tab")
    shell.page.wait_for_timeout(300)
    shell.type("s")  # there is list-stream-consumers, too
    shell.press("Enter")
    shell.at_prompt()
    assert "$ aws kinesis list-streams" in shell.text and '"StreamNames": []' in shell.text


@pytest.mark.full
def test_the_history_is_searched_backwards(shell: ShellPage) -> None:
    for line in ("echo primeiro", "echo segundo", "echo outro"):
        shell.run(line)
    shell.press("Control+r")
    shell.type("o ")
    assert shell.text.endswith("(busca) o : echo outro")
    shell.press("Control+r")
    shell.type("p")
    assert shell.text.endswith("(busca) o p: echo primeiro")
    shell.press("Enter")
    shell.at_prompt()
    assert shell.text.count("\nprimeiro\n") == 2
    shell.type("meu")
    shell.press("Control+r")
    shell.type("seg")
    shell.press("Control+c")
    assert shell.text.endswith("~ $ meu")


@pytest.mark.full
def test_a_line_over_several_rows_stays_one_line_when_the_window_changes(shell: ShellPage) -> None:
    words = " ".join(f"palavra{n}" for n in range(40))
    shell.type(f"echo {words}")
    for size in ((700, 700), (1200, 700)):
        shell.page.set_viewport_size({"width": size[0], "height": size[1]})
        shell.page.wait_for_timeout(300)
        shell.press("ArrowLeft")
        shell.type("x")
    assert shell.text.count("~ $") == 1
    shell.press("Enter")
    shell.at_prompt()
    assert shell.text.count("palavra38 palavra") == 2


@pytest.mark.full
def test_a_command_from_elsewhere_on_the_page_stands_at_the_prompt_in_one_line(shell: ShellPage) -> None:
    shell.page.evaluate(r"riachoShell.insert('aws kinesis \\\n  list-streams')")
    assert shell.text.endswith("~ $ aws kinesis list-streams")
    shell.press("Enter")
    shell.at_prompt()
    assert '"StreamNames": []' in shell.text
    shell.page.evaluate(r"riachoShell.run('echo a \\\n  b')")
    shell.page.wait_for_timeout(300)
    shell.at_prompt()
    assert "\na b\n" in shell.text


@pytest.mark.full
def test_a_pasted_block_runs_line_by_line(shell: ShellPage) -> None:
    shell.page.evaluate("riachoShell.session.typed('for i in 1 2\\rdo echo n$i\\rdone\\recho fim\\r')")
    shell.page.wait_for_timeout(500)
    shell.at_prompt()
    assert "n1\nn2\n" in shell.text and "\nfim\n" in shell.text


@pytest.mark.full
def test_ctrl_c_stops_a_line_and_what_is_typed_meanwhile_waits(shell: ShellPage) -> None:
    shell.type("sleep 20")
    shell.press("Enter")
    shell.at_prompt("running")
    shell.press("Control+c")
    shell.at_prompt()
    assert "^C" in shell.text
    shell.type("sleep 0.3")
    shell.press("Enter")
    shell.type("echo depois")
    shell.press("Enter")
    shell.page.wait_for_timeout(600)
    shell.at_prompt()
    assert "\ndepois\n" in shell.text


@pytest.mark.full
def test_a_reload_finds_the_same_shell_and_another_tab_has_another(shells: Callable[[], ShellPage]) -> None:
    first = shells()
    first.run("A=meu; echo oi > arquivo")
    second = shells()
    assert second.run("echo [$A]; ls") == "[]\n"
    first.page.reload()
    first.at_prompt()
    assert "já tinha" in first.text
    assert first.run("echo $A; cat arquivo") == "meu\noi\n"


@pytest.mark.full
def test_whoever_uses_a_keyboard_alone_gets_in_and_out(shell: ShellPage) -> None:
    page = shell.page
    shell.press("Escape")
    expect(page.get_by_test_id("shell-leave")).to_be_focused()
    shell.press("Tab")
    expect(page.get_by_test_id("shell-copy")).to_be_focused()
    page.get_by_test_id("shell-leave").press("Enter")
    assert shell.run("echo dentro") == "dentro\n"


@pytest.mark.full
def test_output_of_programs_steers_nothing(shell: ShellPage) -> None:
    shell.run("echo antes")
    assert shell.run(r"printf '\e[2J\e[H\e]0;titulo\a'") == "^[[2J^[[H^[]0;titulo^G\n"
    assert "antes" in shell.text
    assert "titulo" not in shell.page.title()


@pytest.mark.full
def test_much_output_arrives_whole(shell: ShellPage) -> None:
    shell.run("seq 1 4000")
    assert "\n3999\n4000\n" in shell.text
    assert "Cortado" in shell.run("seq 1 90000")


@pytest.mark.full
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_is_accessible(shell: ShellPage, theme: str) -> None:
    shell.run("ls /nada")
    shell.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
    shell.page.get_by_test_id("shell-reader").click()
    expect(shell.page.get_by_test_id("shell-reader")).to_have_attribute("aria-pressed", "true")
    assert axe.violations(shell.page) == []


@pytest.mark.full
def test_on_a_phone_nothing_sticks_out_and_missing_keys_are_there(shell: ShellPage) -> None:
    page = shell.page
    page.set_viewport_size({"width": 390, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shell.type("echo a")
    page.get_by_role("button", name="|", exact=True).click()
    shell.type(" wc -l")
    shell.press("Enter")
    shell.at_prompt()
    assert "\n1\n" in shell.text
