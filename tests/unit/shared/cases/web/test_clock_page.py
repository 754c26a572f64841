"""HTML is given to whoever prefers it, and JSON to everybody else."""

import pytest

from shared.cases.web.clock_page import prefers_html


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("text/html", True),
        ("text/html;q=0.9, application/json;q=0.8", True),
        ("application/json, text/html;q=0.9", False),
        ("text/html;q=nonsense", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_html_must_be_wanted_before_json(accept: str, html: bool) -> None:
    assert prefers_html(accept) == html
