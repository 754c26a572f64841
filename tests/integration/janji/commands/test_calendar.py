"""`janji calendar apply`: a decree comes to all services, or nothing changes."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from janji.commands.calendar import FILE_BYTES_MAX
from shared.calendars.store import CalendarStore
from shared.promise.standard import DATA
from testbed.databases import Database
from testbed.http import Client
from tests.support.cases import complaints_service as complaints
from tests.support.cases import requests_service as requests
from tests.support.clocks.calendar_amendments import DECREE, amended, year_of
from tests.support.processes.operator_terminal import Terminal, terminal

DECIDED_ON = "2025-10-01"  # whatever day the tests run on
WEDNESDAY, THURSDAY = "2026-11-25", "2026-11-26"


@dataclass
class Office:
    """The databases of an office, and somebody at a terminal; nothing runs."""

    databases: dict[str, Database]
    folder: Path
    terminal: Terminal

    async def apply(self, text: str, name: str = "2026.toml") -> str:
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        return await self.terminal.janji("calendar", "apply", str(file))

    async def in_force(self) -> dict[str, int]:
        """Which number of 2026 was applied in each database; 0: none."""
        found = {}
        for service, database in self.databases.items():
            async with CalendarStore(database.owner_url) as store:
                found[service] = (await store.numbers()).get(2026, 0)
        return found


@dataclass
class Server(Office):
    """The services that keep a log run."""

    requests: Client
    complaints: Client


@pytest.fixture
def office(database: Callable[[str], Database], tmp_path: Path) -> Office:
    names = ("projections", "requests", "complaints")
    databases = {name: database(name) for name in names}
    owners = {name: replace(each, app_url=each.owner_url) for name, each in databases.items()}
    return Office(databases, tmp_path, terminal(**owners))


@pytest.fixture
async def server(office: Office) -> AsyncIterator[Server]:
    of, folder = office.databases, office.folder
    async with (
        requests.requests_service(of["requests"], folder) as of_requests,
        complaints.complaints_service(of["complaints"], folder) as of_complaints,
    ):
        yield Server(of, folder, office.terminal, of_requests, of_complaints)


async def test_command_says_how_many_cases_moved_and_from_when_to_when(server: Server) -> None:
    numbers = [await requests.submitted(server.requests) for _ in range(3)]
    await complaints.received(server.complaints)

    printed = await server.apply(amended(off=(WEDNESDAY,), decided_on=DECIDED_ON))

    assert server.terminal.exit_code == 0, printed
    assert f"2026.2 is in force: {DECREE}" in printed
    assert "requests: 3 due dates moved" in printed
    assert " ".join((WEDNESDAY, THURSDAY, "3")) in " ".join(printed.split())
    assert "complaints: 1 due date moved" in printed
    target = f"/v1/requests/{numbers[0]}"
    seen = await server.requests.get(target, token=requests.AUDITOR)
    assert seen.json["clock"]["due_on"] == THURSDAY
    assert seen.json["clock"]["calendar"] == "2022.3+2023.3+2024.3+2025.2+2026.2+2027.1"


async def test_the_clock_names_the_decree_that_moved_a_due_date(server: Server) -> None:
    number = await requests.submitted(server.requests)
    await server.apply(amended(off=(WEDNESDAY,), decided_on=DECIDED_ON))

    answer = await server.requests.get(f"/v1/requests/{number}/clock", token=requests.AUDITOR)

    (earlier,) = answer.json["earlier_due_dates"]
    assert (earlier["due_on"], earlier["moved_to"]) == (WEDNESDAY, THURSDAY)
    assert (earlier["moved_by"], earlier["decrees"]) == ("due_date_changed", [DECREE])


async def test_later_receipts_use_the_new_calendar_without_a_restart(server: Server) -> None:
    await server.apply(amended(off=(WEDNESDAY,), decided_on=DECIDED_ON))

    number = await requests.submitted(server.requests)

    seen = await server.requests.get(f"/v1/requests/{number}", token=requests.AUDITOR)
    assert seen.json["clock"]["due_on"] == THURSDAY


async def test_the_same_file_again_changes_nothing(server: Server) -> None:
    await requests.submitted(server.requests)
    text = amended(off=(WEDNESDAY,), decided_on=DECIDED_ON)
    await server.apply(text)

    printed = await server.apply(text)

    assert server.terminal.exit_code == 0
    assert "2026.2 was in force already" in printed
    assert "requests: 1 due date moved" in printed


async def test_a_command_that_was_cut_off_goes_on_where_it_was(server: Server) -> None:
    text = amended(off=(WEDNESDAY,), decided_on=DECIDED_ON)
    await requests.submitted(server.requests)
    async with CalendarStore(server.databases["projections"].owner_url) as store:
        assert await store.apply(year_of(text), text)

    printed = await server.apply(text)

    assert "2026.2 is in force" in printed
    assert await server.in_force() == dict.fromkeys(server.databases, 2)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2026-12-24", "2026-12-25", "date: stands in this file twice (line "),
        ("year = 2026", "year = 2027", "year: must be the year of the file's name, not 2027"),
        ("decided_on = 2025-10-01", "decided_by = 1", "decided_on: is missing"),
        ("number = 2", "number = 3", "versions[2].number: must be 2: versions count from 1"),
    ],
)
async def test_an_impossible_calendar_is_refused_and_nothing_changes(
    office: Office, old: str, new: str, said: str
) -> None:
    text = amended(off=(WEDNESDAY,), decided_on=DECIDED_ON).replace(old, new)

    printed = await office.apply(text)

    assert office.terminal.exit_code == 1
    assert len(printed.splitlines()) == 1, printed
    assert said in printed
    assert await office.in_force() == dict.fromkeys(office.databases, 0)


async def test_a_version_that_is_not_newer_is_refused(office: Office) -> None:
    text = amended(off=(WEDNESDAY,), decided_on=DECIDED_ON)
    for database in office.databases.values():
        async with CalendarStore(database.owner_url) as store:
            await store.apply(year_of(text), text)

    printed = await office.apply(amended(off=(THURSDAY,), decided_on=DECIDED_ON))

    assert office.terminal.exit_code == 1
    assert "versions[2].number: must be newer than 2, which is in force (line " in printed


async def test_a_file_that_is_not_there_is_one_line(office: Office) -> None:
    printed = await office.terminal.janji("calendar", "apply", "nirgends/2026.toml")

    assert (office.terminal.exit_code, len(printed.splitlines())) == (1, 1)


async def test_a_file_beyond_all_measure_is_not_even_read(office: Office) -> None:
    printed = await office.apply("#" * (FILE_BYTES_MAX + 1))

    assert office.terminal.exit_code == 1
    assert printed == f"janji: 2026.toml: is longer than {FILE_BYTES_MAX} bytes\n"
    assert await office.in_force() == dict.fromkeys(office.databases, 0)


async def test_the_calendar_in_force_is_shown(office: Office) -> None:
    printed = await office.terminal.janji("calendar", "show")

    assert office.terminal.exit_code == 0, printed
    assert "requests: 2022.3+2023.3+2024.3+2025.2+2026.1+2027.1" in printed
    assert "SKB Menag, Menaker, dan MenPANRB Nomor 1205/2026" in printed


async def test_the_file_in_force_is_there_to_be_amended(office: Office) -> None:
    text = amended(off=(WEDNESDAY,), decided_on=DECIDED_ON)
    shipped = (DATA / "calendar/2026.toml").read_text(encoding="utf-8")
    before = await office.terminal.janji("calendar", "show", "2026")
    async with CalendarStore(office.databases["projections"].owner_url) as store:
        await store.apply(year_of(text), text)

    after = await office.terminal.janji("calendar", "show", "2026")

    assert (before, after) == (shipped, text)
    assert "begin a file with version 1" in await office.terminal.janji("calendar", "show", "2031")


async def test_the_database_of_another_service_is_not_taken_for_the_projections(
    office: Office,
) -> None:
    """Applied there, the projections would meet events on a calendar that they don't know."""
    url = office.databases["requests"].app_url
    office.terminal = Terminal({**office.terminal.environment, "JANJI_DATABASE_URL": url})

    printed = await office.apply(amended(off=(WEDNESDAY,), decided_on=DECIDED_ON))

    assert printed == "janji: JANJI_DATABASE_URL: give that of the projection service\n"
    assert await office.in_force() == dict.fromkeys(office.databases, 0)
