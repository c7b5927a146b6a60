"""Calls of AWS's in a World without a host: time is the test's, and the way is the port's own but for HTTP.

aws = AwsWorld({"brokers": 3, "streams": [{"stream": "s", "shards": 2}]})
aws.call("PutRecord", StreamName="s", PartitionKey="k", Data=b"x")     # as botocore would give it back
"""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.validate import ParamValidator

from engine.cluster import Cluster
from engine.live.aws.errors import AwsError
from engine.live.aws.services import SERVICES
from engine.live.aws.validation import check
from engine.machine import MILLISECOND, SECOND
from engine.world.inputs import ACCEPT, CALENDAR, FRAME, KINESIS

WAIT_MS = 20_000
EPOCH_MS = 1_760_000_000_000


class Refused(Exception):
    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


class AwsWorld:
    """model: botocore's own. Each answer is parsed and validated by botocore's own code."""

    def __init__(self, scenario: dict[str, Any], *, throttle: bool = True) -> None:
        self.cluster = Cluster(scenario)
        self.world = self.cluster.world
        self.model = _model()
        self._parser = create_parser("json")
        self._validator = ParamValidator()
        self._take(("host", CALENDAR, EPOCH_MS * MILLISECOND - self.world.now), ("host", KINESIS, {}))
        if not throttle:
            self._take(("test", "command", {"do": "set_kinesis", "throttle": False}))
        self.number = self.connect()
        self._heard: dict[int, bytearray] = {}

    def connect(self) -> int:
        number: int = self._take(("tcp", ACCEPT, ("tcp:127.0.0.1:50000", "kinesis", "127.0.0.1:4566")))[0]
        return number

    def command(self, do: str, **fields: Any) -> Any:
        return self._take(("test", "command", {"do": do, **fields}))[0]

    def pass_time(self, ms: int) -> None:
        self.world.advance(self.world.now + ms * MILLISECOND)

    def call(self, operation: str, **given: Any) -> dict[str, Any]:
        """The answer as boto3 would give it. Raises Refused."""
        return self.ask(operation, _as_json(given))

    def ask(self, operation: str, given: Any, connection: int | None = None) -> dict[str, Any]:
        """The same, of parameters as they are in JSON, right or wrong."""
        shape = SERVICES["kinesis"].model.operations[operation].input
        try:
            clean = check(shape, given)
        except AwsError as error:
            raise Refused(error.code, error.message or "", error.status) from None
        number = self.number if connection is None else connection
        self._take(("tcp", FRAME, (number, f"{operation} test 1 test\n".encode() + orjson.dumps(clean))))
        kind, rest = self._answer(number)
        assert kind == b"A", kind
        head, _, body = rest.partition(b"\n")
        status, code = head.decode().split(" ")
        if status != "200":
            raise Refused(code, orjson.loads(body).get("message", ""), int(status))
        return self._parsed(operation, body)

    def event(self, connection: int) -> tuple[str, dict[str, Any]]:
        """The next event of a stream of them: (its type, itself); ("", {}) at the end."""
        kind, rest = self._answer(connection)
        if kind == b"Z":
            return "", {}
        head, _, body = rest.partition(b"\n")
        return head.decode(), orjson.loads(body)

    def _parsed(self, operation: str, body: bytes) -> dict[str, Any]:
        shape = self.model.operation_model(operation).output_shape
        if shape is None:
            assert body in (b"", b"{}"), f"{operation} has no output, and got {body!r}"
            return {}
        if operation == "SubscribeToShard":
            return {}
        answer = {"body": body, "headers": {"content-type": "application/x-amz-json-1.1"}, "status_code": 200}
        parsed: dict[str, Any] = self._parser.parse(answer, shape)
        del parsed["ResponseMetadata"]
        report = self._validator.validate(parsed, shape)
        assert not report.has_errors(), f"{operation}: {report.generate_report()}"
        unknown = set(orjson.loads(body)) - set(shape.members)
        assert not unknown, f"{operation} answers with {unknown}, which the model does not know"
        return parsed

    def _answer(self, connection: int) -> tuple[bytes, bytes]:
        until = self.world.now + WAIT_MS * MILLISECOND
        while True:
            self._hear()
            heard = self._heard.get(connection, bytearray())
            if len(heard) >= 4 and len(heard) >= 4 + (size := int.from_bytes(heard[:4], "big")):
                answer = bytes(heard[4 : 4 + size])
                del heard[: 4 + size]
                return answer[:1], answer[1:]
            assert self.world.now < until, "no answer came"
            self.world.advance(min(until, self.world.now + SECOND // 100))

    def _hear(self) -> None:
        for number, chunks in self.world.drain()[0]:
            self._heard.setdefault(number, bytearray()).extend(b"".join(chunks))

    def _take(self, *given: tuple[str, str, Any]) -> list[Any]:
        results = self.world.admit(self.world.now + 1, list(given))[1]
        self.world.finish_instant()
        for result in results:
            if isinstance(result, Exception):
                raise result
        return results


@cache
def _model() -> ServiceModel:
    document = Loader().load_service_model("kinesis", "service-2")
    document["shapes"]["MetricsNameList"]["min"] = 0  # AWS answers an empty list where nothing is measured
    document["shapes"]["PutRecordsOutput"]["members"]["FailedRecordCount"]["shape"] = "NaturalIntegerObject"  # 0 mostly
    return ServiceModel(document, "kinesis")


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_json(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_json(one) for one in value]
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return value.timestamp() if isinstance(value, datetime) else value
