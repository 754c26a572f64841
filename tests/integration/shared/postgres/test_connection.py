"""One connection: whatever it waits for has a bound, and what ends it is what is raised."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import asyncpg
import pytest

from shared.postgres.connection import BoundedConnection, connect, connected, listen
from shared.postgres.errors import DatabaseUnavailable, NotDirect
from testbed.databases import Database
from testbed.event_logs import proxied
from testbed.proxy import Direction, Proxy
from tests.support.eventstore.connection_poolers import pooled
from tests.support.postgres.statements import LONG

Databases = Callable[[str], Database]
SOON_SECONDS = 5.0  # on a busy machine; nothing here waits longer for the network
ANSWER_SECONDS = 0.5


@pytest.fixture
def url(database: Databases) -> str:
    return database("eventlog").app_url


@pytest.fixture
async def network(url: str) -> AsyncIterator[Proxy]:
    async with proxied(url) as (proxy, _):
        yield proxy


async def opened(url: str, *, answer_seconds: float = 60.0) -> BoundedConnection:
    return await connect(url, name="mine", answer_seconds=answer_seconds)


# Connecting.


async def test_server_that_accepts_and_says_nothing_is_given_up(
    url: str, network: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.postgres.connection.CONNECT_SECONDS", 0.5)
    network.freeze()

    async with asyncio.timeout(SOON_SECONDS):
        with pytest.raises(DatabaseUnavailable, match="TimeoutError"):
            await opened(network.url(url))


async def test_silent_host_leaves_the_next_one_its_time(
    url: str, network: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a failover: the old primary's machine is gone, and nothing answers there."""
    monkeypatch.setattr("shared.postgres.connection.CONNECT_SECONDS", 4.0)
    network.freeze()
    parts = urlsplit(url)
    hosts = url.replace(f"@{parts.hostname}:{parts.port}", f"@127.0.0.1:{network.port},{{}}")
    living = hosts.format(f"{parts.hostname}:{parts.port}")

    async with asyncio.timeout(SOON_SECONDS):
        connection = await opened(living)

    assert await connection.fetchval("select 1") == 1
    await connection.close()


@pytest.mark.parametrize("first", [b"pg_backend_pid", b"LISTEN"])
async def test_silence_at_the_first_statement_is_a_part_of_connecting(
    url: str, network: Proxy, first: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.postgres.connection.CONNECT_SECONDS", 1.0)
    network.freeze_at(first, Direction.TO_SERVER)

    async with asyncio.timeout(SOON_SECONDS):
        with pytest.raises(DatabaseUnavailable):
            await listen(
                network.url(url),
                name="mine",
                answer_seconds=60.0,
                channel="anything",
                heard=lambda *_: None,
            )


@pytest.mark.parametrize(
    "wrong", ["postgres://nobody@127.0.0.1:9/nothing", "postgres://[", "postgres://a@b:c/d"]
)
async def test_place_without_a_database_is_unavailable(wrong: str) -> None:
    with pytest.raises(DatabaseUnavailable):
        await opened(wrong)


async def test_refusal_of_the_server_is_unavailable(url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="does not exist"):
        await opened(f"{url}_that_there_is_not")


async def test_pooler_is_refused(url: str) -> None:
    async with pooled(url) as pooler_url:
        with pytest.raises(NotDirect, match="direct connection"):
            await opened(pooler_url)


# Waiting for an answer.


async def test_call_without_an_answer_ends_its_connection(url: str, network: Proxy) -> None:
    connection = await opened(network.url(url), answer_seconds=ANSWER_SECONDS)
    network.half_open()

    async with asyncio.timeout(SOON_SECONDS):
        with pytest.raises(TimeoutError):
            await connection.fetchval("select 1")

    assert connection.is_closed()


async def test_cancelled_call_ends_its_connection_and_asks_nothing_of_the_network(
    url: str, network: Proxy
) -> None:
    """By itself asyncpg opens another connection, to have the call cancelled, and waits for it."""
    connection = await opened(network.url(url))
    connections = network.accepted_connections
    network.half_open()
    call = asyncio.ensure_future(connection.fetchval("select 1"))
    await asyncio.wait({call}, timeout=0.1)

    call.cancel()
    async with asyncio.timeout(SOON_SECONDS):
        with pytest.raises(asyncio.CancelledError):
            await call
        await connection.close()

    assert connection.is_closed()
    assert network.accepted_connections == connections


async def test_transaction_begins_in_time_or_not_at_all(
    url: str, network: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.postgres.connection.BEGIN_SECONDS", 0.5)
    connection = await opened(network.url(url))
    network.half_open()
    began = time.monotonic()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(SOON_SECONDS), connection.transaction():
            pass

    assert time.monotonic() - began < SOON_SECONDS
    assert connection.is_given_up
    connection.terminate()


async def test_cancellation_in_a_transaction_stays_one(url: str, network: Proxy) -> None:
    """What can't be rolled back any more must not hide it: the task would go on."""
    connection = await opened(network.url(url))

    async def reads() -> None:
        async with connection.transaction(), connection.transaction():
            await connection.execute(LONG)

    reading = asyncio.ensure_future(reads())
    await asyncio.wait({reading}, timeout=0.2)
    network.half_open()
    reading.cancel()

    async with asyncio.timeout(SOON_SECONDS):
        with pytest.raises(asyncio.CancelledError):
            await reading


async def test_slow_statement_is_ended_by_the_server(url: str) -> None:
    """It says so: nobody takes it for a silent network, and the connection lives."""
    connection = await opened(url, answer_seconds=1.0)

    with pytest.raises(asyncpg.QueryCanceledError):
        await connection.execute(LONG)

    assert await connection.fetchval("select 1") == 1
    await connection.close()


async def test_goodbye_that_nobody_hears_takes_no_time(
    url: str, network: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.postgres.connection.CLOSE_SECONDS", 0.2)
    connection = await opened(network.url(url))
    network.half_open()

    async with asyncio.timeout(SOON_SECONDS):
        await connection.close()

    assert connection.is_closed()


# What both sides are told of the network.


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_connection_check_interval", "200ms"),
        ("statement_timeout", "8s"),
        ("tcp_user_timeout", "5000"),
        ("tcp_keepalives_idle", "5"),
        ("tcp_keepalives_interval", "2"),
        ("tcp_keepalives_count", "2"),
    ],
)
async def test_server_gives_up_a_silent_client(url: str, name: str, value: str) -> None:
    async with connected(url, name="mine", answer_seconds=10.0) as connection:
        assert await connection.fetchval("select current_setting($1)", name) == value


@pytest.mark.parametrize(
    ("option", "value"),
    [("TCP_USER_TIMEOUT", 5_000), ("TCP_KEEPIDLE", 5), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 2)],
)
async def test_client_gives_up_a_silent_server(url: str, option: str, value: int) -> None:
    async with connected(url, name="mine", answer_seconds=10.0) as connection:
        raw = connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]

        assert raw.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert raw.getsockopt(socket.IPPROTO_TCP, getattr(socket, option)) == value
