"""`…/clock` of a request, as JSON and as a page."""

import pytest

from testbed.http import Client
from tests.support.cases.requests_service import AUDITOR, DINKES, DINSOS, give, in_status
from tests.support.pages.markup import Markup

pytestmark = pytest.mark.asyncio(loop_scope="module")

BROWSER = {"accept": "text/html"}


async def test_an_agency_sees_on_a_wall_calendar_why_it_takes_so_long(client: Client) -> None:
    number = await in_status(client, "returned")

    answer = await client.get(f"/v1/requests/{number}/clock", token=DINKES, headers=BROWSER)

    text = Markup(answer.text).text
    assert f"Jangka waktu {number}" in text
    assert "Batas waktu belum diketahui" in text
    assert "menunggu pemohon" in text
    assert "24 ↓● diterima, hari ini" in text
    assert "Rabu, 25 November 2026 belum diketahui dikembalikan kepada pemohon" in text


async def test_another_agency_sees_no_page(client: Client) -> None:
    number = await in_status(client, "returned")

    answer = await client.get(f"/v1/requests/{number}/clock", token=DINSOS, headers=BROWSER)

    assert answer.status == 404


async def test_a_pause_within_a_day_moves_nothing(client: Client) -> None:
    number = await in_status(client, "returned")
    await give(client, number, "resubmit")

    answer = await client.get(f"/v1/requests/{number}/clock", token=AUDITOR)

    assert answer.json["clock"]["due_on"] == "2026-11-25"
    assert [each["moved_to"] for each in answer.json["earlier_due_dates"]] == [None]
