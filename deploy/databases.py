"""Creates or migrates each service's database on any PostgreSQL server.

A service has two roles. The owner migrates; the application's role, a member of janji_app, may read
and call functions. No other role may connect, so no service can read another's database; nor may it
connect to the server's own databases.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from deploy.failures import CannotStart
from deploy.migrations import MigrationFailed, migrate
from shared.postgres.connection import Connection, connected
from shared.postgres.errors import CANT_CONNECT, DatabaseUnavailable

SERVICES = ("requests", "complaints", "projections")
BOOTSTRAP = Path(__file__).parent / "postgres/bootstrap.sql"
NAME = "janji setup"
ANSWER_SECONDS = 60.0  # a database is copied from its template

# Names and passwords become part of statements that take no parameters; PostgreSQL quotes them.
CREATE_ROLE = "format('create role %I login password %L', $1::text, $2::text)"
GRANT_ROLE = "format('grant %I to %I', $1::text, $2::text)"
CREATE_DATABASE = "format('create database %I owner %I', $1::text, $2::text)"
NEW_PASSWORD = "format('alter role %I password %L', $1::text, $2::text)"  # noqa: S105 (a statement)
CLOSE_TO_OTHERS = "format('revoke connect, temporary on database %I from public', $1::text)"
OPEN_TO = "format('grant connect on database %I to %I', $1::text, $2::text)"


@dataclass(frozen=True, slots=True)
class Passwords:
    """The passwords of a service's two roles."""

    owner: str
    app: str


@dataclass(frozen=True, slots=True)
class Database:
    """The URLs of a service's database for its owner and for the application."""

    owner_url: str
    app_url: str


# Services may be set up at once, and PostgreSQL takes one change of a database's rights at a time.
LOCK = "select pg_advisory_lock(5786073428119874401)"
OPEN_TO_ALL = """
    select datname from pg_database
    where datname in ('postgres', 'template1') and has_database_privilege('public', oid, 'connect')
"""
OPEN_ELSEWHERE = """
    select datname from pg_database
    where datallowconn and datname <> $2 and has_database_privilege($1, oid, 'connect')
    order by datname
"""


async def provide(
    admin_url: str, service: str, passwords: Passwords, *, rotating: bool = False
) -> Database:
    """Create the missing roles, database and schema of the service.

    `admin_url` is of a role that may create roles and databases. `rotating`: roles that exist get
    these passwords; else another's database is refused. A cancellation leaves whole steps; the next
    run continues. Raises CannotStart.
    """
    name, database = f"janji_{service}", database_of(admin_url, service, passwords)
    try:
        await _make(admin_url, name, passwords, rotating=rotating)
        await _check_logins(database)
        await asyncio.to_thread(migrate, database.owner_url, service)
    except (DatabaseUnavailable, *CANT_CONNECT) as failure:
        if isinstance(failure.__cause__, asyncpg.InvalidPasswordError):
            raise CannotStart(
                f"{_place(database.owner_url)} refuses the passwords kept in JANJI_HOME:"
                " it belongs to another installation; name another server, or its JANJI_HOME"
            ) from failure
        raise CannotStart(
            f"{_place(database.owner_url)} cannot be set up:"
            f" {str(failure) or type(failure).__name__}; see to that server or to its URL"
        ) from failure
    except MigrationFailed as failure:
        raise CannotStart(str(failure)) from failure
    return database


def database_of(admin_url: str, service: str, passwords: Passwords) -> Database:
    """The service's database on the server of `admin_url`, whether it is there or not."""
    name = f"janji_{service}"
    return Database(
        owner_url=_url(admin_url, f"{name}_owner", passwords.owner, name),
        app_url=_url(admin_url, f"{name}_app", passwords.app, name),
    )


async def open_elsewhere(admin_url: str, service: str) -> list[str]:
    """Other databases of the server that the service's application may connect to."""
    name = f"janji_{service}"
    async with connected(admin_url, name=NAME, answer_seconds=ANSWER_SECONDS) as connection:
        rows = await connection.fetch(OPEN_ELSEWHERE, f"{name}_app", name)
    return [row["datname"] for row in rows]


async def _make(admin_url: str, name: str, passwords: Passwords, *, rotating: bool) -> None:
    async with connected(admin_url, name=NAME, answer_seconds=ANSWER_SECONDS) as connection:
        await connection.execute(LOCK)
        await connection.execute(BOOTSTRAP.read_text())
        owner, app = f"{name}_owner", f"{name}_app"
        await _make_role(connection, owner, passwords.owner, rotating=rotating)
        await _make_role(connection, app, passwords.app, rotating=rotating)
        await _run(connection, GRANT_ROLE, "janji_app", app)
        exists = "select exists (select from pg_database where datname = $1)"
        if not await connection.fetchval(exists, name):
            await _run(connection, CREATE_DATABASE, name, owner)
        await _run(connection, CLOSE_TO_OTHERS, name)
        await _run(connection, OPEN_TO, name, app)
        for row in await connection.fetch(OPEN_TO_ALL):  # else each role may connect to these
            await _run(connection, OPEN_TO, row["datname"], await _us(connection))
            await _run(connection, CLOSE_TO_OTHERS, row["datname"])


async def _make_role(connection: Connection, role: str, password: str, *, rotating: bool) -> None:
    if await connection.fetchval("select to_regrole($1) is null", role):
        await _run(connection, CREATE_ROLE, role, password)
    elif rotating:
        await _run(connection, NEW_PASSWORD, role, password)
    if not await connection.fetchval("select rolsuper from pg_roles where rolname = current_user"):
        await _run(connection, GRANT_ROLE, role, await _us(connection))


async def _us(connection: Connection) -> str:
    name: str = await connection.fetchval("select current_user")
    return name


async def _run(connection: Connection, statement: str, *words: str) -> None:
    await connection.execute(await connection.fetchval(f"select {statement}", *words))


async def _check_logins(database: Database) -> None:
    """Log in as both roles: a database of the same name may be another installation's."""
    for url in (database.owner_url, database.app_url):
        async with connected(url, name=NAME, answer_seconds=ANSWER_SECONDS):
            pass


def _url(admin_url: str, role: str, password: str, name: str) -> str:
    parts = urlsplit(admin_url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(
        ("postgres", f"{role}:{quote(password, safe='')}@{host}", f"/{name}", parts.query, "")
    )


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"database {parts.path[1:]} on {parts.netloc.rpartition('@')[2]}"
