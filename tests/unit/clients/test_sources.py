"""What the sources tell of: fields as in real life, walks instead of jumps, late and repeated events."""

from __future__ import annotations

import copy
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from engine.clients.sources import SOURCES, Feed
from engine.clients.sources.base import moment
from engine.wire.partitioners import murmur2, murmur2_partition
from engine.world.dice import Dice

AT = 1_790_000_000_000
FIELDS = {
    "purchases": ["cliente", "produto", "valor"],
    "temperatures": ["sensor", "local", "leitura", "celsius", "umidade", "bateria", "medido_em"],
    "monitors": ["leito", "bpm", "spo2", "pressao", "temperatura", "alarme", "medido_em"],
    "ticks": ["ativo", "negocio", "preco", "quantidade", "lado", "hora"],
    "clicks": ["visitante", "visita", "acao", "pagina", "veio_de", "aparelho", "hora"],
}
MADE = list(FIELDS)


def events(name: str, count: int, keys: str = "few", late: int = 0, repeated: int = 0) -> list[tuple]:
    """(key, value decoded, when it happened), one each 100 ms."""
    feed, dice = Feed(SOURCES[name](), late, repeated), Dice(1, name)
    sent = [feed.next(dice, keys, AT + 100 * n) for n in range(count)]
    return [(key, json.loads(value), at) for key, value, at in sent]


@pytest.mark.parametrize("name", MADE)
def test_an_event_has_the_fields_of_its_kind_and_names_its_key(name: str) -> None:
    for key, value, _ in events(name, 300):
        assert list(value) == FIELDS[name]
        assert value[FIELDS[name][0]].encode() == key


@pytest.mark.parametrize("name", MADE)
def test_the_few_are_eight_with_a_hue_each_spread_over_three_partitions(name: str) -> None:
    keys = {key for key, _, _ in events(name, 2_000)}
    assert len(keys) == 8
    assert len({(murmur2(key) & 0x7FFFFFFF) % 8 for key in keys}) == 8
    assert sorted(Counter(murmur2_partition(key, 3) for key in keys).values()) == [2, 3, 3]


@pytest.mark.parametrize("name", MADE)
def test_many_are_a_thousand_hot_is_one_and_none_has_no_key(name: str) -> None:
    assert 800 < len({key for key, _, _ in events(name, 4_000, "many")}) <= 1_000
    [(_, most)] = Counter(key for key, _, _ in events(name, 2_000, "hot")).most_common(1)
    assert 1_750 < most < 1_850
    assert {key for key, _, _ in events(name, 50, "none")} == {None}


@pytest.mark.parametrize("name", [name for name in MADE if name != "purchases"])
def test_an_event_says_when_it_happened_as_its_record_does(name: str) -> None:
    for _, value, at in events(name, 50, late=30):
        when = datetime.fromisoformat(value[FIELDS[name][-1]])
        assert when == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)


def test_moments_are_those_of_the_calendar() -> None:
    for days in range(0, 60_000, 17):
        at = days * 86_400_000 + 12_345_678
        want = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)
        assert moment(at) == want.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.parametrize("name", MADE)
def test_the_same_dice_tell_the_same_story_and_a_copy_goes_on_with_it(name: str) -> None:
    assert events(name, 200, late=10, repeated=10) == events(name, 200, late=10, repeated=10)
    feed, dice = Feed(SOURCES[name]()), Dice(1, "x")
    for n in range(100):
        feed.next(dice, "few", AT + n)
    twin, twin_dice = copy.deepcopy((feed, dice))
    assert [feed.next(dice, "few", AT + n) for n in range(100, 200)] == [
        twin.next(twin_dice, "few", AT + n) for n in range(100, 200)
    ]


def test_a_temperature_walks_and_stays_near_its_room() -> None:
    last: dict[str, float] = {}
    for _, value, _ in events("temperatures", 4_000):
        before = last.get(value["sensor"], value["celsius"])
        assert abs(value["celsius"] - before) < 3
        last[value["sensor"]] = value["celsius"]
        assert -5 < value["celsius"] < 45 and 5 <= value["umidade"] < 100
    by_room = {value["local"]: value["celsius"] for _, value, _ in events("temperatures", 4_000)}
    assert by_room["câmara fria"] < 8 < by_room["escritório"] < by_room["sala de máquinas"]


def test_a_patient_is_calm_most_of_the_time_and_rings_now_and_then() -> None:
    values = [value for _, value, _ in events("monitors", 20_000)]
    assert all(30 < v["bpm"] < 180 and 70 < v["spo2"] <= 100 for v in values)
    alarms = Counter(v["alarme"] for v in values)
    assert alarms[None] > 15_000
    assert set(alarms) == {None, "taquicardia", "saturação baixa", "pressão alta", "febre"}


def test_a_price_moves_by_cents_and_trades_are_numbered() -> None:
    last: dict[str, float] = {}
    for number, (_, value, _) in enumerate(events("ticks", 5_000), 1):
        assert value["negocio"] == number and value["quantidade"] % 100 == 0
        assert abs(value["preco"] / last.get(value["ativo"], value["preco"]) - 1) < 0.02
        last[value["ativo"]] = value["preco"]


def test_a_visitor_comes_from_the_page_where_he_was() -> None:
    last: dict[tuple[str, int], str] = {}
    bought = 0
    for _, value, _ in events("clicks", 5_000):
        visit = value["visitante"], value["visita"]
        assert value["veio_de"] == last.get(visit)
        last[visit] = value["pagina"]
        bought += value["acao"] == "comprar"
    assert 50 < bought < 1_000


@pytest.mark.parametrize("name", MADE)
def test_late_events_come_after_later_ones_by_as_much_as_is_usual_there(name: str) -> None:
    feed, dice = Feed(SOURCES[name](), 10, 0), Dice(1, name)
    least, most = SOURCES[name].late_ms
    behind = []
    for n in range(6_000):
        now = AT + 100 * n
        _, _, at = feed.next(dice, "few", now)
        behind.append(now - at)
    late = [ms for ms in behind if ms]
    assert 300 < len(late) < 1_000
    assert least <= min(late) and max(late) <= most + 2_000  # a few that are due at once wait for each other


@pytest.mark.parametrize("name", MADE)
def test_repeated_events_are_the_same_bytes_a_little_later(name: str) -> None:
    feed, dice = Feed(SOURCES[name](), 0, 10), Dice(1, name)
    sent = [feed.next(dice, "few", AT + 100 * n) for n in range(3_000)]
    again = [n for n in range(3_000) if sent[n][2] < AT + 100 * n]
    assert 200 < len(again) < 400
    assert all(sent[n] in sent[max(0, n - 30) : n] for n in again)


def test_all_is_on_time_and_once_if_that_is_asked_for() -> None:
    times = [at for _, _, at in events("temperatures", 500)]
    assert times == [AT + 100 * n for n in range(500)]
