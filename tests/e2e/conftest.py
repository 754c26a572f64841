"""The office that the stories of this folder share: started once, as anybody would start it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from testbed.office import Office


@pytest.fixture(scope="module")  # it ends with them, not with the last of all tests
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("office")
    office = Office(folder)
    office.open()
    yield office
    office.close()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
