"""The small text files beside the logs have Kafka's formats."""

from __future__ import annotations

import json

import pytest

from engine.storage import checkpoints
from engine.storage.checkpoints import (
    CLEAN_SHUTDOWN,
    HIGH_WATERMARKS,
    META,
    PARTITION_METADATA,
    RECOVERY_POINTS,
    meta_properties,
    parse_partition_metadata,
    parse_properties,
    partition_metadata,
    read_offsets,
    take_clean_shutdown,
    uuid_text,
    write_clean_shutdown,
    write_offsets,
)
from engine.storage.disk import MemoryDisk

TOPIC_ID = bytes(range(16))


def test_offsets_are_written_a_line_each_and_read_back():
    disk = MemoryDisk()
    offsets = {("pedidos", 0): 17, ("a.b-c", 12): 2**40}
    write_offsets(disk, RECOVERY_POINTS, offsets)
    assert disk.read_all("recovery-point-offset-checkpoint") == b"0\n2\npedidos 0 17\na.b-c 12 1099511627776\n"
    assert read_offsets(disk, RECOVERY_POINTS) == offsets
    write_offsets(disk, RECOVERY_POINTS, {})
    assert read_offsets(disk, RECOVERY_POINTS) == {}


def test_without_a_file_nothing_is_known():
    assert read_offsets(MemoryDisk(), HIGH_WATERMARKS) == {}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"0\n", b"1\n0\n", b"0\n2\na 0 1\n", b"0\n1\na 0\n", b"0\n1\na 0 x\n", b"x\n0\n", b"0\n1\na 0 1 2\n",
        b"\xff",
    ],
)
def test_a_file_nobody_can_read_counts_as_empty(data):
    disk = MemoryDisk()
    disk.write_file(RECOVERY_POINTS, data)
    assert read_offsets(disk, RECOVERY_POINTS) == {}


def test_a_flipped_bit_in_a_checkpoint_shows_when_it_is_read_from_the_platter():
    disk = MemoryDisk()
    write_offsets(disk, RECOVERY_POINTS, {("t", 0): 1})
    disk.flip_bit(RECOVERY_POINTS, 0, 7)
    assert read_offsets(disk, RECOVERY_POINTS) == {}


def test_the_marker_of_a_clean_shutdown_is_found_once():
    disk = MemoryDisk()
    assert not take_clean_shutdown(disk)
    write_clean_shutdown(disk, 12)
    assert json.loads(disk.read_all(CLEAN_SHUTDOWN)) == {"version": "0", "broker_epoch": "12"}
    assert take_clean_shutdown(disk)
    assert not take_clean_shutdown(disk)


def test_a_topic_id_is_written_as_kafka_writes_it():
    assert uuid_text(TOPIC_ID) == "AAECAwQFBgcICQoLDA0ODw"
    data = partition_metadata(TOPIC_ID)
    assert data == b"version: 0\ntopic_id: AAECAwQFBgcICQoLDA0ODw"
    assert parse_partition_metadata(data) == TOPIC_ID
    assert PARTITION_METADATA == "partition.metadata"


@pytest.mark.parametrize(
    "data", [b"", b"version: 0\n", b"version: 1\ntopic_id: AA", b"version: 0\ntopic_id: AA\nx", b"a\nb"]
)
def test_other_lines_are_no_partition_metadata(data):
    with pytest.raises(ValueError):
        parse_partition_metadata(data)


def test_meta_properties_say_whose_disk_it_is():
    data = meta_properties("cluster-1", 3, TOPIC_ID)
    assert parse_properties(data) == {
        "cluster.id": "cluster-1", "directory.id": "AAECAwQFBgcICQoLDA0ODw", "node.id": "3", "version": "1",
    }  # fmt: skip
    assert data.startswith(b"#") and META == "meta.properties"
    assert parse_properties(b"# a\n! b\nx = y=z\nnonsense\n") == {"x": "y=z"}


def test_all_are_durable_at_once():
    disk = MemoryDisk()
    write_offsets(disk, checkpoints.LOG_STARTS, {("t", 0): 1})
    write_clean_shutdown(disk, 1)
    assert all(disk.files[path].synced == disk.size(path) > 0 for path in disk.paths())
