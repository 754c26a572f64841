"""The public's pages over HTTP: every fact of the standard, every rule, and the same figures."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from html import unescape
from html.parser import HTMLParser

import pytest

from services.projections.page.routes import PATHS, STYLE, TEMPLATES, Pages
from services.projections.page.rules import CLOCK_RULES, STATISTICS_RULES
from services.projections.page.words import WORDS
from services.projections.public_api import PublicApi
from services.projections.read_models.statistics import Office as Measures
from shared.promise.standard import load_standards
from shared.promise.working_days import PONTIANAK, local_date
from shared.web.language import Language, say
from shared.web.page.shell import Shell
from tests.support.databases import Database
from tests.support.http import Client
from tests.support.paper_office import Office
from tests.support.projected import Projected, projected
from tests.support.surface import NOW, standard, surface

VOID = {"meta", "link", "br", "rect", "circle", "path", "hr", "input", "img"}
ALL_PAGES = [
    pytest.param(language, path, id=path)
    for language, paths in PATHS.items()
    for path in (paths.figures, paths.standard, paths.method)
]


@pytest.fixture
async def figures(database: Callable[[str], Database]) -> AsyncIterator[Projected]:
    async with projected(database("projections").app_url, local_date(NOW)) as made:
        yield made


@pytest.fixture
def client(figures: Projected) -> Client:
    measures = Measures(load_standards(), figures.calendar)
    shell = Shell(standard(), folders=[TEMPLATES], styles=[STYLE], words=WORDS)
    pages = Pages(figures.pool, measures, shell, now=lambda: NOW)
    api = PublicApi(figures.pool, measures, now=lambda: NOW)
    return surface(pages.router(), api.router(), shell=shell)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=PONTIANAK)


async def some_were_late(figures: Projected) -> None:
    office = Office()
    for minute in range(25):
        finished = "11-23 14:00" if minute else "11-24 09:00"
        received_at = at(f"11-20 09:{minute:02}")
        office.request(received_at).then("confirmed", at(finished), letter_number="555/1")
    await figures.apply(office.events)
    await figures.at_the_head()


class Markup(HTMLParser):
    """What a page is made of; an element that is closed in the wrong place is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.seen)


@pytest.mark.parametrize(("language", "path"), ALL_PAGES)
async def test_a_page_is_whole_and_asks_for_nothing_elsewhere(
    client: Client, figures: Projected, language: Language, path: str
) -> None:
    await some_were_late(figures)

    answer = await client.get(path)

    page = Markup(answer.text)
    assert answer.status == 200
    assert answer.headers["content-language"] == language
    assert "set-cookie" not in answer.headers
    assert page.open == []
    assert ("html", {"lang": language}) in page.seen
    assert (page.count("h1"), page.count("title") - page.count("svg")) == (1, 1)
    assert page.count("caption") == page.count("table")
    assert page.count("script") == 0
    assert not [attributes for _, attributes in page.seen if "style" in attributes]
    loaded = [a.get("href") or a.get("src") for tag, a in page.seen if tag in ("link", "img")]
    assert all(each and each.startswith("/") for each in loaded)


@pytest.mark.parametrize("language", ["id", "en"])
async def test_every_fact_of_the_standard_is_on_its_page(
    client: Client, language: Language
) -> None:
    answer = await client.get(PATHS[language].standard)

    facts = standard()
    texts = [
        facts.title,
        facts.completion,
        facts.fee,
        *facts.requirements,
        *facts.procedure,
        *facts.products,
        *(each.name for each in facts.kinds.values()),
        *(each.name for each in facts.channels.values()),
        *(each.name for each in facts.categories.values()),
        facts.office.name,
        facts.office.address,
    ]
    addresses = [each.address for each in facts.channels.values() if each.address]
    said = [*(say(text, language) for text in texts), *addresses, facts.decree, facts.office.phone]
    assert not [each for each in said if each not in unescape(answer.text)]
    for days in facts.complaint_days.values():
        assert say(WORDS["working_days"], language).format(days=days) in answer.text


@pytest.mark.parametrize("language", ["id", "en"])
async def test_every_rule_and_every_day_off_is_on_the_method_page(
    client: Client, figures: Projected, language: Language
) -> None:
    answer = await client.get(PATHS[language].method)

    days = [found for day in figures.calendar.days_off if (found := figures.calendar.day_off(day))]
    rules = [*CLOCK_RULES, *STATISTICS_RULES]
    said = [say(text, language) for text in (*rules, *(day.name for day in days))]
    assert len(days) > 60
    assert not [each for each in said if each not in unescape(answer.text)]


async def test_the_figures_on_the_page_are_those_of_the_json(
    client: Client, figures: Projected
) -> None:
    await some_were_late(figures)

    page = await client.get("/?period=2026-11")
    found = (await client.get("/v1/public/statistics?period=2026-11")).json["services"]["requests"]

    assert (found["received"], found["on_time"], found["late"]) == (25, 24, 1)
    assert "Dari 25 permintaan yang sudah jatuh tempo atau selesai, 24" in page.text
    assert "<strong>Belum terpenuhi.</strong>" in page.text
    assert "24 dari 25 tepat waktu" in page.text
    assert "Data per 24 November 2026 pukul" in page.text


async def test_another_language_keeps_the_period(client: Client) -> None:
    answer = await client.get("/?period=2026-Q4")

    assert 'href="/en/?period=2026-Q4"' in answer.text
    assert "Triwulan 4 2026" in answer.text


async def test_figures_that_may_be_old_say_so_at_the_top(client: Client) -> None:
    answer = await client.get("/en/")

    assert "Data has not been updated since 24 November 2026" in answer.text
    assert "No requests were received in this period." in answer.text


@pytest.mark.parametrize("period", ["2027-01", "2026-13", "soon"])
async def test_a_period_that_there_is_not_is_a_page_that_says_so(
    client: Client, period: str
) -> None:
    answer = await client.get(f"/?period={period}", headers={"accept": "text/html"})

    assert answer.status == 422
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1>" in answer.text
