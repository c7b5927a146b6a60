"""The Kinesis console's own words and sums: pure modules under node, and its texts in both languages."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from house import tools
from playground import narration, patterns
from tests.code.test_words import catalogue
from tests.stage.test_catalogues import arguments
from tests.support.scripts import run

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "static/js/kinesis").glob("*.js"))
# Keys that are put together from parts.
FAMILIES = (
    "mode.", "encryption.", "col.", "status.", "lab.", "ended.", "tab.", "stream.", "monitoring.", "total.", "metric.",
    "config.", "from.", "show.", "note.", "record.", "call.", "twin.", "fault.", "error.", "estimate.", "tag.",
    "lineage.", "shell.", "list.", "landing.", "put.", "generator.", "next.",
)  # fmt: skip
PROGRAM = """
import { hashKey } from './js/kinesis/md5.js';
import { addressOf, placeOf } from './js/kinesis/place.js';
import { estimate, faultOfName, faultOfTags } from './js/kinesis/limits.js';
import { generations, hashTyped, middle, neighbours, shardOfKey } from './js/kinesis/hashes.js';
import { Series } from './js/kinesis/series.js';
import { encoded, pretty, textOf } from './js/kinesis/base64.js';
import { entriesOf } from './js/kinesis/put.js';
import { stepsOf } from './js/kinesis/create.js';
const series = new Series();
for (const state of given.frames) series.hear(state);
const late = new Series();
late.remember(given.counted);
late.hear(given.after);
const kept = given.places.map((place) => {
  const [path, search] = addressOf('demo', place).split('?');
  return [place, placeOf(path, search ?? '')];
});
const beside = neighbours(given.shards, given.shards[1]).map(({ id }) => id);
tell({
  kept, beside, estimate: estimate(4), names: given.names.map(faultOfName), tags: given.tags.map(faultOfTags),
  hashes: given.keys.map((key) => String(hashKey(key))),
  landed: given.keys.map((key) => shardOfKey(given.shards, key)?.id),
  rows: [...generations(given.family)], middle: middle(given.shards[0]),
  typed: given.typed.map((text) => hashTyped(text) !== null),
  late: [late.of('s', 'in_records'), late.of('s', 'in_records', { shard: 'shardId-000000000001' })],
  points: series.of('s', 'in_records'), hot: series.of('s', 'in_records', { shard: 'b' }),
  texts: given.texts.map((text) => textOf(encoded(text))), odd: textOf('AAEC/w=='),
  pretty: ['{"a":1}', '7', 'x'].map(pretty),
  entries: entriesOf(given.lines), steps: stepsOf(given.draft).map(({ operation, wait }) => operation ?? wait),
});
"""
QUARTERS = [
    {"id": f"shardId-{i:012d}", "open": True, "from": str(i << 126), "to": str(((i + 1) << 126) - 1)} for i in range(4)
]


def frame(at_ms: int, a: int, b: int, names: tuple[str, str] = ("a", "b")) -> dict[str, Any]:
    shards = [{"id": name, "records": records, "bytes": 0} for name, records in zip(names, (a, b), strict=True)]
    return {"at_ms": at_ms, "kinesis": {"streams": [{"name": "s", "created": 1, "shards": shards}]}}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    given = {
        "keys": ["1", "2", "ação", "", "x" * 200],
        "shards": QUARTERS,
        "places": [
            {"page": "list"},
            {"page": "create"},
            *({"page": "stream", "stream": name, "tab": "viewer"} for name in ("ftf", "create", "..", ".", "a.b_c-")),
        ],
        "names": ["ftf-meu-stream", "", "meu stream", "é", "x" * 129],
        "tags": [[["a", ""]], [["", "x"]], [["a", "1"], ["a", "2"]], [["aws:x", "1"]], []],
        "family": [
            {"id": "0", "parents": []},
            {"id": "1", "parents": ["0"]},
            {"id": "2", "parents": ["0"]},
            {"id": "3", "parents": ["2", "1"]},
        ],
        "typed": ["0", str(2**128 - 1), str(2**128), "01", "-1", "", "x"],
        "frames": [frame(0, 0, 0), frame(400, 1, 0), frame(1000, 2, 4), frame(1900, 9, 9), frame(3000, 6, 44)],
        "counted": {
            "fields": ["number", "records", "behind_ms"],
            "samples": [[0, {"s": [1, [[0, 0, 0]]]}], [1000, {"s": [1, [[0, 4, 0], [1, 2, 0]]]}]],
        },
        "after": frame(2000, 7, 2, ("shardId-000000000000", "shardId-000000000001")),
        "texts": ["teste", "é\n{}", "😀"],
        "lines": '1: teste\n\n{"a": 1}\nk:  x: y \n',
        "draft": {"name": "s", "mode": "PROVISIONED", "shards": "2", "encrypted": True, "metrics": True, "tags": []},
    }
    found: dict[str, Any] = run(tools.ensure("node"), tmp_path_factory.mktemp("console"), PROGRAM, given)
    return found


def test_the_hash_of_a_partition_key_is_its_md5_and_finds_the_slides_shard(told: dict[str, Any]) -> None:
    keys = ["1", "2", "ação", "", "x" * 200]
    assert told["hashes"] == [str(int(hashlib.md5(key.encode()).hexdigest(), 16)) for key in keys]
    assert told["landed"][:2] == ["shardId-000000000003"] * 2


def test_every_place_has_an_address_that_leads_back_to_it(told: dict[str, Any]) -> None:
    assert all(place == again for place, again in told["kept"])


def test_what_may_not_be_sent_is_known_while_it_is_typed(told: dict[str, Any]) -> None:
    assert told["names"] == [None, "empty", "letters", "letters", "long"]
    assert told["tags"] == [None, "key", "twice", "aws", None]
    assert told["typed"] == [True, True, False, False, False, False, False]


def test_four_shards_carry_four_times_what_one_does(told: dict[str, Any]) -> None:
    assert told["estimate"] == {"in_mb": 4, "in_records": 4000, "out_mb": 8, "reads": 5}


def test_parents_stand_above_children_and_a_shard_knows_its_middle_and_its_neighbours(told: dict[str, Any]) -> None:
    assert told["rows"] == [["0", 0], ["1", 1], ["2", 1], ["3", 2]]
    assert told["middle"] == str(1 << 125)
    assert told["beside"] == ["shardId-000000000000", "shardId-000000000002"]


def test_rates_are_differences_of_totals_over_the_clusters_own_time(told: dict[str, Any]) -> None:
    assert told["points"] == [{"second": 1, "value": 6}, {"second": 3, "value": 22}]
    assert told["hot"] == [{"second": 1, "value": 4}, {"second": 3, "value": 20}]


def test_who_opens_the_graphs_late_sees_what_was_counted_before(told: dict[str, Any]) -> None:
    stream, shard = told["late"]
    assert stream == [{"second": 1, "value": 6}, {"second": 2, "value": 3}]
    assert shard == [{"second": 1, "value": 2}, {"second": 2, "value": 0}]


def test_data_are_text_where_they_are_and_json_where_that_is_more_than_a_word(told: dict[str, Any]) -> None:
    assert told["texts"] == ["teste", "é\n{}", "😀"] and told["odd"] is None
    assert told["pretty"] == ['{\n  "a": 1\n}', None, None]
    assert [one["PartitionKey"] for one in told["entries"]] == ["1", "2", "k"]


def test_encryption_and_metrics_wait_until_the_stream_is_there(told: dict[str, Any]) -> None:
    wait = "stream_exists"
    assert told["steps"] == ["CreateStream", wait, "StartStreamEncryption", wait, "EnableEnhancedMonitoring"]


def test_the_console_says_the_same_in_both_languages_and_nothing_that_nobody_asks_for() -> None:
    first, second = (catalogue("kinesis", language)["ui"] for language in narration.LANGUAGES)
    assert list(first) == list(second)
    for key, pattern in first.items():
        assert arguments(patterns.parse(pattern)) == arguments(patterns.parse(second[key])), key
    left_over = {key for key in second if f"'{key}'" not in SCRIPTS and not key.startswith(FAMILIES)}
    assert left_over == set()
    asked = set(re.findall(r"\bsay\('([a-z][\w.-]*)'", SCRIPTS)) | set(re.findall(r"rich\(desk, '([\w.-]+)'", SCRIPTS))
    assert asked - set(second) == set()
