"""What Tab offers, wherever the cursor stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.shell.completion import complete, wanted

TOLD = {
    "operations": {
        "list-streams": ["--limit"],
        "list-shards": ["--stream-name"],
        "put-record": ["--stream-name", "--data", "--partition-key"],
        "wait stream-exists": ["--stream-name"],
    },
    "options": ["--output", "--query"],
}


def offered(line: str, names: list[str] | None = None) -> tuple[str, list[str]]:
    """What the line would be with the first candidate, and all of them."""
    found = complete(
        line, len(line), told=TOLD, files=["a.txt", "dados/"], variables=["HOME", "IT"], names=names or []
    )  # fmt: skip
    return line[: found.start] + (found.words[0] if found.words else ""), found.words


@pytest.mark.parametrize(
    ("line", "whole"),
    [
        ("aw", "awk"),
        ("aws ", "aws kinesis"),
        ("aws kinesis put", "aws kinesis put-record"),
        ("aws kinesis put-record --d", "aws kinesis put-record --data"),
        ("aws kinesis put-record --data x --q", "aws kinesis put-record --data x --query"),
        ("aws kinesis list-shards --output y", "aws kinesis list-shards --output yaml"),
        ("aws kinesis x --shard-iterator-type TR", "aws kinesis x --shard-iterator-type TRIM_HORIZON"),
        ("aws kinesis wait st", "aws kinesis wait stream-exists"),
        ("IT=$(aws kinesis list-st", "IT=$(aws kinesis list-streams"),
        ("echo a | base", "echo a | base64"),
        ("cat da", "cat dados/"),
        ("aws kinesis put-record --data fileb://a", "aws kinesis put-record --data fileb://a.txt"),
        ("echo $H", "echo $HOME"),
        ("echo ${I", "echo ${IT}"),
        ("A=1 aws ki", "A=1 aws kinesis"),
        ("aws kinesis put-record h", "aws kinesis put-record help"),
    ],
)  # fmt: skip
def test_a_word_goes_on_as_it_can(line: str, whole: str) -> None:
    assert offered(line)[0] == whole


def test_an_option_is_not_offered_twice() -> None:
    assert "--data" not in offered("aws kinesis put-record --data x --")[1]


def test_names_of_streams_and_shards_are_looked_up_where_they_belong() -> None:
    line = "aws kinesis put-record --stream-name ft"
    assert wanted(line, len(line)) == ("streams", "")
    assert offered(line, ["ftf-meu-stream", "outro"])[1] == ["ftf-meu-stream"]
    line = "aws kinesis get-shard-iterator --stream-name s --shard-id "
    assert wanted(line, len(line)) == ("shards", "s")
    for other in ("echo --stream-name ", "aws kinesis put-record --data ", "aws kinesis x --shard-id "):
        assert wanted(other, len(other)).names == ""


@given(st.text(), st.integers(0, 50))
def test_any_text_can_be_asked_about(line: str, at: int) -> None:
    at = min(at, len(line))
    found = complete(line, at, told=TOLD, files=["x"], variables=["Y"], names=[])
    assert 0 <= found.start <= at
    wanted(line, at)
