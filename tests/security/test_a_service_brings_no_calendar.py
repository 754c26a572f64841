"""Somebody who has the role of a service. Tried before: they applied a year by which every service
would have counted, under a number that no later one can pass, and nobody could take it back.
"""

from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from testbed.databases import Database
from testbed.event_logs import connected
from tests.support.clocks.calendar_amendments import DECREE, amended
from tests.support.processes.operator_terminal import terminal

APPLY = "select apply_calendar_year_v1($1, $2, $3)"
APPLIED = "select count(*) from calendar_years"
SERVICES = ("projections", "requests", "complaints")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("number", [2, 2**31 - 1])
async def test_role_of_a_service_stores_no_year(
    database: Callable[[str], Database], service: str, number: int
) -> None:
    at = database(service)
    async with connected(at.app_url) as app:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(APPLY, 2026, number, "no calendar at all")

    async with connected(at.owner_url) as owner:
        assert await owner.fetchval(APPLIED) == 0


async def test_operator_with_the_role_of_a_service_is_told_whose_is_needed(
    database: Callable[[str], Database], tmp_path: Path
) -> None:
    """Before anything is in force anywhere."""
    databases = {service: database(service) for service in SERVICES}
    file = tmp_path / "2026.toml"
    file.write_text(amended(off=("2026-11-25",), decided_on="2025-10-01"), encoding="utf-8")
    at = terminal(**databases)

    printed = await at.janji("calendar", "apply", str(file))

    assert at.exit_code == 1
    assert "give the URL of the database's owner" in printed
    assert DECREE not in printed
    for each in databases.values():
        async with connected(each.owner_url) as owner:
            assert await owner.fetchval(APPLIED) == 0
