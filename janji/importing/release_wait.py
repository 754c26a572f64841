"""The wait for the release that an import of complaints causes."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from deploy.local.addresses import Addresses
from deploy.local.home import home
from janji.importing.cases import CaseRows
from janji.importing.logs import is_named
from services.projections.read_models.releases.dates import IMPORTED_MIN, release_instants
from services.projections.read_models.watermark import read_watermark
from services.projections.store import generations
from shared.postgres.errors import DatabaseUnavailable
from shared.postgres.pool import Pool

WAIT_SECONDS_MAX = 20.0  # the import must be over for some seconds; then the projections check
LOOK_AGAIN_SECONDS = 0.25


def is_released(cases: Iterable[CaseRows]) -> bool:
    """Whether the import has enough complaints for a release."""
    return sum(case.key.service == "complaints" for case in cases) >= IMPORTED_MIN


def local_addresses() -> Addresses | None:
    """The addresses of `janji up`; None if the environment names another installation."""
    return None if is_named() else Addresses.load(home())


async def wait_released(since: datetime, addresses: Addresses) -> str | None:
    """The date of the release that an import since then caused; None after `WAIT_SECONDS_MAX`."""
    url = addresses.databases["projections"].app_url
    try:
        async with (
            asyncio.timeout(WAIT_SECONDS_MAX),
            Pool(url, name="janji import", size_max=1) as pool,
        ):
            while True:
                async with generations.live(pool) as connection:
                    found = await release_instants(connection, await read_watermark(connection))
                if found and found[-1].months is not None and found[-1].released_at >= since:
                    return found[-1].date.isoformat()
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
    except (TimeoutError, DatabaseUnavailable, generations.NoGeneration):
        return None
