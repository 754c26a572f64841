"""Read models are made anew while they go on being read."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from services.projections.replay import generation_builder
from services.projections.replay.rebuild import (
    CONSUMERS_BLOCKED_SECONDS_MAX,
    NoPreviousGeneration,
    rebuild,
    rollback,
)
from services.projections.replay.verify import verify
from services.projections.store import generations
from services.projections.store.pools import builders_of
from shared.messaging.feed_client import FeedUnavailable
from testbed.event_logs import connected
from tests.support.messaging.following import TODAY, Following
from tests.support.messaging.published_notes import eventually


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation_builder, "RETRY_SECONDS", 0.01)


async def test_a_rebuild_gives_what_the_logs_say(without_broker: Following) -> None:
    office = without_broker
    await office.requests.write(2_500)
    await office.complaints.write(30)

    rebuilt = await rebuild(office.builder())

    assert (rebuilt.generation, rebuilt.events, rebuilt.held) == (2, 2_530, 0)
    assert await office.events_counted("requests") == 2_500
    assert await office.events_counted("complaints") == 30
    assert ("requests", 2_500, 2_500) in office.reports


async def test_history_that_the_feed_can_not_give_ends_the_rebuild(
    without_broker: Following,
) -> None:
    """The feed serves what comes before it; read models of that alone would go live."""
    office = without_broker
    await office.requests.write(40)
    await rebuild(office.builder())
    async with connected(office.requests.database.owner_url) as owner:
        await owner.execute("update stored_events set topic = 'x:Y' where notification_id = 7")

    with pytest.raises(FeedUnavailable, match="no event after 6"):
        await rebuild(office.builder())

    assert await office.events_counted("requests") == 40


async def test_readers_never_fail_and_consumers_go_on_during_a_rebuild(office: Following) -> None:
    async with office.consuming(), asyncio.TaskGroup() as tasks:
        await office.requests.write(800)
        reading = tasks.create_task(read_until_cancelled(office))
        writing = tasks.create_task(office.requests.write(400))
        for _ in range(3):
            await rebuild(office.builder())
        await writing
        await office.caught_up()
        reading.cancel()

        assert await office.events_counted() == 1_200
        assert (await verify(office.builder())).differences == []


async def test_a_switch_waits_for_whoever_applies(without_broker: Following) -> None:
    """Otherwise its events would be missing in the next live generation: figures would go back."""
    office = without_broker
    async with office.pool.acquire() as applying, applying.transaction():
        await generations.enter_live_to_apply(applying)
        rebuilding = asyncio.create_task(rebuild(office.builder()))
        await eventually(lambda: somebody_waits(office))
        await office.requests.write(4)
        assert not rebuilding.done()

    assert (await rebuilding).generation == 2
    assert await office.events_counted() == 4, "what came before the consumers stopped"


async def test_a_switch_is_on_disk_and_holds_up_nobody_if_it_freezes(
    without_broker: Following,
) -> None:
    """What a builder fills isn't waited for, so the switch must wait for all of it."""
    office = without_broker
    async with connected(office.database.owner_url) as owner:
        await owner.execute(SETTINGS_AT_SWITCH)

        async with builders_of(office.database.app_url) as pool:
            await rebuild(replace(office.builder(), pool=pool))

        durable, idle = await owner.fetchrow("select durable, idle from at_switch") or ("", "")
    assert (durable, idle) == ("on", f"{CONSUMERS_BLOCKED_SECONDS_MAX + 5}s")


SETTINGS_AT_SWITCH = """
create table at_switch (durable text, idle text);
create function note_settings() returns trigger language plpgsql security definer as $$ begin
    insert into at_switch values (
        current_setting('synchronous_commit'),
        current_setting('idle_in_transaction_session_timeout'));
    return null;
end $$;
create trigger note_settings after update on projection_live
    for each row execute function note_settings();
"""


async def test_switch_of_generations_lets_no_batch_through(without_broker: Following) -> None:
    office = without_broker
    async with office.pool.acquire() as switching, switching.transaction():
        await generations.block_consumers(switching)
        async with office.consuming():
            await office.requests.write(4)
            await eventually(lambda: somebody_waits(office))
            assert await office.events_counted() == 0, "and readers don't wait"


async def test_a_rebuild_heals_a_fork(office: Following) -> None:
    async with office.consuming() as consumer:
        await office.requests.write(20)
        await office.caught_up()
        await office.requests.restore(lost=8)
        await office.requests.write(4)
        await eventually(lambda: any(each.fork for each in consumer.followers))

        await rebuild(office.builder())
        await office.requests.write(4)
        await office.caught_up()
        await eventually(lambda: not any(each.fork for each in consumer.followers))

    assert await office.events_counted() == 20
    assert (await office.position()).forked_at is None


async def test_a_rebuild_counts_the_cases_that_a_fork_has_lost(without_broker: Following) -> None:
    office = without_broker
    office.read_models.schema_sql += CASES
    async with office.pool.acquire() as connection:
        await connection.execute(f"set search_path to rm_0001; {CASES}; reset search_path")
        await connection.execute("insert into rm_0001.cases values ('requests', 'PRM-1')")
        await connection.execute(FORKED)

    rebuilt = await rebuild(office.builder())

    assert rebuilt.lost == 1


CASES = "create table cases (service text, number text);"
FORKED = """
insert into projection_source (source, head, checked_at, forked_at) values ('requests', 1, now(), 1)
"""


async def test_a_rebuild_that_is_cancelled_half_way_leaves_the_live_one(
    without_broker: Following,
) -> None:
    office = without_broker
    await office.requests.write(1_500)
    await rebuild(office.builder())
    half_way = asyncio.Event()
    builder = replace(office.builder(), report=lambda *_: half_way.set())

    dying = asyncio.create_task(rebuild(builder))
    await half_way.wait()
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying

    assert await office.events_counted() == 1_500
    assert await schemas(office) == ["rm_0001", "rm_0002"]


async def test_generation_of_a_killed_rebuild_is_dropped_by_the_next(
    without_broker: Following,
) -> None:
    office = without_broker
    async with office.pool.acquire() as connection:
        await generations.create(
            connection,
            office.read_models.schema_sql,
            sources=list(office.sources),
            on=office.today,
            at=office.now(),
        )
    assert await schemas(office) == ["rm_0001", "rm_0002"]

    await rebuild(office.builder())

    assert await schemas(office) == ["rm_0001", "rm_0003"]


async def test_a_feed_that_stays_away_ends_the_rebuild(without_broker: Following) -> None:
    office = without_broker
    await office.complaints.network.refuse()

    with pytest.raises(FeedUnavailable):
        await rebuild(office.builder())

    assert await schemas(office) == ["rm_0001"]


async def test_rebuilds_run_one_at_a_time(without_broker: Following) -> None:
    office = without_broker
    async with office.pool.acquire() as connection, generations.exclusive_rebuild_lock(connection):
        with pytest.raises(generations.RebuildUnderWay):
            await rebuild(office.builder())


async def test_figures_of_a_new_generation_speak_of_the_day_of_the_switch(
    without_broker: Following,
) -> None:
    office = without_broker
    await office.requests.write(4)

    def midnight_comes(*_: object) -> None:
        office.today = TODAY + timedelta(days=1)

    await rebuild(replace(office.builder(), report=midnight_comes))

    async with generations.live(office.pool) as connection:
        days = await connection.fetch("select figures_on from projection_position")
    assert {each[0] for each in days} == {TODAY + timedelta(days=1)}


async def test_rollback_to_a_kept_generation_is_up_to_date(
    without_broker: Following,
) -> None:
    office = without_broker
    async with office.consuming():
        await office.requests.write(20)
        await office.caught_up()
        await rebuild(office.builder(), keep=True)
        await office.requests.write(20)

        rebuilt = await rollback(office.builder())
        await office.requests.write(20)
        await office.caught_up()

    assert rebuilt.generation == 1
    assert await office.events_counted() == 60


async def test_rollback_without_an_earlier_generation_is_refused(
    without_broker: Following,
) -> None:
    with pytest.raises(NoPreviousGeneration):
        await rollback(without_broker.builder())


async def read_until_cancelled(office: Following) -> None:
    """As pages do it; any error fails the test."""
    while True:
        async with generations.live(office.pool) as connection:
            counted = await connection.fetchval("select coalesce(sum(version), 0) from note")
            applied = await connection.fetchval("select sum(position) from projection_position")
        assert counted == applied, "a reader sees one generation, whole"


async def somebody_waits(office: Following) -> bool:
    """For the lock between consumers and a switch."""
    async with office.pool.acquire() as connection:
        return bool(
            await connection.fetchval(
                "select exists (select from pg_locks l join pg_database d on d.oid = l.database"
                " where l.locktype = 'advisory' and not l.granted"
                " and d.datname = current_database())"
            )
        )


async def schemas(office: Following) -> Sequence[str]:
    async with office.pool.acquire() as connection:
        rows = await connection.fetch(
            "select nspname from pg_namespace where nspname like 'rm\\_%' order by nspname"
        )
    return [row[0] for row in rows]
