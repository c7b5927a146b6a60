"""CBOR and event streams, read back by others' code."""

import cbor2
import pytest
from botocore.eventstream import EventStreamBuffer

from engine.live.aws import eventstream
from engine.live.aws.encodings import ENCODINGS
from engine.live.aws.errors import AwsError
from engine.live.aws.services import SERVICES

OPERATIONS = SERVICES["kinesis"].model.operations
CBOR = ENCODINGS["application/x-amz-cbor-1.1"]
JSON = ENCODINGS["application/x-amz-json-1.1"]


def test_cbor_bytes_become_base64_and_milliseconds_become_seconds():
    shape = OPERATIONS["GetShardIterator"].input
    body = cbor2.dumps({"StreamName": "s", "Timestamp": cbor2.CBORTag(1, 1_760_000_000_250)})
    assert CBOR.read(shape, body) == {"StreamName": "s", "Timestamp": 1_760_000_000.25}
    body = cbor2.dumps({"Records": [{"Data": b"teste", "PartitionKey": "1"}]})
    assert CBOR.read(OPERATIONS["PutRecords"].input, body) == {"Records": [{"Data": "dGVzdGU=", "PartitionKey": "1"}]}


def test_answers_go_the_same_way_back():
    shape = OPERATIONS["GetRecords"].output
    answer = b'{"Records":[{"Data":"dGVzdGU=","ApproximateArrivalTimestamp":1760000000.25}],"MillisBehindLatest":0}'
    record = cbor2.loads(CBOR.write(shape, answer), semantic_decoders={1: lambda value, _: value})["Records"][0]
    assert record == {"Data": b"teste", "ApproximateArrivalTimestamp": 1_760_000_000_250}


@pytest.mark.parametrize(
    "body", [b"\xff", b"", cbor2.dumps([1]), cbor2.dumps({"Data": "text"}), cbor2.dumps({"StreamName": b"x"})]
)
def test_cbor_that_cannot_be_read_is_refused(body):
    with pytest.raises(AwsError, match="SerializationException"):
        CBOR.read(OPERATIONS["PutRecord"].input, body)


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"\xff", b"1"])
def test_json_that_is_no_object_is_refused(body):
    with pytest.raises(AwsError, match="SerializationException"):
        JSON.read(OPERATIONS["PutRecord"].input, body)


def test_frames_of_an_event_stream_are_what_sdks_read():
    buffer = EventStreamBuffer()
    buffer.add_data(eventstream.event("initial-response", JSON.content_type, b"{}"))
    buffer.add_data(eventstream.event("SubscribeToShardEvent", JSON.content_type, b'{"Records": []}'))
    buffer.add_data(eventstream.event("ResourceInUseException", JSON.content_type, b"{}"))
    first, event, refusal = list(buffer)
    assert first.headers[":event-type"] == "initial-response" and first.payload == b"{}"
    assert event.headers[":message-type"] == "event" and event.payload == b'{"Records": []}'
    assert refusal.headers[":exception-type"] == "ResourceInUseException"
    assert refusal.to_response_dict()["status_code"] == 400
