"""Messages between host and web process: both sides read what the other writes."""

import pytest

from engine.live.envelope import pack_binary, pack_events, pack_json, pack_part, unpack_json
from engine.live.framing import Part
from playground import facade


def test_the_web_process_reads_what_the_host_writes():
    assert facade.decode(pack_json({"id": 1, "ok": True})[4:]) == {"id": 1, "ok": True}
    for kind, channel in (("key", ""), ("delta", ""), ("detail", "FIAP/99")):
        found = facade.decode(pack_part("démo", Part(kind, 9, channel, b'{"a":1}'))[4:])
        assert found == facade.FramePart(kind, "démo", 9, channel, b'{"a":1}')
    assert facade.decode(pack_events("demo", 7, b"[]")[4:]) == facade.EventBatch("demo", 7, b"[]")


def test_the_host_reads_what_the_web_process_writes():
    assert unpack_json(facade.encode({"id": 1, "ask": "state"})[4:]) == {"id": 1, "ask": "state"}


def test_bytes_travel_beside_the_json_both_ways():
    assert facade.decode(pack_binary({"id": 1, "ok": True}, b"\x00\xff")[4:]) == facade.Binary(
        {"id": 1, "ok": True}, b"\x00\xff"
    )
    assert unpack_json(facade.encode_binary({"id": 1}, b"\x00J")[4:]) == {"id": 1, "data": b"\x00J"}


def test_a_length_counts_all_that_follows():
    for message in (
        pack_json({}),
        pack_binary({}, b"x"),
        pack_part("x", Part("key", 1, "", b"{}")),
        pack_events("x", 1, b"[]"),
    ):
        assert int.from_bytes(message[:4], "big") == len(message) - 4


@pytest.mark.parametrize("nonsense", [b"", b"F{}", b"J", b"J[]", b"J{", b"J\xff", b"B", b"B\x00\x00\x00\x09{}"])
def test_nonsense_is_a_value_error(nonsense):
    with pytest.raises(ValueError):
        unpack_json(nonsense)
