"""The status banner of a complaint received on Monday 2 November 2026, one row a doubt."""

from collections.abc import Callable
from datetime import date

import pytest

from services.complaints.domain import Complaint
from services.complaints.pages.status_banner import StatusBanner, status_banner
from services.complaints.status import ComplaintStatus
from testbed import complaints
from testbed.complaints import CALENDAR, act

TUESDAY, THURSDAY_AFTER = date(2026, 11, 3), date(2026, 11, 12)
DUE_ON = date(2026, 11, 9)


def english(complaint: Complaint, on: date = TUESDAY) -> StatusBanner:
    return status_banner(complaint, on, CALENDAR, "en")


@pytest.mark.parametrize("reach", [complaints.received, complaints.classified])
def test_an_open_complaint_is_the_offices_turn_until_the_due_date(
    reach: Callable[[], Complaint],
) -> None:
    now = english(reach())

    assert now.lead == "We are dealing with it. We will answer no later than"
    assert now.day == DUE_ON
    assert now.more == ("1 of 5 working days used so far.",)


def test_office_says_that_it_is_late_after_the_due_date() -> None:
    now = english(complaints.in_progress(), THURSDAY_AFTER)

    assert "we are late" in now.lead
    assert now.day == DUE_ON


def test_a_question_is_the_complainants_turn_and_the_clock_stands_still() -> None:
    now = english(complaints.waiting(), TUESDAY)

    assert now.lead == "We are waiting for your answer to our question."
    assert now.day is None
    assert now.more == (
        "While we wait for you our clock stands still. Once you have answered we have "
        "5 working days left.",
    )


def test_a_question_after_the_due_date_does_not_undo_it() -> None:
    now = english(complaints.waiting("2026-11-12 09:00"), THURSDAY_AFTER)

    assert now.more == ("Our due date, 9 November 2026, has passed; waiting doesn't change that.",)


def test_an_answer_may_be_sent_back_for_ten_working_days() -> None:
    now = english(complaints.resolved())

    assert now.lead.startswith("We have answered.")
    assert now.day == date(2026, 11, 16)
    assert now.more == (
        "We answered on time (due date: 9 November 2026).",
        "If it is not reopened by 16 November 2026, this complaint is closed automatically.",
    )


def test_an_answer_names_its_due_date_apart_from_the_day_of_closing() -> None:
    now = status_banner(complaints.resolved(), TUESDAY, CALENDAR, "id")

    assert now.more == (
        "Kami menjawab tepat waktu (batas waktu: 9 November 2026).",
        "Jika tidak dibuka kembali sampai 16 November 2026, pengaduan ini ditutup otomatis.",
    )


def test_a_late_answer_is_said_to_be_late() -> None:
    now = english(complaints.resolved("2026-11-12 09:00"), THURSDAY_AFTER)

    assert now.more[0] == "We answered late (due date: 9 November 2026)."


@pytest.mark.parametrize("step", ["closed", "rejected", "forwarded", "voided"])
def test_finished_case_is_nobodys_turn(step: str) -> None:
    now = english(complaints.REACHED[ComplaintStatus(step)]())

    assert now.day is None
    assert "dealing with" not in now.lead


def test_a_due_date_that_may_still_move_is_marked() -> None:
    complaint = complaints.received()
    complaint.classify("oversight", act(), standards=complaints.STANDARDS)

    now = english(complaint)

    assert now.more[-1] == "This due date depends on holidays not yet decreed."


def test_a_due_date_stays_marked_when_the_answer_is_given() -> None:
    complaint = complaints.in_progress("oversight")
    complaint.resolve("Sudah kami jawab.", act())

    now = english(complaint)

    assert now.more[:2] == (
        "We answered on time (due date: 29 January 2027).",
        "This due date depends on holidays not yet decreed.",
    )


def test_status_banner_speaks_indonesian_as_well() -> None:
    now = status_banner(complaints.received(), TUESDAY, CALENDAR, "id")

    assert now.lead == "Saat ini pengaduan kami tangani. Kami akan menjawab paling lambat"
    assert now.more == ("Sudah digunakan 1 dari 5 hari kerja.",)
