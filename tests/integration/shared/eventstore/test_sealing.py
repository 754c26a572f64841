"""Personal data: sealed in the log, gone when erased, and every reading of it recorded."""

from collections.abc import Callable

from shared.eventstore.log import EventLog
from testbed.databases import Database
from testbed.event_logs import ALL, connected, running
from testbed.notes import Note, note, notes

Databases = Callable[[str], Database]
KEYS = "select count(*) from sealing_keys"
END_SESSIONS = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name like 'events%' and datname = current_database()
"""


async def erased_note(log: EventLog) -> Note:
    written = note("red", "from Ani")
    await log.append(written)
    erased = await log.load(Note, written.id)
    erased.erase()
    await log.append(erased, erases=True)
    return await log.load(Note, written.id)


async def test_personal_text_lies_in_no_table(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        await log.append(note("red", "from Ani, 0812"))

        (event,) = await log.read(0, ALL)

        assert b"Ani" not in event.state
        assert b"red" in event.state


async def test_one_case_has_one_key(database: Databases) -> None:
    made = database("eventlog")
    async with running(made.app_url) as log, connected(made.owner_url) as connection:
        written = note("red", "from Ani")
        await log.append(written)
        again = await log.load(Note, written.id)
        again.rewrite("from Budi")
        await log.append(again)

        assert [event.text for _, event in await log.history(Note, written.id)] == [
            "from Ani",
            "from Budi",
        ]
        assert await connection.fetchval(KEYS) == 1


async def test_a_key_is_found_by_a_process_that_never_loaded_the_case(database: Databases) -> None:
    url = database("eventlog").app_url
    async with running(url) as one, running(url) as other:
        written = note("red", "from Ani")
        await one.append(written)
        again = await one.load(Note, written.id)
        again.rewrite("from Budi")

        await other.append(again)

        assert (await one.load(Note, written.id)).text == "from Budi"


async def test_a_case_may_get_its_key_late(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        written = note("red", None)
        await log.append(written)
        again = await log.load(Note, written.id)
        again.rewrite("from Ani")

        await log.append(again)

        assert (await log.load(Note, written.id)).text == "from Ani"


async def test_personal_fields_load_as_none_after_erasure(database: Databases) -> None:
    made = database("eventlog")
    async with running(made.app_url) as log, connected(made.owner_url) as connection:
        erased = await erased_note(log)

        assert (erased.text, erased.colour) == (None, "red")
        assert [
            event.text for _, event in await log.history(Note, erased.id) if hasattr(event, "text")
        ] == [None]
        assert await connection.fetchval(KEYS) == 0


async def test_personal_data_are_stored_nowhere_after_erasure(database: Databases) -> None:
    made = database("eventlog")
    async with running(made.app_url) as log, connected(made.owner_url) as connection:
        erased = await erased_note(log)
        erased.rewrite("from Ani again")

        await log.append(erased)
        *_, last = await log.read(0, ALL)

        assert b'"sealed":{"fields":["text"],"text":null}' in last.state
        assert (await log.load(Note, erased.id)).text is None
        assert await connection.fetchval(KEYS) == 0


async def test_text_of_the_erasing_command_is_kept_nowhere(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        written = note("red", "from Ani")
        written.erase()

        await log.append(written, erases=True)

        assert (await log.load(Note, written.id)).text is None


async def test_a_key_that_a_restore_brought_back_is_deleted_at_the_next_start(
    database: Databases,
) -> None:
    made = database("eventlog")
    async with running(made.app_url) as log, connected(made.owner_url) as connection:
        erased = await erased_note(log)
        await connection.execute("insert into sealing_keys values ($1, 'from a backup')", erased.id)

        async with EventLog(made.app_url, codec=notes()):
            pass

        assert await connection.fetchval(KEYS) == 0


async def test_key_of_a_lost_history_seals_nothing(database: Databases) -> None:
    """After a restore the same stream and version may be another person's."""
    made, written = database("eventlog"), note("red", "from Ani")
    async with running(made.app_url) as log, connected(made.owner_url) as owner:
        await log.append(written)
        loaded = await log.load(Note, written.id)
        await owner.execute("truncate stored_events, command_log, sealing_keys")
        async with running(made.app_url) as other:
            await other.append(note("blue", "from Budi", id=written.id))
        await owner.execute("update epochs set place = 'another server'")
        async with connected(made.app_url) as same_role:
            await same_role.execute(END_SESSIONS)
        await log.append(note())  # over a new connection

        loaded.rewrite("from Citra")
        await log.append(loaded)

        assert (await log.load(Note, written.id)).text == "from Citra"


async def test_a_reading_says_who_read_what_and_when(database: Databases) -> None:
    made = database("eventlog")
    async with running(made.app_url) as log, connected(made.owner_url) as connection:
        read = note()
        await log.readings.record(read.id, "sub-of-ani")

        row = await connection.fetchrow(
            "select sub, originator_id, at <= clock_timestamp() as is_past"
            " from personal_data_readings"
        )

        assert row is not None
        assert tuple(row) == ("sub-of-ani", read.id, True)
