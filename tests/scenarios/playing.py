"""A transcript played: its world is set up, its commands are given, and all that follows is written down."""

from __future__ import annotations

import re
import shlex
from base64 import b64encode
from collections.abc import Callable
from dataclasses import MISSING
from dataclasses import fields as fields_of
from typing import Any

from engine.clients.composer import Composer
from engine.clients.writing import WritingClient
from engine.cluster import Cluster, actions
from engine.cluster.readers import coordinated
from engine.commands import COMMANDS, CallAws, CrashBroker, CreateTopic, Produce, parse
from engine.config import Config
from engine.events import Appended
from engine.machine import MILLISECOND, Effects, Request, Response, Tell
from engine.wire.errors import error_name
from engine.wire.messages import ProduceRequest, ProduceResponse
from engine.wire.records import Record, decode_records, fingerprint
from tests.scenarios import telling
from tests.scenarios.transcript import Ended, Scene, Transcript, fields, milliseconds

SETTLED_MS = 20_000  # from the setting up to 00:00.000: clients know their brokers, groups are stable
PATIENCE_MS = 60_000  # for what a "when" waits for
USUAL = ["produce", "appended", "replicated", "high_watermark"]
COUNTS = ("ShardCount", "TargetShardCount", "Limit")  # parameters of AWS's that are numbers
WHEN = re.compile(r"crash_broker (\d+) when B(\d+) appends (\S+)-(\d+)@(\d+)")


class Hand(Composer):
    """A producer that sends what it is told, with the acks that it is given; it knows the topics already."""

    def __init__(self, name: str, bootstrap: list[str], topics: list[str], acks: str) -> None:
        WritingClient.__init__(
            self, name, bootstrap, acks=acks, idempotent=acks == "all", calendar_offset=0, life=0, keep_record=True
        )
        for topic in topics:
            self.metadata.want(topic)


class Play:
    """trace: the lines since last taken, (ms, node, text, remark) each. It is the World's observer."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.trace: list[tuple[float, str, str, str]] = []
        self.shows = USUAL
        self.armed: tuple[int, Appended] | None = None  # whom to crash once this append is told
        self.sent: list[tuple[str, str, int, int]] = []
        self.hands: dict[str, Hand] = {}
        self._set_up()

    # --- the world

    def _set_up(self) -> None:
        world, hands = {"seed": "1", "brokers": "3", "link": "1ms"}, {}
        scenario: dict[str, list[Any]] = {"topics": [], "groups": [], "streams": []}
        for kind, words in self.transcript.setting:
            plain, named = fields(words)
            if kind == "world":
                world |= named
            elif kind == "topic":
                scenario["topics"].append({"topic": plain[0], **_topic(named)})
            elif kind == "group":
                scenario["groups"].append({"group": plain[0], "topic": plain[1], **_numbers(named)})
            elif kind == "stream":
                scenario["streams"].append({"stream": plain[0], **_numbers(named)})
            elif kind == "producer":
                hands[plain[0]] = named["acks"]
            else:
                self.shows = plain
        link_us = int(milliseconds(world.pop("link")) * 1000)
        seed, brokers = int(world.pop("seed")), int(world.pop("brokers"))
        config = _numbers(world)
        assert set(config) <= {f.name for f in fields_of(Config)}, config
        self.cluster = Cluster(
            {**scenario, "link_us": link_us, "brokers": brokers, "config": config}, seed, keep_record=True
        )
        self.world = self.cluster.world
        topics = [topic["topic"] for topic in scenario["topics"]]
        for name, acks in hands.items():
            self.hands[name] = Hand(name, self.cluster.broker_names(), topics, acks)
            self.world.add_node(name, self.hands[name])
        self.world.advance(self.world.now + SETTLED_MS * MILLISECOND)
        self.began = self.world.now
        self.world.traced = True
        self.number = self.world.event_number
        self.world.observer = self

    def play(self) -> str:
        """The whole transcript again, as it really went."""
        lines: list[str] = []
        for part in self.transcript.parts:
            if isinstance(part, Scene):
                lines += [f"> {command}" for command in part.commands]
                lines += self._scene(part)
            elif isinstance(part, Ended):
                lines.append(f"{'holds':10} {part.what} = {self._end(part.what)}")
            else:
                lines.append(part)
        return "\n".join(lines) + "\n"

    def _scene(self, scene: Scene) -> list[str]:
        for command in scene.commands:
            self._do(command)
        if self.armed is not None:
            self._until_it_happened()
        return self._lines()

    # --- commands

    def _do(self, command: str) -> None:
        words = shlex.split(command)
        name, rest = words[0], words[1:]
        links = self.world.links
        if when := WHEN.fullmatch(command):
            target, broker, topic, partition, offset = when.groups()
            event = Appended(topic, int(partition), int(broker), int(offset), int(offset), "", 0)
            self.armed = (int(target), event)
        elif name == "wait":
            if self.armed is not None:
                self._until_it_happened()
            self.world.advance(self.world.now + int(milliseconds(rest[0]) * MILLISECOND))
        elif name == "cut":
            for other in rest[1:]:
                links.cut(rest[0], other)
                links.cut(other, rest[0])
        elif name == "heal":
            links.heal()
        elif name == "files":
            self._files(int(rest[0]), rest[1])
        elif name == "call_aws":
            self._call(rest[0], fields(rest[1:])[1])
        elif name == "produce":
            _, named = fields(rest)
            topic = named.get("topic", next(iter(self.hands[rest[0]].metadata.topics)))
            self.world.order(rest[0], Produce(topic, named.get("value"), named.get("key")))
        else:
            self._carry_out(name, rest)
        self.world.finish_instant()
        self._milestones()

    def _carry_out(self, name: str, rest: list[str]) -> None:
        """A command of engine/commands/: plain words are its fields in order, those without a default first."""
        kind = COMMANDS[name]
        plain, named = fields(rest)
        order = sorted(fields_of(kind), key=lambda f: f.default is not MISSING)
        given = {f.name: value for f, value in zip(order, plain, strict=False)} | named
        actions.carry_out(self.cluster, parse({"do": name, **_numbers(given)}))

    def _call(self, operation: str, named: dict[str, str]) -> None:
        """A call of AWS's: ``call_aws PutRecord StreamName=s PartitionKey=1 Data=teste``, the data as text."""
        numbers = {name: int(value) for name, value in named.items() if name in COUNTS}
        data = {"Data": b64encode(named["Data"].encode()).decode()} if "Data" in named else {}
        actions.carry_out(self.cluster, CallAws(operation, {**named, **numbers, **data}))

    def _files(self, broker: int, folder: str) -> None:
        """The segments in a folder of a broker, by their base offsets: ``0.log 3.log.cleaned``."""
        disk = self.cluster.places[broker].disk
        logs = [path for path in disk.paths(folder) if ".log" in path]
        names = [path.rpartition("/")[2].partition(".") for path in logs]
        shown = [f"{int(base)}.{kind}" for base, _, kind in names]
        self._note(f"B{broker}", f"{folder}: {' '.join(shown)}", "")

    def _until_it_happened(self) -> None:
        until = self.world.now + PATIENCE_MS * MILLISECOND
        while self.armed is not None:
            assert self.world.now < until and self.world.step(), f"{self.armed} never came"
        self.world.finish_instant()
        self._milestones()

    # --- the observer

    def after(self, world: Any, node: Any, message: Any, effects: Effects) -> None:
        self._milestones()
        for effect in effects:
            if isinstance(effect, Tell) and not effect.event.milestone:
                self._traffic(node.name, effect.event)
            elif "produce" not in self.shows:
                continue
            elif isinstance(effect, Request) and isinstance(effect.body, ProduceRequest):
                self._produce(node.name, effect)
            elif isinstance(effect, Response) and isinstance(effect.body, ProduceResponse):
                self._produced(node.name, effect)

    def _traffic(self, node: str, event: Any) -> None:
        if event.code in self.shows and not getattr(event, "topic", "").startswith("__"):
            self._note(node, *telling.tell(event))
        if isinstance(event, Appended):
            self._appended(event)

    def _appended(self, event: Appended) -> None:
        if self.armed is None:
            return
        broker, awaited = self.armed
        names = ("topic", "partition", "broker", "first")
        if all(getattr(event, name) == getattr(awaited, name) for name in names):
            self.armed = None
            actions.carry_out(self.cluster, CrashBroker(broker))
            self._milestones()

    def _produce(self, producer: str, request: Request) -> None:
        for part in request.body.parts:
            for batch in part.records:
                number = f" seq={batch.base_sequence}" if batch.base_sequence >= 0 else ""
                name = (producer, part.topic, part.partition, batch.crc)
                again = "  (again)" if name in self.sent else ""
                self.sent.append(name)
                values = " ".join(_shown(record.value) for record in decode_records(batch))
                to = self._other(producer, request.connection)
                self._note(producer, f"Produce {part.topic}-{part.partition} {values}{number}", f"-> {to}{again}")

    def _produced(self, broker: str, response: Response) -> None:
        to = self._other(broker, response.connection)
        for part in response.body.parts:
            where = f"{part.topic}-{part.partition}"
            if part.error:
                self._note(broker, f"refuses {where}: {error_name(part.error)}", f"-> {to}")
            else:
                self._note(broker, f"Produced {where}@{part.base_offset}", f"-> {to}")

    def _other(self, name: str, connection: int) -> str:
        end = self.world.connections.by_id.get(connection)
        if end is None:
            return "nobody any more"
        other: str = end.node.name if end.node.name != name else end.peer.node.name
        return other

    def _milestones(self) -> None:
        for told in self.world.told:
            if told.number > self.number:
                self.number = told.number
                self._note(told.node, *telling.tell(told.event))

    def _note(self, node: str, text: str, remark: str) -> None:
        who = "AWS" if node == "kinesis" else node.rpartition(":")[2]  # consumer:A-1 is A-1
        self.trace.append(((self.world.now - self.began) / MILLISECOND, who, text, remark))

    def _lines(self) -> list[str]:
        """Nodes that do the same at the same time share a line."""
        merged: list[tuple[float, str, str, str]] = []
        for at, node, text, remark in self.trace:
            if merged and (merged[-1][0], *merged[-1][2:]) == (at, text, remark):
                node = f"{merged.pop()[1]} {node}"
            merged.append((at, node, text, remark))
        self.trace.clear()
        return [telling.line(telling.clock(at), *rest) for at, *rest in merged]

    # --- how it ended

    def _end(self, what: str) -> str:
        topic, dash, partition = what.rpartition("-")
        if dash and topic in self.cluster.image.topics:
            return self._log(topic, int(partition))
        gateway = self.cluster.gateway
        if gateway is not None and what in gateway.account.streams:
            return self._stream(gateway.account.streams[what])
        found = next(group for group in coordinated(self.cluster) if group["id"] == what)
        committed = " ".join(f"{t}-{p}@{o}" for t, offsets in found["committed"].items() for p, o in offsets.items())
        return f"{found['state']}, generation {found['generation']}, committed {committed or 'nothing'}"

    def _stream(self, stream: Any) -> str:
        """What each shard took, and what became of what simulated writers put."""
        shards = [f"{telling.shard(s.id)}: {s.records} records" + " (closed)" * (s.ending is not None)
                  for s in stream.shards]  # fmt: skip
        told = [f"{p.name} sent {p.sent}, acked {p.acked}, throttled {p.throttled}, failed {p.failed}"
                for p in self.cluster.stream_producers()]  # fmt: skip
        return "; ".join([*shards, *told])

    def _log(self, topic: str, partition: int) -> str:
        """The leader's log, who holds the same, and what became of what producers were told."""
        image = self.cluster.image.partition(topic, partition)
        logs = {b: self._values(b, topic, partition) for b in image.replicas}
        values = logs[image.leader]
        same = " ".join(f"B{b}" for b, log in logs.items() if log == values)
        crcs = self._values(image.leader, topic, partition, fingerprint)
        told = [one for hand in self.hands.values() for one in hand.acknowledged if one[:2] == (topic, partition)]
        lost = sum(crcs.get(offset) != crc for _, _, offset, crc in told)
        doubled = len(crcs) - len(dict.fromkeys(crcs.values()))
        ledger = f"; acknowledged {len(told)}, lost {lost}, doubled {doubled}" if self.hands else ""
        return f"{' '.join(map(_shown, values.values())) or 'nothing'} on {same}{ledger}"

    def _values(
        self, broker: int, topic: str, partition: int, of: Callable[[Record], Any] = lambda record: record.value
    ) -> dict[int, Any]:
        log = self.cluster.broker(broker).partitions[topic, partition].log
        batches = log.batches(log.log_start, log.log_end)
        return {record.offset: of(record) for batch in batches for record in decode_records(batch)}


def _topic(named: dict[str, str]) -> dict[str, Any]:
    """create_topic's own fields, and the others as configs of the topic."""
    own = [f.name for f in fields_of(CreateTopic)]
    configs = {name.replace("_", "."): value for name, value in named.items() if name not in own}
    return {**_numbers({name: value for name, value in named.items() if name in own}), "configs": configs}


def _numbers(named: dict[str, str]) -> dict[str, Any]:
    words = {"true": True, "false": False}
    return {name: words.get(value, int(value) if value.isdigit() else value) for name, value in named.items()}


def _shown(value: bytes | None) -> str:
    return "(tombstone)" if value is None else f'"{value.decode()}"'
