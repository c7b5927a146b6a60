"""A producer with a feed: timestamps of the events themselves, own data to the end, orders on the way."""

from __future__ import annotations

import copy
import json

from engine.clients.feeding import FeedProducer
from engine.clients.sources import SOURCES, Feed, Rows, read_table
from engine.commands import SetProducer, StartProducer
from engine.events import ProducerChanged
from engine.wire.records import Record, decode_records
from engine.world.dice import Dice
from engine.world.plain import state_digest
from tests.unit.clients.bench import MS, SECOND, TOPIC, Bench


def feeding(feed: Feed, **settings) -> Bench:
    return Bench(FeedProducer("sensores", TOPIC, ["B1", "B2", "B3"], Dice(1, "sensores"), feed, **settings))


def written(bench: Bench) -> list[Record]:
    return [r for log in bench.book.logs.values() for batch in log for r in decode_records(batch)]


def changes(bench: Bench) -> list[tuple[str, str]]:
    return [(e.what, e.value) for e in bench.events(ProducerChanged)]


def own(text: str, loop: bool, **settings) -> Bench:
    return feeding(Feed(Rows(read_table(text, "id"), loop)), **settings)


def test_its_records_are_stamped_with_the_moment_of_their_events() -> None:
    bench = feeding(Feed(SOURCES["temperatures"](), 40, 0), rate=20.0, keep_record=True)
    bench.run(60 * SECOND + 10 * MS)
    records = written(bench)
    assert len(records) == 1201
    on_time = [r for r in records if r.timestamp % 50 == 0]
    assert len(on_time) == len(records), "each happened when one was due"
    late = sum(a.timestamp > b.timestamp for a, b in zip(records, records[1:], strict=False))
    assert late > 100
    assert len({(json.loads(r.value)["sensor"], json.loads(r.value)["leitura"]) for r in records}) == len(records)


def test_own_data_ends_with_its_last_row_and_begins_anew_when_told() -> None:
    bench = own("id,n\na,1\nb,2\nc,3", loop=False, rate=10.0)
    bench.run(SECOND)
    assert sorted((r.key, json.loads(r.value)["n"]) for r in written(bench)) == [(b"a", 1), (b"b", 2), (b"c", 3)]
    assert changes(bench) == [("finished", "")] and not bench.machine.running and bench.machine.idle
    assert bench.machine.rows == (3, 3)
    bench.order(StartProducer("sensores"))
    bench.run(SECOND)
    assert len(written(bench)) == 6
    assert [what for what, _ in changes(bench)] == ["finished", "started", "finished"]


def test_own_data_goes_round_until_it_is_stopped() -> None:
    bench = own("id,n\na,1\nb,2", loop=True, rate=10.0)
    bench.run(2 * SECOND + 10 * MS)
    assert len(written(bench)) == 21 and bench.machine.running


def test_how_much_is_late_and_repeated_changes_at_once() -> None:
    bench = feeding(Feed(SOURCES["clicks"](), 0, 0), rate=50.0)
    bench.run(SECOND)
    bench.order(SetProducer("sensores", late=0, repeated=50))
    bench.run(4 * SECOND)
    assert changes(bench) == [("repeated", "50")]
    values = [r.value for r in written(bench)]
    assert len(values) - len(set(values)) > 60
    assert (bench.machine.source, bench.machine.late, bench.machine.repeated) == ("clicks", 0, 50)


def test_a_copy_in_mid_run_goes_on_the_same() -> None:
    bench = feeding(Feed(SOURCES["monitors"](), 20, 20), rate=30.0)
    bench.run(5 * SECOND)
    twin = copy.deepcopy(bench)
    bench.run(5 * SECOND)
    twin.run(5 * SECOND)
    assert state_digest(bench.machine) == state_digest(twin.machine)
