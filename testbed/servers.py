"""The servers that a test run shares: those that the environment names, else private ones.

The first test that asks for a private server starts it, in a process that lives as long as the
test run (`server_lifetime.py`); the workers of one run find it by its address file.
"""

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.broker import Software, fetch, installed, unpacked
from testbed.blocking import blocking
from testbed.vhosts import Broker

ROOT = Path(__file__).parents[1]
PACKAGES = ROOT / ".janji/packages/rabbitmq"  # where `make up` fetches it too
START_SECONDS_MAX = 120
LOOK_AGAIN_SECONDS = 0.05


def find_postgres(folder: Path) -> str:
    """The administrator's URL of a PostgreSQL for the tests; a private one lives in `folder`."""
    named = os.environ.get("JANJI_TEST_POSTGRES_URL")
    return named or kept("postgres", folder)["url"]


def find_broker(folder: Path) -> Broker:
    """A broker for the tests; a private one lives in `folder`."""
    named = os.environ.get("JANJI_TEST_BROKER_URL")
    if named:
        return Broker(named, os.environ["JANJI_TEST_BROKER_API"])
    return Broker(**kept("broker", folder))


def find_broker_software() -> Software:
    """RabbitMQ as it is installed, else fetched once for all test runs."""
    with locked(PACKAGES.parent):
        if (software := installed()) is not None:
            return software
        if not PACKAGES.exists():
            blocking(fetch(PACKAGES))
    fetched = unpacked(PACKAGES)
    assert fetched is not None
    return fetched


def kept(server: str, folder: Path) -> dict[str, str]:
    """The address of the run's one server of that kind, started if this is the first to ask."""
    home = folder / server
    with locked(home):
        address = home / "address.json"
        if not address.exists():
            _start_lifetime(server, home, address)
        found: dict[str, str] = json.loads(address.read_text())
        return found


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time; the folder is made if need be."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start_lifetime(server: str, home: Path, address: Path) -> None:
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    test_run = os.getppid() if is_worker else os.getpid()
    log = home / "lifetime.log"
    with log.open("wb") as output:
        lifetime = subprocess.Popen(
            [sys.executable, "-m", "testbed.server_lifetime", server, str(home), str(test_run)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS_MAX
    while not address.exists():
        if lifetime.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{server} did not start: {log.read_text()}")
        time.sleep(LOOK_AGAIN_SECONDS)
