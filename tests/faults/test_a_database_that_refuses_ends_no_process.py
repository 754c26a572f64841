"""F32: the database lets nobody in, for whatever reason; services say so and go on by themselves.

Each loop of a service ends it when it dies, and here that would end the test.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from testbed.databases import Database
from testbed.event_logs import connected
from testbed.eventually import eventually
from tests.support.cases.requests_service import SUPERVISOR, submission
from tests.support.postgres import asked_services
from tests.support.postgres.asked_services import AskedService, Service

pytestmark = pytest.mark.system

SOON_SECONDS = 15.0
LOOPS_SECONDS = 5.0  # each loop has looked at its database twice by then
END_ALL = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = $1 and pid <> pg_backend_pid()
"""
REFUSALS = {
    "too many connections": ("connection limit 0", "connection limit -1"),
    "no connections allowed": ("allow_connections false", "allow_connections true"),
}


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize(
    "service", [asked_services.requests, asked_services.projections], ids=lambda made: made.__name__
)
async def test_refusal_of_the_database_is_outlived(
    service: Service,
    refusal: str,
    database: Callable[[str], Database],
    postgres: str,
    tmp_path: Path,
) -> None:
    refused, allowed = REFUSALS[refusal]
    async with service(database, tmp_path) as asked, connected(postgres) as administrator:
        name = urlsplit(asked.database.app_url).path[1:]
        await asked.until_well(seconds=SOON_SECONDS)

        await administrator.execute(f"alter database {name} {refused}")
        await administrator.execute(END_ALL, name)
        told = await refused_for(asked, seconds=LOOPS_SECONDS)
        await administrator.execute(f"alter database {name} {allowed}")
        well_seconds = await asked.until_well(seconds=SOON_SECONDS)

        if service is asked_services.requests:
            again = await asked.client.post("/v1/requests", submission(), token=SUPERVISOR)
            assert again.status == 201
    answers = ", ".join(f"{status} {times} times" for status, times in sorted(told.items()))
    print(f"{service.__name__}, {refusal}: {answers}; well after {well_seconds:.1f} s")


async def refused_for(asked: AskedService, *, seconds: float) -> Counter[int]:
    """How often which status came, until all of them were 503 for so long."""
    told: Counter[int] = Counter()

    async def all_refused() -> bool:
        statuses = [answer.status for _, answer, _ in await asked.asked()]
        told.update(statuses)
        assert set(statuses) <= {200, 503}
        return set(statuses) == {503}

    async def goes_on() -> bool:
        assert await all_refused()
        return False

    await eventually(all_refused, seconds=SOON_SECONDS)
    with pytest.raises(TimeoutError):
        await eventually(goes_on, seconds=seconds)
    return told
