"""Why, why not, and what else is asked of one thing. Everything takes step and ms too: then it is answered as of then.

=============  =========================================  ==================================================
ask            takes, besides "sandbox"                   result
=============  =========================================  ==================================================
"why"          about, and its names (cluster/why.py)      {"about", "findings", "chain", "origin", "step", "at_ms"}
"whynot"       about, and its names (cluster/whynot.py)   {"about", "findings", "step", "at_ms"}
"inspect"      kind, and its names (cluster/inspector.py) a page
"ghost"        topic, partition, start, and what that     where a reader would begin (cluster/ghost.py)
               takes: group, ms_of_record, offset
=============  =========================================  ==================================================

A link of the chain: {"event", "via", "entries", "witness"}: a milestone, how the next one led to it ({"code", "params"}
or null), what the agenda did last before it, the latest first, and the last sign of life of who was given up: by doing
that stretch of the past again with a trace (engine/live/tracing.py). "origin": where the chain ends ({"code",
"params"}).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any

from engine.cluster import Cluster, ghost, inspector, one_request, why, whynot_idle
from engine.commands import CommandRefused
from engine.events import LessonMoved, Told, to_json
from engine.lessons.referee import NODE
from engine.live.asks.asking import Handler, Question, Refused
from engine.live.asks.time import cluster_at
from engine.live.history import Gone, History, Unreachable
from engine.live.tracing import done_again
from engine.machine import MILLISECOND
from engine.world.inputs import COMMAND, Input
from engine.world.trace import Entry, Trace

if TYPE_CHECKING:
    from engine.live.control import Facade

BEFORE_STEPS = 600  # done again before a milestone, to see what led to it
TOGETHER_STEPS = 3_000  # milestones no further apart are done again in one go
ENTRIES_SHOWN = 8  # of the agenda, before each milestone
BACK_MAX = 400  # entries walked back to see where a chain begins
NAMES = ("topic", "partition", "offset", "group", "member", "acks", "broker", "base", "n", "producer", "start",
         "stream", "shard", "client")  # fmt: skip
BY_HOST = ("restarted", "rebased", "thawed", "branched", "storage_full", "storage_freed", "client_gave_up")

Link = dict[str, Any]


async def whynot(facade: Facade, question: Question) -> dict[str, Any]:
    about = question.get("about")

    def read(cluster: Cluster) -> dict[str, Any]:
        return {"about": about, "findings": whynot_idle.answer(cluster, str(about), _names(question))}

    return await _read(facade, question, read)


async def inspect(facade: Facade, question: Question) -> dict[str, Any]:
    return await _read(facade, question, lambda c: inspector.page(c, str(question.get("kind")), _names(question)))


async def ghostly(facade: Facade, question: Question) -> dict[str, Any]:
    names = {**_names(question), "ms": question.get("ms_of_record")}
    return await _read(facade, question, lambda cluster: ghost.look(cluster, names))


async def because(facade: Facade, question: Question) -> dict[str, Any]:
    about = question.get("about")
    told: list[Told] = []

    def read(cluster: Cluster) -> dict[str, Any]:
        story = why.story_of(cluster)
        findings, start = why.asked(cluster, story, str(about), _names(question))
        links: list[Link] = []
        for milestone, via, params in why.chain(story, start) if start is not None else ():
            told.append(milestone)
            links.append({"event": to_json(milestone), "via": {"code": via, "params": params} if via else None,
                          "entries": [], "witness": None})  # fmt: skip
        return {"about": about, "findings": findings, "chain": links, "origin": None}

    found = await _read(facade, question, read)
    if told:
        found["origin"] = await _evidence(facade, question, told, found["chain"])
    return found


async def _read(facade: Facade, question: Question, read: Callable[[Cluster], dict[str, Any]]) -> dict[str, Any]:
    """What ``read`` says of the cluster at the moment asked for. Raises Refused.

    That there is no such thing at that moment is an answer, too: {"missing": {"code", "reason"}}.
    """
    cluster = await cluster_at(facade, question)
    try:
        found = read(cluster)
    except CommandRefused as refused:
        if refused.code == "INVALID_REQUEST":
            raise Refused(422, refused.code, refused.reason) from None
        found = {"missing": {"code": refused.code, "reason": refused.reason}}
    return {**found, "step": cluster.world.steps, "at_ms": cluster.world.now / MILLISECOND}


def _names(question: Question) -> dict[str, Any]:
    return {name: question[name] for name in NAMES if question.get(name) is not None}


# --- what the agenda did --------------------------------------------------------------------------------


async def _evidence(facade: Facade, question: Question, told: list[Told], links: list[Link]) -> dict[str, Any]:
    """Puts the entries into ``links``. Returns where the chain begins."""
    history = facade.stage(question).sandbox.history
    last = told[-1]
    if history is None:
        return _simple(last)
    begin = history.horizon()[0]
    begun: list[dict[str, Any]] | None = None
    stretch: list[int] = []
    try:
        for number, milestone in enumerate(told):
            stretch.append(number)
            following = told[number + 1] if number + 1 < len(told) else None
            if following is not None and milestone.step - following.step <= TOGETHER_STEPS and following.step > begin:
                continue
            if milestone.step > begin:
                begun = await _again(history, told, links, stretch)
            stretch = []
    except (Gone, Unreachable):
        return _simple(last)
    if last.step <= begin:
        if last.node == NODE:
            return _code("origin.referee")
        return _code("origin.scenario" if _from_scenario(facade, question) else "origin.forgotten")
    lesson = _by_lesson(facade.stage(question).sandbox.cluster, last)
    return _origin(last, begun or [], history.given_at(last.step, last.at), lesson)


async def _again(history: History, told: list[Told], links: list[Link], stretch: list[int]) -> list[dict[str, Any]]:
    """Do a stretch again. Returns the way back from its earliest milestone, as far as it is known."""
    first, last = told[stretch[-1]], told[stretch[0]]
    since = max(history.horizon()[0], first.step - BEFORE_STEPS)
    past, trace = await done_again(history, last.step, None, since_step=since)
    try:
        for number in stretch:
            milestone = told[number]
            cause = told[number + 1] if number + 1 < len(told) else None
            links[number]["entries"] = _entries(past.cluster, trace, milestone, cause)
            links[number]["witness"] = _witness(past.cluster, trace, milestone)
        return [one_request.step(past.cluster, one) for one in islice(trace.causes(first.cause), BACK_MAX)]
    finally:
        past.close()


def _entries(cluster: Cluster, trace: Trace, milestone: Told, cause: Told | None) -> list[dict[str, Any]]:
    """What led to a milestone, step by step, back to what it is the consequence of."""
    shown: list[dict[str, Any]] = []
    last: Entry | None = None
    for entry in islice(trace.causes(milestone.cause), BACK_MAX):
        earlier = cause is not None and (entry.at < cause.at or entry.sequence == cause.cause)
        if earlier or len(shown) == ENTRIES_SHOWN:
            break
        if last is None or (last.kind, entry.kind, last.node) != ("alarm", "alarm", entry.node):  # one that set another
            shown.append({**one_request.step(cluster, entry), "sent_ms": entry.sent / MILLISECOND})
        last = entry
    return shown


# What was heard of somebody last, before he was given up: (API, whose, at whom).
WITNESSES: dict[str, tuple[str, str]] = {
    "broker_fenced": ("BrokerHeartbeat", "broker"),
    "member_expired": ("Heartbeat", "client"),
    "isr_shrunk": ("Fetch", "out"),
}


def _witness(cluster: Cluster, trace: Trace, milestone: Told) -> dict[str, Any] | None:
    """The last sign of life before somebody was given up, if it lies in what was done again."""
    asked, whose = WITNESSES.get(milestone.event.code, ("", ""))
    value = getattr(milestone.event, whose, None)
    name = value[0] if isinstance(value, list) else value
    source = name if whose == "client" else f"B{name}"
    for entry in reversed(trace.entries):
        if entry.kind != "request" or entry.at >= milestone.at or entry.node != milestone.node:
            continue
        row = one_request.step(cluster, entry)
        if row["name"] == asked and row["from"].removeprefix("consumer:") == source:
            ago = (milestone.at - entry.at) / MILLISECOND
            return {"code": f"witness.{milestone.event.code}", "params": {"who": source, "ago_ms": ago},
                    "at_ms": row["at_ms"], "step": row["step"]}  # fmt: skip
    return None


# --- where it began -------------------------------------------------------------------------------------


def _code(code: str, **params: Any) -> dict[str, Any]:
    return {"code": code, "params": params}


def _simple(last: Told) -> dict[str, Any]:
    return _code("origin.host" if last.event.code in BY_HOST else "origin.forgotten")


def _by_lesson(cluster: Cluster, last: Told) -> dict[str, Any] | None:
    """What a lesson's script did at that very time; or its referee, who says what it sees; None: neither."""
    if cluster.referee is None:
        return None
    moved = next((t.event for t in cluster.world.told if t.at == last.at and isinstance(t.event, LessonMoved)), None)
    if moved is not None:
        return {**_code("origin.lesson", do=moved.do), "command": {"do": moved.do}}
    return _code("origin.referee") if last.node == NODE else None


def _origin(
    last: Told, back: list[dict[str, Any]], given: list[Input], lesson: dict[str, Any] | None
) -> dict[str, Any]:
    """last: the first milestone of the chain. back: what led to it. given: the inputs of its very time.

    lesson: its share in it.
    """
    if last.event.code in BY_HOST:
        return _code("origin.host")
    first = back[-1] if back else None
    commands = [one for one in given if one.source == COMMAND]
    if commands and (last.cause == 0 or first is None or first["kind"] == "order"):
        one = next((c for c in commands if _fits(c.payload, last)), commands[0])
        command = {name: value for name, value in one.payload.items() if name not in ("id", "value", "headers")}
        return {**_code("origin.command", do=str(command.get("do")), who=one.actor.partition(":")[0]),
                "command": command}  # fmt: skip
    if lesson is not None:
        return lesson
    if first is not None and (first["kind"] == "frame" or first["from"] == "tcp"):
        return _code("origin.client", client=first["from"], api=first["name"], node=first["node"])
    if first is not None and first["kind"] == "order":
        return _code("origin.order", node=first["node"], name=first["name"])
    if given and first is None:
        return _code("origin.outside")
    alarm = next((one for one in back if one["kind"] == "alarm"), None)
    if alarm is not None:
        return _code("origin.alarm", node=alarm["node"], name=alarm["name"])
    return _code("origin.itself", node=last.node)


def _fits(payload: dict[str, Any], last: Told) -> bool:
    """A command that speaks of the same thing as the event."""
    event = last.event
    return any(
        payload.get(name) is not None and payload.get(name) == getattr(event, name, None)
        for name in ("broker", "consumer", "producer", "topic", "group", "source", "node")
    )


def _from_scenario(facade: Facade, question: Question) -> bool:
    """Whether what lies before the horizon is the scenario's setting up, and nothing else."""
    kept = facade.kept(question)
    if kept.store is None:
        return True
    header = kept.store.journal.segments[0].header
    return header.previous is None and "scenario" in header.base


ASKS: dict[str, Handler] = {"why": because, "whynot": whynot, "inspect": inspect, "ghost": ghostly}
