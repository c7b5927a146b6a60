"""Every operation that exists here, with good and bad input. What is bad is made from AWS's own model.

Good input: botocore parses each answer and finds it valid. Bad input: each member of each input with a value of a wrong
type, left out where it is required, beyond each of its constraints. And every error that the model documents for an
operation is produced, but for those that have no cause here (``NO_CAUSE``). The last test prints how many.
"""

from __future__ import annotations

import pytest

from engine.live.aws.services import KINESIS_OPERATIONS, SERVICES
from engine.live.aws.shapes import Shape
from tests.support.aws_world import AwsWorld, Refused
from tests.unit.live.aws.situations import NO_CAUSE, SITUATIONS, good

OPERATIONS = SERVICES["kinesis"].model.operations
WRONG = {
    "string": 5, "blob": 5, "boolean": 5, "timestamp": "now", "list": {}, "map": [], "structure": [],
    **dict.fromkeys(("integer", "long", "double", "float"), "5"),
}  # fmt: skip


@pytest.fixture(scope="module")
def aws():
    return AwsWorld({"brokers": 3, "link_us": 0, "streams": [{"stream": "s", "shards": 2}]}, throttle=False)


def refusal(aws, operation, given):
    with pytest.raises(Refused) as refused:
        aws.ask(operation, given)
    return refused.value


def bad_values(shape: Shape):
    """(value, what AWS says of it) beyond each constraint of a member."""
    if shape.low is not None and shape.low > 0:
        few = {"string": "", "list": [], "map": {}, "blob": ""}.get(shape.kind, shape.low - 1)
        yield few, f"greater than or equal to {shape.low}"
    if shape.high is not None and shape.kind in ("integer", "long"):
        yield shape.high + 1, f"less than or equal to {shape.high}"
    if shape.high is not None and shape.kind == "string":
        yield "a" * (shape.high + 1), f"less than or equal to {shape.high}"
    if shape.pattern is not None:
        yield "no such thing, surely\n", "Member must satisfy regular expression pattern: "
    if shape.enum:
        yield "NOTHING", "Member must satisfy enum value set: ["


def test_the_list_is_whole():
    assert sorted(OPERATIONS) == sorted(KINESIS_OPERATIONS) and len(OPERATIONS) == 37


@pytest.mark.parametrize("operation", KINESIS_OPERATIONS)
def test_good_input_is_answered_as_the_model_says(operation):
    aws = AwsWorld({"brokers": 3, "link_us": 0, "streams": [{"stream": "s", "shards": 2}]})
    aws.ask(operation, good(aws, operation))


@pytest.mark.parametrize("operation", KINESIS_OPERATIONS)
def test_a_wrong_type_is_told_for_each_member(aws, operation):
    for name, member in OPERATIONS[operation].input.members.items():
        assert refusal(aws, operation, {name: WRONG[member.kind]}).code == "SerializationException", name


@pytest.mark.parametrize("operation", KINESIS_OPERATIONS)
def test_what_is_required_is_told_for_each_member(aws, operation):
    shape = OPERATIONS[operation].input
    for name in shape.required:
        refused = refusal(aws, operation, {})
        place = f"{name[0].lower()}{name[1:]}"
        assert refused.code == "ValidationException"
        assert f"Value null at '{place}' failed to satisfy constraint: Member must not be null" in refused.message


@pytest.mark.parametrize("operation", KINESIS_OPERATIONS)
def test_each_constraint_is_told_for_each_member(aws, operation):
    for name, member in OPERATIONS[operation].input.members.items():
        for value, text in bad_values(member):
            refused = refusal(aws, operation, {name: value})
            place = f"{name[0].lower()}{name[1:]}"
            assert refused.code == "ValidationException"
            assert f"at '{place}' failed to satisfy constraint: " in refused.message, (name, value)
            assert text in refused.message, (name, value)


def test_each_documented_error_is_produced(capsys):
    wanted = {(name, code) for name, operation in OPERATIONS.items() for code in operation.errors}
    no_cause = {(name, code) for name, code in wanted if code in NO_CAUSE or (name, code) in NO_CAUSE}
    missing = sorted(wanted - no_cause - set(SITUATIONS))
    assert not missing, f"nobody says how these come about: {missing}"
    wrong = []
    for (operation, code), situation in SITUATIONS.items():
        if (operation, code) not in wanted:
            continue
        try:
            situation()
            wrong.append((operation, code, "it was done"))
        except Refused as refused:
            if refused.code != code or not (refused.message or code == "InternalFailureException"):
                wrong.append((operation, code, f"{refused.code}: {refused.message}"))
    with capsys.disabled():
        print(
            f"\n{len(OPERATIONS)} of {len(KINESIS_OPERATIONS)} operations; {len(wanted) - len(no_cause)} documented "
            f"errors produced, {len(no_cause)} have no cause here."
        )
    assert not wrong, "\n".join(map(str, wrong))
