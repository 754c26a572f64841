"""The relay's decisions, without I/O: which step comes next, given what has happened.

Its input are facts (a batch was read, an event was confirmed or refused, the position was stored,
time passed); its output is one step: read on, publish these, store this position, wait, or end the
session. The shell around it (`session.py`) does the steps and reports the facts. So Hypothesis can
run thousands of schedules against it, and a reader can check the guarantees in one place:

* *Nothing is lost*: `Store(p)` only after every event up to p was confirmed. A session that ends
  leaves the stored position where it was, and the next one publishes from there again.
* *In order*: one window at a time, each published whole, from the event after the stored one.
  If the broker refuses one event of a window, its successors are already published; the session
  ends and the next one publishes the window again from its first event. Followers skip the
  repeats by their position.
* *At most one window is repeated* by a session that ends, since the next window is published only
  after this one is stored. A session's first window is one event, and each stored position doubles
  the next. So a queue that refuses everything costs the other queues one event a session.

One session has one core, which begins at the stored position and is discarded at any fault.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WINDOW_SIZE_MAX = 500
"""Events in flight at most. From 200 on the CPU bounds throughput; beyond 1,000 it falls."""

CONFIRM_TIMEOUT_SECONDS = 15.0
"""How long a window may take. A broker under load confirms in well under a second; a queue
without a leader never does."""


@dataclass(frozen=True, slots=True)
class Read:
    """Read up to `limit` events after this position, the stored one."""

    after: int
    limit: int


@dataclass(frozen=True, slots=True)
class WaitForAppend:
    """The log ends at this position: wait until it grows, then read on."""

    position: int


@dataclass(frozen=True, slots=True)
class Publish:
    """Publish the batch that was read, whole and in order, then report it."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class AwaitConfirms:
    """A window up to `last` is in flight: wait for its confirms, and report the time meanwhile."""

    last: int


@dataclass(frozen=True, slots=True)
class Store:
    """Every event up to here is confirmed: store the position, fenced by the term."""

    position: int


@dataclass(frozen=True, slots=True)
class End:
    """End the session; the next one begins after a pause, from the stored position.

    topology_missing: exchange, queue or binding is missing; each session declares them again.
    refused: a queue refused an event, or didn't confirm it in time.
    """

    reason: str
    topology_missing: bool = False
    refused: bool = False


Step = Read | WaitForAppend | Publish | AwaitConfirms | Store | End


class RelayCore:
    """The state of one session. Each fact returns the step that is due now.

    A fact of another step than the present one changes nothing. `End` is final and keeps its first
    reason: later faults are its consequences.
    """

    def __init__(
        self, position: int, *, confirm_timeout_seconds: float = CONFIRM_TIMEOUT_SECONDS
    ) -> None:
        """Begin at the stored position."""
        self._window_size = 1
        self.step: Step = self._read(position)
        self._confirm_timeout_seconds = confirm_timeout_seconds
        self._unconfirmed: set[int] = set()
        self._since_seconds = 0.0

    def batch(self, positions: Sequence[int]) -> Step:
        """These positions were read, in this order."""
        if isinstance(self.step, Read):
            self.step = self._window(self.step.after, positions)
        return self.step

    def wake(self) -> Step:
        """The wait is over, whether or not the log grew."""
        if isinstance(self.step, WaitForAppend):
            self.step = self._read(self.step.position)
        return self.step

    def published(self, *, at_seconds: float) -> Step:
        """The window was sent at this instant of a monotonic clock."""
        if isinstance(self.step, Publish):
            self._since_seconds = at_seconds
            self.step = AwaitConfirms(self.step.last)
        return self.step

    def confirmed(self, position: int) -> Step:
        """The broker confirmed this event: every queue that it was routed to has stored it."""
        if isinstance(self.step, AwaitConfirms):
            self._unconfirmed.discard(position)
            if not self._unconfirmed:
                self.step = Store(self.step.last)
        return self.step

    def refused(self, position: int, reason: str, *, is_unroutable: bool) -> Step:
        """The broker refused this event: it was returned as unroutable, or nacked."""
        text = f"{reason} (position {position})"
        return self._end(End(text, topology_missing=is_unroutable, refused=not is_unroutable))

    def lost(self, reason: str, *, topology_missing: bool = False) -> Step:
        """The connection, the channel, the exchange or a queue was lost."""
        return self._end(End(reason, topology_missing))

    def stored(self, *, moved: bool) -> Step:
        """The position was stored, or didn't move because another term owns it."""
        if isinstance(self.step, Store):
            if not moved:
                reason = f"another relay has taken over, at or before {self.step.position}"
                return self._end(End(reason))
            self._window_size = min(2 * self._window_size, WINDOW_SIZE_MAX)
            self.step = self._read(self.step.position)
        return self.step

    def tick(self, *, at_seconds: float, is_blocked: bool = False) -> Step:
        """Time passed, and a part of the window is unconfirmed.

        While the broker blocks its publishers (memory or disk alarm), the window's time stands
        still: publishing it again would only add to the backlog.
        """
        if not isinstance(self.step, AwaitConfirms):
            return self.step
        if is_blocked:
            self._since_seconds = at_seconds
        waited_seconds = at_seconds - self._since_seconds
        if waited_seconds >= self._confirm_timeout_seconds:
            reason = (
                f"{len(self._unconfirmed)} events unconfirmed for {waited_seconds:.0f} s:"
                " a queue may have lost its leader"
            )
            return self._end(End(reason, refused=True))
        return self.step

    def _read(self, after: int) -> Read:
        return Read(after, self._window_size)

    def _window(self, after: int, positions: Sequence[int]) -> Step:
        if not positions:
            return WaitForAppend(after)
        first, last = positions[0], positions[-1]
        if list(positions) != list(range(after + 1, after + 1 + len(positions))):
            return End(f"the log has a gap: asked after {after}, read {first} to {last}")
        self._unconfirmed = set(positions)
        return Publish(first, last)

    def _end(self, end: End) -> Step:
        if not isinstance(self.step, End):
            self.step = end
        return self.step
