"""A file comes in whole or not at all, and the sample file of the how-to comes in whole."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.failures import CannotStart
from janji.importing.import_file import import_file
from janji.importing.logs import ImportSettings
from testbed.databases import Database
from testbed.imports import (
    answered,
    event,
    history,
    resolved,
    settings_for,
    spreadsheet,
    targets_with,
)

SAMPLE = Path(__file__).parents[4] / "docs/import-sample.csv"
WRONG = [
    event("P-2", "2026-11-03 09:00", "submit", agency="NASA"),
    *answered("P-2", "2026-11-03")[1:],
]


@pytest.fixture
def office(database: Callable[[str], Database]) -> ImportSettings:
    return settings_for(database)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.csv"


def lines_of(file: Path) -> list[str]:
    return file.read_text("utf-8-sig").splitlines()


async def held(office: ImportSettings) -> Counter[str]:
    """How many events each log holds."""
    async with targets_with(office) as targets:
        return Counter({service: len(await history(target)) for service, target in targets.items()})


async def test_the_sample_comes_in_whole_and_once(office: ImportSettings) -> None:
    done = await import_file(SAMPLE, office)
    again = await import_file(SAMPLE, office)

    assert done.violations == []
    assert (done.reading.rows, len(done.numbered)) == (42, 8)
    assert (again.rows_known, again.numbered[0].number) == (42, done.numbered[0].number)
    # One complaint has closed by itself.
    assert await held(office) == {"requests": 21, "complaints": 22}


async def test_one_wrong_row_keeps_everything_out(office: ImportSettings, file: Path) -> None:
    done = await import_file(
        spreadsheet(file, [*answered("P-1"), *WRONG, *resolved("A-1")]), office
    )

    assert [(violation.line, violation.column) for violation in done.violations] == [(8, "agency")]
    assert done.imported is None
    assert await held(office) == {"requests": 0, "complaints": 0}


async def test_wrong_cases_are_set_aside_and_the_others_come_in(
    office: ImportSettings, file: Path
) -> None:
    unreadable = {**resolved("A-1")[0], "at": "yesterday"}
    rows = [*answered("P-1"), *WRONG, *resolved("A-1")[1:], unreadable]

    done = await import_file(spreadsheet(file, rows), office, skip_bad=True)

    assert done.bad == file.with_name("history.bad.csv")
    assert done.imported is not None
    assert (done.imported.rows, done.imported.cases) == (6, 1)
    assert lines_of(done.bad) == [line for line in lines_of(file) if "P-1" not in line]
    assert await held(office) == {"requests": 6, "complaints": 0}


async def test_row_set_aside_comes_in_once_it_is_mended(office: ImportSettings, file: Path) -> None:
    done = await import_file(
        spreadsheet(file, [*answered("P-1"), *WRONG], delimiter=";"), office, skip_bad=True
    )
    assert done.bad is not None
    done.bad.write_text(done.bad.read_text("utf-8-sig").replace("NASA", "DINSOS"), "utf-8-sig")

    mended = await import_file(done.bad, office)

    assert mended.violations == []
    assert await held(office) == {"requests": 12, "complaints": 0}


async def test_rows_that_somebody_mends_are_not_overwritten(
    office: ImportSettings, file: Path
) -> None:
    done = await import_file(spreadsheet(file, [*answered("P-1"), *WRONG]), office, skip_bad=True)
    assert done.bad is not None
    half_mended = done.bad.read_text("utf-8-sig").replace("NASA", "DINSOS")
    done.bad.write_text(half_mended, "utf-8-sig")
    spreadsheet(file, [*answered("P-3"), *WRONG])

    with pytest.raises(CannotStart, match=r"history\.bad\.csv is there from an earlier import"):
        await import_file(file, office, skip_bad=True)

    assert done.bad.read_text("utf-8-sig") == half_mended
    assert sorted(each.name for each in file.parent.iterdir()) == ["history.bad.csv", "history.csv"]
    assert await held(office) == {"requests": 6, "complaints": 0}


async def test_an_import_that_is_run_again_finds_its_own_rows_set_aside(
    office: ImportSettings, file: Path
) -> None:
    spreadsheet(file, [*answered("P-1"), *WRONG])
    first = await import_file(file, office, skip_bad=True)

    again = await import_file(file, office, skip_bad=True)

    assert (again.bad, again.rows_known) == (first.bad, 6)


async def test_a_file_without_rows_is_refused(office: ImportSettings, file: Path) -> None:
    spreadsheet(file, [dict.fromkeys(("case", "service", "at", "command"), "")])

    with pytest.raises(CannotStart, match=r"history\.csv: holds no rows under its header"):
        await import_file(file, office)


async def test_another_master_key_is_refused(office: ImportSettings, file: Path) -> None:
    spreadsheet(file, answered("P-1"))
    await import_file(file, office)
    other = office.model_copy(update={"master_key": type(office.master_key)(bytes([1] * 32))})

    with pytest.raises(CannotStart, match="JANJI_MASTER_KEY is not the key"):
        await import_file(file, other)


async def test_unreadable_row_does_not_hide_other_faults(
    office: ImportSettings, file: Path
) -> None:
    submitted = {**answered("P-1")[0], "kind": "x", "agency": "NASA", "letter_date": "yesterday"}
    received, classified, *rest = resolved("A-1")
    unreadable = {**rest[0], "at": "yesterday"}
    wrong = [{**received, "channel": "pigeon"}, {**classified, "category": "grave"}, unreadable]

    done = await import_file(spreadsheet(file, [submitted, *wrong]), office)

    assert sorted(
        (violation.line, violation.column, violation.rule) for violation in done.violations
    ) == [
        (2, "agency", "registered_agency"),
        (2, "kind", "known_kind"),
        (2, "letter_date", "date"),
        (3, "channel", "known_channel"),
        (4, "category", "known_category"),
        (5, "at", "instant"),
    ]
    assert await held(office) == {"requests": 0, "complaints": 0}
