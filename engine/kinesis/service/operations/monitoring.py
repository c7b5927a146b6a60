"""EnableEnhancedMonitoring, DisableEnhancedMonitoring: which figures of each shard are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service import lifecycle, parameters
from engine.kinesis.service.calling import Call, active, answer, named_stream
from engine.kinesis.service.outcomes import Outcome

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account

METRICS = (
    "IncomingBytes", "IncomingRecords", "OutgoingBytes", "OutgoingRecords", "WriteProvisionedThroughputExceeded",
    "ReadProvisionedThroughputExceeded", "IteratorAgeMilliseconds",
)  # fmt: skip


def enable(account: Account, call: Call) -> Outcome:
    return _change(account, call, on=True)


def disable(account: Account, call: Call) -> Outcome:
    return _change(account, call, on=False)


def _change(account: Account, call: Call, *, on: bool) -> Outcome:
    stream = named_stream(account, call)
    asked = parameters.texts(call.p, "ShardLevelMetrics", len(METRICS))
    for metric in asked:
        if metric not in METRICS and metric != "ALL":
            what = f"Member must satisfy enum value set: [{', '.join(METRICS)}, ALL]"
            raise parameters.constraint(metric, "ShardLevelMetrics", what)
    active(account, stream)
    meant = METRICS if "ALL" in asked else asked
    was = list(stream.metrics)
    stream.metrics = [metric for metric in METRICS if (on if metric in meant else metric in was)]
    if stream.metrics != was:
        lifecycle.update(account, call.now, stream, "monitor")
        lifecycle.tell(account, "stream_changed", stream, what="metrics", value=", ".join(stream.metrics))
    return answer(
        {
            "StreamName": stream.name,
            "CurrentShardLevelMetrics": was,
            "DesiredShardLevelMetrics": list(stream.metrics),
            "StreamARN": stream.arn,
        }
    )
