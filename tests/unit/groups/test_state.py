"""The table of a group's states, and the one error for a step it does not know."""

from __future__ import annotations

import pytest

from engine.groups.group import Group
from engine.groups.state import (
    ASSIGN,
    BURY,
    COMPLETING,
    DEAD,
    EMPTY,
    FORM,
    PREPARING,
    REBALANCE,
    STABLE,
    TRANSITIONS,
    VACATE,
    IllegalTransition,
    after,
)

STEPS = (REBALANCE, FORM, VACATE, ASSIGN, BURY)


def test_a_rebalance_goes_through_both_barriers() -> None:
    state = EMPTY
    seen = []
    for step in (REBALANCE, FORM, ASSIGN, REBALANCE, VACATE):
        state = after("g", state, step)
        seen.append(state)
    assert seen == [PREPARING, COMPLETING, STABLE, PREPARING, EMPTY]


def test_nothing_leads_out_of_dead() -> None:
    for step in STEPS:
        with pytest.raises(IllegalTransition):
            after("g", DEAD, step)


def test_every_living_state_can_be_buried() -> None:
    assert {after("g", state, BURY) for state in TRANSITIONS if state != DEAD} == {DEAD}


def test_an_illegal_step_names_group_state_and_step() -> None:
    with pytest.raises(IllegalTransition, match="group 'orders' is Empty: there is no step 'assign' from there"):
        after("orders", EMPTY, ASSIGN)


def test_a_group_remembers_where_it_came_from_and_when() -> None:
    group = Group("g")
    group.move(REBALANCE, 42)
    assert (group.previous, group.state, group.changed_at_ms) == (EMPTY, PREPARING, 42)


def test_the_table_speaks_only_of_known_states_and_steps() -> None:
    for steps in TRANSITIONS.values():
        assert steps.keys() <= {*STEPS}
        assert {*steps.values()} <= TRANSITIONS.keys()
