"""Error codes and their names, against kio's, which come from Kafka's ``Errors.java``."""

from __future__ import annotations

from kio.schema.errors import ErrorCode

from engine.wire import errors
from engine.wire.errors import error_name


def test_every_code_of_kafka_has_kafkas_name() -> None:
    for code in ErrorCode:
        assert error_name(int(code)) == code.name.upper()
        assert getattr(errors, code.name.upper()) == int(code)


def test_a_code_that_kafka_does_not_have_is_shown_as_a_number() -> None:
    assert error_name(9_999) == "ERROR_9999"


def test_an_unsupported_version_says_which() -> None:
    assert str(errors.UnsupportedVersion(1, 17)) == "no version 17 of API key 1"
