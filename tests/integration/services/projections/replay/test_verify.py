"""A verification is satisfied by figures that are what the logs say, and by no others."""

from datetime import timedelta

import pytest

from services.projections.replay.verify import verify
from services.projections.store import generations
from testbed.notes import note
from tests.support.messaging.following import TODAY, Following

HEALTHY = 40


@pytest.fixture
async def office(without_broker: Following) -> Following:
    """Its figures were applied in batches on one day, and rolled on to the next."""
    async with without_broker.consuming() as consumer:
        await without_broker.requests.write(HEALTHY)
        await without_broker.complaints.write(HEALTHY)
        await without_broker.caught_up()
        without_broker.today = TODAY + timedelta(days=1)
        await consumer.advance_date()
    return without_broker


async def test_figures_that_are_what_the_logs_say_are_equal(office: Following) -> None:
    verified = await verify(office.builder())

    assert verified.differences == []
    assert verified.events == 2 * HEALTHY
    assert verified.rows == 2 * HEALTHY + 2 * HEALTHY / 4 + 2, "events, notes, heads of a day"


async def test_events_that_came_since_are_not_missed(office: Following) -> None:
    await office.requests.write(20)

    verified = await verify(office.builder())

    assert verified.differences == []
    assert verified.events == 2 * HEALTHY


@pytest.mark.parametrize(
    "tampering",
    [
        pytest.param("update note set version = version + 1 where number = $1", id="a changed row"),
        pytest.param("delete from note where number = $1", id="a missing row"),
        pytest.param(
            "insert into note values ('requests', $1 || '0', 1, 'red', '2026-11-25')", id="one more"
        ),
    ],
)
async def test_a_row_that_differs_is_named(office: Following, tampering: str) -> None:
    number = await tamper(office, tampering)

    differences = (await verify(office.builder())).differences

    assert len(differences) == 1
    assert differences[0].startswith("note: ")
    assert number in differences[0]


async def test_a_held_case_is_a_difference(office: Following) -> None:
    office.read_models.poison.add("black")
    await office.requests.store(note("black"))
    async with office.consuming():
        await office.caught_up()

    differences = (await verify(office.builder())).differences

    assert [each.partition(": ")[0] for each in differences] == ["requests", "requests"]
    assert "is held since its event at 41 (live)" in differences[0]


async def test_a_fork_is_a_difference(office: Following) -> None:
    await office.requests.restore(lost=4)
    await office.requests.write(8)

    differences = (await verify(office.builder())).differences

    assert differences[0].startswith("requests: the figures stand at 40, where the log holds")


async def test_verification_leaves_nothing_behind(office: Following) -> None:
    await verify(office.builder())

    async with office.pool.acquire() as connection:
        rows = await connection.fetch(
            "select nspname from pg_namespace where nspname like 'rm\\_%'"
        )
    assert [row[0] for row in rows] == ["rm_0001"]


async def tamper(office: Following, statement: str) -> str:
    """Change the live figures; the number of the note that was changed."""
    async with office.pool.acquire() as connection, connection.transaction():
        await generations.enter_live(connection)
        number: str = await connection.fetchval("select number from note order by number limit 1")
        await connection.execute(statement, number)
    return number
