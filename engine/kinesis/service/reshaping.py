"""Resharding: which shards are split and merged to get from one set of ranges to another.

Shards are numbered in the order in which they are made, so a plan knows all numbers in advance. UpdateShardCount
scales uniformly: each open shard is cut where a new border goes through it, then what lies between two new borders is
merged. So doubling splits every shard once and halving merges pairs; other targets make short-lived shards, as on AWS.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.kinesis.service.hashing import HASH_KEYS, even_split
from engine.kinesis.service.shard import OPEN, WAITING, Shard
from engine.kinesis.service.stream import Change, Stream

# A border this near to one that is there already is the same one: thirds of thirds do not meet exactly.
_SAME = HASH_KEYS >> 64


@dataclass(slots=True)
class _Piece:
    number: int
    low: int
    high: int


def split(stream: Stream, shard: Shard, cut: int) -> list[Change]:
    first = len(stream.shards)
    return [Change([shard.number], [first, first + 1], cut)]


def merge(stream: Stream, first: Shard, second: Shard) -> list[Change]:
    return [Change([first.number, second.number], [len(stream.shards)])]


def uniform(stream: Stream, target: int) -> list[Change]:
    """The plan to ``target`` open shards of the same size. Empty: they are that already."""
    pieces = [_Piece(shard.number, shard.low, shard.high) for shard in stream.taking]
    borders = _borders([piece.low for piece in pieces], target)
    changes: list[Change] = []
    following = len(stream.shards)
    cut_up: list[_Piece] = []
    for piece in pieces:
        cuts = [border for border in borders if piece.low < border <= piece.high]
        following = _cut(piece, cuts, following, changes, cut_up)
    merged = 0
    while merged < len(cut_up):
        piece = cut_up[merged]
        merged += 1
        while merged < len(cut_up) and cut_up[merged].low not in borders:
            other = cut_up[merged]
            changes.append(Change([piece.number, other.number], [following]))
            piece = _Piece(following, piece.low, other.high)
            following += 1
            merged += 1
    return changes


def _borders(there: list[int], target: int) -> list[int]:
    """Where the new shards begin; a border that is there already is kept as it is."""
    borders = []
    for low, _ in even_split(target):
        near = min(there, key=lambda known: abs(known - low))
        borders.append(near if abs(near - low) <= _SAME else low)
    return borders


def _cut(piece: _Piece, cuts: list[int], following: int, changes: list[Change], out: list[_Piece]) -> int:
    """Cut in the middle first: the fewest generations."""
    if not cuts:
        out.append(piece)
        return following
    middle = len(cuts) // 2
    cut = cuts[middle]
    changes.append(Change([piece.number], [following, following + 1], cut))
    left, right = _Piece(following, piece.low, cut - 1), _Piece(following + 1, cut, piece.high)
    following = _cut(left, cuts[:middle], following + 2, changes, out)
    return _cut(right, cuts[middle + 1 :], following, changes, out)


def prepare(stream: Stream, changes: list[Change]) -> None:
    """Write the children down: they wait for their parents."""
    for change in changes:
        parents = [stream.shards[number] for number in change.parents]
        low, high = min(shard.low for shard in parents), max(shard.high for shard in parents)
        ranges = [(low, change.cut - 1), (change.cut, high)] if change.cut >= 0 else [(low, high)]
        for number, (first, last) in zip(change.children, ranges, strict=True):
            stream.shards.append(Shard(number, first, last, parents=list(change.parents)))
    stream.changes = changes


def made(changes: list[Change]) -> int:
    """How many shards they make."""
    return sum(len(change.children) for change in changes)


def grown(changes: list[Change]) -> int:
    """How many open shards more (or fewer) there are after them."""
    return sum(len(change.children) - len(change.parents) for change in changes)


def possible(stream: Stream, change: Change) -> bool:
    """Whether its parents take records: it can be begun."""
    return all(stream.shards[number].state == OPEN for number in change.parents)


def open_child(parents: list[Shard], child: Shard, calendar_ms: int) -> None:
    """Its sequence numbers begin later than its parents', even in the same second."""
    assert child.state == WAITING
    child.state = OPEN
    child.created = max([calendar_ms // 1000] + [parent.created + 1 for parent in parents])
    child.opened_ms = calendar_ms
    for parent in parents:
        parent.children.append(child.number)
