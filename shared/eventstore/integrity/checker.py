"""The check of a whole log: positions without gaps, a valid hash chain, versions without gaps.

It reads the log once, with a reader's rights, and trusts only the first hash.
"""

from collections.abc import Callable
from uuid import UUID

from shared.eventstore.integrity.chain import link
from shared.eventstore.reader import LogReader
from shared.eventstore.records import NO_HASH, Recorded

PAGE_SIZE = 1_000
FIRST_VERSIONS = (0, 1)


class IntegrityChecker:
    """Checks the events of a log from the first on, each against those before it."""

    def __init__(self) -> None:
        self._position = 0
        self._hash = NO_HASH
        self._last: Recorded | None = None
        self._versions: dict[UUID, int] = {}

    def violation(self, event: Recorded) -> str | None:
        """The rule that this event breaks as the next one, or None; then it is accepted."""
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
    """Read the whole log; the violation of the first invalid event, or None.

    report: called after each page with the position read and the log's head. It takes about 100
    bytes of memory an aggregate. Raises LogUnavailable.
    """
    checker, position, head = IntegrityChecker(), 0, (await log.head()).position
    while page := await log.read(position, PAGE_SIZE):
        for event in page:
            if violation := checker.violation(event):
                return violation
        position = page[-1].position
        report(position, max(head, position))
    return None
