"""AlterConfigs (33) and IncrementalAlterConfigs (44)."""

from __future__ import annotations

from typing import Any

from engine.wire import messages as m
from engine.wire import versions
from engine.wire.kinds import BOOL, INT8, INT16, INT32, NULL_STRING, STRING, Array
from engine.wire.schema import Api, F, Record


def _request(kind: type[Any], *change: F) -> Record:
    resource = Record(
        m.AlteredResource,
        F("kind", INT8),
        F("name", STRING),
        F("changes", Array(Record(m.ConfigChange, *change))),
    )
    return Record(kind, F("resources", Array(resource)), F("validate_only", BOOL))


def _response(kind: type[Any]) -> Record:
    result = Record(
        m.AlteredConfigs, F("error", INT16), F("message", NULL_STRING), F("kind", INT8), F("name", STRING)
    )
    return Record(kind, F("throttle_ms", INT32), F("results", Array(result)))


ALTER_CONFIGS = Api(
    versions.ALTER_CONFIGS,
    _request(m.AlterConfigsRequest, F("name", STRING), F("value", NULL_STRING)),
    _response(m.AlterConfigsResponse),
)

INCREMENTAL_ALTER_CONFIGS = Api(
    versions.INCREMENTAL_ALTER_CONFIGS,
    _request(m.IncrementalAlterConfigsRequest, F("name", STRING), F("op", INT8), F("value", NULL_STRING)),
    _response(m.IncrementalAlterConfigsResponse),
)

APIS = (ALTER_CONFIGS, INCREMENTAL_ALTER_CONFIGS)
