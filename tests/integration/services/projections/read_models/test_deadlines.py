"""Further clocks: how many were kept, and what the staff see of them."""

import csv
import io
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from services.projections.api.open_data import tidy_rows
from services.projections.api.schemas import CaseStoryView, CasesView, StatisticsView
from services.projections.api.staff import StaffApi
from services.projections.read_models.deadlines import FurtherClocks
from shared.office_time import PONTIANAK, local_date
from shared.promise.data_file import WrongData
from shared.promise.standard import Standards, load_standards
from testbed.databases import Database
from testbed.event_factory import EventFactory
from testbed.http import Client
from testbed.projected import Projected, projected
from testbed.surface import NOW, surface, token
from tests.support.years.apply_stories import BEFORE_ALL, apply_as_it_happened, for_any_story
from tests.support.years.recount import follow, further_clocks
from tests.support.years.stories import Story

STAFF = token("reviewer")

ORDER = ("started", "kept", "missed", "running")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=PONTIANAK)


@pytest.fixture
async def figures(database: Callable[[str], Database]) -> AsyncIterator[Projected]:
    async with projected(database("projections").app_url, local_date(NOW)) as made:
        yield made


@pytest.fixture
def client(figures: Projected) -> Client:
    return surface(StaffApi(figures.pool).router())


async def counted(figures: Projected, clock: str, period: str = "2026-11") -> tuple[int, ...]:
    """Started, kept, missed, running."""
    said = (await figures.in_detail(period))["further_clocks"][clock]
    return tuple(said[name] for name in ORDER)


async def test_figures_say_how_many_were_kept(figures: Projected) -> None:
    office = EventFactory()
    kept = office.complaint(at("11-02 09:00"))
    kept.then("classified", at("11-05 09:00"), category="oversight")
    kept.then("responded", at("11-16 23:00"))
    office.complaint(at("11-02 10:00"))
    office.complaint(at("11-20 09:00"))
    await figures.apply(office.events)

    assert await counted(figures, "verification") == (3, 1, 1, 1)
    assert await counted(figures, "response") == (3, 1, 1, 1)
    assert await counted(figures, "decision") == (3, 0, 0, 3)
    assert await counted(figures, "decision", "2026-10") == (0, 0, 0, 0)


async def test_deadlines_run_out_at_midnight_without_an_event(figures: Projected) -> None:
    office = EventFactory()
    office.complaint(at("11-20 09:00"))
    await figures.apply(office.events)

    await figures.roll(date(2026, 11, 25))
    assert await counted(figures, "verification") == (1, 0, 0, 1)

    await figures.roll(date(2026, 11, 26))
    await figures.roll(date(2026, 11, 26))
    assert await counted(figures, "verification") == (1, 0, 1, 0)


async def test_complaint_forwarded_in_time_is_another_offices_to_decide(figures: Projected) -> None:
    office = EventFactory()
    office.complaint(at("11-02 09:00")).then("forwarded", at("11-03 09:00"))
    await figures.apply(office.events)

    assert await counted(figures, "decision") == (0, 0, 0, 0)
    assert await counted(figures, "verification") == (1, 1, 0, 0)


async def test_requests_have_none(figures: Projected) -> None:
    office = EventFactory()
    office.request(at("11-20 09:00"))
    await figures.apply(office.events)

    assert (await figures.statistics("2026"))["services"]["requests"]["further_clocks"] == {}


async def test_released_they_say_what_they_stand_on_and_that_it_is_not_confirmed(
    figures: Projected,
) -> None:
    await imported(figures)
    said = await figures.statistics("2026")

    clock = said["services"]["complaints"]["further_clocks"]["decision"]
    assert (clock["days"], clock["unit"]) == (60, "calendar_days")
    assert clock["name"] == {"id": "Putusan", "en": "Decision"}
    assert "Pasal 50" in clock["basis"]["id"]
    assert clock["to_be_confirmed"] is True
    StatisticsView.model_validate(said)


async def test_open_data_hold_them_a_number_a_row(figures: Projected) -> None:
    await imported(figures)
    rows = list(tidy_rows(await figures.statistics("2026")))

    clock = [row for row in rows if row["member"] == "verification"]
    assert {row["breakdown"] for row in clock} == {"further_clock"}
    assert {row["released_on"] for row in clock} == {"2026-11-24"}
    assert {row["measure"]: row["value"] for row in clock} == {
        **{"days": 3, "started": 20},
        **{"kept": 0, "missed": 0, "running": 20},
    }


async def imported(figures: Projected) -> None:
    """So many complaints that they are released."""
    office = EventFactory(imports_at=at("11-24 09:00"))
    for minute in range(20):
        office.complaint(at(f"11-20 09:{minute:02}"))
    await figures.apply(office.events)
    await figures.at_the_head()


async def listed(client: Client) -> list[dict[str, Any]]:
    answer = await client.get("/v1/sla/cases", token=STAFF)
    CasesView.model_validate(answer.json)
    items: list[dict[str, Any]] = answer.json["items"]
    return items


async def test_the_staff_see_the_nearest_that_runs(client: Client, figures: Projected) -> None:
    office = EventFactory()
    case = office.complaint(at("11-20 09:00"))
    await figures.apply(office.events)
    (before,) = await listed(client)
    case.then("classified", at("11-24 09:00"), category="minor")
    await figures.apply(office.events[1:])
    (after,) = await listed(client)

    assert before["next_deadline"] == {
        "clock": "verification",
        "due_on": "2026-11-25",
        "state": "running",
    }
    assert after["next_deadline"]["clock"] == "response"


async def test_oldest_open_deadline_is_shown_where_none_runs(
    client: Client, figures: Projected
) -> None:
    office = EventFactory()
    office.complaint(at("08-03 09:00"))
    office.request(at("11-24 09:00"))
    await figures.apply(office.events)

    complaint, request = await listed(client)

    assert complaint["next_deadline"] == {
        "clock": "verification",
        "due_on": "2026-08-06",
        "state": "missed",
    }
    assert request["next_deadline"] is None


async def test_a_case_shows_all_of_them(client: Client, figures: Projected) -> None:
    office = EventFactory()
    case = office.complaint(at("11-20 09:00"))
    case.then("classified", at("11-23 09:00"), category="minor")
    await figures.apply(office.events)

    answer = await client.get(f"/v1/sla/cases/{case.number}", token=STAFF)

    CaseStoryView.model_validate(answer.json)
    assert [(each["clock"], each["state"]) for each in answer.json["further_clocks"]] == [
        ("verification", "kept"),
        ("response", "running"),
        ("decision", "running"),
    ]
    assert answer.json["further_clocks"][0] == {
        "clock": "verification",
        "started_on": "2026-11-20",
        "due_on": "2026-11-25",
        "ended_on": "2026-11-23",
        "state": "kept",
    }


async def test_the_table_of_cases_has_the_nearest(client: Client, figures: Projected) -> None:
    office = EventFactory()
    office.complaint(at("11-20 09:00"))
    office.request(at("11-24 09:00"))
    await figures.apply(office.events)

    answer = await client.get("/v1/sla/cases", token=STAFF, headers={"accept": "text/csv"})

    said = [
        (row["next_deadline"], row["next_deadline_on"], row["next_deadline_state"])
        for row in csv.DictReader(io.StringIO(answer.text))
    ]
    assert said == [("", "", ""), ("verification", "2026-11-25", "running")]


@pytest.mark.parametrize(
    ("wrong", "key", "rule"),
    [
        pytest.param({"ends_with": ("verified",)}, "clocks.verification", "no event", id="event"),
        pytest.param({"service": "permits"}, "clocks.verification.service", "one of", id="service"),
    ],
)
def test_a_clock_of_what_there_is_not_is_refused_at_start(
    wrong: dict[str, Any], key: str, rule: str
) -> None:
    standard = load_standards().named("09/DISKOMINFO/2022")
    clock = replace(standard.clocks["verification"], **wrong)

    with pytest.raises(WrongData, match=rule) as refusal:
        FurtherClocks(Standards([replace(standard, clocks={"verification": clock})]))

    assert refusal.value.key == key


def test_deadlines_are_those_of_a_recount(database: Callable[[str], Database]) -> None:
    url = database("projections").app_url

    async def told(story: Story) -> None:
        async with projected(url, BEFORE_ALL) as office:
            events = story.office().events
            await apply_as_it_happened(office, story, events)
            complaints = [each for each in follow(events, office.today) if each.service[0] == "c"]
            for year in (2025, 2026, 2027):
                mine = [each for each in complaints if each.received_on.year == year]
                said = await office.in_detail(f"{year}")
                assert said["further_clocks"] == further_clocks(mine, office.today)

    for_any_story(told)
