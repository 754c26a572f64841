"""The public's pages in a browser: on a phone and on a desk, without scripts, for everybody."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.system, pytest.mark.needs("chromium")]

PATHS = ["/", "/en/", "/standar", "/en/standard", "/metode", "/en/method", "/docs", "/problems"]
WIDTHS = [320, 360, 1280]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def opened(browser: Browser, url: str, **settings: object) -> Page:
    page = browser.new_page(**settings)  # type: ignore[arg-type]
    page.goto(url)
    return page


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("width", WIDTHS)
def test_nobody_scrolls_sideways_and_no_script_is_needed(
    browser: Browser, pages: str, path: str, width: int
) -> None:
    page = opened(
        browser, pages + path, viewport={"width": width, "height": 800}, java_script_enabled=False
    )

    box = page.locator("main").bounding_box()

    assert page.locator("h1").is_visible()
    assert box is not None
    assert box["x"] + box["width"] <= width
    page.close()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_against_wcag(
    browser: Browser, pages: str, path: str, colours: str
) -> None:
    """Scripts run here, for axe is one; the pages' own policy would forbid it."""
    page = opened(browser, pages + path, color_scheme=colours, bypass_csp=True)

    found = Axe().run(page, options=RULES)

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
