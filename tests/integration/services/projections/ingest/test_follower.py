"""The consumer between real logs, a real broker and a real database."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from services.projections.store import generations
from testbed.databases import Database
from testbed.notes import note
from tests.support.messaging.following import TODAY, Following, following
from tests.support.messaging.published_notes import eventually

Databases = Callable[[str], Database]


async def test_stored_event_is_counted_once(office: Following) -> None:
    await office.requests.write(100)
    async with office.consuming() as consumer:
        await office.requests.write(300)
        await office.complaints.write(50)
        await office.caught_up()
        await eventually(lambda: not any(each.last_error for each in consumer.followers))

    assert await office.applied("requests") == await office.requests.stored()
    assert await office.events_counted("requests") == 400
    assert await office.events_counted("complaints") == 50
    assert await office.held() == []


async def test_a_consumer_goes_on_where_the_last_one_was_killed(office: Following) -> None:
    for _ in range(5):
        async with office.consuming():
            await office.requests.write(60)
    async with office.consuming():
        await office.caught_up()

    assert await office.applied() == await office.requests.stored()
    assert await office.events_counted() == 300


async def test_a_broker_that_is_away_costs_no_freshness(database: Databases) -> None:
    nobody_there = "amqp://guest:guest@127.0.0.1:1/"
    async with following(database, nobody_there) as office, office.consuming() as consumer:
        await office.requests.write(40)
        await office.caught_up()

        assert await office.events_counted() == 40
        await eventually(lambda: all(each.last_error for each in consumer.followers))


async def test_a_feed_that_is_away_stops_only_its_own_source(office: Following) -> None:
    await office.requests.network.refuse()
    async with office.consuming():
        await office.complaints.write(40)
        await eventually(lambda: counted(office, "complaints", 40))

        office.requests.network.heal()
        await office.requests.write(40)
        await office.caught_up()

    assert await office.events_counted("requests") == 40


async def test_figures_follow_the_date_with_no_event_and_no_source(
    without_broker: Following,
) -> None:
    office = without_broker
    async with office.consuming():
        await office.requests.write(4)
        await office.caught_up()
        await office.requests.network.refuse()
        await office.complaints.network.refuse()

        office.today = TODAY + timedelta(days=1)
        await eventually(lambda: figures_on(office, "2026-11-25"))

        office.today = TODAY + timedelta(days=8)
        await eventually(lambda: figures_on(office, "2026-12-02"))


async def test_a_source_that_cannot_be_moved_on_keeps_no_other_in_yesterday(
    without_broker: Following,
) -> None:
    office = without_broker
    office.read_models.stuck.add("complaints")  # the first, by its name
    async with office.consuming():
        await office.requests.write(4)
        await office.caught_up()
        await office.requests.network.refuse()
        await office.complaints.network.refuse()

        office.today = TODAY + timedelta(days=1)
        await eventually(lambda: days(office, {"complaints": TODAY, "requests": office.today}))

        office.read_models.stuck.clear()
        await eventually(lambda: figures_on(office, "2026-11-25"))


async def test_a_clock_that_runs_back_moves_no_figures(without_broker: Following) -> None:
    office = without_broker
    office.today = TODAY - timedelta(days=1)
    async with office.consuming():
        await office.requests.write(4)
        await office.caught_up()

    assert await figures_on(office, str(TODAY))


async def test_unknown_types_are_counted_and_shown(office: Following) -> None:
    office.read_models.unknown.add("erased")
    known, erased = note("red"), note("blue")
    erased.erase()
    async with office.consuming():
        await office.requests.store(erased)
        await office.requests.store(known)
        await office.caught_up()

    position = await office.position()
    assert position.unknown == {"id.go.kalbarprov.diskominfo.requests.erased.v1": 1}
    assert position.quarantined == 0
    assert await office.events_counted() == 2


@pytest.mark.parametrize("written_since", [0, 10], ids=["shorter", "longer"])
async def test_a_source_that_lost_history_is_stopped_and_a_rebuild_is_asked_for(
    office: Following, written_since: int
) -> None:
    async with office.consuming() as consumer:
        await office.requests.write(20)
        await office.complaints.write(20)
        await office.caught_up()

        await office.requests.restore(lost=5)
        await office.requests.write(written_since)
        await eventually(lambda: forked_at(office, 20))
        await office.complaints.write(20)
        await eventually(lambda: counted(office, "complaints", 40))

        assert await office.events_counted("requests") == 20, "nothing of the new life is applied"
        requests = next(each for each in consumer.followers if each.source == "requests")
        assert str(requests.fork) == "forked at 20: the log holds another event there"


async def test_a_restore_that_lost_nothing_of_ours_is_followed(office: Following) -> None:
    async with office.consuming():
        await office.requests.write(20)
        await office.caught_up()
        await office.requests.restore(lost=0)
        await office.requests.write(20)
        await office.caught_up()

    assert await office.events_counted() == 40


async def test_generation_retired_for_a_minute_is_dropped(without_broker: Following) -> None:
    office = without_broker
    async with office.pool.acquire() as connection, connection.transaction():
        await generations.block_consumers(connection)
        made = await generations.create(
            connection,
            office.read_models.schema_sql,
            sources=list(office.sources),
            on=office.today,
            at=office.now(),
        )
        await generations.switch(connection, made, at=office.now() - timedelta(minutes=2))
    async with office.consuming():
        await eventually(lambda: dropped(office, 1))


async def counted(office: Following, source: str, events: int) -> bool:
    return await office.events_counted(source) == events


async def forked_at(office: Following, position: int) -> bool:
    return (await office.position()).forked_at == position


async def figures_on(office: Following, day: str) -> bool:
    async with generations.live(office.pool) as connection:
        rows = await connection.fetch(
            "select figures_on from projection_position union select figures_on from note"
        )
    return [str(row[0]) for row in rows] == [day]


async def days(office: Following, expected: dict[str, date]) -> bool:
    """Whether each source's figures speak of that day."""
    async with generations.live(office.pool) as connection:
        rows = await connection.fetch("select source, figures_on from projection_position")
    return {row["source"]: row["figures_on"] for row in rows} == expected


async def dropped(office: Following, generation: int) -> bool:
    async with office.pool.acquire() as connection:
        return bool(
            await connection.fetchval(
                "select dropped_at is not null and to_regnamespace('rm_0001') is null"
                " from projection_generation where generation = $1",
                generation,
            )
        )
