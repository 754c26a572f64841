"""The relay's thinking, without a socket: what to do next, given what has happened.

In come facts (a batch was read, an event was confirmed or refused, the position was stored, time
passed); out goes one step: read on, publish these, store this position, wait, or end the
session. The shell around it (`relay.py`) does the steps and reports the facts. So Hypothesis can
drive thousands of schedules against it, and a reader can check the promise in one place:

* *Nothing is lost*: `Store(p)` only after every event up to p was confirmed. A session that ends
  leaves the stored position where it was, and the next one publishes from there again.
* *In order*: one window at a time, each published whole, from the event after the stored one.
  If one event of a window is refused its successors are already out; the session ends and the
  window goes out again from its first event. The follower's position skips the repeats.
* *At most one window is repeated* by a session that ends, since nothing of the next window goes
  out before this one is stored.

One session has one core: it begins at the stored position and is thrown away at any fault.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

WINDOW_SIZE_MAX = 500
"""Events in flight at most. From 200 on throughput is bound by the CPU, beyond 1,000 it falls."""

CONFIRM_TIMEOUT_SECONDS = 15.0
"""How long a window may take. A broker under load confirms in well under a second; a queue that
lost its leader never does."""


@dataclass(frozen=True, slots=True)
class Read:
    """Read the log: up to `limit` events after this position."""

    after: int
    limit: int = WINDOW_SIZE_MAX


@dataclass(frozen=True, slots=True)
class Wait:
    """There is nothing beyond this position yet: wait for it, then read on."""

    position: int


@dataclass(frozen=True, slots=True)
class Publish:
    """Publish the batch that was read, whole and in order, and report each confirm."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class AwaitConfirms:
    """Events are in flight: there is nothing to do but to wait for their confirms."""

    unconfirmed: int


@dataclass(frozen=True, slots=True)
class Store:
    """Everything up to here is confirmed: store the position, fenced by the term."""

    position: int


@dataclass(frozen=True, slots=True)
class End:
    """End the session, and begin a new one after a pause, from the stored position.

    topology_missing: an exchange or a binding is gone; each session declares them again.
    """

    reason: str
    topology_missing: bool = False


Step = Read | Wait | Publish | AwaitConfirms | Store | End


@dataclass(slots=True)
class RelayCore:
    """One session's place: what is stored, what is in flight, since when.

    position: the last position that is known to be stored.
    """

    position: int
    _in_flight: set[int] = field(default_factory=set)
    _window_end: int = 0
    _window_since: float = 0.0
    _storing: int | None = None
    _ended: End | None = None

    def begin(self) -> Step:
        """The first step of a session."""
        return Read(self.position)

    def batch(self, positions: Sequence[int], *, at_seconds: float) -> Step:
        """These positions were read after the stored one, at this instant of a steady clock."""
        if self._ended:
            return self._ended
        if not positions:
            return Wait(self.position)
        expected = range(self.position + 1, self.position + 1 + len(positions))
        if list(positions) != list(expected):
            return self._end(f"the log has a gap after {self.position}: {_shown(positions)}")
        self._in_flight.update(positions)
        self._window_end = positions[-1]
        self._window_since = at_seconds
        return Publish(positions[0], positions[-1])

    def wake(self) -> Step:
        """The wait is over, whether or not anything came."""
        return self._ended or Read(self.position)

    def confirmed(self, position: int) -> Step:
        """The broker has this one: every queue that it was routed to has stored it."""
        if self._ended:
            return self._ended
        self._in_flight.discard(position)
        if self._in_flight:
            return AwaitConfirms(len(self._in_flight))
        self._storing = self._window_end
        return Store(self._window_end)

    def refused(self, position: int, reason: str, *, unroutable: bool) -> Step:
        """The broker has not taken this one: returned as unroutable, or nacked."""
        return self._end(f"{reason} (position {position})", topology_missing=unroutable)

    def lost(self, reason: str, *, exchange_missing: bool = False) -> Step:
        """The connection, the channel or the exchange is gone."""
        return self._end(reason, topology_missing=exchange_missing)

    def stored(self, *, moved: bool) -> Step:
        """The position was stored, or not moved: another term holds it, so another leads."""
        if self._ended:
            return self._ended
        assert self._storing is not None, "nothing was to be stored"
        if not moved:
            return self._end(f"another relay has taken over at or after {self._storing}")
        self.position, self._storing = self._storing, None
        return Read(self.position)

    def tick(self, *, at_seconds: float, blocked: bool = False) -> Step:
        """Time passed while confirms were awaited.

        While the broker holds back its publishers (memory or disk alarm) it says so, and the
        window's time stands still: sending it again would only add to the pile.
        """
        if self._ended:
            return self._ended
        if blocked:
            self._window_since = at_seconds
        if self._in_flight and at_seconds - self._window_since >= CONFIRM_TIMEOUT_SECONDS:
            return self._end(
                f"no confirm for {len(self._in_flight)} events within"
                f" {CONFIRM_TIMEOUT_SECONDS:g} s: a queue may have lost its leader"
            )
        return AwaitConfirms(len(self._in_flight))

    def _end(self, reason: str, *, topology_missing: bool = False) -> End:
        """The first reason stands; what comes after it is its consequence."""
        self._ended = self._ended or End(reason, topology_missing)
        return self._ended


def _shown(positions: Sequence[int]) -> str:
    return f"{positions[0]}…{positions[-1]} ({len(positions)} events)"
