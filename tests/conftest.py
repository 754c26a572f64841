"""What every test may ask for: a PostgreSQL, a broker, a database and a vhost of its own."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import settings

from deploy.accounts import Account
from testbed.blocking import blocking
from testbed.databases import Database, clone, drop
from testbed.servers import find_broker, find_postgres
from testbed.vhosts import Broker, admit, create_vhost, delete_vhost, expel
from tests.support.machines.programs import is_missing

pytest_plugins = ["tests.support.processes.forked", "tests.support.processes.leftovers"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a program that isn't there; `make test-system` has said so."""
    lacking = {need for need in set(chain(*map(needs, items))) if is_missing(need)}
    left_out = [item for item in items if lacking.intersection(needs(item))]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def needs(item: pytest.Item) -> tuple[str, ...]:
    mark = item.get_closest_marker("needs")
    return mark.args if mark else ()


# No test is timed: a busy machine would make it red. A failure prints how to see it again.
settings.register_profile("janji", deadline=None, print_blob=True)
settings.load_profile("janji")


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this test run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def postgres(run_folder: Path) -> str:
    """The administrator's URL of the PostgreSQL that this test run shares."""
    return find_postgres(run_folder)


@pytest.fixture(scope="session")
def broker(run_folder: Path) -> Broker:
    """The broker that this test run shares."""
    return find_broker(run_folder)


@pytest.fixture
def database(postgres: str) -> Iterator[Callable[[str], Database]]:
    """`database("requests")`: a new, migrated database of that service, dropped after the test."""
    made: list[Database] = []

    def new(service: str) -> Database:
        made.append(blocking(clone(postgres, service)))
        return made[-1]

    yield new
    for each in made:
        blocking(drop(postgres, each))


@pytest.fixture
def vhost(broker: Broker) -> Iterator[str]:
    """The AMQP URL of a fresh virtual host, deleted after the test."""
    url = create_vhost(broker)
    yield url
    delete_vhost(broker, url)


@pytest.fixture
def broker_user(broker: Broker, vhost: str) -> Iterator[Callable[[Account], str]]:
    """`broker_user(account)`: its URL to the test's vhost; it is deleted after the test.

    It is named `<vhost>-<name>`, since users are the whole broker's.
    """
    admitted: list[Account] = []

    def admitting(account: Account) -> str:
        admitted.append(replace(account, name=f"{vhost.rpartition('/')[2]}-{account.name}"))
        return admit(broker, vhost, admitted[-1])

    yield admitting
    for each in admitted:
        expel(broker, each)
