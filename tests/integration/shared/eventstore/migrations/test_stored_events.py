"""The table itself refuses what the function would never write."""

from collections.abc import Callable

import asyncpg
import pytest

from testbed.databases import Database
from testbed.event_logs import connected, running
from testbed.notes import note

Databases = Callable[[str], Database]
AGAIN = """
    insert into stored_events
    select {originator}, originator_version, topic, state, {position}, recorded_at, hash, trace
    from stored_events
"""


@pytest.mark.parametrize(
    ("again", "key"),
    [
        pytest.param(
            AGAIN.format(originator="originator_id", position="notification_id + 1"),
            "stored_events_pkey",
            id="another event of the same version",
        ),
        pytest.param(
            AGAIN.format(originator="gen_random_uuid()", position="notification_id"),
            "stored_events_notification_id_idx",
            id="another event at the same position",
        ),
    ],
)
async def test_second_event_of_one_identity_is_refused(
    database: Databases, again: str, key: str
) -> None:
    made = database("eventlog")
    async with running(made.app_url) as log, connected(made.owner_url) as owner:
        await log.append(note())

        with pytest.raises(asyncpg.UniqueViolationError) as refused:
            await owner.execute(again)

    assert refused.value.constraint_name == key
