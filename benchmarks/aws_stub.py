"""A server that answers what Kinesis would and does nothing: what boto3 can reach at most. Run by uvicorn.

python -m uvicorn aws_stub:app --app-dir benchmarks --port N
"""

from __future__ import annotations

import base64
import json

SEQUENCE = "49633292692649386396011545902288683459201911545520980018"
SHARD = "shardId-000000000000"
RECORD = {
    "SequenceNumber": SEQUENCE, "ApproximateArrivalTimestamp": 1663157000.5,
    "Data": base64.b64encode(bytes(100)).decode(), "PartitionKey": "key-12345",
}  # fmt: skip
PUT = {"SequenceNumber": SEQUENCE, "ShardId": SHARD}
_made: dict[str, bytes] = {}


def answer(target: str, body: bytes) -> bytes:
    if target.endswith(".PutRecord"):
        return _once("one", PUT)
    if target.endswith(".PutRecords"):
        return _once("many", {"FailedRecordCount": 0, "Records": [PUT] * 500})
    if target.endswith(".GetRecords"):
        limit = json.loads(body)["Limit"]
        return _once(
            f"read {limit}", {"MillisBehindLatest": 0, "NextShardIterator": "A" * 200, "Records": [RECORD] * limit}
        )
    if target.endswith(".GetShardIterator"):
        return _once("iterator", {"ShardIterator": "A" * 200})
    if target.endswith(".DescribeStreamSummary"):
        return _once("summary", {"StreamDescriptionSummary": {"StreamStatus": "ACTIVE"}})
    return b""


def _once(name: str, value: object) -> bytes:
    if name not in _made:
        _made[name] = json.dumps(value).encode()
    return _made[name]


async def app(scope, receive, send):  # type: ignore[no-untyped-def]
    if scope["type"] != "http":
        return
    target = next((value for name, value in scope["headers"] if name == b"x-amz-target"), b"").decode()
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    data = answer(target, body)
    headers = [(b"content-type", b"application/x-amz-json-1.1"), (b"content-length", str(len(data)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": data})
