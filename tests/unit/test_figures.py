"""What the figures beside scenes count, without a browser; and that each figure a scene asks for is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from house import tools
from playground.lessons import library
from tests.support import scripts

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "static/js/lesson/figures"
NAMES = ["loja", "estoque", "pagamentos", "entrega", "fraude", "painel", "pontos", "fiscal"]
COUNTS = """
import { calls, fewer, LEAST, links, more, NAMES, systems, turn } from './js/lesson/figures/systems.js';
const snapshot = (n) => ({
  producers: given.slice(0, n).map((id) => ({ id, kind: 'sim', running: true, sent: 1, failed: 0, waiting: 0 })),
  groups: given.slice(0, n).map((id) => ({ id, lag: 0, members: [{ id: `${id}-1`, kind: 'sim', running: true }] })),
});
const six = systems(snapshot(6));
tell({
  names: NAMES, least: LEAST,
  everybody: [2, 6, 8].map((n) => calls(systems(snapshot(n)), true).length),
  log: [2, 6, 8].map((n) => links(systems(snapshot(n))).length),
  needed: calls(six, false).length, unknown: systems({ producers: [{ id: 'x', kind: 'sim' }], groups: [] }),
  down: turn(six[1]), up: turn({ ...six[1], down: true }),
  more: more(six, 't').map(({ do: name }) => name), fewer: fewer(six),
});
"""
FOLD = """
import { brief, fold, sign } from './js/lesson/figures/table.js';
const records = given.map(([key, value], offset) => ({ offset, key, value, gone: value === '' }));
const upTo = (n) => Object.fromEntries(fold(records, n).map(({ key, value }) => [key, value]));
tell({
  tables: [0, 1, 3, 4, 5].map(upTo),
  same: sign(fold(records, 9)) === sign(fold(records.slice(), 9)),
  other: sign(fold(records, 1)) === sign(fold(records, 2)),
  brief: [brief('{"conta": "ana", "saldo": 7}', 'ana'), brief('7', 'ana'), brief('x', 'ana')],
});
"""


@pytest.fixture(scope="module")
def node() -> str:
    return str(tools.ensure("node"))


def test_calling_each_other_takes_n_times_n_less_one_lines_and_the_log_two_for_each(node: str, tmp_path: Path) -> None:
    told = scripts.run(node, tmp_path, COUNTS, NAMES)
    assert told["names"] == NAMES
    assert told["everybody"] == [2, 30, 56]
    assert told["log"] == [4, 12, 16]
    assert told["needed"] == 15
    assert told["unknown"] == [], "only the systems that are drawn"
    stopped = [("stop_producer", "producer", "estoque"), ("stop_consumer", "consumer", "estoque-1")]
    assert told["down"] == [{"do": do, what: name} for do, what, name in stopped]
    assert [one["do"] for one in told["up"]] == ["start_producer", "start_consumer"]
    assert told["more"] == ["add_group"], "nobody needs what the seventh has to tell: it only reads"
    assert told["fewer"] == [
        {"do": "remove_producer", "producer": "painel"}, {"do": "remove_group", "group": "painel"},
    ]  # fmt: skip


def test_a_table_keeps_what_was_said_last_of_each_key_a_tombstone_deletes_and_a_hole_says_nothing(
    node: str, tmp_path: Path
) -> None:
    records = [["ana", "1"], ["bia", "2"], ["ana", "3"], ["bia", ""], ["ana", None]]
    told = scripts.run(node, tmp_path, FOLD, records)
    assert told["tables"] == [{}, {"ana": "1"}, {"ana": "3", "bia": "2"}, {"ana": "3", "bia": "2"}, {"bia": "2"}]
    assert told["same"] and not told["other"]
    assert told["brief"] == ["7", "7", "x"]


def test_each_figure_that_a_scene_asks_for_is_there_and_each_is_asked_for() -> None:
    asked = {scene["page"] for scene in library.scenes().values() if "page" in scene}
    there = {path.stem for path in FIGURES.glob("*.js") if "export function figure(" in path.read_text("utf-8")}
    assert asked == there


def test_each_point_of_the_history_has_its_words_and_leads_to_a_scene_that_exists() -> None:
    source = (FIGURES / "history.js").read_text("utf-8")
    points = [
        line.strip().strip(",") for line in source.splitlines() if line.startswith("  ['") and line.endswith("],")
    ]
    known = {f"/lecture/{name}/" for name in library.scenes()} | {""}
    texts = json.loads((ROOT / "static/i18n/figures.pt-BR.json").read_text("utf-8"))["ui"]
    assert len(points) >= 20
    when = [float(point.split(", ")[1]) for point in points]
    assert when == sorted(when)
    for point in points:
        name, _, _, label, see = (part.strip("[]'") for part in point.split(", "))
        assert see in known, see
        for part in ("when", "title", "text", *(["label"] if label == "null" else [])):
            assert f"history.{name}.{part}" in texts
