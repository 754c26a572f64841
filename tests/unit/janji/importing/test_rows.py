"""The cells of a row are checked by the forms of the API, and named by column and rule."""

from datetime import UTC, date, datetime

import pytest

from services.requests.letter import SignedBy
from testbed.imports import Cells, event, heard, row, violations

SUBMITTED = event("P-1", "2026-11-02 09:00", "submit")


def test_a_row_holds_what_was_filled_in() -> None:
    found = row(
        {
            **SUBMITTED,
            "letter_date": "2026-10-30",
            "signed_by": "head_of_unit",
            "accounts": " a@kalbarprov.go.id  b@kalbarprov.go.id ",
            "letter_number": "",
        }
    )

    assert found.at == datetime(2026, 11, 2, 2, tzinfo=UTC)
    assert found.values == {
        "kind": "password_reset",
        "agency": "DINKES",
        "channel": "counter",
        "letter_date": date(2026, 10, 30),
        "signed_by": SignedBy.HEAD_OF_UNIT,
        "accounts": ["a@kalbarprov.go.id", "b@kalbarprov.go.id"],
    }


def test_unused_columns_are_ignored() -> None:
    found = row({**event("P-1", "2026-11-02 10:00", "review"), "score": "many", "text": "x"})

    assert found.values == {}


@pytest.mark.parametrize(
    ("cells", "broken"),
    [
        ({**SUBMITTED, "case": " "}, [("case", "required")]),
        ({**SUBMITTED, "at": "02/11/2026 09:00"}, [("at", "instant")]),
        ({**SUBMITTED, "at": "2026-11-02T09:00:00"}, [("at", "instant")]),
        ({**SUBMITTED, "at": "2026-02-30T09:00:00+07:00"}, [("at", "instant")]),
        ({**SUBMITTED, "at": "2026-11-24T10:15:01+07:00"}, [("at", "not_in_future")]),
        ({**SUBMITTED, "service": "request"}, [("service", "choice")]),
        ({**SUBMITTED, "command": "receive"}, [("command", "choice")]),
        ({**SUBMITTED, "command": "erase-personal-data"}, [("command", "choice")]),
        ({**SUBMITTED, "kind": "", "agency": ""}, [("kind", "required"), ("agency", "required")]),
        ({**SUBMITTED, "letter_date": "30-10-2026"}, [("letter_date", "date")]),
        ({**SUBMITTED, "signed_by": "me"}, [("signed_by", "choice")]),
        ({**SUBMITTED, "letter_number": "a\0b"}, [("letter_number", "characters")]),
        ({**SUBMITTED, "kind": "password\u200b_reset"}, [("kind", "characters")]),
        ({**SUBMITTED, "agency": "DINKES\u202e\u2069"}, [("agency", "characters")]),
        (
            heard("A-1", "2026-11-02 09:00", "assign", assignee="r\u2066-1"),
            [("assignee", "characters")],
        ),
        ({**SUBMITTED, "agency": "X" * 201}, [("agency", "too_long")]),
        (heard("A-1", "2026-11-02 09:00", "rate"), [("score", "required")]),
        (heard("A-1", "2026-11-02 09:00", "rate", score="4.5"), [("score", "whole_number")]),
        (heard("A-1", "2026-11-02 09:00", "classify"), [("category", "required")]),
    ],
    ids=str,
)
def test_a_wrong_cell_is_named(cells: Cells, broken: list[tuple[str, str]]) -> None:
    assert violations(cells) == broken
