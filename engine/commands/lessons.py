"""Commands to the referee of a lesson; without one they are refused (NO_LESSON)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.commands.base import Command, ranged


@dataclass(slots=True)
class Predict(Command):
    """Answer the open question of a lesson: the answer is locked, and time goes on. Both are counted from 0."""

    do: ClassVar[str] = "predict"
    option: int = ranged(0, 9)
    question: int = ranged(0, 99, default=0)


@dataclass(slots=True)
class ShowSolution(Command):
    """Show the solution of the lesson: reaching its goal counts as shown from then on."""

    do: ClassVar[str] = "show_solution"


LESSONS = (Predict, ShowSolution)
