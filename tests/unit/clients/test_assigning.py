"""What members tell each other through the coordinator."""

from __future__ import annotations

import struct

from engine.clients import assigning
from engine.clients.metadata import Leader, Metadata, TopicView
from engine.groups.protocol import Subscription, decode_assignment, decode_subscription, encode_subscription
from engine.wire.messages import JoinedMember


def metadata(**partitions: int) -> Metadata:
    it = Metadata(["B1"])
    for topic, count in partitions.items():
        it.topics[topic] = TopicView(b"", 0, {p: Leader(1, 0) for p in range(count)})
    return it


def shares(protocol: str, roster: list[JoinedMember], **partitions: int) -> dict[str, object]:
    found = assigning.assign(protocol, roster, metadata(**partitions))
    return {member: decode_assignment(share) for member, share in found.items()}


def joined(name: str, *topics: str, held: list[tuple[str, int]] | None = None, generation: int = 1) -> JoinedMember:
    return JoinedMember(name, assigning.wishes("sticky" if held else "range", list(topics), held or [], generation))


def test_the_leader_shares_out_what_everybody_wants() -> None:
    roster = [joined("a", "x"), joined("b", "x", "y")]
    assert shares("range", roster, x=2, y=1) == {"a": [("x", 0)], "b": [("x", 1), ("y", 0)]}


def test_a_topic_that_does_not_exist_is_shared_out_as_nothing() -> None:
    assert shares("roundrobin", [joined("a", "x", "nada")], x=1) == {"a": [("x", 0)]}


def test_what_cannot_be_read_wants_nothing() -> None:
    assert shares("range", [joined("a", "x"), JoinedMember("b", b"\xff")], x=1) == {"a": [("x", 0)], "b": []}


def test_sticky_leaves_each_what_it_had() -> None:
    roster = [joined("a", "x", held=[("x", 2)]), joined("b", "x", held=[("x", 0), ("x", 1)])]
    assert shares("sticky", roster, x=3) == {"a": [("x", 2)], "b": [("x", 0), ("x", 1)]}


def test_of_two_claims_the_later_generation_is_right() -> None:
    roster = [joined("a", "x", held=[("x", 0)], generation=3), joined("b", "x", held=[("x", 0)], generation=4)]
    assert shares("sticky", roster, x=2) == {"a": [("x", 1)], "b": [("x", 0)]}


def test_sticky_reads_the_user_data_of_kafkas_own_client() -> None:
    held = struct.pack(">ih1siii", 1, 1, b"x", 1, 1, 7)  # one topic "x", one partition: 1; generation 7
    java = JoinedMember("b", encode_subscription(Subscription(["x"], held), 0))
    assert shares("sticky", [joined("a", "x"), java], x=2) == {"a": [("x", 0)], "b": [("x", 1)]}


def test_user_data_of_another_kind_is_no_claim() -> None:
    odd = JoinedMember("b", encode_subscription(Subscription(["x"], b"\x00\x00\x00\x09zz"), 0))
    assert shares("sticky", [odd], x=1) == {"b": [("x", 0)]}


def test_a_member_that_is_not_sticky_does_not_speak_of_the_past() -> None:
    told = decode_subscription(assigning.wishes("range", ["x"], [("x", 0)], 3))
    assert told == Subscription(["x"])


def test_an_assignor_nobody_knows_shares_out_nothing() -> None:
    assert assigning.assign("uniform", [joined("a", "x")], metadata(x=1)) == {}
