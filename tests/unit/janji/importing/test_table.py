"""A file is read as a table, or refused in one line that says where and how to mend it."""

from pathlib import Path

import pytest

from janji.importing.table import Unreadable, opened

HEADER = "case,service,at,command\n"
ROW = "1,requests,2026-01-05T09:00:00+07:00,review\n"


def lines_of(path: Path, content: str | bytes) -> list[int]:
    """The lines on which its records begin."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with opened(path) as table:
        return [record.line for record in table.records]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.csv"


@pytest.mark.parametrize(
    "content",
    [
        HEADER + ROW,
        "\ufeff" + HEADER + ROW,
        (HEADER + ROW).replace("\n", "\r\n"),
        (HEADER + ROW).replace(",", ";"),
        (HEADER + ROW).replace(",", "\t"),
        " Case ,SERVICE,at,command\n" + ROW,
        HEADER + ROW.rstrip("\n"),
    ],
    ids=["plain", "byte order mark", "CRLF", "semicolons", "tabs", "capitals", "no last newline"],
)
def test_spreadsheet_exports_are_read(file: Path, content: str) -> None:
    assert lines_of(file, content) == [2]


def test_a_row_is_named_by_the_line_that_it_begins_on(file: Path) -> None:
    quoted = '"a\nb",requests,2026-01-05T09:00:00+07:00,review\n'

    assert lines_of(file, HEADER + quoted + "\n" + ",,,\n" + ROW) == [2, 6]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "history.csv: is empty"),
        (b"\n\n", "history.csv: is empty"),
        (b"PK\x03\x04rest", "history.csv: is a workbook: save the sheet as “CSV UTF-8”"),
        (HEADER.encode("utf-16"), "history.csv: is UTF-16 text: save the sheet as “CSV UTF-8”"),
        (
            (HEADER + ROW).encode() + b"caf\xe9,,,\n",
            "history.csv, line 3: is not UTF-8: save the sheet as “CSV UTF-8”",
        ),
        (b"\xe9,,,\n", "history.csv, line 1: is not UTF-8: save the sheet as “CSV UTF-8”"),
        (b"case,service,at\n", "history.csv, line 1: column command is missing"),
        (b"case,service,at,command,at\n", "history.csv, line 1: column at is there twice"),
        (
            HEADER.encode() + b'1,"x"y,,\n',
            "history.csv, line 2: broken CSV, ',' expected after '\"'",
        ),
        (HEADER.encode() + b'1,"x,,\n', "history.csv, line 2: broken CSV, unexpected end of data"),
    ],
)
def test_file_that_is_no_table_of_history_is_refused(file: Path, content: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        lines_of(file, content)

    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [("colour", "column 'colour' is unknown"), ("", "a column without a name is unknown")],
)
def test_an_unknown_column_is_refused(file: Path, name: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        lines_of(file, HEADER.replace("\n", f",{name}\n") + ROW)
