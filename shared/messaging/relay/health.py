"""The relay's state for health checks and metrics: plain attributes with one writer."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.messaging.relay.leadership import RelayProgress

LAG_SECONDS_MAX = 30.0
"""A longer wait of an unpublished event is reported, whichever process leads."""


@dataclass(slots=True)
class RelayHealth:
    """Written by the relay's task alone; may be read at any time by any other.

    leading: this process holds the lock. connected: its session has a broker connection, too.
    blocked: the broker blocks its publishers (memory or disk alarm).
    term; position, head: the relay's position and the end of the log, as last read.
    lag_seconds: the age of the oldest unpublished event, as last read.
    published_events, sessions, declared_again: counters of this process; the last counts the
    sessions that ended because an exchange or a binding was missing: the next one declares it.
    fault: why the last session ended, until the next one works; last_fault keeps it.
    refusing: the queues that refused its events, as far as the broker's management tells.
    """

    leading: bool = False
    connected: bool = False
    blocked: bool = False
    term: int = 0
    position: int = 0
    head: int = 0
    lag_seconds: float = 0.0
    published_events: int = 0
    sessions: int = 0
    declared_again: int = 0
    fault: str | None = None
    refusing: Sequence[str] = ()
    last_fault: str | None = None
    last_fault_at_seconds: float = 0.0
    last_session_worked: bool = False

    @property
    def lag_events(self) -> int:
        """The number of stored events that are not published yet."""
        return max(0, self.head - self.position)

    @property
    def degraded(self) -> str | None:
        """One line for an operator; None while the relay works. Commands succeed regardless."""
        if self.blocked:
            return "the broker holds back its publishers: its memory or disk alarm is on"
        if self.fault:
            by = f": {', '.join(self.refusing)}" if self.refusing else ""
            return f"not publishing: {self.fault}{by}"
        if self.lag_seconds > LAG_SECONDS_MAX:
            return f"{self.lag_events} events wait to be published, for {self.lag_seconds:.0f} s"
        return None

    def report(self) -> Mapping[str, object]:
        """Every attribute, as JSON values."""
        return {
            "leading": self.leading,
            "connected": self.connected,
            "blocked": self.blocked,
            "term": self.term,
            "position": self.position,
            "head": self.head,
            "lag_events": self.lag_events,
            "lag_seconds": round(self.lag_seconds, 1),
            "published_events": self.published_events,
            "sessions": self.sessions,
            "declared_again": self.declared_again,
            "refusing": list(self.refusing),
            "last_fault": self.last_fault,
            "last_fault_seconds_ago": self._last_fault_seconds_ago(),
            "degraded": self.degraded,
        }

    # Reports of the relay.

    def begun(self) -> None:
        """A session begins."""
        self.sessions += 1
        self.last_session_worked = False

    def note(self, progress: RelayProgress) -> None:
        """Position and head as the database has them."""
        self.term, self.position, self.head = progress.term, progress.position, progress.head
        self.lag_seconds = progress.lag_seconds

    def follows(self, progress: RelayProgress) -> None:
        """Another relay leads, so this one is healthy, too."""
        self.note(progress)
        self._works()

    def leads(self, progress: RelayProgress) -> None:
        """This process took the lock."""
        self.note(progress)
        self.leading = True

    def published(self, position: int, events: int) -> None:
        """A window was confirmed and its position stored."""
        self.position = position
        self.published_events += events
        self._works()

    def caught_up(self, position: int) -> None:
        """The log ends at this position."""
        self.position = self.head = position
        self.lag_seconds = 0.0
        self._works()

    def failed(
        self, reason: str, *, topology_missing: bool = False, refusing: Sequence[str] = ()
    ) -> None:
        """The session ended."""
        self.leading = self.connected = self.blocked = False
        self.fault = self.last_fault = reason
        self.refusing = refusing
        self.last_fault_at_seconds = time.monotonic()
        self.declared_again += topology_missing

    def _works(self) -> None:
        self.fault, self.refusing = None, ()
        self.last_session_worked = True

    def _last_fault_seconds_ago(self) -> float | None:
        if self.last_fault is None:
            return None
        return round(time.monotonic() - self.last_fault_at_seconds, 1)
