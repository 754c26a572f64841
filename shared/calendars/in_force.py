"""The calendar in force, taken over by a running process as soon as it is amended.

Whoever reckons by it holds it in an attribute `calendar`, which is replaced between two steps of
the event loop: a command or an answer is reckoned by one calendar from its beginning to its end.
A replica that meets a newer version in a case than it knows itself looks at once (`look`).
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

LOOK_SECONDS = 2.0  # so soon every replica reckons by a new version


class Reckons(Protocol):
    """Who reckons by the calendar in force."""

    calendar: Calendar


class InForce:
    """Open, its holders have the calendar in force; `run` keeps it so."""

    def __init__(
        self, store: CalendarStore, holders: Sequence[Reckons], *, data: Path = DATA
    ) -> None:
        self._store = store
        self._holders = holders
        self._data = data
        self._numbers: dict[int, int] = {}
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Raises LogUnavailable: whoever can't read what is in force must not start."""
        await self._opened.enter_async_context(self._store)
        try:
            await self.look()
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
        """For ever. What can't be read now is read at the next look.

        What only a newer release can read stops nobody: the calendar stays as it is till then.
        """
        while True:
            try:
                await self.look()
            except LogUnavailable as error:
                log.warning("calendar can't be looked up", error=str(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Take over what was applied since. Cancelled, or twice at once, it is harmless.

        Raises LogUnavailable, also for what only a newer release can read.
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
        log.info("calendar taken over", calendar=calendar.version)
