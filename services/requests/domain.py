"""A request of an agency, from the letter's arrival to the confirmation.

    submitted ──review──▶ under_review ──approve──▶ approved ──process──▶ in_process
     │     ▲                 │      │                                         │
    return resubmit,      return    └──reject──▶ rejected ■               complete
     ▼     resume            │                                                ▼
    returned ◀───────────────┘               confirmed ■ ◀──confirm────── completed

    withdraw, by the agency, from any of these before completed ──▶ withdrawn ■
    void, by a supervisor, from every status ──▶ voided ■

The promise is SK 09/DISKOMINFO/2022: answered within one working day, free of charge. Its steps
are a (the letter), b (review), c (process) and d (the letter of confirmation); the clock runs
until d is done, or until the agency is told no. While a request is returned the ball is with the
agency, and the clock waits.

Next: `application.py`, which loads a request, gives it a command, and appends what it decided.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any, Self

from eventsourcing.domain import event

from services.requests.letter import (
    Checklist,
    Missing,
    Resubmission,
    Submission,
    addresses,
    checklist_faults,
    confirmation_faults,
    resubmission_faults,
    submission_faults,
)
from services.requests.status import OPEN
from services.requests.status import RequestStatus as Status
from shared.cases.case import ActContext, Case, Steps
from shared.office_time import local_date
from shared.promise.sla_clock import SlaClock
from shared.promise.standard import Standards
from shared.refusals import refuse

STEPS: Steps = {
    "review": {Status.SUBMITTED},
    "return": {Status.SUBMITTED, Status.UNDER_REVIEW},
    "resubmit": {Status.RETURNED},
    "resume": {Status.RETURNED},
    "approve": {Status.UNDER_REVIEW},
    "reject": {Status.UNDER_REVIEW},
    "process": {Status.APPROVED},
    "complete": {Status.IN_PROCESS},
    "confirm": {Status.COMPLETED},
    "withdraw": OPEN - {Status.COMPLETED},
    "assign": OPEN,
    "void": set(Status) - {Status.VOIDED},
}
"""The picture above as data: each command with the statuses that allow it."""

REPEATABLE_STEPS: Steps = {"return": STEPS["return"], "assign": STEPS["assign"]}
"""The steps that an endless case could repeat: the status stays, or a later step returns to it."""


class ServiceRequest(Case):
    """A request: the letter of an agency, and its status."""

    TOPIC = "requests.request"  # stored in the log for ever; where this file lies is not
    STEPS = STEPS
    REPEATABLE_STEPS = REPEATABLE_STEPS

    class Event(Case.Event):
        """An event of a request. Beside its own fields it has those of `Case.Event`."""

    class Created(Event, Case.Created):  # step a: the letter came in
        TOPIC = "requests.submitted"
        PERSONAL = ("accounts", "contact")
        kind: str
        agency: str
        letter: dict[str, Any]
        accounts: list[str] | None
        contact: dict[str, Any] | None
        channel: str
        standard: str

    class ReviewStarted(Event):  # step b: it is with the reviewer
        TOPIC = "requests.review_started"

    class Returned(Event):  # something is missing: the ball is with the agency
        TOPIC = "requests.returned"
        PERSONAL = ("reason",)
        reason: str | None
        missing: list[str]

    class Resubmitted(Event):  # the agency answered; what it left as it was is None
        TOPIC = "requests.resubmitted"
        PERSONAL = ("accounts", "contact")
        changed: list[str]
        letter: dict[str, Any] | None
        accounts: list[str] | None
        contact: dict[str, Any] | None

    class Resumed(Event):  # the office went on without an answer
        TOPIC = "requests.resumed"
        PERSONAL = ("reason",)
        reason: str | None

    class Approved(Event):  # it meets the requirements
        TOPIC = "requests.approved"
        checklist: dict[str, bool]

    class Rejected(Event):  # it was refused, and the agency has its answer
        TOPIC = "requests.rejected"
        PERSONAL = ("reason",)
        reason: str | None

    class ProcessingStarted(Event):  # step c: the work began
        TOPIC = "requests.processing_started"

    class Completed(Event):  # the work is done; the agency doesn't know yet
        TOPIC = "requests.completed"
        PERSONAL = ("result",)
        result: str | None

    class Confirmed(Event):  # step d: the letter of confirmation went out
        TOPIC = "requests.confirmed"
        letter_number: str
        letter_date: str

    class Withdrawn(Event):  # the agency needs it no longer
        TOPIC = "requests.withdrawn"
        PERSONAL = ("reason",)
        reason: str | None

    class Assigned(Event):  # a supervisor gave it to another reviewer
        TOPIC = "requests.assigned"
        assignee: str

    class Voided(Event, Case.Voided):  # it was no request: registered by mistake, or twice
        TOPIC = "requests.voided"

    class DueDateChanged(Event, Case.DueDateChanged):  # an amended calendar moved the due date
        TOPIC = "requests.due_date_changed"

    class PersonalDataErased(Event, Case.PersonalDataErased):  # contact, accounts, texts are gone
        TOPIC = "requests.personal_data_erased"

    # Commands decide. Every rule is checked here and nowhere else; `letter.py` holds the rules on
    # letters and accounts.

    @classmethod
    def submit(
        cls,
        submission: Submission,
        act: ActContext,
        *,
        number: str,
        standards: Standards,
        agencies: Collection[str],
    ) -> Self:
        """Register a letter. The request keeps the standard under which it came."""
        received_at = submission.received_at or act.at
        refuse(submission_faults(submission, act, standards=standards, agencies=agencies))
        standard = standards.in_force(local_date(received_at))
        return cls._receive(
            number,
            Status.SUBMITTED,
            SlaClock.start(received_at, standard.days_allowed, act.calendar),
            replace(act, at=received_at),
            standard=standard.decree,
            kind=submission.kind,
            agency=submission.agency,
            letter=submission.letter.to_dict(),
            accounts=addresses(submission.accounts),
            contact=submission.contact and submission.contact.to_dict(),
            channel=submission.channel,
        )

    def review(self, act: ActContext) -> None:
        """Begin the review, and take the request.

        It is step b of the procedure.
        """
        self._allow("review")
        self._record(self.ReviewStarted, Status.UNDER_REVIEW, act)

    def return_(self, reason: str, missing: Sequence[Missing], act: ActContext) -> None:
        """Ask the agency for what is missing; the clock waits."""
        self._allow("return")
        self._record(
            self.Returned,
            Status.RETURNED,
            act,
            self.clock.wait,
            reason=reason,
            missing=[item.value for item in missing],
        )

    def resubmit(self, answer: Resubmission, act: ActContext, *, standards: Standards) -> None:
        """Hand in what was missing.

        The rules of the submission hold for what has changed.
        """
        self._allow("resubmit")
        mail_domain = standards.named(self.standard).mail_domain
        refuse(resubmission_faults(answer, self.kind, local_date(act.at), mail_domain))
        facts = answer.to_dict()
        self._record(self.Resubmitted, Status.SUBMITTED, act, self.clock.answer, **facts)

    def resume(self, reason: str, act: ActContext) -> None:
        """Go on without the agency's answer."""
        self._allow("resume")
        self._record(self.Resumed, Status.SUBMITTED, act, self.clock.answer, reason=reason)

    def approve(self, checklist: Checklist, act: ActContext) -> None:
        """Grant it: every item of the checklist must be true.

        The requirements are number 1 of the standard.
        """
        self._allow("approve")
        refuse(checklist_faults(checklist, self.letter, self.accounts))
        self._record(self.Approved, Status.APPROVED, act, checklist=asdict(checklist))

    def reject(self, reason: str, act: ActContext) -> None:
        """Refuse it; the clock stops.

        The refusal is an answer too.
        """
        self._allow("reject")
        self._record(
            self.Rejected, Status.REJECTED, act, self._stop_clock("answered"), reason=reason
        )

    def process(self, act: ActContext) -> None:
        """Begin the work.

        It is step c of the procedure.
        """
        self._allow("process")
        self._record(self.ProcessingStarted, Status.IN_PROCESS, act)

    def complete(self, result: str, act: ActContext) -> None:
        """Say what was done; the clock runs on until the agency is told."""
        self._allow("complete")
        self._record(self.Completed, Status.COMPLETED, act, result=result)

    def confirm(self, letter_number: str, letter_date: date, act: ActContext) -> None:
        """Name the letter of confirmation; the clock stops.

        It is step d of the procedure.
        """
        self._allow("confirm")
        received_on, today = local_date(self.created_on), local_date(act.at)
        refuse(
            confirmation_faults(letter_number, letter_date, received_on=received_on, today=today)
        )
        self._record(
            self.Confirmed,
            Status.CONFIRMED,
            act,
            self._stop_clock("answered"),
            letter_number=letter_number,
            letter_date=letter_date.isoformat(),
        )

    def withdraw(self, reason: str, act: ActContext) -> None:
        """Give it up, as the agency may until the work is done."""
        self._allow("withdraw")
        withdrawn = self._stop_clock("withdrawn")
        self._record(self.Withdrawn, Status.WITHDRAWN, act, withdrawn, reason=reason)

    def assign(self, assignee: str, act: ActContext) -> None:
        """Put it into another reviewer's hands."""
        self._allow("assign")
        self._record(self.Assigned, self.status, act, assignee=assignee)

    # Events remember. They run again on every load, so they never refuse. Status and clock are
    # folded for all of them in `Case.Event`; the library calls `__init__` with what `Created` says.

    def __init__(
        self,
        number: str,
        *,
        kind: str,
        agency: str,
        letter: dict[str, Any],
        accounts: list[str] | None,
        contact: dict[str, Any] | None,
        channel: str,
        standard: str,
    ) -> None:
        super().__init__(number)
        self.kind = kind
        self.agency = agency
        self.letter = letter
        self.accounts = accounts
        self.contact = contact
        self.channel = channel
        self.standard = standard
        self.assignee: str | None = None

    @event(ReviewStarted)
    def _review_started(self, by: str) -> None:
        self.assignee = by

    @event(Assigned)
    def _assigned(self, assignee: str) -> None:
        self.assignee = assignee

    @event(Resubmitted)
    def _resubmitted(
        self,
        letter: dict[str, Any] | None,
        accounts: list[str] | None,
        contact: dict[str, Any] | None,
    ) -> None:
        self.letter = letter or self.letter
        self.accounts = accounts if accounts is not None else self.accounts
        self.contact = contact or self.contact
