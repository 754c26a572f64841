"""Requests case by case: what a row says, what it doesn't, and how the file is served."""

import asyncio
import csv
import gzip
import io
from collections.abc import AsyncIterator, Callable
from datetime import date

import pytest

from services.projections.api.downloads.case_files import CaseFiles
from services.projections.api.open_data import CASE_COLUMNS
from services.projections.read_models.periods import read_period
from services.projections.read_models.rules_in_force import RulesInForce
from shared.office_time import local_date
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar
from shared.web.problems.problem import Problem
from testbed.databases import Database
from testbed.event_factory import EventFactory
from testbed.event_logs import connected
from testbed.http import Answer, Client
from testbed.projected import Projected, projected
from testbed.surface import NOW
from tests.support.clocks.calendar_amendments import amended, year_of
from tests.support.pages.public_pages import (
    at,
    pages_of,
    requests_on_time,
    year_in_which_all_happened,
)

PATH = "/v1/public/requests.csv"
WITHOUT = {"reason": "registered_in_error", "of": None}


@pytest.fixture
def ours(database: Callable[[str], Database]) -> Database:
    return database("projections")


@pytest.fixture
async def figures(ours: Database) -> AsyncIterator[Projected]:
    """On Tuesday, 24 November 2026."""
    async with projected(ours.app_url, local_date(NOW)) as made:
        yield made


@pytest.fixture
def client(figures: Projected) -> Client:
    return pages_of(figures)


def rows(answer: Answer) -> list[dict[str, str]]:
    assert answer.status == 200, answer
    return list(csv.DictReader(io.StringIO(answer.text)))


def every_kind_of_row(office: EventFactory) -> None:
    """Two weeks of November, a request each."""
    office.request(at("11-02 09:00")).then("confirmed", at("11-03 10:00"))
    office.request(at("11-03 09:00")).then("rejected", at("11-05 10:00"))
    waiting = office.request(at("11-04 09:00"), kind="account_change")
    waiting.then("returned", at("11-04 10:00"), missing=["other"])
    office.request(at("11-05 09:00")).then("voided", at("11-09 09:00"), **WITHOUT)
    office.request(at("11-19 09:00"))
    office.by, office.recorded_at = "import", at("11-24 09:00")
    office.request(at("11-06 09:00")).then("withdrawn", at("11-06 10:00"))


async def test_a_row_says_all_that_a_figure_is_made_of(figures: Projected, client: Client) -> None:
    office = EventFactory()
    every_kind_of_row(office)
    await figures.apply(office.events)

    found = rows(await client.get(f"{PATH}?period=2026-11"))

    by_day = sorted(found, key=lambda row: row["received_on"])
    assert list(by_day[0]) == list(CASE_COLUMNS)
    without = {"id", "kind", "period", "as_of"}
    said = [" ".join(v or "-" for k, v in row.items() if k not in without) for row in by_day]
    assert said == [
        "2026-11-02 2026-11-03 2026-11-03 on_time 1 1 false false false false - false - -",
        "2026-11-03 2026-11-04 2026-11-05 late 2 2 false true false false - false - -",
        "2026-11-04 - - waiting 0 14 true false false false - false - 14",
        "2026-11-05 2026-11-06 2026-11-09 voided 2 2 false false false false - false - -",
        "2026-11-06 2026-11-09 2026-11-06 withdrawn 0 0 false false true true 2026-11-24 false - -",
        "2026-11-19 2026-11-20 - overdue 3 3 false false false false - false 2 -",
    ]
    assert {(row["period"], row["as_of"]) for row in found} == {("2026-11", "2026-11-24T02:00:00Z")}
    assert by_day[2]["kind"] == "account_change"


async def test_a_file_holds_the_requests_of_its_period_alone(
    figures: Projected, client: Client
) -> None:
    await figures.apply(year_in_which_all_happened())

    of_year, of_may = [rows(await client.get(f"{PATH}?period={p}")) for p in ("2026", "2026-05")]

    block = (await figures.statistics("2026"))["services"]["requests"]
    assert len(of_year) == block["received"] + block["voided"] > 0
    assert of_may == []


async def test_ids_stay_and_their_order_tells_nothing(figures: Projected, client: Client) -> None:
    office = EventFactory()
    for day in range(2, 20):
        office.request(at(f"11-{day:02} 09:00"))
    await figures.apply(office.events)
    before = rows(await client.get(PATH))

    await figures.begin()
    await figures.apply(office.events)

    assert rows(await client.get(PATH)) == before
    ids, days = [row["id"] for row in before], [row["received_on"] for row in before]
    assert ids == sorted(set(ids))
    assert days not in (sorted(days), sorted(days, reverse=True))


async def test_ids_are_other_ones_under_another_key(
    ours: Database, figures: Projected, client: Client
) -> None:
    """So nobody can work them out from the numbers: the key is this database's own."""
    office = EventFactory()
    requests_on_time(office, 5)
    await figures.apply(office.events)
    before = {row["id"] for row in rows(await client.get(PATH))}

    async with connected(ours.owner_url) as owner:
        key = await owner.fetchval("select key from case_id_key")
        await owner.execute("update case_id_key set key = $1", bytes(32))

    after = {row["id"] for row in rows(await pages_of(figures).get(PATH))}
    assert key != bytes(32)
    assert len(before | after) == 10


async def test_nothing_tells_whose_a_row_is(figures: Projected, client: Client) -> None:
    office = EventFactory()
    office.request(at("11-20 09:00"), agency="DINSOS", letter_number="800/9").then(
        "review_started", at("11-20 10:00")
    )
    await figures.apply(office.events)

    text = (await client.get(PATH)).text

    number = office.events[0].body["subject"]
    for secret in (number, number[4:8], "DINSOS", "800/9", "officer-1", "counter"):
        assert secret not in text


async def test_case_file_is_served_as_all_public_figures_are(
    figures: Projected, client: Client
) -> None:
    await figures.apply(year_in_which_all_happened())

    plain = await client.get(PATH)
    packed = await client.get(PATH, headers={"accept-encoding": "br, gzip;q=0.8"})
    held = await client.get(PATH, headers={"if-none-match": plain.headers["etag"]})
    held_packed = await client.get(
        PATH, headers={"accept-encoding": "gzip", "if-none-match": packed.headers["etag"]}
    )
    other = await client.get(PATH, headers={"if-none-match": packed.headers["etag"]})

    assert gzip.decompress(packed.body) == plain.body
    assert plain.body.count(b"\r\n") == plain.body.count(b"\n") == len(rows(plain)) + 1
    assert (packed.headers["content-encoding"], plain.headers["vary"]) == (
        "gzip",
        "Accept-Encoding",
    )
    assert int(plain.headers["content-length"]) == len(plain.body)
    assert int(packed.headers["content-length"]) == len(packed.body)
    assert plain.headers["cache-control"] == "public, no-cache"
    assert plain.headers["access-control-allow-origin"] == "*"
    assert plain.headers["content-type"].startswith("text/csv")
    assert (held.status, held.body) == (held_packed.status, held_packed.body) == (304, b"")
    assert other.status == 200
    assert (await client.send("OPTIONS", PATH)).status == 204


async def test_the_tag_stays_until_the_requests_change(figures: Projected, client: Client) -> None:
    office = EventFactory()
    requests_on_time(office, 3)
    await figures.apply(office.events)
    before = (await client.get(PATH)).headers["etag"]

    office.complaint(at("11-24 09:00"))
    await figures.apply(office.of("complaints"))
    after_a_complaint = (await client.get(PATH)).headers["etag"]
    office.request(at("11-24 09:30"))
    await figures.apply(office.of("requests")[-1:])
    after_a_request = (await client.get(PATH)).headers["etag"]
    await figures.roll(date(2026, 11, 25))
    next_day = (await client.get(PATH)).headers["etag"]

    assert before == after_a_complaint
    assert len({before, after_a_request, next_day}) == 3


@pytest.mark.parametrize(
    "query", ["period=2026-13", "period=2031", "as_of=2026-11-01", "perod=2026"]
)
async def test_wrong_query_of_a_download_is_refused(client: Client, query: str) -> None:
    assert (await client.get(f"{PATH}?{query}")).problem == "invalid"


async def test_a_due_date_is_provisional_until_its_year_is_decreed(figures: Projected) -> None:
    office = EventFactory()
    office.request(at("12-30 17:00")).then("confirmed", at("12-31 09:00"))
    await figures.roll(date(2026, 12, 31))
    await figures.apply(office.events)
    period = read_period("2026-12")

    async def told() -> list[str]:
        file = await files_of(figures).file(period)
        text = b"".join([piece async for piece in file.pieces(compressed=False)]).decode()
        rows = csv.DictReader(io.StringIO(text))
        return [f"{row['due_on']} {row['provisional']}" for row in rows]

    before = await told()
    figures.calendar = load_calendar(applied=[year_of(amended(2027, decided_on="2026-12-31"))])

    assert (before, await told()) == (["2027-01-04 true"], ["2027-01-04 false"])


# How they are kept.


def files_of(figures: Projected, *, bytes_max: int = 1_000_000) -> CaseFiles:
    office = RulesInForce(load_standards(), figures.calendar)
    return CaseFiles(figures.pool, office, bytes_max=bytes_max)


async def test_many_who_ask_are_given_one_file(figures: Projected) -> None:
    await figures.apply(year_in_which_all_happened())
    files, year = files_of(figures), read_period("2026")

    given = await asyncio.gather(*(files.file(year) for _ in range(15)))

    assert len({id(each) for each in given}) == 1


async def test_more_than_can_wait_are_told_to_come_again(figures: Projected) -> None:
    files, year = files_of(figures), read_period("2026")

    given = await asyncio.gather(*(files.file(year) for _ in range(30)), return_exceptions=True)

    refused = [each for each in given if isinstance(each, Problem)]
    assert len(refused) == 10
    assert {each.kind.status for each in refused} == {503}
    assert await files.file(year) in given


async def test_the_oldest_files_make_room_and_are_read_to_their_end(figures: Projected) -> None:
    office = EventFactory()
    requests_on_time(office, 59)
    await figures.apply(office.events)
    files = files_of(figures, bytes_max=1)
    november = await files.file(read_period("2026-11"))
    pieces = november.pieces(compressed=False)

    year = await files.file(read_period("2026"))

    assert year is not november
    assert await files.file(read_period("2026-11")) is not november
    text = b"".join([piece async for piece in pieces])
    assert text.count(b"\n") == 60
