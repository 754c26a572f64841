"""A service's database is its own: made once, brought up to date, closed to everybody else."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from deploy.databases import Database, Passwords, open_elsewhere, provide
from deploy.failures import CannotStart
from deploy.local.ports import free_ports
from deploy.local.postgres import PostgresServer
from deploy.local.subprocesses import wait_until
from deploy.local.supervisor import supervising
from deploy.migrations import versions

PATIENCE_SECONDS = 30.0
OURS = Passwords(owner="owner's", app="@pp/'s")  # quotes end no statement, slashes no URL

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A server of its own: roles are the whole cluster's."""
    folder = tmp_path_factory.mktemp("postgres")
    postgres = PostgresServer(folder, free_ports(1)[0], "admin")
    async with supervising(logs=folder, run=folder, say=print) as supervisor:
        supervisor.keep(await postgres.program())
        log = supervisor.log_of("postgres")
        await wait_until(postgres.accepts_login, seconds=PATIENCE_SECONDS, otherwise=log.read_text)
        yield postgres.url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def requests(server: str) -> Database:
    return await provide(server, "requests", OURS)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def complaints(server: str) -> Database:
    return await provide(server, "complaints", OURS)


async def fetch(url: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(query)
    finally:
        await connection.close()


async def test_database_has_the_schema_of_this_release(requests: Database) -> None:
    rows = await fetch(requests.owner_url, "select version from schema_migrations")

    assert {row["version"] for row in rows} == versions("requests")


async def test_making_it_again_changes_nothing(server: str, requests: Database) -> None:
    assert await provide(server, "requests", OURS) == requests


async def test_the_application_reads_but_writes_nothing_by_hand(requests: Database) -> None:
    assert await fetch(requests.app_url, "select * from stored_events") == []

    for forbidden in ("delete from stored_events", "create table mine (x int)"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await fetch(requests.app_url, forbidden)


async def test_no_service_enters_anothers_database(
    requests: Database, complaints: Database
) -> None:
    trespassing = complaints.app_url.replace("janji_complaints_app:", "janji_requests_app:")

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(trespassing)


@pytest.mark.parametrize("other", ["postgres", "template1"])
async def test_no_service_enters_the_servers_own_databases(
    server: str, requests: Database, other: str
) -> None:
    """Everybody may connect to these as PostgreSQL comes, and fill or lock what is in them."""
    for url in (requests.app_url, requests.owner_url):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(f"{url.rpartition('/')[0]}/{other}")
    assert await open_elsewhere(server, "requests") == []


async def test_database_that_everybody_may_enter_is_named(server: str, requests: Database) -> None:
    await fetch(server, "create database of_others")

    found = await open_elsewhere(server, "requests")

    await fetch(server, "drop database of_others")
    assert found == ["of_others"]


async def test_passwords_are_changed_by_setup(server: str, complaints: Database) -> None:
    """It advised to remove the database."""
    ours = Passwords(owner="owner's next", app="next")

    changed = await provide(server, "complaints", ours, rotating=True)

    assert await fetch(changed.app_url, "select 1")
    for old in (complaints.app_url, complaints.owner_url):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(old)
    await provide(server, "complaints", OURS, rotating=True)


async def test_a_database_of_another_installation_is_left_alone(
    server: str, requests: Database
) -> None:
    """Its personal data are sealed under another master key."""
    with pytest.raises(CannotStart, match="belongs to another installation"):
        await provide(server, "requests", Passwords(owner="another's", app="another's"))


async def test_a_server_that_is_away_is_named_in_one_line_without_its_password() -> None:
    nowhere = f"postgres://postgres:hush@127.0.0.1:{free_ports(1)[0]}/postgres"

    with pytest.raises(CannotStart) as failure:
        await provide(nowhere, "requests", OURS)

    assert "janji_requests on 127.0.0.1" in str(failure.value)
    assert "hush" not in str(failure.value)
