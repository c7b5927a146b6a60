"""docs/api.md says what the code does: every command with its fields, every event, every key of the state."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from engine.commands import COMMANDS, takes
from engine.events import EVENTS
from engine.limits import COMMAND_IDS_MAX, EVENTS_MAX, HEADERS_MAX, KEY_BYTES_MAX, NAME_MAX, VALUE_BYTES_MAX
from tests.unit.cluster.sandbox import BUSY, Sandbox

DOC = (Path(__file__).resolve().parents[2] / "docs/api.md").read_text(encoding="utf-8")
BY_NAME = {"committed", "assigned", "position", "params"}  # objects whose keys are names, not ours


@pytest.mark.parametrize("do", COMMANDS)
def test_a_command_stands_there_with_its_fields_and_limits(do):
    fields = "<br>".join(f"`{name}`: {what}" for name, what in takes(COMMANDS[do]).items()) or "none"
    assert f"\n| `{do}` | {fields} | " in DOC


@pytest.mark.parametrize("code", EVENTS)
def test_an_event_stands_there_with_its_kind_and_parameters(code):
    event = EVENTS[code]
    kind = ("milestone" if event.milestone else "traffic") + ("" if event.meaningful else ", no step")
    params = ", ".join(f"`{field.name}`" for field in dataclasses.fields(event)) or "none"  # type: ignore[arg-type]
    assert f"\n| `{code}` | {kind} | {event.mark or 'none'} | {params} |" in DOC


def test_the_limits_of_texts_are_told():
    limits = f"at most {NAME_MAX} bytes, a key {KEY_BYTES_MAX:,}, a value or all headers together {VALUE_BYTES_MAX:,}"
    flowing = " ".join(DOC.split())
    assert limits in flowing
    assert f"at most {HEADERS_MAX} headers" in flowing
    assert f"The last {COMMAND_IDS_MAX:,} are remembered" in flowing
    assert f"the last {EVENTS_MAX:,} are kept" in flowing


def test_no_command_and_no_event_stands_there_that_is_none():
    rows = [line.split("`")[1] for line in DOC.splitlines() if line.startswith("| `") and line[3] not in '"{']
    named = [row for row in rows if row != "do" and not row.startswith(("GET ", "POST ", "PATCH ", "DELETE "))]
    assert sorted(named) == sorted([*COMMANDS, *EVENTS])


@pytest.mark.parametrize("part", ("State", "Record"))
def test_every_key_of_a_state_and_of_a_record_stands_there(part):
    sandbox = Sandbox(BUSY)
    sandbox.world.traced = True
    sandbox.pass_ms(3_000)
    sandbox.client(sandbox.coordinator("real")).join("real")
    data = sandbox.state() if part == "State" else sandbox.cluster.record("pedidos", 0, 0)
    told = DOC.split(f"\n## {part}\n")[1].split("\n## ")[0]
    assert [key for key in keys(data) if f'"{key}"' not in told] == []


def keys(data: Any) -> list[str]:
    """All keys in a JSON value, those within included."""
    if isinstance(data, list):
        return [key for one in data for key in keys(one)]
    if not isinstance(data, dict):
        return []
    return [*data, *(key for name, value in data.items() if name not in BY_NAME for key in keys(value))]
