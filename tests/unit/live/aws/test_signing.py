"""Signatures: who signed, what AWS says to those who did it wrong. botocore signs; the texts are AWS's."""

import time

import pytest

from engine.live.aws.credentials import Key
from engine.live.aws.errors import AwsError
from engine.live.aws.signing import MISMATCH, Verifier, scope_of
from tests.unit.live.aws.aws_toys import KEY, parsed, signed

KEYS = {KEY.access_key: ("demo", KEY)}


def verify(request, now=None):
    return Verifier(KEYS.get, "us-east-1").verify(request, "kinesis", time.time() if now is None else now)


def refused(request, now=None):
    with pytest.raises(AwsError) as error:
        verify(request, now)
    return error.value.code, error.value.message


def test_a_signature_in_the_header_names_the_sandbox():
    assert verify(parsed(signed())) == "demo"


def test_the_parts_of_a_signature_come_in_any_order():
    request = parsed(signed())
    algorithm, _, rest = request.headers["authorization"].partition(" ")
    request.headers["authorization"] = f"{algorithm} {', '.join(reversed(rest.split(', ')))}"
    assert verify(request) == "demo"


def test_a_presigned_request_names_the_sandbox():
    assert verify(parsed(signed(presigned=True))) == "demo"


def test_a_session_token_is_taken_as_it_is():
    assert verify(parsed(signed(token="FwoGZXIvYXdzEJr//////////wEaDExample=="))) == "demo"
    assert verify(parsed(signed(token="FwoGZXIvYXdzEJr/+=", presigned=True))) == "demo"


def test_a_signing_key_is_made_once_a_day():
    verifier = Verifier(KEYS.get, "us-east-1")
    for _ in range(3):
        verifier.verify(parsed(signed()), "kinesis", time.time())
    assert len(verifier._keys) == 1


def test_a_wrong_secret_is_refused():
    key = Key(KEY.access_key, "RiachoPlaygroundKey/wrongwrongwrongwrong")
    assert refused(parsed(signed(key=key))) == ("InvalidSignatureException", MISMATCH)
    assert refused(parsed(signed(key=key, presigned=True))) == ("InvalidSignatureException", MISMATCH)


def test_an_unknown_key_is_refused():
    key = Key("AKIARIACHOZZZZZZZZZZ", KEY.secret_key)
    expected = ("UnrecognizedClientException", "The security token included in the request is invalid.")
    assert refused(parsed(signed(key=key))) == expected


def test_a_changed_body_is_refused():
    request = parsed(signed())
    request.body += b" "
    assert refused(request) == ("InvalidSignatureException", MISMATCH)


def test_a_changed_header_is_refused():
    request = parsed(signed())
    request.headers["x-amz-target"] = "Kinesis_20131202.DeleteStream"
    assert refused(request) == ("InvalidSignatureException", MISMATCH)


def test_no_signature_at_all_is_refused():
    request = parsed(signed())
    del request.headers["authorization"]
    assert refused(request) == ("MissingAuthenticationTokenException", "Missing Authentication Token")


def test_two_signatures_are_refused():
    request = parsed(signed(presigned=True))
    request.headers["authorization"] = parsed(signed()).headers["authorization"]
    code, text = refused(request)
    assert code == "InvalidSignatureException" and text.startswith("Found both 'X-Amz-Algorithm'")


def test_half_a_signature_is_told_what_is_missing():
    request = parsed(signed())
    request.headers["authorization"] = "AWS4-HMAC-SHA256 Credential=AKIA/20261123/us-east-1/kinesis/aws4_request"
    del request.headers["x-amz-date"]
    code, text = refused(request)
    assert code == "IncompleteSignatureException"
    assert text == (
        "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
        "Authorization=AWS4-HMAC-SHA256 Credential=AKIA/20261123/us-east-1/kinesis/aws4_request"
    )
    request = parsed(signed(presigned=True))
    del request.query["X-Amz-Signature"]
    assert refused(request) == (
        "IncompleteSignatureException",
        "AWS query-string parameters must include 'X-Amz-Signature'. Re-examine the query-string parameters.",
    )


def test_another_region_is_refused():
    code, text = refused(parsed(signed(region="sa-east-1")))
    assert code == "InvalidSignatureException"
    assert text == "Credential should be scoped to a valid region, not 'sa-east-1'. "


def test_another_service_is_refused():
    request = parsed(signed(service="dynamodb"))
    assert scope_of(request) == "dynamodb"
    assert refused(request)[1] == "Credential should be scoped to correct service: 'kinesis'. "


def test_an_old_signature_is_refused_with_both_times():
    request = parsed(signed())
    stamp = request.headers["x-amz-date"]
    code, text = refused(request, time.time() + 301)
    assert code == "InvalidSignatureException"
    assert text.startswith(f"Signature expired: {stamp} is now earlier than ") and text.endswith(" - 5 min.)")
    assert verify(request, time.time() + 295) == "demo"


def test_a_signature_from_the_future_is_refused():
    text = refused(parsed(signed()), time.time() - 302)[1]
    assert text.startswith("Signature not yet current: ") and text.endswith(" + 5 min.)")


def test_a_presigned_request_is_good_for_as_long_as_it_says():
    request = parsed(signed(presigned=True, expires=600))
    assert verify(request, time.time() + 590) == "demo"
    assert refused(request, time.time() + 602)[1].startswith("Signature expired: ")


@pytest.mark.parametrize(
    "text", ["Basic abc", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a,Signature=b,SignedHeaders=c"]
)
def test_nonsense_is_refused_as_incomplete(text):
    request = parsed(signed())
    request.headers["authorization"] = text
    assert refused(request)[0] == "IncompleteSignatureException"


def test_a_date_that_is_none_is_refused():
    request = parsed(signed())
    request.headers["x-amz-date"] = "20261399T000000Z"
    request.headers["authorization"] = request.headers["authorization"].replace(
        request.headers["authorization"].split("/")[1], "20261399"
    )
    assert refused(request)[0] == "IncompleteSignatureException"
