"""What Tab offers: the word before the cursor, and how it may go on.

Of ``aws``: services, operations and options, as the models have them; values that have few forms; names of streams and
shards, which the caller looks up when ``wanted`` says so. Everywhere: files of the folder, variables after a ``$``,
programs at the beginning of a command.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

# Those of bashkit that a lesson may need; it knows more.
PROGRAMS = re.findall(
    r"\S+",
    """alias awk aws base64 bc cat cd chmod clear cp cut date diff echo env exit export expr false find for function
    grep gzip head help history hostname if jq less ls md5sum mkdir mv nl paste printf pwd read rev rm sed seq sha256sum
    sleep sort tail tar tee test touch tr true type uname uniq unset wc while whoami xargs xxd""",
)
VALUES = {
    "--shard-iterator-type": ["TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "AT_TIMESTAMP"],
    "--output": ["json", "text", "table", "yaml", "yaml-stream"],
    "--cli-binary-format": ["raw-in-base64-out", "base64"],
    "--encryption-type": ["KMS", "NONE"],
    "--scaling-type": ["UNIFORM_SCALING"],
    "--region": ["us-east-1"],
    "--color": ["on", "off", "auto"],
    "--generate-cli-skeleton": ["input", "output"],
}
STREAM_OPTIONS, SHARD_OPTIONS = ("--stream-name",), ("--shard-id", "--shard-to-split", "--shard-to-merge")
WORD_ENDS = re.compile(r"[\s|;&<>()]")
CANDIDATES_MAX = 100


class Wanted(NamedTuple):
    """names: "streams" or "shards" (of a stream) to look up, "" for none."""

    names: str
    stream: str = ""


class Found(NamedTuple):
    """start: where in the line the word begins that each of ``words`` can stand for."""

    start: int
    words: list[str]


def wanted(line: str, at: int) -> Wanted:
    words = _command(line[:at])[:-1]
    if not words or words[0] != "aws":
        return Wanted("")
    if words[-1] in STREAM_OPTIONS:
        return Wanted("streams")
    if words[-1] in SHARD_OPTIONS or words[-1] == "--adjacent-shard-to-merge":
        stream = next((words[n + 1] for n, word in enumerate(words[:-1]) if word in STREAM_OPTIONS), "")
        return Wanted("shards", stream) if stream else Wanted("")
    return Wanted("")


def complete(
    line: str, at: int, *, told: dict[str, Any], files: list[str], variables: list[str], names: list[str]
) -> Found:  # fmt: skip
    """told: operations and options (pool.py). names: of what was ``wanted``."""
    command = _command(line[:at])
    word = command[-1]
    start = at - len(word)
    if "$" in word:
        stem = word[word.rindex("$") + 1 :]
        brace = "{" if stem.startswith("{") else ""
        fitting = [f"${brace}{name}{'}' if brace else ''}" for name in variables if name.startswith(stem.lstrip("{"))]
        return Found(at - len(stem) - 1, fitting[:CANDIDATES_MAX])
    if len(command) == 1:
        return Found(start, _fitting(word, PROGRAMS))
    if command[0] == "aws":
        offered = _aws(command, told, names)
        if offered is not None:
            return Found(start, _fitting(word, offered))
    prefix = next((prefix for prefix in ("fileb://", "file://") if word.startswith(prefix)), "")
    return Found(start + len(prefix), _fitting(word.removeprefix(prefix), files))


def _aws(command: list[str], told: dict[str, Any], names: list[str]) -> list[str] | None:
    """None: files."""
    before, word = command[1:-1], command[-1]
    if names:
        return names
    if before and before[-1] in VALUES:
        return VALUES[before[-1]]
    operations: dict[str, list[str]] = told.get("operations", {})
    plain = [one for one in before if not one.startswith("-")]
    if not plain:
        return ["kinesis", "help", *(["--version", *told.get("options", [])] if word.startswith("-") else [])]
    if len(plain) == 1 and not word.startswith("-"):
        return sorted({name.split()[0] for name in operations} | {"help"})
    if plain[1:2] == ["wait"]:
        if len(plain) == 2 and not word.startswith("-"):
            return sorted(name.split()[1] for name in operations if name.startswith("wait "))
        return operations.get(" ".join(plain[1:3]), [])
    options = operations.get(plain[1], []) if len(plain) > 1 else []
    if word.startswith("-"):
        return [one for one in [*options, *told.get("options", [])] if one not in before]
    return ["help"] if word and "help".startswith(word) and len(before) == 2 else None


def _command(text: str) -> list[str]:
    """The words of the last command of a line, the one before the cursor last ("" after a space)."""
    last = re.split(r"\$\(|[|;&(]|\bdo\b|\bthen\b", text)[-1]
    words = [one for one in WORD_ENDS.split(last) if one]
    if not last or WORD_ENDS.match(last[-1]):
        words.append("")
    while len(words) > 1 and re.fullmatch(r"\w+=\S*", words[0]):
        del words[0]  # A=1 aws ...
    return words or [""]


def _fitting(word: str, offered: Iterable[str]) -> list[str]:
    return [one for one in offered if one.startswith(word)][:CANDIDATES_MAX]
