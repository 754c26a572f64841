"""What every test may ask for: a PostgreSQL, a broker, a database and a vhost of its own."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.blocking import blocking
from tests.support.databases import Database, clone, drop
from tests.support.servers import start_broker, start_postgres
from tests.support.vhosts import Broker, create_vhost, delete_vhost


@pytest.fixture(scope="session")
def postgres() -> str:
    """The administrator's URL of the PostgreSQL that this test run shares."""
    return start_postgres()


@pytest.fixture(scope="session")
def broker() -> Broker:
    """The broker that this test run shares."""
    return start_broker()


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
