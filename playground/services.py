"""What changes something. One way in for the HTTP API and the WebSocket."""

from __future__ import annotations

import uuid
from typing import Any

from playground.engine_client import Refused
from playground.runtime import current

COMMAND_ID_MAX = 100
PATIENCE_SECONDS = 60.0  # with what makes or takes away a whole sandbox


async def carry_out(*, sandbox: str, actor: str, command: Any) -> dict[str, Any]:
    """Hand a command to the engine: {"step", ...} once it is done. Raises Refused.

    command: {"do", ..., "id"?}. The id is made by the client, so that a command sent twice (a double
    click, a retry after a lost answer) is carried out once; without one, each sending counts.
    """
    if not isinstance(command, dict):
        raise Refused(422, "INVALID_REQUEST", 'A command is a JSON object such as {"do": "crash_broker", "broker": 3}.')
    identity = command.get("id", None)
    if identity is None:
        command = {**command, "id": uuid.uuid4().hex}
    elif not isinstance(identity, str) or not 0 < len(identity) <= COMMAND_ID_MAX:
        raise Refused(422, "INVALID_REQUEST", f"A command's id is a text of 1 to {COMMAND_ID_MAX} characters.")
    result = await current().client.ask("command", sandbox=sandbox, actor=actor, command=command)
    return dict(result or {})


async def create_sandbox(*, scenario: Any, name: Any = None, seed: Any = None, owner: str, all: bool) -> dict[str, Any]:
    """A new sandbox from a scenario (a built-in one's name, or JSON): its row.

    owner, all: who asks, here and below (owners.py).
    """
    asked = {"scenario": scenario, "name": name, "seed": seed}
    return await _ask("create", owner=owner, **{key: value for key, value in asked.items() if value is not None})


async def branch_sandbox(
    *, sandbox: str, step: Any = None, ms: Any = None, name: Any = None, owner: str, all: bool
) -> dict[str, Any]:
    """A new sandbox that begins as this one was at a step or a time (neither: as it is now): its row."""
    return await _ask("branch", sandbox=sandbox, step=step, ms=ms, name=name, owner=owner)


async def rename_sandbox(*, sandbox: str, name: Any, owner: str, all: bool) -> dict[str, Any]:
    return await _ask("rename", sandbox=sandbox, name=name, owner=owner, all=all)


async def reset_sandbox(*, sandbox: str, owner: str, all: bool) -> dict[str, Any]:
    """Begin it anew: what was in it is gone."""
    return await _ask("reset", sandbox=sandbox, owner=owner, all=all)


async def begin_sandbox(*, sandbox: str, scenario: Any, seed: Any = None, owner: str, all: bool) -> dict[str, Any]:
    """Begin it anew from another scenario: id, name, owner and ports stay, what was in it is gone."""
    return await _ask("begin", sandbox=sandbox, scenario=scenario, seed=seed, owner=owner, all=all)


async def delete_sandbox(*, sandbox: str, owner: str, all: bool) -> None:
    """For good. Its branches stay."""
    await _ask("delete", sandbox=sandbox, owner=owner, all=all)


async def retry_sandbox(*, sandbox: str, owner: str = "") -> dict[str, Any]:
    """Try once more to open one that could not be opened."""
    return await _ask("retry", sandbox=sandbox, owner=owner)


async def import_sandbox(*, data: bytes, name: str = "", owner: str, all: bool) -> dict[str, Any]:
    """A moment from elsewhere (an exported file, or what a link holds) as a new sandbox: its row."""
    return await _ask("import", data=data, name=name, owner=owner)


async def save_world(*, sandbox: Any, name: Any, step: Any = None, owner: str, all: bool) -> dict[str, Any]:
    """Keep a sandbox's moment (now) under a name, to begin from again: the world's row."""
    return await _ask("save_world", sandbox=sandbox, name=name, step=step, owner=owner)


async def begin_world(*, world: str, name: Any = None, owner: str, all: bool) -> dict[str, Any]:
    """A new sandbox that begins as that world was: its row."""
    return await _ask("begin_world", world=world, name=name, owner=owner)


async def delete_world(*, world: str, owner: str, all: bool) -> None:
    await _ask("delete_world", world=world, owner=owner, all=all)


async def aws_access(*, sandbox: str, owner: str, all: bool) -> dict[str, Any]:
    """How AWS clients reach a sandbox, with keys: {"endpoint", "region", "access_key", "secret_key"}."""
    return await _ask("aws_access", sandbox=sandbox, owner=owner, all=all)


async def aws_call(*, sandbox: str, operation: Any, parameters: Any = None, client: Any = None) -> dict[str, Any]:
    """An operation of AWS's, without its signature: {"status", "error", "message", "body"}."""
    asked = {"operation": operation, "parameters": parameters, "client": client}
    return await _ask("aws_call", sandbox=sandbox, **{key: value for key, value in asked.items() if value is not None})


async def _ask(ask: str, **fields: Any) -> dict[str, Any]:
    return dict(await current().client.ask(ask, timeout=PATIENCE_SECONDS, **fields) or {})
