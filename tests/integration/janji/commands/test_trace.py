"""`janji trace`: what happened to a case and how far each event has come, without personal data."""

from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path

import pytest

from testbed.databases import Database
from testbed.event_logs import connected
from testbed.http import Client
from testbed.projected import projected
from tests.support.cases import requests_service as requests
from tests.support.processes.operator_terminal import Terminal, terminal

PUBLISHED = "update relay_position set position = $1, moved_at = '2026-11-24T03:15:02Z'"
APPLIED = "update rm_0001.projection_position set position = $1 where source = 'requests'"
HELD = """
insert into rm_0001.quarantine
values ('requests', 3, 'a', $1, 'returned', 'e', '', '', 'KeyError: reason', now())
"""


class Server:
    def __init__(self, databases: dict[str, Database], client: Client) -> None:
        self.databases = databases
        self.client = client
        self.terminal: Terminal = terminal(**databases)

    async def tell(self, service: str, statement: str, *values: object) -> None:
        async with connected(self.databases[service].app_url) as service_itself:
            await service_itself.execute(statement, *values)


@pytest.fixture
async def server(database: Callable[[str], Database], tmp_path: Path) -> AsyncIterator[Server]:
    databases = {name: database(name) for name in ("projections", "requests", "complaints")}
    async with (
        projected(databases["projections"].app_url, date(2026, 11, 24)),
        requests.requests_service(databases["requests"], tmp_path) as client,
    ):
        yield Server(databases, client)


async def test_every_event_is_drawn_with_its_way_and_its_clock(server: Server) -> None:
    number = await requests.in_status(server.client, "returned")
    await requests.give(server.client, number, "resubmit")
    await server.tell("requests", PUBLISHED, 2)
    await server.tell("projections", APPLIED, 1)

    printed = await server.terminal.janji("trace", number.lower())

    assert server.terminal.exit_code == 0, printed
    lines = printed.splitlines()
    assert lines[0].startswith(f"{number}  submitted  due 2026-11-25 ·")
    assert "● 2026-11-24 09:00:00  submitted  supervisor" in lines
    assert "● 2026-11-24 10:15:00  returned  supervisor" in lines
    first, second, third = [line for line in lines if "recorded" in line]
    assert "at 1 · published yes · applied" in first
    assert "at 2 · published 2026-11-24 10:15:02 · not applied yet" in second
    assert "at 3 · not published · not applied yet" in third
    assert "│   due date unknown while it waits · waiting · 0 of 1 days used, 1 left" in lines
    assert "│   1 h 15 min" in lines
    assert "week of      Mon Tue Wed Thu Fri Sat Sun" in lines


async def test_a_number_is_understood_as_it_was_pasted(server: Server) -> None:
    number = await requests.in_status(server.client, "returned")
    pasted = f"\u2068{number.replace('-', chr(0x2011)).lower()}\u200b."

    printed = await server.terminal.janji("trace", pasted)

    assert server.terminal.exit_code == 0
    assert number in printed.splitlines()[0]


async def test_a_held_event_says_why(server: Server) -> None:
    number = await requests.in_status(server.client, "returned")
    await requests.give(server.client, number, "resubmit")
    await server.tell("projections", HELD, number)

    printed = await server.terminal.janji("trace", number)

    assert "at 3 · on the feed · held: KeyError: reason" in printed


async def test_nothing_personal_is_shown(server: Server) -> None:
    number = await requests.in_status(server.client, "returned")

    printed = await server.terminal.janji("trace", number)

    personal = ("Siti", "+62561736541", "dinkes@kalbarprov.go.id", "Cap belum ada", "800/123")
    assert not [each for each in personal if each in printed]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("PRM-0000-0000-1", "janji: PRM-0000-0000-1 is mistyped: its last character doesn't fit"),
        ("PRM-0000-0000-0", "janji: there is no case PRM-0000-0000-0"),
        ("ADU-0000-0000-0", "janji: there is no case ADU-0000-0000-0"),
        ("PRM-7", "janji: 'PRM-7' is no case: PRM-XXXX-XXXX-C"),
        ("hallo", "janji: 'hallo' is no case: PRM-XXXX-XXXX-C or ADU-XXXX-XXXX-C"),
    ],
)
async def test_a_number_that_leads_nowhere_is_one_line(
    server: Server, number: str, said: str
) -> None:
    printed = await server.terminal.janji("trace", number)

    assert server.terminal.exit_code == 1
    assert printed.splitlines() == [said]
