"""The form of a transcript: its lines read, and written again around what really happened.

    # a comment: the story and its lesson
    world      seed=7 brokers=3 link=1ms          the world it plays in; any setting of engine/config.py may follow
    topic      pedidos partitions=1 replication=3 min.insync.replicas=2
    stream     vendas shards=2                    ACTIVE at once; commands: call_aws, add_stream_consumer, ...
    producer   loja acks=all                      sends what ``> produce loja ...`` says
    group      A pedidos consumers=2              simulated consumers, at work already when the story begins
    shows      produce appended replicated high_watermark     the traffic that is told besides the milestones

    > crash_broker 1                              a command; several in a row are one scene
    00:01.510  C1     B1 fenced                   what followed, all of it

    holds      pedidos-0 = "café"                 how it ended
"""

from __future__ import annotations

from dataclasses import dataclass, field

SETTING = ("world", "topic", "stream", "producer", "group", "shows")
HOLDS = "holds"


@dataclass
class Scene:
    """Commands given one after the other, without their ``>``."""

    commands: list[str] = field(default_factory=list)


@dataclass
class Transcript:
    """parts: in order, a text to be kept as it is, a scene, or what is to be looked at in the end (``ended``)."""

    setting: list[tuple[str, list[str]]] = field(default_factory=list)
    parts: list[str | Scene | Ended] = field(default_factory=list)


@dataclass
class Ended:
    """what: "pedidos-0" or "A"."""

    what: str


def read(text: str) -> Transcript:
    found = Transcript()
    scene: Scene | None = None
    for line in text.splitlines():
        if line.startswith("> "):
            if scene is None:
                scene = Scene()
                found.parts.append(scene)
            scene.commands.append(line[2:])
            continue
        if line[:1].isdigit():
            assert found.parts and isinstance(found.parts[-1], Scene), f"{line!r} follows no command"
            scene = None
            continue
        scene = None
        word, *rest = line.split() or [""]
        if word == HOLDS:
            found.parts.append(Ended(rest[0]))
            continue
        assert not line or word in SETTING or line.startswith("#"), f"{line!r} is no line of a transcript"
        if word in SETTING:
            found.setting.append((word, rest))
        found.parts.append(line)
    return found


def fields(words: list[str]) -> tuple[list[str], dict[str, str]]:
    """Words without and with a name: (["pedidos"], {"partitions": "1"}). Dots in names become underscores."""
    plain = [word for word in words if "=" not in word]
    named = dict(word.split("=", 1) for word in words if "=" in word)
    return plain, {name.replace(".", "_"): value for name, value in named.items()}


def milliseconds(text: str) -> float:
    """``"250ms"`` or ``"1.5s"``."""
    return float(text[:-2]) if text.endswith("ms") else float(text.removesuffix("s")) * 1000
