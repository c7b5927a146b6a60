"""Changes between snapshots: whoever has the one before can make the next."""

import json
import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cluster import Cluster
from engine.cluster.changes import applied, changes
from engine.cluster.packing import packed, unpacked
from house import tools

ROOT = Path(__file__).resolve().parents[3]
LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "a", "b"])
NAMED = st.fixed_dictionaries({"id": st.integers(0, 4)}, optional={"x": LEAVES, "y": st.lists(LEAVES, max_size=3)})
JSON = st.recursive(
    LEAVES | st.lists(NAMED, max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "a", "b"]), inner, max_size=4)
    ),
    max_leaves=20,
)
SCENARIO = {
    "brokers": 3,
    "topics": [{"topic": "t", "partitions": 4}, {"topic": "u", "partitions": 1, "replication": 1}],
    "producers": [{"topic": "t", "producer": "p", "rate": 200.0}],
    "groups": [{"group": "A", "topic": "t", "consumers": 2, "poll_ms": 100}],
}
ACTS = [
    {"do": "crash_broker", "broker": 2}, {"do": "create_topic", "topic": "v", "partitions": 2},
    {"do": "add_consumer", "group": "A"}, {"do": "delete_topic", "topic": "u"}, {"do": "start_broker", "broker": 2},
    {"do": "add_broker"}, {"do": "remove_producer", "producer": "p"}, {"do": "remove_group", "group": "A"},
]  # fmt: skip


def plain(value):
    return json.loads(json.dumps(value))


def day():
    """States of a cluster to which much happens."""
    cluster = Cluster(SCENARIO)
    world = cluster.world
    world.traced = True
    states = [plain(cluster.state())]
    for act in ACTS:
        world.admit(world.now, [("test", "command", act)])
        for _ in range(6):
            world.advance(world.now + 200_000_000)
            states.append(plain(cluster.state()))
    return states


@given(JSON, JSON)
@settings(max_examples=150, deadline=None)
def test_a_change_makes_the_next_of_the_one_before(before, now):
    change = plain(changes(before, now))
    assert applied(before, change) == now
    if isinstance(now, dict | list):
        assert (change == {}) == (before == now and type(before) is type(now))


@given(JSON)
@settings(max_examples=80, deadline=None)
def test_what_was_packed_is_unpacked_as_it_was(value):
    assert unpacked(plain(packed(value))) == value


def test_what_does_not_change_stays_the_same_object():
    before = {"a": {"x": 1}, "topics": [{"name": "t", "x": 0}, {"name": "u", "x": 0}]}
    after = applied(before, changes(before, {"a": {"x": 1}, "topics": [{"name": "t", "x": 0}, {"name": "u", "x": 2}]}))
    assert after["a"] is before["a"] and after["topics"][0] is before["topics"][0]
    assert before["topics"][1]["x"] == 0


def test_a_days_states_are_rebuilt_from_changes_in_python_and_in_the_browsers_own_code(tmp_path):
    states = day()
    moves = [plain(changes(a, b)) for a, b in zip(states, states[1:], strict=False)]
    here = states[0]
    for move, state in zip(moves, states[1:], strict=True):
        here = applied(here, move)
        assert here == state
    (tmp_path / "day.json").write_text(json.dumps({"key": packed(states[0]), "moves": moves, "states": states}))
    script = """
    import { readFileSync } from 'node:fs';
    const { Frames } = await import(process.argv[2]);
    const { key, moves, states } = JSON.parse(readFileSync(process.argv[3]));
    const frames = new Frames();
    const size = (a) => Object.keys(a).length;
    const same = (a, b) => a === b || (a && b && typeof a === 'object' && size(a) === size(b)
      && Object.keys(a).every((name) => same(a[name], b[name])));
    let right = frames.hear([{ n: 1, k: key }]) && same(frames.snapshot, states[0]);
    moves.forEach((d, i) => {
      right &&= frames.hear([{ n: i + 2, d }]) && same(frames.snapshot, states[i + 1]);
    });
    const gap = frames.hear([{ n: 9999, d: {} }]);
    console.log(right && gap === false ? 'right' : 'wrong');
    """
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "run.mjs").write_text(script)
    frames = tmp_path / "frames"
    frames.mkdir()
    for name in ("frames.js", "changes.js", "packing.js"):
        (frames / name).write_text((ROOT / "static/js/frames" / name).read_text())
    command = [tools.ensure("node"), tmp_path / "run.mjs", frames / "frames.js", tmp_path / "day.json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "right", done.stderr
