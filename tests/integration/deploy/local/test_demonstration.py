"""Only an empty installation becomes a demonstration; and then it stays one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.databases import Database as Provided
from deploy.failures import CannotStart
from deploy.local.demonstration import Demonstration, begin
from deploy.local.home import Home
from testbed.databases import Database
from testbed.imports import answered, cases_of, imported, targets_of

Databases = dict[str, Database]


@pytest.fixture
def databases(database: Callable[[str], Database]) -> Databases:
    return {service: database(service) for service in ("requests", "complaints")}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def provided(databases: Databases) -> dict[str, Provided]:
    return {name: Provided(each.owner_url, each.app_url) for name, each in databases.items()}


async def test_an_empty_installation_is_marked(home: Home, databases: Databases) -> None:
    await begin(home, provided(databases))

    begun = Demonstration.load(home)
    assert begun is not None
    assert not begun.is_filled


async def test_one_that_holds_data_is_refused(home: Home, databases: Databases) -> None:
    async with targets_of(databases.__getitem__) as targets:
        await imported(targets, cases_of(answered("P-1")))

    with pytest.raises(CannotStart, match="the log of requests holds data"):
        await begin(home, provided(databases))

    assert Demonstration.load(home) is None


async def test_one_that_is_marked_stays_as_it_is(home: Home, databases: Databases) -> None:
    Demonstration("2026-11-24T03:15:00+00:00").filled(home)
    async with targets_of(databases.__getitem__) as targets:
        await imported(targets, cases_of(answered("P-1")))

    await begin(home, provided(databases))

    kept = Demonstration.load(home)
    assert kept == Demonstration("2026-11-24T03:15:00+00:00", is_filled=True)
