"""The workbook of a period: what a spreadsheet reads in it, and that it is the same each time."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from services.projections.api.downloads.workbook import workbook
from testbed.surface import standard
from tests.support.pages.made_up_figures import (
    COMPLAINTS,
    REQUESTS,
    block,
    identity,
    released,
    statistics,
)

Cells = list[list[Any]]

OCTOBER, JULY = "2026-10-01", "2026-07-01"

REQUESTED = {
    **REQUESTS,
    **block(on_time=56, late=2, overdue=1, running=3, waiting=1, withdrawn=1),
    "days_allowed": 1,
    "by_kind": {"password_reset": identity(on_time=30, late=1, running=2)},
    "by_month": {f"2026-{month:02}": identity(on_time=month) for month in range(1, 13)},
    "days_used": {"median": 0, "p90": 1, "max": 4, "histogram": {"0": 40, "1": 16, "4": 3}},
    "days_elapsed": {"median": 1, "p90": 3, "max": 9},
    "backdated": 4,
    "oldest_overdue_days": 7,
}
COMPLAINED = {
    **COMPLAINTS,
    "released_at": "2026-09-30T17:00:00Z",
    "by_category": {
        "minor": released("minor", on_time=25, not_on_time=3, undecided=2, on="2026-10-01")
    },
    "by_channel": {
        "instagram+twitter": released(
            "instagram", "twitter", on_time=7, not_on_time=0, on="2026-07-01"
        )
    },
    "rating": {"mean": 4.2353, "count": 17},
    "further_clocks": {
        "verification": {
            "name": {"id": "Verifikasi", "en": "Verification"},
            "days": 3,
            "unit": "working_days",
            "started": 9,
            "kept": 7,
            "missed": 1,
            "running": 1,
        }
    },
}


def sheets(**blocks: Any) -> dict[str, Cells]:
    """What a reader of spreadsheets finds: the cells of each sheet by its name."""
    given = {"requests": REQUESTED, "complaints": COMPLAINED, **blocks}
    content = workbook(statistics("2026", **given), standard())
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def types(row: list[Any]) -> list[type]:
    return [type(each) for each in row]


def test_numbers_are_numbers_and_dates_are_dates() -> None:
    found = sheets()

    said = {row[1]: row[2] for row in found["Keterangan"]}
    assert said["From"] == date(2026, 1, 1)
    assert said["As of (UTC+7)"] == datetime.fromisoformat("2026-11-24T10:15:00")
    assert said["Complaint details released on"] == date(2026, 10, 1)
    assert said["Complete"] is False
    first_month = found["Permintaan, bulan"][1]
    assert first_month[0] == date(2026, 1, 1)
    assert types(first_month[1:]) == [float] * 8
    assert found["Permintaan, hari kerja"][1:] == [[0.0, 40.0], [1.0, 16.0], [4.0, 3.0]]
    rate = found["Permintaan, status"][-2]
    assert rate == ["Tingkat ketepatan waktu", "On-time rate", 0.9492]


def test_words_are_indonesian_first_and_english_beside() -> None:
    found = sheets()

    assert found["Permintaan, status"][:2] == [
        ["Status", "State", "Jumlah / Count"],
        ["Tepat waktu", "On time", 56.0],
    ]
    assert found["Permintaan, jenis"][1][:4] == [
        *("password_reset", "Atur ulang kata sandi", "Password reset", 33.0)
    ]
    assert found["Pengaduan, saluran"][1] == [
        "instagram+twitter",
        "Media Sosial: Instagram, Twitter",
        "Social media: Instagram, Twitter",
        *(7.0, 7.0, 0.0, 0.0, 1.0, date(2026, 7, 1)),
    ]


def test_unreleased_data_have_no_sheet() -> None:
    bare = sheets(complaints=COMPLAINTS)

    assert set(sheets()) - set(bare) == {
        "Pengaduan, batas lain",
        "Pengaduan, kategori",
        "Pengaduan, penilaian",
        "Pengaduan, saluran",
    }
    assert "Pengaduan, hari kerja" not in bare


def test_impossible_outcome_has_no_row() -> None:
    found = sheets()

    assert "Diteruskan" not in [row[0] for row in found["Permintaan, status"]]
    assert "Dibatalkan pemohon" not in [row[0] for row in found["Pengaduan, status"]]
    assert "Pernah dibuka kembali" not in [row[0] for row in found["Permintaan, hal lain"]]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_taken_for_a_formula(begin: str) -> None:
    code = f"{begin}HYPERLINK(1)"
    by_kind = {code: identity(on_time=1)}

    given = statistics(requests={**REQUESTED, "by_kind": by_kind}, complaints=COMPLAINED)
    content = workbook(given, standard())

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = book.get_sheet_by_name("Permintaan, jenis").to_python()
    assert rows[1][0] == f"'{code}"
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        pages = [parts.read(name).decode() for name in parts.namelist() if "worksheets" in name]
    assert pages
    assert not [page for page in pages if "<f>" in page or "<hyperlink" in page]


def test_the_same_figures_give_the_same_bytes() -> None:
    given = statistics(requests=REQUESTED, complaints=COMPLAINED)

    assert workbook(given, standard()) == workbook(given, standard())


def test_a_sheets_name_is_one_that_every_spreadsheet_takes() -> None:
    names = list(sheets())

    assert all(len(name) <= 31 and not set("[]:*?/\\") & set(name) for name in names)
    assert len(set(map(str.lower, names))) == len(names)
