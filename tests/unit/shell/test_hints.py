"""The classic traps are named, and only where somebody stepped into one."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.shell.hints import TOLD_MAX, Memory, find, meant_as_base64, repaired

PUT = "aws kinesis put-record --stream-name s --partition-key 1 --data"
RAW = "--cli-binary-format raw-in-base64-out"


def call(operation: str, parameters: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"argv": [], "operation": operation, "parameters": parameters or {}, "answer": {}, "exit": 0, **more}


def codes(line: str, *calls: dict[str, Any], memory: Memory | None = None, exit: int = 0) -> list[str]:
    return [hint.code for hint in find(line, {"exit": exit, "calls": list(calls)}, memory or Memory())]


@pytest.mark.parametrize(
    ("line", "code", "right"),
    [
        ("aws kinesis describe-stream –stream-name s", "dash", "aws kinesis describe-stream --stream-name s"),
        ("aws kinesis describe-stream —stream-name s", "dash", "aws kinesis describe-stream --stream-name s"),
        ("aws kinesis get-x −−shard-id y", "dash", "aws kinesis get-x --shard-id y"),
        ("aws kinesis get-x -- shard-id y", "space", "aws kinesis get-x --shard-id y"),
        ("aws kinesis x shardId-00000000003", "shard.digits", "aws kinesis x shardId-000000000003"),
        ("aws kinesis x --stream-name “s”", "quotes.curly", 'aws kinesis x --stream-name "s"'),
        (PUT + ' {"nome":"Fernando"}', "json.quotes", PUT + """ '{"nome":"Fernando"}'"""),
        (PUT + ' {"a": 1, "b": 2} --x', "json.quotes", PUT + """ '{"a": 1, "b": 2}' --x"""),
        ("$ aws kinesis list-streams", "prompt", "aws kinesis list-streams"),
        ("kinesis list-streams", "aws.missing", "aws kinesis list-streams"),
    ],
)  # fmt: skip
def test_what_a_slide_does_to_a_command_is_named_and_repaired(line: str, code: str, right: str) -> None:
    (hint,) = find(line, {"exit": 252, "calls": []}, Memory())
    assert (hint.code, hint.fix) == (code, right)
    assert find(right, {"exit": 0, "calls": []}, Memory()) == []


def test_several_mistakes_are_named_each_and_repaired_at_once() -> None:
    line = "aws kinesis get-shard-iterator –stream-name s -- shard-id shardId-00000000003"
    found = find(line, {"exit": 252, "calls": []}, Memory())
    assert [hint.code for hint in found] == ["dash", "space", "shard.digits"]
    assert [hint.fix for hint in found][:2] == [None, None]
    assert found[2].fix == "aws kinesis get-shard-iterator --stream-name s --shard-id shardId-000000000003"


@pytest.mark.parametrize(
    "line",
    ["echo a – b", "echo 'x – y'; aws kinesis list-streams", "ls -- a", PUT + """ '{"a": 1}'""",
     "aws kinesis x --no-paginate", "aws kinesis x shardId-000000000003", "for a in 1; do aws kinesis x; done"],
)  # fmt: skip
def test_a_line_without_a_mistake_is_left_alone(line: str) -> None:
    assert codes(line) == []


def test_refused_base64_tells_what_to_give_instead() -> None:
    refused = call("PutRecord", {"Data": "teste"}, error="InvalidBase64", text='Invalid base64: "teste"', exit=255)
    (hint,) = find(f"{PUT} teste", {"exit": 255, "calls": [refused]}, Memory())
    assert hint == ("base64.refused", {"data": "teste", "encoded": "dGVzdGU="}, f"{PUT} teste {RAW}")


def test_text_that_passed_for_base64_is_shown_as_what_it_became() -> None:
    (hint,) = find(f"{PUT} testdata", {"exit": 0, "calls": [call("PutRecord", {"Data": "testdata"})]}, Memory())
    assert (hint.code, hint.params) == (
        "base64.silent",
        {"data": "testdata", "became": r"\xb5\xeb-u\xab\x5a".replace(r"\x5a", "Z")},
    )
    assert hint.fix == f"{PUT} testdata {RAW}"
    assert codes("x", call("PutRecord", {"Data": '{"nome":"Fernando"}'})) == ["base64.silent"]


def test_real_base64_raw_data_and_files_are_no_trap() -> None:
    assert codes("x", call("PutRecord", {"Data": "dGVzdGU="})) == []
    assert codes("x", call("PutRecord", {"Data": "teste"}, argv=["--cli-binary-format", "raw-in-base64-out"])) == []
    assert codes("x", call("PutRecord", {"Data": "b'\\x00\\x01'"})) == []


@given(st.text(min_size=1))
def test_whatever_was_encoded_from_readable_text_is_taken_as_meant(text: str) -> None:
    if text.isprintable():
        assert meant_as_base64(base64.b64encode(text.encode()).decode())


def test_iterators_quoted_and_expired() -> None:
    quoted = call("GetRecords", {"ShardIterator": '"AAA"'}, error="InvalidArgumentException", exit=254)
    assert codes("x", quoted) == ["iterator.quoted"]
    assert codes("x", call("GetRecords", {"ShardIterator": "A"}, error="ExpiredIteratorException", exit=254)) == [
        "iterator.expired"
    ]


def read(iterator: str, records: int = 0, following: str | None = "next", behind: int = 0) -> dict[str, Any]:
    answer = {"Records": records, "MillisBehindLatest": behind} | (
        {"NextShardIterator": following} if following else {}
    )
    return call("GetRecords", {"ShardIterator": iterator}, answer=answer)


def test_an_empty_answer_is_not_the_end_unless_the_shard_is_closed() -> None:
    assert codes("x", read("A")) == ["records.empty"]
    assert codes("x", read("A", behind=5_000)) == ["records.behind"]
    assert codes("x", read("A", following=None)) == ["records.closed"]
    assert codes("x", read("A", records=1)) == []


def latest(kind: str = "LATEST") -> dict[str, Any]:
    return call("GetShardIterator", {"StreamName": "s", "ShardIteratorType": kind}, answer={"ShardIterator": "A"})


def test_latest_asked_for_after_the_put_sees_nothing_of_it() -> None:
    put = call("PutRecord", {"StreamName": "s", "Data": "dGVzdGU="})
    assert codes("x", put, latest(), read("A")) == ["latest.after"]
    assert codes("x", latest(), put, read("A")) == ["records.empty"]
    assert codes("x", put, latest("TRIM_HORIZON"), read("A")) == ["records.empty"]


def test_it_is_known_over_several_lines_and_along_the_next_iterators() -> None:
    memory = Memory()
    assert codes("x", call("PutRecord", {"StreamName": "s", "Data": "dGVzdGU="}), memory=memory) == []
    assert codes("x", latest(), memory=memory) == []
    assert codes("x", read("A", following="B"), memory=memory) == ["latest.after"]
    assert codes("x", read("B", following="C"), memory=memory) == ["latest.after"]
    assert codes("x", read("C", records=1, following="D"), memory=memory) == []
    assert codes("x", read("D"), memory=memory) == ["records.empty"]


def test_what_is_good_to_know_is_told_a_few_times_only() -> None:
    memory = Memory()
    told = [codes("x", read("A"), memory=memory) for _ in range(TOLD_MAX + 2)]
    assert told == [["records.empty"]] * TOLD_MAX + [[], []]


def test_a_stream_that_is_not_there_yet_can_be_waited_for() -> None:
    memory = Memory()
    codes("x", call("CreateStream", {"StreamName": "s"}), memory=memory)
    refused = call("PutRecord", {"StreamName": "s"}, error="ResourceNotFoundException", exit=254)
    (hint,) = find("x", {"exit": 254, "calls": [refused]}, memory)
    assert (hint.code, hint.fix) == ("stream.creating", "aws kinesis wait stream-exists --stream-name s")
    assert codes("x", refused) == []


@given(st.text())
def test_any_line_at_all_can_be_looked_at(line: str) -> None:
    find(line, {"exit": 1, "calls": []}, Memory())
    repaired(line)
