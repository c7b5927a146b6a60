"""What has changed from one snapshot to the next, as little JSON, and back again.

Snapshots are large and mostly the same; ten a second go to everybody who looks. So a *change* is sent, and whoever
has the snapshot before it makes the next one of it (``applied`` here, static/js/frames/changes.js in the browser,
where whatever did not change stays the same object). What a change may be:

    a number, text, true, false or null    the new value
    [value]                                the new value, an object or a list, packed (packing.py)
    {name: change, ...}                    of an object; of a list the names are places in it
        "!": [names]                       members that are no more (of an object)
        "=": [places], "+": [values]       of a list: what stands where now, by its place before;
                                           -1 is the next of the new ones. Names count in the new list
        "~": [[row], ...]                  of a topic, its partitions' counters, see below
    {}                                     nothing

Items of a list are known by their "id", "name", "broker" or "client". A row is [place, end, hw, the end of each
replica], each number by how much it grew: at high rates this is all there is. No topic can be called "!", "=", "+"
or "~".
"""

from __future__ import annotations

from typing import Any

from engine.cluster.packing import packed, unpacked

NAMES = ("id", "name", "broker", "client")
NEW = -1
MISSING = object()


def changes(before: Any, now: Any) -> Any:
    """The change that makes ``now`` of ``before``; {} if there is none. Both are JSON."""
    if type(before) is dict and type(now) is dict:
        return _object(before, now)
    if type(before) is list and type(now) is list:
        return _list(before, now)
    return _new(now)


def applied(before: Any, change: Any) -> Any:
    """The snapshot after ``before``, which stays as it is."""
    if type(change) is list:
        return unpacked(change[0])
    if type(change) is not dict:
        return change
    if type(before) is list:
        return _list_after(before, change)
    after = dict(before)
    for name in change.get("!", ()):
        del after[name]
    if "~" in change:
        after["partitions"] = _counted(after["partitions"], change["~"])
    for name, part in change.items():
        if name not in ("!", "~"):
            after[name] = applied(after.get(name), part)
    return after


def _new(value: Any) -> Any:
    return [packed(value)] if type(value) in (dict, list) else value


# --- objects


def _object(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if before.keys() != now.keys():
        gone = [name for name in before if name not in now]
        if gone:
            found["!"] = gone
    for name, value in now.items():
        old = before.get(name, MISSING)
        if old is value or (old == value and type(old) is type(value)):
            continue
        kind = type(value)
        part: Any
        if kind is dict and type(old) is dict:
            part = _object(old, value)
        elif kind is list and type(old) is list:
            if name == "partitions" and (rows := _rows(old, value, found)) is not None:
                part = rows
            else:
                part = _list(old, value)
        else:
            part = _new(value)
        if type(part) is not dict or part:
            found[name] = part
    return found


# --- lists


def _list(before: list[Any], now: list[Any]) -> Any:
    """Item by item, if they are objects with names; otherwise the new list."""
    if before == now:
        return {}
    named = [_name(item) for item in now]
    if not before or any(name is None for name in named) or type(before[0]) is not dict:
        return [packed(now)]
    found: dict[str, Any] = {}
    known = [_name(item) for item in before]
    if known == named:
        olds = before
    else:
        places: dict[Any, list[int]] = {}
        for place, name in enumerate(known):
            places.setdefault(name, []).append(place)
        order = [places[name].pop(0) if places.get(name) else NEW for name in named]
        fresh = [item for item, place in zip(now, order, strict=True) if place == NEW]
        if len(fresh) == len(now):
            return [packed(now)]
        found["="] = order
        if fresh:
            found["+"] = fresh
        olds = [item if place == NEW else before[place] for item, place in zip(now, order, strict=True)]
    for place, (old, item) in enumerate(zip(olds, now, strict=True)):
        if old is not item and old != item:
            found[str(place)] = _object(old, item)
    return found


def _name(item: Any) -> Any:
    if type(item) is dict:
        for name in NAMES:
            if name in item:
                return item[name] if type(item[name]) in (str, int) else None
    return None


def _list_after(before: list[Any], change: dict[str, Any]) -> list[Any]:
    after = list(before)
    if "=" in change:
        fresh = iter(change.get("+", ()))
        after = [next(fresh) if place == NEW else before[place] for place in change["="]]
    for name, part in change.items():
        if name not in ("=", "+"):
            after[int(name)] = applied(after[int(name)], part)
    return after


# --- partitions: what grows with each record


def _rows(before: list[Any], now: list[Any], topic: dict[str, Any]) -> dict[str, Any] | None:
    """Counters go into ``topic`` as rows, what else has changed is returned; None: not the same partitions."""
    if len(before) != len(now):
        return None
    rows: list[list[int]] = []
    rest: dict[str, Any] = {}
    for place, (old, new) in enumerate(zip(before, now, strict=True)):
        if old == new:
            continue
        if type(old) is not dict or type(new) is not dict or old.get("id") != new.get("id") or "hw" not in new:
            return None
        olds, news = old["replicas"], new["replicas"]
        if len(olds) != len(news):
            return None
        row = [place, new["end"] - old["end"], new["hw"] - old["hw"]]
        others: dict[str, Any] = {}
        for at, (one, other) in enumerate(zip(olds, news, strict=True)):
            if one["broker"] != other["broker"]:
                return None
            row.append(other["end"] - one["end"])
            for name, value in other.items():
                if name != "end" and one.get(name, MISSING) != value:
                    others[str(at)] = _object({**one, "end": other["end"]}, other)
                    break
        if any(row[1:]):
            rows.append(row)
        part = {"replicas": others} if others else {}
        for name, value in new.items():
            if name not in ("end", "hw", "replicas") and old.get(name, MISSING) != value:
                part |= _object({**old, "end": new["end"], "hw": new["hw"], "replicas": news}, new)
                break
        if part:
            rest[str(place)] = part
    if rows:
        topic["~"] = rows
    return rest


def _counted(partitions: list[Any], rows: list[list[int]]) -> list[Any]:
    after = list(partitions)
    for place, end, high, *ends in rows:
        one = after[place]
        replicas = [{**r, "end": r["end"] + by} for r, by in zip(one["replicas"], ends, strict=True)]
        after[place] = {**one, "end": one["end"] + end, "hw": one["hw"] + high, "replicas": replicas}
    return after
