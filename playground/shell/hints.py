"""The classic traps: what a line ran into, told after its output as a code and parameters (texts: static/i18n/shell.*).

Two sources: the line as it was typed (a slide's en dashes, a missing quote) and what ``aws`` was called with and
answered (worker/aws.py, ``calls``). Where a repair is certain it comes along as ``fix``: the line as it should be.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

TOLD_MAX = 3  # times in a session for what is good to know; errors are explained each time
ONCE_IN_A_WHILE = {"records.empty", "records.behind", "records.closed", "base64.silent", "throttled"}
ITERATORS_MAX = 50
DATA_MAX = 60  # characters of data that a hint repeats
RAW = "--cli-binary-format raw-in-base64-out"

DASH = re.compile(r"(?<![\w'\"])[–—−‐‑‒―]+-?(?=[A-Za-z])")  # also U+2212, U+2010... as editors write them
SPACED = re.compile(r"(?<=\s)--\s+(?=[a-z]+(?:-[a-z]+)*(?:\s|=|$))")
SHARD = re.compile(r"\bshardId-(\d{1,11}|\d{13,})\b")
CURLY = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"}
PROMPT = re.compile(r"^\s*(?:\[[^\]]*\]\s*|~\s*)?[$>]\s+(?=\w)")
BARE_JSON = re.compile(r"(--data(?:=|\s+))(\{.*?\})(?=\s--|\s*$|\s*[|;&])")
NO_AWS = re.compile(r"^\s*kinesis\s+[a-z-]+")


class Hint(NamedTuple):
    code: str
    params: dict[str, Any]
    fix: str | None = None


@dataclass(slots=True)
class Memory:
    """What hints need to know of the lines before. iterators: kind and stream of each, and when it was made."""

    tick: int = 0
    puts: dict[str, int] = field(default_factory=dict)  # stream -> when something was last put
    created: dict[str, int] = field(default_factory=dict)
    iterators: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)


def find(line: str, done: dict[str, Any], memory: Memory) -> list[Hint]:
    """What is worth saying after this line; what it did is remembered."""
    calls: list[dict[str, Any]] = done.get("calls", [])
    failed = bool(done.get("exit")) or any(call.get("exit") for call in calls)
    found = list(_typed(line, failed))
    for call in calls:
        memory.tick += 1
        found += _called(line, call, memory)
    seen: set[str] = set()
    kept = []
    for hint in found:
        if hint.code in seen or (hint.code in ONCE_IN_A_WHILE and memory.told.get(hint.code, 0) >= TOLD_MAX):
            continue
        seen.add(hint.code)
        memory.told[hint.code] = memory.told.get(hint.code, 0) + 1
        kept.append(hint)
    return kept


def repaired(line: str) -> str:
    """The line as whoever wrote the slide meant it."""
    line = PROMPT.sub("", line)
    for curly, plain in CURLY.items():
        line = line.replace(curly, plain)
    line = SPACED.sub("--", DASH.sub("--", line))
    line = SHARD.sub(lambda shard: f"shardId-{int(shard[1]):012d}", line)
    line = BARE_JSON.sub(lambda json: f"{json[1]}'{json[2]}'", line)
    return f"aws {line.lstrip()}" if NO_AWS.match(line) else line


# --- as it was typed ----------------------------------------------------------------------------------------


def _typed(line: str, failed: bool) -> Iterator[Hint]:
    """Each mistake by its name, and one repair for all of them."""
    codes: list[tuple[str, dict[str, Any]]] = []
    if PROMPT.match(line) and failed:
        codes.append(("prompt", {}))
    if NO_AWS.match(PROMPT.sub("", line)) and failed:
        codes.append(("aws.missing", {}))
    if dash := DASH.search(line):
        codes.append(("dash", {"wrong": dash[0]}))
    if any(curly in line for curly in CURLY):
        codes.append(("quotes.curly", {}))
    if failed and SPACED.search(line):
        codes.append(("space", {}))
    if shard := SHARD.search(line):
        codes.append(("shard.digits", {"wrong": shard[0], "digits": len(shard[1])}))
    if BARE_JSON.search(line):
        codes.append(("json.quotes", {}))
    if not codes or ("aws" not in line and "kinesis" not in line):
        return
    fix = repaired(line)
    for number, (code, params) in enumerate(codes):
        yield Hint(code, params, fix if number == len(codes) - 1 and fix != line else None)


# --- as it was called ---------------------------------------------------------------------------------------


def _called(line: str, call: dict[str, Any], memory: Memory) -> Iterator[Hint]:
    operation, error = call.get("operation", ""), call.get("error", "")
    parameters, answer = call.get("parameters", {}), call.get("answer", {})
    stream = str(parameters.get("StreamName", ""))
    if error == "InvalidBase64":
        yield _refused_base64(line, call)
    elif error == "ExpiredIteratorException":
        yield Hint("iterator.expired", {})
    elif error == "ProvisionedThroughputExceededException":
        yield Hint("throttled", {"operation": operation})
    elif error == "ResourceNotFoundException" and stream and stream in memory.created:
        yield Hint("stream.creating", {"stream": stream}, f"aws kinesis wait stream-exists --stream-name {stream}")
    elif error in ("ReadTimeoutError", "ConnectTimeoutError"):
        yield Hint("time.stands", {})
    iterator = str(parameters.get("ShardIterator", ""))
    if operation == "GetRecords" and error and iterator[:1] in ('"', "'"):
        yield Hint("iterator.quoted", {})
    if error or call.get("exit"):
        return
    if operation == "CreateStream":
        memory.created[stream] = memory.tick
    elif operation in ("PutRecord", "PutRecords"):
        memory.puts[stream] = memory.tick
        yield from _silent_base64(line, call)
    elif operation == "GetShardIterator":
        _note(memory, answer.get("ShardIterator"), (str(parameters.get("ShardIteratorType")), stream, memory.tick))
    elif operation == "GetRecords":
        yield from _read(iterator, answer, memory)


def _read(iterator: str, answer: dict[str, Any], memory: Memory) -> Iterator[Hint]:
    known = memory.iterators.get(iterator)
    following = answer.get("NextShardIterator")
    if known is not None and following:
        # Once it has brought something it is past the end it began at.
        _note(memory, following, known if not answer.get("Records") else ("", known[1], known[2]))
    if answer.get("Records"):
        return
    if not following:
        yield Hint("records.closed", {})
    elif known is not None and known[0] == "LATEST" and 0 < memory.puts.get(known[1], 0) < known[2]:
        yield Hint("latest.after", {"stream": known[1]})
    elif (behind := answer.get("MillisBehindLatest", 0)) > 0:
        yield Hint("records.behind", {"seconds": max(1, round(behind / 1000))})
    else:
        yield Hint("records.empty", {})


def _note(memory: Memory, iterator: Any, about: tuple[str, str, int]) -> None:
    if isinstance(iterator, str):
        memory.iterators[iterator] = about
        while len(memory.iterators) > ITERATORS_MAX:
            del memory.iterators[next(iter(memory.iterators))]


def _refused_base64(line: str, call: dict[str, Any]) -> Hint:
    """--data teste: five letters are no base64. What to write instead, both ways."""
    found = re.fullmatch(r'Invalid base64: "(.*)"', str(call.get("text", "")), re.S)
    data = found[1] if found else ""
    encoded = base64.b64encode(data.encode()).decode()
    fix = f"{line} {RAW}" if _alone(line) else None
    return Hint("base64.refused", {"data": _cut(data), "encoded": _cut(encoded)}, fix)


def _silent_base64(line: str, call: dict[str, Any]) -> Iterator[Hint]:
    """Plain text that happens to pass for base64: other bytes than its writer means are in the stream now."""
    if "raw-in-base64-out" in call.get("argv", []):
        return
    parameters = call.get("parameters", {})
    given = [parameters["Data"]] if isinstance(parameters.get("Data"), str) else []
    given += re.findall(r"'Data': '([^']*)'", str(parameters.get("Records", "")))
    for data in given:
        if data and not data.startswith("b'") and not meant_as_base64(data):
            became = base64.b64decode(data).decode("latin-1")
            shown = "".join(c if " " <= c <= "~" else f"\\x{ord(c):02x}" for c in became)
            fix = f"{line} {RAW}" if _alone(line) else None
            yield Hint("base64.silent", {"data": _cut(data), "became": _cut(shown)}, fix)
            return


def meant_as_base64(data: str) -> bool:
    """It decodes to readable text and is written as an encoder writes it; or it is not text that anybody would read."""
    try:
        decoded = base64.b64decode(data.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    try:
        text = decoded.decode()
    except UnicodeDecodeError:
        # Bytes that are no text, from somebody's encoder: long, or with signs no word has.
        return len(data) > 24 or bool(re.search(r"[+/=\d]", data))
    return text.isprintable() or all(c.isprintable() or c in "\r\n\t" for c in text)


def _alone(line: str) -> bool:
    """One command and nothing after it: an option can be put at its end."""
    return re.search(r"[|;&\n<>`]|\$\(", line) is None


def _cut(text: str) -> str:
    return text if len(text) <= DATA_MAX else text[: DATA_MAX - 1] + "…"
