"""Keeps a running process on the calendar in force.

An object that computes dates holds the calendar in an attribute `calendar`. The updater replaces
the attribute between two steps of the event loop, so a command or a response uses one calendar from
beginning to end. A replica that loads a case with a newer version than its own calls `update`.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import structlog

from shared.calendars.store import CalendarStore
from shared.eventstore.errors import LogUnavailable
from shared.promise.data_file import WrongData
from shared.promise.standard import DATA
from shared.promise.working_days import Calendar

log = structlog.get_logger()

UPDATE_SECONDS = 2.0  # the longest time until every replica uses a new version


class CalendarHolder(Protocol):
    """An object that computes by the calendar in force."""

    calendar: Calendar


class CalendarUpdater:
    """Gives its holders the calendar in force when opened; `run` keeps it up to date."""

    def __init__(
        self, store: CalendarStore, holders: Sequence[CalendarHolder], *, data: Path = DATA
    ) -> None:
        self._store = store
        self._holders = holders
        self._data = data
        self._numbers: dict[int, int] = {}
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Raises LogUnavailable: a process that can't read the calendar in force must not start."""
        await self._opened.enter_async_context(self._store)
        try:
            await self.update()
        except BaseException:
            await self._opened.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._opened.aclose()

    async def run(self) -> None:
        """Runs for ever. A failed update is repeated after the interval.

        A calendar that only a newer release can read is not an error: the present one stays.
        """
        while True:
            try:
                await self.update()
            except LogUnavailable as error:
                log.warning("calendar update failed", error=str(error))
            await asyncio.sleep(UPDATE_SECONDS)

    async def update(self) -> None:
        """Give the holders the newest calendar. A cancelled or concurrent call is harmless.

        Raises LogUnavailable, also for a calendar that only a newer release can read.
        """
        numbers = await self._store.numbers()
        if numbers == self._numbers:
            return
        try:
            calendar = await self._store.calendar(self._data)
        except WrongData as error:
            raise LogUnavailable(f"this release can't read the calendar: {error}") from error
        for holder in self._holders:
            holder.calendar = calendar
        self._numbers = numbers
        log.info("calendar updated", calendar=calendar.version)
