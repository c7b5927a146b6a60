"""Retention, encryption, monitoring, mode, record size, tags, policies."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from engine.kinesis.service.errors import KinesisError
from engine.kinesis.service.operations.monitoring import METRICS
from tests.unit.kinesis.rig import Rig

ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/s"
AWS_KEY = "alias/aws/kinesis"


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.stream()
    return rig


def summary(rig: Rig) -> Any:
    return rig.call("DescribeStreamSummary", StreamName="s")["StreamDescriptionSummary"]


# --- retention ---------------------------------------------------------------------------------------------


def test_retention_goes_up_and_down(rig: Rig) -> None:
    rig.call("IncreaseStreamRetentionPeriod", StreamName="s", RetentionPeriodHours=8_760)
    assert summary(rig)["StreamStatus"] == "UPDATING"
    rig.live(5)
    rig.call("DecreaseStreamRetentionPeriod", StreamARN=ARN, RetentionPeriodHours=24)
    rig.live(5)
    assert (summary(rig)["RetentionPeriodHours"], summary(rig)["StreamStatus"]) == (24, "ACTIVE")
    assert rig.topics["__kinesis.s"].configs["retention.ms"] == "86400000"


@pytest.mark.parametrize(
    ("way", "hours", "text"),
    [
        ("Increase", 23,
         "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short."),
        ("Decrease", 0,
         "Minimum allowed retention period is 24 hours. Requested retention period (0 hours) is too short."),
        ("Increase", 8_761,
         "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long."),
        ("Increase", 24,
         "Requested retention period (24 hours) for stream s can not be shorter than existing retention period "
         "(48 hours). Use DecreaseRetentionPeriod API."),
        ("Decrease", 72,
         "Requested retention period (72 hours) for stream s can not be longer than existing retention period "
         "(48 hours). Use IncreaseRetentionPeriod API."),
    ],
)  # fmt: skip
def test_a_retention_that_cannot_be_is_refused(rig: Rig, way: str, hours: int, text: str) -> None:
    rig.call("IncreaseStreamRetentionPeriod", StreamName="s", RetentionPeriodHours=48)
    rig.live(5)
    with pytest.raises(KinesisError) as caught:
        rig.call(f"{way}StreamRetentionPeriod", StreamName="s", RetentionPeriodHours=hours)
    assert (caught.value.code, caught.value.message) == ("InvalidArgumentException", text)


# --- encryption --------------------------------------------------------------------------------------------


def test_encryption_is_started_and_stopped(rig: Rig) -> None:
    rig.call("StartStreamEncryption", StreamName="s", EncryptionType="KMS", KeyId=AWS_KEY)
    rig.live(5)
    assert (summary(rig)["EncryptionType"], summary(rig)["KeyId"]) == ("KMS", AWS_KEY)
    rig.call("StopStreamEncryption", StreamName="s", EncryptionType="KMS", KeyId=AWS_KEY)
    rig.live(5)
    assert summary(rig)["EncryptionType"] == "NONE"
    assert "KeyId" not in summary(rig)
    with pytest.raises(KinesisError, match="is not encrypted"):
        rig.call("StopStreamEncryption", StreamName="s", EncryptionType="KMS", KeyId=AWS_KEY)


def test_the_one_key_of_the_account_is_known_by_its_arn_too(rig: Rig) -> None:
    key = f"arn:aws:kms:us-east-1:000000000000:{AWS_KEY}"
    rig.call("StartStreamEncryption", StreamName="s", EncryptionType="KMS", KeyId=key)
    assert summary(rig)["KeyId"] == key


@pytest.mark.parametrize(
    ("key", "text"),
    [("alias/minha-chave", "Alias arn:aws:kms:us-east-1:000000000000:alias/minha-chave is not found."),
     ("1234abcd", "Key '1234abcd' does not exist")],
)  # fmt: skip
def test_other_keys_do_not_exist(rig: Rig, key: str, text: str) -> None:
    with pytest.raises(KinesisError, match=text) as caught:
        rig.call("StartStreamEncryption", StreamName="s", EncryptionType="KMS", KeyId=key)
    assert caught.value.code == "KMSNotFoundException"


# --- monitoring --------------------------------------------------------------------------------------------


def test_metrics_are_turned_on_and_off_one_by_one_and_all_at_once(rig: Rig) -> None:
    def change(way: str, *metrics: str) -> tuple[list[str], list[str]]:
        answer = rig.call(f"{way}EnhancedMonitoring", StreamName="s", ShardLevelMetrics=list(metrics))
        rig.live(5)
        assert (answer["StreamName"], answer["StreamARN"]) == ("s", ARN)
        return answer["CurrentShardLevelMetrics"], answer["DesiredShardLevelMetrics"]

    assert change("Enable", "OutgoingBytes", "IncomingBytes") == ([], ["IncomingBytes", "OutgoingBytes"])
    assert change("Disable", "IncomingBytes", "IteratorAgeMilliseconds")[1] == ["OutgoingBytes"]
    assert change("Enable", "ALL")[1] == list(METRICS)
    assert summary(rig)["EnhancedMonitoring"] == [{"ShardLevelMetrics": list(METRICS)}]
    assert change("Disable", "ALL") == (list(METRICS), [])


@pytest.mark.parametrize(
    ("metrics", "code"), [(["Nothing"], "ValidationException"), ([], "ValidationException"),
                          ("ALL", "SerializationException"), ([5], "SerializationException")],
)  # fmt: skip
def test_metrics_that_are_none_are_refused(rig: Rig, metrics: object, code: str) -> None:
    with pytest.raises(KinesisError) as caught:
        rig.call("EnableEnhancedMonitoring", StreamName="s", ShardLevelMetrics=metrics)
    assert caught.value.code == code


# --- mode --------------------------------------------------------------------------------------------------


def test_a_mode_is_changed_twice_a_day(rig: Rig) -> None:
    for mode in ("ON_DEMAND", "PROVISIONED"):
        rig.call("UpdateStreamMode", StreamARN=ARN, StreamModeDetails={"StreamMode": mode})
        rig.live(5)
        assert summary(rig)["StreamModeDetails"] == {"StreamMode": mode}
    with pytest.raises(KinesisError) as caught:
        rig.call("UpdateStreamMode", StreamARN=ARN, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    assert caught.value.code == "LimitExceededException"
    rig.live(86_400)
    with pytest.raises(KinesisError, match="is already in the PROVISIONED mode"):
        rig.call("UpdateStreamMode", StreamARN=ARN, StreamModeDetails={"StreamMode": "PROVISIONED"})
    assert len(rig.shards()) == 4


def test_an_account_commits_to_nothing(rig: Rig) -> None:
    settings = rig.call("DescribeAccountSettings")
    assert settings == {"MinimumThroughputBillingCommitment": {"Status": "DISABLED"}}


# --- tags --------------------------------------------------------------------------------------------------


def test_tags_of_a_stream_are_the_same_by_both_families_of_calls(rig: Rig) -> None:
    rig.call("AddTagsToStream", StreamName="s", Tags={"Aluno": "Fernando", "Aula": "7"})
    rig.call("TagResource", ResourceARN=ARN, Tags={"Aula": "8", "Água": "é boa"})
    everything = [
        {"Key": "Aluno", "Value": "Fernando"},
        {"Key": "Aula", "Value": "8"},
        {"Key": "Água", "Value": "é boa"},
    ]
    assert rig.call("ListTagsForStream", StreamARN=ARN) == {"Tags": everything, "HasMoreTags": False}
    assert rig.call("ListTagsForResource", ResourceARN=ARN) == {"Tags": everything}
    rig.call("UntagResource", ResourceARN=ARN, TagKeys=["Aluno"])
    rig.call("RemoveTagsFromStream", StreamName="s", TagKeys=["Aula", "no such"])
    assert rig.call("ListTagsForResource", ResourceARN=ARN)["Tags"] == everything[2:]


def test_tags_are_listed_page_by_page(rig: Rig) -> None:
    rig.call("AddTagsToStream", StreamName="s", Tags=dict.fromkeys("cab", ""))
    first = rig.call("ListTagsForStream", StreamName="s", Limit=2)
    assert ([tag["Key"] for tag in first["Tags"]], first["HasMoreTags"]) == (["a", "b"], True)
    last = rig.call("ListTagsForStream", StreamName="s", ExclusiveStartTagKey="b")
    assert ([tag["Key"] for tag in last["Tags"]], last["HasMoreTags"]) == (["c"], False)


def test_a_consumer_has_tags_of_its_own(rig: Rig) -> None:
    asked = rig.call("RegisterStreamConsumer", StreamARN=ARN, ConsumerName="c", Tags={"a": "1"})
    arn = asked["Consumer"]["ConsumerARN"]
    rig.call("TagResource", ResourceARN=arn, Tags={"b": "2"})
    rig.call("UntagResource", ResourceARN=arn, TagKeys=["a"])
    assert rig.call("ListTagsForResource", ResourceARN=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    assert rig.call("ListTagsForResource", ResourceARN=ARN)["Tags"] == []


@pytest.mark.parametrize(
    ("tags", "code", "text"),
    [
        ({str(n): "" for n in range(51)}, "InvalidArgumentException",
         "Failed to add tags to stream s under account 000000000000 because a given stream cannot have more than 50 "
         "tags associated with it."),
        ({"a!": ""}, "InvalidArgumentException", "Some tags contain invalid characters."),
        ({"aws:x": ""}, "InvalidArgumentException", "reserved for AWS"),
        ({}, "ValidationException", "greater than or equal to 1"),
        (None, "ValidationException", "Value null at 'tags'"),
        ({"k" * 129: ""}, "ValidationException", "Map keys must satisfy constraint"),
        ({"": ""}, "ValidationException", "Map keys must satisfy constraint"),
        ({"k": "v" * 257}, "ValidationException", "Map value must satisfy constraint"),
        (["k"], "SerializationException", "Tags"),
        ({"k": None}, "SerializationException", "Tags"),
    ],
)  # fmt: skip
def test_tags_that_cannot_be_are_refused(rig: Rig, tags: object, code: str, text: str) -> None:
    with pytest.raises(KinesisError) as caught:
        rig.call("AddTagsToStream", StreamName="s", Tags=tags)
    assert caught.value.code == code
    assert text in caught.value.message


# --- policies ----------------------------------------------------------------------------------------------


def policy(**changes: Any) -> str:
    statement = {
        "Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": ["kinesis:PutRecord"], "Resource": ARN
    }  # fmt: skip
    document: dict[str, Any] = {"Version": "2012-10-17", "Statement": [statement]}
    for name, value in changes.items():
        (document if name in document or name == "Extra" else statement)[name] = value
    return orjson.dumps(document).decode()


def test_a_policy_is_kept_as_it_is_and_deleted(rig: Rig) -> None:
    rig.call("PutResourcePolicy", ResourceARN=ARN, Policy=policy())
    assert rig.call("GetResourcePolicy", ResourceARN=ARN) == {"Policy": policy()}
    rig.call("DeleteResourcePolicy", ResourceARN=ARN)
    for operation in ("GetResourcePolicy", "DeleteResourcePolicy"):
        with pytest.raises(KinesisError, match=f"No resource policy found for resource ARN {ARN}.") as caught:
            rig.call(operation, ResourceARN=ARN)
        assert caught.value.code == "ResourceNotFoundException"


def test_a_consumer_has_a_policy_of_its_own(rig: Rig) -> None:
    arn = rig.call("RegisterStreamConsumer", StreamARN=ARN, ConsumerName="c")["Consumer"]["ConsumerARN"]
    mine = policy(Resource=arn, Action="kinesis:SubscribeToShard")
    with pytest.raises(KinesisError, match="is not in ACTIVE status"):
        rig.call("PutResourcePolicy", ResourceARN=arn, Policy=mine)
    rig.live(5)
    rig.call("PutResourcePolicy", ResourceARN=arn, Policy=mine)
    assert rig.call("GetResourcePolicy", ResourceARN=arn)["Policy"] == mine


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("{", "Syntax errors in policy."),
        ("[]", "Missing required field Statement."),
        (policy(Statement=[]), "Missing required field Statement."),
        (policy(Statement=["x"]), "A statement must be an object."),
        (policy(Version="2020-01-01"), "Version must be one of"),
        (policy(Extra=1), "Unknown field Extra."),
        (policy(Effect="Perhaps"), "Invalid effect: Perhaps."),
        (policy(Principal=None), "Missing required field Principal."),
        (policy(Action=[]), "Missing required field Action."),
        (policy(Action="s3:GetObject"), "Action s3:GetObject is not an action of kinesis."),
        (policy(Resource="arn:aws:kinesis:us-east-1:000000000000:stream/t"), "Resource must be the resource"),
        (policy(Resource=None), "Missing required field Resource."),
        (policy(Wish="x"), "Unknown field Wish."),
    ],
)
def test_a_policy_with_a_flaw_is_refused(rig: Rig, text: str, flaw: str) -> None:
    with pytest.raises(KinesisError) as caught:
        rig.call("PutResourcePolicy", ResourceARN=ARN, Policy=text)
    assert caught.value.code == "InvalidArgumentException"
    assert flaw in caught.value.message


def test_a_policy_of_more_than_20_kib_is_refused(rig: Rig) -> None:
    with pytest.raises(KinesisError, match="20480 bytes") as caught:
        rig.call("PutResourcePolicy", ResourceARN=ARN, Policy=" " * 20_481)
    assert caught.value.code == "LimitExceededException"
