"""What AWS says about parameters that are not as the model has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.live.aws.errors import AwsError
from engine.live.aws.quick import QUICK
from engine.live.aws.services import SERVICES
from engine.live.aws.validation import check

OPERATIONS = SERVICES["kinesis"].model.operations
GOOD = {"StreamName": "s", "PartitionKey": "k", "Data": "YQ=="}
NULL = "failed to satisfy constraint: Member must not be null"


def refused(operation, given):
    with pytest.raises(AwsError) as error:
        check(OPERATIONS[operation].input, given)
    return error.value.code, error.value.message


def told(operation, given):
    code, text = refused(operation, given)
    assert code == "ValidationException"
    return text


def test_what_is_right_goes_through_without_what_nobody_knows():
    assert check(OPERATIONS["PutRecord"].input, {**GOOD, "Unknown": 1, "ExplicitHashKey": None}) == GOOD


def test_what_is_missing_is_null():
    assert (
        told("PutRecord", {"StreamName": "s", "Data": ""})
        == f"1 validation error detected: Value null at 'partitionKey' {NULL}"
    )


def test_all_that_is_wrong_is_told_at_once():
    assert told("GetShardIterator", {"StreamName": "no spaces", "ShardId": "s", "ShardIteratorType": "FIRST"}) == (
        "2 validation errors detected: Value 'no spaces' at 'streamName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; "
        "Value 'FIRST' at 'shardIteratorType' failed to satisfy constraint: Member must satisfy enum value set: "
        "[AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, TRIM_HORIZON, LATEST, AT_TIMESTAMP]"
    )


def test_but_ten_of_it_at_most():
    entry = {"Data": "", "PartitionKey": ""}
    assert told("PutRecords", {"StreamName": "s", "Records": [entry] * 20}).startswith(
        "10 validation errors detected: "
    )


def test_a_place_inside_a_list_has_its_number():
    text = told(
        "PutRecords",
        {"StreamName": "s", "Records": [{"Data": "", "PartitionKey": "k"}, {"Data": "", "PartitionKey": ""}]},
    )
    assert "Value '' at 'records.2.member.partitionKey' failed to satisfy constraint: Member must have length" in text


def test_a_place_inside_a_structure_has_its_path():
    text = told(
        "UpdateStreamMode",
        {"StreamARN": "arn:aws:kinesis:us-east-1:000000000000:stream/s", "StreamModeDetails": {"StreamMode": "X"}},
    )
    assert "Value 'X' at 'streamModeDetails.streamMode' failed to satisfy constraint" in text


def test_numbers_have_values_and_lists_have_lengths():
    assert (
        "Value '0' at 'shardCount' failed to satisfy constraint: Member must have value greater than or equal to 1"
        in told("CreateStream", {"StreamName": "s", "ShardCount": 0})
    )
    assert (
        "Value '[]' at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1"
        in told("PutRecords", {"StreamName": "s", "Records": []})
    )


def test_a_map_names_all_that_its_keys_must_be():
    assert told("AddTagsToStream", {"StreamName": "s", "Tags": {"": "v"}}) == (
        "1 validation error detected: Value '{=v}' at 'tags' failed to satisfy constraint: "
        "Map keys must satisfy constraint: [Member must have length less than or equal to 128, "
        "Member must have length greater than or equal to 1]"
    )


def test_a_blob_is_shown_as_java_would():
    given = {**GOOD, "Data": "YWFh" * (14 << 18)}
    assert "Value 'java.nio.HeapByteBuffer[pos=0 lim=11010048 cap=11010048]' at 'data'" in told("PutRecord", given)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (
            {"StreamName": 5},
            "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String",
        ),
        ({"StreamName": True}, "class java.lang.Boolean can not be converted to an String"),
        ({"StreamName": []}, "Start of list found where not expected"),
        ({"StreamName": {}}, "Start of structure or map found where not expected."),
        ({"ShardCount": "4"}, "class java.lang.String can not be converted to an Integer"),
        ({"StreamModeDetails": "ON_DEMAND"}, "Expected null"),
        ({"Tags": 1}, "Expected map or null"),
    ],
)
def test_a_wrong_type_is_told_before_anything_else(given, text):
    assert refused("CreateStream", given) == ("SerializationException", text)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("hello", "Base64 encoded length is expected a multiple of 4 bytes but found: 5"),
        ("a-b=", "Invalid Base64 character: '-'"),
        ("YR==", "Invalid last non-pad Base64 character dectected"),
        ("====", "Invalid Base64 character: '='"),
    ],
)
def test_data_that_is_no_base64_is_told_why(data, text):
    code, said = refused("PutRecord", {**GOOD, "Data": data})
    assert (code, said) == ("SerializationException", f"'{data}' can not be converted to a Blob: {text}")


def test_a_fraction_of_a_number_is_cut_off():
    assert check(OPERATIONS["CreateStream"].input, {"StreamName": "s", "ShardCount": 2.9})["ShardCount"] == 2


def entries(**changes):
    return {"StreamName": "s", "Records": [{"PartitionKey": "k", "Data": "YQ==", **changes}]}


CALLS = [
    ("PutRecord", GOOD),
    ("PutRecord", {**GOOD, "StreamName": "a b"}),
    ("PutRecord", {**GOOD, "StreamName": "n" * 129}),
    ("PutRecord", {**GOOD, "PartitionKey": ""}),
    ("PutRecord", {**GOOD, "PartitionKey": "k" * 257}),
    ("PutRecord", {**GOOD, "Data": "YR=="}),
    ("PutRecord", {**GOOD, "Data": "YWJ="}),
    ("PutRecord", {**GOOD, "Data": "YWI="}),
    ("PutRecord", {**GOOD, "Data": "Y"}),
    ("PutRecord", {**GOOD, "Data": ""}),
    ("PutRecord", {**GOOD, "Data": 5}),
    ("PutRecord", {**GOOD, "Data": "é==="}),
    ("PutRecords", entries()),
    ("PutRecords", entries(PartitionKey=None)),
    ("PutRecords", entries(Data="====")),
    ("PutRecords", {"StreamName": "s", "Records": [None]}),
    ("PutRecords", {"StreamName": "s", "Records": entries()["Records"] * 501}),
    ("GetRecords", {"ShardIterator": "i"}),
    ("GetRecords", {"ShardIterator": "i" * 513}),
    ("GetRecords", {"ShardIterator": "i", "Limit": 10_000}),
    ("GetRecords", {"ShardIterator": "i", "Limit": 10_001}),
    ("GetRecords", {"ShardIterator": "i", "Limit": True}),
]


@pytest.mark.parametrize(("operation", "given"), CALLS)
def test_the_quick_way_lets_nothing_through_that_the_long_way_would_not(operation, given):
    try:
        is_right = check(OPERATIONS[operation].input, given) == given
    except AwsError:
        is_right = False
    assert QUICK[operation](given) == is_right


@given(st.text("ABgwQ+/=-éz09", max_size=12))
def test_of_base64_both_ways_think_the_same(data):
    given = {**GOOD, "Data": data}
    try:
        is_right = check(OPERATIONS["PutRecord"].input, given) == given
    except AwsError:
        is_right = False
    assert QUICK["PutRecord"](given) == is_right
