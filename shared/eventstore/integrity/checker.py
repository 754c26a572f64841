"""Whether a log is whole: no position missing, no hash that doesn't follow, no version left out.

Whoever keeps the hash of a day can compare it with the log's later: `chain.py`. This reads the
whole log once, as its reader, and believes nothing but the first hash.
"""

from collections.abc import Callable
from uuid import UUID

from shared.eventstore.integrity.chain import link
from shared.eventstore.reader import LogReader
from shared.eventstore.records import NO_HASH, Recorded

PAGE_SIZE = 1_000
FIRST_VERSIONS = (0, 1)


class IntegrityChecker:
    """Takes in the events of a log from the first on; `flaw` says what is wrong with the next."""

    def __init__(self) -> None:
        self._position = 0
        self._hash = NO_HASH
        self._last: Recorded | None = None
        self._versions: dict[UUID, int] = {}

    def violation(self, event: Recorded) -> str | None:
        """What is wrong with this event as the one after the last; None, and it is taken in."""
        version = self._versions.get(event.originator_id)
        if event.position != self._position + 1:
            return f"position {event.position} comes after {self._position}"
        if link(self._hash, event) != event.hash:
            return f"the event at {event.position} was changed: its hash doesn't follow"
        if event.version not in (FIRST_VERSIONS if version is None else (version + 1,)):
            return f"the event at {event.position} is version {event.version} after {version}"
        if self._last and event.recorded_at < self._last.recorded_at:
            return f"the event at {event.position} was recorded before the one at {self._position}"
        self._position, self._hash, self._last = event.position, event.hash, event
        self._versions[event.originator_id] = event.version
        return None


async def first_violation(log: LogReader, report: Callable[[int, int], None]) -> str | None:
    """Read the whole log; what is wrong with the first event that doesn't fit, or None.

    report: told after each page what was read, and where the log ended. About 100 bytes of memory
    an aggregate. Raises LogUnavailable.
    """
    checker, position, head = IntegrityChecker(), 0, (await log.head()).position
    while page := await log.read(position, PAGE_SIZE):
        for event in page:
            if flaw := checker.violation(event):
                return flaw
        position = page[-1].position
        report(position, max(head, position))
    return None
