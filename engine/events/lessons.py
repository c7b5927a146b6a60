"""Lessons: what the referee of a lesson asks, sees and judges (engine/lessons/)."""

from __future__ import annotations

from engine.events.base import Event, event


@event("lesson_asked", mark="lesson")
class LessonAsked(Event):
    """Time stands still until somebody has predicted what will happen. question: its number, from 0."""

    question: int


@event("prediction_locked", mark="lesson")
class PredictionLocked(Event):
    question: int
    option: int


@event("prediction_judged", mark="lesson")
class PredictionJudged(Event):
    """option: what was predicted; held: the options that turned out to hold; right: it is among them."""

    question: int
    option: int
    held: list[int]
    right: bool


@event("clause_held", mark="lesson")
class ClauseHeld(Event):
    """A clause of the goal holds for the first time. part: "now" or "ever"; index: its number there, from 0."""

    part: str
    index: int


@event("goal_reached", mark="lesson")
class GoalReached(Event):
    """moves: commands it took; par: what is enough, -1 if nobody said; ms: since the lesson began.

    shown: the solution was looked at before.
    """

    moves: int
    par: int
    ms: int
    shown: bool


@event("goal_failed", mark="lesson")
class GoalFailed(Event):
    """This attempt cannot reach the goal any more. part: "never" or "within"."""

    part: str
    index: int


@event("misconception_met", mark="lesson")
class MisconceptionMet(Event):
    number: int


@event("solution_shown", mark="lesson")
class SolutionShown(Event):
    """Somebody looked at the solution: reaching the goal counts as shown from here on."""


@event("lesson_moved", mark="lesson")
class LessonMoved(Event):
    """The lesson itself carries a command out. do: its name."""

    do: str
