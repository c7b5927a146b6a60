"""What a power cut and a flipped bit leave of a file."""

from __future__ import annotations

from engine.storage import damage
from engine.storage.damage import PAGE_BYTES, SECTOR_BYTES, after_power_loss
from engine.storage.disk import MemoryDisk
from engine.wire.batch import Batch
from engine.world.dice import Dice
from tests.unit.storage.making import chunks, content, filled

SYNCED = 5_000


def a_disk(size: int = 30_000, synced: int = SYNCED) -> MemoryDisk:
    disk = MemoryDisk()
    disk.append("file", b"\xaa" * synced)
    if synced:
        disk.sync("file")
    disk.append("file", b"\xaa" * (size - synced))
    return disk


def cut(seed: int, size: int = 30_000, synced: int = SYNCED) -> bytes:
    disk = a_disk(size, synced)
    disk.power_off(Dice(seed, "power"))
    assert disk.used == disk.size("file") == disk.files["file"].synced
    return disk.read_all("file")


def test_what_was_synced_is_never_lost():
    for seed in range(300):
        assert cut(seed)[:SYNCED] == b"\xaa" * SYNCED


def test_every_kind_of_loss_occurs():
    left = [cut(seed) for seed in range(300)]
    assert any(len(data) == SYNCED for data in left)
    assert any(len(data) == 30_000 and b"\0" not in data for data in left)
    assert any(SYNCED < len(data) < 30_000 and b"\0" not in data for data in left)
    holes = [data for data in left if b"\0" in data]
    assert len(holes) > 30
    assert any(b"\xaa" in data[data.index(b"\0") :] for data in holes), "a lost page with a good one after it"
    assert any(data[SYNCED] == 0 for data in holes), "the unsynced part of a page that is half synced"


def test_pages_are_lost_whole_and_the_tail_is_torn_at_a_sector():
    for seed in range(300):
        data = cut(seed)
        assert len(data) in (SYNCED, 30_000) or len(data) % SECTOR_BYTES == 0
        for begin in range(0, len(data), PAGE_BYTES):
            page = data[max(begin, SYNCED) : begin + PAGE_BYTES]
            assert len(set(page)) <= 1


def test_what_nobody_had_synced_may_be_gone_altogether():
    assert min(len(cut(seed, synced=0)) for seed in range(40)) == 0


def test_the_same_dice_cut_alike():
    assert [cut(seed) for seed in range(20)] == [cut(seed) for seed in range(20)]


def test_after_the_cut_everything_that_is_left_is_durable():
    disk = a_disk()
    disk.power_off(Dice(3, "power"))
    left = disk.read_all("file")
    disk.power_off(Dice(4, "power"))
    assert disk.read_all("file") == left


def test_what_was_not_touched_stays_the_objects_it_was():
    log = filled(3_000)
    file = log.segments[0].file
    file.synced = 150_000
    parts = file.parts
    before = parts[:]
    log.disk.power_off(Dice(1, "power"))
    left = log.disk.files[log.segments[0].path].parts
    assert len(left) != len(before)
    assert [a is b for a, b in zip(left, before, strict=False)][:2] == [True, True]
    assert file.parts is parts and parts == before  # who died with it goes on seeing what it had in memory


def test_holes_in_a_log_are_plain_bytes_from_there_on():
    seed = next(s for s in range(100) if b"\0" * SECTOR_BYTES in cut(s, synced=0))
    log = filled(300)
    parts, size = after_power_loss(log.segments[0].file.parts, log.size, 0, Dice(seed, "power"))
    assert size == sum(damage.size_of(part) for part in parts)


def test_a_flipped_bit_is_seen_only_when_the_file_is_read_again():
    log = filled(1_000)
    path, before = log.segments[0].path, content(log)
    assert chunks(log)
    position = 40_000
    log.disk.flip_bit(path, position, 3)
    log.disk.flip_bit(path, log.size - 1, 0)
    assert content(log) == before
    log.disk.reread(path)
    after = log.disk.read_all(path)
    assert [i for i in range(len(before)) if before[i] != after[i]] == [position, log.size - 1]
    assert before[position] ^ after[position] == 8
    kinds = [type(part) for part in log.segments[0].file.parts]
    assert kinds.count(bytes) == 2 and Batch in kinds
    log.disk.reread()
    assert log.disk.read_all(path) == after


def test_a_bit_flipped_twice_is_as_it_was():
    log = filled(10)
    before = content(log)
    for _ in range(2):
        log.disk.flip_bit(log.segments[0].path, 70, 5)
    log.disk.reread()
    assert content(log) == before


def test_flipped_bits_go_with_the_file():
    disk = MemoryDisk()
    for path in ("a", "b", "c", "d"):
        disk.append(path, b"xyz")
        disk.flip_bit(path, 1, 0)
    disk.rename("a", "e")
    disk.delete("b")
    disk.write_file("c", b"xyz")
    disk.truncate("d", 1)
    disk.reread()
    assert [disk.read_all(path) for path in "cde"] == [b"xyz", b"x", b"xxz"]


def test_a_power_cut_empties_memory_so_flipped_bits_come_to_light():
    disk = a_disk()
    disk.flip_bit("file", 0, 0)
    disk.power_off(Dice(1, "power"))
    assert disk.read_all("file")[0] == 0xAB
