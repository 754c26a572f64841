"""A complainant who uses a browser with a keyboard only."""

import itertools
import re
from typing import Any

from playwright.sync_api import Page, Response

from shared.cases.web.complaint_form import COMPLAINT_PATHS
from shared.web.language import Language
from tests.support.pages.complaint_site import Site

SUBJECT, STORY = "Surat belum dijawab", "Sudah seminggu kami menunggu."
PRESSES_MAX = 60
ADDRESSES = itertools.count(1)


def keyboard_user() -> dict[str, Any]:
    """Another person each time, by the address that our proxy reports: limits are per address."""
    return {"extra_http_headers": {"X-Forwarded-For": f"192.0.2.{next(ADDRESSES)}"}}


def to_focus(page: Page, selector: str) -> None:
    """Press Tab until this has the focus."""
    for _ in range(PRESSES_MAX):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no key leads to {selector}")


def typed(page: Page, selector: str, text: str) -> None:
    to_focus(page, selector)
    page.keyboard.type(text)


def pressed(page: Page, selector: str) -> Response:
    """Press Enter there; the page that comes of it."""
    to_focus(page, selector)
    with page.expect_navigation() as answer:
        page.keyboard.press("Enter")
    assert answer.value is not None
    return answer.value


def chosen(page: Page, selector: str, *, down: int) -> None:
    """Come to the first of these choices by Tab, and go down so many times."""
    to_focus(page, selector)
    page.keyboard.press("Space")
    for _ in range(down):
        page.keyboard.press("ArrowDown")


def complained(page: Page, site: Site, language: Language) -> tuple[str, str]:
    """Fill in the form, on the projections' page; number and secret of the receipt."""
    page.goto(site.pages + COMPLAINT_PATHS[language].channels)
    typed(page, "#subject", SUBJECT)
    typed(page, "#text", STORY)
    chosen(page, "#complainant", down=2)  # anonymous: nobody asks for a way of contact
    answer = pressed(page, "main form button")
    assert answer.status == 201
    secret = page.locator(".secret").inner_text()
    return page.locator(".govuk-panel strong").inner_text(), re.sub(r"\s", "", secret)


def followed(page: Page, site: Site, language: Language, number: str, secret: str) -> Response:
    page.goto(site.complaints + COMPLAINT_PATHS[language].follow)
    typed(page, "#number", number)
    typed(page, "#secret", secret)
    return pressed(page, "main form button")
