"""The first page: the same figures as the JSON, and every state that they can be in, in words."""

import re

import pytest

from services.projections.page.drawings.bar import STATES
from services.projections.page.drawings.captions import NEVER, word_of
from services.projections.page.words import WORDS
from shared.web.language import say
from testbed.event_factory import EventFactory
from testbed.http import Client
from testbed.projected import Projected
from tests.support.pages.markup import Markup
from tests.support.pages.public_pages import (
    at,
    request_late,
    requests_on_time,
    requests_overdue,
    unreadable_request,
)

NB = "\N{NO-BREAK SPACE}"

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def shown(client: Client, path: str) -> Markup:
    answer = await client.get(path, headers={"accept": "text/html"})
    assert answer.status == 200
    return Markup(answer.text)


async def has_happened(figures: Projected, office: EventFactory) -> None:
    await figures.apply(office.events)
    await figures.at_the_head()


@pytest.mark.parametrize("period", ["2026", "2026-Q4", "2026-11"])
@pytest.mark.parametrize("service", ["requests", "complaints"])
async def test_the_states_on_the_page_are_those_of_the_json(
    full: Client, period: str, service: str
) -> None:
    page = await shown(full, f"/en/?period={period}")
    answer = await full.get(f"/v1/public/statistics?period={period}")

    found = answer.json["services"][service]
    possible = [state for state in (*STATES, "received") if state not in NEVER[service]]
    rows = [f"{say(word_of(state, service), 'en')} {found[state]}" for state in possible]
    assert sum(found[state] for state in STATES) == found["received"] > 0
    assert " ".join(rows) in page.text


async def test_all_other_figures_are_those_of_the_json_too(full: Client) -> None:
    page = await shown(full, "/en/")
    found = (await full.get("/v1/public/statistics?period=2026")).json["services"]["complaints"]

    for name in ("waited", "rejected", "reopened", "reopenings", "reclassified"):
        assert f"{say(WORDS[name], 'en')} {found[name]}" in page.text
    histogram = " ".join(f"{days} {n}" for days, n in found["days_used"]["histogram"].items())
    assert f"Working days used Count {histogram}" in page.text
    assert f"number of ratings: {found['rating']['count']}." in page.text
    assert f"The one longest overdue {found['oldest_overdue_days']} working days" in page.text


async def test_kinds_and_further_clocks_are_drawn_as_well(full: Client) -> None:
    page = await shown(full, "/en/")

    assert "Password reset: 25 of 26 on time; 1 waiting for the applicant, 1 withdrawn" in page.text
    assert re.search(r"Verification: \d+ of \d+ kept", page.text)
    named = {str(each["id"]) for each in page.all("p") if "id" in each}
    assert named >= {
        *(f"kind-{kind}" for kind in ("password_reset", "account_change", "account_creation")),
        *(f"clock-{clock}" for clock in ("verification", "response", "decision")),
        *("by_category-1", "by_channel-1"),
    }
    assert named <= {str(each.get("aria-labelledby")) for each in page.all("svg")}


async def test_many_are_said_with_a_percentage_and_both_counts(
    client: Client, figures: Projected
) -> None:
    office = EventFactory()
    requests_on_time(office, 24)
    request_late(office)
    await has_happened(figures, office)

    page = await shown(client, "/?period=2026-11")

    assert (
        "Dari 25 permintaan yang sudah jatuh tempo atau selesai, 24 diselesaikan tepat waktu, "
        f"dalam 1 hari kerja (96,0{NB}%). Janji kami: semuanya. Belum terpenuhi."
    ) in page.text
    assert "24 dari 25 tepat waktu" in page.text
    assert "Data per 24 November 2026 pukul 09.00 WIB" in page.text
    assert "Janji: 1 hari kerja." in page.text


async def test_few_are_said_without_a_percentage(client: Client, figures: Projected) -> None:
    office = EventFactory()
    requests_on_time(office, 6)
    request_late(office)
    await has_happened(figures, office)

    page = await shown(client, "/en/")

    assert "6 of 7 requests were completed on time. Too few for a percentage." in page.text
    assert "%" not in page.text


async def test_all_on_time_is_a_promise_kept(client: Client, figures: Projected) -> None:
    office = EventFactory()
    requests_on_time(office, 42)
    await has_happened(figures, office)

    page = await shown(client, "/")

    assert "Semua 42 permintaan diselesaikan tepat waktu. Janji terpenuhi." in page.text


async def test_overdue_case_counts_against_the_promise_without_an_event(
    client: Client, figures: Projected
) -> None:
    office = EventFactory()
    requests_overdue(office, 20)
    await has_happened(figures, office)

    page = await shown(client, "/en/")

    assert f"0 were completed on time, within 1 working day (0.0{NB}%)." in page.text
    assert "Overdue 20" in page.text


async def test_an_empty_period_says_so_and_draws_nothing(
    client: Client, figures: Projected
) -> None:
    await figures.at_the_head()

    page = await shown(client, "/en/")

    assert "No request was received in this period." in page.text
    assert "No complaint was received in this period." in page.text
    assert page.all("svg") == []
    assert "has not been updated" not in page.text


async def test_figures_that_may_be_old_say_so_at_the_top(client: Client) -> None:
    page = await shown(client, "/en/")

    assert (
        "Data has not been updated since 24 November 2026, 00:00 WIB. "
        "The figures below may be incomplete."
    ) in page.text
    assert page.text.index("Data has not been updated") < page.text.index("No request was")


async def test_figures_of_history_that_is_gone_say_so_at_once(
    client: Client, figures: Projected
) -> None:
    office = EventFactory()
    requests_on_time(office, 3)
    await has_happened(figures, office)
    await figures.forked("requests")

    page = await shown(client, "/en/")

    assert "A service's record no longer holds some of the events" in page.text
    assert "has not been updated" not in page.text


async def test_held_cases_are_named_with_since_when(client: Client, figures: Projected) -> None:
    office = EventFactory()
    unreadable_request(office)
    await has_happened(figures, office)

    indonesian, english = await shown(client, "/"), await shown(client, "/en/")

    assert (
        "1 kasus ditahan untuk diperiksa dan belum dihitung sejak 24 November 2026 pukul 12.00 WIB."
    ) in indonesian.text
    assert (
        "1 case is held for checking and not counted since 24 November 2026, 12:00 WIB."
    ) in english.text


async def test_a_due_date_in_a_year_without_a_decree_is_marked(full: Client) -> None:
    this_year, before = await shown(full, "/en/"), await shown(full, "/en/?period=2026-Q3")

    assert ("Some due dates depend on holidays not yet decreed.") in this_year.text
    assert "Number of such requests" not in this_year.text, "of complaints none is told"
    assert "holidays not yet decreed" not in before.text


async def test_only_a_period_that_is_not_over_says_so(full: Client) -> None:
    this_month, before = (
        await shown(full, "/?period=2026-11"),
        await shown(full, "/?period=2026-Q3"),
    )

    assert "Periode ini belum berakhir; angkanya masih berubah." in this_month.text
    assert "belum berakhir" not in before.text


async def test_figures_of_a_past_period_that_changed_are_listed_with_the_reason(
    client: Client, figures: Projected
) -> None:
    office = EventFactory()
    request = office.request(at("10-30 09:00"))
    request.then("confirmed", at("11-10 09:00"), letter_number="555/1")
    await has_happened(figures, office)

    october, november = (
        await shown(client, "/?period=2026-10"),
        await shown(client, "/?period=2026-11"),
    )

    assert "10 November 2026: selesai Permintaan, terlambat 0 1" in october.text
    assert "3 November 2026: batas waktu terlampaui Permintaan, lewat batas waktu 0 1" in (
        october.text
    )
    assert "/v1/public/revisions?period=2026-10" in october.links()
    assert "berubah kemudian" not in november.text


async def test_complaints_are_shown_as_they_were_released(full: Client) -> None:
    page = await shown(full, "/?period=2026-Q3")

    assert "kurang dari 5 pengaduan digabung" in page.text
    # Those with oversight content are told apart by year only.
    assert "tidak berkadar pengawasan (14 hari kerja), Pengaduan berkadar" in page.text


async def test_months_have_no_breakdown_of_complaints(full: Client) -> None:
    page = await shown(full, "/?period=2026-08")

    assert (
        "Kategori, saluran, dan lama penyelesaian pengaduan hanya ditampilkan per triwulan dan per "
        "tahun." in page.text
    )
    assert "Menurut saluran" not in page.text


async def test_the_chooser_opens_the_chosen_year_and_the_chosen_quarter(full: Client) -> None:
    year, month = await shown(full, "/?period=2026"), await shown(full, "/?period=2026-05")

    quarters = [f"/?period=2026-Q{number}" for number in (1, 2, 3, 4)]
    assert [link for link in year.links() if link.startswith("/?")] == ["/?period=2026", *quarters]
    offered = ["/?period=2026", *quarters, "/?period=2026-04", "/?period=2026-05"]
    assert [link for link in month.links() if link.startswith("/?")] == [
        *offered,
        "/?period=2026-06",
    ]
    chosen = [each["href"] for each in month.all("a") if each.get("aria-current") == "page"]
    assert chosen == ["/", "/?period=2026-05"]


async def test_a_page_waits_for_what_it_must_show(full: Client) -> None:
    answer = await full.get("/?min_position=requests:10")

    assert answer.status == 200
    assert "janji-stale" not in answer.headers
