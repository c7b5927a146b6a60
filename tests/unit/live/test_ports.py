"""Ranges of ports: free ones, clear of each other, under those that the system gives away itself."""

import socket

import pytest

from engine.limits import PORTS_PER_SANDBOX
from engine.live.ports import PORT_MAX, PortTaken, free_range, is_free, next_range, resolve


@pytest.fixture
def families():
    return resolve("127.0.0.1")


def test_a_free_range_lies_under_those_of_the_system(families):
    first = free_range(families)
    assert first + PORTS_PER_SANDBOX <= PORT_MAX and is_free(families, first)


def test_one_taken_port_makes_a_range_unfree(families):
    first = free_range(families)
    with socket.create_server(("127.0.0.1", first + PORTS_PER_SANDBOX - 1)):
        assert not is_free(families, first)


def test_the_next_range_is_behind_the_first_and_clear_of_the_others(families, monkeypatch):
    monkeypatch.setattr("engine.live.ports.is_free", lambda families, first: first != 20_040)
    assert next_range(families, 20_000, []) == 20_020
    assert next_range(families, 20_000, [20_020]) == 20_060, "20040 is taken by somebody"
    assert next_range(families, 20_000, [20_021]) == 20_060, "an overlap is an overlap"


def test_no_range_left_is_said_with_the_way_out(families):
    with pytest.raises(PortTaken, match="delete one, or start Riacho with another --kafka-port"):
        next_range(families, PORT_MAX - 2 * PORTS_PER_SANDBOX, [PORT_MAX - PORTS_PER_SANDBOX])
