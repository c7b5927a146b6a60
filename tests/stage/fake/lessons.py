"""A lesson as the engine tells of it, without a referee: a test says what has happened to it (``set``)."""

from __future__ import annotations

import copy
from typing import Any

from tests.stage.fake.cluster import FakeCluster
from tests.stage.fake.logs import Refused

DOCUMENT: dict[str, Any] = {
    "format": 1,
    "id": "groups-03-idle-member",
    "kind": "level",
    "chapter": "groups",
    "title": {"pt-BR": "Consumidor ocioso", "en": "The idle consumer"},
    "text": {
        "pt-BR": "O grupo `A` lê 3 partições com 2 consumidores e está *atrasado*. Você pode acrescentar consumidores.",
        "en": "The group `A` reads 3 partitions with 2 consumers and lags *behind*. You may add consumers.",
    },
    "takeaway": {
        "pt-BR": "Cada partição tem um só leitor no grupo: quem passa do número de partições fica de reserva.",
        "en": "Each partition has one reader in the group: whoever exceeds the number of partitions is a spare.",
    },
    "allow": ["add_consumer", "produce"],
    "predict": {
        "ask": {"pt-BR": "E com 4 consumidores?", "en": "And with 4 consumers?"},
        "options": [
            {"say": {"pt-BR": "Cada um lê um pouco menos", "en": "Each reads a bit less"}, "holds": {"group": "A"}},
            {
                "say": {"pt-BR": "Um deles fica sem nada para ler", "en": "One of them has nothing to read"},
                "holds": {"group": "A", "idle_members": 1},
            },
            {
                "say": {"pt-BR": "Dois leem a mesma partição", "en": "Two read the same partition"},
                "holds": {"group": "A", "idle_members": 0},
            },
        ],
        "about": {"group": "A"},
        "surprise": {
            "pt-BR": "O último não recebeu nenhuma: há `3` partições e 4 membros.",
            "en": "The last one was given none: there are `3` partitions and 4 members.",
        },
        "because": {"pt-BR": "Uma partição nunca é lida por dois do mesmo grupo.", "en": "No two share a partition."},
    },
    "goal": {
        "now": [{"group": "A", "members": 4}, {"group": "A", "idle_members": 1}, {"group": "A", "lag": 0}],
        "for_ms": 500,
        "never": [
            {
                "record_lost": "> 0",
                "why": {"pt-BR": "Um registro confirmado se perdeu.", "en": "An acknowledged record was lost."},
            }
        ],
    },
    "misconceptions": [
        {
            "when": {"topic": "FIAP", "partitions": "> 3"},
            "say": {
                "pt-BR": "Mais partições dão lugar a mais leitores, mas mudam a partição das chaves.",
                "en": "More partitions make room for more readers, but they move keys.",
            },
        }
    ],
    "hints": [
        {"after_fails": 1, "say": {"pt-BR": "O botão +1 do grupo acrescenta um.", "en": "The group's +1 adds one."}}
    ],
    "solution": [{"at_ms": 0, "do": "add_consumer", "group": "A"}, {"at_ms": 0, "do": "add_consumer", "group": "A"}],
    "par": 2,
    "lab": {
        "text": {"pt-BR": "Um `kcat` no grupo conta também.", "en": "A `kcat` in the group counts, too."},
        "kcat": "kcat -b {bootstrap} -G A FIAP",
    },
}


def clause(part: str, index: int, *, holds: bool, value: Any, wants: str) -> dict[str, Any]:
    return {"part": part, "index": index, "holds": holds, "value": value, "wants": wants, "since_ms": None}


class FakeLesson(FakeCluster):
    """The demo with the lesson above, its question open."""

    def __init__(self) -> None:
        super().__init__()
        self.document = copy.deepcopy(DOCUMENT)
        self.lesson: dict[str, Any] = {
            "id": self.document["id"], "kind": "level", "phase": "asking", "asks": 0,
            "predictions": [{"chosen": None, "locked_ms": None, "judged_ms": None, "held": []}],
            "clauses": [
                clause("now", 0, holds=False, value=2, wants="4"), clause("now", 1, holds=False, value=0, wants="1"),
                clause("now", 2, holds=False, value=14, wants="0"),
                clause("never", 0, holds=False, value=0, wants="> 0"),
            ],
            "held_ms": 0, "for_ms": 500, "left_ms": None, "moves": 0, "par": 2, "met": [], "begin_ms": 3000,
            "reached_ms": None, "reached_step": None, "failed": None, "shown": False, "by": None,
        }  # fmt: skip

    def state(self) -> dict[str, Any]:
        return {**super().state(), "lesson": copy.deepcopy(self.lesson)}

    def predict(self, question: int, option: int) -> None:
        if self.lesson["predictions"][question]["chosen"] is not None:
            raise Refused("PREDICTION_LOCKED", "This prediction is locked.")
        self.lesson["predictions"][question].update(chosen=option, locked_ms=self.now - 3000)
        self.lesson.update(phase="running", asks=None)

    def show_solution(self) -> None:
        self.lesson["shown"] = True

    def judge(self, held: int) -> None:
        self.lesson["predictions"][0].update(judged_ms=self.now - 3000, held=[held])

    def meet(self, index: int, value: Any) -> None:
        self.lesson["clauses"][index].update(holds=True, value=value)

    def reach(self, moves: int = 2, **more: Any) -> None:
        for index, value in enumerate((4, 1, 0)):
            self.meet(index, value)
        self.lesson.update(phase="reached", moves=moves, held_ms=500, **more)
        self.lesson.update(reached_ms=self.now - 3000, reached_step=self.step)

    def fail(self) -> None:
        self.lesson["clauses"][3].update(holds=True, value=2, since_ms=self.now)
        self.lesson.update(phase="failed", failed={"part": "never", "index": 0, "value": 2})


def begun() -> FakeLesson:
    """Three brokers, FIAP with three partitions, group A at work, the question open."""
    cluster = FakeLesson()
    cluster.create_topic("FIAP")
    cluster.create_topic("__consumer_offsets", internal=True, min_insync_replicas=2)
    cluster.add_producer("FIAP", "loja", rate=2)
    cluster.add_group("A", "FIAP", consumers=2)
    cluster.run(20)
    cluster.paused = True
    return cluster


LEVELS: list[dict[str, Any]] = [
    {"id": "start-01-first-record", "chapter": "start", "title": {"pt-BR": "O primeiro", "en": "First"}, "par": 1},
    {"id": DOCUMENT["id"], "chapter": "groups", "title": DOCUMENT["title"], "par": 2},
    {"id": "groups-04-slow", "chapter": "groups", "title": {"pt-BR": "Lento", "en": "Slow"}, "par": 1},
]
