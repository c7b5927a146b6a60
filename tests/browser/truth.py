"""What the screen must show of an engine's state, worked out from the state alone, and what it does show."""

from __future__ import annotations

from random import Random
from typing import Any

from playwright.sync_api import expect

from playground.engine_client import Refused
from tests.browser import canvas
from tests.browser.stage_page import Stage
from tests.support.server import PlaygroundServer

RIVER, AMBER, RED = "#0b6b7a", "#9a5303", "#b3341f"  # of the light theme, as written in the design
FULL_INSET, OPEN_INSET = 0.12, 0.2  # parts of a record's width; test_where_paint_is_read_is_nothing_but_paint
TWIN = """() => ({
  moment: {...document.querySelector('#twin [data-moment]').dataset},
  brokers: [...document.querySelectorAll('#twin [data-broker]')].map((node) => ({...node.dataset})),
  partitions: [...document.querySelectorAll('#twin-partitions tbody tr')].map((node) => ({...node.dataset})),
  members: [...document.querySelectorAll('#twin [data-member]')].map((node) => ({...node.dataset})),
})"""


def words(state: dict[str, Any]) -> dict[str, Any]:
    """The textual twin, as it should be."""
    return {
        "brokers": [
            {"broker": str(b["id"]), "state": b["state"], "leads": str(b["leads"])} for b in state["brokers"]
        ],
        "partitions": [_partition(topic["name"], p, state) for topic in state["topics"] for p in topic["partitions"]],
        "members": [
            {
                "group": group["id"], "member": m["id"], "lag": str(m["lag"]), "running": str(m["running"]).lower(),
                "assigned": ",".join(f"{topic}-{p}" for topic, ps in m["assigned"].items() for p in ps),
            }
            for group in state["groups"] for m in group["members"]
        ],
    }  # fmt: skip


def _partition(topic: str, p: dict[str, Any], state: dict[str, Any]) -> dict[str, str]:
    number = str(p["id"])
    replicas = [
        f"{r['broker']}:{r['end']}{'' if r['alive'] else '✕'}{'' if r['in_sync'] else '!'}" for r in p["replicas"]
    ]
    positions = [
        f"{m['id']}@{m['position'][topic][number]}"
        for group in state["groups"] for m in group["members"] if number in m["position"].get(topic, {})
    ]  # fmt: skip
    committed = [
        f"{g['id']}@{g['committed'][topic][number]}" for g in state["groups"] if number in g["committed"].get(topic, {})
    ]
    return {
        "topic": topic, "partition": number, "leader": str(p["leader"]), "epoch": str(p["epoch"]),
        "isr": ",".join(map(str, p["isr"])), "start": str(p["start"]), "hw": str(p["hw"]), "end": str(p["end"]),
        "replicas": " ".join(replicas), "positions": " ".join(positions), "committed": " ".join(committed),
    }  # fmt: skip


def same(shown: Any, right: Any, what: str) -> None:
    """Like assert, but telling what differs: pytest does not look into helpers."""
    if isinstance(shown, dict) and isinstance(right, dict):
        for key in right:
            same(shown.get(key), right[key], f"{what} {key}")
    elif isinstance(shown, list) and isinstance(right, list) and len(shown) == len(right):
        for number, (one, other) in enumerate(zip(shown, right, strict=True)):
            same(one, other, f"{what} {number}")
    elif shown != right:
        raise AssertionError(f"{what}: {shown!r} is shown, {right!r} is true")


def agrees(stage: Stage, state: dict[str, Any], view: str) -> int:
    """The page shows this state, in words and in paint. Answers how many points of paint were looked at."""
    told = stage.page.evaluate(TWIN)
    past = told.pop("moment")
    same(past["step"], str(state["step"]), "step")
    same(told, words(state), "twin")
    if view == "tapes":
        found = canvas.samples(stage)
        same(canvas.disagreements(found), [], "paint of the tapes")
        return len(found)
    probe = stage.page.evaluate("riacho.probe()")
    return {"brokers": machines, "groups": owners}[view](stage, probe, state)


def machines(stage: Stage, probe: list[dict[str, Any]], state: dict[str, Any]) -> int:
    """Each replica of each topic stands on its machine, with the records it has or as a chip of its kind."""
    partitions = {(t["name"], p["id"]): p for t in state["topics"] for p in t["partitions"] if not t["internal"]}
    held = {(name, number, r["broker"]) for (name, number), p in partitions.items() for r in p["replicas"]}
    same({(one["topic"], one["partition"], one["broker"]) for one in probe}, held, "replicas")
    same(len(probe), len(held), "number of replicas")
    wanted: list[tuple[list[float], str]] = []
    for one in probe:
        p = partitions[one["topic"], one["partition"]]
        replica = next(r for r in p["replicas"] if r["broker"] == one["broker"])
        leads, alive = p["leader"] == one["broker"], replica["alive"]
        if not one["rows"]:
            if leads and alive:
                wanted.append(([one["x"] + 5, one["y"] + one["h"] / 2], RIVER))
            continue
        keys, tail = p["tail"]["keys"], p["tail"]["first"]
        for offset in range(one["first"], one["first"] + one["count"]):
            key = keys[offset - tail] if 0 <= offset - tail < len(keys) else "?"
            healthy = alive and replica["in_sync"]
            place = {"offset": offset, "leader": p["leader"], "hw": p["hw"]}
            right = canvas.expected({**replica, **place, "healthy": healthy, "key": key}, "light")
            if right is None or (not healthy and not leads):
                continue
            wanted.append((plain(one, offset, offset < p["hw"]), right))
    painted(stage, wanted)
    return len(wanted)


def plain(row: dict[str, Any], offset: int, full: bool) -> list[float]:
    """A point of a record on a shelf with nothing but its paint: at its left, where the key's digit never reaches (a 7
    is wide above), and behind the outline of one that is not committed."""
    part = FULL_INSET if full else OPEN_INSET
    return [row["x0"] + (offset - row["first"]) * row["cell"] + (row["cell"] - row["gap"]) * part, row["middle"]]


def owners(stage: Stage, probe: list[dict[str, Any]], state: dict[str, Any]) -> int:
    """In each group's picture a partition has its block on its owner's line, full unless the group divides anew."""
    wanted: list[tuple[list[float], str]] = []
    there = {topic["name"] for topic in state["topics"]}
    for group in state["groups"]:
        blocks = {(one["topic"], one["partition"]): one for one in probe if one["group"] == group["id"]}
        for row, member in enumerate(group["members"]):
            for topic, numbers in member["assigned"].items():
                for number in numbers if topic in there else ():  # one that was deleted is let go a little later
                    block = blocks.pop((topic, number), None)
                    if block is None:
                        raise AssertionError(f"{topic}-{number} of {member['id']} is not shown in group {group['id']}")
                    same(block["row"], row, f"owner of {topic}-{number}")
                    same(
                        block["position"],
                        member["position"].get(topic, {}).get(str(number)),
                        f"position in {topic}-{number}",
                    )
                    if group["state"] == "Stable":
                        wanted.append(([block["x"] + 5, block["y"] + block["h"] / 2], RIVER))
        same([one for one in blocks.values() if one["row"] >= 0], [], "owners")
    painted(stage, wanted)
    return len(wanted)


def painted(stage: Stage, wanted: list[tuple[list[float], str]]) -> None:
    """What is to be seen at these points, where they are in sight."""
    colors = stage.page.evaluate("(points) => riacho.colors(points)", [point for point, _ in wanted])
    wrong = [
        (point, right, color)
        for (point, right), color in zip(wanted, colors, strict=True)
        if color is not None and not canvas.close(color, right)
    ]
    same(wrong, [], "paint")


def folders(stage: Stage, server: PlaygroundServer, state: dict[str, Any]) -> None:
    """The view of the disks shows what the disks hold at this very step."""
    at = {"step": state["step"], "ms": state["at_ms"]} if "past" in state else {}
    held = server.ask("folders", **at)
    expect(stage.page.get_by_test_id("folders")).to_have_attribute("data-step", str(held["step"]))
    for broker in held["brokers"]:
        card = stage.page.get_by_test_id(f"disk-{broker['broker']}")
        expect(card).to_have_attribute("data-used", str(broker["used"]))
        shown = [f for f in broker["folders"] if not f["topic"].startswith("__")]
        segments = sum(len(f["segments"]) for f in shown)
        board = card.locator("[data-board]")
        if segments:
            expect(board).to_have_attribute("aria-valuemax", str(segments - 1))


# --- what people might do


class Hands:
    """Somebody who does anything at all. What is refused has changed nothing."""

    def __init__(self, server: PlaygroundServer, seed: int) -> None:
        self.server, self.dice = server, Random(seed)
        self.done = 0

    def do(self) -> str:
        state = self.server.state()
        do, fields = self._choice(state)
        try:
            self.server.do(do, **fields)
        except Refused:
            return f"{do} {fields} (refused)"
        return f"{do} {fields}"

    def _choice(self, state: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        dice = self.dice
        self.done += 1
        broker = dice.choice(state["brokers"])
        if broker["state"] in ("crashed", "stopped") and dice.random() < 0.6:
            return "start_broker", {"broker": broker["id"]}
        topics = [t["name"] for t in state["topics"] if not t["internal"]]
        producers = [p["id"] for p in state["producers"]]
        consumers = [m["id"] for g in state["groups"] for m in g["members"]]
        groups = [g["id"] for g in state["groups"]]
        number, name = broker["id"], f"n{self.done}"
        choices: list[tuple[int, str, dict[str, Any]]] = [
            (4, "crash_broker", {"broker": number}), (2, "stop_broker", {"broker": number}),
            (2, "power_off_broker", {"broker": number}),
            (2, "pause_broker", {"broker": number, "ms": dice.randint(100, 4000)}),
            (2, "isolate_broker", {"broker": number}),
            (2, "cut_link", {"source": f"B{number}", "target": f"B{number % 3 + 1}"}),
            (5, "heal_links", {}), (1, "slow_disk", {"broker": number, "ms": dice.choice([0, 300])}),
            (1, "fill_disk", {"broker": number}), (2, "free_disk", {"broker": number}),
        ]  # fmt: skip
        if len(state["brokers"]) < 5:
            choices.append((1, "add_broker", {}))
        if len(topics) < 4:
            fields = {"partitions": dice.randint(1, 5), "replication": dice.randint(1, 3)}
            choices.append((3, "create_topic", {"topic": name, **fields}))
        if topics:
            topic = dice.choice(topics)
            if len(topics) > 2:
                choices.append((1, "delete_topic", {"topic": topic}))
            record = {"key": dice.choice(["a", "b", "c", None]), "value": dice.choice(["x", None])}
            choices.append((8, "produce", {"topic": topic, **record}))
            if len(producers) < 5:
                rate, keys = dice.choice([0.5, 2, 8]), dice.choice(["none", "few", "many"])
                choices.append(
                    (
                        3,
                        "add_producer",
                        {"topic": topic, "rate": rate, "keys": keys, "acks": dice.choice(["0", "1", "all"])},
                    )
                )
            if len(groups) < 4:
                choices.append((2, "add_group", {"group": name, "topic": topic, "consumers": dice.randint(1, 3)}))
        if producers:
            producer = dice.choice(producers)
            choices += [(3, "set_producer", {"producer": producer, "rate": dice.choice([1, 5, 20])}),
                        (1, "remove_producer", {"producer": producer}),
                        (1, "stop_producer", {"producer": producer})]  # fmt: skip
        if consumers:
            consumer = dice.choice(consumers)
            choices += [(2, what, {"consumer": consumer}) for what in
                        ("remove_consumer", "crash_consumer", "stop_consumer", "start_consumer")]  # fmt: skip
        if groups:
            choices += [
                (3, "add_consumer", {"group": dice.choice(groups)}),
                (1, "remove_group", {"group": dice.choice(groups)}),
            ]
        weights = [weight for weight, _, _ in choices]
        _, do, fields = dice.choices(choices, weights)[0]
        return do, fields

    def wait(self) -> dict[str, Any]:
        """Some time passes; then it stands still. Answers the state."""
        until = self.server.state()["at_ms"] + self.dice.choice([20, 150, 600, 2500])
        self.server.do("resume")
        self.server.wait_for(lambda s: s["at_ms"] >= until)
        self.server.do("pause")
        return self.server.state()
