"""The connect panel's lines for AWS: run as they are, in a terminal or program full of another account's settings."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.live.thread import HostThread
from house import tools
from tests.support.scripts import run

STREAM, CLIENT, SECONDS = "ftf-meu-stream", "aws-x7k2", 60
SCENARIO = {"brokers": 3, "link_us": 0, "topics": [], "streams": [{"stream": STREAM, "shards": 1}]}
# What a reader's own terminal may have; every one of these would lead elsewhere, or nowhere.
ELSEWHERE = {
    "AWS_PROFILE": "trabalho", "AWS_SESSION_TOKEN": "antigo", "AWS_REGION": "sa-east-1", "AWS_DEFAULT_REGION": "x",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_KINESIS": "http://127.0.0.1:1",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_ACCESS_KEY_ID": "AKIAOUTRA", "AWS_SECRET_ACCESS_KEY": "outra",
}  # fmt: skip
ALONE = {
    "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_PAGER": "",
}  # fmt: skip
MAKE = """
import { AWS_FORMS } from './js/connect/aws_lines.js';
tell(Object.fromEntries(AWS_FORMS.map((form) => [form.id, form.makes(given)])));
"""
# What a value may hold: a path of Windows, prices, names with quotes of any kind.
ODD = "C:\\t $env:X `n \"d\" 'q' \u2018a\u2019 \u201ab\u201b #%"


def lines(folder: Path, at: dict[str, str]) -> dict[str, dict[str, Any]]:
    folder.mkdir()
    made: dict[str, dict[str, Any]] = run(tools.ensure("node"), folder, MAKE, at)
    return made


# --- PowerShell, by its rules (about_Quoting_Rules, about_Environment_Provider)


def read_literal(text: str) -> str:
    """A single-quoted text: two quotes are one, of which there are five kinds; all else is itself."""
    quote = "['\u2018-\u201b]"
    assert re.fullmatch(f"{quote}(?:[^'\u2018-\u201b]|({quote})\\1)*{quote}", text), text
    return re.sub(f"({quote})\\1", r"\1", text[1:-1])


def test_in_powershell_every_value_arrives_as_it_is_and_what_leads_elsewhere_is_forgotten(tmp_path: Path) -> None:
    at = {"endpoint": "http://[::1]:4566", "region": "us-east-1", "access_key": "AKIA1", "secret_key": ODD}
    made = lines(tmp_path / "x", {**at, "client": CLIENT})["powershell"]
    setting, blank, command = made["text"].rpartition("\n\n")
    assert (blank, command) == ("\n\n", "aws kinesis list-streams")
    forgotten, variables = set(), {}
    for line in setting.split("\n"):
        if found := re.fullmatch(r"Remove-Item Env:(\w+) -ErrorAction SilentlyContinue", line):
            forgotten.add(found[1])
        else:
            found = re.fullmatch(r"\$env:(\w+) = (.+)", line)
            assert found, line
            variables[found[1]] = read_literal(found[2])
    assert variables == {
        "AWS_ENDPOINT_URL": at["endpoint"], "AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": ODD,
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_SDK_UA_APP_ID": CLIENT,
    }  # fmt: skip
    assert forgotten == set(ELSEWHERE) - set(variables)
    assert "note.aws.versions" not in made["notes"], "the tab after PowerShell's is not for old versions"


# --- a real terminal, a real program


@pytest.fixture(scope="module")
def host() -> Iterator[HostThread]:
    with HostThread.start(SCENARIO) as host:
        yield host


@pytest.fixture
def given(host: HostThread, tmp_path: Path) -> dict[str, dict[str, Any]]:
    return lines(tmp_path / "made", {**host.call("aws_access", owner="", all=True), "client": CLIENT})


def call(*command: str, folder: Path, path: str = "") -> str:
    place = {"PATH": f"{path}:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8", **ALONE, **ELSEWHERE}
    done = subprocess.run(command, cwd=folder, env=place, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout


def came(host: HostThread) -> str:
    """The software of the last one that came under the name that the lines give it."""
    told = [event["params"] for event in host.call("events")["events"] if event["code"] == "aws_client_connected"]
    assert told[-1]["client"] == CLIENT
    software: str = told[-1]["software"]
    return software


@pytest.mark.full
def test_the_program_for_javascript_runs_as_it_is_and_comes_here(
    host: HostThread, given: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    made = given["aws-js"]
    packages = tools.ensure_kafkajs() / "node_modules"
    program, modules = made["run"].split()[1], made["needs"].split()[2:]
    assert all((packages / module).is_dir() for module in modules)
    assert set(re.findall(r"from '([^']+)'", made["text"])) == set(modules)
    (tmp_path / program).write_text(made["text"], encoding="utf-8")
    (tmp_path / "node_modules").symlink_to(packages)
    assert call(tools.ensure("node"), program, folder=tmp_path) == f"[ '{STREAM}' ]\n"
    assert came(host) == "aws-sdk-js"


@pytest.mark.full
@pytest.mark.parametrize("form", ["aws", "aws-old"])
def test_the_lines_for_a_terminal_bring_the_aws_command_here(
    host: HostThread, given: dict[str, dict[str, Any]], tmp_path: Path, form: str
) -> None:
    """Version 1 as pip installs it, which knows AWS_ENDPOINT_URL; and Debian's version 2, which does not."""
    places = {"aws": sys.executable, "aws-old": tools.ensure("aws2")}
    typed = "shopt -s expand_aliases"  # as where somebody types
    text = f"{typed}\n{given[form]['text']} --output text --query StreamNames"
    assert call("bash", "-e", "-c", text, folder=tmp_path, path=str(Path(places[form]).parent)) == f"{STREAM}\n"
    assert came(host) == "aws-cli"
