"""InitProducerId (key 22): a producer id for idempotence, out of blocks of 1,000 from the controller (KIP-730)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.machine import Origin
from engine.quorum.controller import CONTROLLER
from engine.quorum.messages import ProducerIdsRequest, ProducerIdsResponse
from engine.wire import errors
from engine.wire.messages import InitProducerIdRequest, InitProducerIdResponse

if TYPE_CHECKING:
    from engine.broker.broker import Broker

WAITING_MAX = 1_000


def init_producer_id(broker: Broker, now: int, origin: Origin, request: InitProducerIdRequest) -> None:
    if request.transactional_id is not None:
        broker.answer(origin, InitProducerIdResponse(errors.UNSUPPORTED_VERSION))  # no transactions here yet
        return
    if len(broker.waiting_for_ids) >= WAITING_MAX:
        broker.answer(origin, InitProducerIdResponse(errors.COORDINATOR_LOAD_IN_PROGRESS))
        return
    broker.waiting_for_ids.append(origin)
    _hand_out(broker, now)


def block(broker: Broker, now: int, body: ProducerIdsResponse | None) -> None:
    """The controller's answer: a block, or nothing."""
    broker.ids_asked = False
    if body is not None and not body.error:
        broker.ids = (body.first, body.first + body.count)
        _hand_out(broker, now)
        return
    while broker.waiting_for_ids:  # retriable: the client asks again
        broker.answer(broker.waiting_for_ids.popleft(), InitProducerIdResponse(errors.COORDINATOR_LOAD_IN_PROGRESS))


def _hand_out(broker: Broker, now: int) -> None:
    following, end = broker.ids
    while broker.waiting_for_ids and following < end:
        broker.answer(broker.waiting_for_ids.popleft(), InitProducerIdResponse(0, following, 0))
        following += 1
    broker.ids = (following, end)
    if broker.waiting_for_ids and not broker.ids_asked:
        broker.ids_asked = True
        request = ProducerIdsRequest(broker.broker, broker.epoch)
        broker.out += broker.control.ask(now, CONTROLLER, request, ("ids",))
