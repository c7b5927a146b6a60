"""The wires between nodes: how long a message takes, and whether it gets through at all.

A link has one direction; the way back is another link. It never loses and never reorders what
travels on one connection, as TCP does not: on a link that is cut, messages wait, and once it is
healed they flow in order. So a partition shows itself as silence, not as an error: who waits gives
up by its own alarm. A link that gets faster does not let a later message overtake: each direction of
a connection remembers when its last one arrives.

What was on its way when the link was cut still arrives: it had left.
"""

from __future__ import annotations

from collections import deque
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from engine.world.agenda import Agenda
from engine.world.dice import Dice

if TYPE_CHECKING:
    from engine.world.connections import End


class Stalled:
    """A message that waits at a cut. A copy of it shares the message: nobody changes one that was sent."""

    __slots__ = ("end", "life", "message", "cause")

    def __init__(self, end: End, life: int, message: Any, cause: int) -> None:
        self.end, self.life, self.message, self.cause = end, life, message, cause

    def __deepcopy__(self, memo: dict[int, Any]) -> Stalled:
        return Stalled(deepcopy(self.end, memo), self.life, self.message, self.cause)


class Link:
    """One direction between two nodes.

    latency_ns: what a message takes, extra delay included. jitter_ns: up to so much more, at random.
    special: cut or jittery, so that the plain case is one comparison.
    """

    __slots__ = ("latency_ns", "usual_ns", "jitter_ns", "is_cut", "special", "stalled")

    def __init__(self, usual_ns: int = 0, jitter_ns: int = 0) -> None:
        self.latency_ns = self.usual_ns = usual_ns
        self.jitter_ns = jitter_ns
        self.is_cut = False
        self.special = jitter_ns > 0
        self.stalled: deque[Stalled] = deque()


class Links:
    """All links, made when first used. Names are those of nodes."""

    __slots__ = ("default_ns", "_jitter_ns", "_agenda", "_dice", "_links")

    def __init__(self, agenda: Agenda, dice: Dice, default_ns: int = 0) -> None:
        self.default_ns = default_ns
        self._jitter_ns = 0
        self._agenda, self._dice = agenda, dice
        self._links: dict[tuple[str, str], Link] = {}

    def between(self, source: str, target: str) -> Link:
        """The link from ``source`` to ``target``. A node reaches itself at once."""
        link = self._links.get((source, target))
        if link is None:
            link = Link() if source == target else Link(self.default_ns, self._jitter_ns)
            self._links[source, target] = link
        return link

    def all(self) -> list[tuple[tuple[str, str], Link]]:
        """Those that have been used, by (source, target), in order of first use."""
        return list(self._links.items())

    def set_default(self, latency_ns: int, jitter_ns: int = 0) -> None:
        """From now on every link between two nodes takes ``latency_ns`` plus up to ``jitter_ns``."""
        assert latency_ns >= 0 and jitter_ns >= 0
        self.default_ns, self._jitter_ns = latency_ns, jitter_ns
        for (source, target), link in self._links.items():
            if source != target:
                self._set(link, latency_ns, jitter_ns)

    def set_latency(self, source: str, target: str, latency_ns: int, jitter_ns: int = 0) -> None:
        """The same for one direction between two nodes."""
        assert latency_ns >= 0 and jitter_ns >= 0
        self._set(self.between(source, target), latency_ns, jitter_ns)

    def latency(self, source: str, target: str) -> int:
        """Nanoseconds, jitter not included."""
        return self.between(source, target).latency_ns

    def delay(self, source: str, target: str, extra_ns: int) -> None:
        """A fault: ``extra_ns`` more than usual, until healed."""
        assert extra_ns >= 0
        link = self.between(source, target)
        link.latency_ns = link.usual_ns + extra_ns

    def cut(self, source: str, target: str) -> None:
        """A fault: what ``source`` sends to ``target`` waits until healed. The way back stays open."""
        link = self.between(source, target)
        link.is_cut = link.special = True

    def is_cut(self, source: str, target: str) -> bool:
        return self.between(source, target).is_cut

    def heal(self, source: str | None = None, target: str | None = None) -> None:
        """End cuts and delays: of one direction, or of all from ``source``, all to ``target``, or all there are."""
        for (start, end), link in self._links.items():
            if source in (None, start) and target in (None, end):
                link.latency_ns = link.usual_ns
                link.is_cut, link.special = False, link.jitter_ns > 0
                while link.stalled:
                    late = link.stalled.popleft()
                    self.send(late.end, late.life, late.message, late.cause)

    def send(self, end: End, life: int, message: Any, cause: int) -> None:
        """Let a message travel towards ``end``, behind all that was sent there before."""
        assert not end.outside, f"{message!r} was sent to a real client, which takes only a Write"
        link = end.link
        if link.is_cut:
            link.stalled.append(Stalled(end, life, message, cause))
            return
        at = self._agenda.now + link.latency_ns
        if link.jitter_ns:
            at += self._dice.between(0, link.jitter_ns)
        end.last = max(at, end.last)
        self._agenda.push(end.last, end.node, life, message, end, cause)

    @staticmethod
    def _set(link: Link, latency_ns: int, jitter_ns: int) -> None:
        extra_ns = link.latency_ns - link.usual_ns
        link.usual_ns, link.latency_ns, link.jitter_ns = latency_ns, latency_ns + extra_ns, jitter_ns
        link.special = link.is_cut or jitter_ns > 0
