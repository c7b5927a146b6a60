"""Whatever comes over the wire is answered in AWS's words, or closed; never a traceback."""

from __future__ import annotations

import time
from contextlib import suppress

import cbor2
import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.live.aws.encodings import ENCODINGS
from engine.live.aws.errors import AwsError
from engine.live.aws.services import KINESIS_OPERATIONS, SERVICES
from engine.live.aws.signing import Verifier, scope_of
from engine.live.aws.validation import check
from tests.unit.live.aws.aws_toys import KEY, as_bytes, connected, parsed, signed

MODEL = SERVICES["kinesis"].model
NAMES = sorted({name for operation in MODEL.operations.values() for name in operation.input.members} | {"Data", "x"})
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=6)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=8,
)
PARAMETERS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5)


@given(st.sampled_from(KINESIS_OPERATIONS), PARAMETERS)
def test_any_parameters(operation, parameters):
    with suppress(AwsError):
        orjson.dumps(check(MODEL.operations[operation].input, parameters))


@given(st.sampled_from(KINESIS_OPERATIONS), PARAMETERS)
def test_any_parameters_in_cbor(operation, parameters):
    shape = MODEL.operations[operation].input
    with suppress(AwsError):
        check(shape, ENCODINGS["application/x-amz-cbor-1.1"].read(shape, cbor2.dumps(parameters)))


@given(st.binary(max_size=40))
def test_any_bytes_as_cbor_or_json(body):
    for encoding in ENCODINGS.values():
        with suppress(AwsError):
            check(MODEL.operations["PutRecords"].input, encoding.read(MODEL.operations["PutRecords"].input, body))


@given(st.text(max_size=60) | st.from_regex(r"AWS4-HMAC-SHA256 (Credential|Signature|SignedHeaders)=[a-z/;=, ]*"))
def test_any_authorization(header):
    request = parsed(signed())
    request.headers["authorization"] = header
    verifier = Verifier({KEY.access_key: ("demo", KEY)}.get, "us-east-1")
    scope_of(request)
    with suppress(AwsError):
        verifier.verify(request, "kinesis", time.time())


@given(st.dictionaries(st.sampled_from(["X-Amz-Date", "X-Amz-Credential", "X-Amz-Expires", "X-Amz-SignedHeaders"]),
                       st.text(max_size=30)))  # fmt: skip
def test_any_presigned_query(changed):
    request = parsed(signed(presigned=True))
    request.query.update(changed)
    verifier = Verifier({KEY.access_key: ("demo", KEY)}.get, "us-east-1")
    with suppress(AwsError):
        verifier.verify(request, "kinesis", time.time())


@settings(max_examples=200)
@given(st.data())
def test_any_damage_to_a_request(data):
    whole = bytearray(as_bytes(signed()))
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    connection, transport, desk = connected()
    connection.data_received(bytes(whole[:cut]))
    if not transport.is_closing():
        connection.data_received(bytes(whole[cut:]))
    for request in desk.requests:
        verifier = Verifier({KEY.access_key: ("demo", KEY)}.get, "us-east-1")
        with suppress(AwsError):
            verifier.verify(request, "kinesis", time.time())
