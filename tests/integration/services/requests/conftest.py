"""One service for all tests of a file: each makes requests of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from testbed.databases import clone, drop
from testbed.http import Client
from tests.support.cases.requests_service import requests_service


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    """Speaks to a running requests service without a broker."""
    folder: Path = tmp_path_factory.mktemp("requests")
    database = await clone(postgres, "requests")
    try:
        async with requests_service(database, folder) as client:
            yield client
    finally:
        await drop(postgres, database)
