"""The offsets of a group that nobody is in go where an administrator tells them."""

from __future__ import annotations

import pytest

from engine.events import OffsetsRefused, OffsetsReset
from tests.unit.cluster.test_growth import ends, sandbox


def emptied(commit_ms=500):
    it = sandbox(
        producers=[{"producer": "loja", "topic": "t", "rate": 20.0}],
        groups=[{"group": "g", "topic": "t", "poll_ms": 100, "auto_commit_interval_ms": commit_ms}],
    )
    it.pass_ms(4_000)
    it.do("stop_producer", producer="loja")
    it.pass_ms(1_000)
    it.do("remove_group", group="g")
    it.pass_ms(500)
    it.do("heal_links")  # any command: who has said goodbye is taken away
    return it, {str(p): end for p, end in enumerate(ends(it))}


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, lambda end: 0),
        ({"to": "earliest", "topic": "t"}, lambda end: 0),
        ({"to": "latest"}, lambda end: end),
        ({"to": "offset", "offset": 7}, lambda end: 7),
        ({"to": "offset", "offset": 10_000}, lambda end: end),
        ({"to": "shift", "offset": -3}, lambda end: end - 3),
        ({"to": "shift", "offset": 10}, lambda end: end),
        ({"to": "duration", "ms": 60_000}, lambda end: 0),
        ({"to": "duration", "ms": 0}, lambda end: end),
        ({"to": "datetime", "at": "1970-01-01T00:00:00.000Z"}, lambda end: 0),
    ],
    ids=lambda given: repr(given) if isinstance(given, dict) else "there",
)  # fmt: skip
def test_the_offsets_of_an_empty_group_go_where_they_are_told(how, expected):
    it, end = emptied()
    it.do("reset_offsets", group="g", **how)
    it.pass_ms(200)
    wanted = {p: expected(at) for p, at in end.items()}
    assert it.told(OffsetsReset) == [OffsetsReset("g", "t", how.get("to", "earliest"), end, wanted)]
    assert it.group("g")["committed"] == {"t": wanted}


def test_one_partition_alone_and_a_group_that_never_was():
    it, end = emptied()
    it.do("reset_offsets", group="g", topic="t", partition=1)
    it.do("reset_offsets", group="new", topic="t", to="latest")
    it.pass_ms(200)
    assert it.group("g")["committed"] == {"t": {**end, "1": 0}}
    assert it.group("new")["committed"] == {"t": end}


def test_who_comes_back_reads_from_there():
    it, end = emptied()
    it.do("reset_offsets", group="g", to="shift", offset=-5)
    it.pass_ms(200)
    it.do("add_group", group="g", topic="t", poll_ms=100)
    it.pass_ms(2_000)
    assert it.cluster.consumers()[0].delivered == 10


def test_a_group_with_members_is_left_alone_the_crashed_ones_count_until_they_are_missed():
    it = sandbox(groups=[{"group": "g", "topic": "t"}])
    it.pass_ms(2_000)
    assert "g-1" in it.refused("NON_EMPTY_GROUP", "reset_offsets", group="g", topic="t")
    it.do("crash_consumer", consumer="g-1")
    it.pass_ms(1_000)
    it.refused("NON_EMPTY_GROUP", "reset_offsets", group="g", topic="t")
    it.pass_ms(60_000)
    it.do("reset_offsets", group="g", topic="t")
    it.do("add_group", group="h", topic="t")
    it.pass_ms(1_000)
    assert len(it.told(OffsetsReset)) == 1


def test_one_who_joins_before_it_is_done_is_told_so():
    it, _ = emptied()
    it.do("reset_offsets", group="g")
    it.do("add_group", group="g", topic="t", poll_ms=100)
    for broker in (1, 2, 3):
        it.do("cut_link", source=f"B{broker}", target="reset-1", both=False)
    it.pass_ms(5_000)
    it.do("heal_links")
    it.pass_ms(5_000)
    assert [told.error for told in it.told(OffsetsRefused)] == ["NON_EMPTY_GROUP"]
    assert it.told(OffsetsReset) == []


@pytest.mark.parametrize(
    ("code", "how"),
    [
        ("INVALID_REQUEST", {"to": "offset"}), ("INVALID_REQUEST", {"offset": 3}), ("INVALID_REQUEST", {"ms": 3}),
        ("INVALID_REQUEST", {"to": "datetime", "at": "yesterday"}), ("INVALID_REQUEST", {"to": "offset", "offset": -1}),
        ("UNKNOWN_TOPIC_OR_PARTITION", {"topic": "x"}),
        ("UNKNOWN_TOPIC_OR_PARTITION", {"topic": "t", "partition": 2}), ("GROUP_ID_NOT_FOUND", {"group": "nobody"}),
    ],
    ids=repr,
)  # fmt: skip
def test_a_reset_that_makes_no_sense_is_refused(code, how):
    it, _ = emptied()
    it.refused(code, "reset_offsets", **{"group": "g", **how})


