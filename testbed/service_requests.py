"""Requests in every state, each helper named after the state it reaches.

They come on Monday 2 November 2026 at 09:00, so they are due on Tuesday the 3rd.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from services.requests.domain import ServiceRequest
from services.requests.letter import (
    Checklist,
    Letter,
    Missing,
    Resubmission,
    SignedBy,
    Submission,
)
from services.requests.status import RequestStatus
from shared.cases.case import SYSTEM, ActContext, Actor
from shared.cases.receipt import Contact
from shared.cases.void_reasons import OriginalCase
from shared.office_time import PONTIANAK
from shared.promise.agencies import load_agencies
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar

CALENDAR = load_calendar()
STANDARDS = load_standards()
AGENCIES = load_agencies()

NUMBER = "PRM-0000-0000-0"
TWIN = OriginalCase("PRM-0000-0001-Y", "submitted")
MONDAY = "2026-11-02 09:00"
MET = Checklist(signed_by_authorised_head=True, stamped=True, accounts_named=True)
LETTER = Letter(
    number="800/123/DINKES",
    dated_on=date(2026, 10, 30),
    signed_by=SignedBy.HEAD_OF_AGENCY,
    stamped=True,
)
SUBMISSION = Submission(
    kind="password_reset",
    agency="DINKES",
    letter=LETTER,
    accounts=["dinkes@kalbarprov.go.id"],
    contact=Contact(name="Siti", phone="+62561736541", email="siti@dinkes.example"),
    channel="counter",
    received_at=datetime(2026, 11, 2, 9, tzinfo=PONTIANAK),
)


def at(text: str) -> datetime:
    """`2026-11-02 09:00`, on the wall of the office."""
    return datetime.fromisoformat(text).replace(tzinfo=PONTIANAK)


def act(role: str, when: str = MONDAY) -> ActContext:
    """The context of a command by a person of that role at that time."""
    return ActContext(by=Actor(sub=f"{role}-1", role=role), at=at(when), calendar=CALENDAR)


def agency(when: str = MONDAY, code: str = "DINKES") -> ActContext:
    return replace(act("agency", when), by=Actor("agency-1", "agency", code))


def intake(when: str = MONDAY) -> ActContext:
    return act("intake", when)


def reviewer(when: str = MONDAY) -> ActContext:
    return act("reviewer", when)


def supervisor(when: str = MONDAY) -> ActContext:
    return act("supervisor", when)


def submit(by: ActContext, **changes: Any) -> ServiceRequest:
    """The usual submission, but for these changes."""
    return ServiceRequest.submit(
        replace(SUBMISSION, **changes),
        by,
        number=NUMBER,
        standards=STANDARDS,
        agencies=AGENCIES,
    )


def submitted(**changes: Any) -> ServiceRequest:
    return settled(submit(supervisor(), **changes))


def under_review(**changes: Any) -> ServiceRequest:
    request = submitted(**changes)
    request.review(reviewer())
    return settled(request)


def returned(when: str = MONDAY, **changes: Any) -> ServiceRequest:
    request = under_review(**changes)
    request.return_("Cap belum ada", [Missing.LETTER_STAMP], reviewer(when))
    return settled(request)


def approved() -> ServiceRequest:
    request = under_review()
    request.approve(MET, reviewer())
    return settled(request)


def in_process() -> ServiceRequest:
    request = approved()
    request.process(reviewer())
    return settled(request)


def completed() -> ServiceRequest:
    request = in_process()
    request.complete("Kata sandi direset", reviewer())
    return settled(request)


def confirmed() -> ServiceRequest:
    request = completed()
    request.confirm("555/9", date(2026, 11, 2), reviewer())
    return settled(request)


def rejected() -> ServiceRequest:
    request = under_review()
    request.reject("Bukan akun dinas", reviewer())
    return settled(request)


def withdrawn() -> ServiceRequest:
    request = submitted()
    request.withdraw("Tidak jadi", agency())
    return settled(request)


def voided() -> ServiceRequest:
    request = submitted()
    request.void("registered_in_error", supervisor())
    return settled(request)


REACHED: Mapping[RequestStatus, Callable[[], ServiceRequest]] = {
    RequestStatus.SUBMITTED: submitted,
    RequestStatus.UNDER_REVIEW: under_review,
    RequestStatus.RETURNED: returned,
    RequestStatus.APPROVED: approved,
    RequestStatus.IN_PROCESS: in_process,
    RequestStatus.COMPLETED: completed,
    RequestStatus.CONFIRMED: confirmed,
    RequestStatus.REJECTED: rejected,
    RequestStatus.WITHDRAWN: withdrawn,
    RequestStatus.VOIDED: voided,
}

COMMANDS: Mapping[str, Callable[[ServiceRequest, ActContext], None]] = {
    "review": lambda request, act: request.review(act),
    "return": lambda request, act: request.return_("Kurang", [Missing.OTHER], act),
    "resubmit": lambda request, act: request.resubmit(
        Resubmission(letter=LETTER), act, standards=STANDARDS
    ),
    "resume": lambda request, act: request.resume("Dilanjutkan", act),
    "approve": lambda request, act: request.approve(MET, act),
    "reject": lambda request, act: request.reject("Ditolak", act),
    "process": lambda request, act: request.process(act),
    "complete": lambda request, act: request.complete("Selesai", act),
    "confirm": lambda request, act: request.confirm("555/9", date(2026, 11, 2), act),
    "withdraw": lambda request, act: request.withdraw("Tidak jadi", act),
    "assign": lambda request, act: request.assign("reviewer-2", act),
    "void": lambda request, act: request.void("duplicate", act, of=TWIN, remark="Sudah tercatat"),
}


def settled(request: ServiceRequest) -> ServiceRequest:
    """As it is when its events are stored: nothing is pending."""
    request.collect_events()
    return request


def said(request: ServiceRequest) -> list[str]:
    """The names of the events that the last commands triggered."""
    return [type(each).TOPIC.removeprefix("requests.") for each in request.pending_events]  # type: ignore[attr-defined]


def every_event() -> list[ServiceRequest.Event]:
    """At least one event of every class, out of a few histories."""
    answered = submit(agency())
    answered.return_("Cap belum ada", [Missing.LETTER_STAMP], reviewer())
    answered.resubmit(
        Resubmission(letter=LETTER, contact=Contact(name="Budi")), agency(), standards=STANDARDS
    )
    for command in ("review", "approve", "process", "complete", "confirm"):
        COMMANDS[command](answered, reviewer())
    answered.erase_personal_data(supervisor())

    silent = submit(agency())
    for command in ("return", "resume", "review", "reject"):
        COMMANDS[command](silent, supervisor())

    given_up = submit(agency())
    given_up.withdraw("Tidak jadi", agency())

    friday = at("2025-08-15 09:00")  # before the 18th, a Monday, was made a day off
    before = CALENDAR.as_of(CALENDAR.version.replace("2025.2", "2025.1"))
    letter = replace(LETTER, dated_on=friday.date())
    amended = submit(ActContext(SYSTEM, friday, before), received_at=friday, letter=letter)
    amended.change_due_date(ActContext(SYSTEM, friday, CALENDAR))

    mistaken = submit(agency())
    mistaken.assign("reviewer-2", supervisor())
    COMMANDS["void"](mistaken, supervisor())

    histories = (answered, silent, given_up, amended, mistaken)
    return [each for history in histories for each in history.collect_events()]  # type: ignore[misc]
