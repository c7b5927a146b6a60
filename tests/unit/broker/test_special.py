"""Topics that ask more of a batch: keys where compacted, the leader's time where LogAppendTime; limits of size."""

from __future__ import annotations

import pytest

from engine.broker.special import stamped
from engine.config import Config
from engine.machine import CalendarSet
from engine.quorum.records import ConfigRecord
from engine.wire import errors
from engine.wire import messages as m
from engine.wire.batch import batch_of, split_batches
from engine.wire.records import Record, decode_records, encode_batch
from tests.unit.broker.bench import MS, Bench, T


def topic(**configs):
    bench = Bench(config=configs.pop("config", Config()))
    bench.topic(replicas=(1,), **configs)
    return bench


def produce(bench, batch):
    return bench.ask(m.ProduceRequest(-1, 1000, [m.ProducePart(T, 0, [batch])])).part


def with_keys(*keys, stamp=5, **more):
    return encode_batch([Record(i, stamp, key, b"v") for i, key in enumerate(keys)], **more)


@pytest.mark.parametrize("policy", ["compact", "compact,delete"])
@pytest.mark.parametrize("codec", [0, 3])
def test_a_compacted_topic_refuses_a_record_without_a_key(policy, codec):
    bench = topic(cleanup_policy=policy)
    part = produce(bench, with_keys(b"a", None, compression=codec))
    assert part.error == errors.INVALID_RECORD and "record 1 has no key" in part.message
    assert produce(bench, with_keys(b"a", b"", compression=codec)).base_offset == 0


def test_other_topics_do_not_mind():
    assert produce(topic(), with_keys(None)).error == 0


def test_a_compacted_topic_refuses_what_cannot_be_read():
    sane = with_keys(b"a")
    broken = batch_of(sane.header, b"\x7f" * len(sane.records))
    assert produce(topic(cleanup_policy="compact"), broken).error == errors.CORRUPT_MESSAGE
    assert produce(topic(), broken).error == 0


def test_with_log_append_time_all_records_bear_the_leaders_time():
    bench = topic(message_timestamp_type="LogAppendTime")
    bench.handle(CalendarSet(1_000_000 * MS))
    part = produce(bench, with_keys(b"a", b"b", stamp=5))
    assert part.append_time_ms == 1_000_001
    (batch,) = bench.partition().log.batches(0, 2)
    assert batch.log_append_time
    assert [r.timestamp for r in decode_records(batch)] == [1_000_001, 1_000_001]
    split_batches(batch.to_bytes())  # its CRC is right


def test_then_the_producers_own_time_is_nobodys_concern():
    far = 10**15
    assert produce(topic(), with_keys(b"a", stamp=far)).error == errors.INVALID_TIMESTAMP
    assert produce(topic(message_timestamp_type="LogAppendTime"), with_keys(b"a", stamp=far)).error == 0


def test_with_create_time_the_answer_names_no_time():
    assert produce(topic(), with_keys(b"a")).append_time_ms == -1


def test_a_stamped_batch_has_the_same_records():
    before = with_keys(b"a", b"b", compression=4)
    after = stamped(before, 77)
    assert after.records is before.records
    assert (after.max_timestamp, after.base_timestamp, after.compression) == (77, before.base_timestamp, 4)


def test_the_topics_limit_of_size_counts_and_else_the_brokers():
    small = topic(max_message_bytes="100")
    assert produce(small, with_keys(b"a" * 100)).error == errors.MESSAGE_TOO_LARGE
    assert produce(small, with_keys(b"a")).error == 0
    small.records(ConfigRecord(T, "max.message.bytes", "1000"))
    assert produce(small, with_keys(b"a" * 100)).error == 0
    broker = topic(config=Config(message_max_bytes=100))
    assert produce(broker, with_keys(b"a" * 100)).error == errors.MESSAGE_TOO_LARGE
