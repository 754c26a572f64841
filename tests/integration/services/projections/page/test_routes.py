"""What a page's address may ask for: understood, or refused by a page that says why."""

import pytest

from services.projections.page.routes import PATHS
from testbed.event_factory import EventFactory
from testbed.http import Client
from testbed.projected import Projected
from tests.support.pages.markup import Markup
from tests.support.pages.public_pages import at, requests_overdue

pytestmark = pytest.mark.asyncio(loop_scope="module")

REFUSED = [
    pytest.param("/?period=2027-01", "period: Periode ini belum dimulai", id="ahead"),
    pytest.param("/en/?period=2027-01", "period: This period has not begun", id="in English"),
    pytest.param("/?period=2026-13", "Periode ditulis sebagai tahun (2026)", id="no month"),
    pytest.param("/?period=%3Cb%3E", "Periode ditulis sebagai tahun (2026)", id="not a period"),
    pytest.param("/?period=", "Periode ditulis sebagai tahun (2026)", id="empty"),
    pytest.param("/?min_position=soon", "Posisi ditulis sebagai", id="not a position"),
    pytest.param("/?as_of=2026-11-25", "as_of: Hari ini belum tiba", id="a day ahead"),
    pytest.param("/?as_of=2026-02-30", "as_of: Harus berupa tanggal", id="not a day"),
    pytest.param("/en/?as_of=yesterday", "as_of: Must be a date", id="a word for a day"),
    pytest.param("/?periode=2026", "periode: Bagian ini tidak dikenal", id="misspelt"),
    pytest.param("/?period=2026&utm_source=chat", "utm_source: Bagian ini", id="of a link"),
    pytest.param("/?<i>=1", "<i>: Bagian ini tidak dikenal", id="markup"),
    pytest.param("/?period=2026&period=2025", "period: Hanya boleh disebut satu kali", id="twice"),
    pytest.param("/standar?period=2026", "period: Bagian ini", id="the standard has no periods"),
    pytest.param("/en/method?as_of=2026-11-01", "as_of: This field", id="the method has no days"),
    pytest.param("/metode?x", "x: Bagian ini", id="without a value"),
]


@pytest.mark.parametrize(("path", "said"), REFUSED)
async def test_unshowable_query_is_refused_by_a_page_that_says_why(
    client: Client, path: str, said: str
) -> None:
    answer = await client.get(path, headers={"accept": "text/html"})

    page = Markup(answer.text)
    assert answer.status == 422
    assert answer.headers["content-type"].startswith("text/html")
    assert "public" not in answer.headers["cache-control"]
    assert len(page.all("h1")) == 1
    assert said in page.text
    own = path.partition("?")[0]
    assert own in page.links()


@pytest.mark.parametrize("paths", PATHS.values(), ids=PATHS)
async def test_a_refusal_keeps_the_page_open_in_the_menu(client: Client, paths: object) -> None:
    for path in (paths.figures, paths.standard, paths.method):  # type: ignore[attr-defined]
        page = Markup((await client.get(f"{path}?x=1")).text)

        open_pages = [each["href"] for each in page.all("a") if each.get("aria-current")]
        assert open_pages == [path]


async def test_a_page_of_the_past_shows_what_was_known_that_day(
    client: Client, figures: Projected
) -> None:
    office = EventFactory()
    requests_overdue(office, 20)  # received on Thursday 19 November
    request = office.request(at("11-23 09:00"))
    request.then("confirmed", at("11-24 09:00"), letter_number="555/1")
    await figures.apply(office.events)
    await figures.at_the_head()

    then = Markup((await client.get("/?period=2026-11&as_of=2026-11-20")).text)
    now = Markup((await client.get("/?period=2026-11")).text)

    assert (
        "Angka di bawah ini ditampilkan sebagaimana diketahui pada akhir hari 20 November 2026."
    ) in then.text
    assert then.text.index("ditampilkan sebagaimana") < then.text.index("Apakah janji", 100)
    assert "Belum ada permintaan yang jatuh tempo pada periode ini." in then.text
    assert "20 dalam proses" in then.text
    assert "ditampilkan sebagaimana" not in now.text
    assert "Belum terpenuhi." in now.text


async def test_a_page_of_the_past_agrees_with_the_data_of_that_day(full: Client) -> None:
    page = Markup((await full.get("/en/?period=2026&as_of=2026-11-24")).text)
    found = (await full.get("/v1/public/statistics?period=2026&as_of=2026-11-24")).json

    complaints = found["services"]["complaints"]
    assert f"On time {complaints['on_time']} Late {complaints['late']}" in page.text
    assert f"Received {complaints['received']}" in page.text
    assert "The details of complaints are not shown for a past date" in page.text


async def test_the_links_of_a_page_of_the_past_keep_its_day(full: Client) -> None:
    links = Markup((await full.get("/?period=2026-Q3&as_of=2026-09-30")).text).links()

    assert "/en/?period=2026-Q3&as_of=2026-09-30" in links
    assert "/?period=2026-08&as_of=2026-09-30" in links
    assert "/?period=2026-Q4&as_of=2026-09-30" not in links  # that had not begun
    for data in ("statistics", "statistics.csv", "statistics.xlsx"):
        assert f"/v1/public/{data}?period=2026-Q3&as_of=2026-09-30" in links
    assert "/?period=2026-Q3" in links  # as it is now


async def test_revisions_of_later_days_are_not_shown_on_a_page_of_the_past(
    client: Client, figures: Projected
) -> None:
    office = EventFactory()
    request = office.request(at("10-30 09:00"))
    request.then("confirmed", at("11-10 09:00"), letter_number="555/1")
    await figures.apply(office.events)
    await figures.at_the_head()

    page = Markup((await client.get("/?period=2026-10&as_of=2026-11-05")).text)

    assert "3 November 2026: batas waktu terlampaui" in page.text
    assert "10 November 2026" not in page.text
