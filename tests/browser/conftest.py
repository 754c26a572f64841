"""A browser, and the pages of a year in which all happened: started once for this folder."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.support.pages.keyboard import keyboard_user
from tests.support.pages.page_server import serving

CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.test 127.0.0.1",
)


@pytest.fixture(scope="session")
def pages_in(postgres: str) -> Iterator[Callable[[str], str]]:
    """Where the public's pages are in which state; each is started when it is first asked for."""
    with ExitStack() as running:

        @cache
        def url(state: str) -> str:
            return running.enter_context(serving(postgres, state))

        yield url


@pytest.fixture(scope="session")
def pages(pages_in: Callable[[str], str]) -> str:
    """Where the public's pages are, with a year in which all happened."""
    return pages_in("full")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium: nothing is downloaded."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        yield browser
        browser.close()


@pytest.fixture
def reader(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody whose browser runs no script."""
    screen = {"width": 360, "height": 800}
    context = browser.new_context(viewport=screen, java_script_enabled=False, **keyboard_user())  # type: ignore[arg-type]
    yield context
    context.close()
