"""Whatever a real client asks for, in whatever numbers, the broker answers or hangs up: it never fails."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.quorum.topics import OFFSETS_TOPIC
from engine.wire.codec import SUPPORTED, encode_request
from tests.unit.broker.bench import Bench, T
from tests.unit.wire.strategies import requests

NAMED = {"topic": st.sampled_from([T, OFFSETS_TOPIC, "nada", ""]), "partition": st.sampled_from([0, 1, -1, 2**31 - 1])}


def aimed(draw: st.DrawFn, thing: Any) -> Any:
    """Let it name topics and partitions that exist, here and there: otherwise nothing would be reached."""
    if isinstance(thing, list):
        return [aimed(draw, one) for one in thing]
    if not dataclasses.is_dataclass(thing) or isinstance(thing, type):
        return thing
    changes: dict[str, Any] = {}
    for field in dataclasses.fields(thing):
        value = getattr(thing, field.name)
        changes[field.name] = draw(NAMED[field.name]) if field.name in NAMED else aimed(draw, value)
    return dataclasses.replace(thing, **changes)


@pytest.mark.parametrize("key", SUPPORTED)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_no_request_makes_it_fail(key: int, data: st.DataObject) -> None:
    bench = Bench()
    bench.topic(replicas=(1,), partitions=2)
    bench.topic(OFFSETS_TOPIC, replicas=(1,), partitions=2)
    bench.produce("a", acks=1)
    client = bench.outsider()
    for number in range(data.draw(st.integers(1, 3))):
        version = data.draw(st.integers(*SUPPORTED[key]))
        body = aimed(data.draw, data.draw(requests(key, version)))
        client.raw(encode_request(key, version, number, "hostile", body))
        bench.pass_ms(data.draw(st.sampled_from([0, 1, 10_000])))
    bench.pass_ms(100_000)
    assert bench.produce("b", acks=1).part.base_offset >= 1
