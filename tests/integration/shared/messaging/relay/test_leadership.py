"""Who leads, and how leadership is lost: against a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import asyncpg
import pytest

from shared.messaging.relay.leadership import Leadership, LeadershipLost, Term
from shared.postgres.errors import NotDirect
from testbed.databases import Database
from testbed.event_logs import running
from testbed.proxy import Proxy
from tests.support.eventstore.connection_poolers import pooled
from tests.support.messaging.published_notes import SOURCE, append, eventually

FROZEN_SECONDS_MAX = 6.0  # idle_session_timeout is 2.5 s, and a busy machine needs patience


@pytest.fixture
def url(database: Callable[[str], Database]) -> str:
    return database(SOURCE).app_url


@pytest.fixture
async def proxy(url: str) -> AsyncIterator[Proxy]:
    parts = urlsplit(url)
    async with Proxy(str(parts.hostname), parts.port or 5432) as proxy:
        yield proxy


async def ended(url: str) -> None:
    """As an administrator would end the relay's session."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where application_name = 'janji relay' and datname = current_database()"
    )
    await connection.close()


async def test_the_first_leads_and_the_second_follows(url: str) -> None:
    async with await Leadership.connect(url) as first, await Leadership.connect(url) as second:
        assert await first.try_lead() is not None
        assert await second.try_lead() is None


async def test_every_takeover_raises_the_term_and_goes_on_from_the_stored_position(
    url: str,
) -> None:
    async with running(url) as log:
        await append(log, 3)
    async with await Leadership.connect(url) as first:
        before = await first.try_lead()
        await first.store(2)

    async with await Leadership.connect(url) as second:
        after = await next_term(second)

    assert before is not None
    assert (before.position, after.position) == (0, 2)
    assert after.number == before.number + 1


async def next_term(lead: Leadership) -> Term:
    """The lock is free a moment after its connection has closed."""
    terms: list[Term | None] = []

    async def leads() -> bool:
        terms.append(await lead.try_lead())
        return terms[-1] is not None

    await eventually(leads)
    assert terms[-1] is not None
    return terms[-1]


async def test_a_position_never_goes_back(url: str) -> None:
    async with await Leadership.connect(url) as lead:
        await lead.try_lead()

        assert await lead.store(5)
        assert not await lead.store(5)
        assert not await lead.store(4)

        assert (await lead.progress()).position == 5


async def test_a_leader_of_an_earlier_term_stores_nothing(url: str) -> None:
    """Even if its connection were to survive a takeover."""
    async with await Leadership.connect(url) as stale:
        await stale.try_lead()
        connection = await asyncpg.connect(url)
        await connection.execute("update relay_position set term = term + 1")
        await connection.close()

        assert not await stale.store(7)

        assert (await stale.progress()).position == 0


async def test_a_look_tells_the_lag(url: str) -> None:
    async with running(url) as log:
        await append(log, 3)
    async with await Leadership.connect(url) as lead:
        await lead.try_lead()
        await lead.store(1)

        look = await lead.progress()

        assert (look.position, look.head) == (1, 3)
        assert look.lag_seconds > 0


async def test_a_caught_up_relay_has_no_lag(url: str) -> None:
    async with await Leadership.connect(url) as lead:
        assert (await lead.progress()).lag_seconds == 0


async def test_a_frozen_leader_loses_the_lock(url: str, proxy: Proxy) -> None:
    """SIGSTOP, a stopped machine, a lost network: nothing comes, and nothing is told."""
    async with (
        await Leadership.connect(proxy.url(url)) as frozen,
        await Leadership.connect(url) as follower,
    ):
        await frozen.try_lead()
        proxy.freeze()

        await eventually(lambda: leads(follower), within_seconds=FROZEN_SECONDS_MAX)

        proxy.thaw()
        with pytest.raises(LeadershipLost):
            await frozen.store(1)


async def leads(lead: Leadership) -> bool:
    return await lead.try_lead() is not None


async def test_a_leader_with_a_heartbeat_keeps_the_lock(url: str) -> None:
    slow = asyncio.Event()
    asyncio.get_running_loop().call_later(3.5, slow.set)
    async with await Leadership.connect(url) as lead:
        await lead.try_lead()

        await lead.with_heartbeat(slow.wait())  # longer than the session may idle

        async with await Leadership.connect(url) as follower:
            assert await follower.try_lead() is None
        assert await lead.store(1)


async def test_slow_work_is_given_up_with_the_leadership(url: str) -> None:
    never = asyncio.get_running_loop().create_future()
    async with await Leadership.connect(url) as lead:
        await lead.try_lead()
        await ended(url)

        with pytest.raises(LeadershipLost):
            await lead.with_heartbeat(never)

        assert never.cancelled()


async def test_an_ended_session_is_noticed_at_the_next_statement(url: str) -> None:
    async with await Leadership.connect(url) as lead:
        await lead.try_lead()
        await ended(url)

        with pytest.raises(LeadershipLost):
            await lead.progress()


async def test_a_leader_that_ends_frees_the_lock(url: str) -> None:
    async with await Leadership.connect(url) as lead:
        await lead.try_lead()

    async with await Leadership.connect(url) as next_one:
        assert await next_term(next_one) is not None


async def test_a_database_that_is_away_is_no_leadership() -> None:
    with pytest.raises(LeadershipLost):
        await Leadership.connect("postgres://nobody@127.0.0.1:9/nothing")


async def test_a_pooler_is_refused(url: str) -> None:
    async with pooled(url) as pooler_url:
        with pytest.raises(NotDirect, match="direct connection"):
            await Leadership.connect(pooler_url)
