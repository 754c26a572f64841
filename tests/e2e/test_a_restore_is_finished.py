"""`janji restore finish`, after the database of one service was restored from a backup (F21)."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from secrets import token_hex

import aiohttp
import pytest

from deploy.local.addresses import Addresses
from deploy.local.home import Home
from testbed.databases import Database
from testbed.dumps import dump, restore, restore_in_place
from testbed.office import Office, Person, all_ready
from tests.e2e.test_the_promise_is_kept import REQUEST, TODAY

pytestmark = pytest.mark.system

Restore = Callable[[str, Database, Path], Awaitable[None]]
BACK_SECONDS_MAX = 60


@pytest.mark.parametrize("restored", [restore, restore_in_place], ids=["anew", "in place"])
async def test_an_office_is_whole_again_and_names_the_cases_that_are_gone(
    office: Office, session: aiohttp.ClientSession, tmp_path: Path, restored: Restore
) -> None:
    clerk = Person(session, office.url("requests"), office.token("intake"))
    server, log = office.status()["postgres"]["url"], requests_log(office)
    kept = await registered(office, clerk)
    await dump(server, log, tmp_path / "backup")
    gone = await registered(office, clerk)

    await restored(server, log, tmp_path / "backup")
    finished = office.janji("restore", "finish")

    assert f"{gone} (requests) was published and is gone" in finished
    assert kept not in finished
    assert "All is equal." in finished
    office.until(all_ready, seconds=BACK_SECONDS_MAX)
    async with aiohttp.ClientSession() as session:
        clerk.session = session  # the first one's connections have idled for too long
        again = await registered(office, clerk)
    assert again not in (kept, gone)
    assert "All is equal." in office.janji("restore", "finish", "--copy")


async def registered(office: Office, clerk: Person) -> str:
    """The number of a new request, which is in the figures by then."""
    letter = {"number": token_hex(8), "date": TODAY, "signed_by": "head_of_agency", "stamped": True}
    _, headers, answer = await clerk.tries("/v1/requests", REQUEST | {"letter": letter})
    page = f"{office.url('projections')}/?min_position={headers['janji-position']}"
    async with clerk.session.get(page) as shown:
        assert shown.status == 200
    number: str = json.loads(answer)["number"]
    return number


def requests_log(office: Office) -> Database:
    addresses = Addresses.load(Home(office.folder))
    assert addresses is not None
    log = addresses.databases["requests"]
    return Database(owner_url=log.owner_url, app_url=log.app_url)
