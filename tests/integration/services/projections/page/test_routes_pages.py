"""Every page is whole, in both languages, and says every fact and every rule."""

from html import unescape

import pytest

from services.projections.page.fact_words import TO_BE_CONFIRMED
from services.projections.page.routes import PATHS
from services.projections.page.rules import CLOCK_RULES, STATISTICS_RULES
from services.projections.page.words import WORDS
from shared.web.language import Language, say
from shared.web.page.formatting import weekday, working_days
from testbed.http import Client
from testbed.projected import Projected
from testbed.surface import standard
from tests.support.pages.markup import Markup

PERIODS = ("", "?period=2026-Q3", "?period=2026-11", "?period=2026-01")
ALL_PAGES = [
    pytest.param(language, path, id=path)
    for language, paths in PATHS.items()
    for path in (paths.standard, paths.method, *(paths.figures + each for each in PERIODS))
]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(("language", "path"), ALL_PAGES)
async def test_a_page_is_whole(full: Client, language: Language, path: str) -> None:
    answer = await full.get(path)

    page = Markup(answer.text)
    assert answer.status == 200
    assert page.all("html") == [{"lang": language}]
    assert page.paths.count("html/head/title") == 1
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert len(set(page.ids())) == len(page.ids())
    assert "<Macro" not in page.text
    assert {"None", "nan"}.isdisjoint(page.text.split())


@pytest.mark.parametrize(("language", "path"), ALL_PAGES)
async def test_every_table_is_labelled(full: Client, language: Language, path: str) -> None:
    page = Markup((await full.get(path)).text)

    assert len(page.all("caption")) == len(page.all("table"))
    assert all(each.get("scope") in ("row", "col", "rowgroup") for each in page.all("th"))
    labels = [
        str(each["aria-labelledby"]) for _, each in page.elements if "aria-labelledby" in each
    ]
    assert set(labels) <= set(page.ids())


@pytest.mark.parametrize(("language", "path"), ALL_PAGES)
async def test_a_page_needs_no_script_no_cookie_and_no_other_host(
    full: Client, language: Language, path: str
) -> None:
    answer = await full.get(path)

    page = Markup(answer.text)
    assert answer.headers["content-language"] == language
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src")
    assert "set-cookie" not in answer.headers
    assert page.all("script") == page.all("style") == page.all("iframe") == []
    assert not [names for _, names in page.elements if "style" in names or "onclick" in names]
    loaded = [str(each.get("href")) for each in page.all("link")]
    assert all(each.startswith("/") or each == "data:," for each in loaded)  # no icon is asked for
    assert not [names for _, names in page.elements if "src" in names]


@pytest.mark.parametrize(("language", "path"), ALL_PAGES)
async def test_every_page_leads_to_its_twin_in_the_other_language(
    full: Client, language: Language, path: str
) -> None:
    page = Markup((await full.get(path)).text)

    (other,) = [each for each in page.all("a") if "hreflang" in each]
    back = Markup((await full.get(str(other["href"]))).text)
    assert path in back.links()
    assert back.all("html") == [{"lang": other["hreflang"]}]


@pytest.mark.parametrize("language", ["id", "en"])
async def test_every_fact_of_the_standard_is_on_its_page(full: Client, language: Language) -> None:
    page = Markup((await full.get(PATHS[language].standard)).text)

    facts = standard()
    channels = (*facts.channels.values(), *facts.request_channels.values())
    texts = [
        *(facts.title, facts.completion, facts.fee, facts.office.name, facts.office.address),
        *(*facts.requirements, *facts.procedure, *facts.products),
        *(kind.name for kind in facts.kinds.values()),
        *(channel.name for channel in channels),
        *(category.name for category in facts.categories.values()),
        *(facts.office.government, facts.office.reviewer),
        *(each.basis.source for each in facts.categories.values()),
    ]
    addresses = [each.address for each in facts.channels.values() if each.address]
    numbers = [facts.decree, facts.office.phone, facts.office.website, facts.mail_domain]
    days = [working_days(each, language) for each in facts.complaint_days.values()]
    said = [*(say(text, language) for text in texts), *addresses, *numbers, *days]
    assert not [each for each in said if each not in page.text]


@pytest.mark.parametrize("language", ["id", "en"])
async def test_points_to_be_confirmed_by_the_office_are_named_in_words(
    full: Client, language: Language
) -> None:
    page = Markup((await full.get(PATHS[language].standard)).text)

    assert set(standard().to_be_confirmed) == set(TO_BE_CONFIRMED)
    assert not [word for word in TO_BE_CONFIRMED.values() if say(word, language) not in page.text]
    assert "request_channels" not in page.text


async def test_the_standard_lists_the_deadlines_that_run_beside_the_promise(
    client: Client,
) -> None:
    page = Markup((await client.get("/en/standard")).text)

    for facts in ("Complaints: Verification", "3 working days", "60 calendar days", "article 44"):
        assert facts in page.text


async def test_channels_are_links_where_there_is_something_to_press(client: Client) -> None:
    page = Markup((await client.get("/standar")).text)

    links = page.links()
    assert "https://wa.me/6289699305225" in links
    assert "tel:05618173627" in links
    assert "mailto:diskominfo@kalbarprov.go.id" in links
    assert "https://www.lapor.go.id" in links


@pytest.mark.parametrize("language", ["id", "en"])
async def test_every_rule_and_every_day_off_is_on_the_method_page(
    client: Client, figures: Projected, language: Language
) -> None:
    answer = await client.get(PATHS[language].method)

    days = [found for day in figures.calendar.days_off if (found := figures.calendar.day_off(day))]
    rules = [*CLOCK_RULES.values(), *(part for rule in STATISTICS_RULES for part in rule)]
    said = [say(text, language) for text in (*rules, *(day.name for day in days))]
    dates = [weekday(day.date, language) for day in days]
    decrees = [day.decree for day in days]
    assert len(days) > 60
    assert not [each for each in (*said, *dates, *decrees) if each not in unescape(answer.text)]
    assert f"2027 ({say(WORDS['provisional_year'], language)})" in answer.text
