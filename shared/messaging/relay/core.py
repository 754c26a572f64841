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
from dataclasses import dataclass

WINDOW_SIZE_MAX = 500
"""Events in flight at most. From 200 on throughput is bound by the CPU, beyond 1,000 it falls."""

CONFIRM_TIMEOUT_SECONDS = 15.0
"""How long a window may take. A broker under load confirms in well under a second; a queue that
lost its leader never does."""


@dataclass(frozen=True, slots=True)
class Read:
    """Read the log: up to `WINDOW_SIZE_MAX` events after this position, the stored one."""

    after: int


@dataclass(frozen=True, slots=True)
class WaitForAppend:
    """There is nothing beyond this position yet: wait for it, then read on."""

    position: int


@dataclass(frozen=True, slots=True)
class Publish:
    """Publish the batch that was read, whole and in order, then say so."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class AwaitConfirms:
    """A window up to `last` is in flight: wait for its confirms, and tell the time now and then."""

    last: int


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


Step = Read | WaitForAppend | Publish | AwaitConfirms | Store | End


class RelayCore:
    """One session's place. Every fact answers with the step that is now to be done.

    A fact that belongs to another step than the present one changes nothing; `End` is for good,
    and its first reason stands: what comes after it is its consequence.
    """

    def __init__(
        self, position: int, *, confirm_timeout_seconds: float = CONFIRM_TIMEOUT_SECONDS
    ) -> None:
        """Begin at the stored position."""
        self.step: Step = Read(position)
        self._confirm_timeout_seconds = confirm_timeout_seconds
        self._unconfirmed: set[int] = set()
        self._since_seconds = 0.0

    def batch(self, positions: Sequence[int]) -> Step:
        """These positions were read, in this order."""
        if isinstance(self.step, Read):
            self.step = self._window(self.step.after, positions)
        return self.step

    def wake(self) -> Step:
        """The wait is over, whether or not anything came."""
        if isinstance(self.step, WaitForAppend):
            self.step = Read(self.step.position)
        return self.step

    def published(self, *, at_seconds: float) -> Step:
        """The window is on its way, since this instant of a clock that only goes forward."""
        if isinstance(self.step, Publish):
            self._since_seconds = at_seconds
            self.step = AwaitConfirms(self.step.last)
        return self.step

    def confirmed(self, position: int) -> Step:
        """The broker has this one: every queue that it was routed to has stored it."""
        if isinstance(self.step, AwaitConfirms):
            self._unconfirmed.discard(position)
            if not self._unconfirmed:
                self.step = Store(self.step.last)
        return self.step

    def refused(self, position: int, reason: str, *, is_unroutable: bool) -> Step:
        """The broker has not taken this one: returned as unroutable, or nacked."""
        return self._end(f"{reason} (position {position})", topology_missing=is_unroutable)

    def lost(self, reason: str, *, exchange_missing: bool = False) -> Step:
        """The connection, the channel or the exchange is gone."""
        return self._end(reason, topology_missing=exchange_missing)

    def stored(self, *, moved: bool) -> Step:
        """The position was stored; or not moved, since it belongs to another term by now."""
        if isinstance(self.step, Store):
            if not moved:
                return self._end(f"another relay has taken over, at or before {self.step.position}")
            self.step = Read(self.step.position)
        return self.step

    def tick(self, *, at_seconds: float, is_blocked: bool = False) -> Step:
        """Time passed, and some of the window is unconfirmed.

        While the broker holds back its publishers (memory or disk alarm) it says so, and the
        window's time stands still: sending it again would only add to the pile.
        """
        if not isinstance(self.step, AwaitConfirms):
            return self.step
        if is_blocked:
            self._since_seconds = at_seconds
        waited_seconds = at_seconds - self._since_seconds
        if waited_seconds >= self._confirm_timeout_seconds:
            return self._end(
                f"{len(self._unconfirmed)} events unconfirmed for {waited_seconds:.0f} s:"
                " a queue may have lost its leader"
            )
        return self.step

    def _window(self, after: int, positions: Sequence[int]) -> Step:
        if not positions:
            return WaitForAppend(after)
        first, last = positions[0], positions[-1]
        if list(positions) != list(range(after + 1, after + 1 + len(positions))):
            return End(f"the log has a gap: asked after {after}, read {first} to {last}")
        self._unconfirmed = set(positions)
        return Publish(first, last)

    def _end(self, reason: str, *, topology_missing: bool = False) -> Step:
        if not isinstance(self.step, End):
            self.step = End(reason, topology_missing)
        return self.step
