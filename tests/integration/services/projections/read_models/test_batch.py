"""An amended calendar is in the read models' own database before any event that uses it."""

from collections.abc import AsyncIterator, Callable
from datetime import date, datetime

import pytest

from shared.calendars.store import CalendarStore
from shared.office_time import PONTIANAK
from shared.promise.working_days import Calendar, load_calendar
from testbed.databases import Database
from testbed.event_factory import EventFactory
from testbed.projected import Projected, projected
from tests.support.clocks.calendar_amendments import amended, year_of

TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (24, 25, 26))
AMENDED = amended(off=("2026-11-25",))


@pytest.fixture
def ours(database: Callable[[str], Database]) -> Database:
    return database("projections")


@pytest.fixture
async def figures(ours: Database) -> AsyncIterator[Projected]:
    async with projected(ours.app_url, TUESDAY) as made:
        yield made


async def decree(database: Database) -> Calendar:
    """The calendar as it is amended, and applied here."""
    async with CalendarStore(database.owner_url) as store:
        assert await store.apply(year_of(AMENDED), AMENDED)
    return load_calendar(applied=[year_of(AMENDED)])


def under(calendar: Calendar) -> EventFactory:
    """A service that has taken it over: a request came in, due on the next working day."""
    office = EventFactory(calendar)
    office.request(datetime(2026, 11, 24, 9, tzinfo=PONTIANAK))
    return office


async def test_an_event_on_an_amended_calendar_is_applied_by_whoever_runs_already(
    figures: Projected, ours: Database
) -> None:
    office = under(await decree(ours))

    await figures.apply(office.events)

    assert await figures.held() == 0
    assert (await figures.statistics("2026-11"))["services"]["requests"]["running"] == 1


async def test_midnight_comes_to_a_case_on_an_amended_calendar_after_a_restart(
    figures: Projected, ours: Database
) -> None:
    """Each roll here is another process: it starts with the shipped calendar."""
    await figures.apply(under(await decree(ours)).events)

    await figures.roll(THURSDAY)
    on_thursday = await figures.statistics("2026-11")
    await figures.roll(date(2026, 11, 27))
    on_friday = await figures.statistics("2026-11")

    assert on_thursday["services"]["requests"]["running"] == 1
    assert on_friday["services"]["requests"]["overdue"] == 1


async def test_a_past_day_is_read_by_an_amended_calendar(
    figures: Projected, ours: Database
) -> None:
    """By somebody who still has the shipped one."""
    await figures.apply(under(await decree(ours)).events)
    await figures.roll(date(2026, 11, 27))

    friday = (await figures.known("2026-11", figures.today)).figures["services"]["requests"]

    assert (friday["overdue"], friday["days_used"]["histogram"]) == (1, {"2": 1})


async def test_a_calendar_that_nobody_applied_is_held_and_not_guessed(figures: Projected) -> None:
    office = under(load_calendar(applied=[year_of(AMENDED)]))

    await figures.apply(office.events)

    assert await figures.held() == 1
