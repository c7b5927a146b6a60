"""InitProducerId (22): what idempotence and transactions begin with."""

from __future__ import annotations

from engine.wire import messages as m
from engine.wire import versions
from engine.wire.kinds import INT16, INT32, INT64, NULL_STRING
from engine.wire.schema import Api, F, Record

INIT_PRODUCER_ID = Api(
    versions.INIT_PRODUCER_ID,
    Record(
        m.InitProducerIdRequest,
        F("transactional_id", NULL_STRING),
        F("transaction_timeout_ms", INT32),
        F("producer_id", INT64, since=3),
        F("producer_epoch", INT16, since=3),
    ),
    Record(
        m.InitProducerIdResponse,
        F("throttle_ms", INT32),
        F("error", INT16),
        F("producer_id", INT64),
        F("producer_epoch", INT16),
    ),
)

APIS = (INIT_PRODUCER_ID,)
