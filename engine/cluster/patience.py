"""How long real clients bear it when time stands still, and who of them gives up first.

A real client lives by its own clock. A member of a group believes itself put out when nothing has
answered it for the session timeout that it declared at joining (aiokafka 10 s, kafkajs 30 s,
librdkafka, kafka-python and Java 45 s, unless told otherwise); any other request is given up after
about ``PATIENCE_MS``. Which connection is which the World knows: a member is tied to the one on which
it was heard last. How much of that patience is used up only the host can say (engine/live/patience.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.limits import PATIENCE_MS
from engine.world.loop import FOREVER

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster
    from engine.groups.member import Member

SESSION, OTHER = "session", "other"


@dataclass(slots=True)
class Patience:
    """Of one connection. why: SESSION for the one on which a member is heard, else OTHER.

    heard_at: when that member was heard last, virtual; -1 where silence is not the member's to break
    (it waits for others to join), and for OTHER. asked: requests the brokers owe it an answer to.
    """

    connection: int
    client: str
    patience_ms: int
    why: str
    heard_at: int
    asked: int


def attached(cluster: Cluster) -> list[Patience]:
    """Of all real clients' connections, in the order of brokers and connections."""
    members = _members(cluster)
    sessions: dict[tuple[str, str], int] = {}  # the longest of each client: its other connections are as patient
    for member in members.values():
        key = (member.client, member.host)
        sessions[key] = max(sessions.get(key, 0), member.session_timeout_ms)
    found = []
    for broker in cluster.places:
        if not cluster.alive(broker):
            continue
        for number, connection in cluster.broker(broker).outside.connections.items():
            if not connection.taken:
                continue  # it has asked for nothing yet
            name, asked = connection.client or connection.peer, len(connection.asked)
            its = members.get(number)
            if its is not None:
                heard_at = -1 if its.joining is not None or its.syncing is not None else its.heard_at
                found.append(Patience(number, name, its.session_timeout_ms, SESSION, heard_at, asked))
            else:
                patience = max(PATIENCE_MS, sessions.get((connection.client, connection.host), 0))
                found.append(Patience(number, name, patience, OTHER, -1, asked))
    return found + _aws(cluster)


def _aws(cluster: Cluster) -> list[Patience]:
    """Of those who call the AWS port: SDKs wait a minute, tools around them less."""
    gateway = cluster.gateway
    if gateway is None:
        return []
    return [
        Patience(number, caller.client or caller.peer, PATIENCE_MS, OTHER, -1, caller.waiting)
        for number, caller in gateway.callers.outside.items()
        if caller.taken and not caller.here
    ]


def sessions_until(cluster: Cluster) -> tuple[int, str]:
    """(virtual time at which the first session ends of a member whose client is still there, its client).

    (FOREVER, "") without one. Stepping goes no further: the client cannot know how fast time is stepped.
    """
    until, client = FOREVER, ""
    for member in _members(cluster).values():
        if member.deadline is not None and member.deadline < until:
            until, client = member.deadline, member.client
    return until, client


def rows(found: list[tuple[Patience, float]]) -> list[dict[str, Any]]:
    """For people: by client and kind of patience, with the least that is left (milliseconds); who has least first."""
    shown: dict[tuple[str, str], dict[str, Any]] = {}
    for its, left_ms in found:
        row = shown.get((its.client, its.why))
        if row is None:
            row = shown[its.client, its.why] = {
                "client": its.client, "left_ms": left_ms, "patience_ms": its.patience_ms, "why": its.why,
                "connections": 0,
            }  # fmt: skip
        elif left_ms < row["left_ms"]:
            row["left_ms"], row["patience_ms"] = left_ms, its.patience_ms
        row["connections"] += 1
    # Of equals a member gives up first: its session began with its last heartbeat, before the pause.
    return sorted(shown.values(), key=lambda row: (row["left_ms"], row["why"] != SESSION, row["client"]))


def beforehand(cluster: Cluster) -> list[dict[str, Any]]:
    """What a pause that began now would leave each of them."""
    return rows([(its, float(its.patience_ms)) for its in attached(cluster)])


def _members(cluster: Cluster) -> dict[int, Member]:
    """The least patient member on each connection of a real client that is open."""
    found: dict[int, Member] = {}
    coordinators = [cluster.broker(b) for b in cluster.places if cluster.alive(b)]
    for broker in coordinators:
        for member in broker.groups.members():
            if member.connection in broker.outside.connections:
                known = found.get(member.connection)
                if known is None or member.session_timeout_ms < known.session_timeout_ms:
                    found[member.connection] = member
    return found
