"""Moments that leave, and moments that come.

=============  =========================================  ==================================================
ask            takes, besides "sandbox"                   result
=============  =========================================  ==================================================
"link"         step (none: now)                           {"link": "/open#m=...", "step", "at_ms"}
"export"       step (none: now)                           bytes of a .riacho file, with "name" and "next": null
"import"       (no sandbox) data, name, owner             the new sandbox's row: it stands still at that moment
=============  =========================================  ==================================================

A link holds the scenario and all inputs until then, if they are few; a file that, or the whole state. What
is brought is replayed in another process, and refused, with the reason, if it does not come to the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.cluster import Cluster
from engine.limits import LINK_JOURNAL_BYTES_MAX, LINK_STEPS_MAX, MOMENT_BYTES_MAX, SANDBOX_NAME_MAX
from engine.live import checkpoint_file, moments
from engine.live.asks.asking import Binary, Handler, Question, Refused, invalid
from engine.live.asks.sandboxes import name_of, owner_of
from engine.live.asks.time import brought_back, moment_of
from engine.live.groups import Group
from engine.live.journal import Journal, Position
from engine.live.moments import SUFFIX, CannotOpen, Moment
from engine.live.past import Past, dismantle
from engine.live.replayer import replay
from engine.live.seeds import new_cluster_id
from engine.live.slices import Work, at_leisure
from engine.machine import MILLISECOND
from engine.world.inputs import BRANCH, FRAME
from engine.world.snapshots import freeze

if TYPE_CHECKING:
    from engine.live.control import Facade
    from engine.live.kept import Kept

STATUS = {"TOO_LARGE": 413}
_FEW_BYTES = 64 << 10  # of inputs: more never fit into a link, however well they can be squeezed


async def link(facade: Facade, question: Question) -> Any:
    kept, past = await _reach(facade, question)
    moment, until = _moment(kept, past), past.position
    told = {"step": moment.step, "at_ms": moment.at / MILLISECOND}
    few = await at_leisure(_few(kept, moment, until))
    address = moments.link_of(moments.pack(few)) if few is not None else None
    if address is None:
        raise Refused(413, "TOO_LARGE", "Too much has happened until then for a link: export it as a file instead.")
    return {"link": address, **told}


async def export(facade: Facade, question: Question) -> Any:
    kept, past = await _reach(facade, question)
    moment, until = _moment(kept, past), past.position
    cluster = freeze(past.cluster).thaw()
    try:
        data = await at_leisure(_exported(kept, moment, until, cluster))
    finally:
        dismantle(cluster)
    if len(data) > MOMENT_BYTES_MAX:
        raise Refused(
            413,
            "TOO_LARGE",
            f"As a file this moment has {len(data):,} bytes, and none takes more than {MOMENT_BYTES_MAX:,}: download "
            "the folder of the sandbox instead.",
        )
    about = {"name": f"{kept.entry.id}-{moment.step}{SUFFIX}", "step": moment.step, "at_ms": moment.at / MILLISECOND}
    return Binary({**about, "next": None}, data)


async def import_(facade: Facade, question: Question) -> Any:
    data, owner = question.get("data"), owner_of(question)
    if not isinstance(data, bytes):
        raise invalid("data is the moment: the bytes of a .riacho file, or of what a link holds.")
    given = question.get("name") or ""
    if given:
        given = name_of(given)
    try:
        about, checkpoint = await replay(data)
    except CannotOpen as problem:
        raise Refused(STATUS.get(problem.code, 422), problem.code, problem.reason) from None
    called = about["name"] if about["name"].isprintable() else ""
    name = given or called.strip()[:SANDBOX_NAME_MAX] or "import"
    told = {"cluster_id": new_cluster_id(), "of": "", "step": about["step"], "name": called or name}
    kept = await facade.the_keeper().adopt({"checkpoint": checkpoint}, [("host", BRANCH, told)], name=name, owner=owner)
    return kept.listed(owner)


# --- what leaves --------------------------------------------------------------------------------------


async def _reach(facade: Facade, question: Question) -> tuple[Kept, Past]:
    """The sandbox, and as it was then: ours until we wait for anything. Raises Refused."""
    kept, sandbox = facade.kept(question), facade.stage(question).sandbox
    step, _, _ = moment_of(question)
    if kept.history is None:
        raise Refused(409, "NO_HISTORY", "This sandbox keeps no history.")
    sandbox.look()
    return kept, await brought_back(kept.history, step, None)


def _moment(kept: Kept, past: Past) -> Moment:
    return Moment(past.step, past.now, past.world.digest(), name=kept.entry.name)


def _few(kept: Kept, moment: Moment, until: Position) -> Work[Moment | None]:
    """The moment with the scenario and what was done since; None if that is much, or no longer known."""
    assert kept.store is not None
    journal = kept.store.journal
    base = _scenario_of(journal)
    if base is None or moment.step > LINK_STEPS_MAX or journal.size > LINK_JOURNAL_BYTES_MAX:
        return None
    groups: list[Group] = []
    size = 0
    for group, behind in journal.read():
        if behind > until:
            break
        if group.inputs:
            groups.append(group)
            size += sum(len(one.payload[1]) if one.source == FRAME else 100 for one in group.inputs)
            if size > _FEW_BYTES:
                return None
        yield None
    return replace(moment, base=base, groups=groups)


def _exported(kept: Kept, moment: Moment, until: Position, cluster: Cluster) -> Work[bytes]:
    few = yield from _few(kept, moment, until)
    if few is not None:
        data = moments.pack(few)
        if moments.link_of(data) is not None:
            return data
    moment.checkpoint = yield from checkpoint_file.to_bytes(cluster)
    packed: list[bytes] = []
    yield lambda: packed.append(moments.pack(moment))
    return packed[0]


def _scenario_of(journal: Journal) -> dict[str, Any] | None:
    """What the journal begins with, if it still reaches back to a scenario."""
    header = journal.segments[0].header
    return header.base if header.previous is None and "scenario" in header.base else None


ASKS: dict[str, Handler] = {"link": link, "export": export, "import": import_}
