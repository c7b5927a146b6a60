"""How parameters and answers are written: JSON 1.1 as the CLI and most SDKs speak, CBOR 1.1 as AWS's Java SDK does.

Inside (to and from the World) all is JSON as AWS writes it: blobs in base64, times in seconds since 1970. So
JSON passes through as it is, and CBOR is translated along the model: byte strings, and times as tag 1 with
*milliseconds*, which is AWS's own reading of that tag (RFC 8949 has seconds there).
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any, Protocol

import orjson

from engine.live.aws.errors import AwsError, unreadable
from engine.live.aws.shapes import Shape

DEPTH_MAX = 100  # of CBOR; deeper is refused as unreadable


class Encoding(Protocol):
    """content_type: of requests and answers. raw: bodies are the World's JSON already."""

    content_type: str
    raw: bool

    def read(self, shape: Shape, body: bytes) -> Any:
        """A request's parameters as JSON values; of what types they are is not looked at. Raises AwsError."""

    def write(self, shape: Shape, body: bytes) -> bytes:
        """An answer that the World gave."""

    def error(self, error: AwsError) -> bytes: ...


class Json:
    raw = True

    def __init__(self, content_type: str) -> None:
        self.content_type = content_type

    def read(self, shape: Shape, body: bytes) -> Any:
        try:
            given = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise unreadable() from None
        if not isinstance(given, dict):
            raise unreadable()
        return given

    def write(self, shape: Shape, body: bytes) -> bytes:
        return body

    def error(self, error: AwsError) -> bytes:
        return orjson.dumps(_told(error))


class Cbor:
    content_type = "application/x-amz-cbor-1.1"
    raw = False

    def read(self, shape: Shape, body: bytes) -> Any:
        import cbor2  # 30 ms; most clients never need it

        try:
            given = cbor2.loads(body, semantic_decoders={1: _Moment.read}, max_depth=DEPTH_MAX)
        except (cbor2.CBORError, ValueError, EOFError, OverflowError, RecursionError):
            raise unreadable() from None
        if not isinstance(given, dict):
            raise unreadable()
        return _from_cbor(shape, given)

    def write(self, shape: Shape, body: bytes) -> bytes:
        import cbor2

        return cbor2.dumps(_to_cbor(shape, orjson.loads(body)) if body else {})

    def error(self, error: AwsError) -> bytes:
        import cbor2

        return cbor2.dumps(_told(error))


JSON = Json("application/x-amz-json-1.1")
ENCODINGS: dict[str, Encoding] = {
    JSON.content_type: JSON,
    "application/x-amz-json-1.0": Json("application/x-amz-json-1.0"),
    "application/json": Json("application/json"),  # rest-json
    Cbor.content_type: Cbor(),
}


def _told(error: AwsError) -> dict[str, str]:
    return {"__type": error.code} if error.message is None else {"__type": error.code, "message": error.message}


# --- CBOR --------------------------------------------------------------------------------------------


class _Moment:
    """Tag 1 of a request, before anybody takes it for seconds."""

    __slots__ = ("ms",)

    def __init__(self, ms: Any) -> None:
        self.ms = ms

    @staticmethod
    def read(value: Any, immutable: bool) -> _Moment:
        return _Moment(value)


def _from_cbor(shape: Shape, given: Any) -> Any:
    """As JSON would have it. What does not fit the model is left to the validation, as far as JSON can say it."""
    kind = shape.kind
    if isinstance(given, dict):
        if kind == "structure":
            members = shape.members
            return {name: _from_cbor(members[name], one) for name, one in given.items() if name in members}
        value = shape.value if kind == "map" and shape.value is not None else shape
        return {str(key): _from_cbor(value, one) for key, one in given.items()}
    if isinstance(given, list):
        member = shape.member if kind == "list" and shape.member is not None else shape
        return [_from_cbor(member, one) for one in given]
    if isinstance(given, (bytes, bytearray)):
        if kind != "blob":
            raise unreadable("class [B can not be converted to an String")
        return b64encode(given).decode()
    if isinstance(given, _Moment):
        if not isinstance(given.ms, (int, float)):
            raise unreadable()
        return given.ms / 1000 if kind == "timestamp" else given.ms
    if kind == "timestamp" and type(given) in (int, float):
        return given / 1000
    if kind == "blob" and isinstance(given, str):
        raise unreadable("class java.lang.String can not be converted to a Blob")
    if given is None or isinstance(given, (str, int, float, bool)):
        return given
    raise unreadable()


def _to_cbor(shape: Shape, given: Any) -> Any:
    from cbor2 import CBORTag

    kind = shape.kind
    if given is None:
        return None
    if kind == "structure":
        members = shape.members
        return {name: _to_cbor(members[name], one) if name in members else one for name, one in given.items()}
    if kind == "list" and shape.member is not None:
        return [_to_cbor(shape.member, one) for one in given]
    if kind == "map" and shape.value is not None:
        return {name: _to_cbor(shape.value, one) for name, one in given.items()}
    if kind == "blob":
        return b64decode(given)
    if kind == "timestamp":
        return CBORTag(1, round(given * 1000))
    return given
