"""AWS clients' way in, as the page needs it.

=============  =========================================================  =========================================
ask            takes                                                      result
=============  =========================================================  =========================================
"aws_access"   sandbox, owner, all                                        {"endpoint", "region", "access_key",
                                                                          "secret_key"}: its owner's; the first
                                                                          sandbox's for all
"aws_call"     sandbox, operation, parameters ({}), client ("console")    {"status", "error", "message", "body"}:
                                                                          error "" and status 200 where it was done
"aws_model"                                                               {"region", "account", "operations": {name:
                                                                          {"input": members, "errors": [codes]}}}
"aws_counted"  sandbox                                                    {"fields", "samples"}: engine/live/counted.py
=============  =========================================================  =========================================

A call goes the way of any client's, behind the signature: it is looked at by the same validation, and is an input
of the World like every request.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import orjson

from engine.limits import AWS_CALL_S
from engine.live.asks.asking import Handler, Question, Refused, invalid
from engine.live.asks.sandboxes import owner_of
from engine.live.aws.callers import plain
from engine.live.aws.endpoint import open_line
from engine.live.aws.errors import AwsError, unknown_operation
from engine.live.aws.services import ACCOUNT, KINESIS, REGION, SERVICES
from engine.live.aws.shapes import Shape
from engine.live.aws.validation import check

if TYPE_CHECKING:
    from engine.live.control import Facade


def access(facade: Facade, question: Question) -> Any:
    keeper, kept, owner = facade.the_keeper(), facade.kept(question), owner_of(question)
    is_own = owner and owner == kept.entry.owner
    if not (is_own or question.get("all") is True or kept.entry.id == keeper.first):
        raise Refused(403, "NOT_YOURS", f"Only who made {kept.entry.name!r} may see its keys: branch it instead.")
    try:
        key = keeper.keys.of(kept.entry.id)
    except OSError as problem:
        raise Refused(
            507, "DISK_FULL", f"{kept.folder} cannot be written: {problem.strerror}. Make room on this disk."
        ) from None
    endpoint = facade.aws.url if facade.aws is not None else ""
    return {
        "endpoint": endpoint, "region": REGION, "access_key": key.access_key, "secret_key": key.secret_key
    }  # fmt: skip


class _Heard:
    """The answer to one call (engine/live/aws/line.py)."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.answer: asyncio.Future[dict[str, Any]] = loop.create_future()

    def answered(self, status: int, code: str, body: bytes) -> None:
        given = orjson.loads(body) if body else {}
        message = given.get("message", "") if code else ""
        self._tell({"status": status, "error": code, "message": message, "body": {} if code else given})

    def event(self, kind: str, body: bytes) -> None: ...
    def ended(self) -> None: ...
    def lost(self) -> None:
        self._tell(_refused(AwsError("ServiceUnavailableException", "The sandbox has closed this connection.", 503)))

    def _tell(self, answer: dict[str, Any]) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)


async def call(facade: Facade, question: Question) -> Any:
    stage = await facade.current(question)
    name, given, client = question.get("operation"), question.get("parameters", {}), question.get("client", "console")
    if not isinstance(name, str) or not isinstance(given, dict) or not isinstance(client, str):
        raise invalid('A call is an operation (text), parameters (a JSON object) and a client (text, "console").')
    service = SERVICES[KINESIS]
    try:
        operation = service.model.operations.get(name)
        if operation is None:
            raise unknown_operation()
        if operation.events:
            raise invalid(f"{name} answers with a stream of events: use a shell or an SDK for it.")
        parameters = check(operation.input, given)
        line = open_line(stage.sandbox, service, f"aws:{plain(client)}", "")
    except AwsError as error:
        return _refused(error)
    heard = _Heard(asyncio.get_running_loop())
    try:
        line.ask(f"{name} {plain(client)} - {plain(client)}\n".encode() + orjson.dumps(parameters), heard)
        async with asyncio.timeout(AWS_CALL_S):
            return await heard.answer
    except TimeoutError:
        raise Refused(
            504, "WAITS", "Time stands still, or goes slowly: the call waits with it. Resume, and ask again."
        ) from None
    finally:
        line.hang_up()


def _refused(error: AwsError) -> dict[str, Any]:
    return {"status": error.status, "error": error.code, "message": error.message or "", "body": {}}


async def counted(facade: Facade, question: Question) -> Any:
    history = (await facade.current(question)).sandbox.history
    if history is None:
        raise Refused(409, "NO_HISTORY", "This sandbox keeps no history.")
    return history.counted.told()


def model(facade: Facade, question: Question) -> Any:
    operations = SERVICES[KINESIS].model.operations
    return {
        "region": REGION,
        "account": ACCOUNT,
        "operations": {
            name: {"input": _members(operation.input), "errors": list(operation.errors)}
            for name, operation in operations.items()
        },
    }


def _members(shape: Shape) -> dict[str, Any]:
    """By name: {"type", "required", "min"?, "max"?, "pattern"?, "enum"?, "members"?, "member"?}."""
    return {name: {"required": name in shape.required, **_told(member)} for name, member in shape.members.items()}


def _told(shape: Shape) -> dict[str, Any]:
    told: dict[str, Any] = {"type": shape.kind}
    for name, value in (("min", shape.low), ("max", shape.high)):
        if value is not None:
            told[name] = value
    if shape.pattern_text:
        told["pattern"] = shape.pattern_text
    if shape.enum:
        told["enum"] = list(shape.enum)
    if shape.members:
        told["members"] = _members(shape)
    if shape.member is not None:
        told["member"] = _told(shape.member)
    return told


ASKS: dict[str, Handler] = {"aws_access": access, "aws_call": call, "aws_model": model, "aws_counted": counted}
