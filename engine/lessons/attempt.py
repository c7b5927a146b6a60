"""A lesson played through on virtual time, by a list of commands: for proofs and tests.

It does what a person at the stage would: answers when asked, gives the commands when their time has come,
and waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.commands import CommandRefused
from engine.lessons.document import scenario_of
from engine.lessons.parts import Timed
from engine.lessons.referee import ASKING, FAILED, REACHED, Referee
from engine.machine import MILLISECOND
from engine.world.inputs import COMMAND

Make = Callable[[dict[str, Any], int], Any]  # a cluster, of a scenario and a seed
ACTOR = "proof"


class Attempt:
    """make: a cluster in which the lesson begins. answer: the option chosen, of each question.

    refused: commands that were not carried out, with the reason.
    """

    def __init__(self, make: Make, document: dict[str, Any], *, seed: int | None = None, answer: int = 0) -> None:
        given = document.get("seed", 0) if seed is None else seed
        self.cluster = make(scenario_of(document), given)
        self.world = self.cluster.world
        referee = self.cluster.referee
        assert isinstance(referee, Referee)
        self.referee = referee
        self.answer = answer
        self.refused: list[tuple[dict[str, Any], CommandRefused]] = []

    @property
    def phase(self) -> str:
        return self.referee.phase

    @property
    def over(self) -> bool:
        return self.phase in (REACHED, FAILED)

    @property
    def ms(self) -> float:
        """Since the lesson began."""
        return float((self.world.now - self.referee.began) / MILLISECOND)

    def command(self, command: dict[str, Any]) -> Any:
        """Its result; a refusal is one too."""
        _, results = self.world.admit(self.world.now, [(ACTOR, COMMAND, command)])
        self.world.finish_instant()
        if isinstance(results[0], CommandRefused):
            self.refused.append((command, results[0]))
        return results[0]

    def go(self, until_ms: float, stop: Callable[[], bool] = lambda: False) -> None:
        """Live until then, or until ``stop`` says so, which is asked every virtual 100 ms."""
        until = self.referee.began + int(until_ms * MILLISECOND)
        while self.world.now < until and not stop():
            if self.phase == ASKING:
                self._predict()
            elif self.cluster.pace.paused:
                self.command({"do": "resume"})  # a script may have paused it: somebody goes on
            self.world.advance(min(until, self.world.now + 100 * MILLISECOND), heed=True)
        if self.phase == ASKING:
            self._predict()

    def _predict(self) -> None:
        number = self.referee.asks
        options = len(self.referee.plan.questions[number].options)
        self.command({"do": "predict", "question": number, "option": min(self.answer, options - 1)})

    def play(self, moves: Sequence[Timed]) -> None:
        """Give the commands, each when its time has come."""
        self.go(0)
        for move in sorted(moves, key=lambda move: move.at_ms):
            self.go(move.at_ms)
            self.command(move.command)
