"""Knows whether the figures have changed, without asking the database for each request.

Whoever moves the figures says so on the channel `figures_changed`, in the transaction that moves
them: the consumer of this process, that of another one, `janji rebuild`, `janji quarantine retry`.
Here one connection listens and then looks where the figures stand. It looks twice a second
unasked as well, which finds midnight, figures that have become stale, and what a dead connection
or a pooler between has swallowed.

What was last seen is vouched for during one second and no longer: so an answer that is kept for as
long as nothing changes (`rendered.py`) is never older than that, whatever happens to the network.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Never

import asyncpg
import structlog

from services.projections.read_models.releases.dates import quarter_begins_at
from services.projections.read_models.releases.imports import SOURCE, is_over
from services.projections.store import generations
from services.projections.store.checkpoints import (
    WAIT_SECONDS_MAX,
    has_passed,
    holds,
    is_stale_since,
)

if TYPE_CHECKING:
    from services.projections.store.generations import Connection

log = structlog.get_logger()

VOUCHED_SECONDS = 1.0
LOOK_SECONDS = 0.4  # from one look to the next: two of them, and what they take, in that second
ANSWER_SECONDS_MAX = 2.0  # a connection that is slower is given up
PAUSE_SECONDS = 0.05  # under a stream of events the figures are rendered twenty times a second
RECONNECT_SECONDS = 0.2

SETTINGS = {"application_name": "projections watch"}


@dataclass(frozen=True, slots=True)
class SourceState:
    """Where one source's figures stand. A retry moves `held` alone: the events that are held."""

    source: str
    position: int
    epoch: str
    hash: bytes
    figures_on: date
    held: int


@dataclass(frozen=True, slots=True)
class State:
    """All that public answers depend on: while it is the same, so are they, byte for byte."""

    generation: int
    sources: tuple[SourceState, ...]
    today: date
    calendar: str
    is_stale: bool
    has_released: tuple[bool, ...]  # the last quarter's end, the last import

    def holds(self, wanted: Mapping[str, int]) -> bool:
        """Whether the figures contain what stands up to these positions."""
        return holds({each.source: each.position for each in self.sources}, wanted)


class Watch:
    """One task runs it; whoever answers asks `state`."""

    def __init__(
        self,
        database_url: str,
        *,
        now: Callable[[], datetime],
        today: Callable[[], date],
        calendar: Callable[[], str],
    ) -> None:
        """calendar: the version of the one by which this process reckons."""
        self._database_url = database_url
        self._now = now
        self._today = today
        self._calendar = calendar
        self._state: State | None = None
        self._seen_at = 0.0
        self._trouble: str | None = None
        self._is_well = True  # until it turns out otherwise: the first look is waited for
        self._heard = asyncio.Event()
        self._looked = asyncio.Event()

    @property
    def state(self) -> State | None:
        """The same object for as long as nothing changes; None: it can't be vouched for."""
        age_seconds = time.monotonic() - self._seen_at  # asking the loop costs a system call more
        return self._state if age_seconds <= VOUCHED_SECONDS else None

    async def current(self) -> State | None:
        """The same; for a look that is only late, as in a busy process, it waits."""
        if self._is_well and self.state is None:
            with suppress(TimeoutError):
                async with asyncio.timeout(ANSWER_SECONDS_MAX):
                    await self._looked.wait()
        return self.state

    async def reached(
        self, wanted: Mapping[str, int], *, timeout_seconds: float = WAIT_SECONDS_MAX
    ) -> bool:
        """Wait until the figures contain what stands up to these positions; whether they do."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                while self._state is None or not self._state.holds(wanted):
                    await self._looked.wait()
                return True
        return False

    async def run(self) -> Never:
        """Watch until cancelled. A lost connection is made again; meanwhile nothing is vouched."""
        while True:
            try:
                await self._watch()
            except Exception as error:  # the loop's edge: whatever it was, connect again
                self._failed(type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _watch(self) -> Never:
        connection = await asyncpg.connect(
            self._database_url, timeout=ANSWER_SECONDS_MAX, server_settings=SETTINGS
        )
        try:
            await connection.add_listener(generations.CHANNEL, self._hear)
            while True:
                self._heard.clear()
                async with asyncio.timeout(ANSWER_SECONDS_MAX):
                    await self._look(connection)
                await asyncio.sleep(PAUSE_SECONDS)
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._heard.wait()
        finally:
            connection.terminate()

    def _hear(self, *_said: object) -> None:
        """Called by asyncpg. Anybody may notify: it is no more than a reason to look."""
        self._heard.set()

    async def _look(self, connection: Connection) -> None:
        looked_at = time.monotonic()
        calendar = self._calendar()
        state = await look(connection, now=self._now(), today=self._today(), calendar=calendar)
        self._seen_at = looked_at
        if state != self._state:
            self._state = state
        self._trouble = None
        self._has_looked(well=True)

    def _failed(self, trouble: str) -> None:
        self._has_looked(well=False)
        if trouble != self._trouble:  # said once, however long it lasts
            log.warning("figures not watched", reason=trouble)
        self._trouble = trouble

    def _has_looked(self, *, well: bool) -> None:
        self._is_well = well
        self._looked, looked = asyncio.Event(), self._looked
        looked.set()


_LOOK = """
select p.source, p.position, p.epoch, p.hash, p.figures_on, p.recorded_at, s.at_head_at,
       (select max(last_at) from import_end) as imported_at,
       (select count(*) from quarantine q where q.source = p.source) as held
from projection_position p
left join public.projection_source s using (source)
order by p.source
"""


async def look(connection: Connection, *, now: datetime, today: date, calendar: str) -> State:
    """Where the live figures stand. Raises `NoGeneration`."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        generation = await generations.enter_live(connection)
        rows = await connection.fetch(_LOOK)
    return State(
        generation=generation,
        sources=tuple(
            SourceState(
                source=row["source"],
                position=row["position"],
                epoch=row["epoch"],
                hash=row["hash"],
                figures_on=row["figures_on"],
                held=row["held"],
            )
            for row in rows
        ),
        today=today,
        calendar=calendar,
        is_stale=any(is_stale_since(row["at_head_at"], now) for row in rows),
        has_released=tuple(
            passed for row in rows if row["source"] == SOURCE for passed in _passed(row, today)
        ),
    )


def _passed(row: asyncpg.Record, today: date) -> Iterator[bool]:
    """Whether nothing can come any more that belongs to a release; no position moves then."""
    seen = row["recorded_at"], row["at_head_at"]
    yield has_passed(quarter_begins_at(today), *seen)
    yield row["imported_at"] is None or is_over(row["imported_at"], *seen)
