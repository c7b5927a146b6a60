"""NextToken: where a listing goes on. It holds for five minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service import tokens
from engine.kinesis.service.calling import Call
from engine.kinesis.service.errors import EXPIRED_TOKEN, INVALID, KinesisError
from engine.kinesis.service.quotas import ITERATOR_MS
from engine.machine import MILLISECOND

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account


def token(account: Account, call: Call, name: str, created_ms: int, shard: int, place: int = 0) -> str:
    made = tokens.Token(name, created_ms, shard, place, "TOKEN", call.now, call.calendar_ms)
    return tokens.seal(account.account_id, made)


def opened(account: Account, call: Call, text: str) -> tokens.Token:
    """Raises InvalidArgumentException or ExpiredNextTokenException."""
    try:
        found = tokens.unseal(account.account_id, text)
    except tokens.NoToken:
        raise KinesisError(INVALID, "Invalid NextToken.") from None
    if found.kind != "TOKEN" or found.now > call.now:
        raise KinesisError(INVALID, "Invalid NextToken.")
    if call.now - found.now > ITERATOR_MS * MILLISECOND:
        text = f"NextToken expired. It was created more than {ITERATOR_MS} milliseconds ago."
        raise KinesisError(EXPIRED_TOKEN, text)
    return found
