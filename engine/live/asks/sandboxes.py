"""Which sandboxes there are, and what becomes of them.

=================  ===================================================  ========================================
ask                takes                                                result
=================  ===================================================  ========================================
"sandboxes"        owner ("")                                           a list of rows (kept.py)
"scenarios"                                                             [{"id", "brokers", "partitions"}]
"create"           scenario: a name or JSON; name, owner, seed?         the new one's row
"branch"           sandbox, step, ms (neither: now), name, owner        the new one's row
"rename"           sandbox, name, owner, all                            its row
"reset"            sandbox, owner, all                                  its row: it begins anew
"delete"           sandbox, owner, all                                  {}
"retry"            sandbox                                              its row: opening it is tried again
"kept_files"       sandbox                                              [{"path", "bytes"}]: of one that is broken too
"kept_piece"       sandbox, path, from                                  bytes of one, with "next"
=================  ===================================================  ========================================

owner: who asks, as the web process knows it; "" for nobody. all: true for who may do everything.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cluster.builtin import BUILTIN
from engine.limits import KEPT_PIECE_BYTES, SANDBOX_NAME_MAX
from engine.live import sealing
from engine.live.asks.asking import Binary, Handler, Question, Refused, invalid
from engine.live.asks.time import moment_of
from engine.live.aws import credentials

if TYPE_CHECKING:
    from engine.live.control import Facade
    from engine.live.kept import Kept

OWNER_MAX = 100
# Keys: in no download of a sandbox's folder. What they have sealed stays sealed in it.
NOT_HANDED_OUT = (*credentials.FILES, sealing.FILE, f"{sealing.FILE.rpartition('.')[0]}.new")


def sandboxes(facade: Facade, question: Question) -> Any:
    owner = owner_of(question)
    return [kept.listed(owner) for kept in facade.the_keeper().kept.values()]


def scenarios(facade: Facade, question: Question) -> Any:
    return [
        {
            "id": name,
            "brokers": scenario["brokers"],
            "partitions": sum(topic["partitions"] for topic in scenario.get("topics", [])),
        }
        for name, scenario in BUILTIN.items()
    ]


async def create(facade: Facade, question: Question) -> Any:
    scenario = question.get("scenario", "demo")
    if isinstance(scenario, str):
        if scenario not in BUILTIN:
            raise invalid(f"There is no scenario {scenario!r}; there are: {', '.join(BUILTIN)}. Or give one as JSON.")
        name, scenario = question.get("name") or scenario, BUILTIN[scenario]
    elif isinstance(scenario, dict):
        name = question.get("name") or scenario.get("name") or "sandbox"
    else:
        raise invalid("scenario is the name of one, or a JSON object.")
    owner = owner_of(question)
    kept = await facade.the_keeper().create(scenario, name=name_of(name), owner=owner, seed=seed_of(question))
    return kept.listed(owner)


async def branch(facade: Facade, question: Question) -> Any:
    parent, owner = facade.kept(question), owner_of(question)
    await facade.current(question)  # it must be open
    step, at, _ = moment_of(question)
    name = question.get("name") or parent.entry.name
    return (await facade.the_keeper().branch(parent, step, at, name=name_of(name), owner=owner)).listed(owner)


async def rename(facade: Facade, question: Question) -> Any:
    kept = own(facade, question, "rename it")
    await facade.the_keeper().rename(kept, name_of(question.get("name")))
    return kept.listed(owner_of(question))


async def reset(facade: Facade, question: Question) -> Any:
    kept = own(facade, question, "begin it anew")
    await facade.the_keeper().reset(kept)
    return facade.kept(question).listed(owner_of(question))


async def delete(facade: Facade, question: Question) -> Any:
    await facade.the_keeper().delete(own(facade, question, "delete it"))
    return {}


async def retry(facade: Facade, question: Question) -> Any:
    kept = facade.kept(question)
    await facade.the_keeper().retry(kept)
    return kept.listed(owner_of(question))


def kept_files(facade: Facade, question: Question) -> Any:
    folder = facade.kept(question).folder
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in NOT_HANDED_OUT]
    return [{"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size} for path in paths]


async def kept_piece(facade: Facade, question: Question) -> Any:
    folder, path, start = facade.kept(question).folder, question.get("path"), question.get("from", 0)
    if not isinstance(path, str) or type(start) is not int or start < 0:
        raise invalid("path is one of those listed, from the number of a byte.")
    file = folder / path
    hidden = file.name in NOT_HANDED_OUT or ".." in Path(path).parts
    if hidden or not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
        raise Refused(404, "NOT_FOUND", f"There is no file {path!r} in the folder of that sandbox.")
    data = await asyncio.to_thread(_read, file, start)
    end = start + len(data)
    return Binary({"next": end if len(data) == KEPT_PIECE_BYTES else None}, data)


def _read(file: Path, start: int) -> bytes:
    with open(file, "rb") as opened:
        opened.seek(start)
        return opened.read(KEPT_PIECE_BYTES)


# --- what fits ---------------------------------------------------------------------------------------


def owner_of(question: Question) -> str:
    owner = question.get("owner", "")
    if not isinstance(owner, str) or len(owner) > OWNER_MAX:
        raise invalid(f"An owner is a text of at most {OWNER_MAX} characters.")
    return owner


def own(facade: Facade, question: Question, what: str) -> Kept:
    """The sandbox, if whoever asks may change it."""
    kept, owner = facade.kept(question), owner_of(question)
    if question.get("all") is not True and (not owner or owner != kept.entry.owner):
        raise Refused(403, "NOT_YOURS", f"Only who made {kept.entry.name!r} may {what}: branch it instead.")
    return kept


def seed_of(question: Question) -> int | None:
    seed = question.get("seed")
    if seed is not None and (type(seed) is not int or not 0 <= seed < 1 << 63):
        raise invalid("seed is a whole number from 0.")
    return seed


def name_of(name: Any) -> str:
    if not isinstance(name, str) or not 0 < len(name.strip()) <= SANDBOX_NAME_MAX or not name.isprintable():
        raise invalid(f"A sandbox's name is a text of 1 to {SANDBOX_NAME_MAX} characters.")
    return name.strip()


ASKS: dict[str, Handler] = {
    "sandboxes": sandboxes,
    "scenarios": scenarios,
    "create": create,
    "branch": branch,
    "rename": rename,
    "reset": reset,
    "delete": delete,
    "retry": retry,
    "kept_files": kept_files,
    "kept_piece": kept_piece,
}
