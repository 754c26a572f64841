"""`…/clock`: every day and every due date explained, as JSON and as a page, to staff and public."""

from typing import Any

import pytest

from testbed.http import Answer, Client
from tests.support.cases.complaints_service import (
    AUDITOR,
    SUBSCRIBER,
    SUPERVISOR,
    give,
    in_status,
    received,
)
from tests.support.pages.markup import Markup

pytestmark = pytest.mark.asyncio(loop_scope="module")

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ENGLISH = {**BROWSER, "accept-language": "en"}


async def clock(client: Client, number: str, **headers: str) -> Answer:
    target = f"/v1/complaints/{number}/clock"
    answer = await client.get(target, token=AUDITOR, headers=headers)
    assert answer.status == 200, answer
    return answer


async def reclassified(client: Client) -> str:
    """Received on 24 November; due on 1 December, then after 60 days, in a year not yet decreed."""
    number: str = (await in_status(client, "classified"))["number"]
    answer = await give(client, number, "reclassify")
    assert answer.status == 200, answer
    return number


async def test_every_day_off_is_named_with_its_decree(client: Client) -> None:
    complaint = await received(client, received_at="2026-08-14T09:00:00+07:00")

    days = {day["date"]: day for day in (await clock(client, complaint["number"])).json["days"]}

    assert days["2026-08-17"]["why"] == "day_off"
    assert days["2026-08-17"]["name"]["id"] == "Proklamasi Kemerdekaan"
    assert "1497/2025" in days["2026-08-17"]["decree"]


async def test_every_earlier_due_date_says_what_moved_it(client: Client) -> None:
    number = await reclassified(client)

    earlier = (await clock(client, number)).json["earlier_due_dates"]

    assert [(each["due_on"], each["moved_by"]) for each in earlier] == [
        ("2026-12-01", "classified")
    ]
    assert earlier[0]["moved_to"] == (await clock(client, number)).json["clock"]["due_on"]
    assert earlier[0]["decrees"] == []


async def test_a_due_date_that_becomes_unknown_is_told_too(client: Client) -> None:
    number = (await in_status(client, "waiting"))["number"]

    (earlier,) = (await clock(client, number)).json["earlier_due_dates"]

    assert (earlier["due_on"], earlier["moved_to"]) == ("2026-12-01", None)
    assert earlier["moved_by"] == "clarification_requested"


async def test_html_clients_get_the_wall_calendar(client: Client) -> None:
    answer = await clock(client, await reclassified(client), **BROWSER)

    page = Markup(answer.text)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["vary"] == "Accept, Accept-Language"
    assert "Batas waktu sebelumnya" in page.text
    assert "Selasa, 1 Desember 2026" in page.text
    assert "dikategorikan" in page.text
    assert len([path for path in page.paths if path.endswith("div/table")]) >= 4


async def test_the_page_speaks_english_too(client: Client) -> None:
    page = Markup((await clock(client, await reclassified(client), **ENGLISH)).text)

    assert "Earlier due dates" in page.text
    assert "60 working days" in page.text
    assert "Provisional: it depends on holidays not yet decreed." in page.text


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html;q=0.5, */*", ""])
async def test_json_is_given_unasked(client: Client, accept: str) -> None:
    complaint = await received(client)

    answer = await clock(client, complaint["number"], accept=accept)

    assert answer.headers["content-type"] == "application/json"


async def test_the_complainant_gets_the_same_page_by_the_secret_alone(client: Client) -> None:
    complaint = await received(client)
    target = f"/v1/public/complaints/{complaint['number']}/clock"

    own = await client.get(target, token=complaint["tracking_secret"], headers=BROWSER)
    stranger = await client.get(target, token="A" * 26, headers=BROWSER)

    assert "dihitung" in own.text or "diterima" in own.text
    assert stranger.status == 404


async def test_nothing_personal_is_on_the_page(client: Client) -> None:
    number = (await in_status(client, "waiting"))["number"]

    page = await clock(client, number, **BROWSER)

    assert not [each for each in ("Budi Hartono", "Surat yang mana", "0812") if each in page.text]


# Years whose days off are not decreed yet.


async def test_a_due_date_in_an_undecreed_year_says_so_wherever_it_is_told(client: Client) -> None:
    number = await reclassified(client)
    seen = await client.get(f"/v1/complaints/{number}", token=SUPERVISOR)
    feed = await client.get("/v1/events?limit=1000", token=SUBSCRIBER)
    page = await clock(client, number, **BROWSER)

    assert seen.json["clock"]["due_on"] > "2027"
    assert seen.json["clock"]["provisional"] is True
    assert [provisional(event) for event in of(feed, number)] == [False, False, True]
    assert "Sementara: bergantung pada hari libur yang belum ditetapkan." in page.text


async def test_a_due_date_in_a_decreed_year_does_not(client: Client) -> None:
    number = (await received(client))["number"]

    page = await clock(client, number, **BROWSER)

    assert "Sementara" not in page.text


def of(feed: Answer, number: str) -> list[dict[str, Any]]:
    return [event for event in feed.json if event["subject"] == number]


def provisional(event: dict[str, Any]) -> bool:
    flag: bool = event["data"]["clock"]["provisional"]
    return flag
