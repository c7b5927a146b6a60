"""The referee of a lesson: asks, watches, judges. A machine in the World like any other.

Theory of operation
-------------------
It stands in a node of its own which *settles last*: when nothing is left to do in an instant and all others are
at rest, it is asked once (world/loop.py). Then it reads the cluster as it is, holds the clauses against it, and
says what is new, as milestones. So every instant counts, however fast time runs and whoever looks, and what it
has seen is state like all other: it is in checkpoints, in branches, in what is done again to look back.

For what depends on time alone it sets alarms: the lesson's own commands, a question, the end of ``for_ms`` and of
``within_ms``, the judgement of an answer. When it asks a question it pauses the sandbox; nothing goes on until
``predict`` has locked the answer.

    asking --predict--> running --all of the goal holds--> reached
                           |  '--another question--> asking
                           '--a clause of ``never`` holds, or ``within_ms`` is over--> failed

What is there where there is no lesson: nothing. In the World's state there is no referee then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine import events
from engine.clients.ledger import Ledger
from engine.commands import CommandRefused
from engine.lessons.counting import Counting
from engine.lessons.document import FREE, WHILE_ASKED, Plan, read
from engine.lessons.looking import Look
from engine.lessons.reporting import report
from engine.lessons.streams import Places
from engine.machine import MILLISECOND, NOTHING, Alarm, Effect, Effects, Message, Tell, Wake

NODE = "lesson"
ASKING, RUNNING, REACHED, FAILED = "asking", "running", "reached", "failed"
SCRIPT, ASK, JUDGE, HELD, WITHIN = "script", "ask", "judge", "held", "within"


@dataclass(slots=True)
class Prediction:
    """What became of a question. chosen: the option, -1 before; locked_at, judged_at: virtual time, -1 before."""

    chosen: int = -1
    locked_at: int = -1
    judged_at: int = -1
    held: list[int] = field(default_factory=list)


class Referee:
    """cluster: the director (engine/cluster/). document: the lesson; must not be changed.

    phase: see above, "" before it begins. began: when. asks: the open question, -1 for none; queue: more of them.
    since: when all of ``now`` began to hold, -1 if it does not. holds: of ``now``, how each clause stood last.
    once: (part, index) that held at some time. met: misconceptions. counters: milestones, by the plan's ``counted``.
    moves: commands of people. hand_at: when the last one was. by: see ``_by``.
    """

    DERIVED = ("traced", "_plan", "_places")  # made from the document; found in logs: both anew whenever needed

    def __init__(self, cluster: Any, document: dict[str, Any], ledger: Ledger) -> None:
        self.traced = False
        self.cluster, self.document = cluster, document
        self._plan: Plan | None = None
        self._places: Places = {}
        self.counting = Counting(ledger)
        self.generations: dict[str, int] = {}
        self.counters = [0] * len(self.plan.counted)
        self.phase = ""
        self.began = -1
        self.asks = -1
        self.queue: list[int] = []
        self.predictions = [Prediction() for _ in self.plan.questions]
        self.holds = [False] * len(self.plan.now)
        self.once: dict[tuple[str, int], int] = {}  # when
        self.since = -1
        self.deadline = -1
        self.reached_at = self.reached_step = -1
        self.failed: tuple[str, int, Any] | None = None  # part, index, value
        self.met: list[int] = []
        self.moves = 0
        self.shown = False
        self.hand_at = -1
        self.by = ""

    @property
    def plan(self) -> Plan:
        if self._plan is None:
            self._plan = read(self.document)
        return self._plan

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_plan": None, "_places": {}}

    def look(self) -> Look:
        return Look(self.cluster, self.counting, self.generations, self.began, self._places)

    # --- the machine

    def start(self, now: int) -> Effects:
        """It begins here: what was before is how things stood."""
        self.phase, self.began = RUNNING, now
        self.counting.ledger.refusals.clear()
        self.counting.ledger.client_at = -1
        self.look().streams.begin()
        plan = self.plan
        wakes: list[Effect] = [Wake(now + one.at_ms * MILLISECOND, SCRIPT, n) for n, one in enumerate(plan.script)]
        for number, question in enumerate(plan.questions):
            wakes.append(Wake(now + question.at_ms * MILLISECOND, ASK, number))
        self._set_deadline(now, wakes)
        return wakes

    def handle(self, now: int, message: Message) -> Effects:
        if not isinstance(message, Alarm) or self.phase == "":
            return NOTHING
        number, out = message.token, list[Effect]()
        match message.name:
            case "script":
                self._move(self.plan.script[number].command)
            case "ask":
                self._ask(number, out)
            case "judge":
                self._judge(now, number, self.look(), out)
        return out  # the others only have to wake it: it settles

    def settle(self, now: int) -> Effects:
        look = self.look()
        self.counting.take(look)
        if self.phase not in (RUNNING, FAILED):
            return NOTHING
        out: list[Effect] = []
        self._misconceptions(look, out)
        if self.phase == RUNNING:
            self._never(now, look, out)
        if self.phase == RUNNING and self.plan.has_goal:
            self._goal(now, look, out)
        return out

    def heard(self, event: Any) -> None:
        """A milestone was put on record, by whomever."""
        if event.code == "topic_deleted":
            self.counting.forget(event.topic)
        if self.phase == "":
            return
        if event.code == "generation_formed":
            self.generations[event.group] = self.generations.get(event.group, 0) + 1
        for number, counted in enumerate(self.plan.counted):
            if counted.counts(event):
                self.counters[number] += 1

    # --- what it watches

    def _misconceptions(self, look: Look, out: list[Effect]) -> None:
        for number, when in enumerate(self.plan.misconceptions):
            if number not in self.met and all(clause.holds(look, self.counters) for clause in when):
                self.met.append(number)
                out.append(Tell(events.MisconceptionMet(number)))

    def _never(self, now: int, look: Look, out: list[Effect]) -> None:
        for number, clause in enumerate(self.plan.never):
            found = clause.look(look, self.counters)
            if found.holds:
                self._fail("never", number, found.value, out)
                return
        if 0 <= self.deadline <= now:
            self._fail(WITHIN, 0, (now - self.began) // MILLISECOND, out)

    def _fail(self, part: str, number: int, value: Any, out: list[Effect]) -> None:
        self.phase, self.failed = FAILED, (part, number, value)
        out.append(Tell(events.GoalFailed(part, number)))

    def _goal(self, now: int, look: Look, out: list[Effect]) -> None:
        plan = self.plan
        for number, clause in enumerate(plan.now):
            holds = clause.holds(look, self.counters)
            if holds and not self.holds[number]:
                self._held(now, "now", number, out)
            self.holds[number] = holds
        for number, clause in enumerate(plan.ever):
            if ("ever", number) not in self.once and clause.holds(look, self.counters):
                self._held(now, "ever", number, out)
        if not all(self.holds):
            self.since = -1
            return
        if self.since < 0:
            self.since = now
            if plan.for_ms:
                out.append(Wake(now + plan.for_ms * MILLISECOND, HELD))
        done = all(("ever", number) in self.once for number in range(len(plan.ever)))
        if done and now - self.since >= plan.for_ms * MILLISECOND:
            self._reach(now, look, out)

    def _held(self, now: int, part: str, number: int, out: list[Effect]) -> None:
        self.by = self._by()
        if (part, number) not in self.once:
            self.once[part, number] = now
            out.append(Tell(events.ClauseHeld(part, number)))

    def _by(self) -> str:
        """Who did last what changes anything: a person's command ("hand"), a real client, or nobody yet ("")."""
        client_at = self.counting.ledger.client_at
        if client_at > self.hand_at:
            return "client"
        return "hand" if self.hand_at >= 0 else ""

    def _reach(self, now: int, look: Look, out: list[Effect]) -> None:
        self.phase, self.reached_at, self.reached_step = REACHED, now, self.cluster.world.steps
        for number, question in enumerate(self.plan.questions):
            if question.after_ms is None:
                self._judge(now, number, look, out)
        par = -1 if self.plan.par is None else self.plan.par
        out.append(Tell(events.GoalReached(self.moves, par, (now - self.began) // MILLISECOND, self.shown)))

    # --- what it does

    def _move(self, command: dict[str, Any]) -> None:
        """A command of the lesson itself. What is not possible any more (a person was faster) is passed over."""
        try:
            self.cluster.move(command)
        except CommandRefused:
            return
        self.cluster.world.tell(NODE, events.LessonMoved(str(command["do"])))

    def _ask(self, number: int, out: list[Effect]) -> None:
        if self.phase == ASKING:
            self.queue.append(number)
        elif self.phase == RUNNING:
            self.phase, self.asks = ASKING, number
            self.cluster.hold()
            out.append(Tell(events.LessonAsked(number)))

    def _judge(self, now: int, number: int, look: Look, out: list[Effect]) -> None:
        prediction = self.predictions[number]
        if prediction.locked_at < 0 or prediction.judged_at >= 0:
            return
        prediction.judged_at = now
        for place, clauses in enumerate(self.plan.questions[number].options):
            if all(clause.holds(look, self.counters) for clause in clauses):
                prediction.held.append(place)
        right = prediction.chosen in prediction.held
        out.append(Tell(events.PredictionJudged(number, prediction.chosen, list(prediction.held), right)))

    def _set_deadline(self, now: int, out: list[Effect]) -> None:
        if self.plan.within_ms is not None:
            self.deadline = now + self.plan.within_ms * MILLISECOND
            out.append(Wake(self.deadline, WITHIN))

    # --- commands

    def permit(self, do: str) -> None:
        """Raises CommandRefused if the lesson does not let people do this now."""
        plan = self.plan
        if self.phase == ASKING and do not in WHILE_ASKED:
            raise CommandRefused(
                "PREDICTION_OPEN", "A question is open, and time stands still until it is answered: predict first."
            )
        if not plan.allows(do):
            allowed = ", ".join(plan.allow or ()) or "nothing but watching"
            raise CommandRefused("POLICY_VIOLATION", f"This lesson does not take {do}; it takes: {allowed}.")

    def moved(self, now: int, do: str) -> None:
        """A person's command was carried out."""
        if do not in FREE:
            self.hand_at = now
            self.moves += self.phase == RUNNING

    def predict(self, now: int, question: int, option: int) -> list[Effect]:
        """Lock the answer. Raises CommandRefused. Returns what is to be done."""
        plan = self.plan
        if question >= len(plan.questions):
            raise CommandRefused("INVALID_REQUEST", f"This lesson has no question {question}; they count from 0.")
        prediction, options = self.predictions[question], plan.questions[question].options
        if prediction.locked_at >= 0:
            raise CommandRefused("PREDICTION_LOCKED", "This question was answered: the answer stays as it is.")
        if self.phase != ASKING or self.asks != question:
            raise CommandRefused("INVALID_REQUEST", f"Question {question} is not open.")
        if option >= len(options):
            raise CommandRefused("INVALID_REQUEST", f"The options are 0 to {len(options) - 1}.")
        prediction.chosen, prediction.locked_at = option, now
        out: list[Effect] = [Tell(events.PredictionLocked(question, option))]
        after_ms = plan.questions[question].after_ms
        if after_ms is not None:
            out.append(Wake(now + after_ms * MILLISECOND, JUDGE, question))
        self._set_deadline(now, out)
        self.phase, self.asks = RUNNING, -1
        if self.queue:
            self._ask(self.queue.pop(0), out)
        else:
            self.cluster.release()
        return out

    def show_solution(self) -> list[Effect]:
        if self.shown:
            return []
        self.shown = True
        return [Tell(events.SolutionShown())]

    def shown_state(self) -> dict[str, Any]:
        return report(self)
