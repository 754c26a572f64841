"""Alerts leave with the midnight that makes them true, once a case and due date."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from services.projections.ingest import follower
from services.projections.replay.rebuild import rebuild
from testbed.databases import Database
from testbed.eventually import eventually
from tests.support.alerts.alerting_office import (
    ANSWERED_LATE,
    AlertingOffice,
    Projections,
    alerting_office,
)
from tests.support.clocks.case_clocks import at
from tests.support.clocks.fake_clock import RunningClock

Databases = Callable[[str], Database]


@pytest.fixture
async def office(database: Databases, tmp_path: Path) -> AsyncIterator[AlertingOffice]:
    async with alerting_office(database, tmp_path) as office:
        yield office


def said(alerts: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Oldest first: which alert, of which case, for which due date."""
    return [(each["alert"], each["number"], each["due_on"]) for each in reversed(alerts)]


async def listed(service: Projections, number: str) -> dict[str, Any] | None:
    """The case as the SLA list has it."""
    answer = await service.client.get(f"/v1/sla/cases/{number}", token=service.token("auditor"))
    case: dict[str, Any] | None = answer.json if answer.status == 200 else None
    return case


async def shows(service: Projections, number: str, state: str) -> None:
    """Until the list says so of the case's clock."""

    async def is_there() -> bool:
        case = await listed(service, number)
        return case is not None and case["clock"]["state"] == state

    await eventually(is_there, seconds=20)


async def test_a_midnight_raises_what_it_makes_true(office: AlertingOffice) -> None:
    number = await office.request("Mon 23 Nov 09:00")
    async with office.projections("Mon 23 Nov 23:59:59.9") as service:
        await shows(service, number, "running")
        assert await service.alerts() == []

        service.fake_clock.at = at("Tue 24 Nov 00:00")
        (soon,) = await service.raised(1)
        service.fake_clock.at = at("Wed 25 Nov 00:00")
        overdue, _ = await service.raised(2)

    assert said([overdue, soon]) == [
        ("due_soon", number, "2026-11-24"),
        ("overdue", number, "2026-11-24"),
    ]
    assert soon["occurred_at"] == "2026-11-23T17:00:00Z"
    assert overdue["occurred_at"] == "2026-11-24T17:00:00Z"
    assert (soon["clock"]["state"], soon["clock"]["due_soon"]) == ("running", True)
    assert overdue["clock"]["state"] == "overdue"
    assert (soon["kind"], soon["agency"], soon["case_version"]) == ("password_reset", "DINKES", 1)


async def test_midnight_is_met_to_the_moment(
    office: AlertingOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at the next look at the clock, nor when somebody asks."""
    monkeypatch.setattr(follower, "TICK_SECONDS", 3_600.0)
    number = await office.request("Mon 23 Nov 09:00")
    async with office.projections(RunningClock(at("Mon 23 Nov 23:59:57"))) as service:
        await shows(service, number, "running")
        (soon,) = await service.raised(1)

    assert said([soon]) == [("due_soon", number, "2026-11-24")]


async def test_a_service_that_was_down_at_midnight_catches_up_at_its_start(
    office: AlertingOffice,
) -> None:
    number = await office.request("Mon 23 Nov 09:00")
    async with office.projections("Mon 23 Nov 12:00") as service:
        await shows(service, number, "running")
    async with office.projections("Sun 29 Nov 10:00") as service:
        alerts = await service.raised(1)

    assert said(alerts) == [("overdue", number, "2026-11-24")]
    assert alerts[0]["occurred_at"] == "2026-11-24T17:00:00Z"


async def test_another_due_date_is_another_alert(office: AlertingOffice) -> None:
    number = await office.request("Mon 23 Nov 09:00")
    async with office.projections("Tue 24 Nov 09:00") as service:
        await service.raised(1)
        await office.tell(number, "return", "Tue 24 Nov 10:00")
        await office.tell(number, "resubmit", "Wed 25 Nov 10:00")
        service.fake_clock.at = at("Fri 27 Nov 09:00")
        alerts = await service.raised(2)

    assert said(alerts) == [
        ("due_soon", number, "2026-11-24"),
        ("overdue", number, "2026-11-26"),
    ]


async def test_history_that_has_ended_raises_nothing_and_what_is_still_open_once(
    office: AlertingOffice,
) -> None:
    """Each history comes in at once, as an import writes it; late ones too."""
    for _ in range(30):
        await office.request("Mon 2 Nov 09:00", then=ANSWERED_LATE)
    left = await office.request("Mon 2 Nov 09:00", then="review Tue 3 Nov 10:00")
    for _ in range(30):
        await office.request("Mon 2 Nov 09:00", then=ANSWERED_LATE)

    async with office.projections("Mon 23 Nov 12:00") as service:
        await shows(service, left, "overdue")
        await service.raised(1)
        imported = await office.request("Mon 2 Nov 09:00", then=ANSWERED_LATE)
        await shows(service, imported, "late")
        last = await office.request("Fri 20 Nov 09:00")
        alerts = await service.raised(2)

    assert said(alerts) == [("overdue", left, "2026-11-03"), ("due_soon", last, "2026-11-23")]


async def test_answer_before_midnight_raises_no_alert_though_we_read_it_later(
    office: AlertingOffice,
) -> None:
    source = office.sources["requests"]
    answered, forgotten = [await office.request("Mon 23 Nov 09:00") for _ in range(2)]
    async with office.projections("Mon 23 Nov 12:00") as service:
        await shows(service, answered, "running")
        await shows(service, forgotten, "running")
        await source.network.refuse()
        await office.tell(answered, "review", "Tue 24 Nov 23:00")
        await office.tell(answered, "reject", "Tue 24 Nov 23:00")
        service.fake_clock.at = at("Wed 25 Nov 00:00")
        await shows(service, answered, "overdue")  # nobody could tell us
        await service.kept_back("requests")
        assert await service.alerts() == []

        source.network.heal()
        alerts = await service.raised(1)
        await shows(service, answered, "on_time")

    assert said(alerts) == [("overdue", forgotten, "2026-11-24")]


async def test_several_replicas_raise_an_alert_once(office: AlertingOffice) -> None:
    numbers = {await office.request("Mon 23 Nov 09:00") for _ in range(40)}
    async with (
        office.projections("Tue 24 Nov 12:00") as first,
        office.projections("Tue 24 Nov 12:00") as second,
    ):
        await first.raised(len(numbers))
        first.fake_clock.at = second.fake_clock.at = at("Wed 25 Nov 00:00")
        alerts = await second.raised(2 * len(numbers))

    assert sorted(said(alerts)) == sorted(
        (alert, number, "2026-11-24") for alert in ("due_soon", "overdue") for number in numbers
    )
    assert [each["position"] for each in alerts] == list(range(2 * len(numbers), 0, -1))


async def test_a_rebuild_raises_nothing(office: AlertingOffice) -> None:
    numbers = [await office.request("Mon 23 Nov 09:00") for _ in range(3)]
    async with office.projections("Wed 25 Nov 12:00") as service:
        before = await service.raised(3)
        async with office.builder(service.fake_clock) as builder:
            rebuilt = await rebuild(builder)
        later = await office.request("Tue 24 Nov 09:00")
        alerts = await service.raised(4)

    assert rebuilt.events == 3
    assert {each["number"] for each in before} == set(numbers)
    assert alerts[1:] == before
    assert said(alerts[:1]) == [("due_soon", later, "2026-11-25")]


async def test_a_case_that_is_held_for_checking_waits_with_its_alert(
    office: AlertingOffice,
) -> None:
    held, free = [await office.request("Mon 23 Nov 09:00") for _ in range(2)]
    async with office.projections("Mon 23 Nov 12:00") as service:
        await shows(service, held, "running")
        await office.hold(held)
        service.fake_clock.at = at("Tue 24 Nov 00:00")
        alone = await service.raised(1)
        await office.release(held)
        both = await service.raised(2)

    assert said(alone) == [("due_soon", free, "2026-11-24")]
    assert said(both)[1] == ("due_soon", held, "2026-11-24")


async def test_a_voided_case_gets_no_alert_and_keeps_those_it_got(office: AlertingOffice) -> None:
    kept = await office.request("Mon 23 Nov 09:00")
    voided = await office.request("Tue 24 Nov 09:00")
    async with office.projections("Tue 24 Nov 12:00") as service:
        (soon,) = await service.raised(1)
        await office.tell(kept, "void", "Tue 24 Nov 13:00")
        await office.tell(voided, "void", "Tue 24 Nov 13:00")
        await shows(service, kept, "voided")
        await shows(service, voided, "voided")
        other = await office.request("Tue 24 Nov 14:00")
        await shows(service, other, "running")
        service.fake_clock.at = at("Thu 26 Nov 00:00")
        alerts = await service.raised(2)

    assert said([soon]) == [("due_soon", kept, "2026-11-24")]
    assert said(alerts)[0] == said([soon])[0]
    assert {number for _, number, _ in said(alerts)[1:]} == {other}
