"""The event log works on every version of PostgreSQL that is installed."""

from pathlib import Path

import pytest

from tests.support.eventstore.every_postgres import VERSIONS, find_version


@pytest.fixture(scope="session", params=VERSIONS)
def postgres(request: pytest.FixtureRequest, run_folder: Path) -> str:
    return find_version(request.param, run_folder)
