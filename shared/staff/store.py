"""The list of those who hold or held a staff role, in one service's database."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

import structlog

from shared.eventstore import database
from shared.eventstore.errors import LogUnavailable

log = structlog.get_logger()

STAFF_ROLES = ("intake", "reviewer", "supervisor")
NOTED_MAX = 10_000  # tokens told apart in memory; beyond, some are noted twice a day
NOTE_SECONDS_MAX = 1.0  # a command doesn't wait for the list any longer

# Twice is harmless: the same token gives the same row.
NOTE = """
    insert into staff as known (sub, name, roles, seen_on)
    values ($1, $2, $3, $4)
    on conflict (sub) do update
    set name = excluded.name,
        roles = array(select distinct unnest(known.roles || excluded.roles) order by 1),
        seen_on = greatest(known.seen_on, excluded.seen_on)
"""
IS_KNOWN = "select exists (select from staff where sub = $1)"
ALL = "select sub, name, roles from staff order by lower(name), sub"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the staff. `sub` is a pseudonym, `name` is personal."""

    sub: str
    name: str
    roles: tuple[str, ...]


class StaffList:
    """Open, it is safe for any number of tasks."""

    def __init__(self, database_url: str, *, name: str, now: Callable[[], datetime]) -> None:
        self._database_url = database_url
        self._name = name
        self._now = now
        self._pool: database.Pool | None = None
        self._noted: set[tuple[object, ...]] = set()

    async def __aenter__(self) -> Self:
        """Raises LogUnavailable."""
        self._pool = await database.open_pool(self._database_url, name=f"{self._name} staff")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            await database.close_pool(self._pool)

    async def note(self, sub: str, name: str, roles: Collection[str]) -> None:
        """Note whoever holds a staff role: once a day and process, unless his token has changed.

        What can't be noted now is noted with his next request; nobody is kept waiting for it.
        """
        held = [role for role in STAFF_ROLES if role in roles]
        today = self._now().date()
        token = (sub, name, *held, today)
        if not held or token in self._noted:
            return
        try:
            async with asyncio.timeout(NOTE_SECONDS_MAX), self._connection() as connection:
                await connection.execute(NOTE, sub, name, held, today)
        except (LogUnavailable, TimeoutError):
            log.warning("a member of the staff is not noted yet")
            return
        if len(self._noted) >= NOTED_MAX:
            self._noted.clear()
        self._noted.add(token)

    async def is_known(self, sub: str) -> bool:
        """Whether he holds or held a staff role here. Raises LogUnavailable."""
        async with self._connection() as connection:
            known: bool = await connection.fetchval(IS_KNOWN, sub)
        return known

    async def all(self) -> list[Member]:
        """Everybody, by name. Raises LogUnavailable."""
        async with self._connection() as connection:
            rows = await connection.fetch(ALL)
        return [Member(row["sub"], row["name"], tuple(row["roles"])) for row in rows]

    def _connection(self) -> AbstractAsyncContextManager[database.PooledConnection]:
        assert self._pool is not None, "open the list first: async with staff"
        return database.borrowed(self._pool)
