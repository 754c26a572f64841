"""The first screen of a phone: whose service, the way on, and the answer; all of it measured."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.system, pytest.mark.needs("chromium")]

PagesIn = Callable[[str], str]
SCREEN = {"width": 360, "height": 560}
LINES_OF = """element => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return new Set([...range.getClientRects()].map(box => Math.round(box.bottom / 4))).size;
}"""
WIDER = """all => all.filter(each => each.scrollWidth > each.clientWidth)
    .map(each => each.getAttribute("aria-label"))"""
PARTED = (
    """all => all.map(each => each.getClientRects().length).filter(lines => lines > 1).length"""
)


@contextmanager
def phone(browser: Browser, url: str) -> Iterator[Page]:
    page = browser.new_page(viewport=SCREEN, java_script_enabled=True, bypass_csp=True)  # type: ignore[arg-type]
    page.goto(url)
    yield page
    page.close()


def bottom(page: Page, selector: str, number: int = 0) -> float:
    box = page.locator(selector).nth(number).bounding_box()
    assert box is not None
    return box["y"] + box["height"]


@pytest.mark.parametrize("state", ["large", "bannered", "stale"])
@pytest.mark.parametrize("path", ["/", "/en/", "/?period=2026-Q3", "/en/?period=2026-11"])
def test_both_verdicts_stand_in_the_first_screen(
    browser: Browser, pages_in: PagesIn, state: str, path: str
) -> None:
    """The first whole, the second at least begun, with the banners on too."""
    with phone(browser, pages_in(state) + path) as page:
        first, second = (page.locator(".answer").nth(number).bounding_box() for number in (0, 1))
        assert first is not None
        assert second is not None

        assert first["y"] + first["height"] <= SCREEN["height"]
        assert second["y"] + 30 <= SCREEN["height"]  # its first line


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_both_verdicts_are_whole_without_a_banner(
    browser: Browser, pages_in: PagesIn, path: str
) -> None:
    with phone(browser, pages_in("large") + path) as page:
        assert bottom(page, ".answer", 1) <= SCREEN["height"]


@pytest.mark.parametrize("path", ["/", "/en/", "/standar", "/en/method"])
def test_office_and_service_take_two_lines_and_the_menu_one_row(
    browser: Browser, pages: str, path: str
) -> None:
    with phone(browser, pages + path) as page:
        office = page.locator(".masthead .office").bounding_box()
        language = page.locator(".masthead nav a").bounding_box()
        menu = page.locator(".govuk-service-navigation").bounding_box()
        assert office is not None
        assert language is not None
        assert menu is not None

        assert page.locator(".masthead .office").evaluate(LINES_OF) == 2
        assert language["x"] >= office["x"] + office["width"]
        assert language["y"] < office["y"] + office["height"]
        assert menu["height"] <= 60


@pytest.mark.parametrize("path", ["/", "/en/", "/standar", "/metode"])
def test_every_page_of_the_menu_is_reached_from_a_phone(
    browser: Browser, pages: str, path: str
) -> None:
    with phone(browser, pages + path) as page:
        page.locator(".menu summary").click()

        links = page.locator(".govuk-service-navigation a:visible")
        assert links.count() == 4
        assert all(box["height"] >= 44 for each in links.all() if (box := each.bounding_box()))
        assert page.evaluate("document.documentElement.scrollWidth") == SCREEN["width"]


@pytest.mark.parametrize("state", ["full", "large"])
@pytest.mark.parametrize("path", ["/", "/en/", "/?period=2026-Q3"])
def test_no_table_scrolls_sideways_and_no_key_parts_from_its_word(
    browser: Browser, pages_in: PagesIn, state: str, path: str
) -> None:
    with phone(browser, pages_in(state) + path) as page:
        page.eval_on_selector_all("details.fold", "all => all.forEach(each => each.open = true)")

        assert page.eval_on_selector_all(".scroll", WIDER) == []
        assert page.locator(".keyed").count() > 5
        assert page.eval_on_selector_all(".keyed", PARTED) == 0


@pytest.mark.parametrize("path", ["/", "/metode"])
def test_a_long_table_is_folded_on_a_screen_and_open_on_paper(
    browser: Browser, pages_in: PagesIn, path: str
) -> None:
    seen = "all => all.filter(each => each.checkVisibility({contentVisibilityAuto: true})).length"
    with phone(browser, pages_in("large") + path) as page:
        tables = page.locator("details.fold table").count()
        on_screen = page.eval_on_selector_all("details.fold td", seen)
        page.emulate_media(media="print")
        page.wait_for_function(f"({seen})([...document.querySelectorAll('details.fold td')]) > 0")
        on_paper = page.eval_on_selector_all("details.fold td", seen)

        assert tables > 2
        assert on_screen == 0
        assert on_paper == page.locator("details.fold td").count()


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_no_table_of_more_than_eight_rows_stands_open(
    browser: Browser, pages_in: PagesIn, path: str
) -> None:
    rows = """all => all.filter(each => !each.closest("details"))
        .map(each => each.querySelectorAll("tbody tr").length)"""
    with phone(browser, pages_in("large") + path) as page:
        assert max(page.eval_on_selector_all("main table", rows)) <= 8
