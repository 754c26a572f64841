"""The one clock of a service: its own, unless that runs ahead of everybody else's.

Dates move figures, raise alerts, close complaints, stamp events and forget keys, and most of that
can't be undone. So no instant that a service acts by lies ahead of both its database's clock and
its sources' answers; while its own clock does, it acts by theirs, and its health says whose clock
is off. A clock that is behind is not corrected: whatever waits for a date then waits longer.

With a database alone to compare with, nobody knows which of two clocks is off: the earlier one
holds. A database's clock that runs ahead is held back in `append_events_v2`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Never, Protocol, Self

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from shared.clock_reading import ClockReading
from shared.office_time import local_date
from shared.web.health import CheckResult, degraded_by

APART_MAX = timedelta(seconds=5)  # machines that keep time are milliseconds apart, `Date` a second
READ_SECONDS = 2.0
ANSWER_SECONDS_MAX = 5.0

THIS_PROCESS, DATABASE = "this process", "the database"


class Shown(Protocol):
    """What another clock shows at this moment."""

    def now(self) -> datetime: ...


class Source(Protocol):
    """A service whose answers say what time it is there."""

    @property
    def clock(self) -> Shown | None: ...


class GuardedClock(Collector):
    """`now` and `today` for everything in a process; `run` keeps the readings fresh.

    Opened (`async with`), it has read the database's clock. Without any reading its own holds.
    """

    def __init__(
        self,
        own: Callable[[], datetime],
        read_database: Callable[[], Awaitable[datetime]],
        sources: Mapping[str, Source] | None = None,
    ) -> None:
        self._own = own
        self.read_database = read_database
        self.database: Shown | None = None
        self.sources = sources or {}

    async def __aenter__(self) -> Self:
        await self.read()
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Nothing is open: the readings need no connection."""

    async def run(self) -> Never:
        """Read the database's clock for ever; while it doesn't answer, the last reading runs on."""
        while True:
            await asyncio.sleep(READ_SECONDS)
            try:
                async with asyncio.timeout(ANSWER_SECONDS_MAX):
                    await self.read()
            except Exception:  # noqa: S112 (the loop's edge: the database has a check of its own)
                continue

    async def read(self) -> None:
        """Read the database's clock once. Raises its errors."""
        began_seconds = time.monotonic()
        self.database = ClockReading(await self.read_database(), began_seconds)

    def now(self) -> datetime:
        """The own clock's instant, or the latest one that another clock confirms."""
        own, latest = self._own(), self._latest()
        return own if latest is None or own <= latest + APART_MAX else latest

    def has_begun(self, day: date) -> bool:
        """Whether that day has begun in the office, or does so in a moment: by another's clock."""
        return day <= local_date(self.now() + APART_MAX)

    def today(self) -> date:
        """The date in the office."""
        return local_date(self.now())

    @property
    def is_any_off(self) -> bool:
        """Whether the clocks disagree, so that what was done by one of them is in doubt."""
        return any(True for _ in self._off())

    async def check(self) -> CheckResult:
        """Degraded while a clock is off; the words say which one."""
        return degraded_by(self._off())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The metric, read when it is scraped."""
        clocks = self._clocks()
        middle = sorted(clocks.values())[(len(clocks) - 1) // 2]
        gauge = GaugeMetricFamily(
            "janji_clock_ahead_seconds", "How far a clock is ahead of the others", labels=["clock"]
        )
        for name, shown in clocks.items():
            gauge.add_metric([name], (shown - middle).total_seconds())
        yield gauge

    def _latest(self) -> datetime | None:
        """The latest instant that the database or the sources, all of them, have reached."""
        asked = [each.clock.now() for each in self.sources.values() if each.clock]
        reached = [] if self.database is None else [self.database.now()]
        return max([*reached, *([min(asked)] if asked else [])], default=None)

    def _clocks(self) -> dict[str, datetime]:
        clocks = {THIS_PROCESS: self._own()}
        if self.database:
            clocks[DATABASE] = self.database.now()
        return clocks | {
            name: each.clock.now() for name, each in self.sources.items() if each.clock
        }

    def _off(self) -> Iterator[str]:
        """Each clock that is off the middle one; of two, that which is ahead of the other."""
        clocks = sorted(self._clocks().items(), key=lambda each: each[1])
        reference, middle = clocks[(len(clocks) - 1) // 2]
        for name, shown in clocks:
            if abs(shown - middle) > APART_MAX:
                apart = timedelta(seconds=round(abs(shown - middle).total_seconds()))
                way = "ahead of" if shown > middle else "behind"
                yield f"the clock of {name} runs {apart} {way} that of {reference}"
