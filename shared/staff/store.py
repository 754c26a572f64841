"""The staff list in one service's database: everyone who holds or held a staff role."""

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
from shared.postgres.connection import Connection

log = structlog.get_logger()

STAFF_ROLES = ("intake", "reviewer", "supervisor")
RECORDED_MAX = 10_000  # tokens kept in memory; beyond, some are recorded twice a day
RECORD_SECONDS_MAX = 1.0  # the longest that a command waits for the list

# Idempotent: the same token gives the same row.
RECORD = """
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
class StaffMember:
    """A staff member. `sub` is a pseudonym, `name` is personal data."""

    sub: str
    name: str
    roles: tuple[str, ...]


class StaffList:
    """Once open, it is safe for any number of tasks."""

    def __init__(self, database_url: str, *, name: str, now: Callable[[], datetime]) -> None:
        self._now = now
        self._pool = database.read_pool(database_url, name=f"{name} staff")
        self._recorded: set[tuple[object, ...]] = set()

    async def __aenter__(self) -> Self:
        """Raises LogUnavailable."""
        with database.as_log_unavailable():
            await self._pool.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._pool.__aexit__(kind, error, trace)

    async def record(self, sub: str, name: str, roles: Collection[str]) -> None:
        """Record a holder of a staff role: once a day and process, unless the token has changed.

        A failed write is repeated with the next request, and the request doesn't wait for it.
        """
        held = [role for role in STAFF_ROLES if role in roles]
        today = self._now().date()
        token = (sub, name, *held, today)
        if not held or token in self._recorded:
            return
        if len(self._recorded) >= RECORDED_MAX:
            self._recorded.clear()
        self._recorded.add(token)  # before the write, so that a person's many requests make one
        is_written = False
        try:
            async with asyncio.timeout(RECORD_SECONDS_MAX), self._connection() as connection:
                await connection.execute(RECORD, sub, name, held, today)
            is_written = True
        except (LogUnavailable, TimeoutError):
            log.warning("staff member not recorded")
        finally:
            if not is_written:
                self._recorded.discard(token)

    async def is_known(self, sub: str) -> bool:
        """Whether the person holds or held a staff role here. Raises LogUnavailable."""
        async with self._connection() as connection:
            known: bool = await connection.fetchval(IS_KNOWN, sub)
        return known

    async def all(self) -> list[StaffMember]:
        """All staff members, by name. Raises LogUnavailable."""
        async with self._connection() as connection:
            rows = await connection.fetch(ALL)
        return [StaffMember(row["sub"], row["name"], tuple(row["roles"])) for row in rows]

    def _connection(self) -> AbstractAsyncContextManager[Connection]:
        return database.borrowed(self._pool)
