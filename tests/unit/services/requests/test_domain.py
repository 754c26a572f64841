"""The rules of a request, one by one: given a request, when something happens, then."""

from dataclasses import replace

import pytest

from services.requests.domain import ServiceRequest
from services.requests.letter import Resubmission
from services.requests.refusals import RequirementsUnmet
from shared.office_time import local_date
from shared.refusals import NotAllowed
from testbed.service_requests import (
    CALENDAR,
    COMMANDS,
    LETTER,
    MET,
    MONDAY,
    STANDARDS,
    agency,
    at,
    in_process,
    returned,
    reviewer,
    said,
    submit,
    submitted,
    supervisor,
    under_review,
)

TUESDAY, WEDNESDAY, THURSDAY = "2026-11-03 10:00", "2026-11-04 10:00", "2026-11-05 10:00"


def test_the_way_of_a_request_from_the_letter_to_the_confirmation() -> None:
    request = submit(agency(MONDAY))

    request.review(reviewer("2026-11-02 09:30"))
    request.approve(MET, reviewer("2026-11-02 10:00"))
    request.process(reviewer("2026-11-02 10:05"))
    request.complete("Kata sandi direset", reviewer("2026-11-02 11:00"))
    request.confirm("555/9", at(MONDAY).date(), reviewer("2026-11-02 13:00"))

    assert request.status == "confirmed"
    assert reading(request)["state"] == "on_time"
    assert said(request) == [
        "submitted",
        "review_started",
        "approved",
        "processing_started",
        "completed",
        "confirmed",
    ]


# The checklist.


@pytest.mark.parametrize("item", ["signed_by_authorised_head", "stamped", "accounts_named"])
def test_approving_over_an_unmet_requirement_is_refused_and_names_it(item: str) -> None:
    request = under_review()

    with pytest.raises(RequirementsUnmet) as refused:
        request.approve(replace(MET, **{item: False}), reviewer())

    assert refused.value.items == (item,)
    assert request.status == "under_review"
    assert said(request) == []


def test_incomplete_request_is_returned_and_says_what_is_missing() -> None:
    request = submitted()

    COMMANDS["return"](request, reviewer())

    (event,) = request.pending_events
    assert event.missing == ["other"]  # type: ignore[attr-defined]


def test_a_returned_request_is_rejected_only_after_it_was_resumed() -> None:
    request = returned()

    with pytest.raises(NotAllowed):
        request.reject("Tidak dijawab", reviewer())
    request.resume("Tidak dijawab sebulan", supervisor())
    request.review(reviewer())
    request.reject("Tidak dijawab", reviewer())

    assert request.status == "rejected"


# The clock.


def test_the_clock_runs_until_the_agency_was_told_not_until_the_work_is_done() -> None:
    request = in_process()

    request.complete("Kata sandi direset", reviewer(TUESDAY))
    state_when_done = reading(request)["state"]
    request.confirm("555/9", at(WEDNESDAY).date(), reviewer(WEDNESDAY))

    assert state_when_done == "running"
    assert reading(request)["state"] == "late"


def test_a_rejection_in_time_keeps_the_promise_too() -> None:
    request = under_review()

    request.reject("Bukan akun dinas", reviewer(TUESDAY))

    assert reading(request)["state"] == "on_time"


def test_the_clock_waits_while_the_ball_is_with_the_agency() -> None:
    request = returned("2026-11-03 10:00")

    waiting = reading(request)
    request.resubmit(Resubmission(letter=LETTER), agency(THURSDAY), standards=STANDARDS)

    assert (waiting["state"], waiting["due_on"]) == ("waiting", None)
    assert (reading(request)["state"], reading(request)["due_on"]) == ("running", "2026-11-06")


def test_the_office_may_go_on_without_an_answer_and_the_clock_goes_on_with_it() -> None:
    request = returned("2026-11-03 10:00")

    request.resume("Sudah dijelaskan lewat telepon", supervisor(THURSDAY))

    assert (reading(request)["state"], reading(request)["due_on"]) == ("running", "2026-11-06")


def test_a_withdrawn_request_is_neither_on_time_nor_late() -> None:
    request = submitted()

    request.withdraw("Tidak jadi", agency(TUESDAY))

    assert reading(request)["state"] == "withdrawn"


def test_withdrawing_what_is_overdue_does_not_undo_the_breach() -> None:
    request = submitted()

    request.withdraw("Tidak jadi", agency(WEDNESDAY))

    assert reading(request)["state"] == "late"


def test_returning_what_is_overdue_does_not_move_the_due_date() -> None:
    request = submitted()

    COMMANDS["return"](request, reviewer(WEDNESDAY))

    assert (reading(request)["state"], reading(request)["due_on"]) == ("overdue", "2026-11-03")


# Time.


def test_time_never_runs_backwards_whatever_a_replicas_clock_says() -> None:
    request = submitted()
    request.review(reviewer("2026-11-02 11:00"))

    request.approve(MET, reviewer("2026-11-02 09:00"))

    assert request.modified_on == at("2026-11-02 11:00")


def reading(request: ServiceRequest) -> dict[str, object]:
    """What the clock says on the day of the last event."""
    return request.clock.reading(local_date(request.modified_on), CALENDAR).to_dict()
