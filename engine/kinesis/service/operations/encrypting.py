"""StartStreamEncryption, StopStreamEncryption.

The World holds plaintext; what is written to disk outside it is sealed there. No KMS stands beside this service: the
one key of the account is the one that AWS manages, ``alias/aws/kinesis``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service import lifecycle, parameters, throttling
from engine.kinesis.service.calling import NOTHING, Call, active, named_stream
from engine.kinesis.service.errors import INVALID, KMS_NOT_FOUND, KinesisError
from engine.kinesis.service.outcomes import Outcome
from engine.kinesis.service.stream import Stream

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account

ALIAS = "alias/aws/kinesis"
TYPES = ("NONE", "KMS")


def start(account: Account, call: Call) -> Outcome:
    stream, key = _asked(account, call)
    if stream.encryption != "KMS":
        stream.encryption = "KMS"
        stream.sealed_spans.append([call.calendar_ms, -1])
    stream.key_id = key
    return _changed(account, call, stream, key)


def stop(account: Account, call: Call) -> Outcome:
    stream, _ = _asked(account, call)
    if stream.encryption != "KMS":
        text = f"Stream {stream.name} under account {account.account_id} is not encrypted."
        raise KinesisError(INVALID, text, stream=stream.name)
    stream.encryption, stream.key_id = "NONE", ""
    stream.sealed_spans[-1][1] = call.calendar_ms
    return _changed(account, call, stream, "NONE")


def _asked(account: Account, call: Call) -> tuple[Stream, str]:
    stream = named_stream(account, call)
    kind = parameters.choice(call.p, "EncryptionType", TYPES)
    key = parameters.text(call.p, "KeyId", 2048)
    if kind != "KMS":
        text = f"EncryptionType {kind} used in {call.operation} on stream {stream.name} is invalid. It must be KMS."
        raise KinesisError(INVALID, text, stream=stream.name)
    whole = f"arn:aws:kms:{account.region}:{account.account_id}:"
    if key not in (ALIAS, whole + ALIAS) and call.operation.startswith("Stop"):
        raise KinesisError(INVALID, f"KeyId {key} is not the key of stream {stream.name}.", stream=stream.name)
    if key not in (ALIAS, whole + ALIAS):
        missing = f"Alias {whole}{key} is not found." if key.startswith("alias/") else f"Key '{key}' does not exist"
        raise KinesisError(KMS_NOT_FOUND, missing, stream=stream.name)
    active(account, stream)
    return stream, key


def _changed(account: Account, call: Call, stream: Stream, value: str) -> Outcome:
    throttling.done(account, call.now, call.operation, stream)
    lifecycle.update(account, call.now, stream, "encrypt")
    lifecycle.tell(account, "stream_changed", stream, what="encryption", value=value)
    return NOTHING
