"""A broker's folder for people: every byte of every file can be had, and what is named is what is there."""

from __future__ import annotations

import base64
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cluster import Cluster, anatomy, files
from engine.cluster.scenario import DEMO
from engine.commands import CommandRefused
from engine.limits import FILE_PAGE_BYTES
from engine.machine import SECOND
from engine.storage.chunk import seal
from engine.storage.disk import MemoryDisk
from engine.wire.batch import Batch
from engine.wire.compression import ZSTD
from engine.wire.records import Record, encode_batch

LOG = "FIAP-0/00000000000000000000.log"


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    made = Cluster(DEMO, 1)
    made.world.advance(made.world.now + 30 * SECOND)
    return made


class OneBroker:
    """A cluster as files.py needs it: one disk."""

    def __init__(self) -> None:
        self.disk = MemoryDisk()
        self.places = {1: self}

    def write(self, path: str, *parts: Any) -> None:
        file = self.disk.open(path)
        for part in parts:
            self.disk.extend(file, part)


def pages(cluster: Any, path: str) -> list[dict[str, Any]]:
    found, start = [], 0
    while start >= 0:
        found.append(files.page(cluster, 1, path, start))
        start = found[-1]["next"]
    return found


def batch(offset: int, *values: bytes, **more: Any) -> Batch:
    records = [Record(0, 1_000 + i, b"k%d" % i, value, [("h", b"x")]) for i, value in enumerate(values)]
    return encode_batch(records, base_offset=offset, leader_epoch=3, **more)


def named(item: dict[str, Any]) -> dict[str, Any]:
    return {field["name"]: field["value"] for field in item["fields"]}


def spans(item: dict[str, Any]) -> list[tuple[int, int]]:
    """Where each field begins and ends, of inner items too."""
    own = [(field["at"], field["at"] + field["size"]) for field in item["fields"]]
    return own + [span for inner in item.get("items", []) for span in spans(inner)]


# --- the folder -------------------------------------------------------------------------------------------


def test_the_listing_has_every_file_and_knows_what_it_is(cluster: Cluster) -> None:
    found = files.listing(cluster, 1)
    disk = cluster.places[1].disk
    assert [file["path"] for file in found["files"]] == disk.paths()
    assert sum(file["bytes"] for file in found["files"]) == found["used"] == disk.used
    assert {file["kind"] for file in found["files"]} >= {"log", "index", "epochs", "partition"}
    assert all(file["kind"] != "other" for file in found["files"])
    leads = {folder["name"] for folder in found["folders"] if folder["leader"]}
    assert leads == {f"{p.topic}-{p.partition}" for p in cluster.image.led_by(1)}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a-0/00000000000000000007.log", ("log", "")),
        ("a-0/00000000000000000007.log.deleted", ("log", "deleted")),
        ("a-0/00000000000000000007.timeindex.swap", ("timeindex", "swap")),
        ("a-0/00000000000000000007.snapshot", ("snapshot", "")),
        ("recovery-point-offset-checkpoint", ("recovery-points", "")),
        (".kafka_cleanshutdown", ("clean-shutdown", "")),
        ("a-0/whatever", ("other", "")),
    ],
)
def test_a_name_says_what_a_file_is_and_what_is_happening_to_it(path: str, kind: tuple[str, str]) -> None:
    assert files.kind_of(path) == kind


def test_a_file_or_a_broker_that_is_not_there_is_refused(cluster: Cluster) -> None:
    with pytest.raises(CommandRefused, match="no file"):
        files.page(cluster, 1, "FIAP-0/none.log")
    with pytest.raises(CommandRefused, match="no broker 9"):
        files.listing(cluster, 9)


# --- pages ------------------------------------------------------------------------------------------------


def test_all_pages_of_all_files_are_the_file(cluster: Cluster) -> None:
    disk = cluster.places[1].disk
    for path in disk.paths():
        found = b"".join(base64.b64decode(page["data"]) for page in pages(cluster, path))
        assert found == disk.read_all(path), path


def test_looking_changes_nothing(cluster: Cluster) -> None:
    before = cluster.state()
    files.listing(cluster, 1)
    pages(cluster, LOG)
    assert cluster.state() == before


@settings(max_examples=25)
@given(sizes=st.lists(st.integers(0, 3000), min_size=1, max_size=12), sealed=st.booleans())
def test_fields_of_sound_batches_cover_each_byte_once(sizes: list[int], sealed: bool) -> None:
    broker = OneBroker()
    batches = [batch(i, b"v" * size) for i, size in enumerate(sizes)]
    broker.write(LOG, *([seal(batches)] if sealed else batches))
    covered: list[tuple[int, int]] = []
    for page in pages(broker, LOG):
        end = page["from"] + len(base64.b64decode(page["data"]))
        for item in page["items"]:
            assert item["kind"] == "batch" and item["about"]["crc_fits"]
            assert item["at"] < end and item["at"] + item["size"] > page["from"], "it touches the page"
            covered += spans(item)
    position = 0
    for first, last in sorted(set(covered)):
        assert first == position
        position = last
    assert position == broker.disk.size(LOG)


def test_a_page_in_the_middle_names_what_begins_before_it_and_no_more_records_than_it_shows() -> None:
    broker = OneBroker()
    broker.write(LOG, batch(0, *[b"v" * 500] * 40))
    page = files.page(broker, 1, LOG, FILE_PAGE_BYTES)  # type: ignore[arg-type]
    [item] = page["items"]
    assert item["at"] == 0 and page["from"] == FILE_PAGE_BYTES
    records = item["items"]
    assert 7 <= len(records) <= 10
    assert records[0]["at"] <= FILE_PAGE_BYTES < records[0]["at"] + records[0]["size"]
    assert files.page(broker, 1, LOG, 10**9)["next"] == -1, "beyond the end is the last page"  # type: ignore[arg-type]


# --- what is named ----------------------------------------------------------------------------------------


def test_a_record_is_named_as_it_was_written() -> None:
    broker = OneBroker()
    broker.write(LOG, batch(41, "café".encode(), b"\xff\x00", producer_id=7, producer_epoch=1, base_sequence=12))
    [item] = pages(broker, LOG)[0]["items"]
    assert item["about"] | {"first": 41, "last": 42, "count": 2, "epoch": 3} == item["about"]
    head = named(item)
    assert (head["baseOffset"], head["producerId"], head["baseSequence"], head["magic"]) == (41, 7, 12, 2)
    one, two = item["items"]
    assert (named(one)["key"], named(one)["value"], one["about"]["offset"]) == ("k0", "café", 41)
    assert (named(two)["value"], two["about"]["timestamp"]) == (None, 1_001), "bytes that are no text"
    assert named(one)["headerKey"] == "h"


def test_of_a_compressed_batch_the_records_are_shown_beside_their_bytes() -> None:
    broker = OneBroker()
    broker.write(LOG, batch(5, b"um", b"dois", compression=ZSTD))
    [item] = pages(broker, LOG)[0]["items"]
    assert item["about"]["compression"] == "zstd"
    inside = [(r["offset"], r["key"], r["value"]) for r in item["about"]["inside"]]
    assert inside == [(5, "k0", "um"), (6, "k1", "dois")]
    assert named(item)["records"] is None and item["fields"][-1]["size"] == item["size"] - 61


def test_a_flipped_bit_shows_in_the_crc() -> None:
    broker = OneBroker()
    data = bytearray(batch(0, b"valor").to_bytes())
    data[-3] ^= 4
    broker.write(LOG, bytes(data), batch(1, b"outro"))
    first, second = pages(broker, LOG)[0]["items"]
    assert (first["about"]["crc_fits"], second["about"]["crc_fits"]) == (False, True)


@pytest.mark.parametrize(
    ("tail", "why"),
    [
        (b"\0" * 700, "zeros"),
        (batch(1, b"x" * 90).to_bytes()[:80], "cut"),
        (b"\xff" * 90, "length"),
        (b"\x7f" * 90, "magic"),
        (b"\0\0\0", "zeros"),
    ],
)
def test_what_a_power_cut_leaves_is_called_by_its_name(tail: bytes, why: str) -> None:
    broker = OneBroker()
    whole = batch(0, b"valor")
    broker.write(LOG, whole, tail)
    *sound, bad = pages(broker, LOG)[0]["items"]
    assert [item["kind"] for item in sound] == ["batch"]
    assert (bad["kind"], bad["about"]["why"], bad["at"], bad["size"]) == ("damaged", why, whole.size, len(tail))


@settings(max_examples=60)
@given(st.binary(max_size=9000))
def test_no_bytes_whatever_are_too_much(data: bytes) -> None:
    for name in ("00000000000000000000.log", "00000000000000000000.snapshot", "leader-epoch-checkpoint",
                 "meta.properties", "00000000000000000000.timeindex"):  # fmt: skip
        broker = OneBroker()
        broker.write(f"a-0/{name}", data)
        assert b"".join(base64.b64decode(page["data"]) for page in pages(broker, f"a-0/{name}")) == data


def test_indexes_are_read_entry_by_entry_across_pages() -> None:
    broker = OneBroker()
    path = "a-0/00000000000000000000.timeindex"
    entries = [(1_000 + i, i) for i in range(400)]
    broker.write(path, *[struct.pack(">qI", *entry) for entry in entries])
    seen: dict[int, tuple[Any, Any]] = {}
    for page in pages(broker, path):
        for item in page["items"]:
            assert item["kind"] == "time-entry"
            fields = named(item)
            seen[item["about"]["number"]] = (fields["timestamp"], fields["relativeOffset"])
    assert [seen[i] for i in range(400)] == entries


def test_a_producer_snapshot_and_a_txnindex_are_named() -> None:
    broker = OneBroker()
    entry = (4000, 2, 17, 90, 3, 1_700, -1, -1)
    form = ">qhiqiqiq"
    broker.write("a-0/00000000000000000091.snapshot", struct.pack(">hIi", 1, 0xABCD, 1), struct.pack(form, *entry))
    head, producer = pages(broker, "a-0/00000000000000000091.snapshot")[0]["items"]
    assert named(head) == {"version": 1, "crc": 0xABCD, "entries": 1}
    assert tuple(named(producer).values()) == entry
    broker.write("a-0/00000000000000000000.txnindex", struct.pack(">hqqqq", 0, 9, 10, 20, 15))
    [aborted] = pages(broker, "a-0/00000000000000000000.txnindex")[0]["items"]
    assert named(aborted)["lastStableOffset"] == 15


def test_lines_of_checkpoints_are_named_word_by_word() -> None:
    broker = OneBroker()
    broker.write("replication-offset-checkpoint", b"0\n2\nFIAP 0 41\nminha 2 topico 1 7\n")
    version, entries, first, second = pages(broker, "replication-offset-checkpoint")[0]["items"]
    assert (named(version), named(entries)) == ({"version": 0}, {"entries": 2})
    assert named(first) == {"topic": "FIAP", "partition": 0, "offset": 41}
    assert named(second) == {"topic": "minha 2 topico", "partition": 1, "offset": 7}
    for field in first["fields"]:
        assert str(field["value"]).encode() == broker.disk.read(
            "replication-offset-checkpoint", field["at"], field["size"]
        )
    broker.write("meta.properties", b"#\n#hoje\nversion=1\ncluster.id=abc\n")
    assert [named(item) for item in pages(broker, "meta.properties")[0]["items"]][1:] == [
        {"comment": "#hoje"}, {"property": "version", "setting": "1"}, {"property": "cluster.id", "setting": "abc"},
    ]  # fmt: skip


def test_numbers_that_a_browser_would_round_are_passed_on_as_text() -> None:
    data = struct.pack(">qI", 2**60 + 1, 1)
    assert anatomy.fields(anatomy.TIME_INDEX, data, 0)[0]["value"] == str(2**60 + 1)
