"""Both languages have a sentence for every event and a text for every key the page asks for."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from engine.cluster import files, why, whynot_idle
from engine.commands import COMMANDS, SOURCES
from engine.events import EVENTS
from engine.world.trace import KINDS
from playground import narration
from playground.patterns import Count, Node, Plural, Select, Strong, Value, parse

ROOT = Path(__file__).resolve().parents[2]
IMPLIED = {"code", "node", "at_ms"}
COUNTED = {"records": {"first", "last"}, "members": {"assignments"}}


def arguments(nodes: list[Node]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        match node:
            case Value(arg, _):
                found.add(arg)
            case Strong(inner):
                found |= arguments(inner)
            case Select(arg, options):
                found |= {arg}.union(*(arguments(option) for option in options.values()))
            case Plural(arg, forms):
                found |= {arg}.union(*(arguments(form) for form in forms))
            case str() | Count():
                pass
    return found


def keys_the_page_asks_for() -> set[str]:
    """Those written out in the scripts and templates; the ones put together are in ``put_together``."""
    keys: set[str] = set()
    for file in ROOT.glob("static/js/**/*.js"):
        text = file.read_text(encoding="utf-8")
        for call in re.finditer(r"\bt\(((?:[^()`]|\([^()]*\))*?)[,)]", text):
            keys |= set(re.findall(r"'([a-z][\w.-]*)'", call.group(1))) - COMPARED
        keys |= set(re.findall(r"'((?:why|broker\.(?:crashed|stopp\w+|starting)|offset)\.[\w.-]+)'", text))
    pages = ("templates/stage*.html", "templates/stage/*.html", "templates/rec*.html")
    for file in [found for pattern in pages for found in ROOT.glob(pattern)]:
        keys |= set(re.findall(r'data-(?:text|label)="([^"]+)"', file.read_text(encoding="utf-8")))
    return keys


def faults_of_json() -> set[str]:
    """What static/js/compose/json.js can find wrong."""
    text = (ROOT / "static/js/compose/json.js").read_text(encoding="utf-8")
    return {"end", *re.findall(r"fail\(reader, (?:end === '}' \? )?'([a-z.]+)'", text), "comma.list"}


def deeds() -> set[str]:
    """What can be broken by hand: static/js/faults."""
    texts = "".join(f.read_text(encoding="utf-8") for f in ROOT.glob("static/js/faults/*.js"))
    return {name for deed in re.findall(r"\bone\('([a-z-]+)', '", texts) for name in (deed, f"{deed}.told")}


COMPARED = {"dark", "down", "tcp", "session"}  # what such a call compares with, no key


def asked_of_one_thing() -> dict[str, list[str]]:
    """What the inspector's pages put together."""
    return {
        "ask": [f"why.{about}" for about in why.QUESTIONS] + [f"whynot.{about}" for about in whynot_idle.QUESTIONS],
        "why.title": list(why.QUESTIONS),
        "whynot.title": list(whynot_idle.QUESTIONS),
        "open": ["partition", "broker", "group", "member", "stream", "shard", "stream-producer", "stream-consumer"],
        "do": list(COMMANDS),
        "inspect.col": ["partition", "owner", "position", "committed", "hw", "lag"],
        "inspect.member": ["join", "sync"],
    }


def put_together() -> set[str]:
    families = {
        "broker": ["stop", "crash", "start", "stop.name", "crash.name", "start.name"],
        "broker.state": ["running", "starting", "stopping", "stopped", "crashed"],
        "broker.hint": ["running", "starting", "stopping", "stopped", "crashed"],
        "group.state": ["Stable", "PreparingRebalance", "CompletingRebalance", "Empty", "Dead"],
        "group.hint": ["Stable", "PreparingRebalance", "CompletingRebalance", "Empty", "Dead"],
        "replica": ["leader", "dead", "in-sync", "out"],
        "tab": ["detail", "log", "legend"],
        "acks": ["0", "1", "all"],
        "tour": ["log", "write", "crash", "time", "log.told", "write.told", "crash.told", "time.told"],
        "recording": ["from", "to"],
        "picture.part": ["stage", "cluster"],
        "keys": [
            "none",
            "few",
            "many",
            "hot",
            "pause",
            "step",
            "earlier",
            "live",
            "second",
            "view",
            "branch",
            "compare",
            "turn",
            "scene",
            "compose",
            "faults",
            "theme",
            "projector",
            "escape",
            "help",
        ],
        "start": ["earliest", "latest"],
        "commit": ["auto", "after", "before", "never"],
        "partitioner": ["murmur2", "crc32"],
        "reset.to": ["earliest", "latest", "offset", "shift", "duration"],
        "compose.mode": ["one", "burst"],
        "burst.keys": [name for key in ("few", "hot", "none", "own") for name in (key, f"{key}.told")],
        "source": [
            "late",
            "repeated",
            "late.hint",
            "repeated.hint",
            *(f"{s}{end}" for s in SOURCES for end in ("", ".told")),
        ],
        "app.keys": ["few", "many", "hot", "random"],
        "app.col": ["shard", "position", "checkpoint"],
        "rows.fault": ["large", "empty", "rows", "columns", "cells", "quote"],
        "json": sorted(faults_of_json()),
        "fault.active": [
            "down",
            "paused",
            "slow_disk",
            "full_disk",
            "broken_disk",
            "skewed_clock",
            "isolated",
            "cut",
            "delayed",
        ],
        "faults": ["broker", "link", "client"],
        "deed": sorted(deeds()),
        "link": ["from", "to", *(f"means.{what}" for what in ("controller", "brokers", "client", "nothing"))],
        "language": list(narration.LANGUAGES),
        "record.time": ["CreateTime", "LogAppendTime"],
        "mark.kind": sorted({event.mark for event in EVENTS.values() if event.mark}),
    }
    anatomy = (ROOT / "static/js/files/anatomy.js").read_text(encoding="utf-8")
    names = re.findall(r"^  \w+: '([^']+)',$", anatomy, re.M)
    families["field"] = [name for line in names for name in line.split()]
    families["file"] = sorted({kind for _, kind in files.KINDS} | {"other"})
    families["file.passing"] = [end.removeprefix(".") for end in files.PASSING]
    families["item"] = [
        "index-entry",
        "time-entry",
        "aborted",
        "snapshot-head",
        "producer",
        "more",
        *(f"damaged.{why}" for why in ("cut", "zeros", "length", "magic")),
    ]
    words = (ROOT / "static/js/streams/words.js").read_text(encoding="utf-8")
    families["words"] = [
        f"{key}.{side}"
        for key in re.findall(r"{ key: '([\w-]+)', kafka:", words)
        for side in ("kafka", "kinesis", "says")
    ]
    views = re.findall(r"view\('([a-z]+)'", (ROOT / "static/js/views/registry.js").read_text(encoding="utf-8"))
    families["view"] = [name for view in ["tapes", *views] for name in (view, f"{view}.told")]
    settings = (ROOT / "static/js/time/settings.js").read_text(encoding="utf-8")
    families["compare.what"] = re.findall(r"what: '([\w.]+)'", settings)
    differ = (ROOT / "static/js/time/differ.js").read_text(encoding="utf-8")
    families["compare.fact"] = [*re.findall(r"what: '([\w.]+)'", differ), "sent", "acked", "failed", "waiting"]
    families["compare.of"] = re.findall(r"part\('(\w+)'", differ)
    hand = (ROOT / "static/js/time/hand.js").read_text(encoding="utf-8")
    families["compare.fault"] = re.findall(r"\['(\w+)', (?:\{|null)", hand)
    tiles = re.findall(
        r"'(\w+)'",
        (ROOT / "static/js/time/difference.js").read_text(encoding="utf-8").split("TILES = [")[1].split("]")[0],
    )
    families["compare.tile"] = [name for one in tiles for name in (one, f"{one}.told")]
    families |= asked_of_one_thing()
    asked = (ROOT / "static/js/requests/names.js").read_text(encoding="utf-8")
    shown = re.findall(r"'([a-z]+)'", re.findall(r"FAMILIES = \[(.*?)\]", asked)[0])
    families["requests.family"] = [name for family in shown for name in (family, f"{family}.why")]
    families["requests.spoken"] = ["request", "answer", "flying", "stuck", "lost"]
    families["request.cause"] = [*sorted({*KINDS.values()} - {"write"}), "other"]
    families["motion"] = ["election", "rebalance", "resharding"]
    legend = (ROOT / "static/js/legend.js").read_text(encoding="utf-8")
    families["legend"] = re.findall(r"'([a-z-]+)'\),", legend)
    return {f"{family}.{name}" for family, names in families.items() for name in names}


@pytest.mark.parametrize("language", narration.LANGUAGES)
def test_every_event_has_a_sentence_and_no_sentence_lacks_its_event(language: str) -> None:
    assert set(narration.catalogue(language)["events"]) == set(EVENTS)


@pytest.mark.parametrize("language", narration.LANGUAGES)
@pytest.mark.parametrize("code", sorted(EVENTS))
def test_a_sentence_uses_only_what_its_event_tells(code: str, language: str) -> None:
    told = {field.name for field in dataclasses.fields(EVENTS[code])}  # type: ignore[arg-type]
    told |= IMPLIED | {name for name, needs in COUNTED.items() if needs <= told}
    pattern = narration.catalogue(language)["events"][code]
    assert arguments(parse(pattern)) <= told


@pytest.mark.parametrize("language", narration.LANGUAGES)
def test_every_mark_of_the_timeline_has_words(language: str) -> None:
    texts = narration.catalogue(language)["ui"]
    assert {f"mark.{code}" for code, event in EVENTS.items() if event.mark} - set(texts) == {
        "mark.coordinator_moved"
    }, "which is housekeeping"


@pytest.mark.parametrize("section", ["words", "events", "stories", "errors", "ui", "why"])
def test_both_languages_say_the_same_things_with_the_same_parameters(section: str) -> None:
    first, second = (narration.catalogue(language)[section] for language in narration.LANGUAGES)
    assert list(first) == list(second)
    if section in ("events", "stories", "ui", "why"):
        different = {key for key in first if arguments(parse(first[key])) != arguments(parse(second[key]))}
        assert different == set()


@pytest.mark.parametrize("language", narration.LANGUAGES)
def test_the_page_finds_every_text_it_asks_for_and_nothing_is_left_over(language: str) -> None:
    texts = set(narration.catalogue(language)["ui"])
    asked = keys_the_page_asks_for() | put_together()
    assert asked - texts == set()
    left_over = {key for key in texts - asked if not key.startswith(("mark.", "request.about."))}
    scripts = "".join(f.read_text(encoding="utf-8") for f in ROOT.glob("static/js/**/*.js"))
    assert {key for key in left_over if f"'{key}'" not in scripts} == set()


@pytest.mark.parametrize("language", narration.LANGUAGES)
def test_the_files_are_readable_json_without_a_key_twice(language: str) -> None:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    text = (narration.CATALOGUES / f"{language}.json").read_text(encoding="utf-8")
    assert json.loads(text, object_pairs_hook=once)["language"] == language
