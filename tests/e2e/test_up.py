"""`janji up`, `status` and `down`, as a person at a terminal meets them."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import asyncpg
import pytest

from deploy.databases import SERVICES
from testbed.blocking import blocking
from testbed.office import START_SECONDS_MAX, Office, all_ready

pytestmark = pytest.mark.system

PARTS = ("requests", "complaints", "projections", "postgres", "broker")
# Promised are 5 seconds, 15 for the broker, and 2 for the status; a test run has the machine not
# for itself.
BACK_SECONDS_MAX = {"broker": 30.0}
STATUS_SECONDS_MAX = 5.0


def test_all_is_ready_and_named(office: Office) -> None:
    status = office.until(all_ready, seconds=START_SECONDS_MAX)

    assert set(status) == set(PARTS)
    assert office.tried("status").returncode == 0


def test_the_public_page_answers(office: Office) -> None:
    page = office.status()["projections"]["url"]

    with urlopen(f"{page}/") as answer:
        assert answer.status == 200


def test_a_second_up_finds_the_first(office: Office) -> None:
    before = office.until(all_ready, seconds=START_SECONDS_MAX)

    said = office.janji("up")

    assert "Already running" in said
    assert office.status() == before


@pytest.mark.parametrize("part", PARTS)
def test_killed_process_is_back_on_its_port(office: Office, part: str) -> None:
    before = office.until(all_ready, seconds=START_SECONDS_MAX)[part]

    killed = office.kill(part)

    after = office.until(
        lambda status: status[part]["ready"] and status[part]["pid"] != killed,
        seconds=BACK_SECONDS_MAX.get(part, 15.0),
    )[part]
    assert after["url"] == before["url"]


def test_the_status_comes_in_time_whatever_hangs(office: Office) -> None:
    pids = [entry["pid"] for entry in office.until(all_ready, seconds=START_SECONDS_MAX).values()]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)

    began = time.monotonic()
    done = office.tried("status", "--json")
    took = time.monotonic() - began

    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    assert took < STATUS_SECONDS_MAX
    assert done.returncode == 1


@pytest.mark.system  # starts RabbitMQ once more
def test_everything_ends_cleanly_and_the_data_stay(office: Office) -> None:
    admin = office.until(all_ready, seconds=START_SECONDS_MAX)["postgres"]["url"]
    blocking(execute(admin, "create table kept as select 1 as one"))

    office.close()

    stopped = office.status()
    assert office.leftovers() == []
    assert {name: entry["pid"] for name, entry in stopped.items()} == dict.fromkeys(PARTS)
    office.open()
    assert office.status()["postgres"]["url"] == admin
    blocking(execute(admin, "drop table kept"))


@pytest.mark.system  # starts RabbitMQ once more
def test_a_killed_supervisor_leaves_nothing_and_up_works_again(office: Office) -> None:
    office.until(all_ready, seconds=START_SECONDS_MAX)
    os.kill(supervisor(office), signal.SIGKILL)

    office.open()

    assert all_ready(office.status())


def test_servers_that_are_named_are_used(
    postgres: str, tmp_path: Path, no_databases_of_services: None
) -> None:
    """A PostgreSQL elsewhere, and no broker at all: everybody follows the feeds."""
    settings = {"JANJI_POSTGRES_URL": postgres, "JANJI_BROKER_URL": ""}
    named = Office(tmp_path / "home", settings)

    named.janji("up", "--detach")
    status = named.status()
    named.janji("down")

    assert status["broker"] is None
    assert status["postgres"] == {"url": postgres, "pid": None, "ready": True}
    assert all_ready(status)


@pytest.fixture
def no_databases_of_services(postgres: str) -> Iterator[None]:
    """The server outlives this test, and another run would find databases not its own."""
    yield
    for service in SERVICES:
        name = f"janji_{service}"
        for drop in (f"database if exists {name}", f"role {name}_owner", f"role {name}_app"):
            blocking(execute(postgres, f"drop {drop}"))


def supervisor(office: Office) -> int:
    return int((office.folder / "run/up.pid").read_text().split()[0])


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
