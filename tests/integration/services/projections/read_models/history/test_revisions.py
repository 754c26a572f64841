"""Figures of a past period that changed after its end: what, when, why, and from what to what."""

from collections.abc import AsyncIterator, Callable
from datetime import date, datetime

import pytest

from services.projections.read_models.history.revisions import FIGURES, Revision, revisions
from services.projections.read_models.periods import read_period
from shared.office_time import PONTIANAK
from testbed.databases import Database
from testbed.event_factory import EventFactory
from testbed.projected import Projected, projected
from tests.support.years.apply_stories import BEFORE_ALL, apply_as_it_happened, for_any_story
from tests.support.years.stories import Story

TODAY = date(2026, 12, 11)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=PONTIANAK)


@pytest.fixture
async def figures(database: Callable[[str], Database]) -> AsyncIterator[Projected]:
    async with projected(database("projections").app_url, TODAY) as made:
        yield made


@pytest.fixture
def office() -> EventFactory:
    return EventFactory()


async def revised(figures: Projected, period: str) -> list[Revision]:
    async with figures.reading() as connection:
        return list(await revisions(connection, read_period(period)))


def said(rows: list[Revision], *, of: str | None = None) -> list[tuple[str, str, str, object]]:
    return [
        (f"{row.revised_on:%m-%d}", row.why, row.figure, (row.old, row.new))
        for row in rows
        if row.kind == of
    ]


async def test_event_within_the_period_is_no_revision(
    figures: Projected, office: EventFactory
) -> None:
    office.request(at("11-10 09:00")).then("confirmed", at("11-11 09:00"))

    await figures.apply(office.events)

    assert await revised(figures, "2026-11") == []


async def test_a_case_becomes_overdue_and_is_finished_after_the_end(
    figures: Projected, office: EventFactory
) -> None:
    office.request(at("11-10 09:00")).then("confirmed", at("11-11 09:00"))
    office.request(at("11-30 09:00")).then("confirmed", at("12-04 09:00"))

    await figures.apply(office.events)

    assert said(await revised(figures, "2026-11")) == [
        ("12-04", "finished", "late", (0, 1)),
        ("12-04", "finished", "overdue", (1, 0)),
        ("12-02", "overdue", "overdue", (0, 1)),
        ("12-02", "overdue", "running", (1, 0)),
        ("12-02", "overdue", "on_time_rate", (1.0, 0.5)),
    ]
    assert await revised(figures, "2026-12") == []
    assert await revised(figures, "2026") == []


async def test_the_requests_of_a_kind_have_revisions_and_complaints_of_a_category_none(
    figures: Projected, office: EventFactory
) -> None:
    request, complaint = office.request(at("11-30 09:00")), office.complaint(at("11-30 09:00"))
    request.then("withdrawn", at("12-01 09:00"))
    complaint.then("classified", at("12-01 10:00"), category="oversight")

    await figures.apply(office.events)

    assert said(await revised(figures, "2026-11"), of="password_reset") == [
        ("12-01", "withdrawn", "running", (1, 0)),
        ("12-01", "withdrawn", "withdrawn", (0, 1)),
    ]
    assert {row.service for row in await revised(figures, "2026-11")} == {"requests"}


async def test_an_import_is_one_revision_of_a_period(
    figures: Projected, office: EventFactory
) -> None:
    office.by = "import"
    office.recorded_at = at("12-09 10:00")
    office.request(at("11-10 09:00")).then("confirmed", at("11-11 09:00"))
    office.request(at("11-11 09:00")).then("withdrawn", at("11-11 10:00"))

    await figures.apply(office.events)

    assert said(await revised(figures, "2026-11")) == [
        ("12-09", "import", "received", (0, 2)),
        ("12-09", "import", "on_time", (0, 1)),
        ("12-09", "import", "withdrawn", (0, 1)),
        ("12-09", "import", "on_time_rate", (None, 1.0)),
        ("12-09", "import", "backdated", (0, 2)),
    ]


async def test_a_reopened_case_that_is_answered_again(
    figures: Projected, office: EventFactory
) -> None:
    case = office.complaint(at("11-24 09:00")).then("resolved", at("11-25 09:00"))
    case.then("reopened", at("12-01 09:00")).then("resolved", at("12-02 09:00"))

    await figures.apply(office.events)

    assert said(await revised(figures, "2026-11")) == [
        ("12-02", "finished", "on_time", (0, 1)),
        ("12-02", "finished", "running", (1, 0)),
        ("12-02", "finished", "on_time_rate", (None, 1.0)),
        ("12-01", "reopened", "on_time", (1, 0)),
        ("12-01", "reopened", "running", (0, 1)),
        ("12-01", "reopened", "on_time_rate", (1.0, None)),
        ("12-01", "reopened", "reopened", (0, 1)),
        ("12-01", "reopened", "reopenings", (0, 1)),
    ]


def test_revisions_lead_from_what_was_known_at_the_end_to_what_is_known_now(
    database: Callable[[str], Database],
) -> None:
    url = database("projections").app_url

    async def revised_back(story: Story) -> None:
        async with projected(url, BEFORE_ALL) as figures:
            await apply_as_it_happened(figures, story, story.office().events)
            for period in ("2025-08", "2025-12", "2026-03", "2026-Q4", "2026-11", "2026-12"):
                last_day = min(read_period(period).last_day, figures.today)
                then = (await figures.known(period, last_day)).figures["services"]
                now = (await figures.statistics(period))["services"]
                for row in await revised(figures, period):
                    whose = now[row.service]["by_kind"][row.kind] if row.kind else now[row.service]
                    assert whose[row.figure] == row.new
                    whose[row.figure] = row.old
                assert counted(now) == counted(then)

    for_any_story(revised_back)


def counted(services: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """The figures of which there are revisions."""
    return {
        service: {
            **{figure: block[figure] for figure in FIGURES},
            "by_kind": block.get("by_kind"),
        }
        for service, block in services.items()
    }
