"""Sequence numbers: AWS's form, and the facts that they tell."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.kinesis.service import sequence
from engine.kinesis.service.sequence import NoSequenceNumber, Sequence, parse

# From the lecture's slides: two records in shard 3 of a stream on AWS.
SLIDES = [
    ("49633292692649386396011545902288683459201911545520980018", 0x456, "2022-09-14 13:20:21"),
    ("49633292692649386396011545902291101310841152073864577074", 0x458, "2022-09-14 13:23:05"),
]


def utc(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(("text", "index", "arrival"), SLIDES)
def test_a_number_of_the_slides_tells_when_where_and_what(text: str, index: int, arrival: str) -> None:
    found = parse(text)
    assert utc(found.created) == "2022-09-14 12:56:27"
    assert (found.shard, found.index, utc(found.arrival), found.extra) == (3, index, arrival, 0)


@pytest.mark.parametrize(("text", "index", "arrival"), SLIDES)
def test_a_number_of_the_slides_is_written_again_as_it_was(text: str, index: int, arrival: str) -> None:
    assert str(parse(text)) == text
    found = parse(text)
    assert str(sequence.stem(found.created, 3, found.arrival) + index * sequence.STEP) == text


@pytest.mark.parametrize("shard", [0, 3, 15, 16, 17, 4_095, (1 << 31) - 1])
@pytest.mark.parametrize("index", [0, 1, 1 << 40, sequence.INDEX_MAX])
def test_what_is_written_is_read_again(shard: int, index: int) -> None:
    made = Sequence(1_663_160_187, shard, index, 1_763_160_187)
    assert parse(str(made)) == made
    assert len(str(made)) == 56


def test_numbers_of_a_shard_are_ordered_by_index_whatever_the_clock_says() -> None:
    numbers = [int(str(Sequence(1_663_160_187, 3, index, 1_700_000_000 - index))) for index in range(100)]
    assert numbers == sorted(numbers)


def test_a_shard_begins_before_its_first_record_and_ends_after_all() -> None:
    begin, end = sequence.starting(1_663_160_187, 3), sequence.ending(1_663_160_187, 3, 1_663_170_000)
    first = str(Sequence(1_663_160_187, 3, 1, 1_663_160_187))
    assert int(begin) < int(first) < int(end)
    assert (parse(begin).offset, parse(first).offset) == (-1, 0)


@pytest.mark.parametrize(
    "text", ["", "0", "1", "-1", "abc", "4963329269264938639601154590228868345920191154552098001", SLIDES[0][0] + "0",
             "49633292692649386396011545902288683459201911545520980017", "９", "9" * 129],
)  # fmt: skip
def test_what_is_no_sequence_number_is_told(text: str) -> None:
    with pytest.raises(NoSequenceNumber):
        parse(text)
