"""`janji keys rotate` in a running office, pulled out half-way and run again."""

import signal
import subprocess
from secrets import token_hex

import aiohttp
import pytest

from deploy.local.home import Home
from testbed.office import Json, Office, Person, all_ready
from tests.e2e.test_the_promise_is_kept import REQUEST, TODAY

pytestmark = pytest.mark.system


async def test_office_goes_on_under_the_next_key(
    office: Office, session: aiohttp.ClientSession
) -> None:
    clerk = Person(session, office.url("requests"), office.token("intake"))
    first = await registered(clerk)
    files = Home(office.folder).key_files
    before = files.in_use.read_text()
    pulled_out(office)

    finished = office.janji("keys", "rotate")

    assert "is under way: this goes on with it" in finished
    assert finished.rstrip().rpartition("\n")[2].startswith("All 1 keys of cases are under master")
    assert files.retired.read_text().split() == [before]
    files.retired.write_text("")
    assert "All keys of cases are under the master key in use." in office.janji("keys", "status")
    again = await registered(clerk, first["letter"]["number"])
    assert again["number"] == first["number"]
    office.kill("requests")
    office.until(all_ready, seconds=60)
    async with aiohttp.ClientSession() as fresh:
        clerk.session = fresh
        assert (await registered(clerk, first["letter"]["number"])) == first


def pulled_out(office: Office) -> None:
    """Ended once the next key is in use."""
    rotating = subprocess.Popen(
        [office.python, "-m", "janji", "keys", "rotate"],
        env=office._environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert rotating.stdout is not None
    assert "is in use now" in rotating.stdout.readline()
    rotating.send_signal(signal.SIGKILL)
    rotating.communicate()


async def registered(clerk: Person, letter: str | None = None) -> Json:
    """A new request, or the same by the same key."""
    letter = letter or token_hex(8)
    given = {"number": letter, "date": TODAY, "signed_by": "head_of_agency", "stamped": True}
    key = {"Idempotency-Key": f"letter-{letter}"}
    return await clerk.sends("/v1/requests", REQUEST | {"letter": given}, **key)
