"""The invalidator sees every change of the figures; a version is valid for one second."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from services.projections.response_cache.invalidation import (
    VALID_SECONDS,
    CacheInvalidator,
    FiguresVersion,
)
from services.projections.store import generations
from services.projections.store.checkpoints import STALE_AFTER
from shared.office_time import PONTIANAK, local_date
from testbed.databases import Database
from testbed.event_factory import EventFactory
from testbed.event_logs import proxied
from testbed.eventually import eventually
from testbed.projected import Projected, projected
from testbed.surface import NOW
from tests.support.clocks.fake_clock import FakeClock
from tests.support.pages.cached_pages import becomes_invalid, becomes_valid, running_invalidator
from tests.support.pages.public_pages import requests_on_time, unreadable_request


@pytest.fixture
def ours(database: Callable[[str], Database]) -> Database:
    return database("projections")


@pytest.fixture
async def figures(ours: Database) -> AsyncIterator[Projected]:
    async with projected(ours.app_url, local_date(NOW)) as made:
        yield made


@pytest.fixture
def fake_clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
async def invalidator(
    ours: Database, figures: Projected, fake_clock: FakeClock
) -> AsyncIterator[CacheInvalidator]:
    await figures.at_the_head()
    async with running_invalidator(ours.app_url, fake_clock) as invalidator:
        yield invalidator


async def changed(invalidator: CacheInvalidator, before: FiguresVersion | None) -> FiguresVersion:
    """The next version."""

    async def sees_another() -> bool:
        return invalidator.version is not None and invalidator.version is not before

    await eventually(sees_another)
    assert invalidator.version is not None
    return invalidator.version


def figures_on(invalidator: CacheInvalidator) -> set[date]:
    return (
        {each.figures_on for each in invalidator.version.sources} if invalidator.version else set()
    )


async def test_applied_events_are_seen(invalidator: CacheInvalidator, figures: Projected) -> None:
    before, office = await invalidator.current_version(), EventFactory()
    requests_on_time(office, 1)

    await figures.apply(office.events)

    after = await changed(invalidator, before)
    assert after.reaches({"requests": 2})
    assert not after.reaches({"requests": 3})
    assert not after.reaches({"unheard-of": 0})


async def test_state_is_the_same_object_while_nothing_changes(
    invalidator: CacheInvalidator, figures: Projected
) -> None:
    before = await invalidator.current_version()
    valid_until = invalidator._valid_until

    await figures.at_the_head()  # a head check moves the lag, which no public answer shows

    async def looked_again() -> bool:
        return invalidator._valid_until > valid_until

    await eventually(looked_again)
    assert invalidator.version is before


async def test_another_generation_is_seen(
    invalidator: CacheInvalidator, figures: Projected
) -> None:
    before = await invalidator.current_version()

    await figures.begin()

    assert (await changed(invalidator, before)).generation == 2


async def test_a_held_case_and_its_retry_are_seen(
    invalidator: CacheInvalidator, figures: Projected
) -> None:
    before, office = await invalidator.current_version(), EventFactory()
    unreadable_request(office)

    await figures.apply(office.events)
    held = await changed(invalidator, before)
    async with figures.pool.acquire() as connection, connection.transaction():
        await generations.enter_live(connection)
        await connection.execute("delete from quarantine")  # as a retry does: no position moves
    released = await changed(invalidator, held)

    assert [each.held for each in held.sources] == [0, 1]
    assert [each.held for each in released.sources] == [0, 0]


async def test_a_new_day_is_seen_and_so_is_what_it_changes(
    invalidator: CacheInvalidator, figures: Projected, fake_clock: FakeClock
) -> None:
    before = await invalidator.current_version()

    fake_clock.at += timedelta(days=1)
    midnight = await changed(invalidator, before)
    await figures.roll(local_date(fake_clock.at))

    async def all_figures_are_of_the_new_day() -> bool:
        return figures_on(invalidator) == {local_date(fake_clock.at)}

    await eventually(all_figures_are_of_the_new_day)
    assert midnight.today == local_date(fake_clock.at)


async def test_figures_that_become_stale_are_seen_without_any_event(
    invalidator: CacheInvalidator, figures: Projected, fake_clock: FakeClock
) -> None:
    before = await invalidator.current_version()
    assert before is not None
    assert not before.is_stale

    fake_clock.at = figures.now() + STALE_AFTER + timedelta(seconds=1)

    assert (await changed(invalidator, before)).is_stale


async def test_the_end_of_an_import_is_seen_though_nothing_moves(
    invalidator: CacheInvalidator, figures: Projected
) -> None:
    before, office = await invalidator.current_version(), EventFactory(imports_at=figures.now())
    office.complaint(figures.now())
    await figures.apply(office.events)
    going_on = await changed(invalidator, before)

    figures.clock = figures.now() + timedelta(seconds=4)
    await figures.at_the_head()

    assert going_on.has_released[-1] is False
    assert (await changed(invalidator, going_on)).has_released[-1] is True


async def test_the_first_of_a_quarter_is_seen_once_nothing_of_the_last_can_come(
    invalidator: CacheInvalidator, figures: Projected, fake_clock: FakeClock
) -> None:
    fake_clock.at = figures.clock = datetime(2027, 1, 1, tzinfo=PONTIANAK)
    await figures.roll(date(2027, 1, 1))
    await figures.at_the_head()

    async def midnight_has_come() -> bool:
        return figures_on(invalidator) == {date(2027, 1, 1)} and invalidator.version is not None

    await eventually(midnight_has_come)
    midnight = await invalidator.current_version()
    figures.clock += STALE_AFTER
    await figures.at_the_head()

    assert midnight is not None
    assert midnight.has_released[0] is False
    assert (await changed(invalidator, midnight)).has_released[0] is True


async def test_a_change_that_nobody_tells_of_is_seen_too(
    invalidator: CacheInvalidator, figures: Projected
) -> None:
    before = await invalidator.current_version()

    async with figures.pool.acquire() as connection, connection.transaction():
        await generations.enter_live(connection)
        await connection.execute("update projection_position set position = position + 1")

    assert (await changed(invalidator, before)).reaches({"requests": 1, "complaints": 1})


async def test_waiting_reader_goes_on_when_its_position_is_there(
    invalidator: CacheInvalidator, figures: Projected
) -> None:
    office = EventFactory()
    requests_on_time(office, 1)
    await figures.apply(office.events)

    assert await invalidator.wait_until_applied({"requests": 2})


async def test_waiting_reader_is_told_that_its_position_never_came(
    invalidator: CacheInvalidator,
) -> None:
    assert not await invalidator.wait_until_applied({"requests": 1}, timeout_seconds=0.05)


async def test_no_state_is_valid_while_the_database_cant_be_asked(
    ours: Database, figures: Projected, fake_clock: FakeClock
) -> None:
    async with (
        proxied(ours.app_url) as (network, url),
        running_invalidator(url, fake_clock) as invalidator,
    ):
        before = await invalidator.current_version()

        network.freeze()

        async def has_no_version() -> bool:
            return invalidator.version is None

        await eventually(has_no_version)
        network.thaw()
        await becomes_valid(invalidator)
        assert invalidator.version == before


async def test_state_seen_more_than_a_second_ago_is_not_valid(
    invalidator: CacheInvalidator,
) -> None:
    now = asyncio.get_running_loop().time()

    invalidator._valid_until = now - 0.5 + VALID_SECONDS
    of_a_moment_ago = invalidator.version
    invalidator._valid_until = now - 1.001 + VALID_SECONDS

    assert of_a_moment_ago is not None
    assert invalidator.version is None


async def test_a_cut_connection_is_made_again(
    ours: Database, figures: Projected, fake_clock: FakeClock
) -> None:
    async with (
        proxied(ours.app_url) as (network, url),
        running_invalidator(url, fake_clock) as invalidator,
    ):
        before, office = await invalidator.current_version(), EventFactory()
        requests_on_time(office, 1)

        await network.cut()
        await figures.apply(office.events)

        assert (await changed(invalidator, before)).reaches({"requests": 2})


async def test_every_loss_of_the_same_kind_is_logged_once(
    ours: Database, figures: Projected, fake_clock: FakeClock
) -> None:
    async with (
        proxied(ours.app_url) as (network, url),
        running_invalidator(url, fake_clock) as invalidator,
    ):
        with capture_logs() as lines:
            network.freeze()
            await becomes_invalid(invalidator)
            network.thaw()
            await becomes_valid(invalidator)
            network.freeze()
            await becomes_invalid(invalidator)

    said = [(line["event"], line["reason"]) for line in lines]
    assert said == [("cache can't be invalidated", "TimeoutError")] * 2
