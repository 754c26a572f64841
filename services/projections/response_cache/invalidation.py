"""Tells when the figures have changed, so that cached responses are dropped.

Each transaction that moves the figures notifies the channel `figures_changed`: that of a consumer
(of this process or another), of `janji rebuild` and of `janji quarantine retry`. One connection
listens here and reads the figures' version after each notification. It also reads the version
twice a second without one: that finds midnight, figures that have become stale, and notifications
that a dead connection or a pooler has swallowed.

A version is valid for one second after it was read. So a response that is cached for as long as
the version is the same (`middleware.py`) is never older than that, whatever the network does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Never

import asyncpg
import structlog

from services.projections.read_models.releases.dates import quarter_begins_at
from services.projections.read_models.releases.imports import SOURCE, is_over
from services.projections.store import generations
from services.projections.store.checkpoints import (
    WAIT_SECONDS_MAX,
    has_passed,
    is_source_stale,
    reaches,
)
from shared.postgres.connection import Connection, listen

log = structlog.get_logger()

VALID_SECONDS = 1.0
CHECK_SECONDS = 0.4  # between two reads: two of them, with their duration, fit in that second
QUERY_SECONDS_MAX = 2.0  # a slower connection is closed
PAUSE_SECONDS = 0.05  # under a stream of events responses are rendered twenty times a second
RECONNECT_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class SourceVersion:
    """The version of one source's figures. A retry changes `held` alone: the events held."""

    source: str
    position: int
    epoch: str
    hash: bytes
    figures_on: date
    held: int
    forked_at: int | None


@dataclass(frozen=True, slots=True)
class FiguresVersion:
    """All that public responses depend on: the same version, the same bytes."""

    generation: int
    sources: tuple[SourceVersion, ...]
    today: date
    calendar: str
    is_stale: bool
    has_released: tuple[bool, ...]  # the last quarter's end, the last import

    def reaches(self, wanted: Mapping[str, int]) -> bool:
        """Whether the figures contain the events up to these positions, one a source."""
        return reaches({each.source: each.position for each in self.sources}, wanted)


class CacheInvalidator:
    """Keeps the figures' version. One task runs it, any number may read `version`."""

    def __init__(
        self,
        database_url: str,
        *,
        now: Callable[[], datetime],
        today: Callable[[], date],
        calendar: Callable[[], str],
    ) -> None:
        """calendar: the version of the calendar by which this process counts days."""
        self._database_url = database_url
        self._now = now
        self._today = today
        self._calendar = calendar
        self._version: FiguresVersion | None = None
        self._valid_until = 0.0
        self._last_error: str | None = None
        self._is_healthy = True  # until the first read has failed: callers wait for it
        self._notified = asyncio.Event()
        self._checked = asyncio.Event()

    @property
    def version(self) -> FiguresVersion | None:
        """The same object for as long as nothing changes; None: the last one has expired."""
        # The loop's own clock would cost a system call more.
        return self._version if time.monotonic() <= self._valid_until else None

    async def current_version(self) -> FiguresVersion | None:
        """As `version`, but waits for a read that is late, as in a busy process."""
        if self._is_healthy and self.version is None:
            with suppress(TimeoutError):
                async with asyncio.timeout(QUERY_SECONDS_MAX):
                    await self._checked.wait()
        return self.version

    async def wait_until_applied(
        self, wanted: Mapping[str, int], *, timeout_seconds: float = WAIT_SECONDS_MAX
    ) -> bool:
        """Wait until the figures contain the events up to these positions. False: a timeout."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                while self._version is None or not self._version.reaches(wanted):
                    await self._checked.wait()
                return True
        return False

    async def run(self) -> Never:
        """Run until cancelled. Without a connection no version is valid, and it connects again."""
        while True:
            try:
                await self._listen()
            except Exception as error:  # the loop's edge: connect again after any error
                self._record_error(type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> Never:
        connection = await listen(
            self._database_url,
            name="projections watch",
            answer_seconds=QUERY_SECONDS_MAX,
            channel=generations.CHANNEL,
            heard=self._notify,
        )
        try:
            while True:
                self._notified.clear()
                async with asyncio.timeout(QUERY_SECONDS_MAX):
                    await self._check(connection)
                await asyncio.sleep(PAUSE_SECONDS)
                with suppress(TimeoutError):
                    async with asyncio.timeout(CHECK_SECONDS):
                        await self._notified.wait()
        finally:
            connection.terminate()

    def _notify(self, *_payload: object) -> None:
        """Called by asyncpg. Any session may notify: it only causes a read."""
        self._notified.set()

    async def _check(self, connection: Connection) -> None:
        began = time.monotonic()
        version = await read_version(
            connection, now=self._now(), today=self._today(), calendar=self._calendar()
        )
        self._valid_until = began + VALID_SECONDS
        if version != self._version:
            self._version = version
        self._last_error = None
        self._finish_check(is_healthy=True)

    def _record_error(self, error: str) -> None:
        self._finish_check(is_healthy=False)
        if error != self._last_error:  # logged once, however long it lasts
            log.warning("cache can't be invalidated", reason=error)
        self._last_error = error

    def _finish_check(self, *, is_healthy: bool) -> None:
        self._is_healthy = is_healthy
        self._checked, checked = asyncio.Event(), self._checked
        checked.set()


_SOURCE_VERSIONS = """
select p.source, p.position, p.epoch, p.hash, p.figures_on, p.recorded_at,
       s.at_head_at, s.forked_at,
       (select max(last_at) from import_end) as imported_at,
       (select count(*) from quarantine q where q.source = p.source) as held
from projection_position p
left join public.projection_source s using (source)
order by p.source
"""


async def read_version(
    connection: Connection, *, now: datetime, today: date, calendar: str
) -> FiguresVersion:
    """The version of the live figures. Raises `NoGeneration`."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        generation = await generations.enter_live(connection)
        rows = await connection.fetch(_SOURCE_VERSIONS)
    return FiguresVersion(
        generation=generation,
        sources=tuple(
            SourceVersion(
                source=row["source"],
                position=row["position"],
                epoch=row["epoch"],
                hash=row["hash"],
                figures_on=row["figures_on"],
                held=row["held"],
                forked_at=row["forked_at"],
            )
            for row in rows
        ),
        today=today,
        calendar=calendar,
        is_stale=any(is_source_stale(row["at_head_at"], row["forked_at"], now) for row in rows),
        has_released=tuple(
            passed
            for row in rows
            if row["source"] == SOURCE
            for passed in _releases_passed(row, today)
        ),
    )


def _releases_passed(row: asyncpg.Record, today: date) -> Iterator[bool]:
    """Whether the last quarter's and import's release can be made; no position shows it."""
    seen = row["recorded_at"], row["at_head_at"]
    yield has_passed(quarter_begins_at(today), *seen)
    yield row["imported_at"] is None or is_over(row["imported_at"], *seen)
