"""What a command is, and how what is none is refused: by code, with a reason and a way out."""

import dataclasses
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import limits
from engine.commands import (
    COMMANDS,
    AddGroup,
    AddProducer,
    CommandRefused,
    CreateTopic,
    Pause,
    Produce,
    SetConsumer,
    Speed,
    parse,
    signature,
    takes,
    to_json,
)

# Of each command the least it needs.
LEAST = {
    "produce": {"topic": "FIAP"}, "create_topic": {"topic": "FIAP"}, "delete_topic": {"topic": "FIAP"},
    "stop_broker": {"broker": 1}, "crash_broker": {"broker": 1}, "start_broker": {"broker": 1}, "add_broker": {},
    "add_producer": {"topic": "FIAP"}, "set_producer": {"producer": "loja"}, "start_producer": {"producer": "loja"},
    "stop_producer": {"producer": "loja"}, "remove_producer": {"producer": "loja"},
    "add_group": {"group": "A", "topic": "FIAP"}, "remove_group": {"group": "A"}, "add_consumer": {"group": "A"},
    "remove_consumer": {"consumer": "a1"}, "crash_consumer": {"consumer": "a1"}, "set_consumer": {"consumer": "a1"},
    "stop_consumer": {"consumer": "a1"}, "start_consumer": {"consumer": "a1"}, "pause": {}, "resume": {}, "step": {},
    "speed": {"speed": 2},
    "power_off_broker": {"broker": 1}, "pause_broker": {"broker": 1}, "slow_disk": {"broker": 1},
    "fill_disk": {"broker": 1}, "free_disk": {"broker": 1}, "fail_disk": {"broker": 1},
    "flip_bit": {"broker": 1, "path": "FIAP-0/00000000000000000000.log", "byte": 70},
    "cut_link": {"source": "B1", "target": "B2"}, "delay_link": {"source": "B1", "target": "B2"},
    "isolate_broker": {"broker": 1}, "heal_links": {}, "reset_connections": {"node": "B1"},
    "skew_clock": {"broker": 1}, "pause_consumer": {"consumer": "a1"}, "end_pause": {"node": "B1"},
    "drop_client": {"client": "loja"}, "burst": {"topic": "FIAP", "value": "{n}"},
    "set_topic": {"topic": "FIAP", "configs": {"retention.ms": "1000"}},
    "add_partitions": {"topic": "FIAP", "partitions": 4}, "restart_producer": {"producer": "loja"},
    "reset_offsets": {"group": "A"}, "move_replicas": {"topic": "FIAP", "replicas": [1, 2]},
    "predict": {"option": 0}, "show_solution": {},
    "call_aws": {"operation": "ListStreams"}, "set_kinesis": {"throttle": False},
    "add_stream_producer": {"stream": "vendas"}, "set_stream_producer": {"producer": "put1"},
    "remove_stream_producer": {"producer": "put1"}, "add_stream_consumer": {"stream": "vendas"},
    "set_stream_consumer": {"consumer": "kcl1"}, "crash_stream_consumer": {"consumer": "kcl1"},
    "remove_stream_consumer": {"consumer": "kcl1"},
}  # fmt: skip


def refused(data):
    with pytest.raises(CommandRefused) as caught:
        parse(data)
    assert caught.value.code == "INVALID_REQUEST"
    assert str(caught.value) == caught.value.reason
    return caught.value


def test_the_list_here_is_complete():
    assert list(LEAST) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_comes_back_from_its_json(name):
    command = parse({"do": name, "id": "c1", **LEAST[name]})
    assert type(command) is COMMANDS[name]
    assert parse(json.loads(json.dumps(to_json(command)))) == command
    assert pickle.loads(pickle.dumps(command)) == command


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_takes(name):
    described = takes(COMMANDS[name])
    assert list(described) == [field.name for field in dataclasses.fields(COMMANDS[name])]
    assert all(described.values())


@pytest.mark.parametrize("name", [name for name, least in LEAST.items() if least])
def test_every_command_needs_what_it_needs(name):
    missing = next(iter(LEAST[name]))
    given = {key: value for key, value in LEAST[name].items() if key != missing}
    error = refused({"do": name, **given})
    assert error.reason == f"{name} needs {missing!r}."
    assert error.takes == takes(COMMANDS[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_takes_what_it_does_not_know(name):
    assert refused({"do": name, **LEAST[name], "colour": 1}).reason == f"{name} takes no 'colour'."


def test_defaults_are_filled_in():
    assert parse({"do": "create_topic", "topic": "FIAP"}) == CreateTopic("FIAP", 3, 3, 1)
    assert parse({"do": "add_producer", "topic": "FIAP"}) == AddProducer("FIAP", None, 1.0, "all", "few", True)
    assert parse({"do": "pause"}) == Pause()


def test_a_field_that_came_later_does_not_make_an_older_command_another():
    old = "SetProducer(producer='loja', rate=90.0, acks=None, keys=None)"
    assert signature(parse({"do": "set_producer", "producer": "loja", "rate": 90})) == old
    assert signature(parse({"do": "set_producer", "producer": "loja", "rate": 90, "late": 5})) != old
    for name, least in LEAST.items():
        command = parse({"do": name, **least})
        if all(not f.metadata.get("later") for f in dataclasses.fields(command)):
            assert signature(command) == repr(command)


@pytest.mark.parametrize("keys", ["a", [1], ["a", None], ["x"] * 51, {"a": "b"}, ["\ud800"], ["x" * 10_001]], ids=repr)
def test_keys_of_a_burst_are_texts_and_not_too_many(keys):
    assert "keys" in refused({"do": "burst", "topic": "t", "value": "v", "keys": keys}).reason


@pytest.mark.parametrize("brokers", ["1", ["1"], [1.0], [True], [2**31], [1] * 25, {"1": 1}], ids=repr)
def test_brokers_to_move_to_are_whole_numbers_and_not_too_many(brokers):
    assert "replicas must" in refused({"do": "move_replicas", "topic": "t", "replicas": brokers}).reason
    assert takes(COMMANDS["move_replicas"])["replicas"] == "list of whole numbers, may be left out"


def test_headers_of_one_record_are_not_anothers():
    one, other = parse({"do": "produce", "topic": "t"}), parse({"do": "produce", "topic": "t"})
    assert isinstance(one, Produce) and isinstance(other, Produce)
    one.headers["k"] = "v"
    assert other.headers == {}


def test_what_a_command_takes_is_said_for_people():
    assert takes(CreateTopic) == {
        "topic": "text",
        "partitions": "whole number from 1 to 100, 3 if left out",
        "replication": "whole number from 1 to 12, 3 if left out",
        "min_insync_replicas": "whole number from 1 to 12, 1 if left out",
        "configs": "object of texts, may be left out",
    }
    assert takes(AddGroup)["assignor"] == "one of range, roundrobin, sticky, cooperative-sticky, range if left out"
    assert takes(SetConsumer)["poll_ms"] == "whole number from 10 to 60000, may be left out"
    assert takes(Produce)["headers"] == "object of texts, may be left out"
    assert takes(Speed)["speed"] == "number from 0.015625 to 64"


@pytest.mark.parametrize("data", [None, 1, "pause", [], ["do"]], ids=repr)
def test_a_command_is_an_object(data):
    assert refused(data).reason.startswith("A command is an object")


@pytest.mark.parametrize("name", ["explode", "", None, 3, ["pause"], {"do": "pause"}, "Pause"], ids=repr)
def test_an_unknown_command_is_refused_with_the_known_ones(name):
    error = refused({"do": name})
    assert "There is no command" in error.reason
    assert "crash_broker" in error.reason
    assert error.takes is not None and set(error.takes) == {"do"}


def test_a_very_long_name_is_not_echoed_whole():
    assert len(refused({"do": "x" * 100_000}).reason) < 1000
    assert len(refused({"do": "pause", "y" * 100_000: 1}).reason) < 200


def test_of_several_unknown_fields_the_first_is_named():
    assert refused({"do": "pause", "zebra": 1, "ant": 2}).reason == "pause takes no 'zebra'."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("partitions", "3"), ("partitions", 3.0), ("partitions", True), ("partitions", [3]), ("partitions", None),
        ("topic", 3), ("topic", None), ("topic", {}), ("partitions", [[[[]]]]),
    ],
    ids=repr,
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_refused(field, value):
    error = refused({"do": "create_topic", "topic": "FIAP", field: value})
    assert error.reason.startswith(f"create_topic: {field} must")
    assert error.takes == takes(CreateTopic)


def test_a_list_nested_deeply_is_refused_like_any_other():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert refused({"do": "create_topic", "topic": deep}).reason == "create_topic: topic must be text, not a list."


@pytest.mark.parametrize("value", [0, -1, 101, 2**31, -(2**40), 10**400], ids=lambda v: f"{len(str(v))}:{str(v)[:9]}")
def test_a_number_out_of_range_is_refused(value):
    reason = refused({"do": "create_topic", "topic": "FIAP", "partitions": value}).reason
    assert reason in (
        "create_topic: partitions is too large.",
        f"create_topic: partitions must be from 1 to 100, not {value if abs(value) < 10**9 else 0:g}.",
    )


@pytest.mark.parametrize(
    "value", [0, -1.0, 65, 1e300, float("nan"), float("inf"), 10**400], ids=lambda v: str(v)[:9]
)
def test_a_speed_out_of_range_is_refused(value):
    refused({"do": "speed", "speed": value})


def test_a_whole_number_will_do_where_a_number_is_wanted():
    speed = parse({"do": "speed", "speed": 2})
    assert isinstance(speed, Speed) and type(speed.speed) is float


def test_a_number_without_a_range_of_its_own_still_fits_the_protocol():
    assert refused({"do": "crash_broker", "broker": 2**31}).reason == "crash_broker: broker is too large."
    parse({"do": "crash_broker", "broker": 2**31 - 1})  # whether there is one is decided when it is applied


def test_a_choice_is_one_of_the_choices():
    error = refused({"do": "add_producer", "topic": "FIAP", "acks": "2"})
    assert error.reason == "add_producer: acks must be one of 0, 1, all, not '2'."


def test_null_means_leave_as_it_is_only_where_that_makes_sense():
    assert parse({"do": "set_consumer", "consumer": "a1", "poll_ms": None}) == SetConsumer("a1")
    assert refused({"do": "add_group", "group": "A", "topic": "t", "poll_ms": None}).reason == (
        "add_group: poll_ms must not be null."
    )


def test_names_are_not_empty_and_not_too_long_in_bytes():
    assert refused({"do": "delete_topic", "topic": ""}).reason == "delete_topic: topic must not be empty."
    parse({"do": "delete_topic", "topic": "x" * limits.NAME_MAX})
    assert "has 250 bytes; the limit is 249" in refused({"do": "delete_topic", "topic": "é" * 125}).reason


def test_keys_and_values_may_be_empty_and_have_limits_of_their_own():
    record = parse({"do": "produce", "topic": "t", "key": "", "value": ""})
    assert isinstance(record, Produce) and (record.key, record.value) == ("", "")
    parse({"do": "produce", "topic": "t", "value": "v" * limits.VALUE_BYTES_MAX})
    assert "the limit is 100,000" in refused({"do": "produce", "topic": "t", "value": "v" * 100_001}).reason
    assert "the limit is 10,000" in refused({"do": "produce", "topic": "t", "key": "k" * 10_001}).reason


def test_a_tombstone_and_no_key_are_not_empty_texts():
    record = parse({"do": "produce", "topic": "t", "value": None, "key": None})
    assert isinstance(record, Produce) and (record.key, record.value) == (None, None)


@pytest.mark.parametrize("field", ["topic", "key", "value"])
def test_text_that_is_no_unicode_is_refused(field):
    reason = refused({"do": "produce", "topic": "t", field: "\ud800"}).reason
    assert reason == f"produce: {field} is not valid Unicode text."


def test_headers_are_texts_by_name_and_not_too_many():
    assert parse({"do": "produce", "topic": "t", "headers": {"a": "b"}}) == Produce("t", headers={"a": "b"})
    for headers in ({"a": 1}, {"a": None}, {str(n): "" for n in range(limits.HEADERS_MAX + 1)}):
        assert "must be at most 50 texts by name" in refused({"do": "produce", "topic": "t", "headers": headers}).reason
    assert "limit is 100,000" in refused({"do": "produce", "topic": "t", "headers": {"a": "x" * 100_000}}).reason
    assert "Unicode" in refused({"do": "produce", "topic": "t", "headers": {"\udfff": "x"}}).reason
    assert "object of texts" in refused({"do": "produce", "topic": "t", "headers": []}).reason


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
fields = sorted({field.name for kind in COMMANDS.values() for field in dataclasses.fields(kind)})


@given(name=st.sampled_from(list(COMMANDS)), data=st.dictionaries(st.sampled_from(fields), anything, max_size=4))
def test_whatever_comes_is_a_command_or_is_refused(name, data):
    try:
        command = parse({"do": name, **LEAST[name], **data})
    except CommandRefused as error:
        json.dumps([error.code, error.reason, error.takes]).encode()
    else:
        assert parse(to_json(command)) == command
