"""What the stage computes of streams by itself: descent as columns and rows, and sequence numbers both ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.kinesis.service import sequence
from engine.kinesis.service.hashing import HASH_KEYS
from tests.support.scripts import run

PROGRAM = """
import { lineage, shownColumns } from './js/streams/lineage.js';
import { boundary, rangeOf } from './js/streams/range.js';
import { goesOnAt, readSequence, sequenceOf } from './js/streams/sequence.js';
const lanes = given.shards.length ? lineage({ shards: given.shards }) : null;
tell({
  lanes: lanes && lanes.shards.map(({ shard, begins, ends, top, bottom }) => [shard.id, begins, ends, top, bottom]),
  columns: lanes?.columns, bounds: lanes?.bounds.map(boundary), last: lanes && shownColumns(lanes, 2),
  read: given.numbers.map(readSequence), made: given.records.map(sequenceOf), at: given.checkpoints.map(goesOnAt),
});
"""


def shard(number: int, low: float, high: float, parents: list[int], children: list[int]) -> dict[str, Any]:
    at = [int(part * 840) * HASH_KEYS // 840 for part in (low, high)]
    return {
        "id": f"s{number}", "from": str(at[0]), "to": str(at[1] - 1), "open": not children,
        "parents": [f"s{n}" for n in parents], "children": [f"s{n}" for n in children],
    }  # fmt: skip


def told(node: str, folder: Path, **given: Any) -> Any:
    return run(node, folder, PROGRAM, {"shards": [], "numbers": [], "records": [], "checkpoints": [], **given})


def test_a_shard_stands_beside_what_it_came_of_at_the_height_of_its_range(node: str, tmp_path: Path) -> None:
    shards = [
        shard(0, 0, 0.5, [], []), shard(1, 0.5, 1, [], [2, 3]), shard(2, 0.5, 0.75, [1], [4]),
        shard(3, 0.75, 1, [1], [4]), shard(4, 0.5, 1, [2, 3], []),
    ]  # fmt: skip
    found = told(node, tmp_path, shards=shards)
    assert found["lanes"] == [
        ["s0", 0, 3, 0, 1], ["s1", 0, 1, 1, 3], ["s2", 1, 2, 1, 2], ["s3", 1, 2, 2, 3], ["s4", 2, 3, 1, 3],
    ]  # fmt: skip
    assert found["columns"] == 3 and found["bounds"] == ["0", "1/2", "3/4", "2¹²⁸"]
    assert found["last"] == {"first": 1, "hidden": 1}, "of three columns the newest two, and one shard is told of"


def test_sequence_numbers_of_the_slides_are_read_and_made_again(node: str, tmp_path: Path) -> None:
    slides = [
        "49633292692649386396011545902288683459201911545520980018",
        "49633292692649386396011545902291101310841152073864577074",
    ]
    ours = str(sequence.Sequence(created=1789990000, shard=17, index=42, arrival=1789990011))
    records = [
        {"created": 1663160187, "shard": 3, "offset": 0x455, "arrival": 1663161621},
        {"created": 1663160187, "shard": 3, "offset": 0x457, "arrival": 1663161785},
        {"created": 1789990000, "shard": 17, "offset": 41, "arrival": 1789990011},
    ]
    numbers = [*slides, ours]
    found = told(node, tmp_path, numbers=numbers, records=records, checkpoints=[ours, "TRIM_HORIZON", "LATEST"])
    assert found["read"] == records and found["made"] == numbers
    assert found["at"] == [42, -1, -1], "a reader goes on after the record it is done with"
