"""The writer's session is what the log needs, whatever the database was told to be."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from shared.eventstore.database import connect_writer
from shared.eventstore.epochs import settled_epoch
from testbed.databases import Database
from testbed.event_logs import connected, running, sound_history
from testbed.notes import note

Databases = Callable[[str], Database]


@pytest.mark.parametrize(
    ("setting", "default", "pinned"),
    [
        ("default_transaction_isolation", "serializable", "read committed"),
        ("idle_in_transaction_session_timeout", "0", "5s"),
        ("lock_timeout", "0", "3s"),
        ("statement_timeout", "0", "5s"),
        ("synchronous_commit", "off", "on"),
    ],
)
async def test_setting_of_the_writer_is_pinned(
    database: Databases, setting: str, default: str, pinned: str
) -> None:
    made = database("eventlog")
    name = urlsplit(made.owner_url).path[1:]
    async with connected(made.owner_url) as owner:
        await owner.execute(f"alter database {name} set {setting} = '{default}'")

    connection = await connect_writer(made.app_url, name="mine", first=settled_epoch)
    async with running(made.app_url) as log:
        await log.append(note())
        in_force = await connection.fetchval("select current_setting($1)", setting)

        assert len(await sound_history(log)) == 1
    await connection.close()
    assert in_force == pinned
