"""Clauses: what is wanted of a subject, read from a document and held against the cluster.

    {group: g, members: 4, lag: 0}                 all measures of one clause must hold
    {topic: t, partition: 0, leader: "!= 1"}       fields narrow the subject down
    {record_lost: "> 0"}                           no subject: the cluster
    {event: leader_elected, topic: t, times: 2}    milestones since the lesson began, with these parameters
    {stream: "*-meu-stream", put: 1}               one stream of such a name of which all of it holds

A clause may bring its own words (``why``, ``say``); the engine passes over them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from engine.events import EVENTS
from engine.lessons.conditions import Condition, NoCondition, Value, condition, possible
from engine.lessons.findings import Findings
from engine.lessons.looking import Look
from engine.lessons.measures import MEASURES, SUBJECTS, Measure, names
from engine.lessons.streams import ANY, fits
from engine.limits import CLAUSES_MAX, NAME_MAX

WORDS = ("why", "say")
OF_NUMBERS = ("partition", "broker")  # fields that are a number; the others are texts
AT_LEAST_ONE = Condition(">=", 1)

__all__ = ["Clause", "Outcome", "clause", "clauses"]


@dataclass(slots=True)
class Asked:
    """One measure of a clause. argument: what its object says besides the condition; None without one."""

    name: str
    wants: Condition
    argument: dict[str, Any] | None = None


@dataclass(slots=True)
class Outcome:
    """How a clause stands. value, wants: of its first measure that does not hold, else of the first."""

    holds: bool
    value: Value
    wants: str
    measure: str


@dataclass(slots=True)
class Clause:
    """path: where it stands in the document. fields: what names its subject. event: the milestone's code, or "".

    params: of the milestone, with the condition on each. counter: which of the plan's counters counts it.
    """

    path: str
    subject: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    event: str = ""
    params: dict[str, Condition] = field(default_factory=dict)
    times: Condition = field(default_factory=lambda: AT_LEAST_ONE)
    counter: int = -1

    def look(self, look: Look, counters: list[int]) -> Outcome:
        if self.event:
            seen = counters[self.counter]
            return Outcome(self.times.holds(seen), seen, self.times.text, "times")
        found = [self._of(look, fields) for fields in look.each(self.fields)]
        return next((one for one in found if one.holds), found[-1])

    def _of(self, look: Look, fields: dict[str, Any]) -> Outcome:
        first: Outcome | None = None
        for asked in self.asked:
            value = MEASURES[self.subject, asked.name].function(look, fields, asked.argument)
            holds = asked.wants.holds(value)
            if not holds or first is None:
                outcome = Outcome(holds, value, asked.wants.text, asked.name)
                if not holds:
                    return outcome
                first = outcome
        assert first is not None
        return first

    def holds(self, look: Look, counters: list[int]) -> bool:
        if self.event:
            return self.times.holds(counters[self.counter])
        return any(
            all(
                asked.wants.holds(MEASURES[self.subject, asked.name].function(look, fields, asked.argument))
                for asked in self.asked
            )
            for fields in look.each(self.fields)
        )

    def counts(self, event: Any) -> bool:
        """Whether this milestone is one of those it asks for."""
        if event.code != self.event:
            return False
        for name, wanted in self.params.items():
            value = getattr(event, name)
            if name == "stream" and wanted.how == "=" and ANY in str(wanted.wanted):
                if not fits(str(wanted.wanted), value):
                    return False
            elif isinstance(value, list):
                if not any(wanted.holds(one) for one in value):
                    return False
            elif not wanted.holds(value):
                return False
        return True


def spoken(key: str, value: Any, clause: dict[str, Any]) -> bool:
    """Whether this is the clause's own words. Some events have a ``why`` too: a text there is a condition on it."""
    return key in WORDS and not ("event" in clause and isinstance(value, str))


# --- reading ------------------------------------------------------------------------------------------


def clauses(given: Any, path: str, found: Findings) -> list[Clause]:
    """A list of them, or a single one."""
    if isinstance(given, dict):
        one = clause(given, path, found)
        return [one] if one is not None else []
    if not isinstance(given, list) or not given:
        found.add(path, "NO_CLAUSE", "a clause, or a list of at least one, is needed here")
        return []
    if len(given) > CLAUSES_MAX:
        found.add(path, "TOO_MANY", f"there are {len(given)} clauses; at most {CLAUSES_MAX} are watched")
        return []
    read = [clause(one, f"{path}[{number}]", found) for number, one in enumerate(given)]
    return [one for one in read if one is not None]


def clause(given: Any, path: str, found: Findings) -> Clause | None:
    if not isinstance(given, dict) or not all(isinstance(key, str) for key in given):
        found.add(path, "NO_CLAUSE", "a clause is an object such as {group: g, members: 4}")
        return None
    rest = {key: value for key, value in given.items() if not spoken(key, value, given)}
    before = len(found.all)
    made = _event(rest, path, found) if "event" in rest else _measures(rest, path, found)
    return made if len(found.all) == before else None


def _event(given: dict[str, Any], path: str, found: Findings) -> Clause:
    code = given["event"]
    kind = EVENTS.get(code) if isinstance(code, str) else None
    if kind is None or not kind.milestone:
        known = ", ".join(code for code, kind in EVENTS.items() if kind.milestone)
        what = "is told only while somebody looks" if kind is not None else "is no event"
        found.add(f"{path}.event", "UNKNOWN_EVENT", f"{code!r:.60} {what}; there are: {known}")
        return Clause(path)
    made = Clause(path, event=kind.code)
    params = [one.name for one in dataclasses.fields(kind)]  # type: ignore[arg-type]  # each is a dataclass
    for name, value in given.items():
        if name == "event":
            continue
        wanted = _condition(value, f"{path}.{name}", found)
        if name == "times":
            made.times = wanted
            if not possible(wanted, int):
                found.add(f"{path}.times", "NEVER_HOLDS", f"no number of times is {wanted.text}")
        elif name in params:
            made.params[name] = wanted
        else:
            found.add(f"{path}.{name}", "UNKNOWN_KEY", f"{code} has no {name!r}; it has: {', '.join(params)}, times")
    return made


def _measures(given: dict[str, Any], path: str, found: Findings) -> Clause:
    subjects = [key for key in given if key in SUBJECTS]
    if "topic" in subjects and "group" in subjects:
        subjects.remove("topic")  # a group's, in this topic
    if len(subjects) > 1:
        found.add(path, "TWO_SUBJECTS", f"a clause is about one thing, not about {' and '.join(subjects)}")
        return Clause(path)
    subject = subjects[0] if subjects else ""
    allowed = (subject, *SUBJECTS[subject]) if subject else ()
    made = Clause(path, subject)
    for name, value in given.items():
        where = f"{path}.{name}"
        if name in allowed:
            made.fields[name] = _field(name, value, where, found)
        elif (measure := MEASURES.get((subject, name))) is not None:
            made.asked.append(_asked(measure, value, where, found))
        else:
            of = f"of a {subject}" if subject else "without a subject"
            known = ", ".join(names(subject)) + (f" (of a subject: {', '.join(SUBJECTS)})" if not subject else "")
            found.add(where, "UNKNOWN_MEASURE", f"there is no measure {name!r:.60} {of}; there are: {known}")
    if not made.asked:
        if subject == "client":
            made.asked.append(Asked("connected", Condition("=", True)))
        elif not any(one.path.startswith(path) for one in found.all):
            found.add(path, "NO_MEASURE", f"what is asked of it? There are: {', '.join(names(subject))}")
    for asked in made.asked:
        for need in MEASURES[subject, asked.name].needs:
            if need not in made.fields:
                found.add(f"{path}.{asked.name}", "MISSING", f"{asked.name} needs {need!r} beside it")
    return made


def _field(name: str, value: Any, path: str, found: Findings) -> Any:
    if name in OF_NUMBERS:
        if type(value) is not int or not 0 <= value < 1 << 31:
            found.add(path, "NOT_A_NUMBER", f"{name} is a whole number, not {value!r:.60}")
    elif not isinstance(value, str) or not 0 < len(value) <= NAME_MAX:
        found.add(path, "NOT_A_NAME", f"{name} is a name of 1 to {NAME_MAX} characters, not {value!r:.60}")
    return value


def _asked(measure: Measure, value: Any, path: str, found: Findings) -> Asked:
    if not measure.takes:
        wanted = _condition(value, path, found)
    else:
        key, count = measure.takes
        if not isinstance(value, dict) or not isinstance(value.get(key), str) or set(value) - {key, count}:
            found.add(path, "NO_CLAUSE", f"{measure.name} is an object such as {{{key}: ..., {count}: 2}}")
            return Asked(measure.name, AT_LEAST_ONE, {key: ""})
        wanted = _condition(value[count], f"{path}.{count}", found) if count in value else AT_LEAST_ONE
    if not possible(wanted, measure.kind, measure.least):
        kinds = {int: "a number", str: "a text", bool: "true or false"}
        found.add(path, "NEVER_HOLDS", f"{measure.name} is {kinds[measure.kind]}: it is never {wanted.text}")
    return Asked(measure.name, wanted, {measure.takes[0]: value[measure.takes[0]]} if measure.takes else None)


def _condition(value: Any, path: str, found: Findings) -> Condition:
    try:
        return condition(value)
    except NoCondition as problem:
        found.add(path, "NO_CONDITION", str(problem))
        return AT_LEAST_ONE
