"""The sessions of the projections have the bounds that nobody else sets for them."""

from collections.abc import Callable

import pytest

from services.projections.store.pools import appliers_of
from testbed.databases import Database


@pytest.mark.parametrize(
    ("setting", "pinned"),
    [("idle_in_transaction_session_timeout", "5s"), ("lock_timeout", "10s")],
)
async def test_setting_of_the_appliers_is_pinned(
    database: Callable[[str], Database], setting: str, pinned: str
) -> None:
    async with appliers_of(database("projections").app_url) as pool, pool.acquire() as connection:
        in_force = await connection.fetchval("select current_setting($1)", setting)

    assert in_force == pinned
