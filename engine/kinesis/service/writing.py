"""What comes back from the log after PutRecord and PutRecords. Written by hand: thousands of these a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service.errors import INTERNAL, INTERNAL_TEXT, THROUGHPUT, internal
from engine.kinesis.service.outcomes import Put, PutPart
from engine.kinesis.service.sequence import STEP

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account

_FAILED = f'{{"ErrorCode":"{INTERNAL}","ErrorMessage":"{INTERNAL_TEXT}"}}'


def done(account: Account, put: Put, results: list[tuple[int, int]]) -> bytes:
    _count(account, put, results)
    encryption = ',"EncryptionType":"KMS"' if put.encryption == "KMS" else ""
    if not put.many:
        (part,), ((offset, error),) = put.parts, results
        if error:
            raise internal()
        number = part.stem + (offset + 1) * STEP
        return f'{{"ShardId":"{part.shard}","SequenceNumber":"{number}"{encryption}}}'.encode()
    answers = [_FAILED] * put.count
    failed = len(put.failed)
    for place, shard in put.failed:
        text = f"Rate exceeded for shard {shard} in stream {put.stream} under account {account.account_id}."
        answers[place] = f'{{"ErrorCode":"{THROUGHPUT}","ErrorMessage":"{text}"}}'
    for part, (offset, error) in zip(put.parts, results, strict=True):
        if error:
            failed += len(part.indexes)
        else:
            _number(part, offset, answers)
    return f'{{"FailedRecordCount":{failed},"Records":[{",".join(answers)}]{encryption}}}'.encode()


def _number(part: PutPart, offset: int, answers: list[str]) -> None:
    number = part.stem + (offset + 1) * STEP
    tail = f'","ShardId":"{part.shard}"}}'
    for place in part.indexes:
        answers[place] = f'{{"SequenceNumber":"{number}{tail}'
        number += STEP


def _count(account: Account, put: Put, results: list[tuple[int, int]]) -> None:
    stream = account.streams.get(put.stream)
    if stream is None or stream.created_ms != put.created_ms:
        return
    for part, (offset, error) in zip(put.parts, results, strict=True):
        if not error:
            shard = stream.shards[part.partition]
            count = len(part.keys)
            shard.records += count
            shard.bytes += part.size
            shard.end = max(shard.end, offset + count)
