"""Backups as an operator makes them: pg_dump, and pg_restore into a new database of that name."""

import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from deploy.local.postgres import installed
from testbed.databases import Database


async def dump(admin_url: str, database: Database, file: Path) -> None:
    await _run(admin_url, "pg_dump", "-Fc", "-f", str(file), _as_admin(admin_url, database))


async def restore_in_place(admin_url: str, database: Database, file: Path) -> None:
    """Drop and make the tables again, under the services' connections."""
    place = _as_admin(admin_url, database)
    await _run(admin_url, "pg_restore", "--clean", "--if-exists", "-d", place, str(file))


async def restore(admin_url: str, database: Database, file: Path) -> None:
    """Drop the database under its sessions, and make it again from the dump."""
    owner = urlsplit(database.owner_url)
    name = owner.path.removeprefix("/")
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(f"drop database {name} with (force)")
        # Closed until it is whole, as an operator does by stopping the services.
        await connection.execute(f"create database {name}_new owner {owner.username}")
        place = _as_admin(admin_url, database) + "_new"
        await _run(admin_url, "pg_restore", "-d", place, str(file))
        await connection.execute(f"alter database {name}_new rename to {name}")
    finally:
        await connection.close()


async def _run(admin_url: str, program: str, *arguments: str) -> None:
    connection = await asyncpg.connect(admin_url)
    major = connection.get_server_version().major
    await connection.close()
    binaries = next(each for each in installed() if each.major == major)
    subprocess.run([binaries.folder / program, *arguments], check=True)  # noqa: ASYNC221


def _as_admin(admin_url: str, database: Database) -> str:
    return urlsplit(admin_url)._replace(path=urlsplit(database.owner_url).path).geturl()
