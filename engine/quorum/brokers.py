"""Brokers as the controller knows them: registered once a life, alive by heartbeats (KIP-631).

    registered (fenced) --has read the log up to its registration--> active
    active --silent for the session timeout, or registers anew--> fenced
    active --wants to stop--> stopping --leads nothing, image caught up--> may stop, fenced

A registration is a new broker epoch, larger than all before it: the offset of its record in the log. A
fenced broker may not lead and leaves each ISR that has somebody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import events
from engine.machine import MILLISECOND, Wake
from engine.quorum import elections
from engine.quorum.messages import HeartbeatRequest, HeartbeatResponse, RegisterRequest, RegisterResponse
from engine.quorum.records import BrokerChange, RegisterBroker, RegisterRackedBroker
from engine.wire import errors

if TYPE_CHECKING:
    from engine.quorum.controller import Controller


def register(controller: Controller, now: int, body: RegisterRequest) -> RegisterResponse:
    known = controller.image.brokers.get(body.broker)
    if known is not None and controller.lives.get(body.broker) == body.life:
        return RegisterResponse(known.epoch)
    if known is not None and not known.fenced:
        fence(controller, now, body.broker, "failover")  # its previous life ended without a word
    controller.lives[body.broker] = body.life
    epoch = controller.image.offset + 1
    record = RegisterRackedBroker(body.broker, epoch, body.rack) if body.rack else RegisterBroker(body.broker, epoch)
    controller.write([record])
    return RegisterResponse(epoch)


def heartbeat(controller: Controller, now: int, body: HeartbeatRequest) -> HeartbeatResponse:
    state = controller.image.brokers.get(body.broker)
    if state is None or state.epoch != body.epoch:
        return HeartbeatResponse(errors.STALE_BROKER_EPOCH)
    if body.wants_stop:
        return _wants_stop(controller, now, body)
    if state.fenced and body.metadata_offset >= state.epoch:
        controller.write([BrokerChange(body.broker, body.epoch, fenced=False)])
        controller.tell(events.BrokerUnfenced(body.broker))
        controller.carry_out(now, elections.come_back(controller.image, body.broker))
    if not state.fenced:
        controller.heard_at[body.broker] = now
        _watch(controller, now)
    return HeartbeatResponse(0, fenced=state.fenced)


def _wants_stop(controller: Controller, now: int, body: HeartbeatRequest) -> HeartbeatResponse:
    state = controller.image.brokers[body.broker]
    if not state.fenced and not state.stopping:
        controller.write([BrokerChange(body.broker, body.epoch, fenced=False, stopping=True)])
        controller.carry_out(now, elections.leave(controller.image, body.broker, "shutdown"))
    if not state.fenced:
        controller.heard_at[body.broker] = now
        if body.metadata_offset < controller.image.offset and _others_active(controller, body.broker):
            return HeartbeatResponse(0, fenced=False)  # it must learn first that others lead now
        controller.write([BrokerChange(body.broker, body.epoch, fenced=True, stopping=True)])
        controller.heard_at.pop(body.broker, None)
    return HeartbeatResponse(0, fenced=True, may_stop=True)


def _others_active(controller: Controller, broker: int) -> bool:
    return any(b.active for b in controller.image.brokers.values() if b.broker != broker)


def ring(controller: Controller, now: int) -> None:
    """The alarm of the session that ends first: fence who has been silent for too long."""
    controller.session_alarm = False
    silent_max = controller.config.broker_session_timeout_ms * MILLISECOND
    for broker, heard in list(controller.heard_at.items()):
        if now - heard >= silent_max:
            controller.tell(events.BrokerFenced(broker, (now - heard) // MILLISECOND))
            fence(controller, now, broker, "failover")
    _watch(controller, now)


def _watch(controller: Controller, now: int) -> None:
    """One alarm for the broker heard of least recently; it is moved only when it rings."""
    if controller.heard_at and not controller.session_alarm:
        controller.session_alarm = True
        due = min(controller.heard_at.values()) + controller.config.broker_session_timeout_ms * MILLISECOND
        controller.out.append(Wake(max(due, now), "sessions"))


def fence(controller: Controller, now: int, broker: int, why: str) -> None:
    state = controller.image.brokers[broker]
    controller.write([BrokerChange(broker, state.epoch, fenced=True, stopping=state.stopping)])
    controller.carry_out(now, elections.leave(controller.image, broker, why))
    controller.heard_at.pop(broker, None)
