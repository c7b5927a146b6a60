"""PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy: who else may use a stream or a consumer.

Policies are checked and kept; there is one account here, so nobody is let in or kept out by them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from engine.kinesis.service import lifecycle, parameters
from engine.kinesis.service.calling import NOTHING, Call, answer, consumer_not_active, resource, there
from engine.kinesis.service.errors import INVALID, LIMIT, NOT_FOUND, KinesisError
from engine.kinesis.service.outcomes import Outcome
from engine.kinesis.service.quotas import POLICY_BYTES_MAX
from engine.kinesis.service.stream import ACTIVE, Consumer, Stream

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account

_VERSIONS = ("2012-10-17", "2008-10-17")
_PARTS = ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")


def put_resource_policy(account: Account, call: Call) -> Outcome:
    stream, consumer = _owner(account, call)
    text = parameters.text(call.p, "Policy")
    if len(text.encode()) > POLICY_BYTES_MAX:
        raise KinesisError(LIMIT, f"Policy exceeds the maximum size of {POLICY_BYTES_MAX} bytes.", stream=stream.name)
    flaw = _flaw(text, call.p["ResourceARN"])
    if flaw:
        raise KinesisError(INVALID, f"Invalid resource policy: {flaw}", stream=stream.name)
    return _set(account, stream, consumer, text)


def get_resource_policy(account: Account, call: Call) -> Outcome:
    stream, consumer = resource(account, call)
    there(account, stream)
    policy = stream.policy if consumer is None else consumer.policy
    if not policy:
        text = f"No resource policy found for resource ARN {call.p['ResourceARN']}."
        raise KinesisError(NOT_FOUND, text, stream=stream.name)
    return answer({"Policy": policy})


def delete_resource_policy(account: Account, call: Call) -> Outcome:
    stream, consumer = _owner(account, call)
    if not (stream.policy if consumer is None else consumer.policy):
        text = f"No resource policy found for resource ARN {call.p['ResourceARN']}."
        raise KinesisError(NOT_FOUND, text, stream=stream.name)
    return _set(account, stream, consumer, "")


def _owner(account: Account, call: Call) -> tuple[Stream, Consumer | None]:
    stream, consumer = resource(account, call)
    there(account, stream)
    if consumer is not None and consumer.status != ACTIVE:
        raise consumer_not_active(account, stream, consumer)
    return stream, consumer


def _set(account: Account, stream: Stream, consumer: Consumer | None, text: str) -> Outcome:
    if consumer is None:
        stream.policy = text
    else:
        consumer.policy = text
    lifecycle.tell(account, "stream_changed", stream, what="policy", value="set" if text else "removed")
    return NOTHING


# --- what a policy must look like ------------------------------------------------------------------------


def _flaw(text: str, arn: str) -> str:
    """What is wrong with it; "" if nothing is."""
    try:
        policy = orjson.loads(text)
    except orjson.JSONDecodeError:
        return "Syntax errors in policy."
    if not isinstance(policy, dict) or not policy.get("Statement"):
        return "Missing required field Statement."
    if policy.get("Version") not in _VERSIONS:
        return f"Version must be one of {', '.join(_VERSIONS)}."
    for part in policy:
        if part not in ("Version", "Id", "Statement"):
            return f"Unknown field {part}."
    statements = policy["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        flaw = _statement(statement, arn)
        if flaw:
            return flaw
    return ""


def _statement(statement: Any, arn: str) -> str:
    if not isinstance(statement, dict):
        return "A statement must be an object."
    for part in statement:
        if part not in _PARTS:
            return f"Unknown field {part}."
    if statement.get("Effect") not in ("Allow", "Deny"):
        return f"Invalid effect: {statement.get('Effect')}."
    if not statement.get("Principal") and not statement.get("NotPrincipal"):
        return "Missing required field Principal."
    actions = _texts(statement.get("Action", statement.get("NotAction")))
    if not actions:
        return "Missing required field Action."
    for action in actions:
        if action != "*" and not action.startswith("kinesis:"):
            return f"Action {action} is not an action of kinesis."
    resources = _texts(statement.get("Resource", statement.get("NotResource")))
    if not resources:
        return "Missing required field Resource."
    if any(each not in (arn, "*") for each in resources):
        return "Resource must be the resource that the policy is attached to."
    return ""


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
