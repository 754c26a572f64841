"""A package with a known vulnerability stops the checks, and it is said who was asked."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from deploy.supply_chain import known_vulnerabilities
from deploy.supply_chain.known_vulnerabilities import (
    LOCK,
    Advisories,
    Advisory,
    Affected,
    known,
    locked,
    main,
)

NOBODY = "http://127.0.0.1:9/"
LOCKED_ON = date(2026, 12, 1)


class Osv:
    """Knows a vulnerability of aiohttp if `knows`."""

    def __init__(self) -> None:
        self.url = ""
        self.knows = False
        self.answers_nothing = False

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        asked: list[dict[str, Any]] = (await request.json())["queries"]
        found = [{"vulns": [{"id": "GHSA-1"}]} if self._hits(each) else {} for each in asked]
        return web.json_response({"results": [] if self.answers_nothing else found})

    def _hits(self, query: dict[str, Any]) -> bool:
        return self.knows and query["package"] == {"name": "aiohttp", "ecosystem": "PyPI"}


@pytest.fixture
async def osv() -> AsyncIterator[Osv]:
    osv = Osv()
    runner = web.ServerRunner(web.Server(osv))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    osv.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield osv
    await runner.cleanup()


def test_lock_file_is_read_whole() -> None:
    packages = locked(LOCK.read_text())

    lines = LOCK.read_text().splitlines()
    assert len(packages) == sum(not line.startswith(" ") for line in lines) > 50
    assert {"aio-pika", "asyncpg", "eventsourcing", "fastapi"} <= set(packages)


@pytest.mark.parametrize(
    ("version", "is_hit"),
    [("0.9", False), ("1.0", True), ("1.4.9", True), ("1.5", False), ("1.10", False), ("2", True)],
)
def test_an_advisory_concerns_the_versions_between_its_bounds(version: str, is_hit: bool) -> None:
    affected = [Affected("1.0", "1.5"), Affected("2")]
    advisories = Advisories(LOCKED_ON, [Advisory("PYSEC-1", "made-up", affected)])

    assert list(known({"made-up": version}, advisories)) == [f"made-up {version}: PYSEC-1"] * is_hit


async def test_a_vulnerability_that_is_known_to_osv_fails(
    osv: Osv, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await main(osv.url) == 0
    assert "0 known vulnerabilities, by OSV, asked now" in capsys.readouterr().out

    osv.knows = True
    assert await main(osv.url) == 1
    told = capsys.readouterr()
    assert "GHSA-1: update it, or accept it here with a reason" in told.err
    assert "1 known vulnerabilities, by OSV, asked now" in told.out


async def test_an_accepted_vulnerability_passes(osv: Osv, monkeypatch: pytest.MonkeyPatch) -> None:
    osv.knows = True
    monkeypatch.setattr(known_vulnerabilities, "ACCEPTED", {"GHSA-1": "nothing of it is used"})

    assert await main(osv.url) == 0


async def test_pinned_data_are_named_where_nobody_can_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await main(NOBODY) == 0
    assert "by data of 2024-10-10, since OSV can't be asked" in capsys.readouterr().out

    (tmp_path / "old.lock").write_text("jinja2==2.11.0 \\\n")
    monkeypatch.setattr(known_vulnerabilities, "LOCK", tmp_path / "old.lock")
    assert await main(NOBODY) == 1
    assert "jinja2 2.11.0: PYSEC-2021-66" in capsys.readouterr().err


async def test_answer_that_is_none_of_osv_is_not_taken_for_no_vulnerability(
    osv: Osv, capsys: pytest.CaptureFixture[str]
) -> None:
    osv.answers_nothing = True

    assert await main(osv.url) == 0
    assert "by data of" in capsys.readouterr().out
