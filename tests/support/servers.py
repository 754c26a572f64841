"""The servers that the tests run on: those that the environment names, else private ones."""

import os

from tests.support.vhosts import Broker


def start_postgres() -> str:
    """The administrator's URL of a PostgreSQL for the tests."""
    return os.environ["JANJI_TEST_POSTGRES_URL"]


def start_broker() -> Broker:
    """A broker for the tests."""
    return Broker(os.environ["JANJI_TEST_BROKER_URL"], os.environ["JANJI_TEST_BROKER_API"])
