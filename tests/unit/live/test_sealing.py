"""With an encrypted stream what is kept of a sandbox is sealed on the disk, and opens with its key only."""

from __future__ import annotations

import stat
from base64 import b64decode, b64encode

import orjson
import pytest

from engine.cluster import files as files_of
from engine.live import sealing
from engine.live.checkpoint_file import from_bytes, to_bytes
from engine.live.groups import Group, pack_group, sealed, unpack_group
from engine.live.instants import Instants
from engine.live.journal import JournalError
from engine.live.pacer import Pacer
from engine.live.sealing import FILE, OVERHEAD, Seal, Unsealable, wanted
from engine.live.slices import at_once
from engine.machine import MILLISECOND
from engine.wire.batch import split_batches
from engine.world.canonical import Damaged
from engine.world.inputs import ACCEPT, FRAME, KINESIS, Input
from engine.world.plain import copy
from tests.unit.live import test_store as kept

STREAMS = {"name": "sealed", "link_us": 500, "brokers": 3, "streams": [{"stream": "s", "shards": 1}]}
BASE = {"scenario": STREAMS, "seed": 4}
SECRET = b"o segredo do aluno"


def call(operation, **given):
    return f"{operation} Boto3 1 turma\n".encode() + orjson.dumps({"StreamName": "s", **given})


def put(data):
    return call("PutRecord", PartitionKey="k", Data=b64encode(data).decode())


ENCRYPT = call("StartStreamEncryption", EncryptionType="KMS", KeyId="alias/aws/kinesis")


class Life(kept.Life):
    """A sandbox with one caller, driven as a host drives it."""

    def __init__(self, store):
        super().__init__(store)
        self.instants = Instants(
            self.world, Pacer(self.world.now), store.journal, lambda: wanted(store.cluster)
        )  # fmt: skip
        given = [("host", KINESIS, {}), ("tcp", ACCEPT, ("tcp:10.0.0.1:5000", "kinesis", "h:4566"))]
        self.caller = self.instants.take(given)[1]

    def say(self, *frames, ms=4_000):
        self.instants.take([("tcp", FRAME, (self.caller, frame)) for frame in frames])
        self.world.advance(self.world.now + ms * MILLISECOND)
        self.instants.mark()
        self.instants.written()


def files(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def holding(folder, what):
    return [path.name for path, data in files(folder).items() if what in data]


@pytest.fixture
def life(tmp_path):
    return Life(kept.new(tmp_path / "s", BASE))


def test_from_the_moment_a_stream_is_encrypted_nothing_is_written_in_the_clear(tmp_path, life):
    folder = tmp_path / "s"
    life.say(put(b"in the clear"))
    assert not (folder / FILE).exists() and holding(folder, b64encode(b"in the clear"))
    life.say(ENCRYPT)
    life.say(put(SECRET), put(1_000 * SECRET))
    at_once(life.store.checkpoint())
    life.say(put(SECRET))
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert [p.name for p in files(folder) if p.suffix == ".pack"] and holding(folder, SECRET) == []
    assert holding(folder, b64encode(SECRET)) == []
    life.die()
    assert kept.same(life, kept.again(folder))


def test_what_was_sealed_is_replayed_from_the_first_input_too(tmp_path, life):
    life.say(ENCRYPT)
    life.say(put(SECRET))
    life.die()
    store = kept.again(tmp_path / "s")
    assert store.restarted["inputs"] == 4 and kept.same(life, store)
    assert store.journal.seal.on, "it goes on sealed"


def test_without_its_key_it_cannot_be_opened_and_says_so(tmp_path, life):
    life.say(ENCRYPT)
    life.say(put(SECRET))
    life.die()
    (tmp_path / "s" / FILE).unlink()
    with pytest.raises(JournalError) as refused:
        kept.again(tmp_path / "s")
    assert refused.value.code in ("JOURNAL_SEALED", "REPLAY_FAILED") and "sealed" in str(refused.value)


def test_a_branch_has_a_key_of_its_own_from_its_first_byte(tmp_path, life):
    life.say(ENCRYPT)
    life.say(put(SECRET))
    branch = kept.new(tmp_path / "b", {"cluster": copy(life.cluster)})
    branch.journal.close()
    assert holding(tmp_path / "b", SECRET) == []
    one, other = ((tmp_path / name / FILE).read_bytes() for name in ("s", "b"))
    assert one != other and len(one) == len(other) == 32


def test_what_a_link_or_a_file_holds_needs_no_key(life):
    life.say(ENCRYPT)
    life.say(put(SECRET))
    life.world.finish_instant()
    data = at_once(to_bytes(copy(life.cluster)))
    assert at_once(from_bytes(data)).world.digest() == life.world.digest()


def test_a_sandbox_without_an_encrypted_stream_has_no_key(tmp_path, life):
    life.say(put(b"x"))
    at_once(life.store.checkpoint())
    assert not (tmp_path / "s" / FILE).exists()


# --- the seal itself ------------------------------------------------------------------------------


def test_a_text_opens_with_its_key_and_in_its_place_only(tmp_path):
    seal = Seal(tmp_path)
    assert not seal.on
    seal.begin()
    shut = seal.shut(SECRET, b"here")
    assert SECRET not in shut and len(shut) == len(SECRET) + OVERHEAD
    assert Seal(tmp_path).opened(shut, b"here") == SECRET
    for wrong, about in ((shut, b"there"), (bytes([shut[0] ^ 1]) + shut[1:], b"here"), (b"", b"here")):
        with pytest.raises(Unsealable):
            seal.opened(wrong, about)


def test_the_same_text_is_never_sealed_the_same_way_twice(tmp_path):
    seal = Seal(tmp_path)
    seal.begin()
    assert seal.shut(SECRET, b"") != seal.shut(SECRET, b"")


def test_a_key_is_made_once(tmp_path):
    Seal(tmp_path).begin()
    key = (tmp_path / FILE).read_bytes()
    Seal(tmp_path).begin()
    assert (tmp_path / FILE).read_bytes() == key


def test_a_group_is_sealed_but_for_its_head(tmp_path):
    seal = Seal(tmp_path)
    seal.begin()
    inputs = [Input(7, 9, "", "frame", (3, SECRET), True)]
    body = sealed(pack_group(7, 9, True, inputs), seal)
    assert SECRET not in body and unpack_group(body, seal) == Group(7, 9, True, inputs)
    with pytest.raises(Unsealable):
        unpack_group(body)


def test_a_sealed_state_without_its_key_is_damaged(tmp_path, life):
    life.say(ENCRYPT)
    made = life.turns_and_checkpoint(0)
    with pytest.raises(Damaged, match="its key is elsewhere"):
        at_once(from_bytes(made.path.read_bytes()))
    assert sealing.FILE not in [path.name for path in made.path.parent.iterdir()]


# --- what is shown of brokers' files --------------------------------------------------------------


def log_of(life, partition=0):
    return next(path for path in life.cluster.places[1].disk.paths(f"__kinesis.s-{partition}") if path.endswith(".log"))


def test_a_page_of_a_segment_shows_sealed_values_and_says_so(life):
    life.say(put(b"in the clear"))
    life.say(ENCRYPT)
    life.say(put(SECRET))
    plain = life.cluster.places[1].disk.files[log_of(life)]
    assert SECRET in files_of.stretch(plain, 0, plain.size), "the World holds plaintext"
    page = files_of.page(life.cluster, 1, log_of(life), key=b"k")
    data = b64decode(page["data"])
    assert page["sealed"] is True and SECRET not in data and b"in the clear" in data and len(data) == plain.size
    batches = split_batches(data)
    assert [batch.base_offset for batch in batches] == [0, 1], "each batch is whole, and its CRC fits"
    assert [item["kind"] for item in page["items"]] == ["batch", "batch"]


def test_only_who_has_the_key_can_read_them_again(life):
    life.say(ENCRYPT)
    life.say(put(SECRET))
    one, other = (files_of.page(life.cluster, 1, log_of(life), key=key)["data"] for key in (b"one", b"other"))
    assert one != other and one == files_of.page(life.cluster, 1, log_of(life), key=b"one")["data"]


def test_a_file_of_a_stream_that_was_never_encrypted_is_shown_as_it_is(life):
    life.say(put(SECRET))
    page = files_of.page(life.cluster, 1, log_of(life))
    assert "sealed" not in page and SECRET in b64decode(page["data"])


def test_after_encryption_is_stopped_new_values_are_in_the_clear(life):
    life.say(ENCRYPT)
    life.say(put(SECRET))
    life.say(ENCRYPT.replace(b"StartStream", b"StopStream"))
    life.say(put(b"again in the clear"))
    data = b64decode(files_of.page(life.cluster, 1, log_of(life), key=b"k")["data"])
    assert SECRET not in data and b"again in the clear" in data
