"""One record with all that is known of it, and the keys on a tape's tail."""

import pytest

from engine.cluster import inspect
from engine.commands import CommandRefused
from engine.wire.partitioners import explain
from engine.wire.records import Record, encode_batch
from tests.unit.cluster.sandbox import BUSY, SMALL, Sandbox


@pytest.fixture
def it():
    return Sandbox({**SMALL, "topics": [{"topic": "pedidos", "partitions": 3, "min_insync_replicas": 2}]})


def write(it, partition=0, **fields):
    it.do("produce", topic="pedidos", partition=partition, **fields)
    it.pass_ms(100)
    return it.cluster.record("pedidos", partition, it.topic()["partitions"][partition]["end"] - 1)


def refused(it, *where):
    with pytest.raises(CommandRefused) as refusal:
        it.cluster.record(*where)
    return refusal.value.code


# --- which partitioner explains it ------------------------------------------------------------------------


def key_for(**wanted):
    """A key that these partitioners send to these partitions of three."""
    for n in range(1_000):
        chosen = explain(f"k{n}".encode(), 3)
        if all(chosen[name] == partition for name, partition in wanted.items()):
            return f"k{n}"
    raise AssertionError


@pytest.mark.parametrize(
    ("murmur2", "crc32", "partition", "explains"),
    [(1, 2, 1, "murmur2"), (1, 2, 2, "crc32"), (1, 1, 1, "both"), (1, 2, 0, "neither")],
)
def test_a_key_is_explained_by_the_partitioners_of_java_and_of_librdkafka(it, murmur2, crc32, partition, explains):
    found = write(it, partition, key=key_for(murmur2=murmur2, crc32=crc32), value="x")
    assert found["partitioner"] == {
        "murmur2": murmur2, "crc32": crc32, "partitions": 3, "actual": partition, "explains": explains,
    }  # fmt: skip


def test_without_a_key_there_is_nothing_to_explain(it):
    found = write(it, 2, value="x")
    assert found["partitioner"] == {
        "murmur2": None, "crc32": None, "partitions": 3, "actual": 2, "explains": "no key",
    }  # fmt: skip
    assert found["key"] is None


# --- key, value, headers ------------------------------------------------------------------------------------


def test_what_is_in_it(it):
    found = write(it, key="cliente-4", value="açúcar", headers={"origem": "loja"})
    assert found["key"] == {"text": "cliente-4", "base64": "Y2xpZW50ZS00", "bytes": 9, "cut": False}
    assert (found["value"]["text"], found["value"]["bytes"]) == ("açúcar", 8)
    assert found["headers"] == [["origem", "loja"]]
    assert (found["topic"], found["partition"], found["offset"]) == ("pedidos", 0, 0)
    assert found["timestamp_type"] == "CreateTime"


def test_a_tombstone_has_no_value(it):
    assert write(it, key="k")["value"] is None


def test_an_empty_value_is_a_value(it):
    assert write(it, value="")["value"] == {"text": "", "base64": "", "bytes": 0, "cut": False}


def test_a_header_may_have_no_value():
    assert inspect._text(None) is None


def test_bytes_that_are_no_text_are_shown_in_base64():
    assert inspect.shown(b"\xff\x00") == {"text": None, "base64": "/wA=", "bytes": 2, "cut": False}
    assert inspect.shown(b"\x1b[31m")["text"] is None
    assert inspect.shown(b"a\tb\nc")["text"] == "a\tb\nc"


def test_a_long_value_is_cut_and_says_so(it):
    found = write(it, value="x" * 50_000)["value"]
    assert (len(found["text"]), found["bytes"], found["cut"]) == (20_000, 50_000, True)


def test_the_batch_it_came_in(it):
    write(it, value="x")
    batch = write(it, value="y")["batch"]
    assert (batch["base_offset"], batch["last_offset"], batch["count"], batch["epoch"]) == (1, 1, 1, 0)
    assert (batch["compression"], batch["base_sequence"], batch["producer_id"] >= 0) == ("none", 1, True)


# --- where it is ----------------------------------------------------------------------------------------------


def test_who_has_it(it):
    found = write(it, value="x")
    leader = it.topic()["partitions"][0]["leader"]
    assert [(r["broker"], r["has"], r["in_sync"], r["alive"], r["leader"]) for r in found["replicas"]] == [
        (b, True, True, True, b == leader) for b in [r["broker"] for r in found["replicas"]]
    ]
    assert found["committed"] and not found["leaderless"]


def test_who_does_not_have_it(it):
    leader = it.topic()["partitions"][0]["leader"]
    away = next(b for b in (1, 2, 3) if b != leader)
    it.do("crash_broker", broker=away)
    it.pass_ms(2_000)
    replica = next(r for r in write(it, value="x")["replicas"] if r["broker"] == away)
    assert replica == {"broker": away, "has": False, "in_sync": False, "alive": False, "leader": False}


def test_the_same_offset_of_another_epoch_is_another_record(it):
    """A replica that was cut off holds something else there."""
    leader = it.topic()["partitions"][0]["leader"]
    held = it.cluster.broker(leader).partitions["pedidos", 0]
    held.log.append_as_leader([encode_batch([Record(0, 0, None, b"nobody else has it", [])])], 0)
    found = it.cluster.record("pedidos", 0, 0)
    assert [r["has"] for r in found["replicas"]] == [r["leader"] for r in found["replicas"]]
    assert not found["committed"]


def test_without_a_leader_what_is_left_is_shown(it):
    write(it, value="x")
    for b in (1, 2, 3):
        it.do("crash_broker", broker=b)
    it.pass_ms(3_000)
    found = it.cluster.record("pedidos", 0, 0)
    assert found["leaderless"] and found["value"]["text"] == "x"


def test_what_is_not_there(it):
    assert refused(it, "nada", 0, 0) == "UNKNOWN_TOPIC_OR_PARTITION"
    assert refused(it, "pedidos", 3, 0) == "UNKNOWN_TOPIC_OR_PARTITION"
    assert refused(it, "pedidos", 0, 0) == "OFFSET_OUT_OF_RANGE"
    write(it, value="x")
    assert refused(it, "pedidos", 0, 1) == "OFFSET_OUT_OF_RANGE"
    assert refused(it, "pedidos", 0, -1) == "OFFSET_OUT_OF_RANGE"


def test_to_whom_it_was_delivered():
    it = Sandbox(BUSY)
    it.pass_ms(5_000)
    it.do("stop_consumer", consumer="A-1")
    it.do("stop_consumer", consumer="A-2")
    it.pass_ms(3_000)
    partition = max(it.topic()["partitions"], key=lambda p: p["end"])
    first = it.cluster.record("pedidos", partition["id"], 0)["delivered"]
    last = it.cluster.record("pedidos", partition["id"], partition["end"] - 1)["delivered"]
    assert [(d["group"], d["kind"], d["how"], d["delivered"]) for d in first] == [("A", "sim", "position", True)]
    assert [d["delivered"] for d in last] == [False]


# --- what nobody can read ----------------------------------------------------------------------------------------


def corrupt(it):
    import crc32c

    from engine.wire.batch import CRC_START, HEADER_BYTES, split_batches

    data = bytearray(encode_batch([Record(0, 0, b"k", b"v", [])]).to_bytes())
    data[HEADER_BYTES:] = b"\xff" * (len(data) - HEADER_BYTES)
    data[CRC_START - 4 : CRC_START] = crc32c.crc32c(bytes(data[CRC_START:])).to_bytes(4, "big")
    leader = it.topic()["partitions"][0]["leader"]
    it.cluster.broker(leader).partitions["pedidos", 0].log.append_as_leader(split_batches(bytes(data)), 0)


def test_a_batch_nobody_can_read_is_said_to_be_so(it):
    corrupt(it)
    assert refused(it, "pedidos", 0, 0) == "CORRUPT_MESSAGE"
    assert it.topic()["partitions"][0]["tail"]["keys"] == "?"


# --- tails -----------------------------------------------------------------------------------------------------


def tail(it, partition=0):
    return it.topic()["partitions"][partition]["tail"]


def test_a_tail_shows_the_hue_of_each_key(it):
    keys = ["a", "b", "a", None]
    for key in keys:
        write(it, key=key, value="x")
    hues = [inspect.hue(key.encode() if key else None) for key in keys]
    assert tail(it) == {"first": 0, "keys": "".join(hues)}
    assert hues[0] == hues[2] and hues[3] == "-"
    assert all(hue in "01234567-" for hue in hues)


def test_it_shows_the_last_64(it):
    leader = it.topic()["partitions"][0]["leader"]
    log = it.cluster.broker(leader).partitions["pedidos", 0].log
    for _ in range(7):
        log.append_as_leader([encode_batch([Record(n, 0, None, b"x", []) for n in range(10)])], 0)
    assert tail(it) == {"first": 6, "keys": "-" * 64}


def test_a_large_batch_is_not_looked_into(it):
    leader = it.topic()["partitions"][0]["leader"]
    log = it.cluster.broker(leader).partitions["pedidos", 0].log
    log.append_as_leader([encode_batch([Record(n, 0, b"k", b"x", []) for n in range(300)])], 0)
    assert tail(it) == {"first": 236, "keys": "?" * 64}


def test_what_was_decoded_is_decoded_once(it, monkeypatch):
    for _ in range(3):
        write(it, value="x")
    tail(it)
    decoded = []
    original = inspect.decode_records
    monkeypatch.setattr(inspect, "decode_records", lambda batch: decoded.append(batch) or original(batch))
    assert tail(it)["keys"] == "---"
    assert decoded == []
    write(it, value="y")
    decoded.clear()
    tail(it)
    assert decoded == []


def test_a_tail_that_was_cut_and_written_anew_is_shown_anew(it):
    """The same offset, another epoch: another batch."""
    leader = it.topic()["partitions"][0]["leader"]
    log = it.cluster.broker(leader).partitions["pedidos", 0].log
    log.append_as_leader([encode_batch([Record(0, 0, None, b"x", [])])], 0)
    assert tail(it)["keys"] == "-"
    log.truncate_to(0)
    log.append_as_leader([encode_batch([Record(0, 0, b"k", b"x", [])])], 1)
    assert tail(it)["keys"] == inspect.hue(b"k")


def test_only_what_is_on_the_tail_is_remembered(it):
    leader = it.topic()["partitions"][0]["leader"]
    log = it.cluster.broker(leader).partitions["pedidos", 0].log
    for _ in range(300):
        log.append_as_leader([encode_batch([Record(0, 0, None, b"x", [])])], 0)
        it.cluster.tails.of(log)
    assert len(it.cluster.tails._known["pedidos", 0]) == 64
