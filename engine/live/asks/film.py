"""A stretch of the past as pictures, one after the other: what a recording is made of.

=============  =========================================  ==================================================
ask            takes, besides "sandbox"                   result
=============  =========================================  ==================================================
"film"         from_ms, to_ms, pictures, from (0)         bytes: some pictures from number "from" on, each a line
                                                          of JSON; with "next": the number of the next, or null
"film_records" at_ms                                      bytes: records that were there then, each a line
                                                          [topic, partition, offset, record]; "next": null
=============  =========================================  ==================================================

Pictures are equally far apart in virtual time. The first line of each answer has the whole state ("s"), as a frame
has it; the others what has changed since the one before ("d", see ``difference``). "e": the milestones told since
(of the first of an answer: the last ones, so some come twice; they have numbers), "t": the records that moved since.
Each picture is brought back as any moment is (engine/live/history.py), so nobody else notices.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import orjson

from engine.cluster import Cluster
from engine.cluster.snapshot import traffic
from engine.commands import CommandRefused
from engine.limits import FILM_EVENTS, FILM_PICTURES_MAX, FILM_PIECE_BYTES, FILM_RECORDS_MAX
from engine.live.asks.asking import Binary, Handler, Question, Refused, invalid
from engine.live.asks.time import brought_back, out_of_reach
from engine.live.history import Gone, Unreachable
from engine.live.past import Past, dismantle
from engine.machine import MILLISECOND

if TYPE_CHECKING:
    from engine.live.control import Facade
    from engine.live.history import History
    from engine.live.sandbox import Sandbox

PIECE_S = 1.0  # how long one answer may take to make
RECORDS_AT_ONCE = 20  # then others get their turn
SAME: list[Any] = []  # a difference that is none


async def film(facade: Facade, question: Question) -> Any:
    begin, end, pictures, number = (question.get(name, 0) for name in ("from_ms", "to_ms", "pictures", "from"))
    if not all(type(value) in (int, float) for value in (begin, end)) or not 0 <= begin < end:
        raise invalid("A film has from_ms and to_ms, virtual milliseconds, the second after the first.")
    if type(pictures) is not int or not 2 <= pictures <= FILM_PICTURES_MAX:
        raise invalid(f"A film has 2 to {FILM_PICTURES_MAX:,} pictures.")
    if type(number) is not int or not 0 <= number < pictures:
        raise invalid("from is the number of a picture, 0 for the first.")
    sandbox, history = await _open(facade, question)
    until = time.monotonic() + PIECE_S
    lines: list[bytes] = []
    before: dict[str, Any] | None = None
    told, since = -1, _at(begin, end, pictures, number - 1)
    size = 0
    while number < pictures and (not lines or (time.monotonic() < until and size < FILM_PIECE_BYTES)):
        past = await brought_back(history, None, round(_at(begin, end, pictures, number) * MILLISECOND))
        state = _shown(sandbox, past)
        fresh = [event for event in past.events(FILM_EVENTS) if event["n"] > told]
        moved = [one for one in traffic(past.cluster) if one["at_ms"] > since]
        told, since = past.world.event_number, past.now / MILLISECOND
        picture: dict[str, Any] = {"s": state} if before is None else {"d": difference(before, state)}
        lines.append(orjson.dumps({**picture, **({"e": fresh} if fresh else {}), **({"t": moved} if moved else {})}))
        size += len(lines[-1])
        before = state
        number += 1
        await asyncio.sleep(0)
    return Binary({"next": number if number < pictures else None}, b"\n".join(lines) + b"\n")


async def film_records(facade: Facade, question: Question) -> Any:
    """The newest of each partition that is not the brokers' own, as many of each as there is room for."""
    at = question.get("at_ms")
    if not isinstance(at, (int, float)) or isinstance(at, bool) or at < 0:
        raise invalid("Records of a film have at_ms, virtual milliseconds.")
    _, history = await _open(facade, question)
    try:
        cluster = await history.branch(at=round(at * MILLISECOND))
    except (Gone, Unreachable) as problem:
        raise out_of_reach(problem) from None
    try:
        lines = [line async for line in _records(cluster)]
    finally:
        dismantle(cluster)
    return Binary({"next": None}, b"".join(lines))


async def _records(cluster: Cluster) -> AsyncIterator[bytes]:
    parts = [(t["name"], p) for t in cluster.state()["topics"] if not t["internal"] for p in t["partitions"]]
    each = FILM_RECORDS_MAX // max(1, len(parts))
    count = 0
    for topic, part in parts:
        for offset in range(max(part["start"], part["end"] - each), part["end"]):
            try:
                found = cluster.record(topic, part["id"], offset)
            except CommandRefused:  # compacted away, or nobody leads
                continue
            yield orjson.dumps([topic, part["id"], offset, found]) + b"\n"
            count += 1
            if count % RECORDS_AT_ONCE == 0:
                await asyncio.sleep(0)


async def _open(facade: Facade, question: Question) -> tuple[Sandbox, History]:
    sandbox = (await facade.current(question)).sandbox
    if sandbox.history is None:
        raise Refused(409, "NO_HISTORY", "This sandbox keeps no history.")
    return sandbox, sandbox.history


def _at(begin: float, end: float, pictures: int, number: int) -> float:
    return begin + (end - begin) * number / (pictures - 1)


def _shown(sandbox: Sandbox, past: Past) -> dict[str, Any]:
    """As a frame, without what is of the present or comes beside it."""
    state = sandbox.addressed(past.state())
    state["problem"] = None
    state.pop("traffic", None)
    return dict(orjson.loads(orjson.dumps(state)))  # plain JSON: texts as keys, lists for tuples


def difference(before: Any, after: Any) -> list[Any]:
    """What turns ``before`` into ``after``: [] nothing; [v] it is v now; [{key: difference}, [keys that are gone]].

    A list that is as long as it was has its items' numbers for keys.
    """
    if before == after and type(before) is type(after):
        return SAME
    if isinstance(before, dict) and isinstance(after, dict):
        found = {key: difference(before[key], value) if key in before else [value] for key, value in after.items()}
        gone = [key for key in before if key not in after]
        return [{key: change for key, change in found.items() if change}, gone]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after) and _grown(before, after):
        items = {str(i): difference(before[i], item) for i, item in enumerate(after)}
        return [{key: change for key, change in items.items() if change}, []]
    return [after]


def _grown(*lists: list[Any]) -> bool:
    """Lists of more than numbers and texts: those are written anew, which takes less."""
    return all(isinstance(item, (dict, list)) for one in lists for item in one)


ASKS: dict[str, Handler] = {"film": film, "film_records": film_records}
