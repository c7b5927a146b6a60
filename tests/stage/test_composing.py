"""What the page says of a key, of JSON and of somebody's own data before it is sent is what the engine makes of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from random import Random
from typing import Any

from engine.clients.sources import SOURCES, Feed, RowsRefused, read_table
from engine.wire.partitioners import murmur2, murmur2_partition
from engine.world.dice import Dice

ROOT = Path(__file__).resolve().parents[2]
JSON = [
    "{}", "[]", "1", '"x"', "null", ' {"a": [1, 2.5e3, {"b": null}]} ', '{"a": "\\u00e7\\n"}', "-0", '{"": ""}',
    '{"a": 1', '{"a": 1,}', "[1,]", "{a: 1}", "{'a': 1}", '{"a" 1}', '{"a": 1 "b": 2}', '{"a": 18,90}', "[18,90]",
    '{"a": \u201cx\u201d}', '{"a": True}', '{"a": 01}', '{"a": "x\ny"}', '{"a": "\\x"}', "tru", "nulll", '{"a":1} x',
    "[1 2]", "", "-", "1.", ".5", "1e", '{"a": "\\u12g4"}', '{"a": "\t"}', "+1", "NaN", "[1,,2]",
    "{,}", '{"a":}', "\u00a01",
]  # fmt: skip
WHERE = {
    '{"a": 1': ("end", 1, 8), '{"a": 1,}': ("comma.last", 1, 8), '{"a" 1}': ("colon", 1, 6), "{a: 1}": ("name", 1, 2),
    '{\n "a": 18,90\n}': ("decimal", 2, 9), '{"a": True}': ("word", 1, 7), '{\n"a": "x\n}': ("string", 2, 6),
    '{"a": [1,\n 2,\n 3 4]}': ("comma.list", 3, 4), "{'a': 1}": ("quotes", 1, 2),
    '{"a": 1, "v": 18,90, "b": 2}': ("decimal", 1, 17),
}  # fmt: skip
TABLES = [
    "a,b\n1,2\n", "a;b\n1;2\n;x\n", "a\tb\n1\t2", '\ufeffa,b\r\n1,2\r\n\r\n3,4\r\n', 'a,b\n"x,""y""","two\nlines"\n',
    "cep;preco\n01310;1,50\n1e3;18.90\n-0;-0.5", '[{"a": 1}, {"a": 2.5}]', '{"a": "x"}\n\n{"a": [1]}', "[1, null]",
    " a , b \n 1 , x \n",
    "", "a,b\n", "[]", "a,b\n1,2\n3\n", "a,a\n1,2", "a,\n1,2",
    'a,b\n"x,2', '[{"a": 1},\n {"a" 2}]', '{"a": 1}\n{"a": }',
    "a\n" + "1\n" * 1_001, "a\n" + "x" * 200_001,
]  # fmt: skip


def run(node: str, module: str, script: str, given: Any) -> Any:
    """What the browser's program makes of ``given``: these modules need no page."""
    path = (ROOT / f"static/js/compose/{module}.js").as_uri()
    code = f"""
import * as it from {json.dumps(path)};
import {{ readFileSync }} from 'node:fs';
const made = (given) => {{ {script} }};
console.log(JSON.stringify(made(JSON.parse(readFileSync(0, 'utf8')))));
"""
    ran = subprocess.run(
        [node, "--no-warnings", "--experimental-default-type=module", "--input-type=module", "-e", code],
        input=json.dumps(given), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(ran.stdout)


def mutated() -> list[str]:
    """Broken JSON of all kinds: whole texts with a character taken out, doubled or changed."""
    dice, texts = Random(7), []
    for _ in range(1_500):
        text = json.dumps({"cliente": 4, "itens": [1.5, {"x": "é\n"}, None, True], "v": -2e5})
        at = dice.randrange(len(text))
        instead = dice.choice(["", text[at] * 2, dice.choice('{}[],:"x1.\\')])
        texts.append(text[:at] + instead + text[at + 1 :])
    return texts


def is_json(text: str) -> bool:
    def refuse(name: str) -> Any:
        raise ValueError(name)

    try:
        json.loads(text, parse_constant=refuse)
    except ValueError:
        return False
    return True


def test_what_is_json_for_the_page_is_json(node: str) -> None:
    texts = [*JSON, *mutated()]
    found = run(node, "json", "return given.map((text) => it.faultIn(text) === null);", texts)
    assert [(t, ok) for t, ok in zip(texts, found, strict=True) if ok != is_json(t)] == []
    assert 20 < sum(found) < len(found) / 2


def test_a_fault_is_told_where_it_is(node: str) -> None:
    found = run(node, "json", "return given.map((text) => it.faultIn(text));", list(WHERE))
    assert {t: (f["code"], f["line"], f["column"]) for t, f in zip(WHERE, found, strict=True)} == WHERE


def test_a_fault_is_shown_with_a_mark_below_it_however_long_the_line(node: str) -> None:
    text = '{"a": "' + "x" * 100 + '", b: 1}'
    shown = run(node, "json", "return it.excerpt(given, it.faultIn(given));", text)
    assert shown["text"][shown["mark"].index("^")] == "b"


def test_a_key_leads_where_murmur2_says(node: str) -> None:
    keys = ["", "a", "ab", "abc", "abcd", "cliente-4", "ção ☕", *(f"sensor-{n:02}" for n in range(60))]
    found = run(node, "keys", "return given.map((key) => [it.partitionOf(key, 7), it.hueOf(key)]);", keys)
    assert found == [[murmur2_partition(k.encode(), 7), (murmur2(k.encode()) & 0x7FFFFFFF) % 8] for k in keys]


def test_a_bursts_preview_counts_what_takes_turns(node: str) -> None:
    keys = ["a", "b", "c", "a"]
    rows = run(node, "keys", "return it.spread(given, 11, 3);", keys)
    want = [0, 0, 0]
    for n in range(11):
        want[murmur2_partition(keys[n % 4].encode(), 3)] += 1
    assert [row["total"] for row in rows] == want


def test_somebodys_own_data_look_as_the_engine_will_send_them(node: str) -> None:
    found = run(node, "table", "return given.map((text) => it.tableOf(text));", TABLES)
    for text, table in zip(TABLES, found, strict=True):
        try:
            rows = [json.loads(value) for _, value in read_table(text, None).rows]
            assert len(text.encode()) <= 200_000
        except (RowsRefused, AssertionError):
            assert table is None or table.get("fault"), text
        else:
            assert [json.loads(row) for row in table["rows"]] == rows, text
            if table["columns"]:
                assert list(rows[0]) == table["columns"]


def test_the_form_offers_each_source_with_what_is_usual_there_and_a_sample_that_is_true(node: str) -> None:
    offered = run(node, "sources", "return it.SOURCES;", None)
    assert list(offered) == list(SOURCES)
    for name, source in SOURCES.items():
        assert (offered[name]["late"], offered[name]["repeated"]) == (source.late, source.repeated)
        if name == "rows":
            continue
        key, value, _ = Feed(source(), 0, 0).next(Dice(1, name), "few", 1_795_000_000_000)  # type: ignore[call-arg, misc]
        sample = json.loads(offered[name]["sample"].replace("{key}", offered[name]["key"]))
        assert list(sample) == list(json.loads(value))
        assert next(iter(sample.values())) == offered[name]["key"]
        if name != "ticks":  # each symbol has a name of its own
            assert key.decode().rstrip("0123456789") == offered[name]["key"].rstrip("0123456789")
