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
from tests.support.blocking import blocking
from tests.support.installation import START_SECONDS_MAX, Installation, all_ready

KEYS = {"requests", "complaints", "projections", "postgres", "broker"}
PARTS = ("requests", "complaints", "projections", "postgres", "broker")
BACK_SECONDS_MAX = {"broker": 15.0}
STATUS_SECONDS_MAX = 2.0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One that runs in the background for all tests of this file."""
    made = Installation(tmp_path_factory.mktemp("installation") / "home")
    done = made.janji("up", "--detach")
    assert done.returncode == 0, done.stdout + done.stderr
    yield made
    made.janji("down")


def test_all_is_ready_and_named(running: Installation) -> None:
    status = running.until(all_ready, seconds=START_SECONDS_MAX)

    assert set(status) == KEYS
    assert running.janji("status").returncode == 0


def test_the_public_page_answers(running: Installation) -> None:
    page = running.status()["projections"]["url"]

    with urlopen(f"{page}/") as answer:
        assert answer.status == 200


def test_a_second_up_finds_the_first(running: Installation) -> None:
    before = running.status()

    done = running.janji("up")

    assert done.returncode == 0
    assert "Already running" in done.stdout
    assert running.status() == before


@pytest.mark.parametrize("part", PARTS)
def test_what_dies_is_back_on_its_port(running: Installation, part: str) -> None:
    before = running.until(all_ready, seconds=START_SECONDS_MAX)[part]

    killed = running.kill(part)

    after = running.until(
        lambda status: status[part]["ready"] and status[part]["pid"] != killed,
        seconds=BACK_SECONDS_MAX.get(part, 5.0),
    )[part]
    assert after["url"] == before["url"]


def test_the_status_comes_in_time_whatever_hangs(running: Installation) -> None:
    pids = [entry["pid"] for entry in running.until(all_ready, seconds=START_SECONDS_MAX).values()]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)

    began = time.monotonic()
    done = running.janji("status", "--json")
    took = time.monotonic() - began

    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    assert took < STATUS_SECONDS_MAX
    assert done.returncode == 1


def test_everything_ends_cleanly_and_the_data_stay(running: Installation) -> None:
    admin = running.until(all_ready, seconds=START_SECONDS_MAX)["postgres"]["url"]
    blocking(execute(admin, "create table kept as select 1 as one"))

    assert running.janji("down").returncode == 0
    assert running.leftovers() == []
    stopped = running.status()
    assert {name: entry["pid"] for name, entry in stopped.items()} == dict.fromkeys(PARTS)

    running.janji("up", "--detach")
    again = running.until(all_ready, seconds=START_SECONDS_MAX)["postgres"]["url"]
    assert again == admin
    blocking(execute(again, "drop table kept"))


def test_a_killed_supervisor_leaves_nothing_and_up_works_again(running: Installation) -> None:
    running.until(all_ready, seconds=START_SECONDS_MAX)
    os.kill(supervisor(running), signal.SIGKILL)

    done = running.janji("up", "--detach")

    assert done.returncode == 0, done.stdout + done.stderr


def test_servers_that_are_named_are_used(
    postgres: str, tmp_path: Path, no_databases_of_services: None
) -> None:
    """A PostgreSQL elsewhere, and no broker at all: everybody follows the feeds."""
    settings = {"JANJI_POSTGRES_URL": postgres, "JANJI_BROKER_URL": ""}
    named = Installation(tmp_path / "home", settings)

    done = named.janji("up", "--detach")
    status = named.status()
    named.janji("down")

    assert done.returncode == 0, done.stdout + done.stderr
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


def supervisor(running: Installation) -> int:
    return int((running.home / "run/up.pid").read_text().split()[0])


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
