"""The public's pages in a browser: on a phone and on a desk, without scripts, for everybody."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.system, pytest.mark.needs("chromium")]

FIGURES = [
    *("/", "/en/", "/?period=2026-Q3", "/en/?period=2026-Q4", "/?period=2026-08"),
    "/?period=2026&as_of=2026-11-20",
]
FACTS = ["/standar", "/en/standard", "/metode", "/en/method"]
OTHERS = ["/en/?period=2099", "/standar?x=1", "/docs", "/problems", "/problems/invalid"]
PATHS = [*FIGURES, *FACTS, *OTHERS]
WIDTHS = [320, 360, 1280]
TOUCHED = "main ul.inline a, nav a, .foot a"
SMALL = "links => links.map(a => a.getBoundingClientRect()).filter(b => b.height < 44).length"


def opened(browser: Browser, url: str, **settings: object) -> Page:
    page = browser.new_page(**settings)  # type: ignore[arg-type]
    page.goto(url)
    return page


def on_a_screen(browser: Browser, url: str, width: int) -> Page:
    """As wide as that, with no script running."""
    screen = {"width": width, "height": 800}
    return opened(browser, url, viewport=screen, java_script_enabled=False)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_scroll_no_sideways_and_need_no_script(
    browser: Browser, pages: str, path: str, width: int
) -> None:
    page = on_a_screen(browser, pages + path, width)

    assert page.locator("h1").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


@pytest.mark.parametrize("path", [*FIGURES, *FACTS])
def test_touch_targets_on_a_phone_are_large_enough(browser: Browser, pages: str, path: str) -> None:
    page = on_a_screen(browser, pages + path, 360)

    assert page.locator(TOUCHED).count() > 5
    assert page.locator(TOUCHED).evaluate_all(SMALL) == 0
    page.close()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Browser, pages: str, path: str, width: int, colours: str
) -> None:
    """Scripts run here, for axe is one; the pages' own policy would forbid it."""
    screen = {"width": width, "height": 800}
    page = opened(browser, pages + path, viewport=screen, color_scheme=colours, bypass_csp=True)

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    page.close()


def test_nothing_is_asked_of_another_host(browser: Browser, pages: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{pages}/")

    assert asked
    assert all(url.startswith(pages) for url in asked)
    page.close()
