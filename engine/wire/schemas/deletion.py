"""DeleteRecords (21)."""

from __future__ import annotations

from engine.wire import messages as m
from engine.wire import versions
from engine.wire.kinds import INT16, INT32, INT64, ByTopic
from engine.wire.schema import Api, F, Record

DELETE_RECORDS = Api(
    versions.DELETE_RECORDS,
    Record(
        m.DeleteRecordsRequest,
        F("parts", ByTopic(Record(m.DeleteRecordsPart, F("partition", INT32), F("offset", INT64)))),
        F("timeout_ms", INT32),
    ),
    Record(
        m.DeleteRecordsResponse,
        F("throttle_ms", INT32),
        F(
            "parts",
            ByTopic(
                Record(m.DeletedRecords, F("partition", INT32), F("low_watermark", INT64), F("error", INT16))
            ),
        ),
    ),
)

APIS = (DELETE_RECORDS,)
