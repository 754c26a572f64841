"""A pool lends what lives, takes back without waiting, and is never used up for good."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from shared.postgres.errors import DatabaseUnavailable
from shared.postgres.pool import Pool
from testbed.databases import Database
from testbed.event_logs import connected, proxied
from testbed.proxy import Proxy
from tests.support.postgres.statements import BRIEF, LONG

Databases = Callable[[str], Database]
SIZE_MAX = 4
SOON_SECONDS = 5.0
MINE = """
    select count(*) from pg_stat_activity
    where application_name = 'mine' and datname = current_database()
"""
END_MINE = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'mine' and datname = current_database()
"""


@pytest.fixture
def url(database: Databases) -> str:
    return database("eventlog").app_url


@pytest.fixture
async def network(url: str) -> AsyncIterator[Proxy]:
    async with proxied(url) as (proxy, _):
        yield proxy


def pool_at(url: str, *, answer_seconds: float = 60.0) -> Pool:
    return Pool(url, name="mine", size_max=SIZE_MAX, answer_seconds=answer_seconds)


async def reads(pool: Pool) -> int:
    """The process number of the session that answered."""
    async with pool.acquire() as connection:
        return int(await connection.fetchval("select pg_backend_pid()"))


async def all_lent(pool: Pool) -> None:
    """Each connection was used, and rests."""
    async with AsyncExitStack() as lent:
        for _ in range(SIZE_MAX):
            await lent.enter_async_context(pool.acquire())


async def test_connection_is_used_again(url: str) -> None:
    async with pool_at(url) as pool:
        assert await reads(pool) == await reads(pool)


async def test_pool_opens_no_more_than_it_may(url: str) -> None:
    async with pool_at(url) as pool, connected(url) as watcher:
        await asyncio.gather(*(reads(pool) for _ in range(10 * SIZE_MAX)))

        assert await watcher.fetchval(MINE) <= SIZE_MAX


async def test_pool_that_is_used_up_says_so_and_serves_again(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.postgres.pool.LEND_SECONDS", 0.3)
    async with pool_at(url) as pool:
        async with AsyncExitStack() as lent:
            for _ in range(SIZE_MAX):
                await lent.enter_async_context(pool.acquire())
            async with asyncio.timeout(SOON_SECONDS):
                with pytest.raises(DatabaseUnavailable, match=r"no connection within 0\.3 s"):
                    await reads(pool)

        assert await reads(pool)


async def test_session_that_was_ended_is_not_lent_again(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.postgres.pool.TRUSTED_SECONDS", 0.0)
    async with pool_at(url) as pool, connected(url) as watcher:
        await all_lent(pool)
        await watcher.execute(END_MINE)

        assert await asyncio.gather(*(reads(pool) for _ in range(SIZE_MAX)))


async def test_silent_connections_are_replaced_before_they_are_lent(
    url: str, network: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All at once: who comes next doesn't find them out one by one."""
    monkeypatch.setattr("shared.postgres.pool.TRUSTED_SECONDS", 0.0)
    monkeypatch.setattr("shared.postgres.pool.SIGN_OF_LIFE_SECONDS", 0.8 * SOON_SECONDS / 2)
    async with pool_at(network.url(url)) as pool:
        await all_lent(pool)
        network.half_open()
        began = time.monotonic()

        assert await reads(pool)
        assert await reads(pool)

        assert time.monotonic() - began < SOON_SECONDS


async def test_silent_answer_is_given_up_and_the_next_call_gets_one(
    url: str, network: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that rest go the same way, and would be trusted for a while."""
    monkeypatch.setattr("shared.postgres.pool.TRUSTED_SECONDS", 60.0)
    async with pool_at(network.url(url), answer_seconds=0.5) as pool:
        await all_lent(pool)
        began = time.monotonic()

        async def reads_into_silence() -> None:
            async with pool.acquire() as connection:
                network.half_open()
                await connection.fetchval("select 1")

        with pytest.raises(DatabaseUnavailable):
            await reads_into_silence()
        assert await reads(pool)

        assert time.monotonic() - began < SOON_SECONDS


async def test_giving_back_waits_for_nothing(url: str, network: Proxy) -> None:
    """On a half-open connection asyncpg's pool waits without a bound, whatever is around it."""
    async with pool_at(network.url(url)) as pool:

        async def hangs() -> None:
            async with pool.acquire() as connection, connection.transaction():
                network.half_open()
                await connection.fetchval("select 1")

        hanging = asyncio.ensure_future(hangs())
        await asyncio.wait({hanging}, timeout=0.5)
        hanging.cancel()
        await asyncio.wait({hanging}, timeout=SOON_SECONDS)

        assert hanging.cancelled()
        assert await reads(pool)


async def test_connection_of_a_cancelled_call_is_not_lent_again(url: str) -> None:
    async with pool_at(url) as pool:
        before = await reads(pool)

        async def sleeps() -> None:
            async with pool.acquire() as connection:
                await connection.execute(LONG)

        sleeping = asyncio.ensure_future(sleeps())
        await asyncio.wait({sleeping}, timeout=0.2)
        sleeping.cancel()
        await asyncio.wait({sleeping})

        assert await reads(pool) != before


async def test_connection_of_a_cancelled_block_is_not_lent_again(url: str) -> None:
    """It may stand between two messages of a call, and asyncpg takes it for idle."""
    async with pool_at(url) as pool:
        before = await reads(pool)

        async def stays() -> None:
            async with pool.acquire():
                await asyncio.Event().wait()

        staying = asyncio.ensure_future(stays())
        await asyncio.wait({staying}, timeout=0.2)
        staying.cancel()
        await asyncio.wait({staying})

        assert await reads(pool) != before


async def test_connection_in_a_transaction_is_not_lent_again(url: str) -> None:
    async with pool_at(url) as pool:
        async with pool.acquire() as connection:
            before = await connection.fetchval("select pg_backend_pid()")
            await connection.execute("begin")

        assert await reads(pool) != before


async def test_pool_tells_for_how_long_one_is_away(url: str) -> None:
    async with pool_at(url) as pool:
        assert pool.lent_seconds == 0.0

        async with pool.acquire() as connection:
            await connection.execute(BRIEF)

            assert pool.lent_seconds >= 0.1


async def test_closing_waits_shortly_for_who_hangs(
    url: str, network: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.postgres.pool.CLOSE_SECONDS", 0.3)

    async def hangs(pool: Pool) -> None:
        async with pool.acquire() as connection:
            await connection.execute(LONG)

    async with asyncio.timeout(SOON_SECONDS):
        async with pool_at(network.url(url)) as pool:
            hanging = asyncio.ensure_future(hangs(pool))
            await asyncio.wait({hanging}, timeout=0.2)
            network.half_open()
        with pytest.raises(DatabaseUnavailable):
            await hanging
