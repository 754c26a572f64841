"""The story of a complaint, by HTTP alone, from the public form to its silence; and its clocks."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from testbed.complaints import at
from testbed.databases import Database
from testbed.http import Answer, Client
from testbed.surface import NOW, token
from tests.support.cases.complaints_service import (
    BODIES,
    PUBLIC_COMPLAINT,
    complaints_service,
)
from tests.support.clocks.fake_clock import FakeClock

PUBLIC = "/v1/public/complaints"
UNTIL = int(at("2027-12-28 00:00").timestamp())
REVIEWER = token("reviewer", sub="reviewer-1", exp=UNTIL)
SUPERVISOR = token("supervisor", sub="supervisor-1", exp=UNTIL)
FOLLOWER = token("subscriber", sub="subscriber-1", exp=UNTIL)


@dataclass
class Desk:
    """The office and the complainant at one complaint, on a day that the test names."""

    client: Client
    fake_clock: FakeClock
    number: str = ""
    secret: str = ""

    async def complain(self) -> None:
        answer = await self.client.post(PUBLIC, PUBLIC_COMPLAINT)
        self.number, self.secret = answer.json["number"], answer.json["tracking_secret"]

    async def office(self, when: str, command: str, *, by: str = SUPERVISOR, **body: Any) -> Answer:
        """A command of the office's, at that time on the wall."""
        self.fake_clock.at = at(when)
        target = f"/v1/complaints/{self.number}/{command}"
        return await self.client.post(target, body or BODIES[command], token=by)

    async def complainant(self, when: str, command: str) -> Answer:
        """A command of whoever holds the secret."""
        self.fake_clock.at = at(when)
        target = f"{PUBLIC}/{self.number}/{command}"
        return await self.client.post(target, BODIES[command], token=self.secret)

    async def seen(self, part: str = "") -> Any:
        answer = await self.client.get(f"/v1/complaints/{self.number}{part}", token=SUPERVISOR)
        return answer.json

    async def promise(self) -> tuple[str, str, str]:
        """Category, state and due date on the day on the wall."""
        seen = await self.seen()
        return seen["category"], seen["clock"]["state"], seen["clock"]["due_on"]


@pytest.fixture
async def desk(database: Callable[[str], Database], tmp_path: Path) -> AsyncIterator[Desk]:
    """A complaint by the public form, on Tuesday 24 November 2026 at 10:15."""
    fake_clock = FakeClock(NOW)
    async with complaints_service(database("complaints"), tmp_path, now=fake_clock) as client:
        desk = Desk(client, fake_clock)
        await desk.complain()
        yield desk


async def test_the_whole_story(desk: Desk) -> None:
    await desk.office("2026-11-24 11:00", "classify", by=REVIEWER)
    await desk.office("2026-11-24 11:30", "assign")
    await desk.office("2026-11-24 14:00", "request-clarification", by=REVIEWER)
    await desk.complainant("2026-11-26 09:00", "clarify")
    await desk.office("2026-11-26 10:00", "respond", by=REVIEWER)
    await desk.office("2026-11-27 10:00", "resolve", by=REVIEWER)
    await desk.complainant("2026-11-27 14:00", "reopen")
    await desk.office("2026-11-30 10:00", "resolve", by=REVIEWER)
    await desk.complainant("2026-12-01 10:00", "rate")
    last = await desk.office("2026-12-15 08:00", "erase-personal-data")

    history = (await desk.seen("/events"))["items"]
    assert [(each["event"], each["status"], each["role"]) for each in history] == [
        ("received", "received", "complainant"),
        ("classified", "classified", "reviewer"),
        ("assigned", "in_progress", "supervisor"),
        ("clarification_requested", "waiting", "reviewer"),
        ("clarified", "in_progress", "complainant"),
        ("responded", "in_progress", "reviewer"),
        ("resolved", "resolved", "reviewer"),
        ("reopened", "in_progress", "complainant"),
        ("resolved", "resolved", "reviewer"),
        ("rated", "resolved", "complainant"),
        ("closed", "closed", "system"),
        ("personal_data_erased", "closed", "supervisor"),
    ]
    assert history[-2]["occurred_at"] == "2026-12-14T17:00:00Z"  # midnight in Pontianak
    assert (last.json["version"], last.json["clock"]["state"]) == (12, "on_time")
    assert (last.json["clock"]["days_used"], last.json["clock"]["days_elapsed"]) == (2, 4)


async def test_the_feed_tells_the_same_story(desk: Desk) -> None:
    await desk.office("2026-11-24 11:00", "classify")
    await desk.office("2026-11-24 11:30", "assign")
    await desk.office("2026-11-27 10:00", "resolve")
    await desk.complainant("2026-12-15 08:00", "rate")

    feed = (await desk.client.get("/v1/events?after=0", token=FOLLOWER)).json

    told = [(each["type"].split(".")[-2], each["data"]["status"]) for each in feed]
    assert told == [
        ("received", "received"),
        ("classified", "classified"),
        ("assigned", "in_progress"),
        ("resolved", "resolved"),
        ("closed", "closed"),
        ("rated", "closed"),
    ]
    assert {each["subject"] for each in feed} == {desk.number}
    assert [each["data"]["version"] for each in feed] == [1, 2, 3, 4, 5, 6]
    assert (feed[-1]["data"]["score"], feed[-1]["data"]["clock"]["state"]) == (4, "on_time")


# Reclassified.


async def test_a_category_that_would_be_overdue_at_once_is_refused_unless_accepted(
    desk: Desk,
) -> None:
    await desk.office("2026-11-24 11:00", "classify", category="non_oversight")
    minor = {"category": "minor", "reason": "Ringan"}

    refused = await desk.office("2026-12-02 10:00", "classify", **minor)
    unchanged = await desk.seen()
    accepted = await desk.office("2026-12-02 10:00", "classify", **minor, accept_breach=True)

    assert (refused.status, refused.problem) == (409, "would-breach")
    assert refused.json["due_on"] == "2026-12-01"
    assert (unchanged["category"], unchanged["version"]) == ("non_oversight", 2)
    assert accepted.status == 200
    assert await desk.promise() == ("minor", "overdue", "2026-12-01")


async def test_a_breach_stands_whatever_the_category_becomes(desk: Desk) -> None:
    await desk.office("2026-11-24 11:00", "classify")

    answer = await desk.office("2026-12-02 10:00", "classify", **BODIES["reclassify"])

    assert answer.status == 200
    assert await desk.promise() == ("oversight", "overdue", "2026-12-01")


async def test_a_moved_due_date_says_what_it_was_and_what_moved_it(desk: Desk) -> None:
    await desk.office("2026-11-24 11:00", "classify", category="non_oversight")

    clock = await desk.seen("/clock")

    (earlier,) = clock["earlier_due_dates"]
    assert (earlier["due_on"], earlier["moved_to"]) == ("2026-12-01", "2026-12-14")
    assert earlier["moved_by"] == "classified"


# Reopened.


async def test_complaint_is_reopened_on_the_tenth_working_day_and_no_later(desk: Desk) -> None:
    await desk.office("2026-11-24 11:00", "classify")
    await desk.office("2026-11-24 11:30", "assign")
    await desk.office("2026-11-24 14:00", "resolve")
    before = await desk.seen()

    reopened = await desk.complainant("2026-12-08 23:59:59", "reopen")
    await desk.office("2026-12-09 10:00", "resolve")
    too_late = await desk.complainant("2026-12-24 00:00", "reopen")

    assert before["allowed"] == ["reopen", "close", "rate", "void"]
    assert (reopened.status, reopened.json["status"]) == (200, "in_progress")
    assert (too_late.status, too_late.problem) == (409, "not-allowed")
    assert (too_late.json["status"], too_late.json["allowed"]) == ("closed", ["rate", "void"])


async def test_a_repeat_gives_the_same_bytes_days_later(desk: Desk) -> None:
    key = {"idempotency-key": "formulir-3-dari-seorang-warga"}
    first = await desk.client.post(PUBLIC, PUBLIC_COMPLAINT, headers=key)
    desk.number = first.json["number"]
    target, body = f"/v1/complaints/{desk.number}/classify", BODIES["classify"]
    classified = await desk.client.post(target, body, token=SUPERVISOR, headers=key)
    desk.fake_clock.at = at("2026-12-02 10:00")

    receipt = await desk.client.post(PUBLIC, PUBLIC_COMPLAINT, headers=key)
    again = await desk.client.post(target, body, token=SUPERVISOR, headers=key)

    assert (receipt.status, receipt.body) == (201, first.body)
    assert (again.status, again.headers["idempotency-replayed"]) == (200, "true")
    assert again.body == classified.body
