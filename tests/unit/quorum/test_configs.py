"""AlterConfigs and IncrementalAlterConfigs: each resource by itself, with Kafka's codes."""

from __future__ import annotations

import pytest

from engine import events
from engine.quorum import configs
from engine.quorum.records import ConfigRecord
from engine.wire import errors
from engine.wire.messages import (
    AlterConfigsRequest,
    AlteredResource,
    ConfigChange,
    IncrementalAlterConfigsRequest,
)
from engine.wire.messages.configs import APPEND, DELETE, SET, SUBTRACT
from tests.unit.quorum.desk import Desk

TOPIC, BROKER = 2, 4


@pytest.fixture
def desk():
    desk = Desk()
    desk.create("t", configs={"retention.ms": "1000", "cleanup.policy": "delete"})
    desk.events.clear()
    return desk


def change(desk, *changes, name="t", kind=TOPIC, **more):
    resource = AlteredResource(kind, name, [ConfigChange(*c) for c in changes])
    return desk.ask(IncrementalAlterConfigsRequest([resource], **more)).answer.results[0]


def replace(desk, name="t", **values):
    changes = [ConfigChange(key.replace("_", "."), value) for key, value in values.items()]
    return desk.ask(AlterConfigsRequest([AlteredResource(TOPIC, name, changes)])).answer.results[0]


def now(desk, name="t"):
    return desk.image.topics[name].configs


def test_one_config_is_set_and_the_others_stay(desk):
    assert change(desk, ("segment.bytes", "4096", SET)).error == 0
    assert now(desk) == {"retention.ms": "1000", "cleanup.policy": "delete", "segment.bytes": "4096"}
    assert desk.told(events.TopicConfigured) == [events.TopicConfigured("t", ["segment.bytes=4096"])]


def test_one_is_deleted_and_has_its_default_again(desk):
    assert change(desk, ("retention.ms", None, DELETE)).error == 0
    assert now(desk) == {"cleanup.policy": "delete"}
    assert desk.told(events.TopicConfigured) == [events.TopicConfigured("t", ["retention.ms"])]


def test_lists_can_be_appended_to_and_subtracted_from(desk):
    assert change(desk, ("cleanup.policy", "compact", APPEND)).error == 0
    assert now(desk)["cleanup.policy"] == "delete,compact"
    assert change(desk, ("cleanup.policy", "compact", APPEND)).error == 0
    assert change(desk, ("cleanup.policy", "delete", SUBTRACT)).error == 0
    assert now(desk)["cleanup.policy"] == "compact"
    assert change(desk, ("cleanup.policy", "compact", SUBTRACT)).error == errors.INVALID_CONFIG


def test_alter_configs_replaces_all(desk):
    assert replace(desk, segment_ms="5000").error == 0
    assert now(desk) == {"segment.ms": "5000"}


def test_what_is_as_it_was_is_no_change(desk):
    offset = desk.image.offset
    assert change(desk, ("retention.ms", "1000", SET)).error == 0
    assert desk.image.offset == offset and not desk.told(events.TopicConfigured)


def test_asking_whether_it_would_do_changes_nothing(desk):
    assert change(desk, ("retention.ms", "5", SET), validate_only=True).error == 0
    assert change(desk, ("retention.ms", "x", SET), validate_only=True).error == errors.INVALID_CONFIG
    assert now(desk)["retention.ms"] == "1000"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ([("nothing", "1", SET)], errors.INVALID_CONFIG),
        ([("nothing", "1", APPEND)], errors.INVALID_CONFIG),
        ([("retention.ms", "-2", SET)], errors.INVALID_CONFIG),
        ([("retention.ms", "1", APPEND)], errors.INVALID_CONFIG),
        ([("retention.ms", None, SET)], errors.INVALID_REQUEST),
        ([("retention.ms", "1", 9)], errors.INVALID_REQUEST),
        ([("retention.ms", "1", SET), ("retention.ms", "2", SET)], errors.INVALID_REQUEST),
        ([("min.compaction.lag.ms", "10", SET), ("max.compaction.lag.ms", "5", SET)], errors.INVALID_CONFIG),
        ([("min.cleanable.dirty.ratio", "1.5", SET)], errors.INVALID_CONFIG),
        ([("min.cleanable.dirty.ratio", "nan", SET)], errors.INVALID_CONFIG),
        ([("segment.bytes", "4096", SET), ("retention.ms", "x", SET)], errors.INVALID_CONFIG),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(desk, changes, error):
    result = change(desk, *changes)
    assert result.error == error and result.message.endswith(".")
    assert now(desk) == {"retention.ms": "1000", "cleanup.policy": "delete"}


def test_only_topics_that_there_are(desk):
    assert change(desk, ("retention.ms", "1", SET), name="nothing").error == errors.UNKNOWN_TOPIC_OR_PARTITION
    assert change(desk, ("retention.ms", "1", SET), name="1", kind=BROKER).error == errors.INVALID_REQUEST


def test_a_topic_named_twice_is_changed_once(desk):
    one = AlteredResource(TOPIC, "t", [ConfigChange("retention.ms", "5")])
    first, second = desk.ask(AlterConfigsRequest([one, one])).answer.results
    assert (first.error, second.error) == (0, errors.INVALID_REQUEST)


def test_a_ratio_is_a_plain_number():
    for value in ("0", "1", "0.01", "1.0"):
        assert configs.check({"min.cleanable.dirty.ratio": value})


def test_every_node_folds_the_change_in_alike(desk):
    change(desk, ("segment.bytes", "4096", SET), ("retention.ms", None, DELETE))
    records = [r for r in desk.controller.log if isinstance(r, ConfigRecord)]
    assert records == [ConfigRecord("t", "retention.ms", None), ConfigRecord("t", "segment.bytes", "4096")]
