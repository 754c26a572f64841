"""A database is brought to this release's schema, or one line says why it isn't."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy.migrations import MigrationFailed, migrate, versions
from testbed.blocking import blocking
from testbed.databases import Database
from testbed.event_logs import connected

Databases = Callable[[str], Database]


async def column(url: str, query: str) -> list[str]:
    async with connected(url) as connection:
        return [row[0] for row in await connection.fetch(query)]


def test_migrating_again_changes_nothing(database: Databases) -> None:
    url = database("requests").owner_url
    ran = "select version from schema_migrations order by version"
    before = blocking(column(url, ran))

    migrate(url, "requests")

    assert blocking(column(url, ran)) == before
    assert set(before) == versions("requests")


def test_two_that_migrate_at_once_both_succeed(database: Databases) -> None:
    url = database("requests").owner_url

    with ThreadPoolExecutor() as replicas:
        list(replicas.map(lambda _: migrate(url, "requests"), range(2)))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(("/test_", "/no_such_"), "does not exist", id="no such database"),
        pytest.param((":test@", ":wrong@"), "password authentication failed", id="password"),
        pytest.param(("127.0.0.1:", "127.0.0.1:x"), "", id="a port that is none"),
    ],
)
def test_a_failure_is_one_line_without_the_password(
    database: Databases, change: tuple[str, str], reason: str
) -> None:
    url = database("requests").owner_url.replace("localhost", "127.0.0.1").replace(*change)

    with pytest.raises(MigrationFailed, match=f"requests: .*{reason}") as failed:
        migrate(url, "requests")

    assert "\n" not in str(failed.value)
    assert ":test@" not in str(failed.value)
