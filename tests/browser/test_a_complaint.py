"""A complaint in a browser, from the empty form to the rating: by keyboard, without scripts."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shared.cases.web.complaint_form import COMPLAINT_PATHS
from shared.web.language import Language
from tests.support.pages.complaint_site import Site, complaint_site
from tests.support.pages.keyboard import (
    STORY,
    SUBJECT,
    chosen,
    complained,
    followed,
    keyboard_user,
    pressed,
    typed,
)

pytestmark = [pytest.mark.system, pytest.mark.needs("chromium")]

LANGUAGES: list[Language] = ["id", "en"]
WIDTHS = [320, 360, 768, 1280]
STATUSES = ["received", "waiting", "resolved", "closed"]
TARGETS = (  # links within a sentence are as high as its lines
    "nav a, main dl a, main button, .govuk-error-summary a, main textarea, "
    "main input:not([type=hidden]):not([tabindex='-1'])"
)
SMALL = "all => all.map(e => e.getBoundingClientRect()).filter(b => b.height < 44).length"


@pytest.fixture(scope="module")
def site(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with complaint_site(postgres, tmp_path_factory.mktemp("complaints")) as site:
        yield site


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_story_by_keyboard_alone_and_without_scripts(
    reader: BrowserContext, site: Site, language: Language
) -> None:
    page = reader.new_page()
    number, secret = complained(page, site, language)
    for command in ("classify", "assign", "request-clarification"):
        site.give(number, command)

    followed(page, site, language, number, secret)
    typed(page, "#answer", "Surat nomor 7")
    pressed(page, "form:has(#answer) button.govuk-button")
    assert page.locator(".govuk-notification-banner").is_visible()
    site.give(number, "resolve")

    followed(page, site, language, number, secret)
    typed(page, "#reason", "Belum selesai")
    pressed(page, "form:has(#reason) button.govuk-button")
    site.give(number, "resolve")

    followed(page, site, language, number, secret)
    pressed(page, "section[aria-labelledby=act-close] button")
    chosen(page, "#score", down=1)
    typed(page, "#remark", "Agak lama")
    answer = pressed(page, "form:has(#score) button.govuk-button")

    assert answer.status == 200
    assert page.locator(".act").count() == 0
    assert page.get_by_text("Agak lama").is_visible()
    assert re.search(r"\b4\b", page.locator(".story li").last.inner_text())


@pytest.mark.parametrize("language", LANGUAGES)
def test_error_summary_gets_the_focus_and_links_to_the_field(
    reader: BrowserContext, site: Site, language: Language
) -> None:
    page = reader.new_page()
    page.goto(site.pages + COMPLAINT_PATHS[language].channels)
    typed(page, "#subject", SUBJECT)

    answer = pressed(page, "main form button")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type(STORY)

    assert answer.status == 422
    assert page.locator("#text").input_value() == STORY
    assert page.locator("#subject").input_value() == SUBJECT


def test_typed_text_is_still_there_in_the_other_language(
    reader: BrowserContext, site: Site
) -> None:
    page = reader.new_page()
    page.goto(site.complaints + COMPLAINT_PATHS["id"].form)
    typed(page, "#subject", SUBJECT)
    pressed(page, "main form button")

    answer = pressed(page, "header button")

    assert answer.status == 200
    assert page.url == site.complaints + COMPLAINT_PATHS["en"].form
    assert page.locator("#subject").input_value() == SUBJECT
    assert page.locator(".govuk-error-summary").count() == 0


def test_number_and_secret_stand_in_no_address_and_no_cookie(
    reader: BrowserContext, site: Site
) -> None:
    page = reader.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.headers}"))

    number, secret = complained(page, site, "id")
    followed(page, site, "id", number, secret)
    pressed(page, ".switch button")

    assert page.url == site.complaints + COMPLAINT_PATHS["en"].follow
    assert page.locator("h1").inner_text() == f"Complaint {number}"
    assert asked
    assert not [each for each in asked if number in each or secret in each]
    assert reader.cookies() == []


def test_loading_the_receipt_again_is_no_second_complaint(
    reader: BrowserContext, site: Site
) -> None:
    page = reader.new_page()
    number, _ = complained(page, site, "id")

    page.reload()

    assert page.locator(".govuk-panel strong").inner_text() == number


def test_the_receipt_prints_with_all_that_is_needed(browser: Browser, site: Site) -> None:
    page = browser.new_page(java_script_enabled=False, **keyboard_user())
    number, _ = complained(page, site, "id")

    page.emulate_media(media="print")

    assert page.locator(".govuk-panel strong").inner_text() == number
    assert page.locator(".secret").is_visible()
    assert page.get_by_text("Selasa, 1 Desember 2026").is_visible()
    assert not page.locator("main form").is_visible()
    page.close()


def sent(page: Page, button: str) -> None:
    with page.expect_navigation() as answer:
        page.locator(button).click()
    assert answer.value.status != 429  # a page that only says wait would pass for any other


def states(page: Page, site: Site, language: Language) -> Iterator[str]:
    """Every state of every page, one after the other, in this page."""
    paths = COMPLAINT_PATHS[language]
    page.goto(site.pages + paths.channels)
    yield "channels"
    page.goto(site.complaints + paths.form)
    sent(page, "main form button")
    yield "wrong"
    page.fill("#subject", SUBJECT)
    page.fill("#text", STORY)
    page.check("#complainant-anonymous")
    sent(page, "main form button")
    yield "receipt"
    page.goto(site.complaints + paths.follow)
    yield "asking"
    page.fill("#number", "ADU-0000-0000-1")
    sent(page, "main form button")
    yield "wrong secret"
    for status in STATUSES:
        complaint = site.in_status(status)
        page.goto(site.complaints + paths.follow)
        page.fill("#number", complaint["number"])
        page.fill("#secret", complaint["tracking_secret"])
        sent(page, "main form button")
        yield status
    page.check("#score-2")
    sent(page, "form:has(#score) button.govuk-button")
    yield "rated"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "colours"), [(360, "light"), (360, "dark"), (1280, "light")])
def test_axe_finds_nothing_in_any_state(
    browser: Browser, site: Site, language: Language, width: int, colours: str
) -> None:
    """Scripts run here, for axe is one; the pages' own policy would forbid it."""
    screen = {"width": width, "height": 800}
    screen_of = {"viewport": screen, "color_scheme": colours, "bypass_csp": True}
    page = browser.new_page(**screen_of, **keyboard_user())  # type: ignore[arg-type]

    found = {state: Axe().run(page) for state in states(page, site, language)}

    wrong = {
        state: each.generate_report() for state, each in found.items() if each.violations_count
    }
    assert wrong == {}
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_scroll_no_sideways_and_every_target_is_large_enough(
    browser: Browser, site: Site, language: Language, width: int
) -> None:
    screen = {"width": width, "height": 800}
    page = browser.new_page(viewport=screen, java_script_enabled=False, **keyboard_user())  # type: ignore[arg-type]

    seen = {
        state: (
            page.evaluate("document.documentElement.scrollWidth"),
            page.locator(TARGETS).evaluate_all(SMALL),
        )
        for state in states(page, site, language)
    }

    assert seen == dict.fromkeys(seen, (width, 0))
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shortened_address_leads_to_the_page_on_complaints(
    reader: BrowserContext, site: Site, language: Language
) -> None:
    page = reader.new_page()
    channels = COMPLAINT_PATHS[language].channels

    page.goto(site.complaints + channels)

    assert page.url == site.pages + channels
