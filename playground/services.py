"""What changes something. One way in for the HTTP API and the WebSocket."""

from __future__ import annotations

import uuid
from typing import Any

from playground.engine_client import Refused
from playground.runtime import current

COMMAND_ID_MAX = 100


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
