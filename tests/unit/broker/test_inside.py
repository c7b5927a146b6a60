"""Answers to simulated clients leave in the order of their requests, whatever became ready first."""

from engine.broker.inside import Inside
from engine.machine import Origin, Response


def line(*asked):
    inside = Inside()
    inside.accept(7)
    inside.lines[7].asked.extend(asked)
    return inside


def answer(inside, correlation, response):
    out = []
    inside.answer(Origin(7, correlation), response, out)
    return out


def test_an_answer_waits_for_those_before_it():
    inside = line(1, 2, 3)
    assert answer(inside, 2, "two") == []
    assert answer(inside, 3, "three") == []
    assert answer(inside, 1, "one") == [Response(7, 1, "one"), Response(7, 2, "two"), Response(7, 3, "three")]


def test_a_request_without_an_answer_keeps_nobody_back():
    inside = line(1, 2)
    assert answer(inside, 2, "two") == []
    assert answer(inside, 1, None) == [Response(7, 2, "two")]


def test_nothing_is_kept_once_it_was_sent():
    inside = line(1)
    answer(inside, 1, "one")
    assert not inside.lines[7].asked
    assert not inside.lines[7].kept


def test_a_closed_connection_is_forgotten():
    inside = line(1)
    inside.close(7)
    assert inside.lines == {}
