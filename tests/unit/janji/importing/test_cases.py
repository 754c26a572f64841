"""The rows of a case are decided by its aggregate, with their own instants."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from janji.importing.cases import Decision, InvalidCase, by_case
from janji.importing.rows import Violation
from shared.cases.case import SYSTEM, ActContext
from shared.promise.working_days import load_calendar
from shared.text import Text
from testbed.imports import (
    Cells,
    answered,
    decider,
    event,
    heard,
    on_the_wall,
    resolved,
    rows,
)
from tests.support.clocks.calendar_amendments import amended, year_of

NUMBER = {"requests": "PRM-0000-0000-0", "complaints": "ADU-0000-0000-0"}


def decided(cells: Sequence[Cells], past: Sequence[Any] = ()) -> Decision:
    (case,) = by_case(rows(cells))
    case.number = NUMBER[case.key.service]
    return decider(case.key.service).decide(case, past)


def events(cells: Sequence[Cells], past: Sequence[Any] = ()) -> list[Any]:
    """What is new, as the log would store it."""
    case = decided(cells, past).case
    return list(case.collect_events()) if case is not None else []


def told(happened: Sequence[Any]) -> list[tuple[str, str]]:
    return [(type(each).__name__, each.timestamp.astimezone(UTC).isoformat()) for each in happened]


def violation(cells: Sequence[Cells], past: Iterable[Any] = ()) -> Violation:
    with pytest.raises(InvalidCase) as refused:
        decided(cells, list(past))
    (found,) = refused.value.violations
    return found


def test_every_row_is_an_event_at_its_own_instant_by_the_import() -> None:
    happened = events(answered("P-1"))

    assert told(happened) == [
        ("Created", "2026-11-02T02:00:00+00:00"),
        ("ReviewStarted", "2026-11-02T03:00:00+00:00"),
        ("Approved", "2026-11-02T04:00:00+00:00"),
        ("ProcessingStarted", "2026-11-02T05:00:00+00:00"),
        ("Completed", "2026-11-02T06:00:00+00:00"),
        ("Confirmed", "2026-11-02T07:00:00+00:00"),
    ]
    assert {(each.by, each.role) for each in happened} == {("import", "supervisor")}
    assert happened[-1].clock["state"] == "on_time"


def test_rows_are_taken_in_order_of_time() -> None:
    assert told(events(answered("P-1")[::-1])) == told(events(answered("P-1")))


def test_omitted_columns_are_filled_in() -> None:
    created, *_, completed, confirmed = events(answered("P-1"))

    assert created.letter == {
        "number": "impor",
        "date": "2026-11-02",
        "signed_by": "head_of_agency",
        "stamped": True,
        "letter_id": None,
    }
    assert created.accounts == ["impor@kalbarprov.go.id"]
    assert created.contact is None
    assert completed.result == "impor"
    assert (confirmed.letter_number, confirmed.letter_date) == ("impor", "2026-11-02")


def test_a_complainant_is_anonymous() -> None:
    received, _, assigned, *_ = events(resolved("A-1"))

    assert (received.complainant, received.contact, received.text) == ("anonymous", None, "impor")
    assert assigned.assignee == "impor"


def test_an_agency_changes_only_what_its_row_names() -> None:
    returned = [
        *answered("P-1", until="submit"),
        event("P-1", "2026-11-03 09:00", "return"),
        event("P-1", "2026-11-04 09:00", "resubmit", letter_number="800/2"),
    ]

    resubmitted = events(returned)[-1]

    assert resubmitted.changed == ["letter"]
    assert resubmitted.letter["number"] == "800/2"
    assert resubmitted.letter["date"] == "2026-11-02"


def test_a_silent_complaint_closes_in_history_too() -> None:
    """Ten working days after Tuesday 3 November end on Tuesday the 17th."""
    *_, closed = events(resolved("A-1"))

    assert told([closed]) == [("Closed", "2026-11-17T17:00:00+00:00")]
    assert (closed.by_itself, closed.by) == (True, "system")


def test_row_after_the_closing_is_too_late() -> None:
    late = [*resolved("A-1"), heard("A-1", "2026-11-18 00:00", "reopen")]

    assert (violation(late).column, violation(late).rule) == ("command", "not_allowed")


def test_a_rating_comes_after_the_closing() -> None:
    rated = [*resolved("A-1"), heard("A-1", "2026-11-19 09:00", "rate", score="5")]

    assert [type(each).__name__ for each in events(rated)][-2:] == ["Closed", "Rated"]


def test_a_breach_by_reclassification_happened_and_is_told() -> None:
    slow = [
        heard("A-1", "2026-11-02 09:00", "receive"),
        heard("A-1", "2026-11-02 10:00", "classify", category="oversight"),
        heard("A-1", "2026-11-20 10:00", "classify", category="minor"),
    ]

    assert events(slow)[-1].clock["state"] == "overdue"


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([event("P-1", "2026-11-02 09:00", "review")], (2, "command", "received_first")),
        ([*answered("P-1"), *answered("P-1")], (8, "command", "received_once")),
        (
            [*answered("P-1", until="submit"), event("P-1", "2026-11-02 09:30", "approve")],
            (3, "command", "not_allowed"),
        ),
        (
            [event("P-1", "2026-11-02 09:00", "submit", agency="NASA")],
            (2, "agency", "registered_agency"),
        ),
        ([event("P-1", "2026-11-02 09:00", "submit", kind="pizza")], (2, "kind", "known_kind")),
        (
            [event("P-1", "2026-11-02 09:00", "submit", letter_date="2026-11-03")],
            (2, "letter_date", "not_after_receipt"),
        ),
        (
            [
                event(
                    "P-1",
                    "2026-11-02 09:00",
                    "submit",
                    kind="account_creation",
                    accounts="a@kalbarprov.go.id b@gmail.com",
                )
            ],
            (2, "accounts", "own_mail_domain"),
        ),
        ([event("P-1", "2019-11-04 09:00", "submit")], (2, "at", "under_a_standard")),
        (
            [heard("A-1", "2026-11-02 09:00", "receive", channel="fax")],
            (2, "channel", "known_channel"),
        ),
        (
            [*resolved("A-1"), heard("A-1", "2026-11-04 09:00", "rate", score="6")],
            (6, "score", "one_to_five"),
        ),
    ],
    ids=lambda each: each[-1] if isinstance(each, tuple) else "",
)
def test_a_refused_row_is_named_by_line_column_and_rule(
    cells: list[Cells], found: tuple[int, str, str]
) -> None:
    refused = violation(cells)

    assert (refused.line, refused.column, refused.rule) == found
    assert isinstance(refused.detail, Text)


# What the log holds already.


def test_known_rows_add_nothing() -> None:
    past = events(answered("P-1"))

    assert decided(answered("P-1"), past).case is None


def test_rows_of_later_days_are_added_to_a_known_case() -> None:
    past = events(answered("P-1", until="approve"))

    added = events(answered("P-1"), past)

    assert [type(each).__name__ for each in added] == [
        "ProcessingStarted",
        "Completed",
        "Confirmed",
    ]
    assert added[0].originator_version == 4


def test_an_added_row_needs_none_of_the_known_ones() -> None:
    past = events(answered("P-1", until="approve"))

    assert len(events([event("P-1", "2026-11-03 09:00", "process")], past)) == 1


def test_history_is_not_inserted_into() -> None:
    past = events(answered("P-1"))
    early = [*answered("P-1"), event("P-1", "2026-11-02 10:30", "return")]

    assert (violation(early, past).column, violation(early, past).rule) == ("at", "after_the_known")


def test_history_is_not_inserted_before_an_amendment_that_is_recorded() -> None:
    """It was no row that came later, so the line says what did."""
    begun = answered("P-1", on="2026-11-23", until="submit")
    case = decided(begun).case
    assert case is not None
    at = datetime.fromisoformat(on_the_wall("2026-11-23 16:00"))
    amended_then = load_calendar(applied=[year_of(amended(off=("2026-11-24",)))])
    case.change_due_date(ActContext(by=SYSTEM, at=at, calendar=amended_then))

    refused = violation([*begun, event("P-1", "2026-11-23 15:00", "review")], case.collect_events())

    assert (refused.column, refused.rule) == ("at", "after_the_known")
    assert "(`requests.due_date_changed` by `system`, 2026-11-23T" in refused.detail.en
    assert "(`requests.due_date_changed` oleh `system`, 2026-11-23T" in refused.detail.id


def test_history_is_not_changed() -> None:
    past = events(answered("P-1"))
    other = [event("P-1", "2026-11-02 09:00", "submit", agency="DINSOS")]

    assert (violation(other, past).column, violation(other, past).rule) == ("agency", "as_imported")


def test_a_case_has_as_many_rows_as_a_case_may_have_events() -> None:
    first = answered("P-1", until="submit")
    rounds = [event("P-1", "2026-11-02 10:00", ("return", "resume")[n % 2]) for n in range(2_000)]

    assert len(decided([*first, *rounds[:1_999]]).new) == 2_000
    assert violation([*first, *rounds]).rule == "too_many"


def test_a_case_that_is_full_already_goes_round_no_more() -> None:
    first = answered("P-1", until="submit")
    rounds = [event("P-1", "2026-11-02 10:00", ("return", "resume")[n % 2]) for n in range(2_000)]

    past = events([*first, *rounds[:1_999]])
    more = [event("P-1", "2026-11-03 10:00", command) for command in ("resume", "return")]
    refused = violation(more, past)

    assert (refused.column, refused.rule) == ("command", "case_full")
    assert "2000" in refused.detail.id
    assert "Possible: review" in refused.detail.en


def test_a_violation_says_it_in_both_languages() -> None:
    found = Violation(7, "command", "not_allowed", Text(id="Tidak dapat.", en="Not possible."))

    assert str(found) == "line 7, column command, rule not_allowed: Tidak dapat. / Not possible."


def test_an_instant_is_the_same_in_any_zone() -> None:
    past = events(answered("P-1", until="submit"))
    in_utc = {**answered("P-1", until="submit")[0], "at": "2026-11-02T02:00:00Z"}

    assert on_the_wall("2026-11-02 09:00") != in_utc["at"]
    assert decided([in_utc], past).case is None


def test_every_fault_of_a_row_is_a_violation_at_its_column() -> None:
    cells = {**answered("P-1")[0], "kind": "x", "agency": "NASA", "channel": "y", "accounts": "a b"}

    with pytest.raises(InvalidCase) as refused:
        decided([cells])

    assert [(each.column, each.rule) for each in refused.value.violations] == [
        ("kind", "known_kind"),
        ("channel", "known_channel"),
        ("agency", "registered_agency"),
        ("accounts", "email"),
    ]
    assert "counter, email, post, online" in refused.value.violations[1].detail.en
