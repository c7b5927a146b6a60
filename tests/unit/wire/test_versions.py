"""The ranges we advertise, against Kafka's own as kio has them."""

from __future__ import annotations

import pytest
from kio.index import load_request_schema

from engine.wire import versions
from engine.wire.schemas import APIS
from engine.wire.versions import FLEXIBLE, SUPPORTED, api_name


def test_there_is_a_table_for_each_api_that_is_advertised() -> None:
    assert sorted(APIS) == sorted(SUPPORTED) == sorted(FLEXIBLE)


@pytest.mark.parametrize("key", SUPPORTED)
def test_versions_are_flexible_from_where_kafkas_are(key: int) -> None:
    lowest, highest = SUPPORTED[key]
    for version in range(max(lowest, versions.PRODUCE_LOWEST_SERVED if key == versions.PRODUCE else 0), highest + 1):
        assert load_request_schema(key, version).__flexible__ == (version >= FLEXIBLE[key])


@pytest.mark.parametrize("key", SUPPORTED)
def test_an_api_has_kafkas_name(key: int) -> None:
    assert load_request_schema(key, SUPPORTED[key][1]).__name__ == f"{api_name(key)}Request"


def test_an_api_we_do_not_know_is_shown_by_its_key() -> None:
    assert api_name(999) == "API 999"


def test_produce_0_is_advertised_for_old_librdkafka() -> None:
    assert SUPPORTED[versions.PRODUCE][0] == 0


def test_fetch_ends_before_topics_are_named_by_id_only() -> None:
    assert SUPPORTED[versions.FETCH][1] == 12
