"""DescribeLimits, DescribeAccountSettings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service import throttling
from engine.kinesis.service.calling import Call, answer
from engine.kinesis.service.operations.creating import open_shards
from engine.kinesis.service.outcomes import Outcome
from engine.kinesis.service.stream import ON_DEMAND
from engine.limits import ON_DEMAND_STREAMS_MAX, SHARDS_MAX

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account


def describe_limits(account: Account, call: Call) -> Outcome:
    throttling.calls(account, call.now, call.operation, None)
    return answer(
        {
            "ShardLimit": SHARDS_MAX,
            "OpenShardCount": open_shards(account),
            "OnDemandStreamCount": sum(stream.mode == ON_DEMAND for stream in account.streams.values()),
            "OnDemandStreamCountLimit": ON_DEMAND_STREAMS_MAX,
        }
    )


def describe_account_settings(account: Account, call: Call) -> Outcome:
    """Nothing is billed here, so nothing is committed to."""
    throttling.calls(account, call.now, call.operation, None)
    return answer({"MinimumThroughputBillingCommitment": {"Status": "DISABLED"}})
