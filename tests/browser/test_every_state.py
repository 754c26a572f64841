"""The first page in every state that it can be in: for every eye, on every screen, on paper."""

from collections.abc import Callable
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from services.projections.page.routes import STYLE
from services.projections.read_models.history.revisions import Revision
from shared.web.language import Language
from shared.web.page.shell import GOVUK, LOOKS
from testbed.surface import NOW
from tests.support.pages.made_up_figures import fullest, page_of
from tests.support.pages.page_states import HAPPENED

pytestmark = [pytest.mark.system, pytest.mark.needs("chromium")]

PagesIn = Callable[[str], str]
PERIODS = ["/", "/en/", "/?period=2026-Q3", "/en/?period=2026-11"]
PRINTED = [*PERIODS, "/en/?period=2026-Q4", "/?period=2026-11", "/?period=2026&as_of=2026-11-24"]
ZOOMED = {"width": 640, "height": 400}  # 1280 by 800 at 200 %
FOCUSED = "() => document.activeElement.outerHTML.slice(0, 200)"
TAB_STOPS_MAX = 200
IS_SEEN = """() => {
    const box = document.activeElement.getBoundingClientRect();
    return box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right <= innerWidth;
}"""
A4 = b"/Type /Page\n", b"/Type /Page/"


def opened(browser: Browser, url: str, **settings: object) -> Page:
    page = browser.new_page(**settings)  # type: ignore[arg-type]
    page.goto(url)
    return page


@pytest.mark.parametrize("state", HAPPENED)
@pytest.mark.parametrize("path", PERIODS)
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Browser, pages_in: PagesIn, state: str, path: str, colours: str
) -> None:
    url = pages_in(state) + path
    page = opened(browser, url, color_scheme=colours, bypass_csp=True)

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    page.close()


@pytest.mark.parametrize("state", HAPPENED)
@pytest.mark.parametrize("screen", [{"width": 320, "height": 640}, ZOOMED])
def test_pages_scroll_no_sideways(
    browser: Browser, pages_in: PagesIn, state: str, screen: dict[str, int]
) -> None:
    page = opened(browser, f"{pages_in(state)}/", viewport=screen, java_script_enabled=False)

    assert page.evaluate("document.documentElement.scrollWidth") == screen["width"]
    page.close()


@pytest.mark.parametrize("path", ["/", "/en/", "/standar", "/metode"])
def test_keys_alone_reach_every_link_and_what_has_the_focus_is_seen(
    browser: Browser, pages_in: PagesIn, path: str
) -> None:
    page = opened(browser, pages_in("full") + path)
    links = set(page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)"))

    reached, seen = set(), []
    for _ in range(TAB_STOPS_MAX):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.href"))
        seen.append(page.evaluate(IS_SEEN))
        if page.evaluate("document.activeElement === document.body"):
            break

    assert links <= reached
    assert all(seen[:-1])
    page.close()


def test_the_first_key_leads_to_the_content(browser: Browser, pages: str) -> None:
    page = opened(browser, f"{pages}/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"
    page.close()


@pytest.mark.parametrize("state", ["empty", "small", "full", "large", "held", "bannered"])
@pytest.mark.parametrize("path", PRINTED)
def test_a_period_prints_on_one_sheet(
    browser: Browser, pages_in: PagesIn, state: str, path: str
) -> None:
    page = opened(browser, pages_in(state) + path)

    printed = page.pdf(prefer_css_page_size=True)

    assert sum(printed.count(sheet) for sheet in A4) == 1
    page.close()


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_fullest_year_prints_on_one_sheet_under_every_banner(
    browser: Browser, language: Language
) -> None:
    revised = [Revision(date(2027, 1, 4), "requests", None, "late", 1, 2, "finished")] * 500
    html = page_of(fullest(), language, held_since=NOW, revised=revised, demonstration=True)
    styles = "\n".join(path.read_text() for path in (GOVUK, *LOOKS, STYLE))
    page = browser.new_page()
    page.set_content(html.replace("</head>", f"<style>{styles}</style></head>"))

    printed = page.pdf(prefer_css_page_size=True)

    assert sum(printed.count(sheet) for sheet in A4) == 1
    page.close()


def test_the_answer_is_the_largest_text(browser: Browser, pages: str) -> None:
    page = opened(browser, f"{pages}/", viewport={"width": 360, "height": 640})

    sizes = "all => all.map(each => parseFloat(getComputedStyle(each).fontSize))"
    answer = page.eval_on_selector(".answer", "each => parseFloat(getComputedStyle(each).fontSize)")
    assert answer == max(page.eval_on_selector_all("main *", sizes))
    page.close()
