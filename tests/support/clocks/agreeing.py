"""Other clocks that agree with the clock that a test sets."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.runtime.clocks import GuardedClock
from shared.runtime.server import Service


@dataclass
class SameClock:
    """It is set whenever the test sets that one."""

    now: Callable[[], datetime]


def in_the_time_of(service: Service, now: Callable[[], datetime]) -> Service:
    """The service, whose database shows the time of `now`, and whose sources tell none."""
    for clock in service.resources:
        if isinstance(clock, GuardedClock):
            clock.sources = {}
    return with_database_at(service, now)


def with_database_at(service: Service, now: Callable[[], datetime]) -> Service:
    """The service, whose database shows the time of `now` instead of the machine's."""
    for clock in service.resources:
        if isinstance(clock, GuardedClock):
            _follow(clock, now)
    return service


def _follow(clock: GuardedClock, now: Callable[[], datetime]) -> None:
    async def read() -> None:
        clock.database = SameClock(now)

    setattr(clock, "read", read)  # noqa: B010  (mypy lets no method be assigned)
