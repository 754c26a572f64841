"""By what a browser says of its own accord we know the posts of our pages from a stranger's."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Response

from shared.cases.web.complaint_form import COMPLAINT_PATHS
from tests.support.pages.complaint_site import complaint_site
from tests.support.pages.keyboard import complained, followed, pressed

pytestmark = [pytest.mark.system, pytest.mark.needs("chromium")]


@pytest.mark.parametrize(
    ("host", "fetched_from"),
    [
        pytest.param("127.0.0.1", ["same-site", *["same-origin"] * 5], id="this machine"),
        pytest.param("janji.test", [None] * 6, id="plain http: Origin alone says it"),
    ],
)
def test_every_post_of_our_pages_says_where_it_comes_from_and_is_taken(
    reader: BrowserContext,
    postgres: str,
    tmp_path: Path,
    host: str,
    fetched_from: list[str | None],
) -> None:
    """Of a page whose policy is `no-referrer` it would say `null`, as of a stranger's."""
    with complaint_site(postgres, tmp_path, host=host) as site:
        page = reader.new_page()
        posts: list[Response] = []
        page.on(
            "response", lambda each: posts.append(each) if each.request.method == "POST" else None
        )

        number, secret = complained(page, site, "id")
        pressed(page, ".switch button")
        followed(page, site, "id", number, "a" * 32)
        page.fill("#secret", secret)
        pressed(page, "main form button")
        page.reload()
        page.goto(site.complaints + COMPLAINT_PATHS["id"].form)
        pressed(page, "main form button")

        said = [each.request.all_headers() for each in posts]
        assert [each.status for each in posts] == [201, 200, 404, 200, 200, 422]
        assert [each.get("sec-fetch-site") for each in said] == fetched_from
        assert [each.get("origin") for each in said] == [site.pages, *[site.complaints] * 5]
