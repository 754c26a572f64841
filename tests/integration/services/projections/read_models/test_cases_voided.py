"""Cases that were registered by mistake, late, or by import: what is said of them, and what not."""

from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.projections.read_models.history.revisions import revisions
from services.projections.read_models.periods import read_period
from shared.office_time import PONTIANAK
from testbed.databases import Database
from testbed.event_factory import CaseEvents, EventFactory
from testbed.projected import Projected, projected

TODAY = date(2026, 12, 11)
WITHOUT = {"reason": "registered_in_error", "of": None}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=PONTIANAK)


@pytest.fixture
async def figures(database: Callable[[str], Database]) -> AsyncIterator[Projected]:
    async with projected(database("projections").app_url, TODAY) as made:
        yield made


async def said(figures: Projected, service: str, period: str = "2026-11") -> dict[str, Any]:
    block: dict[str, Any] = (await figures.statistics(period))["services"][service]
    return block


def on_time(case: CaseEvents) -> CaseEvents:
    return case.then("confirmed", at("11-03 10:00"))


def late(case: CaseEvents) -> CaseEvents:
    return case.then("confirmed", at("11-04 10:00"))


def waiting(case: CaseEvents) -> CaseEvents:
    return case.then("returned", at("11-02 10:00"), missing=["other"])


def withdrawn(case: CaseEvents) -> CaseEvents:
    return waiting(case).then("withdrawn", at("11-02 11:00"))


def untouched(case: CaseEvents) -> CaseEvents:
    return case


@pytest.mark.parametrize(
    ("happened", "voided_at", "overdue"),
    [
        pytest.param(untouched, "11-03 23:59", 0, id="on the due date"),
        pytest.param(untouched, "11-04 00:00", 1, id="on the day after"),
        pytest.param(on_time, "11-03 11:00", 0, id="answered in time, voided in time"),
        pytest.param(on_time, "11-20 11:00", 1, id="answered in time, voided long after"),
        pytest.param(late, "11-20 11:00", 1, id="answered late"),
        pytest.param(waiting, "11-20 11:00", 0, id="waiting: when it was due is unknown"),
        pytest.param(withdrawn, "11-20 11:00", 0, id="withdrawn while it waited"),
    ],
)
async def test_a_voided_request_is_in_no_count_but_its_own(
    figures: Projected, happened: Callable[[CaseEvents], CaseEvents], voided_at: str, overdue: int
) -> None:
    office = EventFactory()
    happened(office.request(at("11-02 09:00"))).then("voided", at(voided_at), **WITHOUT)

    await figures.apply(office.events)

    block = await said(figures, "requests")
    assert (block.pop("voided"), block.pop("voided_overdue")) == (1, overdue)
    await figures.begin()
    nothing = await said(figures, "requests")
    assert block == {name: nothing[name] for name in block}


async def test_event_after_the_void_changes_nothing(figures: Projected) -> None:
    office = EventFactory()
    case = office.request(at("11-02 09:00")).then("voided", at("11-03 10:00"), **WITHOUT)
    case.then("personal_data_erased", at("11-20 09:00"))

    await figures.apply(office.events)

    block = await said(figures, "requests")
    assert (block["received"], block["voided"], block["voided_overdue"]) == (0, 1, 0)


async def test_a_voided_complaint_has_no_category_no_channel_no_rating_and_no_deadline(
    figures: Projected,
) -> None:
    office = EventFactory()
    complaint = office.complaint(at("11-02 09:00"))
    complaint.then("classified", at("11-02 10:00"), category="minor")
    complaint.then("resolved", at("11-03 09:00")).then("rated", at("11-03 10:00"), score=5)
    await figures.apply(office.events)
    before = await figures.rows()

    complaint.then("voided", at("11-04 09:00"), reason="spam", of=None)
    await figures.apply(office.events[-1:])

    after = await figures.rows()
    assert len(before["deadline"]) == 3
    assert after["deadline"] == []
    assert [row for row in after["tally"] if '"voided"' not in row] == []
    assert len(after["tally"]) == 1


async def test_voided_case_was_known_before_its_void_and_is_told_of(figures: Projected) -> None:
    office = EventFactory()
    late(office.request(at("11-02 09:00"))).then("voided", at("12-04 09:00"), **WITHOUT)

    await figures.apply(office.events)

    before = (await figures.known("2026-11", date(2026, 12, 3))).figures["services"]["requests"]
    after = (await figures.known("2026-11", date(2026, 12, 4))).figures["services"]["requests"]
    assert (before["late"], before["voided"]) == (1, 0)
    assert (after["late"], after["voided"], after["voided_overdue"]) == (0, 1, 1)


async def test_a_void_after_the_end_of_a_period_is_a_revision_with_its_reason(
    figures: Projected,
) -> None:
    office = EventFactory()
    late(office.request(at("11-02 09:00"))).then("voided", at("12-04 09:00"), **WITHOUT)

    await figures.apply(office.events)

    async with figures.reading() as connection:
        rows = await revisions(connection, read_period("2026-11"))
    assert {(row.revised_on, row.why) for row in rows} == {(date(2026, 12, 4), "voided")}
    of_all = [(row.figure, row.old, row.new) for row in rows if row.kind is None]
    assert of_all == [
        ("received", 1, 0),
        ("late", 1, 0),
        ("on_time_rate", 0.0, None),
        ("voided", 0, 1),
        ("voided_overdue", 0, 1),
    ]


@pytest.mark.parametrize(
    ("received", "recorded", "backdated"),
    [
        pytest.param("11-02 09:00", "11-02 09:00", 0, id="at once"),
        pytest.param("11-02 09:00", "11-03 23:59", 0, id="one working day later"),
        pytest.param("11-02 09:00", "11-04 00:00", 1, id="two"),
        pytest.param("11-06 09:00", "11-09 09:00", 0, id="Friday's on Monday"),
        pytest.param("11-07 09:00", "11-09 09:00", 0, id="Saturday's on Monday"),
        pytest.param("11-07 09:00", "11-10 09:00", 1, id="Saturday's on Tuesday"),
        pytest.param("03-17 09:00", "03-25 09:00", 0, id="over Nyepi and Idul Fitri"),
        pytest.param("03-17 09:00", "03-26 09:00", 1, id="over them and a day"),
    ],
)
async def test_a_case_recorded_more_than_a_working_day_after_its_receipt_is_backdated(
    figures: Projected, received: str, recorded: str, backdated: int
) -> None:
    office = EventFactory(delay=at(recorded) - at(received))
    office.request(at(received))
    office.complaint(at(received))

    await figures.apply(office.events)

    for service in ("requests", "complaints"):
        assert (await said(figures, service, "2026"))["backdated"] == backdated


async def test_imported_cases_are_counted_with_the_day_of_the_last_import(
    figures: Projected,
) -> None:
    office = EventFactory(by="import", recorded_at=at("12-02 10:00"))
    on_time(office.request(at("11-02 09:00")))
    office.delay = timedelta(days=37)
    office.request(at("11-03 09:00"))
    office.by = "officer-1"
    office.request(at("11-20 09:00"))

    await figures.apply(office.events)

    block = await said(figures, "requests")
    assert (block["received"], block["imported"], block["imported_on"]) == (3, 2, "2026-12-10")
    other = await said(figures, "requests", "2026-10")
    assert (other["imported"], other["imported_on"]) == (0, None)
    then = (await figures.known("2026-11", date(2026, 12, 2))).figures["services"]["requests"]
    assert (then["imported"], then["imported_on"]) == (1, "2026-12-02")
