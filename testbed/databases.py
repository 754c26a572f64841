"""A database a test: cloned in a few milliseconds from a template that was migrated once.

A template's name carries a hash of all migrations, so a server that outlives the tests keeps
templates that are still right, and a changed migration makes a new one.
"""

import hashlib
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.migrations import migrate

ROOT = Path(__file__).parents[1]
BOOTSTRAP = ROOT / "deploy/postgres/bootstrap.sql"
OWNER, APP, PASSWORD = "janji_test_owner", "janji_test_app", "test"
MIGRATED_AS = {"eventlog": "requests"}  # a log of no service in particular
BUILDING_LOCK = 7_269_746_001  # one builder at a time on a server, whichever test run it is of

ROLES = f"""
do $$ begin
  if to_regrole('{OWNER}') is null then
    create role {OWNER} login password '{PASSWORD}';
  end if;
  if to_regrole('{APP}') is null then
    create role {APP} login password '{PASSWORD}' in role janji_app;
  end if;
end $$
"""


@dataclass(frozen=True, slots=True)
class Database:
    """Where one test's database is, for its owner (migrations) and for the application."""

    owner_url: str
    app_url: str


async def clone(admin_url: str, service: str) -> Database:
    """A new database as the migrations of `service` leave it."""
    name = f"test_{service}_{secrets.token_hex(6)}"
    connection = await asyncpg.connect(admin_url)
    try:
        template = await _template(connection, admin_url, service)
        await connection.execute(
            f"create database {name} template {template} owner {OWNER} strategy file_copy"
        )  # half the time of copying through the log
    finally:
        await connection.close()
    return Database(owner_url=_url(admin_url, OWNER, name), app_url=_url(admin_url, APP, name))


async def drop(admin_url: str, database: Database) -> None:
    """Drop the database, even if sessions are connected."""
    name = urlsplit(database.owner_url).path.removeprefix("/")
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(f"drop database if exists {name} with (force)")
    finally:
        await connection.close()


async def _template(connection: asyncpg.Connection, admin_url: str, service: str) -> str:
    name = f"template_{service}_{_migrations_hash()}"
    exists = "select exists (select from pg_database where datname = $1)"
    if await connection.fetchval(exists, name):
        return name
    await connection.execute("select pg_advisory_lock($1)", BUILDING_LOCK)
    try:
        if not await connection.fetchval(exists, name):
            await _build(connection, admin_url, service, name)
    finally:
        await connection.execute("select pg_advisory_unlock($1)", BUILDING_LOCK)
    return name


async def _build(connection: asyncpg.Connection, admin_url: str, service: str, name: str) -> None:
    unfinished = f"{name}_unfinished"  # what a killed builder leaves is never taken for a template
    await connection.execute(BOOTSTRAP.read_text())
    await connection.execute(ROLES)
    await connection.execute(f"drop database if exists {unfinished} with (force)")
    await connection.execute(f"create database {unfinished} owner {OWNER}")
    migrate(_url(admin_url, OWNER, unfinished), MIGRATED_AS.get(service, service))
    await connection.execute(f"alter database {unfinished} rename to {name}")


@cache
def _migrations_hash() -> str:
    digest = hashlib.sha256(BOOTSTRAP.read_bytes())
    folders = (ROOT / each for each in ("shared", "services"))
    for path in sorted(path for each in folders for path in each.rglob("migrations/*.sql")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _url(admin_url: str, role: str, name: str) -> str:
    parts = urlsplit(admin_url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(("postgres", f"{role}:{PASSWORD}@{host}", f"/{name}", "", ""))
