"""The public finds this office under its own names only.

Tried before: a receipt that was asked for with another `Host` printed `evil.example`.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

from testbed.databases import Database
from testbed.http import Answer, Client
from tests.support.cases.complaints_service import complaints_service

FORM = "/pengaduan/formulir"
EVIL = "evil.example"
TYPED = urlencode({"complainant": "anonymous", "subject": "Email", "text": "Belum diatur ulang."})


@pytest.fixture
async def known(database: Callable[[str], Database], tmp_path: Path) -> AsyncIterator[Client]:
    """A service that knows its names."""
    own, pages = "https://pengaduan.test", "https://janji.test"
    at = database("complaints")
    async with complaints_service(at, tmp_path, own_url=own, pages_url=pages) as client:
        yield client


@pytest.fixture
async def unknown(database: Callable[[str], Database], tmp_path: Path) -> AsyncIterator[Client]:
    async with complaints_service(database("complaints"), tmp_path) as client:
        yield client


async def sent(client: Client, host: str) -> Answer:
    headers = {"host": host, "content-type": "application/x-www-form-urlencoded"}
    return await client.post(FORM, TYPED.encode(), headers=headers)


@pytest.mark.parametrize(
    "host", [EVIL, f"{EVIL}:443", "pengaduan.test.evil.example", "", "[", "a@b"]
)
async def test_strangers_name_is_refused(known: Client, host: str) -> None:
    answers = [await sent(known, host), await known.get("/", headers={"host": host})]
    answers.append(await known.post("/v1/public/complaints", {}, headers={"host": host}))

    assert [each.status for each in answers] == [421, 421, 421]
    assert EVIL not in "".join(each.text for each in answers)
    assert answers[1].headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "host", ["pengaduan.test", "PENGADUAN.test:443", "janji.test", "localhost:8002", "127.0.0.1"]
)
async def test_receipt_names_the_office(known: Client, host: str) -> None:
    answer = await sent(known, host)

    assert answer.status == 201
    assert "pengaduan.test/pengaduan/ikuti" in answer.text


async def test_receipt_of_a_service_without_a_name_names_none(unknown: Client) -> None:
    answer = await sent(unknown, EVIL)

    assert answer.status == 201
    assert EVIL not in answer.text


@pytest.mark.parametrize("path", ["/health/live", "/v1/standard", "/v1/requests"])
async def test_programs_name_the_service_as_their_network_does(known: Client, path: str) -> None:
    assert (await known.get(path, headers={"host": "10.0.0.7"})).status != 421


async def test_browsers_insist_on_tls_behind_a_proxy(known: Client) -> None:
    answer = await known.get(FORM, headers={"host": "janji.test"})

    assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_weaknesses_can_be_told_to_the_office(known: Client) -> None:
    answer = await known.get("/.well-known/security.txt", headers={"host": "janji.test"})

    assert answer.headers["content-type"].startswith("text/plain")
    lines = dict(line.split(": ", 1) for line in reversed(answer.text.splitlines()))
    assert lines["Contact"].startswith("https://")
    assert lines["Expires"] == "2027-05-23T03:15:00Z"
