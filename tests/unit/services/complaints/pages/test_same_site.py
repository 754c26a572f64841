"""Cross-site posts: one row for each way to send a form."""

import pytest

from services.complaints.pages.same_site import is_ours

PAGES = "https://janji.example"


@pytest.mark.parametrize(
    ("site", "origin", "ours"),
    [
        pytest.param("same-origin", "https://form.example", True, id="our own page"),
        pytest.param(
            "same-origin", "null", True, id="whatever Origin says, Sec-Fetch-Site comes first"
        ),
        pytest.param("none", None, True, id="a person, by hand"),
        pytest.param("same-site", PAGES, True, id="the page with the empty form"),
        pytest.param("cross-site", PAGES, True, id="the same, at another address"),
        pytest.param("cross-site", "https://evil.example", False, id="another site"),
        pytest.param("cross-site", "null", False, id="another site that hides"),
        pytest.param("same-site", "https://x.janji.example", False, id="a neighbour"),
        pytest.param("nonsense", "https://evil.example", False, id="an unknown word"),
        pytest.param(None, "https://form.example", True, id="an old browser, our own page"),
        pytest.param(None, "http://form.example", True, id="plain http, our own page"),
        pytest.param(None, "https://form.example:8443", False, id="another port"),
        pytest.param(None, PAGES, True, id="an old browser, the empty form"),
        pytest.param(None, "https://evil.example", False, id="an old browser, another site"),
        pytest.param(None, "null", False, id="an old browser, and nobody says from where"),
        pytest.param(None, "", False, id="an empty origin"),
        pytest.param(None, "form.example", False, id="no origin at all"),
        pytest.param(None, None, True, id="no browser"),
    ],
)
def test_a_post_is_ours(site: str | None, origin: str | None, ours: bool) -> None:
    said = {"host": "form.example", "sec-fetch-site": site, "origin": origin}
    headers = {name: value for name, value in said.items() if value is not None}

    assert is_ours(headers, origins={PAGES}) is ours
