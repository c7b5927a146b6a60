"""Chance plays a lesson: it must not break it, and must not reach by luck what is to be understood.

The commands are random ones of those it allows, about what there is in its cluster, at random times. After each
the lesson's state must make sense; and a lesson that takes three moves or more may be passed by at most one seed
in fifty.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from engine.commands import COMMANDS, CallAws, Command
from engine.lessons.attempt import Attempt, Make
from engine.lessons.document import FREE, Plan, read
from engine.lessons.findings import Finding
from engine.lessons.proof import Step
from engine.lessons.referee import ASKING, FAILED, REACHED, RUNNING
from engine.world.dice import Dice

COMMANDS_EACH = 200
GAP_MS = 1_500  # between two of them at most
PAR_FROM = 3  # fewer moves may well be made by chance
LUCKY_OF_100 = 2


CONFIGS: list[Any] = [
    {"retention.ms": "1000"},
    {"min.insync.replicas": "3"},
    {"cleanup.policy": "compact"},
    {"segment.ms": "1000"},
]


class Broken(Exception):
    """The lesson's state makes no sense any more."""


def chance(document: Any, make: Make, seeds: int) -> Iterator[Step]:
    """seeds: how many players; one is enough to see whether anything breaks."""
    plan, lucky = read(document), 0
    for seed in range(seeds):
        try:
            lucky += play(document, make, seed)
        except Broken as broken:
            found = Finding("", "BROKEN", f"random commands of seed {seed} break it: {broken}")
            yield Step("random", f"{seeds} seeds", [found])
            return
    yield Step("random", f"{seeds} seeds of {COMMANDS_EACH} commands")
    if (plan.par or 0) < PAR_FROM or seeds < 100 // LUCKY_OF_100:
        return
    step = Step("luck", f"{lucky} of {seeds} reach the goal")
    if lucky * 100 > seeds * LUCKY_OF_100:
        step.findings.append(
            Finding("goal", "LUCK", f"{lucky} of {seeds} random players reach it: ask for more, or for something rarer")
        )
    yield step


def play(document: Any, make: Make, seed: int) -> bool:
    """One player. Returns whether the goal was reached. Raises Broken."""
    dice = Dice(seed, "luck")
    attempt = Attempt(make, document, answer=dice.below(4))
    plan = attempt.referee.plan
    doable = [do for do in COMMANDS if do not in FREE and plan.allows(do)]
    before = _check(attempt, plan, None)
    for _ in range(COMMANDS_EACH):
        attempt.go(attempt.ms + 1 + dice.below(GAP_MS))
        if doable:
            attempt.command(command(attempt.cluster, COMMANDS[dice.choice(doable)], dice))
        before = _check(attempt, plan, before)
    return attempt.phase == REACHED


def _check(attempt: Attempt, plan: Plan, before: dict[str, Any] | None) -> dict[str, Any]:
    """What must always hold of a lesson's state. before: the one before."""
    state: dict[str, Any] = json.loads(json.dumps(attempt.cluster.state(tails=())["lesson"]))
    sense = (
        state["phase"] in (ASKING, RUNNING, REACHED, FAILED),
        (state["phase"] == ASKING) == (state["asks"] is not None),
        (state["phase"] == REACHED) == (state["reached_ms"] is not None),
        (state["phase"] == FAILED) == (state["failed"] is not None),
        state["phase"] != ASKING or attempt.cluster.pace.paused,
        len(state["clauses"]) >= len(plan.now) + len(plan.ever) + len(plan.never),
        0 <= state["held_ms"] <= plan.for_ms,
        all(one["chosen"] is not None or one["judged_ms"] is None for one in state["predictions"]),
    )
    if not all(sense):
        raise Broken(f"its state is {state}")
    if before is not None:
        over = before["phase"] in (REACHED, FAILED)
        if (over and state["phase"] != before["phase"]) or state["moves"] < before["moves"]:
            raise Broken(f"it was {before['phase']}, {before['moves']} moves, then {state['phase']}, {state['moves']}")
        if state["met"][: len(before["met"])] != before["met"]:
            raise Broken("a misconception was met and is not any more")
    return state


# --- a random command ---------------------------------------------------------------------------------


def command(cluster: Any, kind: type[Command], dice: Dice) -> dict[str, Any]:
    """Of this kind, about what there is. It may well be refused."""
    if kind is CallAws:
        return _call(cluster, dice)
    given: dict[str, Any] = {"do": kind.do}
    for one in dataclasses.fields(kind):  # type: ignore[arg-type]  # each command is a dataclass
        needed = one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING
        value = _value(cluster, kind, one, dice)
        if value is not None and (needed or dice.below(3) == 0):
            given[one.name] = value
    return given


def _call(cluster: Any, dice: Dice) -> dict[str, Any]:
    """A call of AWS that may well make sense."""
    stream = dice.choice(_streams(cluster))
    there = cluster.gateway.account.streams.get(stream) if cluster.gateway is not None else None
    shards = [shard.id for shard in there.shards] if there is not None else ["shardId-000000000000"]
    kind = dice.choice(["TRIM_HORIZON", "LATEST"])
    shard, hash_key = dice.choice(shards), str(dice.below(16) << 124)
    operation, parameters = dice.choice([
        ("CreateStream", {"StreamName": dice.choice(["other", "more"]), "ShardCount": 1 + dice.below(4)}),
        ("PutRecord", {"StreamName": stream, "PartitionKey": dice.choice(["ana", "bia", "caio"]), "Data": "dGVzdGU="}),
        ("GetShardIterator", {"StreamName": stream, "ShardId": shard, "ShardIteratorType": kind}),
        ("GetRecords", {"ShardIterator": "$SHARD_ITERATOR"}),
        ("SplitShard", {"StreamName": stream, "ShardToSplit": shard, "NewStartingHashKey": hash_key}),
        ("MergeShards", {"StreamName": stream, "ShardToMerge": shard, "AdjacentShardToMerge": dice.choice(shards)}),
        ("UpdateShardCount", {"StreamName": stream, "TargetShardCount": 1 + dice.below(4)}),
        ("DeleteStream", {"StreamName": stream}),
    ])  # fmt: skip
    return {"do": CallAws.do, "operation": operation, "parameters": parameters}


def _streams(cluster: Any) -> list[str]:
    return (list(cluster.gateway.account.streams) if cluster.gateway is not None else []) or ["none"]


def _value(cluster: Any, kind: type[Command], one: dataclasses.Field[Any], dice: Dice) -> Any:
    """None: the field is left out."""
    hands = cluster.hands
    readers, writers = ("stream_consumer", "stream_producer") if "stream" in kind.do else ("consumer", "producer")
    topics = [name for name, topic in cluster.image.topics.items() if not topic.internal] or ["none"]
    groups = list(dict.fromkeys(hand.group for hand in hands.values() if hand.group)) or ["g"]
    known: dict[str, list[Any]] = {
        "topic": topics if kind.do != "create_topic" else ["other", "more"],
        "group": groups if kind.do != "add_group" else ["other", "more"],
        "consumer": [name for name, hand in hands.items() if hand.kind == readers] or ["none"],
        "producer": [name for name, hand in hands.items() if hand.kind == writers] or ["none"],
        "stream": _streams(cluster),
        "broker": [*cluster.places], "between": [*cluster.places], "to": [*cluster.places],
        "key": ["ana", "bia", "caio"], "value": ["a"], "client": ["none"],
        "partition": [0, 1, 2], "configs": CONFIGS, "keys": [["ana", "bia"]] if kind.do == "burst" else ["few"],
        "replicas": [[1], [2, 3], [3, 1, 2]],
    }  # fmt: skip
    metadata = one.metadata
    if "choices" in metadata:
        return dice.choice(list(metadata["choices"]))
    if one.name in known:
        return dice.choice(known[one.name])
    if "least" in metadata:
        least = metadata["least"]
        most = min(metadata["most"], max(least * 4, 8))
        whole = int(least) + dice.below(max(1, int(most - least) + 1)) if least >= 1 else 1 + dice.below(8)
        return whole
    kinds = str(one.type)
    if kinds.startswith("bool"):
        return bool(dice.below(2))
    if kinds.startswith("int"):
        return dice.below(4)
    if kinds.startswith("str"):
        return "a"
    return None


__all__ = ["Broken", "chance", "command", "play"]
