"""One sandbox, live: real clients, people's commands and the clock meet its World here.

Theory of operation
-------------------
Everything happens in one event loop. ``take`` is the only way into the World, ``_deliver`` the only
way out: the journal first, then replies, then sockets the World has closed, then the news. What
pace the World keeps is its director's to say (``cluster.pace``); we follow.

States: *running*; *paused*: time stands still, clients are parked, and whoever's patience ends is let
go (patience.py); *stopped*: ``problem`` says why, nothing is taken in, looking still works. It is
stopped when the journal cannot be written any more, and by the host when something broke: then the
World is in doubt, and only what is written counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container, Sequence
from functools import partial
from time import monotonic_ns
from typing import TYPE_CHECKING, Any

from engine.cluster import Cluster
from engine.cluster.pace import limits
from engine.cluster.patience import Patience, sessions_until
from engine.commands import CommandRefused, Step
from engine.live import calendar, sealing
from engine.live.guest import Guest
from engine.live.instants import Given, Instants
from engine.live.journal import Journal, JournalFull
from engine.live.listeners import Listeners, PortTaken
from engine.live.log import log
from engine.live.pacer import Pacer
from engine.live.patience import PatienceClock
from engine.live.reception import Reception
from engine.live.stepping import Stepper
from engine.live.tracing import Tracing
from engine.live.waking import Waking
from engine.machine import MILLISECOND
from engine.world.inputs import COMMAND, GAVE_UP

if TYPE_CHECKING:
    from engine.live.history import History

TRAFFIC_A_FRAME = 200  # events of traffic told for one frame; the rest of its time goes untold
LOOK_NS = 2_000_000  # others wait meanwhile; who wants to be sure catches up first (attendance.py)
ATTENTIVE_NS = 60_000_000_000  # for so long a client may wait for an answer to the microsecond


class Sandbox:
    """name: as in URLs. cluster: the World's director, brought to where the journal ends.

    host, first_port: where its brokers listen. advertise: the host that clients are told; "": the one
    they came in by. changed: called when there may be something new to look at.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        name: str,
        cluster: Cluster,
        journal: Journal | None,
        *,
        host: str,
        first_port: int,
        advertise: str = "",
    ) -> None:
        self._loop, self.name, self.cluster, self.journal = loop, name, cluster, journal
        self._advertise = advertise
        self.world = cluster.world
        self.pacer = Pacer(self.world.now)
        self.instants = Instants(self.world, self.pacer, journal, partial(sealing.wanted, cluster))
        self.reception = Reception(loop, self.take, self._heard, advertise)
        self.listeners = Listeners(loop, host, first_port, self.reception.connection)
        self.stepper = Stepper(self.world, self.reception, lambda: sessions_until(cluster))
        self.patience = PatienceClock(loop, cluster, self.reception, self._gave_up, lambda: self.changed())
        self.tracing = Tracing(loop, self)  # who asks whom what, while somebody asks for that
        self.problem: dict[str, str] | None = None
        self.changed: Callable[[], None] = lambda: None
        self.history: History | None = None  # remembers, if there is one
        self.attended: Callable[[], bool] = lambda: True  # somebody is there to see time pass (attendance.py)
        self._waking = Waking(loop, self.world, self.pacer, self._go_on, lambda: self.attended())
        self._event_seen = -1

    # --- life ---------------------------------------------------------------------------------------

    def open(self, given: Sequence[Given] = ()) -> None:
        """Begin to run and to listen. given: inputs that tell how it came about (``restart``, ``branch``).

        Raises PortTaken.
        """
        self.listeners.follow(self.cluster.open_brokers())
        if self.cluster.pace.still:
            self._pause()
        else:
            self.world.finish_instant()
            self.pacer.anchor(self.world.now)
        self.take([*given, calendar.right(self.world)])
        self._turned()
        self._follow_pace()

    def close(self) -> None:
        """Leave everything written and every socket closed."""
        if self.problem is None:
            self.instants.mark(moment=True)  # a checkpoint may follow, and its World is as late as ours
        self.stop({"code": "CLOSED", "reason": "This sandbox is closed."})
        self._waking.close()
        if self.journal is not None:
            try:
                self.journal.close()
            except JournalFull as full:
                log(full.reason)

    def stop(self, problem: dict[str, str]) -> None:
        """Take nothing in any more; whoever tries is told ``problem``."""
        self.problem = self.problem or problem
        self.listeners.close()
        self.patience.end()
        self.reception.close()
        self.tracing.forget()
        self._waking.silence()

    # --- in and out ---------------------------------------------------------------------------------

    def take(self, given: list[Given]) -> list[Any]:
        """Hand inputs to the World, in the middle of an instant if time stands still. Returns their results."""
        if self.problem:
            raise CommandRefused(self.problem["code"], self.problem["reason"])
        return self.instants.hold(given) if self.pacer.paused else self.instants.take(given)

    def command(self, actor: str, data: dict[str, Any]) -> Any:
        """Carry out a command that has been parsed. Returns its result; raises CommandRefused."""
        self.reception.turn()  # what came before is taken before
        self.look()
        result = self.take([(actor, COMMAND, data)])[0]
        if isinstance(result, dict) and data["do"] == Step.do and not result.get("again"):
            result["nothing"] = not self.stepper.step()
            result["waits_for"] = self.stepper.waits_for if result["nothing"] else ""
            result["step"], result["at_ms"] = self.world.steps, self.world.now / MILLISECOND
        self.settle()
        if isinstance(result, CommandRefused):
            raise result
        return result

    def settle(self) -> None:
        """Let out what was done, and keep the pace that was set."""
        self._waking.disarm()
        self._turned()
        self._follow_pace()
        self.changed()

    def look(self) -> None:
        """Let the World catch up, because somebody looks: for ``LOOK_NS`` at most."""
        until = monotonic_ns() + LOOK_NS
        while not self._go_on() and monotonic_ns() < until:
            pass

    def _turned(self) -> None:
        self._deliver()
        if self.history is not None:
            self.history.after_instant()
        if not self.pacer.paused:
            self._waking.arm()

    def _heard(self) -> None:
        """Clients have sent requests, and may be waiting for the answers from here on."""
        if not self._waking.exact:
            self._waking.exact = True
            self._waking.disarm()
        self._turned()

    def _deliver(self) -> None:
        """Let out what the World has to say."""
        world, instants = self.world, self.instants
        if self.problem:
            return
        news = world.event_number != self._event_seen
        if world.outbox or news:
            instants.mark()
        try:
            instants.written()
        except JournalFull as full:
            log(f"{full.reason} Sandbox {self.name} has stopped: {self._way_out()}")
            self.stop({"code": full.code, "reason": f"{full.reason} {self._way_out()}"})
            self.changed()
            return
        self.reception.send(*world.drain())
        if len(world.traffic) >= TRAFFIC_A_FRAME and world.traced:
            world.traced = False  # until the next frame
        if news:
            self._event_seen = world.event_number
            self._follow_brokers()
            self._follow_pace()  # a real client that comes or goes changes what speeds there may be
            self.changed()

    def touch(self, source: str, payload: dict[str, Any]) -> None:
        """Hand in an input of the host's own."""
        self.look()
        self.take([("host", source, payload)])
        self.settle()

    def catch_up(self) -> bool:
        """Let the World follow the clock for one slice, wherever it is. False: that was not enough."""
        return self._go_on()

    def trace(self, on: bool) -> None:
        """Somebody looks, or nobody does: traffic is told or not, from nothing on."""
        self.world.traffic.clear()
        if self.world.traced != on:
            self.world.traced = on

    def state(
        self, tails: Container[tuple[str, int]] | None = None, told: list[dict[str, Any]] | None = None
    ) -> dict[str, Any]:
        """The state as it stands, with what only we know of it. tails, told: as in snapshot.py."""
        state = self.cluster.state(tails, told)
        pace = state["pace"]
        pace["speed"] = self.pacer.speed
        if self.pacer.paused:
            pace["patience"] = rows = self.patience.rows()
            pace["first_to_give_up"] = rows[0] if rows else None
        state["problem"] = self.problem
        if self.history is not None:
            state["history"] = self.history.shown()
        return self.addressed(state)

    def addressed(self, state: dict[str, Any]) -> dict[str, Any]:
        """A state of this cluster, now or then, with the sandbox's name and its brokers' addresses in it."""
        state["sandbox"] = self.name
        for broker in state["brokers"]:
            broker["host"], broker["port"] = self._advertise or self.listeners.shown, self.listeners.port(broker["id"])
        return state

    def _way_out(self) -> str:
        return "Stop Riacho, make room or move that file away (the sandbox then begins anew), and start it again."

    def _follow_brokers(self) -> None:
        try:
            shut = self.listeners.follow(self.cluster.open_brokers())
        except PortTaken as taken:
            log(str(taken))
            return
        if shut:
            self.reception.drop_parked(shut)

    # --- the clock ----------------------------------------------------------------------------------

    def _follow_pace(self) -> None:
        """Do what the director's pace says."""
        pace, pacer = self.cluster.pace, self.pacer
        least, most, _ = limits(self.cluster)
        speed = min(max(pace.asked, least), most)
        if pacer.speed != speed:
            pacer.set_speed(speed)
            self._waking.disarm()
        if pace.still and not pacer.paused:
            self._pause()
        elif pacer.paused and not pace.still:
            self.patience.end()
            pacer.resume(self.world.now)
            self.take([calendar.right(self.world)])
            self.reception.resume()
            self._turned()

    def _pause(self) -> None:
        self.pacer.pause(self.world.now)
        self.reception.pause()
        self._waking.silence()
        self.patience.begin(self.pacer.speed)

    def _gave_up(self, its: Patience, connection: Guest) -> None:
        """A real client has waited as long as it can: its connection is closed, and only that.

        One that came during the pause the World has never heard of: nothing is to be told.
        """
        if connection.number >= 0 and not self.problem:
            told = {"client": its.client, "patience_ms": its.patience_ms, "why": its.why}
            self.take([("host", GAVE_UP, {"connection": connection.number, **told})])
            self._turned()
        if not self.problem:
            self.reception.give_up(connection)

    def keep_calendar(self) -> None:
        """Called now and then."""
        if calendar.behind(self.world) > calendar.LAG_NS and not self.pacer.paused and not self.problem:
            self.take([calendar.right(self.world)])
            self._turned()

    def _go_on(self) -> bool:
        """Let the World follow the clock for one slice. False: that was not enough."""
        if self.pacer.paused or self.problem:
            return True
        self._waking.disarm()
        self._waking.exact = monotonic_ns() - self.reception.last_turn < ATTENTIVE_NS
        done = self.instants.go_on()
        self._turned()
        return done
