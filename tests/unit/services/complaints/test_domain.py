"""The rules of a complaint, one by one: given a complaint, when something happens, then."""

from datetime import date

import pytest

from services.complaints.intake import Complainant
from services.complaints.refusals import (
    ForSupervisors,
    NotAssignedToYou,
    RatedAlready,
    ReasonNeeded,
    ReopenedTooLate,
    SameCategory,
    ScoreOutOfRange,
    UnknownCategory,
    UnknownComplaintChannel,
    WouldBreach,
)
from shared.cases.receipt import BackdatedTooFar, ReceivedInFuture
from testbed.complaints import (
    COMMANDS,
    INTAKE,
    STANDARDS,
    act,
    at,
    classified,
    classify,
    in_progress,
    reading,
    receive,
    received,
    resolved,
    said,
    settled,
    waiting,
)

# The receipt.


def test_unclassified_is_not_untimed_but_measured_by_the_shortest_deadline() -> None:
    complaint = received()

    assert reading(complaint, "2026-11-02")["days_allowed"] == 5
    assert reading(complaint, "2026-11-02")["due_on"] == "2026-11-09"


def test_contact_of_an_anonymous_complainant_is_not_kept() -> None:
    complaint = receive(act(), complainant=Complainant.ANONYMOUS)

    assert INTAKE.contact is not None
    assert complaint.contact is None


def test_a_channel_that_the_standard_does_not_name_is_refused() -> None:
    with pytest.raises(UnknownComplaintChannel):
        receive(act(), channel="pigeon")


def test_a_receipt_lies_in_the_past() -> None:
    with pytest.raises(ReceivedInFuture):
        receive(act("2026-11-02 08:59"))


@pytest.mark.parametrize(
    ("role", "when", "is_refused"),
    [
        pytest.param("intake", "2026-11-09 09:00", False, id="five working days back"),
        pytest.param("intake", "2026-11-10 09:00", True, id="six working days back"),
        pytest.param("supervisor", "2026-11-10 09:00", False, id="six, by a supervisor"),
    ],
)
def test_only_a_supervisor_enters_a_receipt_from_long_ago(
    role: str, when: str, is_refused: bool
) -> None:
    try:
        receive(act(when, role))
    except BackdatedTooFar:
        assert is_refused
    else:
        assert not is_refused


# The category.


@pytest.mark.parametrize(
    ("category", "due_on"),
    [
        ("minor", "2026-11-09"),
        ("normative", "2026-11-09"),
        ("non_oversight", "2026-11-20"),
        ("oversight", "2027-01-29"),
    ],
)
def test_every_category_has_the_deadline_of_the_standard(category: str, due_on: str) -> None:
    assert reading(classified(category), "2026-11-02")["due_on"] == due_on


def test_a_category_that_the_standard_does_not_name_is_refused() -> None:
    with pytest.raises(UnknownCategory):
        classify(received(), "grave", "2026-11-02 10:00")


def test_the_first_opinion_needs_no_reason_the_second_does() -> None:
    complaint = classified()

    with pytest.raises(ReasonNeeded):
        classify(complaint, "oversight", "2026-11-03 10:00")

    assert said(complaint) == []


def test_a_complaint_is_not_classified_as_what_it_is_already() -> None:
    with pytest.raises(SameCategory):
        classify(classified(), "minor", "2026-11-03 10:00", reason="Lagi")


def test_the_new_allowance_is_reckoned_from_the_day_of_receipt() -> None:
    complaint = classify(in_progress(), "oversight", "2026-11-06 10:00", reason="Pengawasan")

    assert reading(complaint, "2026-11-06")["due_on"] == "2027-01-29"
    assert complaint.status == "in_progress"


def test_a_shorter_allowance_that_is_over_already_is_refused_and_says_since_when() -> None:
    complaint = in_progress("non_oversight")

    with pytest.raises(WouldBreach) as refused:
        classify(complaint, "minor", "2026-11-10 10:00", reason="Ringan")

    assert refused.value.due_on == date(2026, 11, 9)
    assert said(complaint) == []


def test_a_breach_that_is_accepted_is_recorded_as_one() -> None:
    complaint = in_progress("non_oversight")

    classify(complaint, "minor", "2026-11-10 10:00", reason="Ringan", accept_breach=True)

    assert reading(complaint, "2026-11-10")["state"] == "overdue"
    assert complaint.category == "minor"


def test_a_breach_stands_whatever_the_category_becomes() -> None:
    complaint = in_progress("minor")

    classify(complaint, "oversight", "2026-11-10 10:00", reason="Pengawasan")

    assert complaint.category == "oversight"
    assert reading(complaint, "2026-11-10")["due_on"] == "2026-11-09"
    assert reading(complaint, "2026-11-10")["state"] == "overdue"


def test_only_a_supervisor_classifies_anew() -> None:
    complaint = classified()

    with pytest.raises(ForSupervisors):
        complaint.classify("oversight", act(role="reviewer"), standards=STANDARDS, reason="Berat")

    assert said(complaint) == []


# Who handles it.


@pytest.mark.parametrize("command", ["request-clarification", "respond", "resolve", "reject"])
def test_a_reviewer_handles_what_is_assigned_to_him_and_nothing_else(command: str) -> None:
    his, somebody_elses = in_progress(), in_progress()
    somebody_elses.assign("reviewer-2", act())
    settled(somebody_elses)

    COMMANDS[command](his, act(role="reviewer"))

    assert len(said(his)) == 1
    with pytest.raises(NotAssignedToYou):
        COMMANDS[command](somebody_elses, act(role="reviewer"))
    assert said(somebody_elses) == []


# Waiting, answering, reopening.


def test_clock_waits_while_the_complainant_is_asked() -> None:
    complaint = waiting("2026-11-03 10:00")

    assert reading(complaint, "2026-11-20")["state"] == "waiting"
    assert reading(complaint, "2026-11-20")["due_on"] is None


def test_an_interim_answer_leaves_everything_as_it_is() -> None:
    complaint = in_progress()

    complaint.respond("Sedang kami periksa", act("2026-11-03 10:00"))

    assert (complaint.status, said(complaint)) == ("in_progress", ["responded"])
    assert reading(complaint, "2026-11-03")["state"] == "running"


def test_a_reopened_complaint_counts_on_from_where_it_stood() -> None:
    complaint = resolved("2026-11-09 10:00")

    complaint.reopen("Belum selesai", act("2026-11-12 09:00"))

    assert reading(complaint, "2026-11-12")["due_on"] == "2026-11-13"


def test_complaint_is_reopened_until_the_tenth_working_day_after_the_answer() -> None:
    complaint = resolved("2026-11-02 10:00")

    complaint.reopen("Belum selesai", act("2026-11-16 23:59"))

    assert complaint.status == "in_progress"


def test_complaint_is_not_reopened_after_the_tenth_working_day() -> None:
    complaint = resolved("2026-11-02 10:00")

    with pytest.raises(ReopenedTooLate) as refused:
        complaint.reopen("Belum selesai", act("2026-11-17 00:00"))

    assert refused.value.last_day == date(2026, 11, 16)
    assert said(complaint) == []


# Silence.


def test_case_does_not_close_before_the_silence_is_full() -> None:
    complaint = resolved("2026-11-02 10:00")

    complaint.close_by_itself(act("2026-11-16 23:59:59"))

    assert said(complaint) == []


def test_case_closes_as_of_the_midnight_after_the_tenth_working_day() -> None:
    complaint = resolved("2026-11-02 10:00")

    complaint.close_by_itself(act("2026-11-20 14:00"))

    (event,) = complaint.pending_events
    assert event.timestamp == at("2026-11-17 00:00")
    assert event.by_itself  # type: ignore[attr-defined]


def test_a_rating_does_not_prolong_the_silence() -> None:
    complaint = resolved("2026-11-02 10:00")
    complaint.rate(2, "Lama", act("2026-11-12 10:00"))
    settled(complaint)

    complaint.close_by_itself(act("2026-11-17 00:00"))

    assert said(complaint) == ["closed"]


def test_a_complaint_that_was_reopened_does_not_close_by_itself() -> None:
    complaint = resolved("2026-11-02 10:00")
    complaint.reopen("Belum selesai", act("2026-11-03 10:00"))
    settled(complaint)

    complaint.close_by_itself(act("2026-11-30 10:00"))

    assert said(complaint) == []


# The rating.


def test_complaint_is_rated_once() -> None:
    complaint = resolved()
    complaint.rate(4, None, act())

    with pytest.raises(RatedAlready):
        complaint.rate(5, None, act())

    assert "rate" not in complaint.allowed


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_is_from_one_to_five(score: int) -> None:
    with pytest.raises(ScoreOutOfRange):
        resolved().rate(score, None, act())


# Erasing.


def test_text_is_not_noted_any_more_after_erasing() -> None:
    complaint = in_progress()
    complaint.erase_personal_data(act())
    settled(complaint)

    complaint.resolve("Selesai", act())

    (event,) = complaint.pending_events
    assert event.answer is None  # type: ignore[attr-defined]
